import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeErrors } from "../../src/registry/errors.ts";

const describeBody = (
  body: string,
  type = "application/json",
  withhold: (text: string) => string = (text) => text,
) => describeErrors(Buffer.from(body), { "content-type": type }, withhold);

describe("describeErrors", () => {
  for (const [name, body, expected] of [
    [
      "code, message and detail",
      '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"v1"}}]}',
      'MANIFEST_UNKNOWN: manifest unknown ({"Tag":"v1"})',
    ],
    [
      "every entry",
      '{"errors":[{"code":"A","message":"b"},{"code":"C","message":"d","detail":"e"}]}',
      "A: b; C: d (e)",
    ],
    [
      "details that are lists, null or empty",
      '{"errors":[{"code":"A","message":"b","detail":[{"x":1}]},{"code":"C","message":"d","detail":null},{"code":"E","detail":{}}]}',
      'A: b ([{"x":1}]); C: d; E',
    ],
    [
      "one error without a list",
      '{"code":"NOT_FOUND","message":"404 page not found"}',
      "NOT_FOUND: 404 page not found",
    ],
    [
      "the fields of a token service",
      '{"error":"invalid_grant","error_description":"no"}',
      "invalid_grant: no",
    ],
    [
      "details only",
      '{"details":"incorrect username or password"}',
      "(incorrect username or password)",
    ],
    [
      "plain text",
      "toomanyrequests: You have reached\n your limit",
      "toomanyrequests: You have reached your limit",
    ],
    ["XML", "<Error><Code>AccessDenied</Code><Message>no</Message></Error>", "AccessDenied no"],
    ["broken JSON", '{"errors":[', '{"errors":['],
    ["entries that are not objects", '{"errors":["x",1]}', "x; 1"],
    ["nothing", "", ""],
    ["empty JSON", "{}", "{}"],
  ] as const) {
    it(`shows ${name}`, () => assert.equal(describeBody(body), expected));
  }

  it("shows no web page, and shortens long text", () => {
    assert.match(describeBody("<p>log in", "text/html; charset=utf-8"), /a web page/);
    assert.match(describeBody("<!DOCTYPE html><p>x", ""), /a web page/);
    assert.equal(describeBody("x".repeat(5_000), "text/plain").length, 1_025);
  });

  for (const [what, open, close] of [
    ["lists", "[", "]"],
    ["objects", '{"a":', "}"],
  ] as const) {
    it(`shows JSON of 20,000 nested ${what} as text`, () => {
      const deep = `${open.repeat(20_000)}1${close.repeat(20_000)}`;
      for (const body of [
        `{"errors":[{"code":"DEEP","detail":${deep}}]}`,
        `{"errors":${deep}}`,
        `{"details":${deep}}`,
      ]) {
        const described = describeBody(body);
        assert.deepEqual(
          [described.length, described.startsWith(body.slice(0, 1_000))],
          [1_025, true],
        );
      }
    });
  }

  it("redacts a secret at any place before it cuts the text", () => {
    const secret = "correct horse battery";
    const withhold = (text: string) => text.replaceAll(secret, "***");
    for (let before = 1_000; before <= 1_030; before++) {
      const said = `${"x".repeat(before)}${secret}${"y".repeat(100)}`;
      for (const body of [said, JSON.stringify({ errors: [{ message: said }] })])
        assert.match(describeBody(body, "text/plain", withhold), /^x+\**y*…$/);
    }
  });
});
