import { type Repository, repositoryName } from "../oci/reference.ts";
import { KnownOrigin } from "./known-origin.ts";
import { Session, type SessionOptions } from "./session.ts";

/** Keeps one session per repository and origin, so that a token is obtained once per scope. */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #origins = new Map<string, KnownOrigin>();
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The session for a repository at `url`'s origin; `isHome` for the registry's own origin. */
  get(url: URL, repository: Repository, isHome: boolean): Session {
    const key = `${url.origin} ${repositoryName(repository)} ${isHome}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const origin = this.#origin(url);
    const session = new Session(this.#options, origin, repository, isHome);
    this.#sessions.set(key, session);
    return session;
  }

  /** True when credentials were sent to an origin, or to its token service. */
  sentCredentials({ origin }: URL): boolean {
    return this.#origins.get(origin)?.sentCredentials ?? false;
  }

  #origin(url: URL): KnownOrigin {
    const known = this.#origins.get(url.origin);
    if (known !== undefined) return known;
    const origin = new KnownOrigin(new URL(url.origin));
    this.#origins.set(url.origin, origin);
    return origin;
  }
}
