import type { Urgency } from "../../src/gate/source.ts";
import type { Blob } from "../../src/oci/blob.ts";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Claim, Fetched, Page, Provenance, SmallBlob } from "../../src/oci/fetched.ts";
import { type Repository, repositoryName } from "../../src/oci/reference.ts";
import { documentContent } from "../../src/oci/schema1.ts";
import type { Registry, TargetFrom } from "../../src/pull/ports.ts";
import type { Content, Made } from "./image.ts";

type Held = { readonly manifests: Map<string, Content>; readonly blobs: Map<string, Content> };

/** Runs before a question is answered, and fails it by throwing. */
type Fault = { readonly question: RegExp; readonly run: () => void | Promise<void> };

/** A registry in memory, behind the ports of the gate and of a pull. */
export class MemoryRegistry implements Registry {
  readonly host: string;
  /** Every question, one a line: `manifest org/app v1`. */
  readonly asked: string[] = [];
  /** The questions whose answers only inform. */
  readonly brief: string[] = [];
  /** True when only some can read it. */
  isPrivate = false;
  /** Whether `size` knows the size of a blob. */
  statesSizes = true;
  readonly #held = new Map<string, Held>();
  readonly #faults: Fault[] = [];
  /** Small blobs that were read, which are not asked for again. */
  readonly #read = new Map<string, SmallBlob>();

  constructor(host = "registry.test") {
    this.host = host;
  }

  /** Holds a document, with everything that it needs, under a tag. Returns the reference. */
  push(repository: string, tag: string, made: Made): string {
    const { manifests, blobs } = this.#repository(repository);
    for (const document of [made, ...made.manifests]) manifests.set(document.digest, document);
    manifests.set(tag, made);
    for (const blob of made.blobs) blobs.set(blob.digest, blob);
    return `${this.host}/${repository}:${tag}`;
  }

  /** Loses one manifest or blob. */
  remove(repository: string, name: string): void {
    const { manifests, blobs } = this.#repository(repository);
    manifests.delete(name);
    blobs.delete(name);
  }

  /** Calls `run` before every question that matches. */
  on(question: RegExp, run: () => void | Promise<void>): void {
    this.#faults.push({ question, run });
  }

  /** Fails the first `times` questions that match. */
  fail(question: RegExp, error: Error, times = Number.POSITIVE_INFINITY): void {
    let failed = 0;
    this.on(question, () => {
      failed += 1;
      if (failed <= times) throw error;
    });
  }

  async manifest(repository: Repository, reference: string): Promise<Fetched> {
    const { manifests } = await this.#ask("manifest", repository, reference);
    const { bytes, mediaType } = expectHeld(manifests.get(reference), reference);
    const content = documentContent(bytes);
    const digest = digestOf(content, reference.startsWith("sha512:") ? "sha512" : "sha256");
    return { bytes, content, digest, mediaType, ...this.#provenance(), ...this.#access() };
  }

  async claim(repository: Repository, reference: string, urgency?: Urgency): Promise<Claim> {
    const { manifests } = await this.#ask("claim", repository, reference, urgency);
    const { digest, bytes, mediaType } = expectHeld(manifests.get(reference), reference);
    return { digest, size: bytes.length, mediaType, ...this.#access() };
  }

  /** The list of tags, or an empty list of referrers. */
  async page(repository: Repository, path: string, query: string): Promise<Page> {
    const { manifests } = await this.#ask("page", repository, `${path}?${query}`);
    const tags = [...manifests.keys()].filter((name) => !name.includes(":"));
    const list = path === "tags/list" ? { name: repository.repository, tags } : { manifests: [] };
    const bytes = Buffer.from(JSON.stringify(list));
    return { bytes, mediaType: "application/json", next: undefined, filters: "" };
  }

  async blob(repository: Repository, { digest }: Blob): Promise<SmallBlob> {
    const { blobs } = await this.#ask("blob", repository, digest);
    const { bytes } = expectHeld(blobs.get(digest), digest);
    const blob = { bytes, ...this.#provenance() };
    this.#read.set(`${repositoryName(repository)} ${digest}`, blob);
    return blob;
  }

  async size(
    repository: Repository,
    digest: Digest,
    urgency?: Urgency,
  ): Promise<number | undefined> {
    const { blobs } = await this.#ask("size", repository, digest, urgency);
    const { bytes } = expectHeld(blobs.get(digest), digest);
    return this.statesSizes ? bytes.length : undefined;
  }

  async measure(repository: Repository, digest: Digest): Promise<number> {
    const { blobs } = await this.#ask("measure", repository, digest);
    return expectHeld(blobs.get(digest), digest).bytes.length;
  }

  async tags(repository: Repository): Promise<readonly string[]> {
    const { manifests } = await this.#ask("tags", repository, "");
    return [...manifests.keys()].filter((name) => !name.includes(":"));
  }

  async download(
    repository: Repository,
    { digest }: Blob,
    targetFrom: TargetFrom,
  ): Promise<Provenance> {
    const target = targetFrom("registry");
    const known = this.#read.get(`${repositoryName(repository)} ${digest}`);
    const { bytes, ...provenance } = known ?? (await this.#askDownload(repository, digest));
    target.part(0).write(bytes);
    await target.commit();
    return provenance;
  }

  sentCredentials(): boolean {
    return this.isPrivate;
  }

  async #askDownload(repository: Repository, digest: Digest): Promise<SmallBlob> {
    const { blobs } = await this.#ask("download", repository, digest);
    return { bytes: expectHeld(blobs.get(digest), digest).bytes, ...this.#provenance() };
  }

  async #ask(
    verb: string,
    repository: Repository,
    what: string,
    { brief = false }: Urgency = {},
  ): Promise<Held> {
    const line = `${verb} ${repository.repository} ${what}`.trim();
    this.asked.push(line);
    if (brief) this.brief.push(line);
    for (const { question, run } of this.#faults) if (question.test(line)) await run();
    if (repository.registry === this.host) return this.#repository(repository.repository);
    throw new PullError("not-found", `${repositoryName(repository)} is not in ${this.host}`);
  }

  #repository(name: string): Held {
    const held = this.#held.get(name) ?? { manifests: new Map(), blobs: new Map() };
    this.#held.set(name, held);
    return held;
  }

  #provenance(): Provenance {
    return { origin: "registry", source: this.host, private: this.isPrivate };
  }

  #access(): Pick<Fetched, "authenticated" | "private"> {
    return { authenticated: this.isPrivate, private: this.isPrivate };
  }
}

function expectHeld(content: Content | undefined, name: string): Content {
  if (content !== undefined) return content;
  throw new PullError("not-found", `the registry does not have ${name}`);
}
