import { Workspace } from "../find/workspace.ts";
import { resolveImage } from "../gate/judge.ts";
import type { Plan } from "../gate/plan.ts";
import { problemsOf, type Resolved } from "../gate/resolved.ts";
import type { Source } from "../gate/source.ts";
import type { Clock } from "../http/clock.ts";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Outcome } from "../pull/outcome.ts";
import { dayOf } from "../runner/day.ts";
import { type FileProblem, fileProblem } from "../runner/found-images.ts";
import type { Inputs } from "../runner/inputs.ts";
import { parseLock, printLock } from "../runner/lock-file.ts";
import type { LockReport } from "../runner/lock-report.ts";
import { changesBetween, type Updating, updatedLock } from "../runner/lock-update.ts";
import { lockKey, type UsedLock } from "../runner/locked-images.ts";
import type { Step } from "./task.ts";

/** The lock file of a step, as it was read, and how it is updated. */
export type OpenLock = UsedLock &
  Updating & {
    readonly workspace: Workspace;
    /** Of the file's bytes; undefined when there is no file. */
    readonly digest: Digest | undefined;
    /** What is wrong with it: then no image can be checked. */
    readonly problems: readonly FileProblem[];
  };

// A thousand images with twenty platforms each, at a hundred bytes a platform, and as much again.
const SIZE_LIMIT = 4 * 2 ** 20;

/** Reads the lock file that a step uses; undefined when it uses none. */
export function openLock(
  { inputs, machine, workflow }: Step,
  prunes: boolean,
): OpenLock | undefined {
  const { file, isNamed, mode } = inputs.lock;
  const workspace = new Workspace(machine.workspace);
  const isThere = workspace.has(file);
  if (!isThere && mode === "") {
    if (isNamed) workflow.warn(`${file} does not exist, so nothing is locked; ${MAKE_IT}`);
    return undefined;
  }
  const day = dayOf(new Date(machine.clock.now()).toISOString());
  const used = mode === "" || mode === "none" ? "check" : mode;
  const lock = { file, mode: used, workspace, day, prunes };
  if (isThere) return readLock(lock);
  const problems = used === "update" ? [] : [absent(file, used)];
  return { ...lock, entries: new Map(), digest: undefined, problems };
}

const MAKE_IT = "run a step with lock: update, and commit the file";

function absent(file: string, mode: string): FileProblem {
  const found = `lock: ${mode} needs this file, and it does not exist`;
  const error = new PullError("not-locked", found, { next: MAKE_IT });
  return lockProblem(error, file);
}

type Named = Omit<OpenLock, "entries" | "digest" | "problems">;

function readLock(lock: Named): OpenLock {
  const { file, workspace } = lock;
  try {
    const { text, digest } = workspace.read(file, SIZE_LIMIT);
    const parsed = parseLock(text, file);
    if ("lock" in parsed) return { ...lock, entries: parsed.lock, digest, problems: [] };
    const problems = parsed.mistakes.map(({ error, location }) =>
      fileProblem(error, `${file}:${location.line}`, { optional: false, location }),
    );
    return { ...lock, entries: new Map(), digest, problems };
  } catch (error) {
    const problems = [lockProblem(error, file)];
    return { ...lock, entries: new Map(), digest: undefined, problems };
  }
}

const NAME_ANOTHER = "correct it, or name another file with lock-file";

/** A failure as a problem with the lock file. Rethrows an error that is a bug. */
function lockProblem(error: unknown, file: string): FileProblem {
  const isWrong = error instanceof PullError && error.reason === "wrong-file";
  const failure = isWrong
    ? new PullError(error.reason, error.found, { next: NAME_ANOTHER, cause: error })
    : error;
  return fileProblem(failure, file, { optional: false });
}

/** Images by their names in a lock file. */
export type Replaced = ReadonlyMap<string, Resolved>;

// A registry that works answers the three requests for an image within a second. A table without
// the sizes of old images is better than a job that waits for them.
const REPLACED_MS = 30_000;

/**
 * The images that a lock file has where the tags point at others by now, by their names in the lock
 * file, for comparison. Without those that cannot be read any more, or not within 30 s.
 */
export async function readReplaced(
  images: readonly Resolved[],
  source: Source,
  { inputs, machine }: Pick<Step, "inputs" | "machine">,
): Promise<Replaced> {
  const replaced = new Map<string, Resolved>();
  const reads = images.map(async (image) => {
    const before = await readBefore(image, source, inputs.plan);
    if (before !== undefined) replaced.set(lockKey(image.wanted.reference), before);
  });
  await limited(Promise.all(reads), machine.clock.after);
  // A copy, because a read that was given up may still end.
  return new Map(replaced);
}

/** The locked image, if its tag points at another one and it can be read. */
async function readBefore(
  { wanted, lock }: Resolved,
  source: Source,
  plan: Plan,
): Promise<Resolved | undefined> {
  if (lock?.digest === undefined || lock.tag !== "moved") return undefined;
  const reference = { ...wanted.reference, tag: undefined, digest: lock.digest };
  const { lock: _, base: __, otherwise: ___, ...rest } = wanted;
  const image = await resolveImage(
    source,
    { ...rest, reference },
    { ...plan, verify: "manifest", pullsFor: undefined, checksTags: false },
  );
  return problemsOf(image).length > 0 ? undefined : image;
}

/** Waits for `work`, but not longer than for what only informs. */
function limited(work: Promise<unknown>, after: Clock["after"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = after(REPLACED_MS, resolve);
    work.then(() => resolve(), reject).finally(cancel);
  });
}

/** A step that ends: what it resolved, what that replaces in the lock file, and if it failed. */
export type LockEnd = {
  readonly outcome: Outcome;
  readonly replaced: Replaced;
  readonly isRefused: boolean;
};

/**
 * Writes the lock file of a step that updates it and passed, if it changes. Returns what changed, and
 * the problem of a file that cannot be written.
 */
export function endLock(
  lock: OpenLock,
  { outcome, replaced, isRefused }: LockEnd,
  { runner }: Inputs,
): LockReport {
  const { file, mode, entries, problems } = lock;
  const unchanged = { file, mode, isWritten: false, changes: [], problems };
  if (mode !== "update" || isRefused) return unchanged;
  const { images } = outcome;
  const now = updatedLock(entries, images, lock);
  const changes = changesBetween(entries, now, {
    images,
    before: replaced,
    runner,
  });
  if (changes.length === 0 && lock.digest !== undefined) return unchanged;
  try {
    const content = Buffer.from(printLock(now));
    expectReadable(content, file);
    lock.workspace.write(file, content, { before: lock.digest, limit: SIZE_LIMIT });
    return { ...unchanged, isWritten: true, changes };
  } catch (error) {
    return { ...unchanged, problems: [lockProblem(error, file)] };
  }
}

function expectReadable({ length }: Buffer, file: string): void {
  if (length <= SIZE_LIMIT) return;
  const found = `${file} would have ${length} bytes, expected at most ${SIZE_LIMIT}`;
  throw new PullError("too-many", found, { next: "name fewer images in one lock file" });
}
