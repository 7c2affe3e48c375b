import { isLoopbackHost } from "../http/address.ts";

/**
 * The origin of a registry's API. For Docker Hub it is not the registry's name
 * (https://github.com/containerd/containerd/blob/main/core/remotes/docker/registry.go,
 * `DefaultHost`).
 */
export function registryOrigin(registry: string, insecure: ReadonlySet<string>): URL {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const url = new URL(`https://${host}/`);
  const isLocal = isLoopbackHost(url) && !registry.endsWith(":443");
  const isPlainHttp = insecure.has(registry) || isLocal;
  return isPlainHttp ? new URL(`http://${host}/`) : url;
}

/** True for an http or https URL without a user name and password. */
export function isPlainUrl(url: URL): boolean {
  const hasLogin = url.username !== "" || url.password !== "";
  return /^https?:$/.test(url.protocol) && !hasLogin;
}
