import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readDescriptor } from "../oci/descriptor.ts";
import { PullError } from "../oci/failure.ts";
import { asList, asObject, type Json, type JsonObject, parseJson } from "../oci/json.ts";
import { IMAGE_NAME, type IndexEntry, LAYOUT_VERSION, REF_NAME } from "../oci/layout.ts";
import { OCI_INDEX } from "../oci/media-type.ts";
import { readRegular } from "./disk.ts";
import { temporaryPath } from "./holder.ts";
import { locked, type Time } from "./mutex.ts";

// Ten thousand entries of about 400 bytes.
const INDEX_LIMIT = 4 * 1024 * 1024;

/** A parsed index. Fields and entries of other tools are kept as they are. */
type Index = { readonly fields: JsonObject; readonly manifests: readonly Json[] };

/** The file `index.json` of a layout. Other processes and tools may change it at any time. */
export class LayoutIndex {
  readonly #layout: string;
  /** The directory for temporary files and the lock. */
  readonly #private: string;
  readonly #time: Time;

  constructor(layout: string, privateDirectory: string, time: Time) {
    this.#layout = layout;
    this.#private = privateDirectory;
    this.#time = time;
  }

  /**
   * The index; an empty one when there is no file. Fails as `invalid` when the file is malformed,
   * is not a regular file, or has more than {@link INDEX_LIMIT} bytes.
   */
  async read(): Promise<Index> {
    const path = join(this.#layout, "index.json");
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) {
      return { fields: { schemaVersion: 2, mediaType: OCI_INDEX }, manifests: [] };
    }
    try {
      const bytes = found.isFile() ? await readRegular(path, INDEX_LIMIT) : undefined;
      return parseIndex(bytes);
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      const why = `layout corrupt: ${path} is left as it is: ${error.found}`;
      throw new PullError("layout-corrupt", why, { cause: error });
    }
  }

  /**
   * Adds entries before all others, and replaces those with the same names. Returns a warning for
   * each added entry whose tag another image has, too. Fails as `invalid` when the index is
   * malformed or would be too large, and as {@link locked} does; then nothing is changed.
   */
  add(entries: readonly IndexEntry[]): Promise<readonly string[]> {
    const merge = async (expectHeld: () => Promise<void>): Promise<readonly string[]> => {
      const index = await this.read();
      const names = new Set(entries.map(({ annotations }) => annotations[IMAGE_NAME]));
      const kept = index.manifests.filter((entry) => !names.has(annotationOf(entry, IMAGE_NAME)));
      const text = formatIndex(index.fields, entries, kept);
      if (Buffer.byteLength(text) > INDEX_LIMIT) {
        throw new PullError("layout-full", `${this.#layout} names too many images`);
      }
      await this.#replace("oci-layout", LAYOUT_VERSION, expectHeld);
      await this.#replace("index.json", text, expectHeld);
      return entries.flatMap((entry) => clashOf(entry, kept));
    };
    return locked(join(this.#private, "lock"), merge, this.#time);
  }

  /** Writes a temporary file, flushes it to disk, and renames it into place. */
  async #replace(name: string, text: string, expectHeld: () => Promise<void>): Promise<void> {
    const temporary = temporaryPath(join(this.#private, name));
    try {
      await writeFile(temporary, text, { flag: "wx", flush: true });
      await expectHeld();
      await rename(temporary, join(this.#layout, name));
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

function parseIndex(bytes: Buffer | undefined): Index {
  if (bytes === undefined) {
    throw new PullError("too-large", `expected a file of at most ${INDEX_LIMIT} bytes`);
  }
  const fields = asObject(parseJson(bytes, "it"), "it", ["manifests"]);
  if (fields["manifests"] === undefined) throw new PullError("wrong-field", "it has no manifests");
  const manifests = asList(fields["manifests"], "its manifests");
  for (const [at, entry] of manifests.entries()) readDescriptor(entry, `its manifests[${at}]`);
  return { fields, manifests };
}

function formatIndex(
  fields: JsonObject,
  added: readonly IndexEntry[],
  kept: readonly Json[],
): string {
  const entries = added.map(({ mediaType, digest, size, annotations }) => {
    return { mediaType, digest, size, annotations };
  });
  return JSON.stringify({ ...fields, manifests: [...entries, ...kept] }, undefined, 2);
}

/** An annotation of an entry, which {@link parseIndex} checked to be a descriptor. */
function annotationOf(entry: Json, name: string): string | undefined {
  const { annotations } = entry as { readonly annotations?: JsonObject | null };
  const value = annotations?.[name];
  return typeof value === "string" ? value : undefined;
}

/** A warning when another image has an entry's tag: tools that look up tags see only the first. */
function clashOf({ annotations, digest }: IndexEntry, others: readonly Json[]): readonly string[] {
  const tag = annotations[REF_NAME];
  const other = others.find((entry) => tag !== undefined && annotationOf(entry, REF_NAME) === tag);
  const { digest: otherDigest } = (other ?? {}) as { readonly digest?: Json };
  if (other === undefined || otherDigest === digest) return [];
  const first = annotations[IMAGE_NAME];
  const second = annotationOf(other, IMAGE_NAME) ?? String(otherDigest);
  return [`the layout has two images with the tag ${tag}: first ${first}, then ${second}`];
}
