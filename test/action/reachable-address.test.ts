import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { describe, it } from "node:test";
import { reachableAddress } from "../../src/action/reachable-address.ts";

/** An IPv4 address of a network interface. */
function at(address: string, internal = false): NetworkInterfaceInfo {
  return { address, family: "IPv4", internal, netmask: "", mac: "", cidr: null };
}

function at6(address: string): NetworkInterfaceInfo {
  const rest = { internal: false, netmask: "", mac: "", cidr: null, scopeid: 0 };
  return { address, family: "IPv6", ...rest };
}

type Interfaces = Readonly<Record<string, NetworkInterfaceInfo[]>>;

const LO = [at("127.0.0.1", true)];
const ETH0 = [at("10.1.0.4")];
const DOCKER0 = [at6("fe80::1"), at("172.17.0.1")];

describe("reachableAddress", () => {
  const cases: readonly (readonly [string, Interfaces, string, string])[] = [
    ["127.0.0.1", { docker0: DOCKER0 }, "127.0.0.1:5000", "127.0.0.1:5000"],
    ["localhost", {}, "localhost:5000", "localhost:5000"],
    ["172.17.0.1", { docker0: DOCKER0 }, "172.17.0.1:5000", "172.17.0.1:5000"],
    ["::1", {}, "[::1]:5000", "[::1]:5000"],
    ["0.0.0.0", { lo: LO, eth0: ETH0, docker0: DOCKER0 }, "127.0.0.1:5000", "172.17.0.1:5000"],
    ["::", { lo: LO, eth0: ETH0 }, "127.0.0.1:5000", "10.1.0.4:5000"],
    ["0.0.0.0", { lo: LO }, "127.0.0.1:5000", "127.0.0.1:5000"],
    ["0.0.0.0", { docker0: [], lo: LO }, "127.0.0.1:5000", "127.0.0.1:5000"],
  ];
  for (const [host, interfaces, here, inContainers] of cases) {
    const names = Object.keys(interfaces).join(", ") || "no interface";
    it(`is ${here} and ${inContainers} for ${host} with ${names}`, () => {
      const found = reachableAddress(host, 5000, () => interfaces);
      assert.deepEqual(found, { here, inContainers });
    });
  }
});
