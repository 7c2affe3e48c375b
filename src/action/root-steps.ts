import { PullError } from "../oci/failure.ts";
import type { Root } from "./client-programs.ts";
import { type FileSteps, mayWriteIn, modeFor, OWN_STEPS } from "./file-steps.ts";

/**
 * The steps with which files in a directory can be changed: this process's own, or root's by
 * `sudo -n`. Fails as `invalid` when neither may.
 */
export async function stepsIn(directory: string, root: Root): Promise<FileSteps> {
  if (await mayWriteIn(directory)) return OWN_STEPS;
  const { code, output } = await root.run(["true"]);
  if (code === 0) return rootSteps(root);
  const refused = output.trim() || `exit code ${code}`;
  throw new PullError("not-written", `${directory} is not writable, nor by sudo -n: ${refused}`);
}

/** The steps as programs that run as root. Paths and bytes never pass through a shell. */
export function rootSteps(root: Root): FileSteps {
  const done = async (args: readonly string[], input?: Uint8Array): Promise<void> => {
    const { code, output } = await root.run(args, input);
    if (code === 0) return;
    const found = `sudo ${args.join(" ")} failed: ${output.trim() || `exit code ${code}`}`;
    throw new PullError("not-written", found);
  };
  const printed = async (args: readonly string[]): Promise<string | undefined> => {
    const { code, output } = await root.print(args);
    return code === 0 ? output : undefined;
  };
  return {
    list: async (directory) => {
      const names = await printed(["ls", "-A", "-1", "--", directory]);
      return names?.split("\n").filter((name) => name !== "");
    },
    read: async (path) => {
      const text = await printed(["cat", "--", path]);
      return text === undefined ? undefined : Buffer.from(text);
    },
    mode: async (path) => {
      const hex = await printed(["stat", "-c", "%f", "--", path]);
      return hex === undefined ? undefined : modeFor(Number.parseInt(hex, 16));
    },
    create: async (path, bytes, mode) => {
      // The permissions are there before the bytes.
      await done(["install", "-m", mode.toString(8), "--", "/dev/null", path]);
      await done(["tee", "--", path], bytes);
    },
    link: (path, name) => done(["ln", "-T", "--", path, name]),
    rename: (from, to) => done(["mv", "-f", "-T", "--", from, to]),
    remove: (path) => done(["rm", "-rf", "--", path]),
    makeDirectory: (path) => done(["mkdir", "-m", "755", "--", path]),
  };
}
