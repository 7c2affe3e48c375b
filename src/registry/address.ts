import { BlockList, isIP } from "node:net";
import { PullError } from "../oci/failure.ts";

/**
 * How near to the machine an address is. A registry may send us only as near as it is itself: a public one that points at
 * a private address, or a private one at loopback, borrows the runner's position in its network.
 * `forbidden` is never contacted: link-local addresses and the clouds' metadata services live there.
 */
export type Reach = "public" | "private" | "loopback" | "forbidden";

const RANK: Readonly<Record<Reach, number>> = { public: 0, private: 1, loopback: 2, forbidden: 3 };

type Range = readonly [address: string, bits: number];

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
const RANGES: Readonly<Record<Exclude<Reach, "public">, readonly Range[]>> = {
  forbidden: [
    ["0.0.0.0", 8],
    ["169.254.0.0", 16],
    ["224.0.0.0", 3],
    ["::", 128],
    ["fe80::", 10],
    ["ff00::", 8],
    // What answers clouds' own machines at other than link-local addresses, with credentials too:
    // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    ["168.63.129.16", 32],
    // https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
    ["100.100.100.200", 32],
    ["fd00:100::100:200", 128],
    // Oracle's classic cloud, and
    // https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm
    ["192.0.0.192", 32],
    ["fd00:c1::a9fe:a9fe", 128],
    // AWS: metadata at ::254, DNS, time, and pods' identities at ::23,
    // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
    ["fd00:ec2::", 32],
    // https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
    ["fd20:ce::254", 128],
    // https://docs.cloud-init.io/en/latest/reference/datasources/scaleway.html
    ["fd00:42::42", 128],
    // https://techdocs.akamai.com/cloud-computing/docs/metadata-service-api
    ["fd00:a9fe:a9fe::1", 128],
  ],
  loopback: [
    ["127.0.0.0", 8],
    ["::1", 128],
  ],
  private: [
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["fc00::", 7],
    ["fec0::", 10], // site-local, of before: https://www.rfc-editor.org/rfc/rfc3879
    ["192.0.0.0", 24],
  ],
};

const LISTS = (["forbidden", "loopback", "private"] as const).map((reach) => {
  const list = new BlockList();
  for (const [address, bits] of RANGES[reach]) list.addSubnet(address, bits, address.includes(":") ? "ipv6" : "ipv4");
  return [reach, list] as const;
});

/** The reach of an IP address, IPv4 inside IPv6 (mapped, NAT64, 6to4) seen through. */
export function reachOf(address: string): Reach {
  const inner = embeddedIPv4(address) ?? address;
  const family = isIP(inner) === 6 ? "ipv6" : "ipv4";
  return LISTS.find(([, list]) => list.check(inner, family))?.[0] ?? "public";
}

/**
 * The IPv4 address inside an IPv6 one: mapped, for NAT64 (https://www.rfc-editor.org/rfc/rfc6052#section-2.1, and
 * https://www.rfc-editor.org/rfc/rfc8215 for local use) or 6to4 (https://www.rfc-editor.org/rfc/rfc3056).
 */
function embeddedIPv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const groups = groupsOf(address);
  const [first, second] = groups;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  // IPv4-translated (https://www.rfc-editor.org/rfc/rfc2765) and, of before, IPv4-compatible.
  const isTranslated = groups.slice(0, 4).every((group) => group === 0) && groups[4] === 0xffff && groups[5] === 0;
  const isCompatible = groups.slice(0, 6).every((group) => group === 0) && (groups[6] ?? 0) > 0;
  const isNat64 = first === 0x64 && second === 0xff9b;
  const pair = isMapped || isTranslated || isCompatible || isNat64 ? groups.slice(6) : first === 0x2002 ? groups.slice(1, 3) : undefined;
  return pair?.flatMap((group) => [group >> 8, group & 255]).join(".");
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // A URL writes it in one way, without dots and zones.
  const [head = "", tail = ""] = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1).split("::");
  const [left, right] = [head, tail].map((part) => part.split(":").filter((group) => group !== "")) as [string[], string[]];
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

/** The IP address a URL names literally, without brackets; undefined when it names a host. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? undefined : host;
}

/** Who named an address: the user, who may name any but a forbidden one, or a registry of that reach. */
export type NamedBy = "user" | Reach;

