import { createCipheriv, createHash } from "node:crypto";
import { tarEnd, tarHeader } from "../src/store/tarball.ts";

/** Some content of a registry: its bytes are made again whenever they are needed, and are never all in memory. */
export type Blob = { readonly digest: string; readonly size: number; readonly chunks: () => Iterable<Buffer> };

const CHUNK = 4 * 1024 * 1024;

/** So many bytes that no compressor makes fewer, the same for the same name on every machine. */
export function randomBlob(name: string, size: number): Blob {
  const chunks = function* (): Iterable<Buffer> {
    // A cipher over zeros: as good as random, and as fast as memory.
    const key = createHash("sha256").update(name).digest();
    const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
    for (let left = size; left > 0; left -= CHUNK) yield cipher.update(Buffer.alloc(Math.min(CHUNK, left)));
  };
  const hash = createHash("sha256");
  for (const chunk of chunks()) hash.update(chunk);
  return { digest: `sha256:${hash.digest("hex")}`, size, chunks };
}

/** A layer that an engine can unpack: a tar of one file that no compressor makes smaller. */
export function tarBlob(name: string, size: number): Blob {
  const file = randomBlob(name, Math.floor(size / 512) * 512);
  const header = Buffer.from(tarHeader(`${name.replace(/ /g, "-")}`, file.size));
  const parts = function* (): Iterable<Buffer> {
    yield header;
    yield* file.chunks();
    yield tarEnd();
  };
  const hash = createHash("sha256");
  for (const part of parts()) hash.update(part);
  return { digest: `sha256:${hash.digest("hex")}`, size: header.length + file.size + tarEnd().length, chunks: parts };
}

function jsonBlob(value: unknown): Blob & { readonly bytes: Buffer } {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, size: bytes.length, chunks: () => [bytes] };
}

/** A registry that takes what is pushed to it, by its host. */
export class Pusher {
  readonly #host: string;
  readonly #pushed = new Set<string>();

  constructor(host: string) {
    this.#host = host;
  }

  /** Pushes an image of these layers for one platform; how an index points at it. The reference is its digest, or a tag. */
  async image(repository: string, layers: readonly Blob[], platform: string, tag?: string): Promise<Record<string, unknown>> {
    const [os, architecture, variant] = platform.split("/");
    const config = jsonBlob({
      os,
      architecture,
      ...(variant === undefined ? {} : { variant }),
      config: { Labels: { repository } },
      // No tar is in these layers, so nothing unpacks them here; an engine that is to load one gets real tars.
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    });
    for (const blob of [config, ...layers]) await this.#blob(repository, blob);
    const point = ({ digest, size }: Blob, mediaType: string) => ({ mediaType, digest, size });
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: point(config, "application/vnd.oci.image.config.v1+json"),
      layers: layers.map((layer) => point(layer, "application/vnd.oci.image.layer.v1.tar")),
    };
    const pushed = await this.#manifest(repository, manifest, tag);
    return { ...pushed, platform: { os, architecture, ...(variant === undefined ? {} : { variant }) } };
  }

  /** Pushes an index of images; its reference. */
  async index(repository: string, tag: string, manifests: readonly unknown[]): Promise<string> {
    await this.#manifest(repository, { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests }, tag);
    return `${this.#host}/${repository}:${tag}`;
  }

  async #manifest(
    repository: string,
    manifest: { readonly mediaType: string; readonly [field: string]: unknown },
    tag?: string,
  ): Promise<Record<string, unknown>> {
    const { bytes, digest, size } = jsonBlob(manifest);
    const headers = { "content-type": manifest.mediaType };
    await this.#send(`/v2/${repository}/manifests/${tag ?? digest}`, { method: "PUT", headers, body: new Uint8Array(bytes) });
    return { mediaType: manifest.mediaType, digest, size };
  }

  /** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#post-then-put, in parts */
  async #blob(repository: string, { digest, chunks }: Blob): Promise<void> {
    if (this.#pushed.has(`${repository} ${digest}`)) return;
    this.#pushed.add(`${repository} ${digest}`);
    let { headers } = await this.#send(`/v2/${repository}/blobs/uploads/`, { method: "POST" });
    for (const chunk of chunks())
      ({ headers } = await this.#send(headers.get("location") ?? "", { method: "PATCH", body: new Uint8Array(chunk) }));
    const end = new URL(headers.get("location") ?? "", `http://${this.#host}`);
    end.searchParams.set("digest", digest);
    await this.#send(end.href, { method: "PUT" });
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const answer = await fetch(new URL(path, `http://${this.#host}`), init);
    if (!answer.ok) throw new Error(`${init.method} ${path} answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
    return answer;
  }
}
