import { isIP } from "node:net";
import type { Reach } from "../../src/http/address.ts";

/** An IP address as a number, parsed independently of the code. IPv4 is in `::ffff:0:0/96`. */
export function addressNumber(address: string): bigint {
  if (isIP(address) === 4) return (0xffffn << 32n) | quad(address);
  const [bare = ""] = address.split("%");
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  const last = quad(dotted?.[2] ?? "0");
  const hex = `${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const text = dotted === null ? bare : `${dotted[1]}${hex}`;
  const [head = "", tail] = text.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const all =
    tail === undefined
      ? left
      : [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function quad(address: string): bigint {
  return address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** The IPv6 addresses of metadata services of clouds. */
export const METADATA = [
  "fd00:100::100:200",
  "fd00:c1::a9fe:a9fe",
  "fd20:ce::254",
  "fd00:42::42",
  "fd00:a9fe:a9fe::1",
];

/** The reach of an address, range by range, from IANA's registries of special addresses. */
export function slowReach(address: string): Reach {
  const number = addressNumber(address);
  const high = number >> 32n;
  // IPv4 in IPv6: compatible, mapped, translated, NAT64 and 6to4.
  if (high === 0n && number > 0xffffn) return slowReach4(number);
  if (high === 0xffffn || high === 0xffff0000n || number >> 96n === 0x0064ff9bn)
    return slowReach4(number & 0xffffffffn);
  if (number >> 112n === 0x2002n) return slowReach4((number >> 80n) & 0xffffffffn);
  if (number === 0n || number >> 118n === 0xfe80n >> 6n || number >> 120n === 0xffn)
    return "forbidden";
  if (high >> 64n === 0xfd000ec2n || METADATA.some((one) => number === addressNumber(one)))
    return "forbidden";
  if (number === 1n) return "loopback";
  return number >> 121n === 0xfcn >> 1n || number >> 118n === 0xfec0n >> 6n ? "private" : "public";
}

function slowReach4(number: bigint): Reach {
  const [a, b] = [number >> 24n, (number >> 16n) & 255n];
  if (a === 0n || a >= 224n || (a === 169n && b === 254n)) return "forbidden";
  if (["168.63.129.16", "100.100.100.200", "192.0.0.192"].some((one) => number === quad(one)))
    return "forbidden";
  if (a === 127n) return "loopback";
  const isPrivate =
    a === 10n ||
    (a === 172n && b >= 16n && b < 32n) ||
    (a === 192n && b === 168n) ||
    number >> 8n === 0xc00000n ||
    (a === 100n && b >= 64n && b < 128n) ||
    (a === 198n && (b === 18n || b === 19n));
  return isPrivate ? "private" : "public";
}

/** The first problem of a JSON text: a duplicate key, or more than `depth` levels of nesting. */
export function slowShape(text: string, depth: number): "fine" | "duplicate" | "deep" {
  let at = 0;
  let verdict: ReturnType<typeof slowShape> = "fine";
  const space = (): void => {
    while (" \t\n\r".includes(text[at] ?? "x")) at++;
  };
  const string = (): string => {
    const from = at++;
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    return JSON.parse(text.slice(from, ++at));
  };
  const value = (level: number): void => {
    space();
    const open = text[at];
    if (open !== "{" && open !== "[") {
      if (open === '"') string();
      else while (at < text.length && !",]} \t\n\r".includes(text[at] ?? "")) at++;
      return;
    }
    if (level > depth && verdict === "fine") verdict = "deep";
    const keys = new Set<string>();
    at++;
    for (space(); text[at] !== "}" && text[at] !== "]"; space()) {
      if (text[at] === ",") at++;
      if (open === "{") {
        space();
        const key = string();
        if (keys.has(key) && verdict === "fine") verdict = "duplicate";
        keys.add(key);
        space();
        at++;
      }
      value(level + 1);
    }
    at++;
  };
  value(1);
  return verdict;
}
