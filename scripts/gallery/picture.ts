import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/directory.ts";
import { trimmed } from "./png.ts";

const ROOT = join(import.meta.dirname, "../..");
const WIDTH = 900;
// More than any summary here needs. What is empty is cut.
const HEIGHT = 1_400;
const SCALE = 2;
const PADDING = 16;

/** The colours of a picture. */
export type Theme = "light" | "dark";

/** A summary as GitHub shows it: rendered by its own renderer, with its style, in a browser. */
export function drawn(markdown: string, theme: Theme): Buffer {
  const directory = temporaryDirectory("picture");
  const [page, picture] = [join(directory, "page.html"), join(directory, "picture.png")];
  writeFileSync(page, pageOf(rendered(markdown), theme));
  const options = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    `--force-device-scale-factor=${SCALE}`,
    `--window-size=${WIDTH},${HEIGHT}`,
    `--user-data-dir=${join(directory, "profile")}`,
    `--screenshot=${picture}`,
  ];
  execFileSync("chromium", [...options, `file://${page}`], { stdio: "ignore" });
  return trimmed(readFileSync(picture), PADDING * SCALE);
}

/** https://github.com/github/cmark-gfm */
function rendered(markdown: string): string {
  const extensions = ["table", "autolink", "strikethrough"].flatMap((name) => ["-e", name]);
  return execFileSync("cmark-gfm", ["--unsafe", ...extensions], { input: markdown }).toString();
}

function pageOf(html: string, theme: Theme): string {
  const path = `node_modules/github-markdown-css/github-markdown-${theme}.css`;
  const style = readFileSync(join(ROOT, path), "utf8");
  return `<!doctype html>
<meta charset="utf-8">
<style>
${style}
body { margin: 0; background: ${theme === "dark" ? "#0d1117" : "#ffffff"}; }
.markdown-body { padding: ${PADDING}px; }
</style>
<article class="markdown-body">${html}</article>
`;
}
