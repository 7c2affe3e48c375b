import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { helperRunner } from "../../src/action/helper-program.ts";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import type { Clock } from "../../src/http/clock.ts";
import { temporaryDirectory } from "../support/directory.ts";

describe("helperRunner", () => {
  let directory: string;
  beforeEach(() => {
    directory = temporaryDirectory("helpers");
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("passes the variables that helpers need, and no other variable of the job", async () => {
    writeFileSync(join(directory, "docker-credential-env"), "#!/bin/sh\nenv\n", { mode: 0o755 });
    const needed = [
      ...[
        "HOME",
        "XDG_CONFIG_HOME",
        "TMPDIR",
        "LANG",
        "LC_CTYPE",
        "no_proxy",
        "HTTPS_PROXY",
        "SSL_CERT_FILE",
        "DOCKER_CONFIG",
      ],
      ...["USERPROFILE", "SystemRoot", "TEMP", "LOCALAPPDATA", "PATHEXT", "ComSpec"],
      ...[
        "AWS_PROFILE",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ECR_DISABLE_CACHE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
      ],
      ...[
        "GOOGLE_APPLICATION_CREDENTIALS",
        "CLOUDSDK_CONFIG",
        "AZURE_CLIENT_ID",
        "AZURE_FEDERATED_TOKEN_FILE",
      ],
      ...[
        "DBUS_SESSION_BUS_ADDRESS",
        "PASSWORD_STORE_DIR",
        "GNUPGHOME",
        "DOCKER_ghcr_io_USR",
        "DOCKER_ghcr_io_PSW",
      ],
    ];
    const kept = [
      ...[
        "INPUT_X",
        "ACTIONS_RUNTIME_TOKEN",
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "GITHUB_PAT",
        "MY_SECRET",
        "NPM_AUTH",
        "DEPLOY_KEY",
      ],
      ...[
        "DOCKER_AUTH_CONFIG",
        "DOCKER_PASSWORD",
        "REGISTRY_PASS",
        "GITHUB_ENV",
        "NODE_OPTIONS",
        "LD_PRELOAD",
      ],
    ];
    const environment = Object.fromEntries([...needed, ...kept].map((name) => [name, "x"]));
    const bounds = { after: SYSTEM_CLOCK.after, signal: new AbortController().signal };
    const { output } = await helperRunner(
      { ...environment, PATH: `${directory}:/usr/bin:/bin` },
      bounds,
    )("env", "x");
    const given = output.split("\n").map((line) => line.split("=")[0]);
    assert.deepEqual(
      [...needed, ...kept].filter((name) => given.includes(name)),
      needed,
    );
  });

  it("runs programs without the job's secrets, with limited time and output", async () => {
    const script = (name: string, body: string): void => {
      writeFileSync(join(directory, `docker-credential-${name}`), `#!/bin/sh\n${body}\n`);
      chmodSync(join(directory, `docker-credential-${name}`), 0o755);
    };
    script(
      "env",
      'read server; printf \'{"Username":"%s","Secret":"%s"}\' "$server" "$1-$INPUT_X-$ACTIONS_RUNTIME_TOKEN"',
    );
    script("endless", "yes");
    script("fails", "echo oops; exit 3");
    script("hangs", "exec sleep 600");
    script("leaves", `sleep 600 & echo $! > ${directory}/left; echo '{}'`);
    script("tells", 'echo \'{"Username":"me","Secret":"leak"}\'; exit 1');
    // A hundred times as fast.
    const after: Clock["after"] = (ms, run) => SYSTEM_CLOCK.after(ms / 100, run);
    const stop = new AbortController();
    const environment = {
      PATH: `${directory}:/usr/bin:/bin`,
      INPUT_X: "leak",
      ACTIONS_RUNTIME_TOKEN: "leak",
    };
    const run = helperRunner(environment, { after, signal: stop.signal });
    assert.deepEqual(await run("env", "host.example\n"), {
      output: '{"Username":"host.example","Secret":"get--"}',
      error: undefined,
    });
    assert.match((await run("endless", "x")).error ?? "", /^more than 65536 bytes/);
    assert.match((await run("fails", "x")).error ?? "", /^exit code 3 oops/);
    assert.match((await run("hangs", "x")).error ?? "", /^no answer within 30 s$/);
    assert.deepEqual(await run("leaves", "x"), { output: "{}\n", error: undefined });
    process.kill(Number(readFileSync(join(directory, "left"), "utf8")), "SIGKILL");
    assert.match((await run("tells", "x")).error ?? "", /^exit code 1$/);
    assert.match((await run("absent", "x")).error ?? "", /ENOENT/);
    assert.match((await run("../evil", "x")).error ?? "", /a character that no helper's name has/);
    const cancelled = helperRunner(environment, {
      after: SYSTEM_CLOCK.after,
      signal: stop.signal,
    })("hangs", "x");
    stop.abort(new Error("cancelled"));
    assert.match((await cancelled).error ?? "", /^cancelled$/);
  });
});
