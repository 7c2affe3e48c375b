import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseChallenges } from "../../src/registry/challenge.ts";

const read = (header: string) => parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe("parseChallenges", () => {
  for (const [name, header, expected] of [
    [
      "Docker Hub's, for a repository that is not there",
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
      "ECR's",
      'Basic realm="https://1.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com"',
      [["basic", { realm: "https://1.dkr.ecr.eu-west-1.amazonaws.com/", service: "ecr.amazonaws.com" }]],
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
      "one with credentials of its own",
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
    ["names and schemes in any case, spaces around", 'BEARER Realm = "a" , SERVICE="b"', [["bearer", { realm: "a", service: "b" }]]],
    ["escapes, and a value that is empty", 'Basic realm="a\\"b\\\\c", charset=""', [["basic", { realm: 'a"b\\c', charset: "" }]]],
    ["values without quotes", "Basic realm=lab, charset=UTF-8", [["basic", { realm: "lab", charset: "UTF-8" }]]],
    [
      "a value without quotes that is no token, before another challenge",
      'Basic realm=/, Bearer realm="https://a/token",service=x:y',
      [
        ["basic", { realm: "/" }],
        ["bearer", { realm: "https://a/token", service: "x:y" }],
      ],
    ],
    [
      "a value that is missing, before another challenge",
      'Basic realm=, Bearer realm="b"',
      [
        ["basic", {}],
        ["bearer", { realm: "b" }],
      ],
    ],
    ["a name given twice, the first counting", 'Bearer realm="a",realm="b"', [["bearer", { realm: "a" }]]],
    ["empty list members", ', ,Basic realm="a",,', [["basic", { realm: "a" }]]],
    ["a quote that never ends", 'Bearer realm="a', [["bearer", {}]]],
    ["parameters without a scheme", 'realm="a"', [["realm", {}]]],
    ["nothing", "", []],
    ["rubbish", "@@@ ===", []],
  ] as const) {
    it(`reads ${name}`, () => assert.deepEqual(read(header), expected));
  }

  it("ends on anything, at once", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'Ba=",\\ \t;@'), maxLength: 200 }), (header) =>
        Array.isArray(parseChallenges(header)),
      ),
      { numRuns: 1_000 },
    );
    assert.ok(parseChallenges('Bearer a="'.repeat(100_000)).length < 100_000);
  });

  it("takes back every challenge that is written with quotes", () => {
    const token = fc.stringMatching(/^[a-z]{1,8}$/);
    const parameters = fc.dictionary(token, fc.string({ unit: "grapheme-ascii", maxLength: 20 }), { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(token, parameters), { minLength: 1, maxLength: 3 }), (challenges) => {
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
      }),
    );
  });
});
