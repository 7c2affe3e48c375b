import { step } from "../contenders.ts";
import { ownAddress, startFarRegistry } from "../far.ts";
import { pushFleet, pushSixPlatforms } from "../fixtures.ts";
import { isInstalled } from "../programs.ts";
import { type Access, fleetResolvers, oneResolvers } from "../resolvers.ts";
import { atMost, type Group, type Row } from "../row.ts";
import type { Setup } from "../setup.ts";

/** A network, and how its rows are named and described. */
type Distance = {
  readonly hasTokens: boolean;
  readonly suffix: string;
  readonly title: string;
  readonly work: string;
};

const DISTANCES: readonly Distance[] = [
  { hasTokens: false, suffix: "", title: "", work: "" },
  {
    hasTokens: true,
    suffix: "-token",
    title: ", with tokens",
    work: ", and a token service as far away",
  },
];

type Images = { readonly one: string; readonly fifty: readonly string[] };

/** The rows of RESOLVE over TLS from a registry 40 ms away, without and with a token service. */
export const RESOLVE_FAR: Group = {
  names: DISTANCES.flatMap(({ suffix }) => [`resolve-far-1${suffix}`, `resolve-far-50${suffix}`]),
  obstacle: () => {
    if (!isInstalled("openssl")) return "openssl is not installed";
    return ownAddress() === undefined ? "no IPv4 address but loopback" : undefined;
  },
  make: async (setup) => {
    const one = await pushSixPlatforms(setup.pusher, "bench/six");
    const fifty = await pushFleet(setup.pusher, 50);
    const rows: Row[] = [];
    for (const distance of DISTANCES) {
      const made = await farRows(setup, { one, fifty }, distance);
      rows.push(...made);
    }
    return rows;
  },
};

async function farRows(
  setup: Setup,
  { one, fifty }: Images,
  distance: Distance,
): Promise<readonly Row[]> {
  const far = await startFarRegistry(setup, ownAddress() ?? "", distance.hasTokens);
  const access = { isPlainHttp: false, environment: far.environment };
  const move = (reference: string): string => reference.replace(setup.pusher.host, far.host);
  return [
    resolveFarOne(setup, access, distance, move(one)),
    resolveFarFifty(setup, access, distance, fifty.map(move)),
  ];
}

function resolveFarOne(setup: Setup, access: Access, distance: Distance, reference: string): Row {
  return {
    name: `resolve-far-1${distance.suffix}`,
    title: `Verify one, 40 ms away${distance.title}`,
    work: `resolve-1 over TLS, with every byte 20 ms on its way${distance.work}`,
    ours: step(setup, { images: reference, platforms: "all" }, access.environment),
    peers: oneResolvers(reference, access),
    target: "≤ 1.0",
    reached: atMost(1),
    note: "Round trips in series are the limit: each takes 40 ms",
  };
}

function resolveFarFifty(
  setup: Setup,
  access: Access,
  distance: Distance,
  references: readonly string[],
): Row {
  const name = `resolve-far-50${distance.suffix}`;
  const { crane, imagetools } = fleetResolvers(setup, name, references, access);
  return {
    name,
    title: `Verify fifty, 40 ms away${distance.title}`,
    work: `resolve-50 over the same network${distance.work}`,
    ours: step(setup, { images: references.join("\n"), platforms: "all" }, access.environment),
    peers: [crane(8), imagetools(8)],
    apart: [crane(32)],
    target: "≤ 0.25 of eight processes, ≤ 0.5 of 32",
    reached: (_, eight, many = Number.NaN) => eight <= 0.25 && many <= 0.5,
    note: "How many requests run at a time is the limit, then both CPUs",
  };
}
