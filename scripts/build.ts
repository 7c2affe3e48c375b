import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

/**
 * Writes `dist/`, or the directory given as argument: the entries, their shared chunks, and the
 * licences of all bundled packages. Writes `demo/` beside it. The build is reproducible: the same
 * sources give the same bytes on every machine.
 */
const root = join(import.meta.dirname, "..");
const outdir = process.argv[2] ?? join(root, "dist");
await rm(outdir, { recursive: true, force: true });

/** A plugin that replaces the matching modules by `contents`, for the matching importers only. */
function replacing(name: string, modules: RegExp, importers: RegExp, contents: string): Plugin {
  return {
    name,
    setup(plugin) {
      plugin.onResolve({ filter: modules }, ({ path, importer }) =>
        importers.test(importer) ? { path, namespace: name } : undefined,
      );
      plugin.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, resolveDir: root }));
    },
  };
}

/**
 * Loading undici takes half of the startup time. `@actions/http-client` imports it for a dispatcher
 * that is never used here: requests go through Node's own client. The replacement throws if that
 * ever changes.
 */
const withoutUndici = replacing(
  "without-undici",
  /^undici$/,
  /./,
  `export class ProxyAgent {
      constructor() { throw new Error("undici is not part of this bundle"); }
    }`,
);

/**
 * Importing `node:http` takes 12 ms longer than `node:https`, because it loads Node's own undici
 * for WebSocket (lazyUndici in https://github.com/nodejs/node/blob/v24.x/lib/http.js). Everything
 * that is needed here can be had from `node:https`.
 */
const withoutWebSocket = replacing(
  "without-web-socket",
  /^http$/,
  /node_modules\/(@actions\/http-client|tunnel)\//,
  `import https from "node:https";
    export const Agent = Object.getPrototypeOf(https.Agent);
    export const globalAgent = new Agent();
    // The agent decides the protocol: https://nodejs.org/api/http.html#new-agentoptions
    export const request = ({ agent, ...options }, answer) => {
      agent ||= new Agent();
      agent.protocol ??= "http:";
      return https.request({ protocol: "http:", ...options, agent }, answer);
    };`,
);

/**
 * `@actions/cache` and `@actions/glob` log on their own: requests with their signed URLs, messages
 * of the service, paths. In this action all log lines go through the sanitiser, so only the masking
 * of secrets is kept.
 */
const quietLibraries = replacing(
  "quiet-libraries",
  /^@actions\/core$/,
  /\/@actions\/(cache|glob)\//,
  `export { setSecret } from "@actions/core";
    const quiet = () => {};
    export { quiet as debug, quiet as error, quiet as info, quiet as warning };
    export const isDebug = () => false;`,
);

const LICENCE_FILES = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE"];
const DEFINE_REQUIRE = "const require = __createRequire(import.meta.url);";

const common: BuildOptions & { readonly metafile: true } = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "node",
  // Prefers ES modules to CommonJS: unused parts of them are left out.
  mainFields: ["module", "main"],
  // The runner has Node 24; a laptop may have 20.
  target: "node20",
  charset: "utf8",
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
};

const { metafile } = await build({
  ...common,
  entryPoints: ["src/main.ts", "src/post.ts", "src/cli.ts", "src/serve.ts"],
  outdir,
  // Parts that few runs need (YAML, the public suffix list) become chunks, loaded on demand.
  splitting: true,
  plugins: [withoutUndici, withoutWebSocket, quietLibraries],
  // CommonJS dependencies call `require` for Node's modules; an ES module has to define it.
  banner: {
    js: `import { createRequire as __createRequire } from 'node:module'; ${DEFINE_REQUIRE}`,
  },
});

// Not in `dist/`: the demonstration contains the test registry, which the action does not need.
const demo = join(outdir, "../demo");
await rm(demo, { recursive: true, force: true });
await build({ ...common, entryPoints: ["scripts/demo.ts"], outdir: demo });

const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
const packages = [...new Set(inputs.flatMap(packageOf))].sort();
const licences = await Promise.all(packages.map(licenceOf));
await writeFile(join(outdir, "licenses.txt"), licences.join("\n\n"));

/** The package that a file belongs to, in a list that is empty for files of this repository. */
function packageOf(path: string): readonly string[] {
  const [, name] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  return name === undefined ? [] : [name];
}

/** Name, version and licence of a package, followed by the licence text. */
async function licenceOf(name: string): Promise<string> {
  const directory = dirname(join(root, "node_modules", name, "package.json"));
  const { version, license } = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
  const texts = await Promise.all(
    LICENCE_FILES.map((file) => readFile(join(directory, file), "utf8").catch(() => "")),
  );
  const text = texts.find((text) => text !== "") ?? "The package contains no licence text.";
  // Git stores the file with these ends of lines.
  return `${name} ${version} (${license})\n\n${text.replaceAll("\r\n", "\n")}`;
}
