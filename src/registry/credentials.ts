import type { Login } from "../oci/login.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import {
  type Credential,
  distinctCredentials,
  fromAuth,
  fromLogin,
  secretsOf,
} from "./credential.ts";
import { type DockerConfig, hostPath, longestPrefix } from "./docker-config.ts";
import { Helpers, type RunHelper } from "./helper.ts";

/** Where a keychain looks, and what it reports to. */
export type KeychainOptions = {
  readonly registryAuth: readonly Login[];
  readonly githubToken: string;
  readonly configs: readonly DockerConfig[];
  readonly runHelper: RunHelper;
  readonly warn: (message: string) => void;
  /** Called with every secret before anything is sent, with some more than once. */
  readonly mask: (secret: string) => void;
};

/** One place where credentials may be. */
type CredentialSource = (repository: Repository) => Promise<readonly Credential[]>;

/** Finds credentials for a repository. */
export class Keychain {
  readonly #sources: readonly CredentialSource[];
  readonly #fallback: CredentialSource;
  readonly #mask: (secret: string) => void;

  constructor(options: KeychainOptions) {
    const { registryAuth, githubToken, configs, runHelper, warn, mask } = options;
    const helpers = new Helpers(runHelper, warn);
    this.#sources = [
      fromInput(registryAuth),
      ...configs.map((config) => fromConfig(config, helpers)),
    ];
    this.#fallback = fromGithubToken(githubToken);
    this.#mask = mask;
  }

  /**
   * The credentials for a repository, best first, each once: those of `registry-auth`, then for
   * each configuration those of its helper and its entry. If there is none, the GitHub token for
   * exactly `ghcr.io`. Entries match complete hosts and path components, never parts of them.
   */
  async find(repository: Repository): Promise<readonly Credential[]> {
    const searches = this.#sources.map((source) => source(repository));
    const found = (await Promise.all(searches)).flat();
    const credentials = found.length > 0 ? found : await this.#fallback(repository);
    const secrets = credentials.flatMap(secretsOf);
    for (const secret of secrets) this.#mask(secret);
    return distinctCredentials(credentials);
  }
}

function fromInput(logins: readonly Login[]): CredentialSource {
  const entries = new Map<string, Login>();
  for (const login of logins) entries.set(hostPath(login.registry), login);
  return async (repository) => {
    const login = longestPrefix(entries, repositoryName(repository));
    if (login === undefined) return [];
    const { username, password } = login;
    return asList(fromLogin("registry-auth", username, password));
  };
}

function fromConfig(config: DockerConfig, helpers: Helpers): CredentialSource {
  return async (repository) => {
    const name = repositoryName(repository);
    // An empty name means no helper, not even the store, as in docker.
    const helper = longestPrefix(config.credHelpers, name) ?? config.credsStore;
    const helped = helper ? await helpers.find(helper, repository.registry) : undefined;
    const auth = longestPrefix(config.auths, name);
    const stored = auth && fromAuth(config.source, auth);
    return [...asList(helped), ...asList(stored)];
  };
}

function fromGithubToken(password: string): CredentialSource {
  return async ({ registry }) => {
    if (registry !== "ghcr.io" || password === "") return [];
    // Any user name works:
    // https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry
    const credential: Credential = {
      source: "github-token",
      kind: "password",
      username: "x-access-token",
      password,
    };
    return [credential];
  };
}

function asList(credential: Credential | undefined): readonly Credential[] {
  return credential === undefined ? [] : [credential];
}
