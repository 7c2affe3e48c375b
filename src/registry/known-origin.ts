import type { Challenge } from "./challenge.ts";
import type { Credential } from "./credential.ts";
import type { Refusal } from "./token.ts";

/** What is known about one origin. All its sessions share it. */
export class KnownOrigin {
  readonly url: URL;
  #challenge: Challenge | undefined;
  #first: Promise<unknown> | undefined;
  #introduce = (): void => undefined;
  /** Resolves when its first request has shown its challenge, or that there is none. */
  readonly introduction = new Promise<void>((resolve) => {
    this.#introduce = resolve;
  });
  #sentCredentials = false;
  readonly #refused = new Map<string, Refusal>();

  constructor(url: URL) {
    this.url = url;
  }

  /** The challenge of its last refusal. It is expected for every other request, too. */
  get challenge(): Challenge | undefined {
    return this.#challenge;
  }

  /** Its first request, which others wait for. */
  get first(): Promise<unknown> | undefined {
    return this.#first;
  }

  /** True when credentials were sent to it, or to its token service. */
  get sentCredentials(): boolean {
    return this.#sentCredentials;
  }

  /** Records that credentials are sent. */
  sendCredentials(): void {
    this.#sentCredentials = true;
  }

  learn(challenge: Challenge): void {
    this.#challenge = challenge;
    this.#introduce();
  }

  /** Records a request as the first, unless there is one. */
  startWith(request: Promise<unknown>): void {
    if (this.#first !== undefined) return;
    this.#first = request;
    const introduce = (): void => this.#introduce();
    request.then(introduce, introduce);
  }

  /**
   * Why the origin rejected these credentials, if it did. They are not tried again for each
   * repository: some registries treat that as an attack.
   */
  refusalOf(credential: Credential | undefined): Refusal | undefined {
    return this.#refused.get(keyOf(credential));
  }

  reject(credential: Credential, refusal: Refusal): void {
    this.#refused.set(keyOf(credential), refusal);
  }
}

function keyOf(credential: Credential | undefined): string {
  return JSON.stringify(credential) ?? "";
}
