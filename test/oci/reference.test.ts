import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PullError } from "../../src/oci/failure.ts";
import {
  familiarName,
  formatReference,
  isTag,
  nearestTags,
  parseReference,
  repositoryName,
} from "../../src/oci/reference.ts";

const HEX = "0123456789abcdef".repeat(4);
const SHA256 = `sha256:${HEX}`;
const SHA512 = `sha512:${HEX}${HEX}`;

describe("parseReference", () => {
  // written, registry, collection, image, tag, digest
  for (const [written, registry, collection, image, tag, digest] of [
    ["alpine", "docker.io", "library", "alpine", "latest", undefined],
    ["a", "docker.io", "library", "a", "latest", undefined],
    ["alpine:3.20", "docker.io", "library", "alpine", "3.20", undefined],
    ["docker://alpine:3.20", "docker.io", "library", "alpine", "3.20", undefined],
    ["org/app", "docker.io", "org", "app", "latest", undefined],
    ["docker.io/alpine", "docker.io", "library", "alpine", "latest", undefined],
    ["docker.io/org/app:1", "docker.io", "org", "app", "1", undefined],
    ["index.docker.io/alpine", "docker.io", "library", "alpine", "latest", undefined],
    ["library/foo/bar", "docker.io", "library/foo", "bar", "latest", undefined],
    ["localhost", "docker.io", "library", "localhost", "latest", undefined],
    ["localhost:5000", "docker.io", "library", "localhost", "5000", undefined],
    ["localhost/app", "localhost", "", "app", "latest", undefined],
    ["localhost:5000/app", "localhost:5000", "", "app", "latest", undefined],
    ["127.0.0.1:5000/a/b/c:d", "127.0.0.1:5000", "a/b", "c", "d", undefined],
    ["[::1]:5000/app:v1", "[::1]:5000", "", "app", "v1", undefined],
    ["[2001:db8::1]/app", "[2001:db8::1]", "", "app", "latest", undefined],
    ["GHCR.io/org/app", "ghcr.io", "org", "app", "latest", undefined],
    [
      "gcr.io/deepvariant-docker/deepvariant:0.5.0",
      "gcr.io",
      "deepvariant-docker",
      "deepvariant",
      "0.5.0",
      undefined,
    ],
    [`docker.io/${HEX}`, "docker.io", "library", HEX, "latest", undefined],
    [`alpine@${SHA256}`, "docker.io", "library", "alpine", undefined, SHA256],
    [`alpine:3.20@${SHA256}`, "docker.io", "library", "alpine", "3.20", SHA256],
    [`ghcr.io/org/app@${SHA512}`, "ghcr.io", "org", "app", undefined, SHA512],
    ["host.example/a.b/c__d/e---f_g", "host.example", "a.b/c__d", "e---f_g", "latest", undefined],
    ["x:_", "docker.io", "library", "x", "_", undefined],
    [`x:${"t".repeat(128)}`, "docker.io", "library", "x", "t".repeat(128), undefined],
    ["xn--7o8h.com/app", "xn--7o8h.com", "", "app", "latest", undefined],
  ] as const) {
    it(`reads ${written.slice(0, 60)}`, () => {
      const repository = collection === "" ? image : `${collection}/${image}`;
      assert.deepEqual(parseReference(written), {
        registry,
        repository,
        collection,
        image,
        tag,
        digest,
      });
    });
  }

  for (const [written, problem] of [
    ["", /is empty/],
    ["Docker/x", /upper case in its repository.*did you mean docker\/x\?/],
    ["ghcr.io/Org/app:V1", /upper case in its repository.*did you mean ghcr.io\/org\/app:V1\?/],
    ["https://ghcr.io/org/app", /starts with https:\/\/.*did you mean ghcr.io\/org\/app\?/],
    ["docker://docker://alpine", /starts with docker:\/\/.*did you mean alpine\?/],
    [HEX, new RegExp(`like an image ID; did you mean name@sha256:${HEX}\\?`)],
    ["alpine:", /has an empty tag; did you mean alpine\?/],
    ["ghcr.io/org/app:", /has an empty tag; did you mean ghcr.io\/org\/app\?/],
    ["alpine@", /an @ without a digest: .*got "@"; credentials go into registry-auth/],
    ["alpine@3.20", /an @ without a digest: expected name@sha256:….*got "@3.20"/],
    [`alpine:@${SHA256}`, /has an empty tag/],
    [`alpine@sha256:${HEX.toUpperCase()}`, /lower-case.*did you mean alpine@sha256:0123/],
    ["alpine@sha256:123", /64 hex digits, got 3/],
    ["alpine@md5:0123", /expected name@sha256:… or name@sha512:…, got "@md5:0123"/],
    [`x:${"t".repeat(129)}`, /tag of 129 characters: expected at most 128/],
    ["x:.a", /wrong tag ".a"/],
    ["x:a+b", /wrong tag "a\+b"/],
    ["a//b", /empty component.*did you mean a\/b\?/],
    ["/a", /empty component/],
    ["a/", /empty component.*did you mean a\?/],
    ["ghcr.io/../../etc:x", /wrong component ".."/],
    ["-rm", /wrong component "-rm"/],
    ["a_-b", /wrong component "a_-b"/],
    ["host.:5000/x", /wrong registry "host.:5000"/],
    ["-host.example/x", /wrong registry/],
    ["[::1/x", /wrong/],
    ["host.example:99999/x", /wrong port "99999": expected 1 to 65535/],
    ["host.example:0/x", /wrong port/],
    ["host.example:/x", /wrong port ""/],
    ["0x7f.1/x", /not the usual spelling of a host; did you mean 127.0.0.1\?/],
    ["2130706433:80/x", /not the usual spelling of a host/],
    ["alpine :3", /white space; did you mean alpine:3\?/],
    ["alp\u202eine", /not printable ASCII/],
    ["::set-output name=x::y", /white space/],
    [`a/${"b".repeat(254)}`, /repository of 256 characters: expected at most 255/],
    ["x".repeat(5_000), /longer than \d+ characters/],
  ] as const) {
    it(`refuses ${JSON.stringify(written.slice(0, 50))}`, () =>
      assert.throws(() => parseReference(written), problem));
  }

  for (const scheme of ["", "https://", "docker://", "oci://", "https://https://"]) {
    it(`never repeats the text before an @, after ${scheme || "nothing"}`, () => {
      const logins = [
        "me:ter2",
        "ter2",
        "me:hun@ter2",
        "me:x:ter2",
        "me:ter2 ",
        "me:hun ter2",
        "me:hun\tter2",
        "[hun]:ter2",
      ];
      const hosts = [
        "ghcr.io",
        "ghcr.io:5000",
        "localhost",
        "x:5000/a",
        "ghcr.io/a:1",
        "ghcr.io/",
        "",
        "[::1]:5000/a",
        `x.y/${"a".repeat(900)}`,
      ];
      for (const written of logins.flatMap((login) =>
        hosts.map((host) => `${scheme}${login}@${host}`),
      )) {
        assert.throws(
          () => parseReference(written),
          (error: Error) =>
            error instanceof PullError &&
            /registry-auth/.test(error.message) &&
            !/hun|ter2/.test(error.message),
          written,
        );
      }
    });
  }

  it("parses the longest references as fast as others, whatever they contain", () => {
    const parts = [
      ..."abz09AZ:@/.-_[]%",
      "a:",
      ":@",
      "@:",
      "@/",
      "/@",
      ":/",
      "a-",
      "0.",
      "a__",
      "a/",
      "//",
      "[:",
      "]:",
      "://",
      "@sha256:",
      "a@sha256:",
      "docker://",
    ];
    for (const part of parts) {
      const longest = part.repeat(770).slice(0, 770);
      const used = [1, 2, 3].map(() => {
        const before = process.cpuUsage();
        assert.throws(() => parseReference(longest), PullError);
        const { user, system } = process.cpuUsage(before);
        return user + system;
      });
      // Microseconds of the processor: hundreds of times what it takes, and an eighth of what a
      // cubic pattern takes.
      assert.ok(Math.min(...used) < 50_000, `${part}: ${used.join(", ")} µs`);
      assert.throws(() => parseReference(part.repeat(100_000)), PullError);
    }
  });

  it("reads back every reference that formatReference writes", () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
    const host = fc.constantFrom(
      "docker.io",
      "ghcr.io",
      "localhost:5000",
      "[::1]:80",
      "a-b.example:443",
      "localhost",
    );
    const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), {
      nil: undefined,
    });
    const digest = fc.option(fc.constantFrom(SHA256, SHA512), { nil: undefined });
    fc.assert(
      fc.property(
        host,
        fc.array(component, { minLength: 2, maxLength: 4 }),
        tag,
        digest,
        (registry, path, tag, digest) => {
          const suffix = `${tag === undefined ? "" : `:${tag}`}${digest ? `@${digest}` : ""}`;
          const written = `${registry}/${path.join("/")}${suffix}`;
          const reference = parseReference(written);
          assert.equal(repositoryName(reference), `${registry}/${path.join("/")}`);
          assert.deepEqual(parseReference(formatReference(reference)), reference);
          assert.deepEqual(
            parseReference(familiarName(reference)).repository,
            reference.repository,
          );
        },
      ),
    );
  });

  it("throws only PullErrors", () => {
    const hostile = fc.string({
      unit: fc.constantFrom(..."aZ0:/@.-_[]%\\\"' \n\0#s"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), hostile), (text) => {
        try {
          formatReference(parseReference(text));
        } catch (error) {
          assert.ok(error instanceof PullError);
        }
      }),
    );
  });
});

