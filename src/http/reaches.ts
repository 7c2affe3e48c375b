import type { LookupAllOptions } from "node:dns";
import type { LookupFunction } from "node:net";
import {
  checkPlainHttp,
  checkReach,
  farthest,
  literalAddress,
  type NamedBy,
  type Reach,
  reachOf,
} from "./address.ts";

/** The addresses of a host, as `dns.lookup` returns them. */
export type Resolve = (host: string, options: LookupAllOptions, callback: Resolved) => void;

/** Receives the addresses of a host, or why there are none. */
export type Resolved = (error: Error | null, addresses: readonly Address[]) => void;

/** An address of a host. */
export type Address = { readonly address: string; readonly family: number };

/** Resolves hosts, checks every address before it is contacted, and remembers how near each is. */
export class Reaches {
  readonly #resolve: Resolve;
  readonly #insecure: ReadonlySet<string>;
  readonly #reaches = new Map<string, Reach>();
  /** Hosts that have a private address among others: any of them may be the one that answers. */
  readonly #mixed = new Set<string>();
  /** Who waits for the addresses of a host: connections are opened many at a time. */
  readonly #asked = new Map<string, Resolved[]>();

  constructor(resolve: Resolve, insecureRegistries: ReadonlySet<string>) {
    this.#resolve = resolve;
    this.#insecure = insecureRegistries;
  }

  /** How near a host is; `public`, the strictest, while that is not known or a proxy hides it. */
  of(url: URL): Reach {
    return this.#find(url) ?? "public";
  }

  /** True when every address of a host is known, and public or loopback. A proxy hides them. */
  isOpen(url: URL): boolean {
    const reach = this.#find(url);
    const isPublic = reach === "public" || reach === "loopback";
    return isPublic && !this.#mixed.has(url.hostname);
  }

  /** How near a host is, if that is known. */
  #find(url: URL): Reach | undefined {
    const literal = literalAddress(url);
    return literal === undefined ? this.#reaches.get(url.hostname) : reachOf(literal);
  }

  /** A lookup for one connection: checks addresses after DNS, so that no later answer matters. */
  lookup(url: URL, namedBy: NamedBy): LookupFunction {
    return (host, options, callback) => {
      this.#ask(host, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error !== null || first === undefined) {
          return callback(error ?? new Error(`no address for ${host}`), []);
        }
        try {
          this.#check(url, host, addresses, namedBy);
        } catch (refused) {
          return callback(refused as Error, []);
        }
        this.#remember(host, addresses);
        if (options.all) return callback(null, [...addresses]);
        return callback(null, first.address, first.family);
      });
    };
  }

  /** Asks once for all that wait at the same time. */
  #ask(host: string, options: LookupAllOptions, resolved: Resolved): void {
    const key = `${host} ${options.family} ${options.hints}`;
    const others = this.#asked.get(key);
    if (others !== undefined) {
      others.push(resolved);
      return;
    }
    const waiting = [resolved];
    this.#asked.set(key, waiting);
    this.#resolve(host, options, (error, addresses) => {
      this.#asked.delete(key);
      for (const one of waiting) one(error, addresses);
    });
  }

  #check(url: URL, host: string, addresses: readonly Address[], namedBy: NamedBy): void {
    for (const { address } of addresses) {
      checkReach(address, host, namedBy);
      checkPlainHttp(url, address, this.#insecure);
    }
  }

  #remember(host: string, addresses: readonly Address[]): void {
    const reaches = addresses.map(({ address }) => reachOf(address));
    if (reaches.includes("private")) this.#mixed.add(host);
    // A later lookup makes no host nearer: an earlier connection may still be the one that answers.
    const known = this.#reaches.get(host);
    const all = known === undefined ? reaches : [known, ...reaches];
    this.#reaches.set(host, all.reduce(farthest));
  }
}
