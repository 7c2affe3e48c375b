import { FAILED_GATE, SITUATIONS, type Situation } from "./situations.ts";
import { REGISTRY, type Seen, Stage } from "./stage.ts";

/** The situations whose summaries are drawn: the ten, and the one at the top of README.md. */
export const ALL: readonly Situation[] = [FAILED_GATE, ...SITUATIONS];

/** The texts of the gallery by file name: logs, summaries, and the page with all of them. */
export async function galleryTexts(dist: string): Promise<ReadonlyMap<string, string>> {
  const seen = await Promise.all(ALL.map((situation) => playOn(situation, dist)));
  const texts = new Map<string, string>();
  ALL.forEach(({ name }, at) => {
    texts.set(`${name}.log.txt`, seen[at]?.log ?? "");
    texts.set(`${name}.md`, seen[at]?.summary ?? "");
    const terminal = seen[at]?.terminal;
    if (terminal !== undefined) texts.set(`${name}.terminal.txt`, terminal);
  });
  return texts.set("README.md", pageOf(texts));
}

async function playOn(situation: Situation, dist: string): Promise<Seen> {
  const stage = await Stage.open(dist, situation.seconds);
  try {
    return await situation.play(stage, situation.inputs);
  } finally {
    await stage.close();
  }
}

const HEAD = `# What a step shows

Each section is one run of the bundle in \`dist/\`: the inputs, the job summary, and the log with its
groups unfolded. Some also show what the same inputs print on a laptop. \`npx node scripts/gallery.ts\`
runs them in an emulated runner, with a registry and a cache service on the same machine, and writes
this directory. A test fails when a text differs from what the bundle prints today.

Three things are changed after each run, so that two runs give the same text. The address of the
registry is written as \`${REGISTRY}\`, and the temporary directory as \`/home/runner/work/_temp\`.
Every time that was measured is replaced by a fixed one, and the rates follow from it. Images that
were checked at the same time are listed in alphabetical order.
`;

function pageOf(texts: ReadonlyMap<string, string>): string {
  const list = ALL.map(({ name, title }) => `- [${title}](#${name})`).join("\n");
  const sections = ALL.map((situation) => sectionOf(situation, texts));
  return [HEAD, `${list}\n`, ...sections].join("\n");
}

function sectionOf(
  { name, title, about, inputs }: Situation,
  texts: ReadonlyMap<string, string>,
): string {
  const log = texts.get(`${name}.log.txt`) ?? "";
  const terminal = texts.get(`${name}.terminal.txt`);
  return `<a name="${name}"></a>

## ${title}

${about}

\`\`\`text
${Object.entries(inputs).map(inputText).join("\n")}
\`\`\`

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="${name}-dark.png">
  <img src="${name}-light.png" width="900" alt="The job summary: ${title}">
</picture>

The [summary](${name}.md) as text, and the log:

\`\`\`text
${log}\`\`\`
${terminal === undefined ? "" : onLaptop(terminal)}`;
}

function onLaptop(terminal: string): string {
  return `
On a laptop:

\`\`\`text
${terminal}\`\`\`
`;
}

function inputText([name, value]: readonly [string, string]): string {
  if (!value.includes("\n")) return `${name}: ${value}`;
  const lines = value.split("\n").map((line) => `  ${line}`);
  return [`${name}: |`, ...lines].join("\n");
}
