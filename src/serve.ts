import { text } from "node:stream/consumers";
import { thisMachine } from "./action/machine.ts";
import { readConfig, serveJob } from "./action/server.ts";
import { WATCH, watch } from "./action/watchdog.ts";
import { terminal } from "./runner/terminal.ts";

// A registry for the rest of the job, as the step starts it; or its watchdog.
if (process.argv[2] === WATCH) {
  await watch(
    process.stdin,
    thisMachine(),
    terminal((line) => process.stderr.write(`${line}\n`)),
  );
} else {
  // The step reads one line and goes. The client of the cache service prints secrets to mask later.
  process.stdout.on("error", () => undefined);
  const config = readConfig(await text(process.stdin));
  const { environment, workspace, temporary } = config;
  // Libraries read it from the process. It was not passed on as the environment of the process,
  // which every program of the same user can read.
  Object.assign(process.env, environment);
  const serveScript = process.argv[1] ?? "";
  const machine = { ...thisMachine(environment), workspace, temporary, serveScript };
  process.exitCode = await serveJob(config, machine, (ready) => {
    process.stdout.end(`${JSON.stringify(ready)}\n`);
  });
}
process.exit();
