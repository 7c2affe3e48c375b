import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { chooseChallenge, parseChallenges } from "../../src/registry/challenge.ts";

const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe("parseChallenges", () => {
  for (const [name, header, expected] of [
    [
      "that of Docker Hub, for a repository that does not exist",
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull",error="insufficient_scope"',
      [
        [
          "bearer",
          {
            realm: "https://auth.docker.io/token",
            service: "registry.docker.io",
            scope: "repository:a/b:pull",
            error: "insufficient_scope",
          },
        ],
      ],
    ],
    [
      "that of ECR",
      'Basic realm="https://1.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com"',
      [
        [
          "basic",
          { realm: "https://1.dkr.ecr.eu-west-1.amazonaws.com/", service: "ecr.amazonaws.com" },
        ],
      ],
    ],
    [
      "several in one header",
      'Negotiate, Basic realm="a", Bearer realm="b",service="c"',
      [
        ["negotiate", {}],
        ["basic", { realm: "a" }],
        ["bearer", { realm: "b", service: "c" }],
      ],
    ],
    [
      "one with a value instead of parameters",
      'Negotiate YWJj==, Basic realm="a"',
      [
        ["negotiate", {}],
        ["basic", { realm: "a" }],
      ],
    ],
    [
      "commas within quotes",
      'Bearer realm="a",scope="repository:x:pull,push",service="b"',
      [["bearer", { realm: "a", scope: "repository:x:pull,push", service: "b" }]],
    ],
    [
      "names and schemes in any case, spaces around",
      'BEARER Realm = "a" , SERVICE="b"',
      [["bearer", { realm: "a", service: "b" }]],
    ],
    [
      "escapes, and an empty value",
      'Basic realm="a\\"b\\\\c", charset=""',
      [["basic", { realm: 'a"b\\c', charset: "" }]],
    ],
    [
      "values without quotes",
      "Basic realm=lab, charset=UTF-8",
      [["basic", { realm: "lab", charset: "UTF-8" }]],
    ],
    [
      "a value without quotes that is not a token, before another challenge",
      'Basic realm=/, Bearer realm="https://a/token",service=x:y',
      [
        ["basic", { realm: "/" }],
        ["bearer", { realm: "https://a/token", service: "x:y" }],
      ],
    ],
    [
      "a missing value, before another challenge",
      'Basic realm=, Bearer realm="b"',
      [
        ["basic", {}],
        ["bearer", { realm: "b" }],
      ],
    ],
    [
      "the first value of a repeated name",
      'Bearer realm="a",realm="b"',
      [["bearer", { realm: "a" }]],
    ],
    ["empty list members", ', ,Basic realm="a",,', [["basic", { realm: "a" }]]],
    ["a quote that never ends", 'Bearer realm="a', [["bearer", {}]]],
    ["parameters without a scheme", 'realm="a"', [["realm", {}]]],
    ["nothing", "", []],
    ["rubbish", "@@@ ===", []],
  ] as const) {
    it(`reads ${name}`, () => assert.deepEqual(read(header), expected));
  }

  it("ends quickly for every text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'Ba=",\\ \t;@'), maxLength: 200 }),
        (header) => Array.isArray(parseChallenges(header)),
      ),
      { numRuns: 1_000 },
    );
    assert.ok(parseChallenges('Bearer a="'.repeat(100_000)).length < 100_000);
  });

  it("reads every challenge that is written with quotes", () => {
    const token = fc.stringMatching(/^[a-z]{1,8}$/);
    const parameters = fc.dictionary(token, fc.string({ unit: "grapheme-ascii", maxLength: 20 }), {
      minKeys: 1,
      maxKeys: 4,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(token, parameters), { minLength: 1, maxLength: 3 }),
        (challenges) => {
          const quoted = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
          const header = challenges
            .map(
              ([scheme, pairs]) =>
                `${scheme} ${Object.entries(pairs)
                  .map(([name, value]) => `${name}=${quoted(value)}`)
                  .join(", ")}`,
            )
            .join(", ");
          assert.deepEqual(
            read(header),
            challenges.map(([scheme, pairs]) => [scheme, { ...pairs }]),
          );
        },
      ),
    );
  });
});

describe("chooseChallenge", () => {
  for (const [header, scheme] of [
    [undefined, undefined],
    ['Basic realm="a"', "basic"],
    ['Basic realm="a", Bearer realm="b"', "bearer"],
    ['Negotiate, Basic realm="a"', "basic"],
  ] as const) {
    it(`of ${header} is ${scheme}`, () => assert.equal(chooseChallenge(header)?.scheme, scheme));
  }

  for (const [header, schemes] of [
    ["Negotiate, Digest realm=x", "negotiate, digest"],
    ["", "none that can be read"],
    ['="', "none that can be read"],
  ] as const) {
    it(`fails for ${JSON.stringify(header)}`, () => {
      assert.throws(() => chooseChallenge(header), {
        reason: "scheme-unknown",
        message: new RegExp(`not Bearer or Basic: ${schemes}`),
      });
    });
  }
});
