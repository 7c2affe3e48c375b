import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BodyError, SinkError } from "../../src/http/body.ts";
import { attemptsFor, causeOf, toPullError } from "../../src/http/failure.ts";
import { PullError } from "../../src/oci/failure.ts";

const withCode = (code: string, message = "the message"): Error =>
  Object.assign(new Error(message), { code });
const URL_OF_REGISTRY = new URL("https://registry.example/v2/");

describe("attemptsFor", () => {
  for (const [name, error, attempts] of [
    ["a connection that is reset", withCode("ECONNRESET"), 5],
    ["an answer that is not HTTP", withCode("HPE_INVALID_CONSTANT"), 5],
    ["a value that is no error", "text", 5],
    ["a refused connection", withCode("ECONNREFUSED"), 3],
    ["no answer in time", new PullError("no-answer", "no answer within 60 s"), 3],
    ["a body that is too slow", new PullError("too-slow", "too slow"), 3],
    ["a host that does not exist", withCode("ENOTFOUND"), 1],
    ["an expired certificate", withCode("CERT_HAS_EXPIRED"), 1],
    ["a self-signed certificate", withCode("SELF_SIGNED_CERT_IN_CHAIN"), 1],
    ["a wrong name in the certificate", withCode("ERR_TLS_CERT_ALTNAME_INVALID"), 1],
    ["plain HTTP", withCode("EPROTO", "wrong version number"), 1],
    ["an address that is refused", new PullError("address-refused", "address refused"), 1],
    ["a body that is too large", new PullError("too-large", "too large"), 1],
    ["a body that was cut in a sink", new BodyError("answer-cut", "cut"), 1],
    ["a sink that failed", new SinkError("too-long", "too long"), 1],
  ] as const) {
    it(`is ${attempts} for ${name}`, () => assert.equal(attemptsFor(error), attempts));
  }
});

describe("toPullError", () => {
  for (const [name, error, reason, message] of [
    [
      "the system's error",
      withCode("ECONNRESET", "socket hang up"),
      "no-answer",
      "registry.example gave no answer: socket hang up",
    ],
    [
      "an error about TLS",
      withCode("CERT_HAS_EXPIRED", "certificate has expired"),
      "tls-failed",
      "registry.example TLS failed: certificate has expired",
    ],
    [
      "plain HTTP on a TLS port",
      withCode("EPROTO", "ssl3_get_record:wrong version number"),
      "plain-http",
      "registry.example TLS failed: ssl3_get_record:wrong version number; it speaks plain HTTP",
    ],
    [
      "plain HTTP, by its code",
      withCode("ERR_SSL_WRONG_VERSION_NUMBER"),
      "plain-http",
      "registry.example TLS failed: the message; it speaks plain HTTP",
    ],
    [
      "our own error",
      new PullError("no-answer", "no answer within 60 s"),
      "no-answer",
      "registry.example: no answer within 60 s",
    ],
  ] as const) {
    it(`names the host for ${name}`, () => {
      const failure = toPullError(URL_OF_REGISTRY, error);
      assert.deepEqual([failure.reason, failure.found], [reason, message]);
    });
  }

  it("returns the error of a cut body, and the error that a sink failed with", () => {
    const cut = new BodyError("answer-cut", "cut");
    assert.equal(toPullError(URL_OF_REGISTRY, cut), cut);
    const cause = new PullError("too-long", "too long");
    assert.equal(toPullError(URL_OF_REGISTRY, new SinkError("too-long", "x", { cause })), cause);
  });
});

describe("causeOf", () => {
  for (const [name, error, words] of [
    ["an error's message", new Error("the message"), "the message"],
    ["the code of an error without a message", withCode("ECONNRESET", ""), "ECONNRESET"],
    [
      "the messages of several failures",
      new AggregateError([new Error("one"), new Error("two")], ""),
      "one; two",
    ],
    ["a PullError without its advice", new PullError("not-found", "found"), "found"],
    ["any other value as text", 7, "7"],
  ] as const) {
    it(`is ${name}`, () => assert.equal(causeOf(error), words));
  }
});
