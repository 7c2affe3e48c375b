import type { DockerAuth } from "./docker-config.ts";

type Password = {
  readonly kind: "password";
  readonly username: string;
  readonly password: string;
};

type IdentityToken = {
  readonly kind: "identity";
  readonly username: string;
  readonly token: string;
};

type RegistryToken = {
  readonly kind: "registry-token";
  readonly token: string;
};

/**
 * A secret, and where it was found, in words for a message. An identity token is exchanged for
 * another token; a registry token is sent as it is.
 */
export type Credential = { readonly source: string } & (Password | IdentityToken | RegistryToken);

// Azure's registries accept a refresh token under this name, and only by the OAuth2 exchange:
// https://github.com/Azure/acr/issues/98
const ACR_TOKEN_USER = "00000000-0000-0000-0000-000000000000";

/** A user name and a secret as a credential; undefined when the secret is empty. */
export function fromLogin(
  source: string,
  username: string,
  secret: string,
): Credential | undefined {
  if (secret === "") return undefined;
  // Helpers, and docker's own store, mark an identity token with the user name `<token>`.
  const isIdentity = username === "<token>" || username === ACR_TOKEN_USER;
  if (isIdentity) return { source, kind: "identity", username, token: secret };
  return { source, kind: "password", username, password: secret };
}

/** The credential in an entry of `auths`; undefined when empty: it then only marks a helper. */
export function fromAuth(source: string, auth: DockerAuth): Credential | undefined {
  const { username, password, identityToken, registryToken } = auth;
  if (identityToken !== "") {
    return { source, kind: "identity", username, token: identityToken };
  }
  if (registryToken !== "") {
    return { source, kind: "registry-token", token: registryToken };
  }
  return fromLogin(source, username, password);
}

/** Everything in a credential that must not be printed. */
export function secretsOf(credential: Credential): readonly string[] {
  if (credential.kind !== "password") return [credential.token];
  const { username, password } = credential;
  return [password, basicValue(username, password)];
}

/** The value of a `Basic` authorization: https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export function basicValue(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}

/** Each credential once, wherever it was found. */
export function distinctCredentials(found: readonly Credential[]): readonly Credential[] {
  const first = new Map<string, Credential>();
  for (const credential of found) {
    const key = JSON.stringify({ ...credential, source: "" });
    if (!first.has(key)) first.set(key, credential);
  }
  return [...first.values()];
}
