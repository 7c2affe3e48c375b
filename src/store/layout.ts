import { lstat, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readDescriptor } from "../oci/descriptor.ts";
import { algorithmOf, type Digest, digestOf } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { asList, asObject, type Json, type JsonObject, parseJson } from "../oci/json.ts";
import { OCI_INDEX } from "../oci/media-type.ts";
import { makeDirectory, onDisk, readRegular } from "./disk.ts";
import { diffIdsOf, digestOfFile } from "./hash.ts";
import { holderOf, lifeOf, temporaryPath } from "./holder.ts";
import { type Expected, Ingest } from "./ingest.ts";
import { locked, type Patience, REAL_TIME } from "./mutex.ts";

/** An entry of a layout's index: a descriptor with the names it goes by. */
export type Entry = {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
};

/** What `oci-layout` says: https://github.com/opencontainers/image-spec/blob/main/image-layout.md#oci-layout-file */
export const LAYOUT_VERSION = '{"imageLayoutVersion":"1.0.0"}';

const DIRECTORIES = ["", "blobs", "blobs/sha256", "blobs/sha512", ".registry-pull"];
const IMAGE_NAME = "io.containerd.image.name";
const TAG = "org.opencontainers.image.ref.name";
const INDEX_LIMIT = 4 * 1024 * 1024;
// Documents and the blobs that travel with them in one entry of the cache, which are no larger than that entry may be.
const SMALL_LIMIT = 64 * 1024 * 1024;

// For processes of other containers and machines, which cannot be asked. A living one writes far more
// often than once a day, and clocks that TLS works with are less than a day apart.
const LEFT_MS = 24 * 60 * 60 * 1_000;

// What opening says of what is gone, of a link, and of a socket.
const NO_FILE = new Set(["ENOENT", "ELOOP", "EMLINK", "ENXIO"]);

