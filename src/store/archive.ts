import { createReadStream } from "node:fs";
import { Header } from "tar/header";
import { Pax } from "tar/pax";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { OCI_INDEX } from "../oci/media-type.ts";
import type { Expected } from "./ingest.ts";
import type { Entry, Layout } from "./layout.ts";

/** One image for an engine: its entry in the index, the blobs of one platform, and what Docker's older form needs to know. */
export type ArchivedImage = {
  readonly entry: Entry;
  /** Documents, config and layers, each once. */
  readonly blobs: readonly Expected[];
  readonly config: Digest;
  /** Base layer first, as often as the image has them. */
  readonly layers: readonly Digest[];
  /** `registry/repository:tag`; absent where there is no tag. */
  readonly tag: string | undefined;
};

const READ_SIZE = 1024 * 1024;
const BLOCK = 512;

/**
 * A tar of one image of the layout, as it is read, without a copy on disk: an OCI layout of its own with the
 * `manifest.json` beside it that engines with the older store ask for (moby, daemon/internal/image/tarexport/load.go).
 * Fails as `dangling` when a blob is not what it was when it was verified.
 */
export async function* archive(layout: Layout, image: ArchivedImage): AsyncGenerator<Buffer> {
  const { mediaType, digest, size, annotations } = image.entry;
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType, digest, size, annotations }] };
  const repoTags = image.tag === undefined ? [] : [image.tag];
  const manifest = [{ Config: pathOf(image.config), RepoTags: repoTags, Layers: image.layers.map(pathOf) }];
  yield* text("oci-layout", '{"imageLayoutVersion":"1.0.0"}');
  yield* text("index.json", JSON.stringify(index));
  yield* text("manifest.json", JSON.stringify(manifest));
  for (const blob of image.blobs) yield* file(layout, blob);
  // Two empty blocks end an archive: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
  yield Buffer.alloc(2 * BLOCK);
}

function pathOf(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function* text(path: string, content: string): Generator<Buffer> {
  const bytes = Buffer.from(content);
  yield header(path, bytes.length);
  yield Buffer.concat([bytes, padding(bytes.length)]);
}

async function* file(layout: Layout, { digest, size }: Expected): AsyncGenerator<Buffer> {
  yield header(pathOf(digest), size);
  let sent = 0;
  for await (const chunk of createReadStream(layout.blobPath(digest), { highWaterMark: READ_SIZE }) as AsyncIterable<Buffer>) {
    sent += chunk.length;
    if (sent > size) break;
    yield chunk;
  }
  if (sent !== size) throw new PullError("dangling", `blob ${digest} of the layout has changed: expected ${size} bytes, got ${sent}`);
  yield padding(size);
}

/** The same header for the same blob on every machine: no owner, no time. */
function header(path: string, size: number): Buffer {
  const fields = { path, size, mode: 0o644, type: "File", uid: 0, gid: 0, mtime: new Date(0) } as const;
  const entry = new Header(fields);
  // A sha512 name is longer than a header's own field.
  const extended = entry.encode() ? new Pax({ path, size }).encode() : Buffer.alloc(0);
  return Buffer.concat([extended, entry.block ?? Buffer.alloc(0)]);
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
