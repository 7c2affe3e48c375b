import { existsSync, globSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../src/oci/digest.ts";

/** A blob of a layout, and whether its content has the digest in its name. */
export type FinalFile = { readonly path: string; readonly right: boolean };

/** The blobs of a layout, without those that are still arriving. */
export function finalsOf(layout: string): readonly FinalFile[] {
  const paths = globSync("blobs/*/*", { cwd: layout });
  return paths.flatMap((path) => {
    const file = join(layout, path);
    if (!lstatSync(file).isFile()) return [];
    const [, algorithm, encoded] = path.split("/");
    const digest = digestOf(readFileSync(file), algorithm === "sha512" ? "sha512" : "sha256");
    return [{ path, right: digest === `${algorithm}:${encoded}` }];
  });
}

/** The names of the temporary files in a layout. */
export function ingestingOf(layout: string): readonly string[] {
  const path = join(layout, ".registry-pull");
  return existsSync(path) && lstatSync(path).isDirectory() ? readdirSync(path) : [];
}
