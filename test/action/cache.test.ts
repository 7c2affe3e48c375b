import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, it } from "node:test";
import { documentsOf } from "../../src/action/cache.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";

describe("documentsOf", () => {
  it("reads each document of a layout once, also one that is not there", async () => {
    const layout = await Layout.open(temporaryDirectory("documents"));
    const [bytes, later] = [Buffer.from("{}"), Buffer.from("[]")];
    const [digest, absent] = [digestOf(bytes), digestOf(later)];
    await layout.put(digest, bytes);
    const read = documentsOf(layout.path);
    assert.deepEqual([await read(digest), await read(absent)], [bytes, undefined]);
    await layout.put(absent, later);
    rmSync(layout.blobPath(digest));
    assert.deepEqual([await read(digest), await read(absent)], [bytes, undefined]);
  });
});
