import type { Values } from "./input-names.ts";

/** How a registry for the job is run. */
export type ServeInputs = {
  /** An address of this machine, without brackets. */
  readonly host: string;
  /** 0 for any port that is free. */
  readonly port: number;
  /** True to serve only what the step's images, its files and its lock file name. */
  readonly only: boolean;
};

// An IPv4 address, an IPv6 address in brackets, or localhost; and a port.
const ADDRESS = /^(localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]):(\d{1,5})$/;
const PORT_LIMIT = 65_535;

/** The inputs about the job's registry; undefined when none is wanted. */
export function readServe(values: Values): ServeInputs | undefined {
  const isWanted = values.boolean("serve");
  const only = values.boolean("serve-only");
  const address = readAddress(values);
  if (isWanted) return { ...address, only };
  if (only) values.complain("serve-only: expected false, because serve is false, got true");
  return undefined;
}

function readAddress(values: Values): Pick<ServeInputs, "host" | "port"> {
  const text = values.text("serve-address").toLowerCase();
  const [, host = "", port = ""] = ADDRESS.exec(text) ?? [];
  const isAddress = host !== "" && Number(port) <= PORT_LIMIT && URL.canParse(`http://${text}`);
  if (!isAddress) {
    const expected = "expected address:port like 127.0.0.1:0, where port 0 is any that is free";
    values.complain(`serve-address: ${expected}, got ${JSON.stringify(text)}`);
  }
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
