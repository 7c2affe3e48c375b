import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  engineCommands,
  engineRunner,
  openEngineStore
} from "./chunk-UGHOGSMQ.js";
import {
  HOLDER,
  holderOf,
  lifeOf,
  locked,
  temporaryPath
} from "./chunk-FUQHFSBD.js";
import {
  environmentFor,
  runProgram
} from "./chunk-VWCS4YZZ.js";
import {
  digestOf
} from "./chunk-V4QGKLYV.js";
import {
  asList,
  asObject,
  asString,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  codeOf,
  foundBy,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/serve/hosts-toml.ts
function ownerLine(holder) {
  return `# registry-pull ${holder}: removed when the job ends`;
}
function hostsToml({ address, only, holder }) {
  const url = `"http://${address}"`;
  const lines = [
    ownerLine(holder),
    ...only ? [`server = ${url}`] : [],
    "",
    `[host.${url}]`,
    '  capabilities = ["pull", "resolve"]'
  ];
  return `${lines.join("\n")}
`;
}

// src/action/client-places.ts
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
function clientPlaces(environment) {
  const home = environment["HOME"] || passwordHome();
  const config = environment["XDG_CONFIG_HOME"] || join(home, ".config");
  return {
    systemDocker: "/etc/docker",
    userDocker: join(config, "docker"),
    // Not in XDG_CONFIG_HOME, which these programs ignore for registries.
    registriesConf: join(home, ".config/containers/registries.conf.d"),
    proc: "/proc",
    // Users cannot remove each other's locks in the temporary directory.
    lock: join(tmpdir(), `registry-pull-clients-${process.getuid?.() ?? 0}.lock`)
  };
}
function passwordHome() {
  try {
    return homedir();
  } catch {
    return "/";
  }
}
function defaultHosts(docker) {
  return join(docker, "certs.d/_default");
}

// src/action/client-programs.ts
var DEADLINE_MS = 15e3;
function clientPrograms(environment, after, signal) {
  const runEngine = (engine, args, input) => inTime(
    engine,
    { after, signal },
    (bounds) => engineRunner(environment, bounds)(engine, args, input)
  );
  const env = environmentFor(environment);
  const sudo = (command) => inTime("sudo", { after, signal }, (bounds) => runAsRoot(command, env, bounds));
  return {
    runEngine,
    docker: (args) => runEngine("docker", args),
    root: {
      run: (args, input) => sudo({ args, input, errors: true }),
      print: (args) => sudo({ args, input: void 0, errors: false })
    }
  };
}
async function inTime(program, { after, signal }, work) {
  const late = new AbortController();
  const cancel = after(DEADLINE_MS, () => {
    const found = `${program} did not end within ${DEADLINE_MS / 1e3} s`;
    late.abort(new PullError("engine-failed", found));
  });
  try {
    return await work({ after, signal: AbortSignal.any([signal, late.signal]) });
  } finally {
    cancel();
  }
}
async function runAsRoot({ args, input, errors }, env, bounds) {
  let output = "";
  const program = {
    command: "sudo",
    // -n: never asks for a password.
    args: ["-n", "--", ...args],
    env,
    input: input === void 0 ? [] : [Buffer.from(input).toString()],
    read: (text) => {
      output += text;
    },
    errors
  };
  try {
    const { code, killedBy } = await runProgram(program, bounds);
    return code === null ? { code: -1, output: `ended by ${killedBy}` } : { code, output };
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return { code: -1, output: "sudo is not on this runner" };
  }
}

// src/action/client-wires.ts
function whileAlone({ places, clock, signal }, work) {
  const { now, after, sleep } = clock;
  const time = { now, after, sleep: (ms) => sleep(ms, signal) };
  return locked(
    places.lock,
    async (expectHeld) => {
      await expectHeld();
      return work();
    },
    time
  );
}

// src/action/file-steps.ts
import { constants, promises as fs } from "node:fs";
import { dirname } from "node:path";
var SIZE_LIMIT = 1024 * 1024;
var FILE_MODE = 420;
var DIRECTORY_MODE = 493;
var PERMISSIONS = 511;
var KIND = 61440;
var LINK = 40960;
var OWN_STEPS = {
  list: (directory) => orUndefined(fs.readdir(directory)),
  read: (path) => orUndefined(readBounded(path)),
  mode: (path) => orUndefined(modeOf(path)),
  create: async (path, bytes, mode) => {
    await fs.writeFile(path, bytes, { flag: "wx", mode });
    await fs.chmod(path, mode);
  },
  link: (path, name) => fs.link(path, name),
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { recursive: true, force: true }),
  makeDirectory: (path) => fs.mkdir(path, { mode: DIRECTORY_MODE })
};
async function orUndefined(found) {
  try {
    return await found;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return void 0;
    throw error;
  }
}
async function readBounded(path) {
  const found = await fs.stat(path);
  if (found.isFile() && found.size <= SIZE_LIMIT) return fs.readFile(path);
  const expected = `expected a file of at most ${SIZE_LIMIT} bytes`;
  throw new PullError("not-a-file", `${path} is no configuration: ${expected}`);
}
async function modeOf(path) {
  const { mode } = await fs.lstat(path);
  return modeFor(mode);
}
function modeFor(mode) {
  return (mode & KIND) === LINK ? FILE_MODE : mode & PERMISSIONS;
}
async function mayWriteIn(directory) {
  try {
    await fs.access(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    const above = dirname(directory);
    if (codeOf(error) !== "ENOENT" || above === directory) return false;
    return mayWriteIn(above);
  }
}

// src/action/placed-record.ts
import { basename, dirname as dirname2, join as join2 } from "node:path";
var NAME = /^(.+)\.(\d+\.\d+\.\d+\.[0-9a-f]{8})\.([0-9a-f]{64})\.(?:before|new(\d))$/;
function recordPath(record) {
  const { path, holder, hex, kind, directories } = record;
  const ending = kind === "before" ? kind : `new${directories}`;
  return `${path}.${holder}.${hex}.${ending}`;
}
async function recordsIn(steps, directory) {
  const names = await steps.list(directory) ?? [];
  return names.flatMap((name) => recordNamed(directory, name) ?? []);
}
function recordNamed(directory, name) {
  const [, file = "", holder = "", hex = "", count] = NAME.exec(name) ?? [];
  if (file === "") return void 0;
  const kind = count === void 0 ? "before" : "new";
  return { path: join2(directory, file), holder, hex, kind, directories: Number(count ?? 0) };
}
async function leftoversIn(steps, directory, ofHolder) {
  const inside = await leftoversNamed(steps, directory, "", ofHolder);
  const beside = await leftoversBeside(steps, directory, ofHolder);
  return [...inside, ...beside];
}
async function leftoversBeside(steps, directory, ofHolder) {
  const above = dirname2(directory);
  if (above === directory) return [];
  const beside = await leftoversNamed(steps, above, `${basename(directory)}.`, ofHolder).catch(
    () => []
  );
  return [...beside, ...await leftoversBeside(steps, above, ofHolder)];
}
async function leftoversNamed(steps, directory, start, ofHolder) {
  const names = await steps.list(directory) ?? [];
  const left = names.filter((name) => {
    const holder = name.startsWith(start) ? holderOf(name) : void 0;
    return holder !== void 0 && ofHolder(holder);
  });
  return left.map((name) => join2(directory, name));
}

// src/action/root-steps.ts
async function stepsIn(directory, root) {
  if (await mayWriteIn(directory)) return OWN_STEPS;
  const { code, output } = await root.run(["true"]);
  if (code === 0) return rootSteps(root);
  const refused = output.trim() || `exit code ${code}`;
  throw new PullError("not-written", `${directory} is not writable, nor by sudo -n: ${refused}`);
}
function rootSteps(root) {
  const done = async (args, input) => {
    const { code, output } = await root.run(args, input);
    if (code === 0) return;
    const found = `sudo ${args.join(" ")} failed: ${output.trim() || `exit code ${code}`}`;
    throw new PullError("not-written", found);
  };
  const printed = async (args) => {
    const { code, output } = await root.print(args);
    return code === 0 ? output : void 0;
  };
  return {
    list: async (directory) => {
      const names = await printed(["ls", "-A", "-1", "--", directory]);
      return names?.split("\n").filter((name) => name !== "");
    },
    read: async (path) => {
      const text = await printed(["cat", "--", path]);
      return text === void 0 ? void 0 : Buffer.from(text);
    },
    mode: async (path) => {
      const hex = await printed(["stat", "-c", "%f", "--", path]);
      return hex === void 0 ? void 0 : modeFor(Number.parseInt(hex, 16));
    },
    create: async (path, bytes, mode) => {
      await done(["install", "-m", mode.toString(8), "--", "/dev/null", path]);
      await done(["tee", "--", path], bytes);
    },
    link: (path, name) => done(["ln", "-T", "--", path, name]),
    rename: (from, to) => done(["mv", "-f", "-T", "--", from, to]),
    remove: (path) => done(["rm", "-rf", "--", path]),
    makeDirectory: (path) => done(["mkdir", "-m", "755", "--", path])
  };
}

// src/action/tell-docker.ts
import { dirname as dirname7, join as join4 } from "node:path";

// src/action/docker-daemon.ts
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename as basename2, dirname as dirname3, join as join3 } from "node:path";
function dockerDaemons(proc) {
  return namesIn(proc).filter((name) => /^\d+$/.test(name)).flatMap((name) => daemonOf(join3(proc, name)) ?? []);
}
function namesIn(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
function daemonOf(process2) {
  const [program = "", ...args] = textOf(join3(process2, "cmdline")).split("\0");
  if (basename2(program) !== "dockerd") return void 0;
  const hosts = [...valuesOf(args, "--host"), ...valuesOf(args, "-H")];
  return {
    pid: Number(basename2(process2)),
    sockets: hosts.length === 0 ? void 0 : hosts.flatMap(socketsOf),
    configFile: valuesOf(args, "--config-file").at(-1),
    // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    isRootless: !/^Uid:\t0\t/m.test(textOf(join3(process2, "status"))),
    hasMirrorFlag: valuesOf(args, "--registry-mirror").length > 0
  };
}
function textOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
function valuesOf(args, flag) {
  return args.flatMap((arg, index) => {
    if (arg === flag) return args[index + 1] ?? [];
    return arg.startsWith(`${flag}=`) ? arg.slice(flag.length + 1) : [];
  });
}
var DEFAULT_SOCKETS = ["/var/run/docker.sock", "/run/docker.sock"];
function socketsOf(host) {
  if (host.startsWith("unix://")) return [host.slice("unix://".length)];
  return host.startsWith("fd://") ? DEFAULT_SOCKETS : [];
}
function listensOn({ sockets }, path) {
  if (sockets === void 0) return true;
  const asked = resolved(path);
  return sockets.some((socket) => resolved(socket) === asked);
}
function resolved(path) {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
function configurationOf({ isRootless }, places) {
  return isRootless ? places.userDocker : places.systemDocker;
}
function configFileOf(daemon, places) {
  return daemon.configFile ?? join3(configurationOf(daemon, places), "daemon.json");
}
async function seesSame({ pid }, path, { proc }, root) {
  const existing = existingAbove(path);
  const ours = await identityForRoot(existing, root);
  const theirs = await identityForRoot(join3(proc, String(pid), "root", existing), root);
  return ours !== "" && ours === theirs;
}
function existingAbove(path) {
  if (identityOf(path) !== "" || dirname3(path) === path) return path;
  return existingAbove(dirname3(path));
}
function identityOf(path) {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    return codeOf(error) === "EACCES" ? "unknown" : "";
  }
}
async function identityForRoot(path, root) {
  const own = identityOf(path);
  if (own !== "unknown") return own;
  const { code, output } = await root.print(["stat", "-L", "-c", "%d:%i", "--", path]);
  return code === 0 ? output.trim() : "";
}

// src/action/docker-client.ts
async function findEngine(programs, places) {
  try {
    return await askEngine(programs, places);
  } catch (error) {
    const isMissing = error instanceof PullError && error.reason === "engine-missing";
    return { why: isMissing ? "" : foundBy(error) };
  }
}
async function askEngine(programs, places) {
  const endpoint = await endpointOf(programs);
  const { abilities } = await openEngineStore(
    "docker",
    engineCommands("docker", programs.runEngine)
  );
  const [, socket] = /^unix:\/\/(.+)$/.exec(endpoint) ?? [];
  if (socket === void 0) return { why: `the engine is at ${endpoint}` };
  const daemon = dockerDaemons(places.proc).find((one) => listensOn(one, socket));
  if (daemon === void 0) return { why: `no dockerd is visible that listens on ${socket}` };
  const hosts = defaultHosts(configurationOf(daemon, places));
  if (!await seesSame(daemon, hosts, places, programs.root)) {
    return { why: "dockerd has other files than this job, for example in another container" };
  }
  return { daemon, hosts, isContainerd: abilities.digests };
}
async function endpointOf({ docker }) {
  const format = "{{.Endpoints.docker.Host}}";
  const { code, output } = await docker(["context", "inspect", "--format", format]);
  if (code === 0) return output.trim();
  throw new PullError("engine-failed", `docker names no context: ${output.trim()}`);
}

// src/action/docker-mirror.ts
import { dirname as dirname6 } from "node:path";

// src/serve/daemon-config.ts
var MIRRORS = "registry-mirrors";
function withMirror(file, address) {
  const others = daemonMirrors(file);
  return withMirrors(file, [`http://${address}`, ...others]);
}
function withoutMirror(file) {
  return withMirrors(file, daemonMirrors(file));
}
function daemonMirrors(file) {
  const list = asList(settingsIn(file)[MIRRORS], MIRRORS);
  return list.map((mirror) => asString(mirror, MIRRORS));
}
function withMirrors(file, mirrors) {
  const settings = { ...settingsIn(file), [MIRRORS]: mirrors };
  return `${JSON.stringify(settings, void 0, 2)}
`;
}
function settingsIn(file) {
  const isEmpty = file === void 0 || Buffer.from(file).toString().trim() === "";
  if (isEmpty) return {};
  return asObject(parseJson(file, "the file"), "the file", [MIRRORS]);
}
function mirrorsInUse(printed) {
  try {
    const list = asList(parseJson(Buffer.from(printed), "docker info"), "mirrors");
    return list.map((mirror) => asString(mirror, "mirror").replace(/\/$/, ""));
  } catch (cause) {
    throw new PullError("engine-failed", `docker info printed no mirrors: ${printed}`, { cause });
  }
}

// src/action/placed-file.ts
import { dirname as dirname4 } from "node:path";
async function place(steps, file) {
  const [top, ...others] = await missingDirectories(steps, dirname4(file.path));
  if (top === void 0) return placeIn(steps, file);
  const { path, content, holder } = file;
  const tree = temporaryPath(top, holder);
  const moved = (inTop) => `${tree}${inTop.slice(top.length)}`;
  for (const directory of [top, ...others]) await steps.makeDirectory(moved(directory));
  const record = recordPath({ ...recordOf(file), kind: "new", directories: others.length + 1 });
  await steps.create(moved(record), NOTHING, FILE_MODE);
  await steps.create(moved(path), content, FILE_MODE);
  await steps.rename(tree, top);
  return false;
}
var NOTHING = Buffer.alloc(0);
async function placeIn(steps, file) {
  const { path, content, holder } = file;
  const mode = await steps.mode(path);
  if (mode === void 0) {
    const record = recordPath({ ...recordOf(file), kind: "new", directories: 0 });
    await steps.create(record, NOTHING, FILE_MODE);
  } else {
    const record = recordPath({ ...recordOf(file), kind: "before", directories: 0 });
    await steps.link(path, record);
  }
  await replace(steps, { path, content, holder }, mode);
  return mode !== void 0;
}
async function replace(steps, { path, content, holder }, mode = FILE_MODE) {
  const temporary = temporaryPath(path, holder);
  await steps.create(temporary, content, mode);
  await steps.rename(temporary, path);
}
function recordOf({ path, content, holder }) {
  return { path, holder, hex: hexOf(content), directories: 0 };
}
function isPlaced(bytes, { hex }) {
  return hexOf(bytes) === hex;
}
function hexOf(bytes) {
  return digestOf(bytes).slice("sha256:".length);
}
async function missingDirectories(steps, directory) {
  if (await steps.list(directory) !== void 0) return [];
  return [...await missingDirectories(steps, dirname4(directory)), directory];
}

// src/action/restored-file.ts
import { dirname as dirname5 } from "node:path";
async function takeBackAll(steps, directory, ofHolder) {
  const changed = [];
  await removeLeftovers(steps, directory, ofHolder);
  let record = await nextRecord(steps, directory, ofHolder);
  while (record !== void 0) {
    if (await takeBack(steps, record) === "changed") changed.push(record.path);
    record = await nextRecord(steps, directory, ofHolder);
  }
  return changed;
}
async function removeLeftovers(steps, directory, ofHolder) {
  for (const path of await leftoversIn(steps, directory, ofHolder)) await steps.remove(path);
  const records = await recordsIn(steps, directory);
  const made = records.filter(({ kind }) => kind === "new");
  for (const record of records) {
    if (record.kind === "new" || !ofHolder(record.holder)) continue;
    const isReplaced = made.some(({ path, hex }) => path === record.path && hex === record.hex);
    if (isReplaced) await steps.remove(recordPath(record));
  }
}
async function nextRecord(steps, directory, ofHolder) {
  const records = await recordsIn(steps, directory);
  return records.find(({ holder }) => ofHolder(holder));
}
async function takeBack(steps, record, isOurs = (bytes) => isPlaced(bytes, record)) {
  const { path } = record;
  const found = await steps.read(path);
  if (found === void 0 || isOurs(found)) {
    await restore(steps, record, found);
    return "as-before";
  }
  const later = await laterRecord(steps, record, isOurs);
  if (later !== void 0) {
    await handOver(steps, record, later);
    return "as-before";
  }
  if (await isBefore(steps, record, found)) {
    await steps.remove(recordPath(record));
    return "as-before";
  }
  await giveUp(steps, record);
  return "changed";
}
async function restore(steps, record, found) {
  if (record.kind === "before") return steps.rename(recordPath(record), record.path);
  if (found !== void 0) await steps.remove(record.path);
  await forget(steps, record);
}
async function isBefore(steps, record, found) {
  if (record.kind === "new") return false;
  const before = await steps.read(recordPath(record));
  return before?.equals(found) ?? false;
}
async function laterRecord(steps, record, isOurs) {
  const { path, holder } = record;
  for (const other of await recordsIn(steps, dirname5(path))) {
    if (other.path !== path || other.holder === holder || other.kind === "new") continue;
    const kept = await steps.read(recordPath(other));
    if (kept !== void 0 && isOurs(kept)) return other;
  }
  return void 0;
}
async function handOver(steps, record, later) {
  if (record.kind === "before") return steps.rename(recordPath(record), recordPath(later));
  const { directories } = record;
  const inherited = recordPath({ ...later, kind: "new", directories });
  await steps.rename(recordPath(record), inherited);
  await steps.remove(recordPath(later));
}
async function giveUp(steps, record) {
  if (record.kind === "new") return forget(steps, record);
  await steps.rename(recordPath(record), `${record.path}.${record.holder}.kept`);
}
async function forget(steps, record) {
  const { path, holder, directories } = record;
  const directory = dirname5(path);
  const heir = (await recordsIn(steps, directory)).find(
    (other) => other.holder !== holder && other.kind === "new" && other.directories < directories
  );
  if (heir !== void 0) {
    await steps.rename(recordPath(heir), recordPath({ ...heir, directories }));
  }
  const top = await topmostOwn(steps, record);
  if (top === void 0) return steps.remove(recordPath(record));
  const aside = temporaryPath(top, holder);
  await steps.rename(top, aside);
  await steps.remove(aside);
}
async function topmostOwn(steps, record) {
  let top;
  let content = recordPath(record);
  for (let count = 0; count < record.directories; count++) {
    const directory = dirname5(content);
    const names = await steps.list(directory) ?? [];
    if (names.some((name) => `${directory}/${name}` !== content)) break;
    top = directory;
    content = directory;
  }
  return top;
}

// src/action/docker-mirror.ts
async function addMirror(path, daemon, { address, holder }, wires) {
  const steps = await wires.stepsIn(dirname6(path));
  const content = Buffer.from(withMirror(await steps.read(path), address));
  await place(steps, { path, content, holder });
  try {
    await reload(daemon, daemonMirrors(content), wires);
  } catch (error) {
    await removeMirrors(path, (other) => other === holder, [daemon], wires);
    throw error;
  }
}
async function removeMirrors(path, ofHolder, daemons, wires) {
  const steps = await wires.stepsIn(dirname6(path));
  await removeLeftovers(steps, dirname6(path), ofHolder);
  let isChanged = false;
  let record = await nextRecord(steps, dirname6(path), ofHolder);
  while (record !== void 0) {
    const taken = await removeMirror(steps, record, daemons, wires);
    isChanged ||= taken === "changed";
    record = await nextRecord(steps, dirname6(path), ofHolder);
  }
  return isChanged;
}
async function removeMirror(steps, record, daemons, wires) {
  const before = record.kind === "before" ? await steps.read(recordPath(record)) : void 0;
  const former = Buffer.from(withoutMirror(before));
  const found = await steps.read(record.path);
  const isOurs = (bytes) => isPlaced(bytes, record) || bytes.equals(former);
  const isInForce = found === void 0 || isOurs(found);
  if (isInForce) {
    const { path, holder } = record;
    const mode = await steps.mode(path);
    await replace(steps, { path, holder, content: former }, mode);
    for (const daemon of daemons) await reload(daemon, daemonMirrors(former), wires);
  }
  const taken = await takeBack(steps, record, isOurs);
  if (isInForce) for (const daemon of daemons) await reload(daemon, daemonMirrors(former), wires);
  return taken;
}
var LOOKS = 50;
var LOOK_MS = 100;
async function reload(daemon, expected, { programs, clock, signal }) {
  await hangUp(daemon.pid, programs);
  const wanted = expected.map((mirror) => mirror.replace(/\/$/, "")).join(", ");
  const end = clock.now() + LOOKS * LOOK_MS;
  let found;
  for (let looks = 0; looks < LOOKS && clock.now() < end; looks++) {
    found = await mirrorsOf(daemon, programs);
    if (found === wanted) return;
    await clock.sleep(LOOK_MS, signal);
  }
  const words = `expected the mirrors ${wanted || "none"}, got ${found || "none"}`;
  throw new PullError("engine-failed", `dockerd did not take its new configuration: ${words}`);
}
async function hangUp(pid, { root }) {
  try {
    process.kill(pid, "SIGHUP");
  } catch (cause) {
    const { code, output } = await root.run(["kill", "-HUP", String(pid)]);
    if (code === 0) return;
    const found = `dockerd could not be reloaded: ${output.trim()}`;
    throw new PullError("engine-failed", found, { cause });
  }
}
async function mirrorsOf({ sockets }, { docker }) {
  const [socket] = sockets ?? [];
  const host = socket === void 0 ? [] : ["--host", `unix://${socket}`];
  const format = "{{json .RegistryConfig.Mirrors}}";
  try {
    const { output } = await docker([...host, "info", "--format", format]);
    return mirrorsInUse(output).join(", ");
  } catch (error) {
    return foundBy(error);
  }
}

// src/action/tell-docker.ts
async function tellDocker(served, wires) {
  const engine = await findEngine(wires.programs, wires.places);
  if ("why" in engine) {
    if (engine.why === "") return [];
    explain(engine.why, served, wires);
    return ["Docker: it is not told"];
  }
  try {
    const bypassing2 = await placeHosts(engine, served, wires);
    const classic = engine.isContainerd ? [] : await tellClassic(engine, served, wires);
    return [...bypassing2, ...classic];
  } catch (error) {
    explain(foundBy(error), served, wires);
    return ["Docker: it is not told"];
  }
}
function explain(why, served, { places, group }) {
  const path = join4(places.systemDocker, "certs.d/_default/hosts.toml");
  group(`Docker is not told about the job's registry: ${why}`, [
    `write this to ${path} where the engine runs, if it can reach ${served.address} there:`,
    ...hostsToml(served).trimEnd().split("\n").slice(1)
  ]);
}
async function placeHosts({ hosts }, served, { stepsIn: stepsIn2, voice }) {
  const path = join4(hosts, "hosts.toml");
  const steps = await stepsIn2(hosts);
  const content = Buffer.from(hostsToml(served));
  const had = await place(steps, { path, content, holder: served.holder });
  const kept = had ? "; the file that was there is kept beside it, and put back later" : "";
  voice.say(`Docker asks the job's registry, as ${path} says${kept}`);
  return await bypassing(dirname7(hosts), voice.say);
}
async function bypassing(certificates, say) {
  const names = await OWN_STEPS.list(certificates).catch(() => void 0) ?? [];
  const others = names.filter((name) => name !== "_default");
  if (others.length === 0) return [];
  const why = `${certificates} has directories for them, even if they are empty`;
  say(`Docker asks these registries itself: ${others.join(", ")}: ${why}`);
  return [`Docker: ${others.join(", ")}, because of directories in ${certificates}`];
}
async function tellClassic({ daemon }, served, wires) {
  const { places, voice } = wires;
  const path = configFileOf(daemon, places);
  const limits = "docker pull with the classic image store";
  try {
    if (daemon.hasMirrorFlag) throw new Error("dockerd runs with --registry-mirror");
    await addMirror(path, daemon, served, wires);
    voice.say(`${limits} asks the job's registry for images of Docker Hub only, as ${path} says`);
  } catch (error) {
    voice.say(`${limits} does not ask the job's registry: ${foundBy(error)}`);
  }
  return [`Docker: ${limits}, which always asks the upstream in the end`];
}

// src/action/tell-podman.ts
import { join as join5 } from "node:path";

// src/serve/known-registries.ts
var KNOWN = [
  "docker.io",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "mcr.microsoft.com",
  "registry.k8s.io",
  "public.ecr.aws",
  "lscr.io",
  "registry.gitlab.com",
  "docker.elastic.co",
  "nvcr.io",
  "cgr.dev"
];
function allRegistries(named) {
  return [.../* @__PURE__ */ new Set([...KNOWN, ...named])];
}

// src/serve/podman-config.ts
function registriesConf(served, registries) {
  const portless = allRegistries(registries).filter((registry) => !registry.includes(":"));
  const tables = portless.map((registry) => registryTable(registry, served));
  return [`${ownerLine(served.holder)}
`, ...tables].join("\n");
}
function registryTable(registry, { address, only }) {
  const prefix = `[[registry]]
prefix = "${registry}"
`;
  const here = `location = "${address}/${registry}"
insecure = true
`;
  if (only) return `${prefix}${here}`;
  return `${prefix}location = "${registry}"
[[registry.mirror]]
${here}`;
}

// src/action/tell-podman.ts
async function tellPodman(served, registries, platform, { places, voice }) {
  if (platform !== "linux") return { registriesConf: "", notOnly: ["podman: it is not told"] };
  const { holder } = served;
  const path = join5(places.registriesConf, `registry-pull-${holder}.conf`);
  const content = Buffer.from(registriesConf(served, registries));
  try {
    await place(OWN_STEPS, { path, content, holder });
  } catch (error) {
    voice.say(`podman is not told about the job's registry: ${foundBy(error)}`);
    return { registriesConf: "", notOnly: ["podman, skopeo and buildah: they are not told"] };
  }
  voice.say(`podman, skopeo and buildah ask the job's registry, as ${path} says`);
  const notOnly = `podman, skopeo and buildah: registries that ${path} does not list`;
  return { registriesConf: path, notOnly: [notOnly] };
}

// src/action/untell-clients.ts
import { join as join6 } from "node:path";
async function undoFor(ofHolder, wires) {
  const { systemDocker, userDocker, registriesConf: registriesConf2 } = wires.places;
  for (const path of configFiles(wires)) {
    await attempt(path, wires, () => undoMirrors(path, ofHolder, wires));
  }
  for (const directory of [defaultHosts(systemDocker), defaultHosts(userDocker), registriesConf2]) {
    await attempt(directory, wires, () => undoIn(directory, ofHolder, wires));
  }
}
async function attempt(path, { voice }, undo) {
  try {
    await undo();
  } catch (error) {
    voice.warn(`${path} may still name a registry of a job that ended: ${foundBy(error)}`);
  }
}
async function undoIn(directory, ofHolder, wires) {
  if (!await hasTraces(directory, ofHolder)) return;
  const { stepsIn: stepsIn2, voice } = wires;
  const steps = await stepsIn2(directory);
  const changed = await takeBackAll(steps, directory, ofHolder);
  for (const path of changed) voice.warn(leftAsItIs(path));
}
async function undoMirrors(path, ofHolder, wires) {
  if (!await hasTraces(join6(path, ".."), ofHolder)) return;
  const { places, programs, voice } = wires;
  const daemons = [];
  for (const daemon of dockerDaemons(places.proc)) {
    const isItsFile = configFileOf(daemon, places) === path;
    if (isItsFile && await seesSame(daemon, path, places, programs.root)) daemons.push(daemon);
  }
  const isChanged = await removeMirrors(path, ofHolder, daemons, wires);
  if (isChanged) voice.warn(leftAsItIs(path));
}
function leftAsItIs(path) {
  const next = "check that it does not name a registry that is gone";
  return `${path} was changed by another program during the job, and stays as it is; ${next}`;
}
function configFiles({ places }) {
  const usual = [places.systemDocker, places.userDocker].map((path) => join6(path, "daemon.json"));
  const named = dockerDaemons(places.proc).map((daemon) => configFileOf(daemon, places));
  return [.../* @__PURE__ */ new Set([...usual, ...named])];
}
async function hasTraces(directory, ofHolder) {
  try {
    const records = await recordsIn(OWN_STEPS, directory);
    if (records.some(({ holder }) => ofHolder(holder))) return true;
    return (await leftoversIn(OWN_STEPS, directory, ofHolder)).length > 0;
  } catch {
    return true;
  }
}

// src/action/clients.ts
async function tellClients(serving, { machine, voice, signal }, places = clientPlaces(machine.environment)) {
  const { environment, platform, clock } = machine;
  const wires = { ...wiresOf(environment, clock, signal), places, voice };
  const ofHolder = (holder) => holder === serving.holder || isGone(holder);
  return whileAlone(wires, async () => {
    const left = await leftoversIn(OWN_STEPS, places.lock, isGone);
    for (const path of left) await OWN_STEPS.remove(path);
    await undoFor(ofHolder, wires);
    const docker = await tellDocker(serving, { ...wires, group: voice.group });
    signal.throwIfAborted();
    const podman = await tellPodman(serving, serving.registries, platform, wires);
    const notOnly = serving.only ? [...docker, ...podman.notOnly] : [];
    return { registriesConf: podman.registriesConf, notOnly };
  });
}
async function untellClients(holder, { machine, voice }, places = clientPlaces(machine.environment)) {
  const { environment, clock } = machine;
  const { signal } = new AbortController();
  const wires = { ...wiresOf(environment, clock, signal), places, voice };
  await whileAlone(wires, () => undoFor((other) => other === holder, wires)).catch(
    (error) => voice.warn(`what clients were told about the job's registry is not undone: ${foundBy(error)}`)
  );
}
function wiresOf(environment, clock, signal) {
  const programs = clientPrograms(environment, clock.after, signal);
  const steps = (directory) => stepsIn(directory, programs.root);
  return { programs, stepsIn: steps, clock, signal };
}
function isGone(holder) {
  const isOfThisBoot = holder.split(".")[3] === HOLDER.split(".")[3];
  return !isOfThisBoot || lifeOf(holder) === "dead";
}

// src/action/serving-directory.ts
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs";
import { isAbsolute, join as join7, relative } from "node:path";
var ServingDirectory = class _ServingDirectory {
  path;
  constructor(path) {
    this.path = path;
  }
  /** A new directory below `parent`. Fails as `unsupported` when it cannot be made. */
  static make(parent) {
    try {
      return new _ServingDirectory(mkdtempSync(join7(parent, "registry-pull-serve-")));
    } catch (cause) {
      if (codeOf(cause) === "") throw cause;
      const found = `cannot write below ${parent}: ${messageOf(cause)}`;
      throw new PullError("runner-broken", found, { cause });
    }
  }
  /** What the registry logs. */
  get log() {
    return join7(this.path, "registry.log");
  }
  /** The images that the job pulled. */
  get receipt() {
    return join7(this.path, "receipt.json");
  }
  /** What the post step saves to the cache; there is none when nothing is saved. */
  get saves() {
    return join7(this.path, "pending-saves.json");
  }
  get #stop() {
    return join7(this.path, "stop");
  }
  /** The directory in which the containerd of a kind node finds how to reach the registry. */
  get certs() {
    return join7(this.path, "certs.d");
  }
  /** Writes the configuration for a kind node. */
  writeCerts(hostsToml2) {
    const directory = join7(this.certs, "_default");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join7(directory, "hosts.toml"), hostsToml2);
  }
  /** The log, open to append to. Returns its descriptor. */
  openLog() {
    return openSync(this.log, "a", 384);
  }
  /** Asks the registry to end. A file, because Windows has no signal that a process can handle. */
  stop() {
    writeFileSync(this.#stop, "");
  }
  /** Confirms that the registry ended as it was asked to, and left what it had. */
  confirmStop() {
    rmSync(this.#stop, { force: true });
  }
  /** True when the registry was asked to end, and has not confirmed that it did. */
  get isStopping() {
    return existsSync(this.#stop);
  }
  /** Why the registry should end; undefined while it should not. */
  whyEnd() {
    if (existsSync(this.#stop)) return "the job is over";
    return existsSync(this.path) ? void 0 : "its directory was removed";
  }
  /** Replaces a file at once, so that no reader sees a part of it. */
  write(path, text) {
    const temporary = `${path}.new`;
    writeFileSync(temporary, text, { mode: 384 });
    renameSync(temporary, path);
  }
  /** True when it is below `parent`, where this action makes it. */
  isBelow(parent) {
    const below = relative(parent, this.path);
    return below !== "" && !below.startsWith("..") && !isAbsolute(below);
  }
};

export {
  allRegistries,
  hostsToml,
  tellClients,
  untellClients,
  ServingDirectory
};
