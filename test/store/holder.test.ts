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
    ["an earlier process of the same id", HOLDERS.reused, "dead"],
    ["a process in another container, though the id is one of ours", HOLDERS.elsewhere, "unknown"],
    ["a process of another boot or machine, though the namespace has our number", HOLDERS.otherBoot, "unknown"],
    ["a process of our id, where the system says no start time", HOLDERS.noStart, "unknown"],
  ] as const) {
    it(`is ${life} for ${what}`, () => assert.equal(lifeOf(holder), life));
  }

  it("tells this boot of this machine by the system's id of it", () => {
    assert.equal(HOLDER.split(".")[3], readFileSync("/proc/sys/kernel/random/boot_id", "utf8").split("-")[0]);
  });

  it("is dead for a process that has ended and is never reaped", async () => {
    const { holder, reap } = await zombie();
    try {
      assert.equal(lifeOf(holder), "dead");
    } finally {
      await reap();
    }
  });
});

describe("a temporary path", () => {
  it("names this process, and no two are the same", () => {
    const [one, other] = [temporaryPath("/layout/blob"), temporaryPath("/layout/blob")];
    assert.deepEqual([holderOf(one), holderOf(other), one === other], [HOLDER, HOLDER, false]);
  });

  it("fits into the 255 bytes that file systems take, for the longest digest", () => {
    const digest = digestOf(Buffer.alloc(0), "sha512").replace(":", "-");
    const longest = nameOf("4194304.18446744073709551615.4294967295.ffffffff", digest);
    assert.ok(holderOf(longest) !== undefined && longest.length <= 255, `${longest.length}`);
    assert.ok(basename(temporaryPath(digest)).length <= longest.length);
  });

  for (const name of ["lock", "lock.1.2.3.0123abcd", `lock.1.2.3.${crypto.randomUUID()}`, "index.json"]) {
    it(`is not ${name}`, () => assert.equal(holderOf(name), undefined));
  }
});
