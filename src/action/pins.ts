import type { Edit } from "../find/pin.ts";
import { statusOf } from "../gate/resolved.ts";
import { PullError } from "../oci/failure.ts";
import type { Outcome } from "../pull/outcome.ts";
import type { NamedReference } from "../runner/found-images.ts";
import type { Workflow } from "../runner/workflow.ts";
import type { ReadFiles } from "./files.ts";

/**
 * Writes the digests of images into the files that name them. Returns the paths of the files that
 * changed. A file that is no longer what it was is left as it is, with a warning.
 */
export function writePins(
  { references, workspace, digests }: ReadFiles,
  outcome: Outcome,
  workflow: Pick<Workflow, "warn">,
): readonly string[] {
  const changed: string[] = [];
  for (const [file, edits] of editsOf(references, outcome)) {
    const before = digests.get(file);
    if (before === undefined) continue;
    try {
      if (workspace.pin(file, before, edits)) changed.push(file);
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      workflow.warn(error.message);
    }
  }
  return changed;
}

/** What to write into each file. An image with a problem is not written. */
function editsOf(
  references: readonly NamedReference[],
  { images }: Outcome,
): ReadonlyMap<string, readonly Edit[]> {
  const resolved = images.filter((image) => statusOf(image) === "ok");
  const roots = new Map(resolved.map(({ wanted, root }) => [wanted.name, root]));
  const files = new Map<string, Edit[]>();
  for (const { file, name, found } of references) {
    const digest = roots.get(name)?.fetched.digest;
    if (found.pin === undefined || digest === undefined) continue;
    const edits = files.get(file) ?? [];
    edits.push({ pin: found.pin, digest });
    files.set(file, edits);
  }
  return files;
}