describe("familiarName", () => {
  for (const [written, name] of [
    ["docker.io/library/alpine", "alpine"],
    ["docker.io/org/app", "org/app"],
    ["library/foo/bar", "library/foo/bar"],
    ["ghcr.io/library/app", "ghcr.io/library/app"],
    ["docker.io/a.b/c", "docker.io/a.b/c"],
    ["docker.io/localhost/c", "docker.io/localhost/c"],
    [`docker.io/library/${"a".repeat(64)}`, `library/${"a".repeat(64)}`],
  ] as const) {
    it(`of ${written} is ${name}`, () => assert.equal(familiarName(parseReference(written)), name));
  }
});

describe("isTag", () => {
  for (const tag of ["latest", "_", "0", "A.b-c_d", "t".repeat(128)]) {
    it(`takes ${tag.slice(0, 20)}`, () => assert.ok(isTag(tag)));
  }
  for (const value of ["", ".a", "-a", "a b", "a/b", "a\n", "t".repeat(129), 1, null, ["a"]]) {
    it(`refuses ${JSON.stringify(value).slice(0, 20)}`, () => assert.ok(!isTag(value)));
  }
});

describe("nearestTags", () => {
  const offered = ["latest", "3.20.1", "3.2", "3.20", "4"];
  for (const [wanted, count, expected] of [
    ["3.20.3", 2, ["3.20.1", "3.20"]],
    ["3.2", 3, ["3.20.1", "3.2", "3.20"]],
    ["4.1", 1, ["4"]],
    ["x", 2, ["latest", "3.20.1"]],
    ["x", 9, offered],
    ["x", 0, []],
  ] as const) {
    it(`to ${wanted}, at most ${count}, are ${expected.join(", ") || "none"}`, () =>
      assert.deepEqual(nearestTags(wanted, offered, count), expected));
  }
});
