import { basename, dirname, join } from "node:path";
import { holderOf } from "../store/holder.ts";
import type { FileSteps } from "./file-steps.ts";

/** What is recorded about a placed file, in the name of a file beside it. */
export type PlacedRecord = {
  readonly path: string;
  /** The process that the placed file belongs to. */
  readonly holder: string;
  /** The SHA-256 of the placed file. */
  readonly hex: string;
  /** `before`: the record is the file that was there. `new`: there was none. */
  readonly kind: "before" | "new";
  /** How many directories were made for a new file. */
  readonly directories: number;
};

const NAME = /^(.+)\.(\d+\.\d+\.\d+\.[0-9a-f]{8})\.([0-9a-f]{64})\.(?:before|new(\d))$/;

/** The path of a record: `hosts.toml.HOLDER.HEX.before`, or `….new2` for two directories. */
export function recordPath(record: PlacedRecord): string {
  const { path, holder, hex, kind, directories } = record;
  const ending = kind === "before" ? kind : `new${directories}`;
  return `${path}.${holder}.${hex}.${ending}`;
}

/** The records in a directory. Fails as the steps do. */
export async function recordsIn(
  steps: Pick<FileSteps, "list">,
  directory: string,
): Promise<readonly PlacedRecord[]> {
  const names = (await steps.list(directory)) ?? [];
  return names.flatMap((name) => recordNamed(directory, name) ?? []);
}

function recordNamed(directory: string, name: string): PlacedRecord | undefined {
  const [, file = "", holder = "", hex = "", count] = NAME.exec(name) ?? [];
  if (file === "") return undefined;
  const kind = count === undefined ? "before" : "new";
  return { path: join(directory, file), holder, hex, kind, directories: Number(count ?? 0) };
}

/** Decides for which holders something is undone. */
export type OfHolder = (holder: string) => boolean;

/**
 * The temporary names that killed processes of these holders left: in a directory, and where that
 * directory and those above it are. Fails as the steps do.
 */
export async function leftoversIn(
  steps: Pick<FileSteps, "list">,
  directory: string,
  ofHolder: OfHolder,
): Promise<readonly string[]> {
  const inside = await leftoversNamed(steps, directory, "", ofHolder);
  const beside = await leftoversBeside(steps, directory, ofHolder);
  return [...inside, ...beside];
}

async function leftoversBeside(
  steps: Pick<FileSteps, "list">,
  directory: string,
  ofHolder: OfHolder,
): Promise<readonly string[]> {
  const above = dirname(directory);
  if (above === directory) return [];
  // A user need not be able to read all directories up to the root.
  const beside = await leftoversNamed(steps, above, `${basename(directory)}.`, ofHolder).catch(
    () => [],
  );
  return [...beside, ...(await leftoversBeside(steps, above, ofHolder))];
}

async function leftoversNamed(
  steps: Pick<FileSteps, "list">,
  directory: string,
  start: string,
  ofHolder: OfHolder,
): Promise<readonly string[]> {
  const names = (await steps.list(directory)) ?? [];
  const left = names.filter((name) => {
    const holder = name.startsWith(start) ? holderOf(name) : undefined;
    return holder !== undefined && ofHolder(holder);
  });
  return left.map((name) => join(directory, name));
}
