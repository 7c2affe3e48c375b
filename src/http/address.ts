import { BlockList, isIP } from "node:net";
import { PullError } from "../oci/failure.ts";

/**
 * How near to this machine an address is. A registry may redirect only to addresses as near as its
 * own: one that redirects from public to private, or from private to loopback, would use the
 * runner's position in its network. A `forbidden` address is never contacted: link-local addresses
 * and metadata services of clouds are forbidden.
 */
export type Reach = "public" | "private" | "loopback" | "forbidden";

const RANK: Readonly<Record<Reach, number>> = {
  public: 0,
  private: 1,
  loopback: 2,
  forbidden: 3,
};

type Range = readonly [address: string, bits: number];
type Listed = Exclude<Reach, "public">;

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
const RANGES: Readonly<Record<Listed, readonly Range[]>> = {
  forbidden: [
    ["0.0.0.0", 8],
    ["169.254.0.0", 16],
    ["224.0.0.0", 3],
    ["::", 128],
    ["fe80::", 10],
    ["ff00::", 8],
    // Metadata services that are not at a link-local address; they return credentials, too:
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
    // Site-local, deprecated: https://www.rfc-editor.org/rfc/rfc3879
    ["fec0::", 10],
    ["192.0.0.0", 24],
  ],
};

const LISTED: readonly Listed[] = ["forbidden", "loopback", "private"];
const LISTS = LISTED.map((reach) => {
  const list = new BlockList();
  for (const [address, bits] of RANGES[reach]) {
    const family = address.includes(":") ? "ipv6" : "ipv4";
    list.addSubnet(address, bits, family);
  }
  return { reach, list };
});

/** The reach of an IP address; of the IPv4 address when one is embedded in IPv6. */
export function reachOf(address: string): Reach {
  const inner = embeddedIPv4(address) ?? address;
  const family = isIP(inner) === 6 ? "ipv6" : "ipv4";
  const found = LISTS.find(({ list }) => list.check(inner, family));
  return found?.reach ?? "public";
}

/**
 * The IPv4 address inside an IPv6 one: mapped, for NAT64
 * (https://www.rfc-editor.org/rfc/rfc6052#section-2.1, and
 * https://www.rfc-editor.org/rfc/rfc8215 for local use) or for 6to4
 * (https://www.rfc-editor.org/rfc/rfc3056); undefined when there is none.
 */
function embeddedIPv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const groups = groupsOf(address);
  const [first, second] = groups;
  const leadingZeros = groups.findIndex((group) => group !== 0);
  const isMapped = leadingZeros === 5 && groups[5] === 0xffff;
  // IPv4-translated (https://www.rfc-editor.org/rfc/rfc2765), and IPv4-compatible, its predecessor.
  const isTranslated = leadingZeros === 4 && groups[4] === 0xffff && groups[5] === 0;
  const isCompatible = leadingZeros === 6;
  const isNat64 = first === 0x64 && second === 0xff9b;
  const isAtTheEnd = isMapped || isTranslated || isCompatible || isNat64;
  if (isAtTheEnd) return formatIPv4(groups.slice(6));
  const is6to4 = first === 0x2002;
  return is6to4 ? formatIPv4(groups.slice(1, 3)) : undefined;
}

function formatIPv4(groups: readonly number[]): string {
  const bytes = groups.flatMap((group) => [group >> 8, group & 255]);
  return bytes.join(".");
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // A URL has one spelling of an address: without dots, and here without its zone.
  const [bare] = address.split("%");
  const { hostname } = new URL(`http://[${bare}]`);
  const [head = "", tail = ""] = hostname.slice(1, -1).split("::");
  const left = splitGroups(head);
  const right = splitGroups(tail);
  const omitted = 8 - left.length - right.length;
  const zeros = Array<string>(omitted).fill("0");
  const groups = [...left, ...zeros, ...right];
  return groups.map((group) => Number.parseInt(group, 16));
}

function splitGroups(part: string): readonly string[] {
  return part.split(":").filter((group) => group !== "");
}

/** The IP address in a URL, without brackets; undefined when the URL names a host. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? undefined : host;
}

/** Who named an address: the user, who may name any but forbidden ones, or a registry. */
export type NamedBy = "user" | Reach;

/** Fails as `invalid` when `host` resolved to an `address` that `namedBy` may not name. */
export function checkReach(address: string, host: string, namedBy: NamedBy): void {
  const reach = reachOf(address);
  const isNear = namedBy === "user" || RANK[reach] <= RANK[namedBy];
  if (reach !== "forbidden" && isNear) return;
  const shown = host === address ? address : `${host} (${address})`;
  if (reach === "forbidden") {
    throw refused(`${shown} is link-local, unspecified or a cloud's metadata service`);
  }
  throw refused(`${shown} is a ${reach} address; a ${namedBy} registry may not redirect there`);
}

function refused(found: string, next?: string): PullError {
  return new PullError("address-refused", `address refused: ${found}`, { next });
}

/** The less trusted of the two: it limits which addresses may be contacted. */
export function farther(one: NamedBy, other: Reach): NamedBy {
  return one === "user" ? other : farthest(one, other);
}

/** The less near of two reaches. Any address of a host may answer, so the farthest counts. */
export function farthest(one: Reach, other: Reach): Reach {
  return RANK[other] < RANK[one] ? other : one;
}

/**
 * Fails as `invalid` when plain HTTP would leave this machine although the host's name stands for
 * loopback. `address` is what the name resolved to; undefined when a proxy resolves it. The hosts
 * in `insecure` are allowed.
 */
export function checkPlainHttp(
  url: URL,
  address: string | undefined,
  insecure: ReadonlySet<string>,
): void {
  if (url.protocol !== "http:" || !isLoopbackHost(url)) return;
  if (address !== undefined && reachOf(address) === "loopback") return;
  // A URL omits the default port.
  const isAllowed = insecure.has(url.host) || insecure.has(`${url.host}:80`);
  if (isAllowed) return;
  const found = address === undefined ? "a proxy hides its address" : `${address} is not loopback`;
  throw refused(
    `plain HTTP to ${url.host} is allowed on this machine only, but ${found}`,
    `to use plain HTTP for it, add ${url.host} to insecure-registries`,
  );
}

/**
 * True for hosts whose name says loopback: `localhost` and names below it, 127.0.0.0/8 and [::1].
 * They are contacted over plain HTTP by default; {@link checkPlainHttp} then checks the address.
 */
export function isLoopbackHost(url: URL): boolean {
  const address = literalAddress(url);
  if (address !== undefined) return reachOf(address) === "loopback";
  return /^(.+\.)?localhost$/.test(url.hostname);
}
