import { foundBy } from "../oci/failure.ts";
import { repositoryName } from "../oci/reference.ts";
import { type DockerAuth, type DockerConfig, type Environment, hostPath, longestPrefix } from "./docker-config.ts";
import { type Bounds, environmentFor, runProgram } from "./program.ts";

/** A secret and the words for where it came from. An identity token is exchanged, a registry token is sent as it is. */
export type Credential = { readonly source: string } & (
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "identity"; readonly username: string; readonly token: string }
  | { readonly kind: "registry-token"; readonly token: string }
);

/** One entry of the `registry-auth` input. */
export type RegistryAuth = { readonly registry: string; readonly username: string; readonly password: string };

/** Runs `docker-credential-<name> get` with `input` on stdin: its standard output, or why there is none. */
export type RunHelper = (name: string, input: string) => Promise<{ readonly output: string; readonly error: string | undefined }>;

/** Where a keychain looks, and whom it tells. */
export type KeychainOptions = {
  readonly registryAuth: readonly RegistryAuth[];
  readonly githubToken: string;
  readonly configs: readonly DockerConfig[];
  readonly runHelper: RunHelper;
  readonly warn: (message: string) => void;
  /** Told every secret before anything is sent, some more than once. */
  readonly mask: (secret: string) => void;
};

// Azure's registries take a refresh token under this name, and only by the OAuth2 exchange: https://github.com/Azure/acr/issues/98
const ACR_TOKEN_USER = "00000000-0000-0000-0000-000000000000";
const HUB_SERVER = "https://index.docker.io/v1/";

/** Finds credentials for a repository. Each helper is asked once a server. */
export class Keychain {
  readonly #options: KeychainOptions;
  readonly #asked = new Map<string, Promise<Credential | undefined>>();

  constructor(options: KeychainOptions) {
    this.#options = options;
  }

  /**
   * The credentials for `registry/repository`, best first, none twice: `registry-auth`, then each configuration's helper and entry,
   * and the GitHub token for exactly `ghcr.io` when nothing else is configured. Matched on whole hosts, never on parts of one.
   */
  async find(image: { readonly registry: string; readonly repository: string }): Promise<readonly Credential[]> {
    const name = repositoryName(image);
    const found = [this.#fromInput(name), ...(await Promise.all(this.#options.configs.map((config) => this.#fromConfig(config, name))))]
      .flat()
      .filter((credential) => credential !== undefined);
    const { githubToken } = this.#options;
    if (found.length === 0 && image.registry === "ghcr.io" && githubToken !== "") {
      // Any user name will do: https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry
      found.push({ source: "github-token", kind: "password", username: "x-access-token", password: githubToken });
    }
    for (const credential of found) this.#mask(credential);
    return found.filter((credential, at) => at === found.findIndex((other) => sameSecret(credential, other)));
  }

  #fromInput(name: string): Credential | undefined {
    const entries = new Map(this.#options.registryAuth.map((auth) => [hostPath(auth.registry), auth]));
    const auth = longestPrefix(entries, name);
    return auth && fromLogin("registry-auth", auth.username, auth.password);
  }

  async #fromConfig(config: DockerConfig, name: string): Promise<readonly (Credential | undefined)[]> {
    const helper = longestPrefix(config.credHelpers, name) ?? config.credsStore;
    const auth = longestPrefix(config.auths, name);
    const host = name.slice(0, name.indexOf("/"));
    return [helper === undefined ? undefined : await this.#fromHelper(helper, host), auth && fromAuth(config.source, auth)];
  }

  #fromHelper(helper: string, host: string): Promise<Credential | undefined> {
    const server = host === "docker.io" ? HUB_SERVER : host;
    const key = `${helper} ${server}`;
    const asked = this.#asked.get(key) ?? this.#askHelper(helper, server);
    this.#asked.set(key, asked);
    return asked;
  }

  /** https://github.com/docker/docker-credential-helpers#development */
  async #askHelper(helper: string, server: string): Promise<Credential | undefined> {
    const { output, error } = await this.#options.runHelper(helper, server);
    if (error === undefined) {
      const credential = readHelperAnswer(`docker-credential-${helper}`, output);
      if (credential !== undefined) return credential;
    }
    // Having nothing for a server is an answer, and its wording is part of the protocol.
    if (/credentials not found|no credentials server URL|no credentials username/i.test(`${output} ${error}`)) return undefined;
    this.#options.warn(
      `docker-credential-${helper} gave no credentials for ${server}: ${error ?? "its answer is not the JSON it should be"}`,
    );
    return undefined;
  }

  #mask(credential: Credential): void {
    if (credential.kind !== "password") return this.#options.mask(credential.token);
    for (const secret of [credential.password, basicValue(credential.username, credential.password)]) this.#options.mask(secret);
  }
}

