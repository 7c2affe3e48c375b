// Names by which programs in a container reach the machine:
// https://docs.docker.com/desktop/features/networking/ and podman-run(1), --add-host.
const MACHINE = new Set(["localhost", "host.docker.internal", "host.containers.internal"]);
// Loopback and "this host" as the URL standard writes them: https://url.spec.whatwg.org/#host-serializing
const LOOPBACK =
  /^(?:127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::\]|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const HTTP_PORT = 80;

/** Where a client reached this server. */
export type OwnAddress = {
  readonly port: number;
  /** The hosts of this server besides loopback: `172.17.0.1`. */
  readonly hosts: readonly string[];
};

/**
 * True for a header `Host` of a client that meant this server: an IP address, or a name that always
 * means this machine, with any port. Another name may be one that a web page made resolve to
 * loopback (DNS rebinding).
 */
export function isAllowedHost(header: string): boolean {
  const url = parsed(header);
  if (url === undefined) return false;
  const { hostname } = url;
  const isAddress = IPV4.test(hostname) || hostname.startsWith("[");
  // Unless it is written in the usual way, it is not what a client of this server writes.
  const isUsual = header.toLowerCase().startsWith(hostname);
  return isUsual && (isAddress || MACHINE.has(hostname));
}

/** True when a registry's name, `host:port`, is an address of this server, however it is written. */
export function isOwnAddress(registry: string, { port, hosts }: OwnAddress): boolean {
  const url = parsed(registry);
  if (url === undefined || Number(url.port || HTTP_PORT) !== port) return false;
  const { hostname } = url;
  const isMachine = LOOPBACK.test(hostname) || MACHINE.has(hostname);
  return isMachine || hosts.some((host) => hostnameOf(host) === hostname);
}

function hostnameOf(host: string): string | undefined {
  const isBareIpv6 = host.includes(":") && !host.startsWith("[");
  return parsed(isBareIpv6 ? `[${host}]` : host)?.hostname;
}

/** The URL of `host` or `host:port`; undefined when the text is anything else. */
function parsed(host: string): URL | undefined {
  const url = `http://${host}`;
  const isHost = /^[A-Za-z0-9.:[\]_-]+$/.test(host) && URL.canParse(url);
  return isHost ? new URL(url) : undefined;
}
