import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import type { Stoppable } from "./setup.ts";

/** A server in a process of its own, so that it does not compete with the measuring process. */
export type SideServer = Stoppable & { readonly port: number };

/** Starts a file of the bench as a server. Fails when it ends before it states its port. */
export async function startSideServer(
  file: string,
  ...args: readonly string[]
): Promise<SideServer> {
  const script = join(import.meta.dirname, file);
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${file} ended with exit code ${code}`)));
    child.stdout.once("data", (line: Buffer) => resolve(Number(line)));
  });
  return { port, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}

/**
 * In the process of a server: listens on a free port of `address`, prints the port, and ends with
 * the process that started it, which holds its standard input.
 */
export function announce(server: Server, address: string): void {
  server.listen(0, address, () => {
    const { port } = server.address() as AddressInfo;
    console.log(port);
  });
  process.stdin.on("end", () => process.exit()).resume();
}
