import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { drawn } from "./gallery/picture.ts";
import { ALL, galleryTexts } from "./gallery/texts.ts";

/**
 * Writes `docs/gallery/`: what a person sees of a step in ten situations, as text and as pictures.
 * `--dist DIR` runs another bundle than `dist/`, `--out DIR` writes elsewhere. Needs Chromium,
 * cmark-gfm and the fonts of Debian's fonts-liberation.
 */
const ROOT = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { dist: { type: "string" }, out: { type: "string" } } });
const dist = resolve(values.dist ?? join(ROOT, "dist"));
const directory = resolve(values.out ?? join(ROOT, "docs/gallery"));

const texts = await galleryTexts(dist);
await mkdir(directory, { recursive: true });
for (const file of readdirSync(directory)) rmSync(join(directory, file));
for (const [file, text] of texts) writeFileSync(join(directory, file), text);
for (const { name } of ALL) {
  for (const theme of ["light", "dark"] as const) {
    const picture = drawn(texts.get(`${name}.md`) ?? "", theme);
    writeFileSync(join(directory, `${name}-${theme}.png`), picture);
  }
}
