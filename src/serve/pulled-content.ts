import type { Blob } from "../oci/blob.ts";
import { asDigest, type Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import type { ArrivingStore } from "../pull/arriving-store.ts";
import type { Foreseen, TypedDocument } from "../pull/outcome.ts";
import type { Backend, ServedBlob, ServedDocument } from "./served.ts";

/** Reads blobs while a pull transfers them. */
export type ArrivingBlobs = Pick<ArrivingStore, "readArriving">;

/**
 * What a step is pulling, for an engine: documents from memory, and blobs as they arrive. All
 * images are in one repository, by digest.
 */
export class PulledContent implements Backend {
  readonly #repository: string;
  readonly #documents: ReadonlyMap<Digest, TypedDocument>;
  readonly #blobs: ReadonlyMap<Digest, Blob>;
  readonly #arriving: ArrivingBlobs;

  constructor(repository: string, images: readonly Foreseen[], arriving: ArrivingBlobs) {
    const documents = images.flatMap((image) => image.documents);
    const platforms = images.flatMap(({ loadable }) => loadable.platforms);
    const blobs = platforms.flatMap((platform) => platform.blobs);
    this.#repository = repository;
    this.#documents = new Map(documents.map((document) => [document.digest, document]));
    this.#blobs = new Map(blobs.map((blob) => [blob.digest, blob]));
    this.#arriving = arriving;
  }

  async manifest(repository: Repository, reference: string): Promise<ServedDocument> {
    this.#expectKnown(repository);
    const digest = asDigest(reference);
    const document = digest && this.#documents.get(digest);
    if (document === undefined) throw absent(reference);
    return { ...document, size: document.bytes.length };
  }

  async blob(repository: Repository, digest: Digest): Promise<ServedBlob> {
    this.#expectKnown(repository);
    const blob = this.#blobs.get(digest);
    if (blob === undefined) throw absent(digest);
    return { ...blob, read: (start, end) => this.#arriving.readArriving(blob, start, end) };
  }

  /** The bytes of a document or blob. Fails as {@link ArrivingStore.readArriving} does. */
  async *read(blob: Blob): AsyncGenerator<Buffer> {
    const document = this.#documents.get(blob.digest);
    if (document === undefined) yield* this.#arriving.readArriving(blob, 0, blob.size);
    else yield document.bytes;
  }

  async list(): Promise<never> {
    throw absent("a list");
  }

  #expectKnown(repository: Repository): void {
    // A client that names no registry means Docker Hub, by the rules of names.
    const name = repositoryName(repository);
    if (name !== `docker.io/${this.#repository}`) throw absent(name);
  }
}

function absent(what: string): PullError {
  return new PullError("not-found", `${what} is not part of what this step pulls`);
}
