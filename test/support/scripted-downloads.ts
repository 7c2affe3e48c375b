import type { Blob } from "../../src/oci/blob.ts";
import type { Provenance } from "../../src/oci/fetched.ts";
import { type Repository, repositoryName } from "../../src/oci/reference.ts";
import type { BlobTarget } from "../../src/oci/target.ts";
import type { Registry, TargetFrom } from "../../src/pull/ports.ts";

/** What one download does. */
export type Download = (targetFrom: TargetFrom, blob: Blob) => Promise<Provenance>;

export const FROM_REGISTRY: Provenance = {
  origin: "registry",
  source: "registry.test",
  private: false,
};
export const FROM_CACHE: Provenance = { origin: "cache", source: "cache", private: false };

/** A registry whose downloads do what a script says. */
export class ScriptedDownloads implements Pick<Registry, "download"> {
  /** The repositories that were asked, in order. */
  readonly asked: string[] = [];
  readonly #script: (repository: string) => Download;

  constructor(script: (repository: string) => Download) {
    this.#script = script;
  }

  async download(repository: Repository, blob: Blob, targetFrom: TargetFrom): Promise<Provenance> {
    const name = repositoryName(repository);
    this.asked.push(name);
    return this.#script(name)(targetFrom, blob);
  }
}

/** Writes bytes to a target in pieces. */
export function write(target: BlobTarget, bytes: Buffer, start = 0, piece = 100_000): void {
  const part = target.part(start);
  for (let at = 0; at < bytes.length; at += piece) part.write(bytes.subarray(at, at + piece));
}
