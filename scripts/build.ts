import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

/**
 * Writes `dist/`, or the directory given as argument: the entries and their shared chunks, and the licences of all that is
 * in them. The same sources give the same bytes, wherever they are built.
 */
const root = join(import.meta.dirname, "..");
const outdir = process.argv[2] ?? join(root, "dist");
await rm(outdir, { recursive: true, force: true });

/** Puts `contents` in the place of the modules that `modules` matches, wherever a file that `importers` matches imports them. */
function replacing(name: string, modules: RegExp, importers: RegExp, contents: string): Plugin {
  return {
    name,
    setup(plugin) {
      plugin.onResolve({ filter: modules }, ({ path, importer }) => (importers.test(importer) ? { path, namespace: name } : undefined));
      plugin.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, resolveDir: root }));
    },
  };
}

/**
 * Half of the time to start went into undici, which `@actions/http-client` imports for a dispatcher that nothing here asks
 * it for: requests go through Node's own client. What stands in its place says so if that ever changes.
 */
const withoutUndici = replacing(
  "without-undici",
  /^undici$/,
  /./,
  'export class ProxyAgent { constructor() { throw new Error("undici is left out of this bundle"); } }',
);

/**
 * To import `node:http` takes 12 ms more than `node:https`, which has all that is needed of it: for the sake of a WebSocket
 * it loads the undici that is inside Node (lazyUndici in https://github.com/nodejs/node/blob/v24.x/lib/http.js).
 */
const withoutWebSocket = replacing(
  "without-web-socket",
  /^http$/,
  /node_modules\/(@actions\/http-client|tunnel)\//,
  `import https from "node:https";
    export const Agent = Object.getPrototypeOf(https.Agent);
    export const globalAgent = new Agent();
    // It speaks as the agent does: https://nodejs.org/api/http.html#new-agentoptions
    export const request = ({ agent, ...options }, answer) => {
      agent ||= new Agent();
      agent.protocol ??= "http:";
      return https.request({ protocol: "http:", ...options, agent }, answer);
    };`,
);

/**
 * The cache's wire prints for itself: every request, its signed URL, the service's own words. All that is said goes through
 * the sanitiser here, so of its voice only the masking of secrets is kept.
 */
const quietCache = replacing(
  "quiet-cache",
  /^@actions\/core$/,
  /\/@actions\/cache\//,
  `export { setSecret } from "@actions/core"; const quiet = () => {};
    export { quiet as debug, quiet as error, quiet as info, quiet as warning }; export const isDebug = () => false;`,
);

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts", "src/post.ts", "src/cli.ts"],
  outdir,
  bundle: true,
  // What a run may not need (YAML, the public suffix list, the demonstration) is in chunks of its own.
  splitting: true,
  format: "esm",
  platform: "node",
  // The runner has Node 24; 20 is what a laptop may have.
  target: "node20",
  keepNames: true,
  plugins: [withoutUndici, withoutWebSocket, quietCache],
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  // CommonJS dependencies call require for Node's own modules, which an ES module has only when it makes one.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
});

const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
const packages = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
const licences = await Promise.all([...packages].sort().map(licenceOf));
await writeFile(join(outdir, "licenses.txt"), licences.join("\n\n"));

async function licenceOf(name: string): Promise<string> {
  const directory = dirname(join(root, "node_modules", name, "package.json"));
  const { version, license } = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
  const texts = await Promise.all(
    ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE"].map((file) => readFile(join(directory, file), "utf8").catch(() => "")),
  );
  return `${name} ${version} (${license})\n\n${texts.find((text) => text !== "") ?? "No licence text is in the package."}`;
}
