import type { Answered, EngineCalls, EngineName } from "./engine-calls.ts";

/** The exit code of a command, and the end of its output. */
export type Ended = {
  readonly code: number;
  readonly output: string;
};

/**
 * Runs a command of an engine, with bytes for its standard input if it reads any. Fails as
 * `unsupported` when the engine is not installed or cannot be run.
 */
export type RunEngine = (
  engine: EngineName,
  args: readonly string[],
  input?: AsyncIterable<Buffer>,
) => Promise<Ended>;

const INSPECT = ["image", "inspect", "--format", "{{.Id}}"];

/** The calls of an engine by the commands of its program. */
export function engineCommands(engine: EngineName, run: RunEngine): EngineCalls {
  const call = async (
    args: readonly string[],
    input?: AsyncIterable<Buffer>,
  ): Promise<Answered> => {
    const { code, output } = await run(engine, args, input);
    return { failure: code === 0 ? "" : `exit code ${code}`, output };
  };
  return {
    info: () => call(["info", "--format", "{{json .DriverStatus}}"]),
    inspect: (name, platform) => {
      const chosen = platform === undefined ? [] : ["--platform", platform];
      return call([...INSPECT, ...chosen, name]);
    },
    load: (archive) => call(["load"], archive),
    pull: (reference, platform) => call(["pull", "--quiet", "--platform", platform, reference]),
    remove: (reference) => call(["image", "rm", reference]),
  };
}
