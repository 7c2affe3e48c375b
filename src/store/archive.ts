import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { OCI_INDEX } from "../oci/media-type.ts";
import { openRegular } from "./disk.ts";
import type { Expected } from "./ingest.ts";
import { type Entry, LAYOUT_VERSION, type Layout } from "./layout.ts";
import { tarEnd, tarEntry, tarHeader, tarPadding } from "./tarball.ts";

/** One image for an engine: its entry in the index, its blobs, and the one platform that Docker's older form can name. */
export type ArchivedImage = {
  readonly entry: Pick<Entry, "mediaType" | "digest" | "size" | "annotations">;
  /** Documents, config and layers, each once. */
  readonly blobs: readonly Expected[];
  readonly config: Digest;
  /** Base layer first, as often as the image has them. */
  readonly layers: readonly Digest[];
  /** `registry/repository:tag`; absent where there is no tag. */
  readonly tag: string | undefined;
};

const READ_SIZE = 1024 * 1024;

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
  yield* tarEntry("oci-layout", Buffer.from(LAYOUT_VERSION));
  yield* tarEntry("index.json", Buffer.from(JSON.stringify(index)));
  yield* tarEntry("manifest.json", Buffer.from(JSON.stringify(manifest)));
  for (const blob of image.blobs) yield* file(layout, blob);
  yield tarEnd();
}

function pathOf(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

async function* file(layout: Layout, { digest, size }: Expected): AsyncGenerator<Buffer> {
  yield tarHeader(pathOf(digest), size);
  let sent = 0;
  const blob = await openRegular(layout.blobPath(digest));
  for await (const chunk of blob.createReadStream({ highWaterMark: READ_SIZE }) as AsyncIterable<Buffer>) {
    sent += chunk.length;
    if (sent > size) break;
    yield chunk;
  }
  if (sent !== size) throw new PullError("layout-changed", `blob ${digest} of the layout has changed: expected ${size} bytes, got ${sent}`);
  yield tarPadding(size);
}
