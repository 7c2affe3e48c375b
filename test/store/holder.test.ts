import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { HOLDER, holderOf, lifeOf, temporaryPath } from "../../src/store/holder.ts";
import { HOLDERS, nameOf, zombie } from "../support/holders.ts";

describe("lifeOf", () => {
  for (const [what, holder, life] of [
    ["this process", HOLDERS.living, "alive"],
    ["a process that has ended", HOLDERS.ended, "dead"],
    ["an earlier process with the same id", HOLDERS.reused, "dead"],
    ["a process with our id in another container", HOLDERS.elsewhere, "unknown"],
    [
      "a process of another boot or machine whose namespace has our number",
      HOLDERS.otherBoot,
      "unknown",
    ],
    ["a process with our id, on a system that states no start time", HOLDERS.noStart, "unknown"],
  ] as const) {
    it(`is ${life} for ${what}`, () => assert.equal(lifeOf(holder), life));
  }

  it("identifies this boot of this machine by the boot id", () => {
    assert.equal(
      HOLDER.split(".")[3],
      readFileSync("/proc/sys/kernel/random/boot_id", "utf8").split("-")[0],
    );
  });

  it("is dead for a process that has ended and that its parent never reaps", async () => {
    const { holder, reap } = await zombie();
    try {
      assert.equal(lifeOf(holder), "dead");
    } finally {
      await reap();
    }
  });
});

describe("a temporary path", () => {
  it("records this process, and is unique", () => {
    const [one, other] = [temporaryPath("/layout/blob"), temporaryPath("/layout/blob")];
    assert.deepEqual([holderOf(one), holderOf(other), one === other], [HOLDER, HOLDER, false]);
  });

  it("has at most 255 bytes, which file systems allow, for the longest digest", () => {
    const digest = digestOf(Buffer.alloc(0), "sha512").replace(":", "-");
    const longest = nameOf("4194304.18446744073709551615.4294967295.ffffffff", digest);
    assert.ok(holderOf(longest) !== undefined && longest.length <= 255, `${longest.length}`);
    assert.ok(basename(temporaryPath(digest)).length <= longest.length);
  });

  for (const name of [
    "lock",
    "lock.1.2.3.0123abcd",
    `lock.1.2.3.${crypto.randomUUID()}`,
    "index.json",
  ]) {
    it(`is not recognised in ${name}`, () => assert.equal(holderOf(name), undefined));
  }
});
