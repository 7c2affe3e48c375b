import { networkInterfaces } from "node:os";

/** Where the job's registry is reached. */
export type Reachable = {
  /** By programs of this machine: `host:port`. */
  readonly here: string;
  /** By containers: the same, unless it listens at every address of the machine. */
  readonly inContainers: string;
};

const EVERYWHERE = new Set(["0.0.0.0", "::"]);

/** The addresses at which a server is reached that listens at `host`. */
export function reachableAddress(
  host: string,
  port: number,
  interfaces: typeof networkInterfaces = networkInterfaces,
): Reachable {
  if (!EVERYWHERE.has(host)) {
    const address = withPort(host, port);
    return { here: address, inContainers: address };
  }
  const bridge = bridgeAddress(interfaces()) ?? "127.0.0.1";
  return { here: withPort("127.0.0.1", port), inContainers: withPort(bridge, port) };
}

function withPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address that Docker's containers know this machine by, or else one of its own. */
function bridgeAddress(interfaces: ReturnType<typeof networkInterfaces>): string | undefined {
  const others = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const all = [...(interfaces["docker0"] ?? []), ...others];
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}
