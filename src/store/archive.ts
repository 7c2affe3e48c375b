import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { type ArchivedImage, LAYOUT_VERSION } from "../oci/layout.ts";
import { OCI_INDEX } from "../oci/media-type.ts";
import { tarEnd, tarEntry, tarHeader, tarPadding } from "./tarball.ts";

/** Reads the blobs of a layout. A chunk is the reader's until it asks for the next one. */
export type BlobReader = { readonly read: (blob: Blob) => AsyncIterable<Buffer> };

/**
 * One image of a layout as a tar, which is an image layout itself. It also has a `manifest.json`,
 * which engines with Docker's classic store need
 * (https://github.com/moby/moby/blob/master/daemon/internal/image/tarexport/load.go). It is read as
 * it is sent, without a copy on disk. Fails as `layout.read` does.
 */
export async function* archive(layout: BlobReader, image: ArchivedImage): AsyncGenerator<Buffer> {
  const { mediaType, digest, size, annotations } = image.entry;
  const entry = { mediaType, digest, size, annotations };
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry] };
  const repoTags = image.tag === undefined ? [] : [image.tag];
  const layers = image.layers.map(pathOf);
  const manifest = [{ Config: pathOf(image.config), RepoTags: repoTags, Layers: layers }];
  yield* tarEntry("oci-layout", Buffer.from(LAYOUT_VERSION));
  yield* tarEntry("index.json", Buffer.from(JSON.stringify(index)));
  yield* tarEntry("manifest.json", Buffer.from(JSON.stringify(manifest)));
  for (const blob of image.blobs) {
    yield tarHeader(pathOf(blob.digest), blob.size);
    // Copies, because a stream asks for the next chunk before this one is written.
    for await (const bytes of layout.read(blob)) yield Buffer.from(bytes);
    yield tarPadding(blob.size);
  }
  yield tarEnd();
}

function pathOf(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}