/** The value of a `Basic` authorization: https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export function basicValue(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}

function sameSecret(one: Credential, other: Credential): boolean {
  return JSON.stringify({ ...one, source: "" }) === JSON.stringify({ ...other, source: "" });
}

function fromLogin(source: string, username: string, password: string): Credential | undefined {
  if (password === "") return undefined;
  // `<token>` is how helpers and docker's own store say that the secret is an identity token.
  const identity = username === "<token>" || username === ACR_TOKEN_USER;
  return identity ? { source, kind: "identity", username, token: password } : { source, kind: "password", username, password };
}

/** An empty entry only marks that a helper owns the registry: it is no credential. */
function fromAuth(source: string, auth: DockerAuth): Credential | undefined {
  if (auth.identityToken !== "") return { source, kind: "identity", username: auth.username, token: auth.identityToken };
  if (auth.registryToken !== "") return { source, kind: "registry-token", token: auth.registryToken };
  return fromLogin(source, auth.username, auth.password);
}

function readHelperAnswer(source: string, output: string): Credential | undefined {
  try {
    const { Username, Secret } = JSON.parse(output) as { Username?: unknown; Secret?: unknown };
    return typeof Username === "string" && typeof Secret === "string" ? fromLogin(source, Username, Secret) : undefined;
  } catch {
    return undefined;
  }
}

// Cloud helpers ask their own service over the network; one that hangs must not hang the job.
const HELPER_DEADLINE_MS = 30_000;
const HELPER_OUTPUT_LIMIT = 64 * 1024;

// What helpers document that they read, beside what every program needs.
const HELPERS = [
  // https://github.com/awslabs/amazon-ecr-credential-helper
  "AWS_*",
  // https://github.com/GoogleCloudPlatform/docker-credential-gcr
  "GOOGLE_* CLOUDSDK_*",
  // https://pkg.go.dev/github.com/osscontainertools/docker-credential-acr
  "AZURE_*",
  // The desktop's keyring, and pass with its gpg: https://github.com/docker/docker-credential-helpers
  "DISPLAY WAYLAND_DISPLAY GNUPGHOME GPG_TTY PASSWORD_STORE_*",
  // https://pkg.go.dev/github.com/isometry/docker-credential-env
  "DOCKER_*_USR DOCKER_*_PSW",
];

/** Runs helpers with bounded time and output, and those variables of the job that helpers need. */
export function helperRunner(environment: Environment, bounds: Bounds): RunHelper {
  const env = environmentFor(environment, ...HELPERS);
  return (name, input) => {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) return Promise.resolve({ output: "", error: "its name is not a helper's name" });
    return ask(`docker-credential-${name}`, input, env, bounds);
  };
}

async function ask(command: string, input: string, env: NodeJS.ProcessEnv, { after, signal }: Bounds): ReturnType<RunHelper> {
  const stop = new AbortController();
  const cancelDeadline = after(HELPER_DEADLINE_MS, () => stop.abort(new Error(`no answer within ${HELPER_DEADLINE_MS / 1000} s`)));
  let output = "";
  const read = (text: string): void => {
    output += text;
    if (output.length > HELPER_OUTPUT_LIMIT) stop.abort(new Error(`more than ${HELPER_OUTPUT_LIMIT} bytes of output`));
  };
  try {
    const bounds = { after, signal: AbortSignal.any([signal, stop.signal]) };
    const { code, killedBy } = await runProgram({ command, args: ["get"], env, input: [input], read, errors: false }, bounds);
    return { output, error: code === 0 ? undefined : `${killedBy ?? `exit code ${code}`} ${wordsOf(output)}`.trim() };
  } catch (error) {
    return { output, error: foundBy(error) };
  } finally {
    cancelDeadline();
  }
}

/** What a helper said of its failure: text, and never what may be the start of an answer with a secret in it. */
function wordsOf(output: string): string {
  return output.includes("{") ? "" : output.trim().slice(0, 200);
}
