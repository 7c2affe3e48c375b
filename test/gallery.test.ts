import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { ALL, galleryTexts } from "../scripts/gallery/texts.ts";

const ROOT = join(import.meta.dirname, "..");
const GALLERY = join(ROOT, "docs/gallery");
const AGAIN = "run npx node scripts/gallery.ts, and look at its pictures";
// A reader waits for all of them.
const PICTURE_BYTES = 150_000;

describe("the gallery", () => {
  let texts: ReadonlyMap<string, string> = new Map();
  before(async () => {
    texts = await galleryTexts(join(ROOT, "dist"));
  });

  it("has the texts that the bundle prints today", () => {
    for (const [file, text] of texts) {
      assert.equal(readFileSync(join(GALLERY, file), "utf8"), text, `${file}: ${AGAIN}`);
    }
  });

  it("has the pictures that its page shows, and no other file", () => {
    const page = readFileSync(join(GALLERY, "README.md"), "utf8");
    const shown = [...page.matchAll(/(?:srcset|src)="([^"]+)"/g)].map(([, file = ""]) => file);
    assert.equal(shown.length, 2 * ALL.length);
    assert.deepEqual(readdirSync(GALLERY).toSorted(), [...texts.keys(), ...shown].toSorted());
    for (const file of shown) {
      const { size } = statSync(join(GALLERY, file));
      assert.ok(size > 0 && size < PICTURE_BYTES, `${file} has ${size} bytes`);
    }
  });
});
