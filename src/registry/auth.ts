import { type Image, type Origin, Session, type SessionOptions } from "./session.ts";

/** Keeps one session for every repository of every origin, so that a token is fetched once a scope. */
export class Authenticator {
  readonly #options: SessionOptions;
  readonly #origins = new Map<string, Origin>();
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The session for `image` at `url`'s origin. Only at `home`, the registry's own origin, has it credentials. */
  session(url: URL, image: Image, home: boolean): Session {
    const key = `${url.origin} ${image.registry}/${image.repository} ${home}`;
    const session = this.#sessions.get(key) ?? new Session(this.#options, this.#origin(url), image, home);
    this.#sessions.set(key, session);
    return session;
  }

  #origin(url: URL): Origin {
    const origin = this.#origins.get(url.origin) ?? {
      url: new URL(url.origin),
      challenge: undefined,
      first: undefined,
      refused: new Map(),
    };
    this.#origins.set(url.origin, origin);
    return origin;
  }
}
