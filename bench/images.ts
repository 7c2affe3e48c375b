import { createCipheriv, createHash } from "node:crypto";
import { Header } from "tar/header";
import { tarEnd, tarHeader, tarPadding } from "../src/store/tarball.ts";

/** Content of a registry. Its bytes are generated for each use, so they never fill the memory. */
export type Blob = {
  readonly digest: string;
  readonly size: number;
  readonly chunks: () => Iterable<Buffer>;
};

const CHUNK = 4 * 1024 * 1024;

/** `size` bytes that cannot be compressed. The same name gives the same bytes on every machine. */
export function randomBlob(name: string, size: number): Blob {
  const chunks = function* (): Iterable<Buffer> {
    // A cipher over zeros is as incompressible as random bytes, repeatable, and fast.
    const key = createHash("sha256").update(name).digest();
    const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
    for (let left = size; left > 0; left -= CHUNK) {
      yield cipher.update(Buffer.alloc(Math.min(CHUNK, left)));
    }
  };
  return { digest: digestOf(chunks()), size, chunks };
}

/** A layer that an engine can unpack: a tar of about `size` bytes, with one random file. */
export function tarBlob(name: string, size: number): Blob {
  const file = randomBlob(name, Math.floor(size / 512) * 512);
  const fileName = name.replace(/ /g, "-");
  const header = Buffer.from(tarHeader(fileName, file.size));
  const chunks = function* (): Iterable<Buffer> {
    yield header;
    yield* file.chunks();
    yield tarEnd();
  };
  const total = header.length + file.size + tarEnd().length;
  return { digest: digestOf(chunks()), size: total, chunks };
}

/** A layer with one program, at the root of the file system. */
export function programBlob(name: string, program: Buffer): Blob {
  const header = new Header({ path: name, size: program.length, mode: 0o755, type: "File" });
  header.encode();
  const block = header.block ?? Buffer.alloc(0);
  const parts = [block, program, tarPadding(program.length), tarEnd()];
  const bytes = Buffer.concat(parts);
  return { digest: digestOf([bytes]), size: bytes.length, chunks: () => [bytes] };
}

type JsonBlob = Blob & { readonly bytes: Buffer };

function jsonBlob(value: unknown): JsonBlob {
  const bytes = Buffer.from(JSON.stringify(value));
  return {
    bytes,
    digest: digestOf([bytes]),
    size: bytes.length,
    chunks: () => [bytes],
  };
}

function digestOf(chunks: Iterable<Buffer>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

type Fields = Readonly<Record<string, unknown>>;
type Pushed = { readonly digest: string };
type Manifest = Fields & { readonly mediaType: string };

/** Pushes images to a registry on plain HTTP. */
export class Pusher {
  /** Host and port of the registry. */
  readonly host: string;
  readonly #pushed = new Set<string>();

  constructor(host: string) {
    this.host = host;
  }

  /** Pushes an image for one platform, by its digest or as `tag`. Resolves to its descriptor. */
  async image(
    repository: string,
    layers: readonly Blob[],
    platform: string,
    tag?: string,
  ): Promise<Fields & Pushed> {
    const fields = platformFields(platform);
    const diffIds = layers.map(({ digest }) => digest);
    const config = jsonBlob({
      ...fields,
      config: { Labels: { repository } },
      // These are diffIDs only of layers that are tars, which engines unpack.
      rootfs: { type: "layers", diff_ids: diffIds },
    });
    await this.#blob(repository, config);
    for (const layer of layers) await this.#blob(repository, layer);
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: descriptorOf(config, "application/vnd.oci.image.config.v1+json"),
      layers: layers.map((layer) => descriptorOf(layer, "application/vnd.oci.image.layer.v1.tar")),
    };
    const descriptor = await this.#manifest(repository, manifest, tag);
    return { ...descriptor, platform: fields };
  }

  /** Pushes an index of images. Resolves to its reference. */
  async index(repository: string, tag: string, manifests: readonly Fields[]): Promise<string> {
    const index = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests,
    };
    await this.#manifest(repository, index, tag);
    return `${this.host}/${repository}:${tag}`;
  }

  async #manifest(repository: string, manifest: Manifest, tag?: string): Promise<Fields & Pushed> {
    const { mediaType } = manifest;
    const blob = jsonBlob(manifest);
    await this.#send(`/v2/${repository}/manifests/${tag ?? blob.digest}`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: new Uint8Array(blob.bytes),
    });
    return descriptorOf(blob, mediaType);
  }

  /**
   * Uploads a blob in chunks, once per repository:
   * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-a-blob-in-chunks
   */
  async #blob(repository: string, { digest, chunks }: Blob): Promise<void> {
    const id = `${repository} ${digest}`;
    if (this.#pushed.has(id)) return;
    this.#pushed.add(id);
    let answer = await this.#send(`/v2/${repository}/blobs/uploads/`, { method: "POST" });
    for (const chunk of chunks()) {
      const body = new Uint8Array(chunk);
      answer = await this.#send(locationOf(answer), { method: "PATCH", body });
    }
    const end = new URL(locationOf(answer), `http://${this.host}`);
    end.searchParams.set("digest", digest);
    await this.#send(end.href, { method: "PUT" });
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const url = new URL(path, `http://${this.host}`);
    const answer = await fetch(url, init);
    const text = await answer.text();
    if (answer.ok) return answer;
    throw new Error(`${init.method} ${path} answered ${answer.status}: ${text}`);
  }
}

function platformFields(platform: string): Fields {
  const [os, architecture, variant] = platform.split("/");
  if (variant === undefined) return { os, architecture };
  return { os, architecture, variant };
}

function descriptorOf({ digest, size }: Blob, mediaType: string): Fields & Pushed {
  return { mediaType, digest, size };
}

function locationOf({ headers }: Response): string {
  return headers.get("location") ?? "";
}
