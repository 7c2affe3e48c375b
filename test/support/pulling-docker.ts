import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// What a Docker Engine with the containerd store does: it pulls by digest, and keeps what has the
// digest that it asked for.
const DOCKER = `
const fs = require("node:fs");
const { createHash } = require("node:crypto");
const [directory, mode, ...args] = process.argv.slice(2);
fs.appendFileSync(directory + "/commands", args.join(" ") + "\\n");
const [command] = args;
const fail = (why) => { console.error(why); process.exit(1); };

async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(url + " answered " + answer.status);
  return Buffer.from(await answer.arrayBuffer());
}

async function content(base, kind, digest) {
  const bytes = await get(base + kind + "/" + digest);
  const got = "sha256:" + createHash("sha256").update(bytes).digest("hex");
  fs.appendFileSync(directory + "/received", got + "\\n");
  if (got !== digest) throw new Error("wrong bytes for " + digest);
  return bytes;
}

async function pull(reference, platform) {
  const [, host, repository, digest] = /^([^/]+)\\/(.+)@(.+)$/.exec(reference);
  const base = "http://" + host + "/v2/" + repository + "/";
  let document = JSON.parse(await content(base, "manifests", digest));
  const [os, architecture] = platform.split("/");
  const isFor = (entry) =>
    entry.platform?.os === os && entry.platform?.architecture === architecture;
  const entry = document.manifests?.find(isFor);
  if (entry) document = JSON.parse(await content(base, "manifests", entry.digest));
  for (const blob of [document.config, ...document.layers]) {
    await content(base, "blobs", blob.digest);
  }
}

if (command === "info") console.log('[["driver-type","io.containerd.snapshotter.v1"]]');
else if (command === "pull" && mode === "elsewhere") fail("connection refused");
else if (command === "pull") pull(args.at(-1), args.at(-2)).catch((error) => fail(String(error)));
else if (command === "load") {
  fs.writeFileSync(directory + "/loaded.tar", fs.readFileSync(0));
} else if (args[1] === "inspect") fail("no such image");
`;

/**
 * A docker client in a directory, which is to be first in PATH, and an engine that pulls from this
 * machine; with `elsewhere`, one that cannot reach it.
 */
export class PullingDocker {
  readonly directory: string;

  constructor(directory: string, mode: "here" | "elsewhere" = "here") {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    const script = join(directory, "docker.cjs");
    writeFileSync(script, DOCKER);
    const program = join(directory, "docker");
    const command = `"${process.execPath}" "${script}" "${directory}" ${mode} "$@"`;
    writeFileSync(program, `#!/bin/sh\nexec ${command}\n`);
    chmodSync(program, 0o755);
  }

  /** The commands so far, without the port and the name that only the step and its engine know. */
  get commands(): readonly string[] {
    const lines = this.#lines("commands");
    return lines.map((line) =>
      line.replace(/127\.0\.0\.1:\d+\/registry-pull\/[0-9a-f-]{36}/, "OWN"),
    );
  }

  /** The digests of everything that it got whole. */
  get received(): readonly string[] {
    return this.#lines("received");
  }

  #lines(name: string): readonly string[] {
    const path = join(this.directory, name);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    return text.split("\n").filter((line) => line !== "");
  }
}
