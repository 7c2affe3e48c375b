import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measure, type Sample } from "./measure.ts";
import { DETAILS_HEAD, detailsOf, type Measured, markdownTable, SUMMARY_HEAD, summaryOf, textTable } from "./results.ts";
import type { Contender, Row } from "./rows.ts";
import { openWork, versionOf } from "./work.ts";

/**
 * Measures whole processes, ours and every peer's that is on this machine, on the same work and in turn: a warm-up of each, and
 * then rounds of A B C A B C. Prints a table, and writes `bench/RESULTS.md` when all rows were measured or `--write` is given.
 * `npm run bench -- --rows pull-cold,restore --rounds 5`
 */
const { values } = parseArgs({
  options: { rows: { type: "string", default: "" }, rounds: { type: "string", default: "5" }, write: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const wanted = values.rows.split(",").filter((name) => name !== "");
const directory = mkdtempSync(join(tmpdir(), "bench-"));

async function once(contender: Contender): Promise<Sample> {
  await contender.before?.();
  const fresh = join(directory, "run");
  mkdirSync(fresh);
  try {
    return await measure(contender.command(fresh), { ...process.env, ...contender.environment });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function measureRow(row: Row): Promise<Measured> {
  const contenders = [row.ours, ...row.peers];
  for (const contender of contenders) await once(contender);
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const contender of contenders) samples.get(contender.name)?.push(await once(contender));
  return { row, samples };
}

function report(all: readonly Measured[], notRun: readonly string[]): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${release()} ${arch()}`;
  const versions = ["node", "docker-registry", "crane", "oras", "skopeo", "podman", "docker"].map((name) => `${name} ${versionOf(name)}`);
  return `# Results

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; medians of ${rounds} rounds after a warm-up, whole processes, in turn. Registry, cache service
and every client share one machine: ${machine}. ${versions.join(" · ")}.

${markdownTable(SUMMARY_HEAD, all.map(summaryOf))}

${all.map(({ row }) => `- **${row.name}**: ${row.work}${row.note === undefined ? "" : `. ${row.note}`}`).join("\n")}
${notRun.map((line) => `- not run: ${line}`).join("\n")}

${markdownTable(DETAILS_HEAD, all.flatMap(detailsOf))}
`;
}

const work = await openWork(directory);
try {
  const rows = await work.rows((name) => wanted.length === 0 || wanted.includes(name));
  const all: Measured[] = [];
  for (const row of rows) {
    all.push(await measureRow(row));
    console.log(textTable(SUMMARY_HEAD, all.slice(-1).map(summaryOf)));
    console.log(`${textTable(DETAILS_HEAD, all.slice(-1).flatMap(detailsOf))}\n`);
  }
  console.log(textTable(SUMMARY_HEAD, all.map(summaryOf)));
  for (const line of work.notRun) console.log(`not run: ${line}`);
  if (wanted.length === 0 || values.write) writeFileSync(join(import.meta.dirname, "RESULTS.md"), report(all, work.notRun));
} finally {
  await work.stop();
  rmSync(directory, { recursive: true, force: true });
}