/** Fails as `invalid` when `address`, which `host` resolved to, is nearer than who named it may ask for. */
export function checkReach(address: string, host: string, namedBy: NamedBy): void {
  const reach = reachOf(address);
  if (reach !== "forbidden" && (namedBy === "user" || RANK[reach] <= RANK[namedBy])) return;
  const shown = host === address ? address : `${host} (${address})`;
  if (reach === "forbidden") {
    throw new PullError("address-refused", `address refused: ${shown} is link-local, unspecified or a cloud's own metadata service`);
  }
  throw new PullError("address-refused", `address refused: ${shown} is a ${reach} address; a ${namedBy} registry may not redirect there`);
}

/** The less trusted of the two: it limits which addresses may be contacted. */
export function farther(one: NamedBy, other: Reach): NamedBy {
  return one === "user" ? other : farthest(one, other);
}

/** The reach that is less near. Of a host's addresses any may be the one that answers, so that the farthest counts. */
export function farthest(one: Reach, other: Reach): Reach {
  return RANK[other] < RANK[one] ? other : one;
}

/**
 * Fails as `invalid` when a request in plain HTTP would leave this machine, and only the name of its
 * host permits it. `address` is what the name stands for, undefined where a proxy hides it;
 * `insecure` are the hosts that the user permits.
 */
export function checkPlainHttp(url: URL, address: string | undefined, insecure: ReadonlySet<string>): void {
  if (url.protocol !== "http:" || !isLoopbackHost(url)) return;
  if (address !== undefined && reachOf(address) === "loopback") return;
  // A URL leaves the port out that is plain HTTP's own.
  if (insecure.has(url.host) || insecure.has(`${url.host}:80`)) return;
  const found = address === undefined ? "a proxy hides its address" : `${address} is not loopback`;
  throw new PullError("address-refused", `address refused: plain HTTP to ${url.host} stays on this machine, and ${found}`, {
    next: `if plain HTTP to it is meant, add ${url.host} to insecure-registries`,
  });
}

/**
 * True for the hosts that are loopback by their name: `localhost` and names below it, 127.0.0.0/8
 * and [::1]. They are reached over plain HTTP without being asked to. What a name resolves to
 * decides when connecting: {@link checkPlainHttp}.
 */
export function isLoopbackHost(url: URL): boolean {
  const address = literalAddress(url);
  return address === undefined ? /^(.+\.)?localhost$/.test(url.hostname) : reachOf(address) === "loopback";
}

/**
 * The origin a registry's API is at. Docker Hub's name is not its API's host
 * (https://github.com/containerd/containerd/blob/main/core/remotes/docker/registry.go, `DefaultHost`).
 */
export function registryOrigin(registry: string, insecure: ReadonlySet<string>): URL {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const url = new URL(`https://${host}/`);
  const plain = insecure.has(registry) || (isLoopbackHost(url) && !registry.endsWith(":443"));
  return plain ? new URL(`http://${host}/`) : url;
}

/** Registries whose token service is on another domain, found so in the field. */
const KNOWN_REALMS: ReadonlyMap<string, RegExp> = new Map([
  ["auth.docker.io", /^(registry-1\.|index\.)?docker\.io$/],
  ["ghcr.io", /^lscr\.io$/],
  ["api.scaleway.com", /^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/],
]);

/**
 * True when the token host `realm` may receive the credentials of the registry at `registry`: the same host, one of the same
 * registrable domain by the public suffix list, a known pair, or one in `trusted` (host, or host:port).
 * An IP address and localhost are a domain of their own, port included.
 */
export async function mayReceiveCredentials(realm: URL, registry: URL, trusted: ReadonlySet<string>): Promise<boolean> {
  if (realm.origin === registry.origin || trusted.has(realm.host) || trusted.has(realm.hostname)) return true;
  if ([realm, registry].some((url) => literalAddress(url) !== undefined || isLoopbackHost(url))) return false;
  if (realm.hostname === registry.hostname || KNOWN_REALMS.get(realm.hostname)?.test(registry.hostname)) return true;
  // Loaded only here: the public suffix list is large, and most registries never need it.
  const { registrableDomain } = await import("./domain.ts");
  const domain = registrableDomain(registry.hostname);
  return domain !== undefined && domain === registrableDomain(realm.hostname);
}
