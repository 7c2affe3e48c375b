import { type Credential, fromLogin } from "./credential.ts";

/** What a helper printed; `error` is why it failed. */
export type HelperAnswer = {
  readonly output: string;
  readonly error: string | undefined;
};

/** Runs `docker-credential-<name> get` with `input` on its standard input. */
export type RunHelper = (name: string, input: string) => Promise<HelperAnswer>;

const HUB_SERVER = "https://index.docker.io/v1/";
// What a helper prints when it has no credentials: the wording is part of the protocol.
const NOTHING = /credentials not found|no credentials server URL|no credentials username/i;

/**
 * Runs credential helpers, each once per server:
 * https://github.com/docker/docker-credential-helpers#development
 */
export class Helpers {
  readonly #run: RunHelper;
  readonly #warn: (message: string) => void;
  readonly #asked = new Map<string, Promise<Credential | undefined>>();

  constructor(run: RunHelper, warn: (message: string) => void) {
    this.#run = run;
    this.#warn = warn;
  }

  /** The credentials of a helper for a registry, if it has any. A failure causes a warning. */
  find(helper: string, registry: string): Promise<Credential | undefined> {
    const server = registry === "docker.io" ? HUB_SERVER : registry;
    const key = `${helper} ${server}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#ask(helper, server);
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask(helper: string, server: string): Promise<Credential | undefined> {
    const program = `docker-credential-${helper}`;
    const { output, error } = await this.#run(helper, server);
    const credential = error === undefined ? readAnswer(program, output) : undefined;
    if (credential !== undefined) return credential;
    if (NOTHING.test(`${output} ${error}`)) return undefined;
    const why = error ?? "its answer is not the expected JSON";
    this.#warn(`${program} gave no credentials for ${server}: ${why}`);
    return undefined;
  }
}

type PrintedLogin = {
  readonly Username?: unknown;
  readonly Secret?: unknown;
};

function readAnswer(source: string, output: string): Credential | undefined {
  try {
    const { Username, Secret } = JSON.parse(output) as PrintedLogin;
    const isLogin = typeof Username === "string" && typeof Secret === "string";
    return isLogin ? fromLogin(source, Username, Secret) : undefined;
  } catch {
    return undefined;
  }
}
