import { step } from "../contenders.ts";
import { pushFleet, pushSixPlatforms } from "../fixtures.ts";
import { type Access, fleetResolvers, oneResolvers } from "../resolvers.ts";
import { atMost, type Group, type Row } from "../row.ts";
import type { Setup } from "../setup.ts";

const LOOPBACK: Access = { isPlainHttp: true, environment: {} };

/** Resolves and verifies images, without a pull. */
export const RESOLVE: Group = {
  names: ["resolve-1", "resolve-50"],
  make: async (setup) => {
    const one = await pushSixPlatforms(setup.pusher, "bench/six");
    const fifty = await pushFleet(setup.pusher, 50);
    return [resolveOne(setup, one), resolveFifty(setup, fifty)];
  },
};

function resolveOne(setup: Setup, reference: string): Row {
  return {
    name: "resolve-1",
    title: "Verify an image of six platforms",
    work: "verify every manifest and config of one index of six platforms",
    ours: step(setup, { images: reference, platforms: "all" }),
    peers: oneResolvers(reference, LOOPBACK),
    target: "≤ 120 ms",
    reached: ({ wall }) => wall <= 0.12,
    note: "Ours requests each document once: 1 index, 6 manifests, 6 configs",
  };
}

function resolveFifty(setup: Setup, references: readonly string[]): Row {
  const { crane, imagetools } = fleetResolvers(setup, "fifty", references, LOOPBACK);
  return {
    name: "resolve-50",
    title: "Verify fifty such images",
    work: "the same for fifty images, in one step; the peers run eight processes at a time",
    ours: step(setup, { images: references.join("\n"), platforms: "all" }),
    peers: [crane(8), imagetools(8)],
    target: "≤ 0.65",
    reached: atMost(0.65),
    note: "The registry is the limit: any client's 650 requests take about 1 s of both CPUs",
  };
}
