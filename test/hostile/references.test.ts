import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { image } from "../support/image.ts";
import { type Row, rows, type World } from "../support/world.ts";

/** A text that is no reference causes no request, and cannot write a command to the log. */
function refused(what: string, reference: string, reason: RegExp, absent = ""): Row {
  return {
    id: what.split(" ")[0] ?? "",
    what: what.slice(what.indexOf(" ") + 1),
    status: "input",
    reason,
    arrange: () => ({ inputs: { images: reference } }),
    check: ({ registry, evil, attacker }, { stdout, stderr }) => {
      assert.deepEqual([registry.seen.length, evil.connections, attacker.connections], [0, 0, 0]);
      if (absent !== "") assert.ok(!`${stdout}${stderr}`.includes(absent));
    },
  };
}

const HEX = "a".repeat(64);

/** A reference with a digest that is written in some wrong way. */
const byDigest = (id: string, what: string, digest: string, reason: RegExp): Row =>
  refused(`${id} ${what}`, `ghcr.io/org/app@${digest}`, reason);

rows("references and inputs", [
  refused("R1 a path that climbs", "ghcr.io/../../etc:x", /wrong component "\.\."/),
  refused("R1 empty components", "ghcr.io//a///b", /empty component/),
  refused(
    "R1 a name of 300 characters",
    `ghcr.io/${"a".repeat(300)}`,
    /repository of 300 characters: expected at most 255/,
  ),
  refused(
    "R1 a tag of 129 characters",
    `ghcr.io/org/app:${"t".repeat(129)}`,
    /tag of 129 characters: expected at most 128/,
  ),
  refused(
    "R2 a password before the registry",
    "user:pw-of-user@ghcr.io/a",
    /credentials go into registry-auth/,
    "pw-of-user",
  ),
  refused(
    "R2 a registry that is only a user name",
    "ghcr.io@evil.example/a",
    /credentials go into registry-auth/,
  ),
  refused(
    "R2 a password after a scheme",
    "docker://user:pw-of-user@ghcr.io/a",
    /credentials go into registry-auth/,
    "pw-of-user",
  ),
  refused(
    "R2 a password in a URL",
    "https://user:pw-of-user@ghcr.io/a",
    /credentials go into registry-auth/,
    "pw-of-user",
  ),
  ...["ghcr.io", "ghcr.io:5000", `ghcr.io/${"a".repeat(900)}`, ""].flatMap((after) => [
    refused(
      `R2 a password before ${after.slice(0, 20)} and nothing else`,
      `me:pw-of-user@${after}`,
      /credentials go into registry-auth/,
      "pw-of",
    ),
    refused(
      `R2 a password alone before ${after.slice(0, 20)}, in a URL`,
      `https://pw-of-user@${after}`,
      /credentials go into registry-auth/,
      "pw-of",
    ),
  ]),
  refused(
    "R2 a password with a comma",
    "me:pw-of,some=body,some-body@ghcr.io/a",
    /credentials go into registry-auth/,
    "body",
  ),
  refused("R3 text like an option", "-rm", /wrong component "-rm"/),
  refused(
    "R3 a line break and a command",
    "alpine\r::set-output name=digest::x",
    /reference "alpine/,
    "\n::set-output",
  ),
  refused("R3 NUL", "alpine\u0001x", /not printable ASCII/, "\u0001"),
  refused(
    "R3 text that is shown backwards",
    "alpine\u202egnp.exe",
    /not printable ASCII/,
    "\u202e",
  ),
  refused("R3 an older command", "x##[set-output name=digest;]x", /images/),
  refused("R3 a command in the middle", "alpine::error::x", /reference/),
  ...["a-", "0.", "a__", "a/", "[::1]", "-"].map((part) =>
    refused(
      `R4 100,000 times ${part}`,
      `ghcr.io/${part.repeat(100_000 / part.length)}`,
      /longer than \d+ characters/,
    ),
  ),
  {
    id: "R5",
    what: "tag and digest, the tag moved: the digest is used, with a warning",
    status: "ok",
    arrange: ({ registry }: World) => {
      const old = image("linux/amd64", { salt: "old" });
      registry.push("org/app", "1", old);
      registry.push("org/app", "1", image("linux/amd64", { salt: "new" }));
      return { inputs: { images: `${registry.host}/org/app:1@${old.digest}` } };
    },
    check: (_, { commands, outputs }) => {
      assert.equal(outputs.get("digest"), image("linux/amd64", { salt: "old" }).digest);
      assert.match(
        commands.find(({ name }) => name === "warning")?.data ?? "",
        /the tag 1 now points at sha256:\w+; the given digest is used/,
      );
    },
  },
  byDigest("R6", "upper case", `sha256:${"A".repeat(64)}`, /lower-case hex digits, got upper case/),
  byDigest("R6", "63 digits", `sha256:${"a".repeat(63)}`, /expected 64 hex digits, got 63/),
  byDigest("R6", "65 digits", `sha256:${"a".repeat(65)}`, /expected 64 hex digits, got 65/),
  byDigest(
    "R6",
    "another algorithm",
    `md5:${"a".repeat(32)}`,
    /expected name@sha256:… or name@sha512:…, got "@md5:a/,
  ),
  byDigest("R6", "a path", "sha256:../../x", /credentials go into|hex digits only/),
  byDigest("R6", "two digests", `sha256:${HEX}@sha256:${HEX}`, /hex digits/),
  {
    id: "R6",
    what: "sha512, which is accepted",
    status: "ok",
    arrange: ({ registry }: World) => {
      const made = image("linux/amd64");
      const digest = digestOf(made.bytes, "sha512");
      registry.push("org/app", "1", { ...made, digest });
      return { inputs: { images: `${registry.host}/org/app@${digest}` } };
    },
  },
  ...[
    "169.254.169.254",
    "[::ffff:a9fe:a9fe]",
    "168.63.129.16",
    "[fe80::1]",
    "0.0.0.0",
    "100.100.100.200:80",
    "[fd00:ec2::23]",
    "192.0.0.192",
  ].map(
    (host): Row => ({
      id: "R7",
      what: `a registry at ${host}`,
      status: "invalid",
      reason: "address refused",
      names: () => host.replace(/[[\]]|:80$/g, ""),
      arrange: () => ({ inputs: { images: `${host}/org/app:1` } }),
    }),
  ),
  refused(
    "R7 an address in another spelling",
    "0x7f.1:5000/org/app:1",
    /not the usual spelling of a host; did you mean 127\.0\.0\.1/,
  ),
  refused(
    "R7 an address as a number",
    "2130706433:80/org/app:1",
    /not the usual spelling of a host/,
  ),
]);
