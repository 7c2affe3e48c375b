import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findCanaries } from "../support/canaries.ts";
import { connect } from "../support/connect.ts";
import { AUTHORITY, EvilServer, type Script } from "../support/evil.ts";
import { image } from "../support/image.ts";
import { type Arranged, type Row, rows, SECRETS, type World } from "../support/world.ts";

const REPOSITORY = "org/app";
const made = image("linux/amd64");
const PASSWORD = [{ name: "password", secret: SECRETS.password }];

const asks =
  (challenge: string): Script =>
  (_, wire) =>
    wire.answer(401, { "WWW-Authenticate": challenge }, '{"errors":[]}');
const bearer = (realm: string): Script => asks(`Bearer realm="${realm}",service="evil"`);
const gives =
  (token: string): Script =>
  (_, wire) =>
    wire.answer(200, { "Content-Type": "application/json" }, JSON.stringify({ token }));
const redirects =
  (location: string, status = 307): Script =>
  (_, wire) =>
    wire.answer(status, { Location: location });

/** A registry that asks for a token of this realm for every request. */
function realmIs(realm: (world: World) => string, credentials = true) {
  return (world: World): Arranged => {
    const reference = world.evil.serve(REPOSITORY, "1", made);
    world.evil.on(/\/v2\//, bearer(realm(world)));
    return {
      inputs: {
        images: reference,
        ...(credentials ? { "registry-auth": world.login(world.evil.host) } : {}),
      },
    };
  };
}

/** A registry with a public name, which a proxy answers for. */
async function publicly(
  world: World,
  host: string,
  given: Readonly<Record<string, string>> = {},
): Promise<Arranged> {
  return {
    inputs: { images: `${host}/${REPOSITORY}:1`, "insecure-registries": host, ...given },
    environment: { http_proxy: world.evil.url, no_proxy: "localhost,127.0.0.1" },
  };
}

/** The same with TLS: the proxy's tunnels end in TLS, with a certificate for the name. */
async function secretly(world: World, script: (evil: EvilServer) => void): Promise<Arranged> {
  const proxy = await world.server({ tls: "good", proxy: true });
  proxy.serve(REPOSITORY, "1", made);
  script(proxy);
  return {
    inputs: {
      images: `registry.example/${REPOSITORY}:1`,
      "registry-auth": world.login("registry.example"),
    },
    environment: {
      https_proxy: proxy.url,
      http_proxy: world.attacker.url,
      NODE_EXTRA_CA_CERTS: AUTHORITY,
    },
  };
}

const nothingStolen = (world: World): void => assert.equal(world.attacker.connections, 0);
const FORBIDDEN = [
  "169.254.169.254",
  "[fe80::1]",
  "0.0.0.0",
  "[::]",
  "168.63.129.16",
  "100.100.100.200",
  "[::ffff:a9fe:a9fe]",
  "[64:ff9b::a9fe:a9fe]",
];

rows("realms", [
  {
    id: "A1",
    what: "https with a realm of http",
    status: "invalid",
    reason: "realm downgrade refused",
    names: () => "registry.example",
    arrange: (world) =>
      secretly(world, (evil) => evil.on(/\/v2\//, bearer(`${world.attacker.url}/token`))),
    check: nothingStolen,
  },
  ...FORBIDDEN.flatMap((host): Row[] => [
    {
      id: "A2",
      what: `a realm at ${host}, nothing to send`,
      status: "invalid",
      reason: "address refused",
      names: () => host.replace(/[[\]]/g, ""),
      arrange: realmIs(() => `http://${host}/token`, false),
    },
    {
      id: "A2",
      what: `a realm at ${host}, with credentials`,
      status: "unauthorized",
      reason: "realm refused",
      arrange: realmIs(() => `http://${host}/token`),
    },
  ]),
  ...[
    "http://0x7f.1",
    "http://2130706433",
    "http://127.1",
    "http://%E2%91%A0%E2%91%A1%E2%91%A6.0.0.1",
    "http://LOCALHOST",
    "http://foo.localhost",
    "http://[::1]",
    "http://[::ffff:7f00:1]",
  ].map(
    (url): Row => ({
      id: "A2",
      what: `a realm on loopback, spelt ${url}`,
      status: "unauthorized",
      reason: "realm refused.*add .* to trusted-realms",
      arrange: realmIs(({ attacker }) => `${url}:${attacker.port}/token`, false),
      check: nothingStolen,
    }),
  ),
  {
    id: "A2",
    what: "a realm on another port of the registry's own loopback host",
    status: "unauthorized",
    reason: "realm refused",
    arrange: realmIs(({ attacker }) => `${attacker.url}/token`),
    check: nothingStolen,
  },
  {
    id: "A2",
    what: "a realm at a private address, given by a public registry, nothing to send",
    status: "invalid",
    reason:
      "address refused: 10.0.0.1 is a private address; a public registry may not redirect there",
    names: () => "10.0.0.1",
    arrange: (world) => {
      world.evil.on(/\/v2\//, bearer("http://10.0.0.1/token")).on(/\/token/, gives(SECRETS.issued));
      return publicly(world, "registry.example");
    },
    check: ({ evil }) => assert.ok(!evil.seen.some(({ target }) => target.includes("/token"))),
  },
  {
    id: "A4",
    what: "a realm on another public domain, with credentials",
    status: "unauthorized",
    reason:
      "realm refused.*credentials from registry-auth are not sent there.*add tokens.elsewhere.example to trusted-realms",
    names: () => "registry.example",
    arrange: (world) => {
      world.evil
        .on(/\/v2\//, bearer("http://tokens.elsewhere.example/token"))
        .on(/\/token/, gives("x"));
      return publicly(world, "registry.example", {
        "registry-auth": world.login("registry.example"),
      });
    },
    check: ({ evil }) => assert.ok(!evil.seen.some(({ target }) => target.includes("/token"))),
  },
  ...(
    [
      ["with nothing to send", {}, false],
      ["that is trusted, with credentials", { "trusted-realms": "tokens.elsewhere.example" }, true],
    ] as const
  ).map(
    ([what, inputs, credentials]): Row => ({
      id: "A4",
      what: `a realm on another public domain, ${what}`,
      status: "ok",
      arrange: (world) => {
        world.evil.serve(REPOSITORY, "1", made);
        const content = /\/v2\/.*manifests\/1/;
        world.evil.on(content, bearer("http://tokens.elsewhere.example/token"), (_, wire) =>
          wire.answer(200, { "Content-Type": made.mediaType }, made.bytes),
        );
        world.evil.on(/\/token/, gives(SECRETS.issued));
        return publicly(world, "registry.example", {
          ...inputs,
          ...(credentials ? { "registry-auth": world.login("registry.example") } : {}),
        });
      },
      check: ({ evil }) => {
        const sent = evil.seen.filter(({ target }) => target.startsWith("/token"));
        assert.deepEqual(
          sent.map(
            ({ headers }) => findCanaries(headers.get("authorization") ?? "", PASSWORD).length > 0,
          ),
          [credentials],
        );
      },
    }),
  ),
  ...(
    [
      ["absent", "Bearer service=x", /realm refused: expected a URL in the challenge .* got ""/],
      ["empty", 'Bearer realm=""', /realm refused: expected a URL in the challenge .* got ""/],
      ["an invalid URL", 'Bearer realm="http://"', /realm refused: expected a URL/],
      ["the URL of a file", 'Bearer realm="file:///etc/passwd"', /is not a plain https URL/],
      ["a data URL", 'Bearer realm="data:application/json,{}"', /is not a plain https URL/],
      ["a javascript URL", 'Bearer realm="javascript:x"', /is not a plain https URL/],
      ["a URL with a password", 'Bearer realm="http://a:b@127.0.0.1/"', /is not a plain https URL/],
      [
        "of an unknown scheme",
        "Negotiate, NTLM",
        /scheme that is not Bearer or Basic: negotiate, ntlm/,
      ],
      ["malformed", '="', /scheme that is not Bearer or Basic: none that can be read/],
    ] as const
  ).map(
    ([what, challenge, reason]): Row => ({
      id: "A5",
      what: `a realm that is ${what}`,
      status: /scheme/.test(reason.source) ? "unauthorized" : "invalid",
      reason,
      arrange: (world) => {
        world.evil.on(/\/v2\//, asks(challenge));
        return {
          inputs: {
            images: `${world.evil.host}/${REPOSITORY}:1`,
            "registry-auth": world.login(world.evil.host),
          },
        };
      },
    }),
  ),
  {
    id: "A5",
    what: "a relative realm, which is the registry's own",
    status: "ok",
    arrange: (world) => {
      const reference = world.evil.serve(REPOSITORY, "1", made);
      world.evil.on(/manifests\/1/, bearer("/token"), (_, wire) =>
        wire.answer(200, { "Content-Type": made.mediaType }, made.bytes),
      );
      world.evil.on(/GET \/token/, gives(SECRETS.issued));
      return { inputs: { images: reference, "registry-auth": world.login(world.evil.host) } };
    },
  },
]);

rows("token services", [
  ...(
    [
      ["another server", ({ attacker }: World) => `${attacker.url}/token`, "another origin"],
      ["a metadata service", () => "http://169.254.169.254/latest", "another origin"],
      [
        "another port of its own host",
        ({ attacker }: World) => `http://127.0.0.1:${attacker.port}/token`,
        "another origin",
      ],
      ["an invalid URL", () => "http://", "an invalid URL"],
    ] as const
  ).flatMap(([what, to, reason]) =>
    [true, false].map(
      (credentials): Row => ({
        id: "A6",
        what: `one that redirects to ${what}, ${credentials ? "with credentials" : "with nothing to send"}`,
        status: "invalid",
        reason: `redirect refused.*${reason}`,
        arrange: (world) => {
          const arranged = realmIs(() => "/token", credentials)(world);
          world.evil.on(/\/token/, redirects(to(world), 302));
          return arranged;
        },
        check: nothingStolen,
      }),
    ),
  ),
  ...(
    [
      [
        "endless",
        async (_, wire) => {
          await wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          while (!wire.gone) await wire.send(`10000\r\n${"x".repeat(0x10000)}\r\n`);
        },
        /too large: the answer has more than 1048576 bytes/,
      ],
      ["not JSON", (_, wire) => wire.answer(200, {}, "<html>"), /token invalid.*is not JSON/],
      ["null", (_, wire) => wire.answer(200, {}, "null"), /token invalid/],
      [
        "without a token",
        (_, wire) => wire.answer(200, {}, "{}"),
        /token invalid.*expected one in token or access_token/,
      ],
      ["an empty token", gives(""), /token invalid/],
      [
        "a token that is not a string",
        (_, wire) => wire.answer(200, {}, '{"token":{"a":1}}'),
        /token invalid/,
      ],
      ["a token with a line break and a header", gives("x\r\nX-Evil: 1"), /token invalid/],
      [
        "encoded",
        (_, wire) => wire.answer(200, { "Content-Encoding": "gzip" }, "x"),
        /encoding refused/,
      ],
    ] as const satisfies readonly (readonly [string, Script, RegExp])[]
  ).map(
    ([what, script, reason]): Row => ({
      id: "A7",
      what: `an answer that is ${what}`,
      status: "invalid",
      reason,
      arrange: (world) => {
        const arranged = realmIs(() => "/token")(world);
        world.evil.on(/\/token/, script);
        return arranged;
      },
    }),
  ),
  {
    id: "A8",
    what: "401 for ever, each time for another realm and scope",
    status: "unauthorized",
    arrange: (world) => {
      let count = 0;
      world.evil.on(/\/v2\//, (request, wire) =>
        asks(`Bearer realm="/token/${++count}",scope="repository:org/app:pull,${count}"`)(
          request,
          wire,
        ),
      );
      world.evil.on(/\/token/, gives(SECRETS.issued));
      return {
        inputs: {
          images: `${world.evil.host}/${REPOSITORY}:1`,
          "registry-auth": world.login(world.evil.host),
        },
      };
    },
    check: ({ evil }) => {
      const tokens = evil.seen.filter(({ target }) => target.startsWith("/token"));
      const scopes = tokens.map(({ target }) =>
        new URL(target, "http://x").searchParams.get("scope"),
      );
      for (const scope of scopes)
        assert.ok(scopes.filter((other) => other === scope).length <= 2, `${scope}`);
      assert.ok(tokens.length <= 4, `${tokens.length} tokens`);
    },
  },
  {
    id: "A8",
    what: "401 for ever, each time the same",
    status: "unauthorized",
    arrange: (world) => {
      world.evil.on(/\/v2\//, bearer("/token")).on(/\/token/, gives(SECRETS.issued));
      return {
        inputs: {
          images: `${world.evil.host}/${REPOSITORY}:1`,
          "registry-auth": world.login(world.evil.host),
        },
      };
    },
    check: ({ evil }) => {
      const anonymous = evil.seen.filter(
        ({ target, headers }) => target.startsWith("/token") && !headers.has("authorization"),
      );
      const known = evil.seen.filter(
        ({ target, headers }) => target.startsWith("/token") && headers.has("authorization"),
      );
      assert.ok(
        anonymous.length <= 2 && known.length <= 2,
        `${anonymous.length} and ${known.length} tokens`,
      );
    },
  },
]);

/** A pull with credentials whose blobs the registry redirects. */
function movedTo(location: (world: World, target: string) => string, status = 307) {
  return (world: World): Arranged => {
    const reference = world.evil.serve(REPOSITORY, "1", made);
    const content: Script = ({ target }, wire) =>
      wire.answer(status, { Location: location(world, target) });
    world.evil.on(/\/blobs\//, content);
    world.evil.on(/\/v2\/.*manifests\/1/, asks('Basic realm="evil"'), (_, wire) =>
      wire.answer(200, { "Content-Type": made.mediaType }, made.bytes),
    );
    return {
      inputs: {
        images: reference,
        "registry-auth": world.login(world.evil.host),
        pull: "layout",
        path: world.layout,
      },
    };
  };
}

/** The token that another host gives without credentials. */
const ANONYMOUS = "Bearer anonymous-token";

/** Another host with the image. It asks for a token although it must get no credentials. */
const blobHost = async (world: World): Promise<EvilServer> => {
  const host = await world.server();
  const holds: Script = ({ target }, wire) =>
    wire.answer(200, {}, made.blobs.find(({ digest }) => target.endsWith(digest))?.bytes);
  const asking: Script = (request, wire) =>
    (request.headers.has("authorization") ? holds : bearer("/token"))(request, wire);
  return host.on(/\/blobs\//, asking).on(/\/token/, gives("anonymous-token"));
};

function withBlobHost(location: (host: EvilServer, target: string) => string, status = 307) {
  let host: EvilServer;
  const row: Pick<Row, "arrange" | "check"> = {
    arrange: async (world) => {
      host = await blobHost(world);
      return movedTo((_, target) => location(host, target), status)(world);
    },
    check: ({ evil }) => {
      const sent = new Set(host.seen.map(({ headers }) => headers.get("authorization")));
      assert.deepEqual(sent, new Set([undefined, ANONYMOUS]));
      for (const { raw } of host.seen) assert.deepEqual(findCanaries(raw, PASSWORD), []);
      assert.ok(evil.seen.some(({ headers }) => headers.has("authorization")));
    },
  };
  return row;
}

rows("redirects", [
  {
    id: "A9",
    what: "to another port of the same host: without credentials",
    status: "ok",
    ...withBlobHost((host, target) => `${host.url}${target}`),
  },
  {
    id: "A9",
    what: "to another name of the same host: without credentials",
    status: "ok",
    ...withBlobHost((host, target) => `http://localhost:${host.port}${target}`),
  },
  ...[301, 302, 303, 308].map(
    (status): Row => ({
      id: "A9",
      what: `by ${status}: without credentials`,
      status: "ok",
      ...withBlobHost((host, target) => `//${host.host}${target}`, status),
    }),
  ),
  {
    id: "A9",
    what: "away and back home: without credentials",
    status: "ok",
    arrange: async (world) => {
      const away = await world.server();
      const arranged = movedTo((_, target) => `${away.url}${target}`)(world);
      away.on(/./, ({ target }, wire) =>
        wire.answer(307, { Location: `${world.evil.url}/back${target}` }),
      );
      const blob = (target: string) => made.blobs.find(({ digest }) => target.endsWith(digest));
      world.evil.on(/\/back\//, ({ target }, wire) =>
        wire.answer(200, {}, blob(target)?.bytes ?? ""),
      );
      return arranged;
    },
    check: ({ evil }) => {
      const back = evil.seen.filter(({ target }) => target.startsWith("/back"));
      assert.ok(back.length > 0);
      for (const { raw } of back) assert.deepEqual(findCanaries(raw, PASSWORD), []);
    },
  },
  {
    id: "A9",
    what: "from https to http",
    status: "invalid",
    reason: "redirect refused: registry.example is https",
    names: () => "registry.example",
    arrange: (world) =>
      secretly(world, (evil) => evil.on(/\/v2\//, redirects(`${world.attacker.url}/x`))),
    check: nothingStolen,
  },
  ...(
    [
      ["a metadata service", () => "http://169.254.169.254/latest/meta-data", /address refused/],
      [
        "a metadata service by a mapped address",
        () => "http://[::ffff:169.254.169.254]/",
        /address refused/,
      ],
      ["a file", () => "file:///etc/passwd", /redirect refused/],
      ["a data URL", () => "data:text/plain,x", /redirect refused/],
      [
        "a URL with a password",
        ({ attacker }: World) => `http://a:b@${attacker.host}/`,
        /redirect refused/,
      ],
      ["an invalid URL", () => "http://", /redirect refused/],
    ] as const
  ).map(
    ([what, to, reason]): Row => ({
      id: "A9",
      what: `to ${what}`,
      status: "invalid",
      reason,
      names: (world) =>
        what.startsWith("a metadata") ? "a cloud's metadata service" : world.evil.host,
      arrange: movedTo((world) => to(world)),
      check: nothingStolen,
    }),
  ),
  {
    id: "A9",
    what: "from a public registry to loopback and private addresses",
    status: "invalid",
    reason:
      "address refused: 127.0.0.1 is a loopback address; a public registry may not redirect there",
    names: () => "127.0.0.1",
    arrange: (world) => {
      world.evil.on(/\/v2\//, redirects(`${world.attacker.url}/x`));
      return publicly(world, "registry.example");
    },
    check: nothingStolen,
  },
  {
    id: "A10",
    what: "in a loop",
    status: "invalid",
    reason: "redirect refused: .*answers with more than 5 redirects",
    arrange: (world) => {
      world.evil.on(/./, ({ target }, wire) => wire.answer(307, { Location: target }));
      return { inputs: { images: `${world.evil.host}/${REPOSITORY}:1` } };
    },
    check: ({ evil }) => assert.equal(evil.seen.length, 6),
  },
  {
    id: "A10",
    what: "in a chain of twenty over two servers",
    status: "invalid",
    reason: "redirect refused: .*answers with more than 5 redirects",
    arrange: async (world) => {
      const other = await world.server();
      let hops = 0;
      const next = (from: EvilServer, to: EvilServer): void =>
        void from.on(/./, (_, wire) => wire.answer(307, { Location: `${to.url}/${++hops}` }));
      next(world.evil, other);
      next(other, world.evil);
      return {
        inputs: {
          images: `${world.evil.host}/${REPOSITORY}:1`,
          "registry-auth": world.login(world.evil.host),
        },
      };
    },
    check: ({ evil }) => assert.equal(evil.seen.length, 3),
  },
]);

const large = image("linux/amd64", { busybox: Buffer.alloc(300_000, 7) });

rows("credentials", [
  {
    id: "A11",
    what: "a token that expires during a blob is renewed once, and the blob is resumed",
    status: "ok",
    arrange: (world) => {
      const reference = world.evil.serve(REPOSITORY, "1", large);
      const layer = large.blobs.find(({ bytes }) => bytes.length > 300_000);
      const { digest, bytes } = layer ?? { digest: "", bytes: Buffer.alloc(0) };
      const expired = bearer("/token");
      world.evil.on(
        new RegExp(`/blobs/${digest}`),
        async (_, wire) => {
          await wire.answer(
            200,
            { "Content-Length": String(bytes.length) },
            bytes.subarray(0, 200_000),
          );
          await wire.pause(50);
          wire.reset();
        },
        expired,
        ({ headers }, wire) => {
          const from = Number(/bytes=(\d+)-/.exec(headers.get("range") ?? "")?.[1]);
          return wire.answer(
            206,
            { "Content-Range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` },
            bytes.subarray(from),
          );
        },
      );
      world.evil.on(/manifests\/1/, bearer("/token"), (_, wire) =>
        wire.answer(200, { "Content-Type": large.mediaType }, large.bytes),
      );
      let issued = 0;
      world.evil.on(/\/token/, (request, wire) =>
        gives(`${SECRETS.issued}${++issued}`)(request, wire),
      );
      return {
        inputs: {
          images: reference,
          "registry-auth": world.login(world.evil.host),
          pull: "layout",
          path: world.layout,
        },
      };
    },
    check: ({ evil, finals }) => {
      assert.equal(evil.seen.filter(({ target }) => target.startsWith("/token")).length, 2);
      assert.equal(finals.length, large.blobs.length + 1);
    },
  },
  ...[
    "ghcr.io.evil.example",
    "evil-ghcr.io",
    "ghcr.io:8443",
    "xghcr.io",
    "ghcr.io.",
    "sub.ghcr.io",
    "ghrc.io",
    "index.docker.io.evil.example",
  ].map(
    (host): Row => ({
      id: "A12",
      what: `${host} is not sent the credentials for ghcr.io and docker.io`,
      status: host.endsWith(".") ? "input" : "unauthorized",
      ...(host.endsWith(".")
        ? {}
        : { reason: "no credentials are configured for it", names: () => host }),
      arrange: (world) => {
        world.evil.on(/./, asks('Basic realm="evil"'));
        const logins = ["ghcr.io", "docker.io", "https://index.docker.io/v1/"]
          .map((registry) => world.login(registry))
          .join("");
        return publicly(world, host, {
          "registry-auth": logins,
          ...(host.endsWith(".") ? { "insecure-registries": "" } : {}),
        });
      },
      check: ({ evil }) => {
        for (const { headers } of evil.seen) assert.equal(headers.get("authorization"), undefined);
      },
    }),
  ),
  {
    id: "A13",
    what: "a proxy gets no plain HTTP for a name that stands for loopback",
    status: "invalid",
    reason:
      /address refused: .*registry\.localhost.* a proxy hides its address; .*add registry\.localhost to insecure-registries/,
    names: () => "registry.localhost",
    arrange: (world) => ({
      environment: { http_proxy: world.evil.url, no_proxy: "127.0.0.1" },
      inputs: {
        images: `registry.localhost/${REPOSITORY}:1`,
        "registry-auth": world.login("registry.localhost"),
      },
    }),
    check: ({ evil }) => assert.equal(evil.connections, 0),
  },
  {
    id: "A12",
    what: "a password configured for one repository is not sent for one with a similar name",
    status: "unauthorized",
    arrange: (world) => {
      world.evil.on(/./, asks('Basic realm="evil"'));
      return {
        inputs: {
          images: `${world.evil.host}/organisation/app:1`,
          "registry-auth": world.login(`${world.evil.host}/org`),
        },
      };
    },
    check: ({ evil }) => {
      for (const { headers } of evil.seen) assert.equal(headers.get("authorization"), undefined);
    },
  },
]);

describe("host names that resolve to near addresses", () => {
  for (const [address, namedBy] of [
    ["127.0.0.1", "public"],
    ["127.0.0.1", "private"],
    ["10.0.0.1", "public"],
    ["169.254.169.254", "loopback"],
    ["169.254.169.254", "user"],
    ["::ffff:a9fe:a9fe", "user"],
    ["64:ff9b::7f00:1", "public"],
  ] as const) {
    it(`A3: a name for ${address}, given by a ${namedBy} registry, is refused`, async () => {
      const attacker = await EvilServer.start();
      try {
        const family = address.includes(":") ? 6 : 4;
        const { http } = connect({
          resolve: (_host, _options, callback) =>
            callback(null, [
              // For documentation: https://www.rfc-editor.org/rfc/rfc5737#section-3
              { address: "192.0.2.1", family: 4 },
              { address, family },
            ]),
        });
        const url = new URL(`http://realm.evil.example:${attacker.port}/token`);
        await assert.rejects(
          http.send({ method: "GET", url, headers: {}, limit: 1, namedBy }),
          /address refused: realm\.evil\.example/,
        );
        assert.equal(attacker.connections, 0);
      } finally {
        await attacker.stop();
      }
    });
  }

  for (const host of ["localhost", "registry.localhost"]) {
    for (const [address, reached] of [
      ["127.0.0.1", true],
      ["10.0.0.1", false],
      ["8.8.8.8", false],
    ] as const) {
      const result = reached ? "sent" : "refused before a connection";
      it(`A13: plain HTTP to ${host} at ${address} is ${result}`, async () => {
        const server = await EvilServer.start();
        server.on(/./, (_, wire) => wire.answer(200, {}, ""));
        try {
          const addresses = [
            { address: "127.0.0.1", family: 4 },
            { address, family: 4 },
          ];
          const { http } = connect({
            resolve: (_host, _options, callback) => callback(null, addresses),
          });
          const url = new URL(`http://${host}:${server.port}/v2/`);
          const answer = http.send({
            method: "GET",
            url,
            headers: {},
            limit: 1,
            namedBy: "user",
          });
          if (reached) assert.equal((await answer).status, 200);
          else
            await assert.rejects(
              answer,
              new RegExp(`${host}.*${address}.*add ${url.host} to insecure-registries`),
            );
          assert.equal(server.connections, reached ? 1 : 0);
        } finally {
          await server.stop();
        }
      });
    }
  }

  for (const [name, insecure, allowed] of [
    ["registry.localhost:5000", "registry.localhost:5000", true],
    ["registry.localhost:80", "registry.localhost:80", true],
    ["registry.localhost:5000", "registry.localhost", false],
  ] as const) {
    const result = allowed ? "allowed" : "refused";
    it(`A13: plain HTTP to ${name} elsewhere is ${result} when ${insecure} is listed`, async () => {
      const { http } = connect({
        insecureRegistries: [insecure],
        resolve: (_host, _options, callback) =>
          callback(null, [{ address: "192.0.2.1", family: 4 }]),
        // Nothing answers at this documentation address: every deadline is over at once.
        after: (_ms, run) => {
          setImmediate(run);
          return () => undefined;
        },
      });
      const url = new URL(`http://${name}/v2/`);
      const answer = http.send({
        method: "GET",
        url,
        headers: {},
        limit: 1,
        namedBy: "user",
        attempts: 1,
      });
      await assert.rejects(answer, allowed ? /no answer/ : /is not loopback/);
    });
  }

  it("A3: a name is looked up and checked for every connection", async () => {
    const attacker = await EvilServer.start();
    attacker.on(/./, async (_, wire) => {
      await wire.answer(200, { Connection: "close" }, "");
      wire.end();
    });
    try {
      const addresses = ["127.0.0.1", "169.254.169.254"];
      const { http } = connect({
        resolve: (_host, _options, callback) =>
          callback(null, [{ address: addresses.shift() ?? "", family: 4 }]),
      });
      const ask = () =>
        http.send({
          method: "GET",
          url: new URL(`http://rebinds.example:${attacker.port}/`),
          headers: {},
          limit: 1,
          namedBy: "user",
        });
      assert.equal((await ask()).status, 200);
      await assert.rejects(ask(), /address refused/);
    } finally {
      await attacker.stop();
    }
  });
});