/**
 * An OCI image layout in a directory, which other processes and other tools may be using:
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class Layout {
  /** The directory, absolute. */
  readonly path: string;
  /** Sizes in bytes of the blobs that were hashed and right. */
  readonly #verified = new Map<Digest, number>();
  readonly #time: Patience;

  private constructor(path: string, time: Patience) {
    this.path = path;
    this.#time = time;
  }

  /**
   * The layout at `path`, made when there is none. Fails as `unsupported` when something else is in its place, and as `invalid`
   * when its index cannot be read: before anything is brought that it could not name.
   */
  static async open(path: string, time: Patience = REAL_TIME): Promise<Layout> {
    const layout = new Layout(resolve(path), time);
    await onDisk(layout.path, async () => {
      for (const directory of DIRECTORIES) await makeDirectory(join(layout.path, directory));
      await layout.#readIndex();
      await layout.#sweep();
    });
    return layout;
  }

  /** Where a blob is, or is to be. Only a checked digest makes a path. */
  blobPath(digest: Digest): string {
    return join(this.path, "blobs", ...digest.split(":"));
  }

  /** True when the blob is here and its bytes are right; one that is wrong is removed. Never follows a link. */
  async has(blob: Expected): Promise<boolean> {
    const path = this.blobPath(blob.digest);
    return onDisk(path, () => this.#has(blob, path));
  }

  async #has(blob: Expected, path: string): Promise<boolean> {
    const verified = this.#verified.get(blob.digest);
    if (verified !== undefined) return verified === blob.size;
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return false;
    if (found.isDirectory()) throw new PullError("not-a-file", `${path} is a directory where a blob should be`);
    const right = found.isFile() && found.size === blob.size && (await this.#computed(path, blob.digest)) === blob.digest;
    if (right) this.#verified.set(blob.digest, blob.size);
    else await this.#removeSpoilt(blob.digest);
    return right;
  }

  /** Moved aside before it is removed, and looked at again there: another process may just have put the right bytes in its place. */
  async #removeSpoilt(digest: Digest): Promise<void> {
    const aside = this.temporary("spoilt");
    try {
      await rename(this.blobPath(digest), aside);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return;
      throw error;
    }
    try {
      if ((await this.#computed(aside, digest)) !== digest) return await rm(aside, { force: true });
    } catch (error) {
      // What cannot be read just now is not known to be wrong.
      await rename(aside, this.blobPath(digest));
      throw error;
    }
    await rename(aside, this.blobPath(digest));
  }

  /** The digest of what is at a path; undefined for what is gone, a link or another thing that is no file. */
  async #computed(path: string, digest: Digest): Promise<Digest | undefined> {
    try {
      return await digestOfFile(path, digest);
    } catch (error) {
      if (error instanceof PullError || NO_FILE.has((error as { code?: string }).code ?? "")) return undefined;
      throw error;
    }
  }

  /** True when a blob is here under its right digest, whatever its size; false for whatever cannot be read. */
  async isRight(digest: Digest): Promise<boolean> {
    return (await digestOfFile(this.blobPath(digest), digest).catch(() => undefined)) === digest;
  }

  /** The bytes of a small blob, proven; undefined when it is not here or wrong. */
  async read(digest: Digest): Promise<Buffer | undefined> {
    const bytes = await readRegular(this.blobPath(digest), SMALL_LIMIT).catch(() => undefined);
    return bytes !== undefined && digestOf(bytes, algorithmOf(digest)) === digest ? bytes : undefined;
  }

  /** The diffIDs of an image's layers that are here, by the layers' digests. Fails as {@link diffIdsOf} does. */
  diffIds(layers: readonly Expected[], signal: AbortSignal): Promise<ReadonlyMap<Digest, Digest>> {
    const files = layers.map(({ digest, size }) => ({ path: this.blobPath(digest), digest, size }));
    return diffIdsOf(files, signal);
  }

  /** A way in for a blob that is not here. */
  async ingest(blob: Expected): Promise<Ingest> {
    return Ingest.open(blob, this.temporary(blob.digest.replace(":", "-")), this.blobPath(blob.digest));
  }

  /** Keeps bytes under their digest, unless they are here already. Fails as `invalid` when they have another one. */
  async put(digest: Digest, bytes: Buffer): Promise<void> {
    const blob = { digest, size: bytes.length };
    if (await this.has(blob)) return;
    const ingest = await this.ingest(blob);
    try {
      ingest.part(0).write(bytes);
      await ingest.commit();
    } finally {
      await ingest.abort();
    }
  }

  /**
   * Adds entries to the index, in front of all others, and replaces those of the same names. Returns a warning for each of
   * them whose tag another image has, too: a tool that reads the layout by tag sees only the tag.
   * Fails as `invalid`, leaving the file as it is, when the index there cannot be read.
   */
  async add(entries: readonly Entry[]): Promise<readonly string[]> {
    const merge = async (expectHeld: () => Promise<void>): Promise<readonly string[]> => {
      const index = await this.#readIndex();
      const names = new Set(entries.map(({ annotations }) => annotations[IMAGE_NAME]));
      const added = entries.map(({ mediaType, digest, size, annotations }) => ({ mediaType, digest, size, annotations }));
      const kept = index.manifests.filter((entry) => !names.has(nameOf(entry)));
      const text = JSON.stringify({ ...index.fields, manifests: [...added, ...kept] }, undefined, 2);
      if (Buffer.byteLength(text) > INDEX_LIMIT) throw new PullError("layout-full", `${this.path} names too many images`);
      await this.#replace("oci-layout", LAYOUT_VERSION, expectHeld);
      await this.#replace("index.json", text, expectHeld);
      return added.flatMap((entry) => clashOf(entry, kept));
    };
    return onDisk(this.path, () => locked(join(this.path, ".registry-pull", "lock"), merge, this.#time));
  }

  async #readIndex(): Promise<{ fields: JsonObject; manifests: readonly Json[] }> {
    const path = join(this.path, "index.json");
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return { fields: { schemaVersion: 2, mediaType: OCI_INDEX }, manifests: [] };
    try {
      const bytes = found.isFile() ? await readRegular(path, INDEX_LIMIT) : undefined;
      if (bytes === undefined) throw new PullError("too-large", `expected a file of at most ${INDEX_LIMIT} bytes`);
      const fields = asObject(parseJson(bytes, "it"), "it", ["manifests"]);
      if (fields["manifests"] === undefined) throw new PullError("wrong-field", "it has no manifests");
      const manifests = asList(fields["manifests"], "its manifests");
      // Another tool's entries are kept as they are, and only when they are entries.
      for (const [at, entry] of manifests.entries()) readDescriptor(entry, `its manifests[${at}]`);
      return { fields, manifests };
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      throw new PullError("layout-corrupt", `layout corrupt: ${path} is left as it is: ${error.found}`, { cause: error });
    }
  }

  /** The path of a file that nobody else writes, and that a later run can tell to be nobody's. */
  temporary(name: string): string {
    return temporaryPath(join(this.path, ".registry-pull", name));
  }

  /** Writes a file beside its place and renames it there, on disk before its name is. */
  async #replace(name: string, text: string, expectHeld: () => Promise<void>): Promise<void> {
    const temporary = this.temporary(name);
    try {
      await writeFile(temporary, text, { flag: "wx", flush: true });
      await expectHeld();
      await rename(temporary, join(this.path, name));
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Removes the temporary files that processes left behind. */
  async #sweep(): Promise<void> {
    const directory = join(this.path, ".registry-pull");
    for (const name of await readdir(directory)) {
      if (!(await this.#isLeftBehind(join(directory, name)))) continue;
      // What another user left may not be ours to remove, and harms nothing.
      await rm(join(directory, name), { force: true, recursive: true }).catch(() => undefined);
    }
  }

  async #isLeftBehind(path: string): Promise<boolean> {
    const holder = holderOf(path);
    const life = holder === undefined ? "alive" : lifeOf(holder);
    if (life !== "unknown") return life === "dead";
    const found = await lstat(path).catch(() => undefined);
    return found !== undefined && this.#time.now() - found.ctimeMs > LEFT_MS;
  }
}

function nameOf(entry: Json): string | undefined {
  return annotationOf(entry, IMAGE_NAME);
}

/** An annotation of an entry that was checked to be a descriptor. */
function annotationOf(entry: Json, name: string): string | undefined {
  const annotations = (entry as JsonObject)["annotations"] as JsonObject | null | undefined;
  const value = annotations?.[name];
  return typeof value === "string" ? value : undefined;
}

/** A warning when an entry's tag stands at another image, too. */
function clashOf({ annotations, digest }: Entry, others: readonly Json[]): readonly string[] {
  const tag = annotations[TAG];
  const other = others.find((entry) => tag !== undefined && annotationOf(entry, TAG) === tag);
  if (other === undefined || (other as JsonObject)["digest"] === digest) return [];
  const theirs = nameOf(other) ?? String((other as JsonObject)["digest"]);
  return [`the layout has two images with the tag ${tag}: ${annotations[IMAGE_NAME]}, which stands first, and ${theirs}`];
}
