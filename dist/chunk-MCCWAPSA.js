import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __commonJS,
  __name,
  __require,
  __toESM
} from "./chunk-N2SECSPE.js";

// node_modules/tunnel/lib/tunnel.js
var require_tunnel = __commonJS({
  "node_modules/tunnel/lib/tunnel.js"(exports) {
    "use strict";
    var net = __require("net");
    var tls = __require("tls");
    var http2 = __require("http");
    var https2 = __require("https");
    var events = __require("events");
    var assert = __require("assert");
    var util = __require("util");
    exports.httpOverHttp = httpOverHttp2;
    exports.httpsOverHttp = httpsOverHttp2;
    exports.httpOverHttps = httpOverHttps2;
    exports.httpsOverHttps = httpsOverHttps2;
    function httpOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http2.request;
      return agent;
    }
    __name(httpOverHttp2, "httpOverHttp");
    function httpsOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http2.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    __name(httpsOverHttp2, "httpsOverHttp");
    function httpOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https2.request;
      return agent;
    }
    __name(httpOverHttps2, "httpOverHttps");
    function httpsOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https2.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    __name(httpsOverHttps2, "httpsOverHttps");
    function TunnelingAgent(options) {
      var self = this;
      self.options = options || {};
      self.proxyOptions = self.options.proxy || {};
      self.maxSockets = self.options.maxSockets || http2.Agent.defaultMaxSockets;
      self.requests = [];
      self.sockets = [];
      self.on("free", /* @__PURE__ */ __name(function onFree(socket, host, port, localAddress) {
        var options2 = toOptions(host, port, localAddress);
        for (var i = 0, len = self.requests.length; i < len; ++i) {
          var pending = self.requests[i];
          if (pending.host === options2.host && pending.port === options2.port) {
            self.requests.splice(i, 1);
            pending.request.onSocket(socket);
            return;
          }
        }
        socket.destroy();
        self.removeSocket(socket);
      }, "onFree"));
    }
    __name(TunnelingAgent, "TunnelingAgent");
    util.inherits(TunnelingAgent, events.EventEmitter);
    TunnelingAgent.prototype.addRequest = /* @__PURE__ */ __name(function addRequest(req, host, port, localAddress) {
      var self = this;
      var options = mergeOptions({ request: req }, self.options, toOptions(host, port, localAddress));
      if (self.sockets.length >= this.maxSockets) {
        self.requests.push(options);
        return;
      }
      self.createSocket(options, function(socket) {
        socket.on("free", onFree);
        socket.on("close", onCloseOrRemove);
        socket.on("agentRemove", onCloseOrRemove);
        req.onSocket(socket);
        function onFree() {
          self.emit("free", socket, options);
        }
        __name(onFree, "onFree");
        function onCloseOrRemove(err) {
          self.removeSocket(socket);
          socket.removeListener("free", onFree);
          socket.removeListener("close", onCloseOrRemove);
          socket.removeListener("agentRemove", onCloseOrRemove);
        }
        __name(onCloseOrRemove, "onCloseOrRemove");
      });
    }, "addRequest");
    TunnelingAgent.prototype.createSocket = /* @__PURE__ */ __name(function createSocket(options, cb) {
      var self = this;
      var placeholder = {};
      self.sockets.push(placeholder);
      var connectOptions = mergeOptions({}, self.proxyOptions, {
        method: "CONNECT",
        path: options.host + ":" + options.port,
        agent: false,
        headers: {
          host: options.host + ":" + options.port
        }
      });
      if (options.localAddress) {
        connectOptions.localAddress = options.localAddress;
      }
      if (connectOptions.proxyAuth) {
        connectOptions.headers = connectOptions.headers || {};
        connectOptions.headers["Proxy-Authorization"] = "Basic " + new Buffer(connectOptions.proxyAuth).toString("base64");
      }
      debug("making CONNECT request");
      var connectReq = self.request(connectOptions);
      connectReq.useChunkedEncodingByDefault = false;
      connectReq.once("response", onResponse);
      connectReq.once("upgrade", onUpgrade);
      connectReq.once("connect", onConnect);
      connectReq.once("error", onError);
      connectReq.end();
      function onResponse(res) {
        res.upgrade = true;
      }
      __name(onResponse, "onResponse");
      function onUpgrade(res, socket, head) {
        process.nextTick(function() {
          onConnect(res, socket, head);
        });
      }
      __name(onUpgrade, "onUpgrade");
      function onConnect(res, socket, head) {
        connectReq.removeAllListeners();
        socket.removeAllListeners();
        if (res.statusCode !== 200) {
          debug(
            "tunneling socket could not be established, statusCode=%d",
            res.statusCode
          );
          socket.destroy();
          var error = new Error("tunneling socket could not be established, statusCode=" + res.statusCode);
          error.code = "ECONNRESET";
          options.request.emit("error", error);
          self.removeSocket(placeholder);
          return;
        }
        if (head.length > 0) {
          debug("got illegal response body from proxy");
          socket.destroy();
          var error = new Error("got illegal response body from proxy");
          error.code = "ECONNRESET";
          options.request.emit("error", error);
          self.removeSocket(placeholder);
          return;
        }
        debug("tunneling connection has established");
        self.sockets[self.sockets.indexOf(placeholder)] = socket;
        return cb(socket);
      }
      __name(onConnect, "onConnect");
      function onError(cause) {
        connectReq.removeAllListeners();
        debug(
          "tunneling socket could not be established, cause=%s\n",
          cause.message,
          cause.stack
        );
        var error = new Error("tunneling socket could not be established, cause=" + cause.message);
        error.code = "ECONNRESET";
        options.request.emit("error", error);
        self.removeSocket(placeholder);
      }
      __name(onError, "onError");
    }, "createSocket");
    TunnelingAgent.prototype.removeSocket = /* @__PURE__ */ __name(function removeSocket(socket) {
      var pos2 = this.sockets.indexOf(socket);
      if (pos2 === -1) {
        return;
      }
      this.sockets.splice(pos2, 1);
      var pending = this.requests.shift();
      if (pending) {
        this.createSocket(pending, function(socket2) {
          pending.request.onSocket(socket2);
        });
      }
    }, "removeSocket");
    function createSecureSocket(options, cb) {
      var self = this;
      TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
        var hostHeader = options.request.getHeader("host");
        var tlsOptions = mergeOptions({}, self.options, {
          socket,
          servername: hostHeader ? hostHeader.replace(/:.*$/, "") : options.host
        });
        var secureSocket = tls.connect(0, tlsOptions);
        self.sockets[self.sockets.indexOf(socket)] = secureSocket;
        cb(secureSocket);
      });
    }
    __name(createSecureSocket, "createSecureSocket");
    function toOptions(host, port, localAddress) {
      if (typeof host === "string") {
        return {
          host,
          port,
          localAddress
        };
      }
      return host;
    }
    __name(toOptions, "toOptions");
    function mergeOptions(target) {
      for (var i = 1, len = arguments.length; i < len; ++i) {
        var overrides = arguments[i];
        if (typeof overrides === "object") {
          var keys = Object.keys(overrides);
          for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
            var k = keys[j];
            if (overrides[k] !== void 0) {
              target[k] = overrides[k];
            }
          }
        }
      }
      return target;
    }
    __name(mergeOptions, "mergeOptions");
    var debug;
    if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
      debug = /* @__PURE__ */ __name(function() {
        var args = Array.prototype.slice.call(arguments);
        if (typeof args[0] === "string") {
          args[0] = "TUNNEL: " + args[0];
        } else {
          args.unshift("TUNNEL:");
        }
        console.error.apply(console, args);
      }, "debug");
    } else {
      debug = /* @__PURE__ */ __name(function() {
      }, "debug");
    }
    exports.debug = debug;
  }
});

// node_modules/tunnel/index.js
var require_tunnel2 = __commonJS({
  "node_modules/tunnel/index.js"(exports, module) {
    module.exports = require_tunnel();
  }
});

// src/oci/digest.ts
import { createHash } from "node:crypto";

// src/oci/failure.ts
var HEALING = /* @__PURE__ */ new Set(["not-found", "platform-missing", "dangling", "unreachable", "rate-limited"]);
function mayHeal(status) {
  return HEALING.has(status);
}
__name(mayHeal, "mayHeal");
var PullError = class extends Error {
  static {
    __name(this, "PullError");
  }
  name = "PullError";
  status;
  constructor(status, message, cause) {
    super(message, cause === void 0 ? void 0 : { cause });
    this.status = status;
  }
};
function inContext(error, prefix, status = error.status) {
  return new PullError(status, `${prefix}: ${error.message}`, error);
}
__name(inContext, "inContext");

// src/oci/digest.ts
var HEX_LENGTH = { sha256: 256 / 4, sha512: 512 / 4 };
function parseDigest(text2) {
  const problem = digestProblem(text2);
  if (problem !== void 0) throw new PullError("invalid", `digest ${quote(text2)}: ${problem}`);
  return text2;
}
__name(parseDigest, "parseDigest");
function asDigest(text2) {
  return digestProblem(text2) === void 0 ? text2 : void 0;
}
__name(asDigest, "asDigest");
function digestProblem(text2) {
  const colon = text2.indexOf(":");
  if (colon < 0) return "expected algorithm:hex, like sha256:\u2026, got no colon";
  const algorithm = text2.slice(0, colon);
  const encoded = text2.slice(colon + 1);
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    return `expected the algorithm sha256 or sha512, got ${quote(algorithm)}`;
  }
  if (/^[0-9a-f]*$/.test(encoded)) {
    const expected = HEX_LENGTH[algorithm];
    return encoded.length === expected ? void 0 : `expected ${expected} hex digits, got ${encoded.length}`;
  }
  return /^[0-9a-fA-F]*$/.test(encoded) ? "expected lower-case hex digits, got upper case" : "expected hex digits only after the colon";
}
__name(digestProblem, "digestProblem");
function quote(text2) {
  return JSON.stringify(text2.length > 100 ? `${text2.slice(0, 100)}\u2026` : text2);
}
__name(quote, "quote");
function algorithmOf(digest) {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}
__name(algorithmOf, "algorithmOf");
function digestOf(bytes, algorithm = "sha256") {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
__name(digestOf, "digestOf");
function hasher(algorithm) {
  const hash = createHash(algorithm);
  return { update: /* @__PURE__ */ __name((bytes) => void hash.update(bytes), "update"), digest: /* @__PURE__ */ __name(() => `${algorithm}:${hash.digest("hex")}`, "digest") };
}
__name(hasher, "hasher");

// src/oci/reference.ts
var LENGTH_LIMIT = 255 + 1 + 255 + 1 + 128 + 1 + "sha512:".length + 128;
var REPOSITORY_LIMIT = 255;
var COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
var TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
var HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])$/;
function parseReference(text2) {
  if (text2.length > LENGTH_LIMIT) throw refuse(`${text2.slice(0, 40)}\u2026`, `is longer than ${LENGTH_LIMIT} characters`);
  const bare = text2.startsWith("docker://") ? text2.slice("docker://".length) : text2;
  checkWhole(text2, bare);
  const at = bare.indexOf("@");
  const digest = at < 0 ? void 0 : readDigest(text2, bare.slice(at + 1));
  const [name3, tag] = cutTag(text2, at < 0 ? bare : bare.slice(0, at));
  const { registry, repository } = readName(text2, name3);
  const slash = repository.lastIndexOf("/");
  return {
    registry,
    repository,
    collection: repository.slice(0, Math.max(slash, 0)),
    image: repository.slice(slash + 1),
    tag: tag ?? (digest === void 0 ? "latest" : void 0),
    digest
  };
}
__name(parseReference, "parseReference");
function refuse(text2, problem, meant2) {
  const hint = meant2 === void 0 || meant2 === "" ? "" : `; did you mean ${meant2}?`;
  return new PullError("invalid", `reference ${JSON.stringify(text2)} ${problem}${hint}`);
}
__name(refuse, "refuse");
function checkWhole(text2, bare) {
  if (bare === "") throw refuse(text2, "is empty", void 0);
  if (/@[^/]*\//.test(bare) || /^[^/]*:[^/]*:[^/]*@/.test(bare.replace(/^\[[^\]]*\]/, ""))) {
    throw new PullError("invalid", "reference with something before an @ in its registry: credentials go into registry-auth");
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(bare);
  if (scheme !== null) {
    const rest = bare.slice(scheme[0].length).replace(/^v2\//, "");
    throw refuse(text2, `starts with ${scheme[0]}, which is not part of a reference`, rest);
  }
  if (/\s/.test(bare)) throw refuse(text2, "contains white space", bare.replace(/\s+/g, ""));
  if (/[^\x21-\x7e]/.test(bare)) throw refuse(text2, "contains a character that is not printable ASCII");
}
__name(checkWhole, "checkWhole");
function readDigest(text2, digest) {
  if (digest === "") throw refuse(text2, "ends with @ but names no digest", text2.slice(0, -1));
  try {
    return parseDigest(digest);
  } catch (cause) {
    const lower = digest.toLowerCase();
    const meant2 = lower !== digest && /^sha256:[0-9a-f]{64}$/.test(lower) ? text2.replace(digest, lower) : void 0;
    throw refuse(text2, `has a wrong ${cause.message}`, meant2);
  }
}
__name(readDigest, "readDigest");
function cutTag(text2, name3) {
  const colon = name3.indexOf(":", name3.lastIndexOf("/") + 1);
  if (colon < 0) return [name3, void 0];
  const tag = name3.slice(colon + 1);
  if (tag === "") throw refuse(text2, "has an empty tag", name3.slice(0, colon));
  if (tag.length > 128) throw refuse(text2, `has a tag of ${tag.length} characters: expected at most 128`);
  if (!TAG.test(tag)) {
    throw refuse(text2, `has a wrong tag ${JSON.stringify(tag)}: expected letters, digits, _ . - and no . or - in front`);
  }
  return [name3.slice(0, colon), tag];
}
__name(cutTag, "cutTag");
function readName(text2, name3) {
  if (/^[0-9a-f]{64}$/.test(name3)) {
    throw refuse(text2, "has 64 hex digits as its name, like an image ID", `name@sha256:${name3}`);
  }
  const slash = name3.indexOf("/");
  const first = name3.slice(0, Math.max(slash, 0));
  const hasRegistry = isRegistry(first);
  const repository = hasRegistry ? name3.slice(slash + 1) : name3;
  checkRepository(text2, repository);
  if (!hasRegistry) return { registry: "docker.io", repository: slash < 0 ? `library/${name3}` : name3 };
  const registry = readRegistry(text2, first);
  const official = registry === "docker.io" && !repository.includes("/");
  return { registry, repository: official ? `library/${repository}` : repository };
}
__name(readName, "readName");
function checkRepository(text2, repository) {
  if (repository.length > REPOSITORY_LIMIT) {
    throw refuse(text2, `has a repository of ${repository.length} characters: expected at most ${REPOSITORY_LIMIT}`);
  }
  if (/[A-Z]/.test(repository)) {
    throw refuse(text2, "has upper case in its repository: expected lower case", text2.replace(repository, repository.toLowerCase()));
  }
  const wrong = repository.split("/").find((component) => !COMPONENT.test(component));
  if (wrong === "") throw refuse(text2, "has an empty component in its repository", text2.replace(/\/{2,}/g, "/").replace(/\/$/, ""));
  if (wrong !== void 0) {
    throw refuse(text2, `has a wrong component ${JSON.stringify(wrong)}: expected a-z and 0-9, joined by . _ __ or -`);
  }
}
__name(checkRepository, "checkRepository");
function readRegistry(text2, registry) {
  const [, host = "", , port] = /^(\[[^\]]*\]|[^:]*)(:(.*))?$/.exec(registry) ?? [];
  if (!HOST.test(host)) throw refuse(text2, `has a wrong registry ${JSON.stringify(registry)}: expected host or host:port`);
  if (port !== void 0 && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    throw refuse(text2, `has a wrong port ${JSON.stringify(port)}: expected 1 to 65535`);
  }
  const lower = registry.toLowerCase();
  checkHost(text2, host.toLowerCase());
  return lower === "index.docker.io" ? "docker.io" : lower;
}
__name(readRegistry, "readRegistry");
function checkHost(text2, host) {
  const url = `https://${host}`;
  if (!URL.canParse(url) || new URL(url).hostname !== host) {
    const read = URL.canParse(url) ? new URL(url).hostname : void 0;
    throw refuse(text2, `has the registry ${JSON.stringify(host)}, which is no host in its usual spelling`, read);
  }
}
__name(checkHost, "checkHost");
function repositoryName(reference) {
  return `${reference.registry}/${reference.repository}`;
}
__name(repositoryName, "repositoryName");
function formatReference(reference) {
  const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
  return `${repositoryName(reference)}${tag}${reference.digest === void 0 ? "" : `@${reference.digest}`}`;
}
__name(formatReference, "formatReference");
function familiarName(reference) {
  const { registry, repository, collection, image } = reference;
  if (registry !== "docker.io" || isRegistry(repository.split("/")[0] ?? "")) return repositoryName(reference);
  return collection === "library" ? image : repository;
}
__name(familiarName, "familiarName");
function isRegistry(first) {
  return /[.:]/.test(first) || first === "localhost";
}
__name(isRegistry, "isRegistry");

// src/oci/json.ts
var DEPTH_LIMIT = 32;
function parseJson(bytes, what) {
  const text2 = decode(bytes, what);
  const problem = shapeProblem(text2);
  if (problem !== void 0) throw new PullError("invalid", `${what} is refused: ${problem}`);
  try {
    return JSON.parse(text2);
  } catch (cause) {
    throw new PullError("invalid", `${what} is not JSON: ${cause.message}`, cause);
  }
}
__name(parseJson, "parseJson");
function decode(bytes, what) {
  let text2;
  try {
    text2 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PullError("invalid", `${what} is not JSON: it is not valid UTF-8`, cause);
  }
  if (text2.startsWith("\uFEFF")) throw new PullError("invalid", `${what} is not JSON: it starts with a byte order mark`);
  return text2;
}
__name(decode, "decode");
function shapeProblem(text2) {
  const open4 = [];
  for (let at = 0; at < text2.length; at++) {
    const char = text2[at];
    if (char === "{" || char === "[") {
      if (open4.length === DEPTH_LIMIT) return `too deep: nested deeper than ${DEPTH_LIMIT} levels`;
      open4.push(char === "{" ? /* @__PURE__ */ new Set() : void 0);
    } else if (char === "}" || char === "]") {
      open4.pop();
    } else if (char === '"') {
      const end = stringEnd(text2, at);
      const keys = open4.at(-1);
      if (keys !== void 0 && isKey(text2, end)) {
        const key = unescaped(text2.slice(at, end));
        if (keys.has(key)) return `duplicate key ${key.slice(0, 100)}`;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return void 0;
}
__name(shapeProblem, "shapeProblem");
function stringEnd(text2, start) {
  for (let at = start + 1; at < text2.length; at++) {
    if (text2[at] === "\\") at++;
    else if (text2[at] === '"') return at + 1;
  }
  return text2.length;
}
__name(stringEnd, "stringEnd");
function isKey(text2, end) {
  let at = end;
  while (text2[at] === " " || text2[at] === "\n" || text2[at] === "\r" || text2[at] === "	") at++;
  return text2[at] === ":";
}
__name(isKey, "isKey");
function unescaped(quoted) {
  if (!quoted.includes("\\")) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
__name(unescaped, "unescaped");
function asObject(value, what, known = []) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PullError("invalid", `${what}: expected an object, got ${kindOf(value)}`);
  }
  const object = value;
  for (const key of Object.keys(object)) {
    const name3 = known.includes(key) ? void 0 : known.find((field) => field.toLowerCase() === key.toLowerCase());
    if (name3 === void 0) continue;
    throw new PullError("invalid", `${what} is ambiguous: it has ${JSON.stringify(key)} where ${name3} is the field's name`);
  }
  return object;
}
__name(asObject, "asObject");
function asList(value, what) {
  if (value === void 0 || value === null) return [];
  if (!Array.isArray(value)) throw new PullError("invalid", `${what}: expected a list, got ${kindOf(value)}`);
  return value;
}
__name(asList, "asList");
function asString(value, what) {
  if (value === void 0 || value === null) return "";
  if (typeof value !== "string") throw new PullError("invalid", `${what}: expected a string, got ${kindOf(value)}`);
  return value;
}
__name(asString, "asString");
function asStringMap(value, what) {
  if (value === void 0 || value === null) return /* @__PURE__ */ new Map();
  return new Map(Object.entries(asObject(value, what)).map(([key, text2]) => [key, asString(text2, `${what} ${key}`)]));
}
__name(asStringMap, "asStringMap");
function kindOf(value) {
  if (value === void 0) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
__name(kindOf, "kindOf");

// src/oci/platform.ts
var ARCHITECTURES = {
  i386: ["386"],
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"]
};
var VARIANTS = {
  amd64: { v1: "" },
  arm64: { "8": "", v8: "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9" },
  arm: { "": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8" }
};
function normalise(os, architecture, variant = "", osVersion = "") {
  const lower = architecture.toLowerCase();
  const [normal, implied = variant.toLowerCase()] = own(ARCHITECTURES, lower) ?? [lower];
  return {
    os: os.toLowerCase() === "macos" ? "darwin" : os.toLowerCase(),
    architecture: normal,
    variant: own(own(VARIANTS, normal) ?? {}, implied) ?? implied,
    osVersion
  };
}
__name(normalise, "normalise");
function own(table, key) {
  return Object.hasOwn(table, key) ? table[key] : void 0;
}
__name(own, "own");
var PART = /^[A-Za-z0-9_.-]{1,64}$/;
var OS_WITH_VERSION = /^([^()]*)\(([^()]*)\)$/;
function parsePlatform(text2) {
  const parts = text2.split("/");
  const [system = "", architecture = "", variant = ""] = parts;
  const [, os = system, osVersion = ""] = OS_WITH_VERSION.exec(system) ?? [];
  const versionGiven = os !== system;
  const bad = [os, architecture, ...parts.slice(2), ...versionGiven ? [osVersion] : []].find((part) => !PART.test(part));
  if (parts.length < 2 || parts.length > 3 || bad !== void 0) {
    throw new PullError("invalid", `platform ${JSON.stringify(text2)}: expected os/arch[/variant]${meant(text2)}`);
  }
  return normalise(os, architecture, variant, osVersion);
}
__name(parsePlatform, "parsePlatform");
function meant(text2) {
  const lower = text2.trim().toLowerCase();
  const known = /^(i386|386|x86[_-]64|amd64|aarch64|arm64|armhf|armel|arm|ppc64le|s390x|riscv64)$/.test(lower);
  return known ? `; did you mean ${formatPlatform(normalise("linux", lower))}?` : ", like linux/arm64";
}
__name(meant, "meant");
function readPlatform(value, what) {
  const fields = asObject(value, what, ["os", "architecture", "variant", "os.version"]);
  const text2 = /* @__PURE__ */ __name((name3) => asString(fields[name3], `${what} ${name3}`), "text");
  return normalise(text2("os"), text2("architecture"), text2("variant"), text2("os.version"));
}
__name(readPlatform, "readPlatform");
function formatPlatform(platform) {
  const { os, architecture, variant, osVersion } = platform;
  return [osVersion === "" ? os : `${os}(${osVersion})`, architecture, ...variant === "" ? [] : [variant]].join("/");
}
__name(formatPlatform, "formatPlatform");
function satisfies(required, offered) {
  return sameMachine(required, offered) && required.variant === offered.variant && (required.osVersion === "" || required.osVersion === offered.osVersion);
}
__name(satisfies, "satisfies");
function sameMachine(one, other) {
  return one.os === other.os && one.architecture === other.architecture;
}
__name(sameMachine, "sameMachine");
function nearest(required, offered) {
  const score = /* @__PURE__ */ __name((platform) => {
    if (platform.os !== required.os) return 0;
    if (platform.architecture === required.architecture) return 3;
    return family(platform.architecture) === family(required.architecture) ? 2 : 1;
  }, "score");
  const best = Math.max(0, ...offered.map(score));
  return best === 0 ? void 0 : offered.find((platform) => score(platform) === best);
}
__name(nearest, "nearest");
function family(architecture) {
  if (architecture === "386" || architecture === "amd64") return "x86";
  return architecture.startsWith("arm") ? "arm" : architecture.replace(/le$/, "").replace(/64$/, "");
}
__name(family, "family");
function runnerPlatform(platform, architecture) {
  const go = { x64: "amd64", ia32: "386", ppc64: "ppc64le", mipsel: "mipsle" };
  return normalise(platform === "win32" ? "windows" : "linux", own(go, architecture) ?? architecture);
}
__name(runnerPlatform, "runnerPlatform");

// src/runner/lists.ts
function lines(text2) {
  return text2.split("\n").map((line, at) => ({ line: at + 1, text: line.replace(/(^|\s)#.*$/, "").trim() })).filter(({ text: text3 }) => text3 !== "");
}
__name(lines, "lines");
function readPlatforms(where, text2, complain) {
  const items = listItems(text2);
  if (items.length === 0) return void 0;
  if (items.length === 1 && (items[0] === "all" || items[0] === "any")) return items[0];
  const platforms = items.map((item) => {
    if (item !== "all" && item !== "any") return attempt(() => parsePlatform(item), where, complain);
    complain(`${where}: ${item} stands alone: expected all, any, or a list of os/arch[/variant]`);
    return void 0;
  });
  return platforms.filter((platform) => platform !== void 0);
}
__name(readPlatforms, "readPlatforms");
function listItems(text2) {
  return lines(text2).flatMap(
    (line) => line.text.split(",").map((item) => item.trim()).filter((item) => item !== "")
  );
}
__name(listItems, "listItems");
function attempt(read, where, complain) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    complain(`${where}: ${error.message}`);
    return void 0;
  }
}
__name(attempt, "attempt");

// src/runner/images.ts
var FORM = "expected reference[,name=key][,platform=os/arch[/variant]][,optional=true]";
function readImages(text2, platforms, complain) {
  const found = lines(text2);
  if (found.length === 0) complain(`images: expected at least one reference, got none; ${FORM}`);
  const images = found.map(({ line, text: text3 }) => readImage(`images, line ${line}`, text3, platforms, complain));
  const seen = /* @__PURE__ */ new Set();
  images.forEach((image, at) => {
    if (image === void 0) return;
    if (seen.has(image.name)) complain(`images, line ${found[at]?.line}: the name ${image.name} is taken by an earlier line; add name=`);
    seen.add(image.name);
  });
  return images.filter((image) => image !== void 0);
}
__name(readImages, "readImages");
function readImage(where, text2, platforms, complain) {
  const [written = "", ...options] = text2.split(",").map((part) => part.trim());
  const reference = attempt(() => parseReference(written), where, complain);
  const values = readOptions(where, options, complain);
  const own2 = values.get("platform");
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  const name3 = values.get("name")?.at(-1) ?? written;
  if (values.has("name") && !/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/.test(name3)) {
    complain(`${where}: name: expected letters, digits and _ . : / @ -, got ${JSON.stringify(name3)}`);
  }
  if (reference === void 0) return void 0;
  return {
    name: name3,
    written,
    reference,
    platforms: (own2 && readPlatforms(`${where}: platform`, own2.join("\n"), complain)) ?? platforms,
    optional: optional === "true"
  };
}
__name(readImage, "readImage");
function readOptions(where, options, complain) {
  const values = /* @__PURE__ */ new Map();
  for (const option of options) {
    const [, key, value] = /^(name|platform|optional)=(.+)$/.exec(option) ?? [];
    if (key === void 0 || value === void 0) complain(`${where}: ${JSON.stringify(option)} is no option; ${FORM}`);
    else values.set(key, [...values.get(key) ?? [], value]);
  }
  return values;
}
__name(readOptions, "readOptions");

// src/runner/inputs.ts
var DEFAULTS = {
  images: "",
  platforms: "",
  verify: "manifest",
  "fail-on-missing": "true",
  "wait-timeout": "0",
  "wait-interval": "15",
  pull: "none",
  path: "",
  "registry-auth": "",
  "github-token": "",
  "insecure-registries": "",
  "trusted-realms": "",
  concurrency: "6",
  timeout: "1800",
  "job-summary": "always"
};
async function readInputs(environment, runner) {
  const problems = [];
  const complain = /* @__PURE__ */ __name((problem) => problems.push(problem), "complain");
  const text2 = /* @__PURE__ */ __name((name3) => environment[`INPUT_${name3.toUpperCase()}`]?.trim() || DEFAULTS[name3], "text");
  const number = /* @__PURE__ */ __name((name3, least, most) => readNumber(name3, text2(name3), least, most, complain), "number");
  const platforms = readPlatforms("platforms", text2("platforms"), complain) ?? [runner];
  const inputs = {
    plan: {
      wanted: readImages(text2("images"), platforms, complain),
      verify: readChoice("verify", text2("verify"), ["index", "manifest", "blobs"], complain),
      waitTimeout: number("wait-timeout", 0, 86400),
      waitInterval: number("wait-interval", 1, 3600)
    },
    pull: readChoice("pull", text2("pull"), ["none", "layout", "docker", "podman"], complain),
    path: text2("path"),
    runner,
    failOnMissing: readBoolean("fail-on-missing", text2("fail-on-missing"), complain),
    registryAuth: await readLogins(text2("registry-auth"), complain),
    githubToken: text2("github-token"),
    insecureRegistries: readHosts("insecure-registries", text2("insecure-registries"), complain),
    trustedRealms: readHosts("trusted-realms", text2("trusted-realms"), complain),
    concurrency: number("concurrency", 1, 64),
    timeout: number("timeout", 1, 21600),
    jobSummary: readChoice("job-summary", text2("job-summary"), ["always", "on-failure", "never"], complain)
  };
  return problems.length > 0 ? { problems } : inputs;
}
__name(readInputs, "readInputs");
async function readLogins(text2, complain) {
  if (text2 === "") return [];
  const { readRegistryAuth } = await import("./registry-auth-S753UXXZ.js");
  return readRegistryAuth(text2, complain);
}
__name(readLogins, "readLogins");
function readNumber(name3, text2, least, most, complain) {
  const value = /^\d{1,9}$/.test(text2) ? Number(text2) : Number.NaN;
  if (!(value >= least && value <= most))
    complain(`${name3}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text2)}`);
  return value;
}
__name(readNumber, "readNumber");
function readBoolean(name3, text2, complain) {
  if (!/^(true|True|TRUE|false|False|FALSE)$/.test(text2)) complain(`${name3}: expected true or false, got ${JSON.stringify(text2)}`);
  return text2.toLowerCase() === "true";
}
__name(readBoolean, "readBoolean");
function readChoice(name3, text2, choices, complain) {
  const choice = choices.find((one) => one === text2);
  if (choice === void 0) complain(`${name3}: expected ${choices.join(", ")}, got ${JSON.stringify(text2)}`);
  return choice ?? choices[0];
}
__name(readChoice, "readChoice");
function readHosts(name3, text2, complain) {
  const hosts = listItems(text2).map((item) => item.toLowerCase());
  for (const host of hosts) {
    if (!/^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/.test(host))
      complain(`${name3}: expected host or host:port, got ${JSON.stringify(host)}`);
  }
  return new Set(hosts);
}
__name(readHosts, "readHosts");

// src/step.ts
import { readFileSync } from "node:fs";
import { join as join4 } from "node:path";
import { setTimeout as sleep2 } from "node:timers/promises";

// src/pull/plan.ts
function problemsOf(resolved) {
  const whole = resolved.problem === void 0 ? [] : [{ ...resolved.problem, platform: "" }];
  const parts = resolved.platforms.flatMap(({ platform, status, message }) => status === "ok" ? [] : [{ platform, status, message }]);
  return [...whole, ...parts];
}
__name(problemsOf, "problemsOf");
function statusOf(resolved) {
  return problemsOf(resolved)[0]?.status ?? "ok";
}
__name(statusOf, "statusOf");

// src/oci/config.ts
var FIELDS = ["architecture", "os", "variant", "os.version", "config", "rootfs", "history", "created"];
function parseConfig(bytes) {
  return readConfig(asObject(parseJson(bytes, "image config"), "image config", FIELDS));
}
__name(parseConfig, "parseConfig");
function readConfig(json) {
  const platform = readPlatform(json, "image config");
  if (platform.os === "" || platform.architecture === "") {
    throw new PullError("invalid", "image config names no OS or no architecture");
  }
  const run3 = json["config"] == null ? {} : asObject(json["config"], "image config.config", ["Labels", "Entrypoint", "Cmd"]);
  return {
    platform,
    created: asString(json["created"], "image config created"),
    labels: asStringMap(run3["Labels"], "image config Labels"),
    entrypoint: words(run3["Entrypoint"], "Entrypoint"),
    cmd: words(run3["Cmd"], "Cmd"),
    user: asString(run3["User"], "image config User"),
    workdir: asString(run3["WorkingDir"], "image config WorkingDir"),
    exposedPorts: run3["ExposedPorts"] == null ? [] : Object.keys(asObject(run3["ExposedPorts"], "image config ExposedPorts")),
    diffIds: countDiffIds(json["rootfs"]),
    json
  };
}
__name(readConfig, "readConfig");
function words(value, name3) {
  if (typeof value === "string") return [value];
  return asList(value, `image config ${name3}`).map((word) => asString(word, `image config ${name3}`));
}
__name(words, "words");
function countDiffIds(rootfs) {
  if (rootfs == null) return void 0;
  return asList(asObject(rootfs, "image config rootfs", ["diff_ids"])["diff_ids"], "image config diff_ids").length;
}
__name(countDiffIds, "countDiffIds");

// src/oci/media-type.ts
var OCI_INDEX = "application/vnd.oci.image.index.v1+json";
var OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
var OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
var DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
var DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
var DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
var SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
var SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";
var OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
var BUILDKIT_CACHE_CONFIG = "application/vnd.buildkit.cacheconfig.v0";
var ATTESTATION_ARTIFACT = "application/vnd.docker.attestation.manifest.v1+json";
var INDEXES = /* @__PURE__ */ new Set([OCI_INDEX, DOCKER_LIST]);
var MANIFESTS = /* @__PURE__ */ new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
var SCHEMA1S = /* @__PURE__ */ new Set([SCHEMA1, SCHEMA1_SIGNED]);
var ACCEPT = [OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST, OCI_ARTIFACT, SCHEMA1_SIGNED, SCHEMA1].join(", ");
function isIndex(mediaType) {
  return INDEXES.has(mediaType);
}
__name(isIndex, "isIndex");
function isManifest(mediaType) {
  return MANIFESTS.has(mediaType);
}
__name(isManifest, "isManifest");
function isSchema1(mediaType) {
  return SCHEMA1S.has(mediaType);
}
__name(isSchema1, "isSchema1");
function isSpecific(mediaType) {
  return isIndex(mediaType) || isManifest(mediaType) || isSchema1(mediaType) || mediaType === OCI_ARTIFACT;
}
__name(isSpecific, "isSpecific");
function isImageConfig(mediaType) {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG;
}
__name(isImageConfig, "isImageConfig");
function isLayer(mediaType) {
  return /^application\/vnd\.(oci\.image\.layer\.|docker\.image\.rootfs\.(diff|foreign\.diff)\.)/.test(mediaType);
}
__name(isLayer, "isLayer");

// src/oci/descriptor.ts
var FIELDS2 = ["mediaType", "digest", "size", "platform", "annotations", "artifactType", "urls"];
function readDescriptor(value, what) {
  const fields = asObject(value, what, FIELDS2);
  const platform = fields["platform"] == null ? void 0 : readPlatform(fields["platform"], `${what} platform`);
  const unknown = platform !== void 0 && (platform.os === "unknown" || platform.architecture === "unknown");
  const annotations = asStringMap(fields["annotations"], `${what} annotations`);
  return {
    mediaType: asString(fields["mediaType"], `${what} mediaType`),
    digest: readDigest2(fields["digest"], what),
    size: readSize(fields["size"], what),
    platform: unknown ? void 0 : platform,
    attestation: unknown || annotations.get("vnd.docker.reference.type") === "attestation-manifest" || fields["artifactType"] === ATTESTATION_ARTIFACT,
    foreign: asList(fields["urls"], `${what} urls`).length > 0
  };
}
__name(readDescriptor, "readDescriptor");
function readDigest2(value, what) {
  try {
    return parseDigest(asString(value, `${what} digest`));
  } catch (cause) {
    throw new PullError("invalid", `${what}: ${cause.message}`, cause);
  }
}
__name(readDigest2, "readDigest");
function readSize(value, what) {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PullError("invalid", `${what} size: expected a whole number of bytes, got ${JSON.stringify(value) ?? "nothing"}`);
}
__name(readSize, "readSize");

// src/oci/schema1.ts
var EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";
var LAYER_FIELDS = /* @__PURE__ */ new Set(["id", "parent", "parent_id", "layer_id", "throwaway", "Size", "parent_config"]);
function readSchema1(json) {
  const fsLayers = asList(json["fsLayers"], "schema 1 fsLayers").map(readBlobSum);
  const history = asList(json["history"], "schema 1 history").map(readHistory);
  if (fsLayers.length === 0) throw new PullError("invalid", "schema 1 manifest lists no layer");
  if (fsLayers.length !== history.length) {
    throw new PullError("invalid", `schema 1 manifest has ${fsLayers.length} fsLayers but ${history.length} history entries`);
  }
  const empty = fsLayers.map((digest, at) => digest === EMPTY_LAYER || history[at]?.["throwaway"] === true);
  const layers = fsLayers.filter((_, at) => !empty[at]);
  return { layers: layers.reverse(), config: synthesise(json, history, empty) };
}
__name(readSchema1, "readSchema1");
function readBlobSum(value, at) {
  const what = `schema 1 fsLayers[${at}]`;
  return readDigest2(asObject(value, what, ["blobSum"])["blobSum"], what);
}
__name(readBlobSum, "readBlobSum");
function readHistory(value, at) {
  const what = `schema 1 history[${at}].v1Compatibility`;
  const text2 = asString(asObject(value, what, ["v1Compatibility"])["v1Compatibility"], what);
  return asObject(parseJson(new TextEncoder().encode(text2), what), what);
}
__name(readHistory, "readHistory");
function synthesise(manifest, history, empty) {
  const newest = Object.entries(history[0] ?? {}).filter(([key]) => !LAYER_FIELDS.has(key));
  return readConfig({
    architecture: manifest["architecture"] ?? "amd64",
    os: "linux",
    ...Object.fromEntries(newest),
    history: history.map((layer, at) => historyEntry(layer, empty[at] === true)).reverse()
  });
}
__name(synthesise, "synthesise");
function historyEntry(layer, empty) {
  const command = layer["container_config"] == null ? [] : asList(asObject(layer["container_config"], "container_config")["Cmd"], "Cmd");
  return {
    ...layer["created"] === void 0 ? {} : { created: layer["created"] },
    ...command.length === 0 ? {} : { created_by: command.join(" ") },
    ...empty ? { empty_layer: true } : {}
  };
}
__name(historyEntry, "historyEntry");
function documentContent(bytes) {
  if (!bytes.includes('"fsLayers"') || !bytes.includes('"signatures"')) return bytes;
  const signatures = asList(asObject(parseJson(bytes, "schema 1 manifest"), "schema 1 manifest")["signatures"], "signatures");
  const [first, ...others] = signatures.map((signature) => readPayload(bytes, signature));
  if (others.some((payload) => first !== void 0 && !payload.equals(first))) {
    throw new PullError("invalid", "schema 1 signatures disagree about what was signed");
  }
  return first ?? bytes;
}
__name(documentContent, "documentContent");
function readPayload(raw, signature) {
  const what = "schema 1 signature";
  const header2 = Buffer.from(asString(asObject(signature, what)["protected"], `${what} protected`), "base64url");
  const fields = asObject(parseJson(header2, `${what} protected`), `${what} protected`);
  const length = fields["formatLength"];
  if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0 || length > raw.length) {
    throw new PullError("invalid", `${what}: formatLength is not a length within the manifest`);
  }
  return Buffer.concat([raw.subarray(0, length), Buffer.from(asString(fields["formatTail"], `${what} formatTail`), "base64url")]);
}
__name(readPayload, "readPayload");
function toOciImage(schema1, layers) {
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const config = made(OCI_CONFIG, { ...schema1.config.json, rootfs });
  const manifest = made(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config.digest, size: config.bytes.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size }))
  });
  return { config, manifest };
}
__name(toOciImage, "toOciImage");
function made(mediaType, value) {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes), mediaType };
}
__name(made, "made");

// src/pull/pull.ts
async function pull(images, wires, options) {
  const { concurrency, progress, runner } = options;
  const whole = images.filter((resolved) => problemsOf(resolved).length === 0);
  const needs = needsOf(whole);
  const present = await inTurns(needs, concurrency, (need) => wires.store.has(need));
  const missing = needs.filter((_, at) => !present[at]);
  progress.planned(sum(missing));
  const failures = await bring(missing, wires, concurrency, progress);
  const kept = whole.filter((resolved) => !failures.has(resolved));
  const keep = /* @__PURE__ */ __name((resolved) => name(resolved, wires.store, runner).catch((error) => {
    failures.set(resolved, asProblem(resolved, error));
    return void 0;
  }), "keep");
  const named = (await Promise.all(kept.map(keep))).filter((one) => one !== void 0);
  await wires.store.add(named.map(({ entry: entry2 }) => entry2));
  const pulled = {
    layout: wires.store.path,
    downloaded: sum(missing.filter(({ owners }) => !owners.some((owner) => failures.has(owner)))),
    alreadyThere: sum(needs) - sum(missing),
    converted: new Map(named.flatMap(({ converted, image }) => converted ? [[image.wanted.name, converted]] : [])),
    loadable: named.flatMap(({ loadable }) => loadable)
  };
  return { images: images.map((resolved) => ({ ...resolved, problem: failures.get(resolved) ?? resolved.problem })), pulled };
}
__name(pull, "pull");
function sum(blobs) {
  return blobs.reduce((total, { size }) => total + size, 0);
}
__name(sum, "sum");
function pulledImages(resolved) {
  const any = resolved.wanted.platforms === "any";
  return resolved.platforms.flatMap(({ image, required }) => image !== void 0 && (required || any) ? [image] : []);
}
__name(pulledImages, "pulledImages");
function needsOf(images) {
  const needs = /* @__PURE__ */ new Map();
  for (const resolved of images) {
    const pulled = pulledImages(resolved);
    for (const { digest, size } of [...pulled.flatMap(({ blobs }) => blobs), ...resolved.blobs]) {
      const known = needs.get(digest)?.owners ?? [];
      const config = pulled.some(({ configDigest }) => configDigest === digest);
      if (!known.includes(resolved)) needs.set(digest, { digest, size: size ?? 0, owners: [...known, resolved], config });
    }
  }
  return [...needs.values()].toSorted((one, other) => other.size - one.size);
}
__name(needsOf, "needsOf");
async function inTurns(items, count, work2) {
  const results = [];
  const queue = items.entries();
  const worker = /* @__PURE__ */ __name(async () => {
    for (const [at, item] of queue) results[at] = await work2(item);
  }, "worker");
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
__name(inTurns, "inTurns");
async function bring(missing, wires, concurrency, progress) {
  const failures = /* @__PURE__ */ new Map();
  let ended;
  await inTurns(missing, concurrency, async (need) => {
    const owners = need.owners.filter((owner) => !failures.has(owner));
    const [first] = owners;
    if (first === void 0) return;
    try {
      if (ended !== void 0) throw ended;
      await bringOne(need, first, wires, (bytes) => {
        if (ended !== void 0) throw ended;
        progress.moved(bytes);
      });
    } catch (error) {
      for (const owner of owners) failures.set(owner, asProblem(owner, error));
      if (ended === void 0 && owners.some(({ wanted }) => !wanted.optional)) {
        ended = new PullError("unreachable", `not brought, because ${need.digest} of ${first.wanted.written} could not be`);
      }
    }
  });
  return failures;
}
__name(bring, "bring");
function asProblem({ wanted }, error) {
  if (!(error instanceof PullError)) throw error;
  return { status: error.status === "not-found" ? "dangling" : error.status, message: `${wanted.written}: ${error.message}` };
}
__name(asProblem, "asProblem");
async function bringOne(need, { wanted }, { source, downloads, store }, moved) {
  if (need.config) return store.put(need.digest, await source.blob(wanted.reference, need));
  const ingest = await store.ingest(need);
  const target = {
    get received() {
      return ingest.received;
    },
    write: /* @__PURE__ */ __name(async (chunk) => {
      moved(chunk.length);
      await ingest.write(chunk);
    }, "write"),
    restart: /* @__PURE__ */ __name(async () => {
      moved(-ingest.received);
      await ingest.restart();
    }, "restart"),
    commit: /* @__PURE__ */ __name(() => ingest.commit(), "commit")
  };
  try {
    await downloads.download(wanted.reference, need, target);
  } finally {
    await ingest.abort();
  }
}
__name(bringOne, "bringOne");
async function name(image, store, runner) {
  const { root, wanted } = image;
  if (root === void 0) return void 0;
  const images = pulledImages(image);
  const converted = await convert(root, images, store);
  const top = converted?.manifest ?? { bytes: root.fetched.bytes, digest: root.fetched.digest, mediaType: root.document.mediaType };
  const manifests = converted === void 0 ? images.map(({ manifest }) => manifest) : [];
  for (const { bytes, digest } of [...manifests, ...root.nested, top]) await store.put(digest, bytes);
  const { reference } = wanted;
  const annotations = { "io.containerd.image.name": imageName(reference) };
  if (reference.tag !== void 0) annotations["org.opencontainers.image.ref.name"] = reference.tag;
  const entry2 = { mediaType: top.mediaType, digest: top.digest, size: top.bytes.length, annotations };
  const shown = images.find(({ config }) => satisfies(runner, config.platform)) ?? images[0];
  const loadable = shown === void 0 ? [] : [toLoadable(image, entry2, shown, converted)];
  return { entry: entry2, image, converted: converted?.manifest.digest, loadable };
}
__name(name, "name");
function toLoadable(image, entry2, shown, converted) {
  const { reference } = image.wanted;
  const documents = [entry2, ...(image.root?.nested ?? []).map(asBlob), ...converted === void 0 ? [asBlob(shown.manifest)] : []];
  const config = converted === void 0 ? [] : [asBlob(converted.config)];
  const parts = shown.blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
  const blobs = [...new Map([...documents, ...config, ...parts].map(({ digest, size }) => [digest, { digest, size }])).values()];
  const tag = reference.tag === void 0 ? void 0 : imageName(reference);
  return { image, entry: entry2, blobs, config: converted?.config.digest ?? shown.configDigest ?? entry2.digest, layers: shown.layers, tag };
}
__name(toLoadable, "toLoadable");
function asBlob({ digest, bytes }) {
  return { digest, size: bytes.length };
}
__name(asBlob, "asBlob");
function imageName(reference) {
  return reference.tag === void 0 ? formatReference(reference) : `${repositoryName(reference)}:${reference.tag}`;
}
__name(imageName, "imageName");
async function convert(root, images, store) {
  const [image] = images;
  if (root.document.kind !== "schema1" || image === void 0) return void 0;
  const sizes = new Map(image.blobs.map(({ digest, size }) => [digest, size ?? 0]));
  const diffIds = new Map(await Promise.all(image.blobs.map(async ({ digest }) => [digest, await store.diffId(digest)])));
  const layers = image.layers.map((digest) => ({ digest, size: sizes.get(digest) ?? 0, diffId: diffIds.get(digest) ?? digest }));
  const converted = toOciImage(root.document.schema1, layers);
  await store.put(converted.config.digest, converted.config.bytes);
  return converted;
}
__name(convert, "convert");

// src/oci/document.ts
var ENTRY_LIMIT = 1024;
var FIELDS3 = [
  "schemaVersion",
  "mediaType",
  "artifactType",
  "config",
  "layers",
  "manifests",
  "blobs",
  "subject",
  "annotations",
  "fsLayers",
  "history",
  "signatures",
  "architecture"
];
function parseDocument(bytes, claimed) {
  if (claimed === "text/html") {
    throw new PullError("invalid", "expected a manifest, got a web page (text/html): a login page or a proxy answered instead");
  }
  const json = asObject(parseJson(bytes, "manifest"), "manifest", FIELDS3);
  const mediaType = typeOf(json, claimed);
  refuseAmbiguous(json, mediaType);
  if (isSpecific(claimed) && !agree(mediaType, claimed)) {
    throw new PullError("invalid", `mediaType differs: the manifest is ${mediaType}, but it was announced as ${claimed}`);
  }
  return readDocument(json, mediaType);
}
__name(parseDocument, "parseDocument");
function agree(mediaType, claimed) {
  return mediaType === claimed || isSchema1(mediaType) && isSchema1(claimed);
}
__name(agree, "agree");
function typeOf(json, claimed) {
  const own2 = asString(json["mediaType"], "manifest mediaType");
  if (own2 !== "") return own2;
  if (json["schemaVersion"] === 1) return isSchema1(claimed) ? claimed : SCHEMA1;
  if (isSpecific(claimed)) return claimed;
  if (json["manifests"] !== void 0) return OCI_INDEX;
  if (json["config"] !== void 0 || json["layers"] !== void 0) return OCI_MANIFEST;
  return "";
}
__name(typeOf, "typeOf");
function refuseAmbiguous(json, mediaType) {
  if (!isSpecific(mediaType)) return;
  const foreign = PARTS.filter((part) => json[part] !== void 0 && !partsOf(mediaType).includes(part));
  if (foreign.length > 0) {
    throw new PullError("invalid", `ambiguous manifest: ${mediaType} with ${foreign.join(" and ")} can be read in two ways`);
  }
}
__name(refuseAmbiguous, "refuseAmbiguous");
var PARTS = ["config", "layers", "manifests", "fsLayers", "blobs"];
function partsOf(mediaType) {
  if (isIndex(mediaType)) return ["manifests"];
  if (isSchema1(mediaType)) return ["fsLayers"];
  return mediaType === OCI_ARTIFACT ? ["blobs"] : ["config", "layers"];
}
__name(partsOf, "partsOf");
function readDocument(json, mediaType) {
  if (isIndex(mediaType)) return readIndex(json, mediaType);
  if (isManifest(mediaType)) return readManifest(json, mediaType);
  if (isSchema1(mediaType)) return { kind: "schema1", mediaType, schema1: readSchema1(json) };
  if (mediaType === OCI_ARTIFACT) {
    const artifactType = asString(json["artifactType"], "manifest artifactType");
    return { kind: "artifact", mediaType, artifactType, config: void 0, layers: descriptors(json["blobs"], "blobs") };
  }
  const found = mediaType === "" ? `fields ${Object.keys(json).slice(0, 8).join(", ") || "none"}` : `mediaType ${mediaType}`;
  throw new PullError(
    "unsupported",
    `expected an image manifest or index (${[OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].join(", ")}), got ${found}`
  );
}
__name(readDocument, "readDocument");
function readIndex(json, mediaType) {
  const entries = descriptors(json["manifests"], "manifests");
  const config = entries.find((entry2) => entry2.mediaType === BUILDKIT_CACHE_CONFIG);
  const layers = entries.filter((entry2) => isLayer(entry2.mediaType));
  if (config === void 0 && (layers.length === 0 || layers.length < entries.length)) return { kind: "index", mediaType, entries };
  return { kind: "buildkit-cache", mediaType, artifactType: BUILDKIT_CACHE_CONFIG, config, layers };
}
__name(readIndex, "readIndex");
function readManifest(json, mediaType) {
  if (json["config"] === void 0) throw new PullError("invalid", "manifest has no config");
  const config = readDescriptor(json["config"], "config");
  const layers = descriptors(json["layers"], "layers");
  const named = asString(json["artifactType"], "manifest artifactType");
  if (named === "" && isImageConfig(config.mediaType)) return { kind: "image", mediaType, config, layers };
  const kind = config.mediaType === BUILDKIT_CACHE_CONFIG ? "buildkit-cache" : "artifact";
  return { kind, mediaType, artifactType: named || config.mediaType, config, layers };
}
__name(readManifest, "readManifest");
function descriptors(value, field) {
  const list = asList(value, `manifest ${field}`);
  if (list.length > ENTRY_LIMIT) {
    throw new PullError("invalid", `too many ${field}: expected at most ${ENTRY_LIMIT}, got ${list.length}`);
  }
  return list.map((entry2, at) => readDescriptor(entry2, `${field}[${at}]`));
}
__name(descriptors, "descriptors");

// src/pull/resolve.ts
var DEPTH_LIMIT2 = 3;
var INDEX_LIMIT = 64;
async function resolveRoot(source, reference) {
  const fetched = await source.manifest(reference, reference.digest ?? reference.tag ?? "latest");
  const document = parseDocument(fetched.content, fetched.mediaType);
  if (document.kind !== "index") return { fetched, document, offers: [], unnamed: [], attestations: 0, nested: [] };
  const nested = [];
  const entries = await flatten(source, reference, document.entries, nested, 1);
  const images = entries.filter((entry2) => !entry2.attestation && isImageEntry(entry2));
  return {
    fetched,
    document,
    offers: images.filter(hasPlatform).map((descriptor) => ({ platform: descriptor.platform, descriptor })),
    unnamed: images.filter((entry2) => !hasPlatform(entry2)),
    attestations: entries.filter((entry2) => entry2.attestation).length,
    nested
  };
}
__name(resolveRoot, "resolveRoot");
function isImageEntry(entry2) {
  return isManifest(entry2.mediaType) || isSchema1(entry2.mediaType);
}
__name(isImageEntry, "isImageEntry");
function hasPlatform(entry2) {
  return entry2.platform !== void 0;
}
__name(hasPlatform, "hasPlatform");
async function flatten(source, image, entries, found, depth) {
  const nested = entries.map(async (entry2) => {
    if (!isIndex(entry2.mediaType)) return [entry2];
    if (depth === DEPTH_LIMIT2) throw new PullError("invalid", `too deep: indexes nested deeper than ${DEPTH_LIMIT2}`);
    const fetched = await fetchListed(source, image, entry2);
    if (found.push(fetched) > INDEX_LIMIT) throw new PullError("invalid", `too many nested indexes: expected at most ${INDEX_LIMIT}`);
    const document = parseDocument(fetched.content, entry2.mediaType);
    return document.kind === "index" ? flatten(source, image, document.entries, found, depth + 1) : [];
  });
  return (await Promise.all(nested)).flat();
}
__name(flatten, "flatten");
async function fetchListed(source, image, descriptor) {
  const fetched = await orDangling(source.manifest(image, descriptor.digest), `manifest ${descriptor.digest}`);
  if (fetched.bytes.length === descriptor.size) return fetched;
  throw new PullError("invalid", `size differs: ${descriptor.digest} is listed with ${descriptor.size} bytes, got ${fetched.bytes.length}`);
}
__name(fetchListed, "fetchListed");
function claimedType(descriptor, fetched) {
  return isSpecific(descriptor.mediaType) ? descriptor.mediaType : fetched.mediaType;
}
__name(claimedType, "claimedType");
async function orDangling(fetch, what) {
  try {
    return await fetch;
  } catch (error) {
    if (!(error instanceof PullError) || error.status !== "not-found") throw error;
    throw inContext(error, `${what} is listed by the image but is not in the registry; push the image again`, "dangling");
  }
}
__name(orDangling, "orDangling");

// src/pull/verify.ts
async function verifyOffer(source, image, offer, depth) {
  const verified = await verifyListed(source, image, offer.descriptor, depth);
  const { platform } = verified.config;
  const claimed = formatPlatform(offer.platform);
  const found = formatPlatform(platform);
  if (!sameMachine(offer.platform, platform)) {
    throw new PullError(
      "platform-mismatch",
      `the index says ${claimed}, but the config of ${offer.descriptor.digest} says ${found}; build and push that platform again`
    );
  }
  const differs = offer.platform.variant !== platform.variant;
  const warnings = differs ? [`the index says ${claimed}, the config of ${offer.descriptor.digest} says ${found}`] : [];
  return { image: verified, warnings };
}
__name(verifyOffer, "verifyOffer");
async function verifyListed(source, image, descriptor, depth) {
  const fetched = await fetchListed(source, image, descriptor);
  return verifyImage(source, image, fetched, parseDocument(fetched.content, claimedType(descriptor, fetched)), depth);
}
__name(verifyListed, "verifyListed");
async function verifyImage(source, image, manifest, document, depth) {
  if (document.kind === "schema1") {
    const { layers: layers2, config: config2 } = document.schema1;
    const distinct2 = [...new Set(layers2)];
    const sizes = depth === "index" ? [] : await Promise.all(distinct2.map((digest) => presentSize(source, image, "layer", digest)));
    const blobs = distinct2.map((digest, at) => ({ digest, size: sizes[at] }));
    return { manifest, config: config2, configDigest: void 0, layers: layers2, blobs };
  }
  if (document.kind !== "image") {
    throw new PullError(
      "not-an-image",
      `${manifest.digest} is ${document.kind === "index" ? "an index" : describeArtifact(document)}, not an image`
    );
  }
  const [config] = await Promise.all([
    readConfigBlob(source, image, document),
    depth === "blobs" ? checkBlobs(source, image, "layer", document.layers) : void 0
  ]);
  const { config: descriptor, layers } = document;
  return {
    manifest,
    config,
    configDigest: descriptor.digest,
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers])
  };
}
__name(verifyImage, "verifyImage");
async function readConfigBlob(source, image, { config: descriptor, layers }) {
  const config = parseConfig(await orDangling(source.blob(image, descriptor), `config ${descriptor.digest}`));
  if (config.diffIds === void 0 || config.diffIds === layers.length) return config;
  throw new PullError(
    "invalid",
    `config ${descriptor.digest} lists ${config.diffIds} diffIDs, but the manifest has ${layers.length} layers`
  );
}
__name(readConfigBlob, "readConfigBlob");
async function checkBlobs(source, image, use, descriptors2) {
  const here = descriptors2.filter((descriptor) => !descriptor.foreign);
  await Promise.all(
    here.map(async ({ digest, size }) => {
      const stated = await presentSize(source, image, use, digest);
      if (stated === void 0 || stated === size) return;
      throw new PullError("invalid", `size differs: ${use} ${digest} is listed with ${size} bytes, the registry has ${stated}`);
    })
  );
}
__name(checkBlobs, "checkBlobs");
function presentSize(source, image, use, digest) {
  return orDangling(source.blobSize(image, digest), `${use} ${digest}`);
}
__name(presentSize, "presentSize");
function distinctBlobs(descriptors2) {
  return [...new Map(descriptors2.map(({ digest, size }) => [digest, { digest, size }])).values()];
}
__name(distinctBlobs, "distinctBlobs");
function describeArtifact(document) {
  if (document.kind === "buildkit-cache") return "a BuildKit cache";
  const type = document.kind === "artifact" ? document.artifactType : "";
  if (type === "application/vnd.cncf.helm.config.v1+json") return "a Helm chart";
  return type === "" ? "an artifact" : `an artifact of type ${type}`;
}
__name(describeArtifact, "describeArtifact");

// src/pull/gate.ts
async function resolveImage(source, wanted, depth) {
  const nothing = { wanted, root: void 0, platforms: [], blobs: [], warnings: [] };
  try {
    const [root, moved] = await Promise.all([resolveRoot(source, wanted.reference), tagWarnings(source, wanted)]);
    const failed = /* @__PURE__ */ __name((error) => ({ ...nothing, root, problem: asProblem2(error, wanted.written) }), "failed");
    const resolved = await judge({ source, wanted, depth, root }).catch(failed);
    return { ...resolved, warnings: [...moved, ...resolved.warnings] };
  } catch (error) {
    return { ...nothing, problem: asProblem2(error, wanted.written) };
  }
}
__name(resolveImage, "resolveImage");
function asProblem2(error, asked) {
  if (!(error instanceof PullError)) throw error;
  return { status: error.status, message: `${asked}: ${error.message}` };
}
__name(asProblem2, "asProblem");
async function tagWarnings(source, { reference, written }) {
  const { tag, digest } = reference;
  if (tag === void 0 || digest === void 0) return [];
  try {
    const now = await source.claimedDigest(reference, tag);
    if (now === void 0 || algorithmOf(now) !== algorithmOf(digest)) return [];
    return now === digest ? [] : [`${written}: the tag ${tag} now points at ${now}; the digest given decides`];
  } catch (error) {
    const { status } = asProblem2(error, written);
    return status === "not-found" ? [`${written}: the tag ${tag} does not exist (any more); the digest given decides`] : [];
  }
}
__name(tagWarnings, "tagWarnings");
async function judge(inquiry) {
  const { wanted, root } = inquiry;
  if (root.document.kind === "artifact" || root.document.kind === "buildkit-cache") return judgeArtifact(inquiry, root.document);
  const { candidates, missing } = root.document.kind === "index" ? await fromIndex(inquiry) : await fromManifest(inquiry);
  const judged = await Promise.all(candidates.map((candidate) => judgePlatform(inquiry, candidate)));
  const platforms = [...judged.map(({ outcome }) => outcome), ...missing];
  return { wanted, root, platforms, problem: void 0, blobs: [], warnings: judged.flatMap(({ warnings }) => warnings) };
}
__name(judge, "judge");
async function fromIndex(inquiry) {
  const offers = distinct([...inquiry.root.offers, ...await namedByConfig(inquiry)]);
  const candidates = offers.map((offer) => ({ platform: offer.platform, offer, image: void 0 }));
  return select(inquiry.wanted, candidates);
}
__name(fromIndex, "fromIndex");
async function fromManifest({ source, wanted, depth, root }) {
  const image = await verifyImage(source, wanted.reference, root.fetched, root.document, depth);
  return select(wanted, [{ platform: image.config.platform, offer: void 0, image }]);
}
__name(fromManifest, "fromManifest");
async function namedByConfig({ source, wanted, root }) {
  const { platforms, reference } = wanted;
  if (platforms === "any" || root.unnamed.length === 0) return [];
  const missing = platforms === "all" || platforms.some((required) => !root.offers.some((offer) => satisfies(required, offer.platform)));
  if (!missing) return [];
  const looked = root.unnamed.map(async (descriptor) => {
    try {
      const { config } = await verifyListed(source, reference, descriptor, "manifest");
      return [{ platform: config.platform, descriptor }];
    } catch (error) {
      if (asProblem2(error, wanted.written).status === "not-an-image") return [];
      throw error;
    }
  });
  return (await Promise.all(looked)).flat();
}
__name(namedByConfig, "namedByConfig");
function distinct(offers) {
  const first = /* @__PURE__ */ new Map();
  for (const offer of offers) {
    const key = formatPlatform(offer.platform);
    if (!first.has(key)) first.set(key, offer);
  }
  return [...first.values()];
}
__name(distinct, "distinct");
function select(wanted, candidates) {
  const { platforms } = wanted;
  if (platforms === "any") return { candidates: candidates.map((candidate) => ({ ...candidate, required: false })), missing: [] };
  if (platforms === "all") {
    const missing = candidates.length === 0 ? [missingPlatform(wanted, void 0, [])] : [];
    return { candidates: candidates.map((candidate) => ({ ...candidate, required: true })), missing };
  }
  const chosen = platforms.map((required) => candidates.find(({ platform }) => satisfies(required, platform)));
  const offered = candidates.map(({ platform }) => platform);
  return {
    candidates: candidates.map((candidate) => ({ ...candidate, required: chosen.includes(candidate) })),
    missing: platforms.filter((_, at) => chosen[at] === void 0).map((required) => missingPlatform(wanted, required, offered))
  };
}
__name(select, "select");
function missingPlatform(wanted, required, offered) {
  const near = required && nearest(required, offered);
  const offers = offered.length === 0 ? "no platform at all" : offered.map(formatPlatform).join(", ");
  const hint = near === void 0 ? "" : `; nearest: ${formatPlatform(near)}`;
  const platform = required === void 0 ? "all" : formatPlatform(required);
  const message = `${wanted.written} does not offer ${required === void 0 ? "a platform" : platform}; it offers ${offers}${hint}`;
  return { platform, required: true, status: "platform-missing", message, digest: void 0, image: void 0 };
}
__name(missingPlatform, "missingPlatform");
async function judgePlatform({ source, wanted, depth }, candidate) {
  const { offer, image, required } = candidate;
  const platform = formatPlatform(candidate.platform);
  const digest = offer?.descriptor.digest ?? image?.manifest.digest;
  const outcome = { platform, required, status: "ok", message: "", digest, image };
  if (!required || offer === void 0 || depth === "index") return { outcome, warnings: [] };
  try {
    const verified = await verifyOffer(source, wanted.reference, offer, depth);
    return { outcome: { ...outcome, image: verified.image }, warnings: verified.warnings.map((text2) => `${wanted.written}: ${text2}`) };
  } catch (error) {
    return { outcome: { ...outcome, ...asProblem2(error, `${wanted.written} ${platform}`) }, warnings: [] };
  }
}
__name(judgePlatform, "judgePlatform");
async function judgeArtifact({ source, wanted, depth, root }, document) {
  const config = document.config === void 0 ? [] : [document.config];
  const result = { wanted, root, platforms: [], blobs: distinctBlobs([...config, ...document.layers]), warnings: [] };
  if (wanted.platforms !== "any") {
    const message = `${wanted.written} is ${describeArtifact(document)} and has no platform; ask for it with platforms: any`;
    return { ...result, problem: { status: "not-an-image", message } };
  }
  await Promise.all([
    depth === "index" ? void 0 : checkBlobs(source, wanted.reference, "config", config),
    depth === "blobs" ? checkBlobs(source, wanted.reference, "layer", document.layers) : void 0
  ]);
  return { ...result, problem: void 0 };
}
__name(judgeArtifact, "judgeArtifact");

// src/pull/run.ts
async function run(plan, source, surroundings) {
  const { now, sleep: sleep3, signal, say, resolved } = surroundings;
  const deadline = now() + plan.waitTimeout * 1e3;
  const patient = plan.waitTimeout > 0;
  const resolve2 = /* @__PURE__ */ __name(async (wanted) => {
    const image = await resolveImage(source, wanted, plan.verify);
    if (!patient || !canHeal(image)) resolved(image);
    return image;
  }, "resolve");
  let images = await Promise.all(plan.wanted.map(resolve2));
  while (images.some((image) => canHeal(image) && !image.wanted.optional)) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    say(waitingLine(images.filter(canHeal), left));
    await sleep3(Math.min(plan.waitInterval * 1e3, left), signal).catch(() => void 0);
    images = await Promise.all(images.map((image) => canHeal(image) ? resolve2(image.wanted) : image));
  }
  if (patient) images.filter(canHeal).forEach(resolved);
  return images;
}
__name(run, "run");
function canHeal(resolved) {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayHeal(status));
}
__name(canHeal, "canHeal");
function waitingLine(images, left) {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1e3)} s left`;
}
__name(waitingLine, "waitingLine");

// src/registry/address.ts
import { BlockList, isIP } from "node:net";
var RANK = { public: 0, private: 1, loopback: 2, forbidden: 3 };
var RANGES = {
  forbidden: [
    ["0.0.0.0", 8],
    ["169.254.0.0", 16],
    ["224.0.0.0", 3],
    ["168.63.129.16", 32],
    // Azure's wire server
    ["100.100.100.200", 32],
    // Alibaba's metadata service
    ["::", 128],
    ["fe80::", 10],
    ["ff00::", 8],
    ["fd00:ec2::254", 128]
    // AWS's metadata service
  ],
  loopback: [
    ["127.0.0.0", 8],
    ["::1", 128]
  ],
  private: [
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["fc00::", 7]
  ]
};
var LISTS = ["forbidden", "loopback", "private"].map((reach) => {
  const list = new BlockList();
  for (const [address, bits] of RANGES[reach]) list.addSubnet(address, bits, address.includes(":") ? "ipv6" : "ipv4");
  return [reach, list];
});
function reachOf(address) {
  const inner = embeddedIPv4(address) ?? address;
  const family2 = isIP(inner) === 6 ? "ipv6" : "ipv4";
  return LISTS.find(([, list]) => list.check(inner, family2))?.[0] ?? "public";
}
__name(reachOf, "reachOf");
function embeddedIPv4(address) {
  if (isIP(address) !== 6) return void 0;
  const groups = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1);
  const mapped = /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(groups);
  const [high, low] = mapped ? [mapped[1] ?? "0", mapped[2] ?? "0"] : /^2002:([0-9a-f]{1,4}):([0-9a-f]{1,4})/.exec(groups)?.slice(1) ?? [];
  if (high === void 0 || low === void 0) return void 0;
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return bits.flatMap((pair) => [pair >> 8, pair & 255]).join(".");
}
__name(embeddedIPv4, "embeddedIPv4");
function literalAddress(url) {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? void 0 : host;
}
__name(literalAddress, "literalAddress");
function checkReach(address, host, namedBy) {
  const reach = reachOf(address);
  if (reach !== "forbidden" && (namedBy === "user" || RANK[reach] <= RANK[namedBy])) return;
  const shown = host === address ? address : `${host} (${address})`;
  if (reach === "forbidden") {
    throw new PullError("invalid", `address refused: ${shown} is link-local, unspecified or a cloud's own metadata service`);
  }
  throw new PullError("invalid", `address refused: ${shown} is a ${reach} address, where a ${namedBy} registry may not send anyone`);
}
__name(checkReach, "checkReach");
function isLoopbackHost(url) {
  const address = literalAddress(url);
  return address === void 0 ? /^(.+\.)?localhost$/.test(url.hostname) : reachOf(address) === "loopback";
}
__name(isLoopbackHost, "isLoopbackHost");
function registryOrigin(registry, insecure) {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const url = new URL(`https://${host}/`);
  const plain = insecure.has(registry) || isLoopbackHost(url) && !registry.endsWith(":443");
  return plain ? new URL(`http://${host}/`) : url;
}
__name(registryOrigin, "registryOrigin");
var KNOWN_REALMS = /* @__PURE__ */ new Map([
  ["auth.docker.io", /^(registry-1\.|index\.)?docker\.io$/],
  ["ghcr.io", /^lscr\.io$/],
  ["api.scaleway.com", /^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/]
]);
async function mayReceiveCredentials(realm, registry, trusted) {
  if (realm.origin === registry.origin || trusted.has(realm.host) || trusted.has(realm.hostname)) return true;
  if ([realm, registry].some((url) => literalAddress(url) !== void 0 || isLoopbackHost(url))) return false;
  if (realm.hostname === registry.hostname || KNOWN_REALMS.get(realm.hostname)?.test(registry.hostname)) return true;
  const { registrableDomain } = await import("./domain-MSJL6GHW.js");
  const domain = registrableDomain(registry.hostname);
  return domain !== void 0 && domain === registrableDomain(realm.hostname);
}
__name(mayReceiveCredentials, "mayReceiveCredentials");

// src/registry/errors.ts
var SHOWN_LIMIT = 1024;
function describeErrors(body, headers) {
  const text2 = new TextDecoder().decode(body).trim();
  const type = mediaTypeOf(headers);
  if (type === "text/html" || /^<!doctype html|^<html/i.test(text2)) return "a web page (text/html), not a registry's answer";
  return shorten(
    fromJson(text2) ?? text2.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim()
  );
}
__name(describeErrors, "describeErrors");
function mediaTypeOf(headers) {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}
__name(mediaTypeOf, "mediaTypeOf");
function shorten(text2) {
  return text2.length > SHOWN_LIMIT ? `${text2.slice(0, SHOWN_LIMIT)}\u2026` : text2;
}
__name(shorten, "shorten");
function fromJson(text2) {
  if (!text2.startsWith("{")) return void 0;
  let json;
  try {
    json = JSON.parse(text2);
  } catch {
    return void 0;
  }
  const { errors, ...own2 } = json;
  const entries = Array.isArray(errors) && errors.length > 0 ? errors : [own2];
  const described = entries.map(describeEntry).filter((entry2) => entry2 !== "");
  return described.length > 0 ? described.join("; ") : void 0;
}
__name(fromJson, "fromJson");
function describeEntry(entry2) {
  if (typeof entry2 !== "object" || entry2 === null) return flat(entry2);
  const fields = entry2;
  const pick = /* @__PURE__ */ __name((...names) => names.map((name3) => flat(fields[name3])).find((value) => value !== "") ?? "", "pick");
  const head = [pick("code", "error"), pick("message", "error_description")].filter((part) => part !== "").join(": ");
  const detail = pick("detail", "details");
  return detail === "" ? head : `${head} (${detail})`.trim();
}
__name(describeEntry, "describeEntry");
function flat(value) {
  if (value === void 0 || value === null) return "";
  if (typeof value === "string") return value;
  const text2 = JSON.stringify(value);
  return text2 === "{}" || text2 === "[]" ? "" : text2;
}
__name(flat, "flat");

// src/registry/api.ts
var REDIRECT_LIMIT = 5;
var Api = class {
  static {
    __name(this, "Api");
  }
  #options;
  #origins = /* @__PURE__ */ new Map();
  #said = /* @__PURE__ */ new Set();
  #remaining = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** Docker Hub's count of pulls left, by registry, as its last answer gave it: `76 of 100 pulls left per 21600 s`. */
  get remainingPulls() {
    return this.#remaining;
  }
  /**
   * The successful answer, or one of the `tolerated` statuses, to a request for `path` below the repository.
   * Fails with the status that the registry's answer means.
   */
  async ask(image, path, wanted, tolerated = []) {
    const reached = await this.#follow(image, path, wanted);
    const { answer, session } = reached;
    this.#note(image.registry, answer.headers);
    if (answer.status >= 200 && answer.status < 300 || tolerated.includes(answer.status)) return reached;
    throw refusal(reached.url, answer, session);
  }
  /** Redirects by hand: at most five, never from https to http, and no credentials beyond the registry's own origin. */
  async #follow(image, path, wanted) {
    const home = this.#origin(image.registry);
    let url = new URL(`/v2/${image.repository}/${path}`, home);
    for (let hop = 0; ; hop++) {
      const atHome = url.origin === home.origin;
      const session = this.#options.authenticator.session(url, image, atHome);
      const answer = await session.send({ ...wanted, url, namedBy: atHome ? "user" : this.#options.http.reach(home) });
      if (atHome && this.#speaksTls(home, answer)) return this.#follow(image, path, wanted);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status >= 400 || location === void 0) return { answer, session, url };
      if (hop === REDIRECT_LIMIT) throw new PullError("invalid", `${home.host}: more than ${REDIRECT_LIMIT} redirects`);
      url = nextHop(url, location);
    }
  }
  /** Go's servers, most registries among them, answer so to plain HTTP on a TLS port; loopback was only assumed to be plain. */
  #speaksTls(home, answer) {
    if (home.protocol !== "http:" || answer.status !== 400 || !answer.body.includes("HTTP request to an HTTPS server")) return false;
    this.#origins.set(home.host, new URL(`https://${home.host}/`));
    return true;
  }
  #origin(registry) {
    const origin = registryOrigin(registry, this.#options.insecureRegistries);
    return this.#origins.get(origin.host) ?? origin;
  }
  /** What registries say on the side: warnings (https://www.rfc-editor.org/rfc/rfc7234#section-5.5) and Docker Hub's limits. */
  #note(registry, headers) {
    for (const [, text2] of String(headers["warning"] ?? "").matchAll(/299 [^\s"]+ "((?:[^"\\]|\\.){1,1024})"/g)) {
      const line = `${registry} warns: ${text2}`;
      if (!this.#said.has(line)) this.#options.warn(line);
      this.#said.add(line);
    }
    const [left, window] = String(headers["ratelimit-remaining"] ?? "").split(";w=");
    const [limit] = String(headers["ratelimit-limit"] ?? "").split(";w=");
    if (left && window) this.#remaining.set(registry, `${left} of ${limit || "?"} pulls left per ${window} s`);
  }
};
function nextHop(from, location) {
  if (!URL.canParse(location, from.href)) throw new PullError("invalid", `${from.host} redirects to something that is no URL`);
  const next = new URL(location, from);
  if (!/^https?:$/.test(next.protocol) || next.username !== "" || next.password !== "") {
    throw new PullError(
      "invalid",
      `redirect refused: ${from.host} sends to ${next.protocol}//${next.host}, which is not a plain https URL`
    );
  }
  if (from.protocol === "https:" && next.protocol === "http:") {
    throw new PullError("invalid", `redirect refused: ${from.host} is https, ${next.host} would be plain http`);
  }
  return next;
}
__name(nextHop, "nextHop");
function refusal(url, answer, session) {
  const words2 = describeErrors(answer.body, answer.headers);
  const head = `${url.host} answered ${answer.status}${words2 === "" ? "" : ` ${words2}`}`;
  const { status } = answer;
  if (status === 404)
    return new PullError("not-found", `${head}; check the repository and the tag, or set wait-timeout if it is still being pushed`);
  if (status === 401 || status === 403) return new PullError("unauthorized", `${head}; ${unauthorizedHint(session.refusals)}`);
  if (status === 429) return new PullError("rate-limited", `${head}${retryAfterHint(answer.headers)}`);
  return new PullError(status === 408 || status === 499 || status >= 500 ? "unreachable" : "invalid", head);
}
__name(refusal, "refusal");
function unauthorizedHint(refusals) {
  const tried = refusals.length === 0 ? "no credentials are configured for it" : `refused: ${refusals.join("; ")}`;
  return `${tried}. Registries answer so for what does not exist, too: check the name, then the credentials in registry-auth`;
}
__name(unauthorizedHint, "unauthorizedHint");
function retryAfterHint(headers) {
  const after = headers["retry-after"];
  return after === void 0 ? "" : `; it asks to wait ${/^\d+$/.test(after) ? `${after} s` : `until ${after}`}`;
}
__name(retryAfterHint, "retryAfterHint");

// src/registry/challenge.ts
var TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
var TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
var EQUALS = /[ \t]*=[ \t]*/y;
var SPACE = /[ \t]+/y;
var SEPARATOR = /[ \t]*(?:,[ \t]*)+|[ \t]+/y;
var LENGTH_LIMIT2 = 16 * 1024;
function parseChallenges(header2) {
  const scanner = new Scanner(header2.slice(0, LENGTH_LIMIT2));
  const challenges = [];
  scanner.take(SEPARATOR);
  while (!scanner.done) {
    const start = scanner.at;
    const word = scanner.take(TOKEN);
    if (word === void 0) break;
    const current = challenges.at(-1);
    if (current !== void 0 && scanner.take(EQUALS) !== void 0) {
      const value = scanner.value();
      if (value === void 0) break;
      const name3 = word.toLowerCase();
      if (!current.parameters.has(name3)) current.parameters.set(name3, value);
    } else {
      scanner.at = start + word.length;
      challenges.push({ scheme: word.toLowerCase(), parameters: /* @__PURE__ */ new Map() });
      if (scanner.take(SPACE) !== void 0) scanner.take(TOKEN68);
    }
    if (!scanner.done && scanner.take(SEPARATOR) === void 0 && scanner.at === start) break;
  }
  return challenges;
}
__name(parseChallenges, "parseChallenges");
var Scanner = class {
  static {
    __name(this, "Scanner");
  }
  at = 0;
  #text;
  constructor(text2) {
    this.#text = text2;
  }
  get done() {
    return this.at >= this.#text.length;
  }
  take(pattern) {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }
  /** A token or a quoted string; undefined when a quote never closes. */
  value() {
    if (this.#text[this.at] !== '"') return this.take(TOKEN);
    let value = "";
    for (let at = this.at + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '"') {
        this.at = at + 1;
        return value;
      }
      value += char === "\\" ? this.#text[++at] ?? "" : char;
    }
    return void 0;
  }
};

// src/registry/credentials.ts
import { spawn } from "node:child_process";

// src/registry/docker-config.ts
import { homedir } from "node:os";
import { join } from "node:path";
function readDockerConfigs(environment, readFile3, warn) {
  const inline = environment["DOCKER_AUTH_CONFIG"];
  const fromVariable = inline ? [parse("DOCKER_AUTH_CONFIG", inline, warn)] : [];
  const fromFiles = paths(environment).map((path) => load(path, readFile3, warn));
  return [...fromVariable, ...fromFiles].filter((config) => config !== void 0);
}
__name(readDockerConfigs, "readDockerConfigs");
function paths(environment) {
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? homedir();
  const docker = join(environment["DOCKER_CONFIG"] || join(home, ".docker"), "config.json");
  const file2 = environment["REGISTRY_AUTH_FILE"];
  if (file2) return [docker, file2];
  const runtime = environment["XDG_RUNTIME_DIR"];
  const configHome = environment["XDG_CONFIG_HOME"] || join(home, ".config");
  return [docker, ...runtime ? [join(runtime, "containers", "auth.json")] : [], join(configHome, "containers", "auth.json")];
}
__name(paths, "paths");
function load(path, readFile3, warn) {
  let text2;
  try {
    text2 = readFile3(path);
  } catch (error) {
    const { code: code2 } = error;
    if (code2 !== "ENOENT" && code2 !== "ENOTDIR" && code2 !== "EISDIR") warn(`cannot read ${path} (${code2}): its credentials are not used`);
    return void 0;
  }
  return parse(path, text2, warn);
}
__name(load, "load");
function parse(source, text2, warn) {
  let json;
  try {
    json = JSON.parse(text2);
  } catch {
    warn(`${source} is not JSON: its credentials are not used`);
    return void 0;
  }
  const { auths, credHelpers, credsStore } = record(json);
  return {
    source,
    auths: new Map(Object.entries(record(auths)).map(([key, value]) => [hostPath(key), readAuth(record(value))])),
    credHelpers: new Map(Object.entries(record(credHelpers)).map(([key, value]) => [hostPath(key), stringOf(value)])),
    credsStore: stringOf(credsStore) || void 0
  };
}
__name(parse, "parse");
function record(value) {
  return typeof value === "object" && value !== null ? value : {};
}
__name(record, "record");
function stringOf(value) {
  return typeof value === "string" ? value : "";
}
__name(stringOf, "stringOf");
function readAuth(entry2) {
  const decoded = Buffer.from(stringOf(entry2["auth"]), "base64").toString().replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  return {
    username: colon < 0 ? stringOf(entry2["username"]) : decoded.slice(0, colon),
    password: colon < 0 ? stringOf(entry2["password"]) : decoded.slice(colon + 1),
    identityToken: stringOf(entry2["identitytoken"]),
    registryToken: stringOf(entry2["registrytoken"])
  };
}
__name(readAuth, "readAuth");
function hostPath(key) {
  const bare = key.trim().toLowerCase().replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, "");
  return bare.replace(/^(index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)(?=\/|$)/, "docker.io");
}
__name(hostPath, "hostPath");
function longestPrefix(entries, name3) {
  for (let key = name3; key !== ""; key = key.slice(0, Math.max(key.lastIndexOf("/"), 0))) {
    const value = entries.get(key);
    if (value !== void 0) return value;
  }
  return void 0;
}
__name(longestPrefix, "longestPrefix");

// src/registry/credentials.ts
var ACR_TOKEN_USER = "00000000-0000-0000-0000-000000000000";
var HUB_SERVER = "https://index.docker.io/v1/";
var Keychain = class {
  static {
    __name(this, "Keychain");
  }
  #options;
  #masked = /* @__PURE__ */ new Set();
  #asked = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /**
   * The credentials for `registry/repository`, best first, none twice: `registry-auth`, then each configuration's helper and entry,
   * and the GitHub token for exactly `ghcr.io` when nothing else is configured. Matched on whole hosts, never on parts of one.
   */
  async find(image) {
    const name3 = repositoryName(image);
    const found = [this.#fromInput(name3), ...await Promise.all(this.#options.configs.map((config) => this.#fromConfig(config, name3)))].flat().filter((credential) => credential !== void 0);
    const { githubToken } = this.#options;
    if (found.length === 0 && image.registry === "ghcr.io" && githubToken !== "") {
      found.push({ source: "github-token", kind: "password", username: "x-access-token", password: githubToken });
    }
    for (const credential of found) this.#mask(credential);
    return found.filter((credential, at) => at === found.findIndex((other) => sameSecret(credential, other)));
  }
  #fromInput(name3) {
    const entries = new Map(this.#options.registryAuth.map((auth2) => [hostPath(auth2.registry), auth2]));
    const auth = longestPrefix(entries, name3);
    return auth && fromLogin("registry-auth", auth.username, auth.password);
  }
  async #fromConfig(config, name3) {
    const helper = longestPrefix(config.credHelpers, name3) ?? config.credsStore;
    const auth = longestPrefix(config.auths, name3);
    const host = name3.slice(0, name3.indexOf("/"));
    return [helper === void 0 ? void 0 : await this.#fromHelper(helper, host), auth && fromAuth(config.source, auth)];
  }
  #fromHelper(helper, host) {
    const server = host === "docker.io" ? HUB_SERVER : host;
    const key = `${helper} ${server}`;
    const asked = this.#asked.get(key) ?? this.#askHelper(helper, server);
    this.#asked.set(key, asked);
    return asked;
  }
  /** https://github.com/docker/docker-credential-helpers#development */
  async #askHelper(helper, server) {
    const { output, error } = await this.#options.runHelper(helper, server);
    if (error === void 0) {
      const credential = readHelperAnswer(`docker-credential-${helper}`, output);
      if (credential !== void 0) return credential;
    }
    if (/credentials not found|no credentials server URL|no credentials username/i.test(`${output} ${error}`)) return void 0;
    this.#options.warn(
      `docker-credential-${helper} gave no credentials for ${server}: ${error ?? "its answer is not the JSON it should be"}`
    );
    return void 0;
  }
  /** Once each: a workflow's log should not repeat them for every repository. */
  #mask(credential) {
    const secrets = credential.kind === "password" ? [credential.password, basicValue(credential.username, credential.password)] : [credential.token];
    for (const secret of secrets) {
      if (!this.#masked.has(secret)) this.#options.mask(secret);
      this.#masked.add(secret);
    }
  }
};
function basicValue(username, password) {
  return Buffer.from(`${username}:${password}`).toString("base64");
}
__name(basicValue, "basicValue");
function sameSecret(one, other) {
  return JSON.stringify({ ...one, source: "" }) === JSON.stringify({ ...other, source: "" });
}
__name(sameSecret, "sameSecret");
function fromLogin(source, username, password) {
  if (password === "") return void 0;
  const identity = username === "<token>" || username === ACR_TOKEN_USER;
  return identity ? { source, kind: "identity", username, token: password } : { source, kind: "password", username, password };
}
__name(fromLogin, "fromLogin");
function fromAuth(source, auth) {
  if (auth.identityToken !== "") return { source, kind: "identity", username: auth.username, token: auth.identityToken };
  if (auth.registryToken !== "") return { source, kind: "registry-token", token: auth.registryToken };
  return fromLogin(source, auth.username, auth.password);
}
__name(fromAuth, "fromAuth");
function readHelperAnswer(source, output) {
  try {
    const { Username, Secret } = JSON.parse(output);
    return typeof Username === "string" && typeof Secret === "string" ? fromLogin(source, Username, Secret) : void 0;
  } catch {
    return void 0;
  }
}
__name(readHelperAnswer, "readHelperAnswer");
var HELPER_DEADLINE_MS = 3e4;
var HELPER_OUTPUT_LIMIT = 64 * 1024;
function childEnvironment(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name3]) => !/^(INPUT_|ACTIONS_|GITHUB_TOKEN$)/i.test(name3)));
}
__name(childEnvironment, "childEnvironment");
function helperRunner(environment) {
  const clean = childEnvironment(environment);
  return (name3, input) => {
    if (!/^[A-Za-z0-9._-]+$/.test(name3)) return Promise.resolve({ output: "", error: "its name is not a helper's name" });
    return run2(`docker-credential-${name3}`, input, clean);
  };
}
__name(helperRunner, "helperRunner");
function run2(command, input, env) {
  return new Promise((resolve2) => {
    const child = spawn(command, ["get"], { env, stdio: ["pipe", "pipe", "ignore"] });
    let output = "";
    const end = /* @__PURE__ */ __name((error) => {
      clearTimeout(deadline);
      resolve2({ output, error: error === void 0 ? void 0 : `${error} ${output.trim().slice(0, 200)}`.trim() });
    }, "end");
    const stop = /* @__PURE__ */ __name((why) => {
      child.kill("SIGKILL");
      child.stdout.destroy();
      end(why);
    }, "stop");
    const deadline = setTimeout(() => stop(`no answer within ${HELPER_DEADLINE_MS / 1e3} s`), HELPER_DEADLINE_MS);
    child.stdout.setEncoding("utf8").on("data", (text2) => {
      output += text2;
      if (output.length > HELPER_OUTPUT_LIMIT) stop(`more than ${HELPER_OUTPUT_LIMIT} bytes of output`);
    });
    child.on("error", (error) => end(error.message));
    child.on("close", (code2, signal) => end(code2 === 0 ? void 0 : signal ?? `exit code ${code2}`));
    child.stdin.on("error", () => void 0).end(input);
  });
}
__name(run2, "run");

// src/registry/session.ts
var Session = class {
  static {
    __name(this, "Session");
  }
  #options;
  #origin;
  #image;
  /** The registry's own origin, which alone is owed credentials. */
  #home;
  #candidates;
  #at = 0;
  #grant;
  #first;
  #refusals = [];
  #warned = false;
  #credential;
  constructor(options, origin, image, home) {
    this.#options = options;
    this.#origin = origin;
    this.#image = image;
    this.#home = home;
    this.#candidates = home ? options.keychain.find(image).then((found) => [...found, void 0]) : Promise.resolve([void 0]);
  }
  /** True once a request was let through with credentials. */
  get authenticated() {
    return this.#credential !== void 0;
  }
  /** Which credentials were refused, and in whose words; empty when none was. */
  get refusals() {
    return this.#refusals;
  }
  /**
   * The answer to `request`, authorized as the origin asks. A 401 or 403 comes back only when everything was tried.
   * The first request to an origin, and to a repository, goes alone: what it learns spares all others a refusal.
   */
  send(request) {
    const before = this.#first ?? this.#origin.first;
    const converse = /* @__PURE__ */ __name(() => this.#converse(request), "converse");
    const conversation = before === void 0 ? converse() : before.then(converse, converse);
    this.#first ??= conversation;
    this.#origin.first ??= conversation;
    return conversation;
  }
  async #converse(request) {
    let grant2 = await this.#current();
    let renewals = 0;
    for (; ; ) {
      const authorized = grant2 === void 0 ? {} : { authorization: grant2.authorization };
      const answer = await this.#options.http.exchange({ ...request, headers: { ...request.headers, ...authorized } });
      if (answer.status !== 401 && answer.status !== 403) {
        this.#accept(grant2);
        return answer;
      }
      const better = await this.#renew(grant2, answer, renewals++ === 0);
      if (better === void 0) return answer;
      grant2 = better;
    }
  }
  #accept(grant2) {
    if (grant2 !== void 0) grant2.proven = true;
    if (this.#refusals.length === 0 || this.#warned) return;
    this.#warned = true;
    this.#options.warn(
      `${this.#origin.url.host}: credentials were refused and the request went through without them: ${this.#refusals.join("; ")}`
    );
  }
  /** The grant in force, made now when the origin is known to want one or the old one is about to expire. */
  async #current() {
    const grant2 = await this.#settled();
    if (grant2 !== void 0 && grant2.expires > this.#options.now()) return grant2;
    const { challenge } = this.#origin;
    if (challenge === void 0 || this.#grant !== void 0 && grant2 === void 0) return void 0;
    return this.#replace(() => this.#obtain(challenge, grant2?.scope ?? this.#scope()));
  }
  /** A grant to try after `used` was refused, or undefined when there is none. Requests refused together renew once. */
  async #renew(used, answer, mayRefresh) {
    const challenge = await this.#challengeOf(answer) ?? this.#origin.challenge;
    const latest = await this.#settled();
    if (latest !== used) return latest;
    if (challenge === void 0 || answer.status === 403 && used?.proven) return void 0;
    this.#origin.challenge = challenge;
    const scope = challenge.parameters.get("scope") ?? this.#scope();
    const expired = mayRefresh && (used?.proven || used?.scope !== scope);
    return this.#replace(async () => {
      if (used !== void 0 && !expired) await this.#refuse({ refused: `answered ${answer.status}`, status: answer.status });
      return this.#obtain(challenge, scope);
    });
  }
  /** The last grant there is, once nobody is at work on another. */
  async #settled() {
    for (; ; ) {
      const pending = this.#grant;
      const grant2 = await pending;
      if (pending === this.#grant) return grant2;
    }
  }
  #replace(make) {
    const grant2 = make();
    this.#grant = grant2;
    grant2.catch(() => {
      if (this.#grant === grant2) this.#grant = void 0;
    });
    return grant2;
  }
  /** A grant from the first candidate that gets one, this one or a later. */
  async #obtain(challenge, scope) {
    const candidates = await this.#candidates;
    while (this.#at < candidates.length) {
      const credential = candidates[this.#at];
      const grant2 = this.#origin.refused.get(keyOf(credential)) ?? await this.#grantFor(challenge, scope, credential);
      this.#credential = credential;
      if (!("refused" in grant2)) return grant2;
      await this.#refuse(grant2);
    }
    return void 0;
  }
  /** A grant, or why there is none. */
  async #grantFor(challenge, scope, credential) {
    if (credential?.kind === "registry-token") return grant(`Bearer ${credential.token}`, scope);
    if (challenge.scheme === "basic") {
      if (credential?.kind !== "password") return { refused: credential === void 0 ? "" : "the registry wants a password", status: 0 };
      return grant(`Basic ${basicValue(credential.username, credential.password)}`, scope);
    }
    const token = await this.#options.tokens.fetch(this.#origin.url, challenge, scope, credential);
    return "refused" in token ? token : grant(`Bearer ${token.token}`, scope, token.expires);
  }
  async #refuse(refusal3) {
    const credential = (await this.#candidates)[this.#at++];
    this.#credential = void 0;
    const { refused, status } = refusal3;
    if (credential !== void 0 && status === 401) this.#origin.refused.set(keyOf(credential), refusal3);
    if (credential !== void 0) this.#refusals.push(`${describe(credential)} (${refused})`);
    else if (refused !== "" && !refused.startsWith("answered ")) this.#refusals.push(`no credentials (${refused})`);
  }
  #scope() {
    return `repository:${this.#image.repository}:pull`;
  }
  /**
   * The challenge to answer: Bearer before Basic, other schemes skipped. Some registries refuse without one and name it
   * only at `/v2/` (https://github.com/containers/image/blob/main/docker/docker_client.go), so that is asked once.
   */
  async #challengeOf(answer) {
    const challenge = choose(answer);
    if (challenge !== void 0 || answer.status !== 401 || this.#origin.challenge !== void 0 || !this.#home) return challenge;
    const url = new URL("/v2/", this.#origin.url);
    return choose(await this.#options.http.exchange({ method: "GET", url, headers: {}, limit: 64 * 1024, namedBy: "user" }));
  }
};
function choose(answer) {
  const header2 = answer.headers["www-authenticate"];
  if (header2 === void 0) return void 0;
  const challenges = parseChallenges(header2);
  const known = challenges.find(({ scheme }) => scheme === "bearer") ?? challenges.find(({ scheme }) => scheme === "basic");
  if (known === void 0) {
    const schemes = challenges.map(({ scheme }) => scheme).join(", ") || "none that can be read";
    throw new PullError("unauthorized", `the registry asks for an authentication scheme that is not Bearer or Basic: ${schemes}`);
  }
  return known;
}
__name(choose, "choose");
function grant(authorization, scope, expires = Number.POSITIVE_INFINITY) {
  return { authorization, scope, expires, proven: false };
}
__name(grant, "grant");
function keyOf(credential) {
  return JSON.stringify(credential) ?? "";
}
__name(keyOf, "keyOf");
function describe(credential) {
  const user = credential.kind === "password" ? ` of ${credential.username}` : "";
  return `the credentials${user} from ${credential.source}`;
}
__name(describe, "describe");

// src/registry/auth.ts
var Authenticator = class {
  static {
    __name(this, "Authenticator");
  }
  #options;
  #origins = /* @__PURE__ */ new Map();
  #sessions = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** The session for `image` at `url`'s origin. Only at `home`, the registry's own origin, has it credentials. */
  session(url, image, home) {
    const key = `${url.origin} ${image.registry}/${image.repository} ${home}`;
    const session = this.#sessions.get(key) ?? new Session(this.#options, this.#origin(url), image, home);
    this.#sessions.set(key, session);
    return session;
  }
  #origin(url) {
    const origin = this.#origins.get(url.origin) ?? {
      url: new URL(url.origin),
      challenge: void 0,
      first: void 0,
      refused: /* @__PURE__ */ new Map()
    };
    this.#origins.set(url.origin, origin);
    return origin;
  }
};

// src/registry/client.ts
var MANIFEST_LIMIT = 4 * 1024 * 1024;
var RegistryClient = class {
  static {
    __name(this, "RegistryClient");
  }
  #api;
  #say;
  #documents = /* @__PURE__ */ new Map();
  constructor(api, say) {
    this.#api = api;
    this.#say = say;
  }
  /**
   * The manifest a tag or digest names. By digest it is fetched once a run, and its bytes have that digest.
   * Fails with the status the registry's answer means, and as `invalid` when digest, or announced digest, and bytes differ.
   */
  manifest(image, reference) {
    const digest = asDigest(reference);
    return digest === void 0 ? this.#verified(() => this.#manifest(image, reference, void 0)) : this.#once(`${image.registry}/${image.repository} manifest ${digest}`, () => this.#manifest(image, digest, digest));
  }
  async #manifest(image, reference, expected) {
    const { answer, session } = await this.#get(image, `manifests/${reference}`, { accept: ACCEPT }, MANIFEST_LIMIT);
    const content = documentContent(answer.body);
    const announced = asDigest(String(answer.headers["docker-content-digest"] ?? ""));
    const digest = check(content, expected, "asked for") ?? check(content, announced, "the registry announced");
    const sha256 = digest?.startsWith("sha256:") ? digest : digestOf(content);
    return {
      bytes: answer.body,
      content,
      digest: expected ?? sha256,
      mediaType: mediaTypeOf(answer.headers),
      authenticated: session.authenticated
    };
  }
  /** The digest a registry claims for a tag, by HEAD; undefined when it claims none. Fails as `manifest` does. */
  async claimedDigest(image, tag) {
    const { answer } = await this.#head(image, `manifests/${tag}`, { accept: ACCEPT });
    return asDigest(String(answer.headers["docker-content-digest"] ?? ""));
  }
  /** The blob a descriptor points at, fetched once a run; for small ones, like configs. Fails as `manifest` does. */
  blob(image, descriptor) {
    const { digest, size } = descriptor;
    return this.#once(`${image.registry}/${image.repository} blob ${digest}`, async () => {
      if (size > MANIFEST_LIMIT) {
        throw new PullError("invalid", `too large: ${digest} has ${size} bytes, expected at most ${MANIFEST_LIMIT}`);
      }
      const { answer } = await this.#get(image, `blobs/${digest}`, {}, size);
      check(answer.body, digest, "asked for");
      return answer.body;
    });
  }
  /** The size in bytes that a registry states for a blob, by HEAD; undefined when it states none. Fails as `manifest` does. */
  blobSize(image, digest) {
    return this.#once(`${image.registry}/${image.repository} size ${digest}`, async () => {
      const { answer } = await this.#head(image, `blobs/${digest}`, {});
      const length = answer.headers["content-length"] ?? answer.headers["content-range"]?.split("/")[1];
      return length !== void 0 && /^\d{1,15}$/.test(length) ? Number(length) : void 0;
    });
  }
  /** What `fetch` gives; bytes with another digest are fetched once more, as most come from a proxy that has cut them. */
  async #verified(fetch) {
    try {
      return await fetch();
    } catch (error) {
      if (!(error instanceof DigestError)) throw error;
      this.#say(`${error.message}; asking once more`);
      return fetch();
    }
  }
  /** One fetch for all who ask; a failure is forgotten, so that a later try asks again. */
  #once(key, fetch) {
    const known = this.#documents.get(key);
    if (known !== void 0) return known;
    const started = this.#verified(fetch);
    this.#documents.set(key, started);
    started.catch(() => this.#documents.delete(key));
    return started;
  }
  #get(image, path, headers, limit) {
    return this.#api.ask(image, path, { method: "GET", headers, limit });
  }
  /** Registries without HEAD are asked for the first byte instead: https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go */
  async #head(image, path, headers) {
    const reached = await this.#api.ask(image, path, { method: "HEAD", headers, limit: 0 }, [405, 501]);
    if (reached.answer.status < 300) return reached;
    return this.#api.ask(image, path, { method: "GET", headers: { ...headers, range: "bytes=0-0" }, limit: 1 });
  }
};
var DigestError = class extends PullError {
  static {
    __name(this, "DigestError");
  }
};
function check(content, expected, who) {
  if (expected === void 0) return void 0;
  const got = digestOf(content, algorithmOf(expected));
  if (got === expected) return expected;
  throw new DigestError("invalid", `digest differs: ${who} ${expected}, got ${content.length} bytes that have ${got}`);
}
__name(check, "check");

// src/registry/body.ts
var ERROR_LIMIT = 64 * 1024;
var RATE_WINDOW_MS = 3e4;
var RATE_WINDOW_BYTES = 30 * 1024;
var BodyError = class extends PullError {
  static {
    __name(this, "BodyError");
  }
};
async function readBody(message, request, stop) {
  const status = message.statusCode ?? 0;
  const success = status >= 200 && status < 300;
  if (request.method === "HEAD") {
    message.resume();
    return Buffer.alloc(0);
  }
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (success && encoding !== "identity") {
    message.destroy();
    throw new PullError("invalid", `encoding refused: asked for the bytes as they are, got Content-Encoding ${encoding}`);
  }
  if (success && request.sink !== void 0) {
    await pour(message, request.sink, stop);
    return Buffer.alloc(0);
  }
  const { bytes, complete } = await collect(message, success ? request.limit : ERROR_LIMIT, stop);
  if (success && !complete) throw new PullError("invalid", `too large: the answer is longer than ${request.limit} bytes`);
  return bytes;
}
__name(readBody, "readBody");
async function pour(message, sink, stop) {
  try {
    await sink.begin(message.statusCode ?? 0, message.headers);
    for await (const chunk of watched(message, stop)) await sink.write(chunk);
  } catch (error) {
    message.destroy();
    if (error instanceof PullError) throw error;
    const { message: reason2 } = stop.signal.aborted ? stop.signal.reason : error;
    throw new BodyError("unreachable", `the answer was cut: ${reason2}`, error);
  }
}
__name(pour, "pour");
async function collect(message, limit, stop) {
  const chunks = [];
  let size = 0;
  for await (const chunk of watched(message, stop)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) {
      message.destroy();
      return { bytes: Buffer.concat(chunks).subarray(0, limit), complete: false };
    }
  }
  return { bytes: Buffer.concat(chunks), complete: true };
}
__name(collect, "collect");
async function* watched(message, stop) {
  let size = 0;
  let sizeBefore = 0;
  const watch = setInterval(() => {
    if (size - sizeBefore < RATE_WINDOW_BYTES) {
      stop.abort(new PullError("unreachable", `too slow: less than 1 KiB/s over ${RATE_WINDOW_MS / 1e3} s`));
    }
    sizeBefore = size;
  }, RATE_WINDOW_MS);
  try {
    for await (const chunk of message) {
      size += chunk.length;
      yield chunk;
    }
  } finally {
    clearInterval(watch);
  }
}
__name(watched, "watched");

// src/registry/content-range.ts
function parseContentRange(header2) {
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(header2.trim()) ?? [];
  if (first === void 0 || last === void 0 || Number(first) > Number(last)) return void 0;
  const length = total === "*" ? void 0 : Number(total);
  return length !== void 0 && Number(last) >= length ? void 0 : { first: Number(first), last: Number(last), total: length };
}
__name(parseContentRange, "parseContentRange");

// src/registry/download.ts
var ATTEMPTS = 5;
var Downloader = class {
  static {
    __name(this, "Downloader");
  }
  #options;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Brings a blob of `size` bytes into `target` and commits it. Every attempt asks the registry itself again, because the
   * URL it redirects to expires. Fails with the registry's status, or as `invalid` when the bytes are wrong twice.
   */
  async download(image, blob, target) {
    let failures = 0;
    let wrong = 0;
    for (; ; ) {
      const before = target.received;
      try {
        if (before < blob.size || blob.size === 0) await this.#attempt(image, blob, target);
        await target.commit();
        return;
      } catch (error) {
        if (!(error instanceof PullError) || this.#options.signal.aborted) throw error;
        if (error instanceof BodyError) failures = target.received > before ? 1 : failures + 1;
        else if (error.status === "invalid") wrong++;
        else throw error;
        if (failures >= ATTEMPTS || wrong > 1) throw error;
        if (!(error instanceof BodyError)) await target.restart();
        const at = target.received === 0 ? "from the start" : `at byte ${target.received}`;
        this.#options.say(`${blob.digest}: ${error.message}; going on ${at}`);
        await this.#options.clock.sleep(this.#options.clock.random() * 1e3 * failures, this.#options.signal);
      }
    }
  }
  async #attempt(image, { digest, size }, target) {
    const offset = target.received;
    const headers = offset === 0 ? {} : { range: `bytes=${offset}-${size - 1}` };
    const sink = {
      begin: /* @__PURE__ */ __name((status, headers2) => accept(status, headers2["content-range"] ?? "", size, target), "begin"),
      write: /* @__PURE__ */ __name((chunk) => target.write(chunk), "write")
    };
    await this.#options.api.ask(image, `blobs/${digest}`, { method: "GET", headers, limit: size, sink });
  }
};
async function accept(status, header2, size, target) {
  if (status !== 206) {
    if (target.received > 0) await target.restart();
    return;
  }
  const range = parseContentRange(header2);
  const fits = range?.first === target.received && (range.total === void 0 || range.total === size);
  if (!fits)
    throw new PullError("invalid", `range differs: asked to go on at byte ${target.received} of ${size}, got ${JSON.stringify(header2)}`);
}
__name(accept, "accept");

// src/registry/http.ts
import { lookup as dnsLookup } from "node:dns";

// node_modules/@actions/http-client/lib/index.js
import * as http from "http";
import * as https from "https";

// node_modules/@actions/http-client/lib/proxy.js
function getProxyUrl(reqUrl) {
  const usingSsl = reqUrl.protocol === "https:";
  if (checkBypass(reqUrl)) {
    return void 0;
  }
  const proxyVar = (() => {
    if (usingSsl) {
      return process.env["https_proxy"] || process.env["HTTPS_PROXY"];
    } else {
      return process.env["http_proxy"] || process.env["HTTP_PROXY"];
    }
  })();
  if (proxyVar) {
    try {
      return new DecodedURL(proxyVar);
    } catch (_a) {
      if (!proxyVar.startsWith("http://") && !proxyVar.startsWith("https://"))
        return new DecodedURL(`http://${proxyVar}`);
    }
  } else {
    return void 0;
  }
}
__name(getProxyUrl, "getProxyUrl");
function checkBypass(reqUrl) {
  if (!reqUrl.hostname) {
    return false;
  }
  const reqHost = reqUrl.hostname;
  if (isLoopbackAddress(reqHost)) {
    return true;
  }
  const noProxy = process.env["no_proxy"] || process.env["NO_PROXY"] || "";
  if (!noProxy) {
    return false;
  }
  let reqPort;
  if (reqUrl.port) {
    reqPort = Number(reqUrl.port);
  } else if (reqUrl.protocol === "http:") {
    reqPort = 80;
  } else if (reqUrl.protocol === "https:") {
    reqPort = 443;
  }
  const upperReqHosts = [reqUrl.hostname.toUpperCase()];
  if (typeof reqPort === "number") {
    upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
  }
  for (const upperNoProxyItem of noProxy.split(",").map((x) => x.trim().toUpperCase()).filter((x) => x)) {
    if (upperNoProxyItem === "*" || upperReqHosts.some((x) => x === upperNoProxyItem || x.endsWith(`.${upperNoProxyItem}`) || upperNoProxyItem.startsWith(".") && x.endsWith(`${upperNoProxyItem}`))) {
      return true;
    }
  }
  return false;
}
__name(checkBypass, "checkBypass");
function isLoopbackAddress(host) {
  const hostLower = host.toLowerCase();
  return hostLower === "localhost" || hostLower.startsWith("127.") || hostLower.startsWith("[::1]") || hostLower.startsWith("[0:0:0:0:0:0:0:1]");
}
__name(isLoopbackAddress, "isLoopbackAddress");
var DecodedURL = class extends URL {
  static {
    __name(this, "DecodedURL");
  }
  constructor(url, base) {
    super(url, base);
    this._decodedUsername = decodeURIComponent(super.username);
    this._decodedPassword = decodeURIComponent(super.password);
  }
  get username() {
    return this._decodedUsername;
  }
  get password() {
    return this._decodedPassword;
  }
};

// node_modules/@actions/http-client/lib/index.js
var tunnel = __toESM(require_tunnel2(), 1);

// without-undici:undici
var ProxyAgent = class {
  static {
    __name(this, "ProxyAgent");
  }
  constructor() {
    throw new Error("undici is left out of this bundle");
  }
};

// node_modules/@actions/http-client/lib/index.js
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve2) {
      resolve2(value);
    });
  }
  __name(adopt, "adopt");
  return new (P || (P = Promise))(function(resolve2, reject) {
    function fulfilled(value) {
      try {
        step2(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    __name(fulfilled, "fulfilled");
    function rejected(value) {
      try {
        step2(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    __name(rejected, "rejected");
    function step2(result) {
      result.done ? resolve2(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    __name(step2, "step");
    step2((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var HttpCodes;
(function(HttpCodes2) {
  HttpCodes2[HttpCodes2["OK"] = 200] = "OK";
  HttpCodes2[HttpCodes2["MultipleChoices"] = 300] = "MultipleChoices";
  HttpCodes2[HttpCodes2["MovedPermanently"] = 301] = "MovedPermanently";
  HttpCodes2[HttpCodes2["ResourceMoved"] = 302] = "ResourceMoved";
  HttpCodes2[HttpCodes2["SeeOther"] = 303] = "SeeOther";
  HttpCodes2[HttpCodes2["NotModified"] = 304] = "NotModified";
  HttpCodes2[HttpCodes2["UseProxy"] = 305] = "UseProxy";
  HttpCodes2[HttpCodes2["SwitchProxy"] = 306] = "SwitchProxy";
  HttpCodes2[HttpCodes2["TemporaryRedirect"] = 307] = "TemporaryRedirect";
  HttpCodes2[HttpCodes2["PermanentRedirect"] = 308] = "PermanentRedirect";
  HttpCodes2[HttpCodes2["BadRequest"] = 400] = "BadRequest";
  HttpCodes2[HttpCodes2["Unauthorized"] = 401] = "Unauthorized";
  HttpCodes2[HttpCodes2["PaymentRequired"] = 402] = "PaymentRequired";
  HttpCodes2[HttpCodes2["Forbidden"] = 403] = "Forbidden";
  HttpCodes2[HttpCodes2["NotFound"] = 404] = "NotFound";
  HttpCodes2[HttpCodes2["MethodNotAllowed"] = 405] = "MethodNotAllowed";
  HttpCodes2[HttpCodes2["NotAcceptable"] = 406] = "NotAcceptable";
  HttpCodes2[HttpCodes2["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
  HttpCodes2[HttpCodes2["RequestTimeout"] = 408] = "RequestTimeout";
  HttpCodes2[HttpCodes2["Conflict"] = 409] = "Conflict";
  HttpCodes2[HttpCodes2["Gone"] = 410] = "Gone";
  HttpCodes2[HttpCodes2["TooManyRequests"] = 429] = "TooManyRequests";
  HttpCodes2[HttpCodes2["InternalServerError"] = 500] = "InternalServerError";
  HttpCodes2[HttpCodes2["NotImplemented"] = 501] = "NotImplemented";
  HttpCodes2[HttpCodes2["BadGateway"] = 502] = "BadGateway";
  HttpCodes2[HttpCodes2["ServiceUnavailable"] = 503] = "ServiceUnavailable";
  HttpCodes2[HttpCodes2["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function(Headers2) {
  Headers2["Accept"] = "accept";
  Headers2["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function(MediaTypes2) {
  MediaTypes2["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
var HttpRedirectCodes = [
  HttpCodes.MovedPermanently,
  HttpCodes.ResourceMoved,
  HttpCodes.SeeOther,
  HttpCodes.TemporaryRedirect,
  HttpCodes.PermanentRedirect
];
var HttpResponseRetryCodes = [
  HttpCodes.BadGateway,
  HttpCodes.ServiceUnavailable,
  HttpCodes.GatewayTimeout
];
var RetryableHttpVerbs = ["OPTIONS", "GET", "DELETE", "HEAD"];
var ExponentialBackoffCeiling = 10;
var ExponentialBackoffTimeSlice = 5;
var HttpClientError = class _HttpClientError extends Error {
  static {
    __name(this, "HttpClientError");
  }
  constructor(message, statusCode) {
    super(message);
    this.name = "HttpClientError";
    this.statusCode = statusCode;
    Object.setPrototypeOf(this, _HttpClientError.prototype);
  }
};
var HttpClientResponse = class {
  static {
    __name(this, "HttpClientResponse");
  }
  constructor(message) {
    this.message = message;
  }
  readBody() {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve2) => __awaiter(this, void 0, void 0, function* () {
        let output = Buffer.alloc(0);
        this.message.on("data", (chunk) => {
          output = Buffer.concat([output, chunk]);
        });
        this.message.on("end", () => {
          resolve2(output.toString());
        });
      }));
    });
  }
  readBodyBuffer() {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve2) => __awaiter(this, void 0, void 0, function* () {
        const chunks = [];
        this.message.on("data", (chunk) => {
          chunks.push(chunk);
        });
        this.message.on("end", () => {
          resolve2(Buffer.concat(chunks));
        });
      }));
    });
  }
};
var HttpClient = class {
  static {
    __name(this, "HttpClient");
  }
  constructor(userAgent, handlers, requestOptions) {
    this._ignoreSslError = false;
    this._allowRedirects = true;
    this._allowRedirectDowngrade = false;
    this._maxRedirects = 50;
    this._allowRetries = false;
    this._maxRetries = 1;
    this._keepAlive = false;
    this._disposed = false;
    this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
    this.handlers = handlers || [];
    this.requestOptions = requestOptions;
    if (requestOptions) {
      if (requestOptions.ignoreSslError != null) {
        this._ignoreSslError = requestOptions.ignoreSslError;
      }
      this._socketTimeout = requestOptions.socketTimeout;
      if (requestOptions.allowRedirects != null) {
        this._allowRedirects = requestOptions.allowRedirects;
      }
      if (requestOptions.allowRedirectDowngrade != null) {
        this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
      }
      if (requestOptions.maxRedirects != null) {
        this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
      }
      if (requestOptions.keepAlive != null) {
        this._keepAlive = requestOptions.keepAlive;
      }
      if (requestOptions.allowRetries != null) {
        this._allowRetries = requestOptions.allowRetries;
      }
      if (requestOptions.maxRetries != null) {
        this._maxRetries = requestOptions.maxRetries;
      }
    }
  }
  options(requestUrl, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request("OPTIONS", requestUrl, null, additionalHeaders || {});
    });
  }
  get(requestUrl, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request("GET", requestUrl, null, additionalHeaders || {});
    });
  }
  del(requestUrl, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request("DELETE", requestUrl, null, additionalHeaders || {});
    });
  }
  post(requestUrl, data, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request("POST", requestUrl, data, additionalHeaders || {});
    });
  }
  patch(requestUrl, data, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request("PATCH", requestUrl, data, additionalHeaders || {});
    });
  }
  put(requestUrl, data, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request("PUT", requestUrl, data, additionalHeaders || {});
    });
  }
  head(requestUrl, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request("HEAD", requestUrl, null, additionalHeaders || {});
    });
  }
  sendStream(verb, requestUrl, stream, additionalHeaders) {
    return __awaiter(this, void 0, void 0, function* () {
      return this.request(verb, requestUrl, stream, additionalHeaders);
    });
  }
  /**
   * Gets a typed object from an endpoint
   * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
   */
  getJson(requestUrl_1) {
    return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
      additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
      const res = yield this.get(requestUrl, additionalHeaders);
      return this._processResponse(res, this.requestOptions);
    });
  }
  postJson(requestUrl_1, obj_1) {
    return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
      const data = JSON.stringify(obj, null, 2);
      additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
      additionalHeaders[Headers.ContentType] = this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
      const res = yield this.post(requestUrl, data, additionalHeaders);
      return this._processResponse(res, this.requestOptions);
    });
  }
  putJson(requestUrl_1, obj_1) {
    return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
      const data = JSON.stringify(obj, null, 2);
      additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
      additionalHeaders[Headers.ContentType] = this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
      const res = yield this.put(requestUrl, data, additionalHeaders);
      return this._processResponse(res, this.requestOptions);
    });
  }
  patchJson(requestUrl_1, obj_1) {
    return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
      const data = JSON.stringify(obj, null, 2);
      additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
      additionalHeaders[Headers.ContentType] = this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
      const res = yield this.patch(requestUrl, data, additionalHeaders);
      return this._processResponse(res, this.requestOptions);
    });
  }
  /**
   * Makes a raw http request.
   * All other methods such as get, post, patch, and request ultimately call this.
   * Prefer get, del, post and patch
   */
  request(verb, requestUrl, data, headers) {
    return __awaiter(this, void 0, void 0, function* () {
      if (this._disposed) {
        throw new Error("Client has already been disposed.");
      }
      const parsedUrl = new URL(requestUrl);
      let info = this._prepareRequest(verb, parsedUrl, headers);
      const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb) ? this._maxRetries + 1 : 1;
      let numTries = 0;
      let response;
      do {
        response = yield this.requestRaw(info, data);
        if (response && response.message && response.message.statusCode === HttpCodes.Unauthorized) {
          let authenticationHandler;
          for (const handler of this.handlers) {
            if (handler.canHandleAuthentication(response)) {
              authenticationHandler = handler;
              break;
            }
          }
          if (authenticationHandler) {
            return authenticationHandler.handleAuthentication(this, info, data);
          } else {
            return response;
          }
        }
        let redirectsRemaining = this._maxRedirects;
        while (response.message.statusCode && HttpRedirectCodes.includes(response.message.statusCode) && this._allowRedirects && redirectsRemaining > 0) {
          const redirectUrl = response.message.headers["location"];
          if (!redirectUrl) {
            break;
          }
          const parsedRedirectUrl = new URL(redirectUrl);
          if (parsedUrl.protocol === "https:" && parsedUrl.protocol !== parsedRedirectUrl.protocol && !this._allowRedirectDowngrade) {
            throw new Error("Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.");
          }
          yield response.readBody();
          if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
            for (const header2 in headers) {
              if (header2.toLowerCase() === "authorization") {
                delete headers[header2];
              }
            }
          }
          info = this._prepareRequest(verb, parsedRedirectUrl, headers);
          response = yield this.requestRaw(info, data);
          redirectsRemaining--;
        }
        if (!response.message.statusCode || !HttpResponseRetryCodes.includes(response.message.statusCode)) {
          return response;
        }
        numTries += 1;
        if (numTries < maxTries) {
          yield response.readBody();
          yield this._performExponentialBackoff(numTries);
        }
      } while (numTries < maxTries);
      return response;
    });
  }
  /**
   * Needs to be called if keepAlive is set to true in request options.
   */
  dispose() {
    if (this._agent) {
      this._agent.destroy();
    }
    this._disposed = true;
  }
  /**
   * Raw request.
   * @param info
   * @param data
   */
  requestRaw(info, data) {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve2, reject) => {
        function callbackForResult(err, res) {
          if (err) {
            reject(err);
          } else if (!res) {
            reject(new Error("Unknown error"));
          } else {
            resolve2(res);
          }
        }
        __name(callbackForResult, "callbackForResult");
        this.requestRawWithCallback(info, data, callbackForResult);
      });
    });
  }
  /**
   * Raw request with callback.
   * @param info
   * @param data
   * @param onResult
   */
  requestRawWithCallback(info, data, onResult) {
    if (typeof data === "string") {
      if (!info.options.headers) {
        info.options.headers = {};
      }
      info.options.headers["Content-Length"] = Buffer.byteLength(data, "utf8");
    }
    let callbackCalled = false;
    function handleResult(err, res) {
      if (!callbackCalled) {
        callbackCalled = true;
        onResult(err, res);
      }
    }
    __name(handleResult, "handleResult");
    const req = info.httpModule.request(info.options, (msg) => {
      const res = new HttpClientResponse(msg);
      handleResult(void 0, res);
    });
    let socket;
    req.on("socket", (sock) => {
      socket = sock;
    });
    req.setTimeout(this._socketTimeout || 3 * 6e4, () => {
      if (socket) {
        socket.end();
      }
      handleResult(new Error(`Request timeout: ${info.options.path}`));
    });
    req.on("error", function(err) {
      handleResult(err);
    });
    if (data && typeof data === "string") {
      req.write(data, "utf8");
    }
    if (data && typeof data !== "string") {
      data.on("close", function() {
        req.end();
      });
      data.pipe(req);
    } else {
      req.end();
    }
  }
  /**
   * Gets an http agent. This function is useful when you need an http agent that handles
   * routing through a proxy server - depending upon the url and proxy environment variables.
   * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
   */
  getAgent(serverUrl) {
    const parsedUrl = new URL(serverUrl);
    return this._getAgent(parsedUrl);
  }
  getAgentDispatcher(serverUrl) {
    const parsedUrl = new URL(serverUrl);
    const proxyUrl = getProxyUrl(parsedUrl);
    const useProxy = proxyUrl && proxyUrl.hostname;
    if (!useProxy) {
      return;
    }
    return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
  }
  _prepareRequest(method, requestUrl, headers) {
    const info = {};
    info.parsedUrl = requestUrl;
    const usingSsl = info.parsedUrl.protocol === "https:";
    info.httpModule = usingSsl ? https : http;
    const defaultPort = usingSsl ? 443 : 80;
    info.options = {};
    info.options.host = info.parsedUrl.hostname;
    info.options.port = info.parsedUrl.port ? parseInt(info.parsedUrl.port) : defaultPort;
    info.options.path = (info.parsedUrl.pathname || "") + (info.parsedUrl.search || "");
    info.options.method = method;
    info.options.headers = this._mergeHeaders(headers);
    if (this.userAgent != null) {
      info.options.headers["user-agent"] = this.userAgent;
    }
    info.options.agent = this._getAgent(info.parsedUrl);
    if (this.handlers) {
      for (const handler of this.handlers) {
        handler.prepareRequest(info.options);
      }
    }
    return info;
  }
  _mergeHeaders(headers) {
    if (this.requestOptions && this.requestOptions.headers) {
      return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
    }
    return lowercaseKeys(headers || {});
  }
  /**
   * Gets an existing header value or returns a default.
   * Handles converting number header values to strings since HTTP headers must be strings.
   * Note: This returns string | string[] since some headers can have multiple values.
   * For headers that must always be a single string (like Content-Type), use the
   * specialized _getExistingOrDefaultContentTypeHeader method instead.
   */
  _getExistingOrDefaultHeader(additionalHeaders, header2, _default) {
    let clientHeader;
    if (this.requestOptions && this.requestOptions.headers) {
      const headerValue = lowercaseKeys(this.requestOptions.headers)[header2];
      if (headerValue) {
        clientHeader = typeof headerValue === "number" ? headerValue.toString() : headerValue;
      }
    }
    const additionalValue = additionalHeaders[header2];
    if (additionalValue !== void 0) {
      return typeof additionalValue === "number" ? additionalValue.toString() : additionalValue;
    }
    if (clientHeader !== void 0) {
      return clientHeader;
    }
    return _default;
  }
  /**
   * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
   * Always returns a single string (not an array) since Content-Type should be a single value.
   * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
   * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
   * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
   */
  _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
    let clientHeader;
    if (this.requestOptions && this.requestOptions.headers) {
      const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
      if (headerValue) {
        if (typeof headerValue === "number") {
          clientHeader = String(headerValue);
        } else if (Array.isArray(headerValue)) {
          clientHeader = headerValue.join(", ");
        } else {
          clientHeader = headerValue;
        }
      }
    }
    const additionalValue = additionalHeaders[Headers.ContentType];
    if (additionalValue !== void 0) {
      if (typeof additionalValue === "number") {
        return String(additionalValue);
      } else if (Array.isArray(additionalValue)) {
        return additionalValue.join(", ");
      } else {
        return additionalValue;
      }
    }
    if (clientHeader !== void 0) {
      return clientHeader;
    }
    return _default;
  }
  _getAgent(parsedUrl) {
    let agent;
    const proxyUrl = getProxyUrl(parsedUrl);
    const useProxy = proxyUrl && proxyUrl.hostname;
    if (this._keepAlive && useProxy) {
      agent = this._proxyAgent;
    }
    if (!useProxy) {
      agent = this._agent;
    }
    if (agent) {
      return agent;
    }
    const usingSsl = parsedUrl.protocol === "https:";
    let maxSockets = 100;
    if (this.requestOptions) {
      maxSockets = this.requestOptions.maxSockets || http.globalAgent.maxSockets;
    }
    if (proxyUrl && proxyUrl.hostname) {
      const agentOptions = {
        maxSockets,
        keepAlive: this._keepAlive,
        proxy: Object.assign(Object.assign({}, (proxyUrl.username || proxyUrl.password) && {
          proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
        }), { host: proxyUrl.hostname, port: proxyUrl.port })
      };
      let tunnelAgent;
      const overHttps = proxyUrl.protocol === "https:";
      if (usingSsl) {
        tunnelAgent = overHttps ? tunnel.httpsOverHttps : tunnel.httpsOverHttp;
      } else {
        tunnelAgent = overHttps ? tunnel.httpOverHttps : tunnel.httpOverHttp;
      }
      agent = tunnelAgent(agentOptions);
      this._proxyAgent = agent;
    }
    if (!agent) {
      const options = { keepAlive: this._keepAlive, maxSockets };
      agent = usingSsl ? new https.Agent(options) : new http.Agent(options);
      this._agent = agent;
    }
    if (usingSsl && this._ignoreSslError) {
      agent.options = Object.assign(agent.options || {}, {
        rejectUnauthorized: false
      });
    }
    return agent;
  }
  _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
    let proxyAgent;
    if (this._keepAlive) {
      proxyAgent = this._proxyAgentDispatcher;
    }
    if (proxyAgent) {
      return proxyAgent;
    }
    const usingSsl = parsedUrl.protocol === "https:";
    proxyAgent = new ProxyAgent(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, (proxyUrl.username || proxyUrl.password) && {
      token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString("base64")}`
    }));
    this._proxyAgentDispatcher = proxyAgent;
    if (usingSsl && this._ignoreSslError) {
      proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
        rejectUnauthorized: false
      });
    }
    return proxyAgent;
  }
  _getUserAgentWithOrchestrationId(userAgent) {
    const baseUserAgent = userAgent || "actions/http-client";
    const orchId = process.env["ACTIONS_ORCHESTRATION_ID"];
    if (orchId) {
      const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, "_");
      return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
    }
    return baseUserAgent;
  }
  _performExponentialBackoff(retryNumber) {
    return __awaiter(this, void 0, void 0, function* () {
      retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
      const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
      return new Promise((resolve2) => setTimeout(() => resolve2(), ms));
    });
  }
  _processResponse(res, options) {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve2, reject) => __awaiter(this, void 0, void 0, function* () {
        const statusCode = res.message.statusCode || 0;
        const response = {
          statusCode,
          result: null,
          headers: {}
        };
        if (statusCode === HttpCodes.NotFound) {
          resolve2(response);
        }
        function dateTimeDeserializer(key, value) {
          if (typeof value === "string") {
            const a = new Date(value);
            if (!isNaN(a.valueOf())) {
              return a;
            }
          }
          return value;
        }
        __name(dateTimeDeserializer, "dateTimeDeserializer");
        let obj;
        let contents;
        try {
          contents = yield res.readBody();
          if (contents && contents.length > 0) {
            if (options && options.deserializeDates) {
              obj = JSON.parse(contents, dateTimeDeserializer);
            } else {
              obj = JSON.parse(contents);
            }
            response.result = obj;
          }
          response.headers = res.message.headers;
        } catch (err) {
        }
        if (statusCode > 299) {
          let msg;
          if (obj && obj.message) {
            msg = obj.message;
          } else if (contents && contents.length > 0) {
            msg = contents;
          } else {
            msg = `Failed request: (${statusCode})`;
          }
          const err = new HttpClientError(msg, statusCode);
          err.result = response.result;
          reject(err);
        } else {
          resolve2(response);
        }
      }));
    });
  }
};
var lowercaseKeys = /* @__PURE__ */ __name((obj) => Object.keys(obj).reduce((c, k) => (c[k.toLowerCase()] = obj[k], c), {}), "lowercaseKeys");

// src/registry/retry.ts
var ATTEMPTS2 = 5;
var FIRST_DELAY_MS = 1e3;
var LONGEST_DELAY_MS = 3e4;
var LONGEST_RETRY_AFTER_MS = 6e4;
function isTransient(status) {
  return status === 408 || status === 429 || status === 499 || status >= 500 && status !== 501 && status !== 505;
}
__name(isTransient, "isTransient");
function delayAfter(attempt2, retryAfter, clock) {
  const asked = retryAfter === void 0 ? void 0 : parseRetryAfter(retryAfter, clock.now());
  if (asked !== void 0) return asked <= LONGEST_RETRY_AFTER_MS ? asked : void 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (attempt2 - 1), LONGEST_DELAY_MS) * clock.random();
}
__name(delayAfter, "delayAfter");
function parseRetryAfter(header2, now) {
  const text2 = header2.trim();
  if (/^\d{1,10}$/.test(text2)) return Number(text2) * 1e3;
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text2)) return void 0;
  const date = Date.parse(text2);
  return Number.isNaN(date) ? void 0 : Math.max(0, date - now);
}
__name(parseRetryAfter, "parseRetryAfter");

// src/registry/slots.ts
var Slots = class {
  static {
    __name(this, "Slots");
  }
  #free;
  #waiting = [];
  constructor(count) {
    this.#free = count;
  }
  /** What `work` returns or throws, once a slot was free for it; the slot is given back either way. */
  async run(work2) {
    if (this.#free > 0) this.#free--;
    else await new Promise((resolve2) => this.#waiting.push(resolve2));
    try {
      return await work2();
    } finally {
      const next = this.#waiting.shift();
      if (next === void 0) this.#free++;
      else next();
    }
  }
};

// src/registry/http.ts
var HEADERS_DEADLINE_MS = 6e4;
var REFUSED_ATTEMPTS = 3;
var Http = class {
  static {
    __name(this, "Http");
  }
  #options;
  #pools = /* @__PURE__ */ new Map();
  #slots = /* @__PURE__ */ new Map();
  #reaches = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** How near a host was found to be; `public`, the strictest, when a proxy hides it or nobody asked yet. */
  reach(url) {
    const literal = literalAddress(url);
    return literal === void 0 ? this.#reaches.get(url.hostname) ?? "public" : reachOf(literal);
  }
  /** Ends idle connections. */
  close() {
    for (const pool of this.#pools.values()) pool.dispose();
  }
  /**
   * The answer, whatever its status, its body whole and within `limit`; an error's body may be cut.
   * Transient answers and failures are tried again. Fails as `unreachable` when there is no answer,
   * as `invalid` when the body is longer than `limit` or encoded.
   */
  async exchange(request) {
    const literal = literalAddress(request.url);
    if (literal !== void 0) checkReach(literal, literal, request.namedBy);
    for (let attempt2 = 1; ; attempt2++) {
      const result = await this.#slot(request.url).run(() => this.#attempt(request).catch(asFailedAttempt));
      const delay = this.#retryDelay(attempt2, result);
      if (delay === void 0) {
        if ("status" in result) return result;
        throw failure(request.url, result.error, this.#options.signal);
      }
      const why = "status" in result ? `answered ${result.status}` : reason(result.error);
      this.#options.say(`${request.url.host} ${why}; trying again in ${(delay / 1e3).toFixed(1)} s`);
      await this.#options.clock.sleep(delay, this.#options.signal).catch(() => void 0);
      if (this.#options.signal.aborted) throw failure(request.url, void 0, this.#options.signal);
    }
  }
  #retryDelay(attempt2, result) {
    if (this.#options.signal.aborted) return void 0;
    if ("status" in result) {
      if (attempt2 >= ATTEMPTS2 || !isTransient(result.status)) return void 0;
      return delayAfter(attempt2, result.headers["retry-after"], this.#options.clock);
    }
    return attempt2 < attemptsFor(result.error) ? delayAfter(attempt2, void 0, this.#options.clock) : void 0;
  }
  #slot(url) {
    return entry(this.#slots, url.origin, () => new Slots(this.#options.concurrency));
  }
  async #attempt(request) {
    const stop = new AbortController();
    const cancel = /* @__PURE__ */ __name(() => stop.abort(this.#options.signal.reason), "cancel");
    if (this.#options.signal.aborted) cancel();
    this.#options.signal.addEventListener("abort", cancel, { once: true });
    const late = new PullError("unreachable", `no answer within ${HEADERS_DEADLINE_MS / 1e3} s`);
    const deadline = setTimeout(() => stop.abort(late), HEADERS_DEADLINE_MS);
    try {
      const message = await this.#send(request, stop.signal);
      clearTimeout(deadline);
      const status = message.statusCode ?? 0;
      const body = await readBody(message, request, stop);
      return { status, headers: message.headers, body };
    } catch (error) {
      throw stop.signal.aborted && !(error instanceof BodyError) ? stop.signal.reason : error;
    } finally {
      clearTimeout(deadline);
      this.#options.signal.removeEventListener("abort", cancel);
    }
  }
  /** `@actions/http-client` is one hop here, for its proxies and kept-alive agents: its redirects leak credentials to other ports. */
  async #send(request, signal) {
    const { url, namedBy } = request;
    const pool = entry(this.#pools, `${url.origin} ${namedBy}`, () => new HttpClient(void 0, [], { keepAlive: true }));
    const prepareRequest = /* @__PURE__ */ __name((options) => {
      options.host = literalAddress(url) ?? url.hostname;
      options.agent = pool.getAgent(url.href);
      options.signal = signal;
      options.lookup = this.#lookup(namedBy);
    }, "prepareRequest");
    const hop = new HttpClient("registry-pull", [{ prepareRequest, canHandleAuthentication: /* @__PURE__ */ __name(() => false, "canHandleAuthentication"), handleAuthentication }], {
      allowRedirects: false,
      allowRetries: false,
      keepAlive: true
    });
    const headers = { "accept-encoding": "identity", ...request.headers };
    return (await hop.request(request.method, url.href, request.body ?? null, headers)).message;
  }
  /** Checks addresses where they are used, after DNS and before the connection, so that no later answer can change them. */
  #lookup(namedBy) {
    return (host, options, callback) => {
      dnsLookup(host, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error !== null || first === void 0) return callback(error ?? new Error(`no address for ${host}`), []);
        try {
          for (const { address } of addresses) checkReach(address, host, namedBy);
        } catch (refused) {
          return callback(refused, []);
        }
        this.#reaches.set(host, reachOf(first.address));
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
      });
    };
  }
};
async function handleAuthentication() {
  throw new Error("challenges are answered elsewhere");
}
__name(handleAuthentication, "handleAuthentication");
function entry(map, key, make) {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
__name(entry, "entry");
function asFailedAttempt(error) {
  return { error };
}
__name(asFailedAttempt, "asFailedAttempt");
function attemptsFor(error) {
  if (error instanceof BodyError) return 1;
  if (error instanceof PullError) return error.status === "unreachable" ? ATTEMPTS2 : 1;
  const code2 = codeOf(error);
  if (code2 === "ENOTFOUND" || isTls(code2)) return 1;
  return code2 === "ECONNREFUSED" ? REFUSED_ATTEMPTS : ATTEMPTS2;
}
__name(attemptsFor, "attemptsFor");
function codeOf(error) {
  return String(error?.code ?? "");
}
__name(codeOf, "codeOf");
function isTls(code2) {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/.test(code2);
}
__name(isTls, "isTls");
function failure(url, error, signal) {
  if (signal.aborted) return signal.reason instanceof PullError ? signal.reason : new PullError("unreachable", "cancelled");
  if (error instanceof BodyError) return error;
  if (error instanceof PullError) return new PullError(error.status, `${url.host}: ${error.message}`, error.cause);
  const code2 = codeOf(error);
  const hint = /wrong.version.number|WRONG_VERSION_NUMBER/i.test(`${code2} ${reason(error)}`) ? "; it speaks plain HTTP: list it in insecure-registries if that is meant" : isTls(code2) ? "; for a private certificate authority set NODE_EXTRA_CA_CERTS on the job" : "; check the registry's name and that it can be reached from this runner";
  return new PullError("unreachable", `${url.host} gave no answer: ${reason(error)}${hint}`, error);
}
__name(failure, "failure");
function reason(error) {
  if (error instanceof AggregateError) return error.errors.map(reason).join("; ");
  return error instanceof Error && error.message !== "" ? error.message : codeOf(error) || String(error);
}
__name(reason, "reason");

// src/registry/token.ts
var TOKEN_LIMIT = 1024 * 1024;
var SHORTEST_LIFE_MS = 6e4;
var EARLY_MS = 5e3;
var REDIRECT_LIMIT2 = 5;
var CLIENT_ID = "registry-pull";
var TokenService = class {
  static {
    __name(this, "TokenService");
  }
  #options;
  constructor(options) {
    this.#options = options;
  }
  /**
   * A token for `scope`, or the service's refusal. Fails as `unauthorized` when the challenge's realm must not have the
   * credentials, as `invalid` when realm or answer are malformed, as `unreachable` when the service does not answer.
   */
  async fetch(registry, challenge, scope, credential) {
    const realm = await this.#checkRealm(registry, challenge.parameters.get("realm") ?? "", credential);
    const service = challenge.parameters.get("service");
    const fields = [...service ? [["service", service]] : [], ["scope", scope]];
    const answer = await this.#ask(registry, realm, fields, credential);
    if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
      const status = answer.status === 429 ? "rate-limited" : "unreachable";
      throw new PullError(status, `token service ${realm.host} answered ${answer.status}: ${describeErrors(answer.body, answer.headers)}`);
    }
    if (answer.status !== 200) {
      return {
        refused: `${realm.host} answered ${answer.status} ${describeErrors(answer.body, answer.headers)}`.trim(),
        status: answer.status
      };
    }
    return this.#read(realm, answer);
  }
  async #ask(registry, realm, fields, credential) {
    if (credential?.kind === "identity") {
      const answer = await this.#post(registry, realm, fields, credential.token);
      if (answer.status !== 404 && answer.status !== 405) return answer;
    }
    const login = credential === void 0 || credential.kind === "registry-token" ? void 0 : loginOf(credential);
    const url = new URL(realm);
    for (const [name3, value] of login === void 0 ? fields : [...fields, ["account", login.username]]) {
      url.searchParams.append(name3, value);
    }
    const authorization = login && `Basic ${basicValue(login.username, login.password)}`;
    return this.#send(registry, { method: "GET", url, headers: authorization === void 0 ? {} : { authorization } });
  }
  /** https://distribution.github.io/distribution/spec/auth/oauth/ */
  #post(registry, realm, fields, token) {
    const form = new URLSearchParams([["grant_type", "refresh_token"], ["refresh_token", token], ["client_id", CLIENT_ID], ...fields]);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.#send(registry, { method: "POST", url: realm, headers, body: form.toString() });
  }
  /** Redirects within the realm's own origin are followed; nothing is carried elsewhere. */
  async #send(registry, request) {
    const namedBy = request.url.origin === registry.origin ? "user" : this.#options.http.reach(registry);
    let url = request.url;
    for (let hop = 0; ; hop++) {
      const answer = await this.#options.http.exchange({
        ...request,
        url,
        limit: TOKEN_LIMIT,
        namedBy: this.#trusts(url) ? "user" : namedBy
      });
      const location = answer.headers.location;
      if (answer.status < 300 || answer.status >= 400 || location === void 0) return answer;
      const next = URL.canParse(location, url.href) ? new URL(location, url) : void 0;
      if (next?.origin !== url.origin || hop === REDIRECT_LIMIT2) {
        throw new PullError("invalid", `token service ${url.host} redirects to ${next?.host ?? "nowhere"}: not followed`);
      }
      url = next;
    }
  }
  #trusts(realm) {
    return this.#options.trustedRealms.has(realm.host) || this.#options.trustedRealms.has(realm.hostname);
  }
  async #checkRealm(registry, realm, credential) {
    const shown = JSON.stringify(realm.slice(0, 200));
    if (realm === "" || !URL.canParse(realm, registry.href)) {
      throw new PullError("invalid", `challenge of ${registry.host} is refused: expected a realm that is a URL, got ${shown}`);
    }
    const url = new URL(realm, registry);
    const downgrade = registry.protocol === "https:" && url.protocol === "http:";
    if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
      throw new PullError("invalid", `challenge of ${registry.host} is refused: its realm ${shown} is not a plain https URL`);
    }
    if (downgrade) throw new PullError("invalid", `realm downgrade refused: ${registry.host} is https, its realm ${url.origin} is not`);
    const loopback = isLoopbackHost(url) && url.origin !== registry.origin && !this.#trusts(url);
    if (loopback || credential !== void 0 && !await mayReceiveCredentials(url, registry, this.#options.trustedRealms)) {
      const what = credential === void 0 ? "nothing is sent" : `the credentials from ${credential.source} are not sent`;
      throw new PullError(
        "unauthorized",
        `realm refused: ${registry.host} asks for a token from ${url.host}, which is not its own domain, so ${what} there; if that is its token service, add ${url.host} to trusted-realms`
      );
    }
    return url;
  }
  #read(realm, answer) {
    let json;
    try {
      json = JSON.parse(answer.body.toString());
    } catch (cause) {
      throw new PullError("invalid", `token of ${realm.host} is refused: its answer is not JSON`, cause);
    }
    const token = [json?.token, json?.access_token].find((value) => typeof value === "string" && value !== "");
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
      throw new PullError("invalid", `token of ${realm.host} is refused: expected one in token or access_token`);
    }
    this.#options.mask(token);
    const seconds = typeof json?.expires_in === "number" && json.expires_in > 0 ? json.expires_in : 0;
    return { token, expires: this.#options.now() + Math.max(seconds * 1e3, SHORTEST_LIFE_MS) - EARLY_MS };
  }
};
function loginOf(credential) {
  return credential.kind === "password" ? credential : { username: credential.username, password: credential.token };
}
__name(loginOf, "loginOf");

// src/runner/engine.ts
import { spawn as spawn2 } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
var OUTPUT_LIMIT = 1024;
async function loadAll(engine, images, options) {
  const keeps = await keepsDigests(engine, options.run);
  const { say, warn } = options;
  for (const image of images) {
    const pinned = `${repositoryName(image.image.wanted.reference)}@${image.entry.digest}`;
    const shown = image.tag ?? pinned;
    if (await hasImage(engine, image, keeps ? pinned : void 0, options.run)) {
      say(`${engine} has ${shown} already`);
      continue;
    }
    const { code: code2, output } = await options.run(engine, ["load"], options.archive(image));
    if (code2 !== 0) throw refusal2(engine, `could not load ${shown}`, code2, output);
    say(`${engine} has loaded ${shown}${keeps ? `, which is ${pinned}` : ""}`);
  }
  if (!keeps && images.length > 0) {
    warn(
      `this ${engine} keeps no digests (it has the classic image store): refer to what was loaded by tag, or turn on its containerd image store`
    );
  }
}
__name(loadAll, "loadAll");
async function keepsDigests(engine, run3) {
  if (engine === "podman") return true;
  const { code: code2, output } = await run3(engine, ["info", "--format", "{{json .DriverStatus}}"]);
  if (code2 !== 0) throw refusal2(engine, "does not answer", code2, output);
  return output.includes("io.containerd.snapshotter");
}
__name(keepsDigests, "keepsDigests");
async function hasImage(engine, { tag, config }, pinned, run3) {
  const name3 = pinned ?? tag;
  if (name3 === void 0) return false;
  const { code: code2, output } = await run3(engine, ["image", "inspect", "--format", "{{.Id}}", name3]);
  if (code2 !== 0) return false;
  if (pinned !== void 0)
    return tag === void 0 || (await run3(engine, ["image", "inspect", "--format", "{{.Id}}", tag])).output === output;
  return output.trim() === config;
}
__name(hasImage, "hasImage");
function refusal2(engine, what, code2, output) {
  return new PullError("unsupported", `${engine} ${what} (exit code ${code2}): ${output.trim() || "it said nothing"}`);
}
__name(refusal2, "refusal");
function engineRunner(environment, signal) {
  const env = childEnvironment(environment);
  return async (engine, args, input) => {
    const child = spawn2(engine, args, { env, stdio: ["pipe", "pipe", "pipe"], signal });
    let output = "";
    const keep = /* @__PURE__ */ __name((text2) => {
      output = (output + text2).slice(-OUTPUT_LIMIT);
    }, "keep");
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const ended = new Promise((resolve2, reject) => {
      child.on("error", (error) => reject(absent(engine, error)));
      child.on("close", (code2, killed) => resolve2({ code: code2 ?? -1, output: code2 === null ? `${output} (${killed})` : output }));
    });
    const fed = pipeline(input === void 0 ? [] : Readable.from(input), child.stdin).catch((error) => {
      if (!(error instanceof PullError)) return;
      child.kill();
      throw error;
    });
    const [result] = await Promise.all([ended, fed]);
    return result;
  };
}
__name(engineRunner, "engineRunner");
function absent(engine, error) {
  const { code: code2 } = error;
  const failure2 = new PullError("unsupported", error.message, error);
  if (code2 !== "ENOENT") return inContext(failure2, `${engine} could not be run`);
  return new PullError("unsupported", `${engine} is not on this runner: install it, or use pull: layout, which needs no engine`, error);
}
__name(absent, "absent");

// src/runner/handoff.ts
import { mkdtemp, writeFile } from "node:fs/promises";
import { join as join2 } from "node:path";

// src/runner/entries.ts
function toEntries(outcome, runner) {
  return outcome.images.map((resolved) => [
    resolved.wanted.name,
    toEntry(resolved, runner, outcome.pulled?.converted.get(resolved.wanted.name))
  ]);
}
__name(toEntries, "toEntries");
function toEntry(resolved, runner, converted) {
  const { wanted, root } = resolved;
  const config = shownImage(resolved, runner)?.config;
  return {
    reference: wanted.written,
    repository: repositoryName(wanted.reference),
    tag: wanted.reference.tag ?? "",
    digest: root?.fetched.digest ?? "",
    pinned: pinnedReference(resolved),
    ...converted === void 0 ? {} : { converted },
    mediaType: root?.document.mediaType ?? "",
    kind: root?.document.kind ?? "",
    status: statusOf(resolved),
    message: problemsOf(resolved)[0]?.message ?? "",
    optional: wanted.optional,
    attestations: root?.attestations ?? 0,
    authenticated: root?.fetched.authenticated ?? false,
    platforms: resolved.platforms.map(toPlatformEntry),
    labels: Object.fromEntries(config?.labels ?? []),
    entrypoint: config?.entrypoint ?? [],
    cmd: config?.cmd ?? [],
    user: config?.user ?? "",
    workdir: config?.workdir ?? "",
    exposedPorts: config?.exposedPorts ?? []
  };
}
__name(toEntry, "toEntry");
function toPlatformEntry({ platform, required, status, message, digest, image }) {
  const known = image === void 0 ? {} : { config: image.configDigest ?? "", size: sumOfSizes(image.blobs), layers: image.layers.length, created: image.config.created };
  return { platform, required, status, ...message === "" ? {} : { message }, digest: digest ?? "", ...known };
}
__name(toPlatformEntry, "toPlatformEntry");
function pinnedReference(resolved) {
  return resolved.root === void 0 ? "" : `${repositoryName(resolved.wanted.reference)}@${resolved.root.fetched.digest}`;
}
__name(pinnedReference, "pinnedReference");
function shownImage(resolved, runner) {
  const images = lookedInto(resolved).map(({ image }) => image);
  return images.find((image) => satisfies(runner, image.config.platform)) ?? images[0];
}
__name(shownImage, "shownImage");
function lookedInto(resolved) {
  const none = resolved.wanted.platforms === "any";
  return resolved.platforms.filter(
    (one) => one.image !== void 0 && (one.required || none)
  );
}
__name(lookedInto, "lookedInto");
function sumOfSizes(blobs) {
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size ?? 0]));
  return [...sizes.values()].reduce((total, size) => total + size, 0);
}
__name(sumOfSizes, "sumOfSizes");
function totalSize(images) {
  const blobs = images.flatMap((resolved) => [...resolved.blobs, ...lookedInto(resolved).flatMap(({ image }) => image.blobs)]);
  return sumOfSizes(blobs);
}
__name(totalSize, "totalSize");

// src/runner/handoff.ts
function buildContexts(outcome) {
  return outcome.images.flatMap((resolved) => {
    const { reference } = resolved.wanted;
    const isImage = resolved.root !== void 0 && resolved.root.document.kind !== "artifact" && resolved.root.document.kind !== "buildkit-cache";
    if (!isImage || resolved.root === void 0) return [];
    const name3 = `${familiarName(reference)}${reference.tag === void 0 ? "" : `:${reference.tag}`}`;
    const context = contextOf(resolved.wanted, resolved.root.fetched.digest, outcome.pulled);
    return [[reference.digest === void 0 ? name3 : `${name3}@${reference.digest}`, context]];
  });
}
__name(buildContexts, "buildContexts");
function contextOf({ name: name3, reference }, digest, pulled) {
  if (pulled === void 0) return `docker-image://${repositoryName(reference)}@${digest}`;
  return `oci-layout://${pulled.layout}@${pulled.converted.get(name3) ?? digest}`;
}
__name(contextOf, "contextOf");
async function writeFiles(outcome, runner, parent) {
  const directory = await mkdtemp(join2(parent, "registry-pull-"));
  const metadata = join2(directory, "metadata.json");
  const bake = join2(directory, "bake.json");
  await writeFile(metadata, JSON.stringify(toMetadata(outcome, runner), void 0, 2));
  await writeFile(bake, JSON.stringify(toBake(outcome), void 0, 2));
  return { metadata, bake };
}
__name(writeFiles, "writeFiles");
function toMetadata(outcome, runner) {
  const entries = toEntries(outcome, runner).map(([name3, entry2], at) => [name3, { ...entry2, ...documentsOf(outcome.images[at]) }]);
  return { schema: 1, images: Object.fromEntries(entries) };
}
__name(toMetadata, "toMetadata");
function documentsOf(resolved) {
  const images = resolved?.platforms.flatMap(({ platform, image }) => image === void 0 ? [] : [[platform, image]]) ?? [];
  return {
    document: resolved?.root && JSON.parse(resolved.root.fetched.content.toString()),
    manifests: Object.fromEntries(images.map(([platform, image]) => [platform, JSON.parse(image.manifest.content.toString())])),
    configs: Object.fromEntries(images.map(([platform, image]) => [platform, image.config.json]))
  };
}
__name(documentsOf, "documentsOf");
function toBake(outcome) {
  return { target: { "registry-pull": { contexts: Object.fromEntries(buildContexts(outcome)) } } };
}
__name(toBake, "toBake");

// src/runner/log.ts
var ANNOTATION_LIMIT = 10;
function sayResolved(workflow, resolved) {
  const { wanted, root, platforms } = resolved;
  const problems = problemsOf(resolved);
  for (const warning of resolved.warnings) workflow.warn(warning);
  const mark = problems.length === 0 ? "\u2713" : "\u2717";
  const name3 = wanted.name === wanted.written ? wanted.written : `${wanted.name}: ${wanted.written}`;
  const what = root === void 0 ? "" : ` \u2192 ${pinnedReference(resolved)} (${root.document.kind}${platformCount(platforms)})`;
  const wrong = problems.map(({ platform, status }) => `${status} ${platform}`.trim()).join(", ");
  workflow.say(`${mark} ${name3}${what}${wrong === "" ? "" : `: ${wrong}`}`);
  if (platforms.length > 1) workflow.group(`  platforms of ${wanted.name}`, platforms.map(platformLine));
}
__name(sayResolved, "sayResolved");
function platformCount(platforms) {
  const offered = platforms.filter(({ digest }) => digest !== void 0);
  return offered.length === 1 ? `, ${offered[0]?.platform}` : offered.length === 0 ? "" : `, ${offered.length} platforms`;
}
__name(platformCount, "platformCount");
function platformLine({ platform, required, status, digest, image }) {
  const size = image === void 0 ? "" : `, ${formatBytes(sumOfSizes(image.blobs))} in ${image.layers.length} layers`;
  return `${required ? status === "ok" ? "\u2713" : "\u2717" : "\xB7"} ${platform} ${digest ?? status}${size}${required ? "" : " (not required)"}`;
}
__name(platformLine, "platformLine");
function annotate(workflow, outcome, failOnMissing) {
  const all = outcome.images.flatMap((resolved) => problemsOf(resolved).map((problem) => ({ ...problem, wanted: resolved.wanted })));
  const errors = all.filter(({ wanted }) => failOnMissing && !wanted.optional);
  const warnings = all.filter((problem) => !errors.includes(problem));
  const title = /* @__PURE__ */ __name(({ wanted, platform, status }) => `${wanted.name}${platform === "" ? "" : ` ${platform}`}: ${status}`, "title");
  for (const problem of errors.slice(0, ANNOTATION_LIMIT)) workflow.fail(title(problem), problem.message);
  for (const problem of warnings.slice(0, ANNOTATION_LIMIT)) workflow.warn(`${title(problem)}: ${problem.message}`);
  const rest = [...errors.slice(ANNOTATION_LIMIT), ...warnings.slice(ANNOTATION_LIMIT)];
  if (rest.length === 0) return;
  workflow.group(
    `${rest.length} more problems, also in the job summary`,
    rest.map((problem) => `${title(problem)}: ${problem.message}`)
  );
}
__name(annotate, "annotate");
function sayPulled(workflow, pulled, seconds) {
  const rate = pulled.downloaded === 0 ? "" : ` in ${seconds.toFixed(1)} s (${formatBytes(pulled.downloaded / Math.max(seconds, 1e-3))}/s)`;
  workflow.say(
    `downloaded ${formatBytes(pulled.downloaded)}${rate}, ${formatBytes(pulled.alreadyThere)} were there; the layout is ${pulled.layout}`
  );
  for (const [name3, digest] of pulled.converted)
    workflow.say(`${name3} was converted from schema 1: in the layout it is the OCI image ${digest}`);
}
__name(sayPulled, "sayPulled");
function formatBytes(bytes) {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1e3 ** power).toFixed(1)} ${units[power - 1]}`;
}
__name(formatBytes, "formatBytes");

// src/runner/sanitiser.ts
var LENGTH_LIMIT3 = 4e3;
var INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u00a0\u2007\u202f\ufeff]/gu;
function sanitise(text2) {
  const cut = text2.length > LENGTH_LIMIT3 ? `${text2.slice(0, LENGTH_LIMIT3)}\u2026` : text2;
  return cut.replace(INVISIBLE, visible).replace(/:(?=:)/g, ":\\").replace(/#(?=#)/g, "#\\");
}
__name(sanitise, "sanitise");
function visible(character) {
  const code2 = character.codePointAt(0) ?? 0;
  return code2 < 256 ? `\\x${code2.toString(16).padStart(2, "0")}` : `\\u${code2.toString(16).padStart(4, "0")}`;
}
__name(visible, "visible");
function markdown(text2) {
  return sanitise(text2).replace(/[&<>"'`|*_~[\]!\\#$@]/g, (character) => `&#${character.codePointAt(0)};`);
}
__name(markdown, "markdown");
function harmlessJson(value) {
  const json = JSON.stringify(value).replace(/\\./g, (pair) => /[bfnrt]/.test(pair) ? unicode(JSON.parse(`"${pair}"`)) : pair);
  return json.replace(/[$`'<>&;|\u007f-\u009f]/g, unicode);
}
__name(harmlessJson, "harmlessJson");
function unicode(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
__name(unicode, "unicode");

// src/runner/outputs.ts
var OUTPUTS = [
  "exists",
  "digest",
  "digests",
  "image",
  "images",
  "platforms",
  "config",
  "labels",
  "size",
  "missing",
  "json",
  "metadata-file",
  "build-contexts",
  "bake-file",
  "oci-layout",
  "bytes-downloaded"
];
var JSON_LIMIT = 256 * 1024;
var EMPTY = Object.fromEntries(OUTPUTS.map((name3) => [name3, ""]));
function toOutputs(outcome, runner, files) {
  const [first] = outcome.images;
  const image = first && shownImage(first, runner);
  const pinned = outcome.images.map(pinnedReference);
  return {
    exists: String(outcome.images.every((resolved) => resolved.wanted.optional || statusOf(resolved) === "ok")),
    digest: first?.root?.fetched.digest ?? "",
    digests: JSON.stringify(outcome.images.map((resolved) => resolved.root?.fetched.digest ?? "")),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    platforms: JSON.stringify(first === void 0 ? [] : offeredPlatforms(first)),
    config: bounded(image === void 0 ? "" : harmlessJson(image.config.json)),
    labels: bounded(image === void 0 ? "" : harmlessJson(Object.fromEntries(image.config.labels))),
    size: String(totalSize(outcome.images)),
    missing: bounded(harmlessJson(outcome.images.flatMap(missingEntries))),
    json: boundedJson(outcome, runner),
    "metadata-file": files.metadata,
    "build-contexts": buildContexts(outcome).map(([name3, context]) => `${name3}=${context}`).join("\n"),
    "bake-file": files.bake,
    "oci-layout": outcome.pulled?.layout ?? "",
    "bytes-downloaded": outcome.pulled === void 0 ? "" : String(outcome.pulled.downloaded)
  };
}
__name(toOutputs, "toOutputs");
function bounded(json) {
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}
__name(bounded, "bounded");
function offeredPlatforms(resolved) {
  return resolved.platforms.filter(({ digest }) => digest !== void 0).map(({ platform }) => platform);
}
__name(offeredPlatforms, "offeredPlatforms");
function missingEntries(resolved) {
  const { name: name3, written } = resolved.wanted;
  return problemsOf(resolved).map(({ platform, status, message }) => ({ name: name3, reference: written, platform, status, message }));
}
__name(missingEntries, "missingEntries");
var REDUCTIONS = [
  [],
  ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir"],
  ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir", "platforms", "message"]
];
function boundedJson(outcome, runner) {
  const entries = toEntries(outcome, runner);
  for (const left of REDUCTIONS) {
    const images = entries.map(
      ([name3, entry2]) => [name3, Object.fromEntries(Object.entries(entry2).filter(([key]) => !left.includes(key)))]
    );
    const json = harmlessJson({ schema: 1, ...left.length === 0 ? {} : { truncated: true }, images: Object.fromEntries(images) });
    if (Buffer.byteLength(json) < JSON_LIMIT) return json;
  }
  return "";
}
__name(boundedJson, "boundedJson");

// src/runner/progress.ts
var EVERY_MS = 5e3;
function startProgress(say) {
  let total = 0;
  let done = 0;
  let doneBefore = 0;
  const timer = setInterval(() => {
    const rate = formatBytes(Math.max(0, done - doneBefore) / (EVERY_MS / 1e3));
    say(`downloaded ${formatBytes(done)} of ${formatBytes(total)}, ${rate}/s`);
    doneBefore = done;
  }, EVERY_MS);
  return {
    planned: /* @__PURE__ */ __name((bytes) => {
      total += bytes;
    }, "planned"),
    moved: /* @__PURE__ */ __name((bytes) => {
      done += bytes;
    }, "moved"),
    stop: /* @__PURE__ */ __name(() => clearInterval(timer), "stop")
  };
}
__name(startProgress, "startProgress");

// src/store/archive.ts
import { createReadStream } from "node:fs";

// node_modules/tar/dist/esm/header.js
import { posix as pathModule } from "node:path";

// node_modules/tar/dist/esm/large-numbers.js
var encode = /* @__PURE__ */ __name((num, buf) => {
  if (!Number.isSafeInteger(num)) {
    throw Error("cannot encode number outside of javascript safe integer range");
  } else if (num < 0) {
    encodeNegative(num, buf);
  } else {
    encodePositive(num, buf);
  }
  return buf;
}, "encode");
var encodePositive = /* @__PURE__ */ __name((num, buf) => {
  buf[0] = 128;
  for (var i = buf.length; i > 1; i--) {
    buf[i - 1] = num & 255;
    num = Math.floor(num / 256);
  }
}, "encodePositive");
var encodeNegative = /* @__PURE__ */ __name((num, buf) => {
  buf[0] = 255;
  var flipped = false;
  num = num * -1;
  for (var i = buf.length; i > 1; i--) {
    var byte = num & 255;
    num = Math.floor(num / 256);
    if (flipped) {
      buf[i - 1] = onesComp(byte);
    } else if (byte === 0) {
      buf[i - 1] = 0;
    } else {
      flipped = true;
      buf[i - 1] = twosComp(byte);
    }
  }
}, "encodeNegative");
var parse2 = /* @__PURE__ */ __name((buf) => {
  const pre = buf[0];
  const value = pre === 128 ? pos(buf.subarray(1, buf.length)) : pre === 255 ? twos(buf) : null;
  if (value === null) {
    throw Error("invalid base256 encoding");
  }
  if (!Number.isSafeInteger(value)) {
    throw Error("parsed number outside of javascript safe integer range");
  }
  return value;
}, "parse");
var twos = /* @__PURE__ */ __name((buf) => {
  var len = buf.length;
  var sum2 = 0;
  var flipped = false;
  for (var i = len - 1; i > -1; i--) {
    var byte = Number(buf[i]);
    var f;
    if (flipped) {
      f = onesComp(byte);
    } else if (byte === 0) {
      f = byte;
    } else {
      flipped = true;
      f = twosComp(byte);
    }
    if (f !== 0) {
      sum2 -= f * Math.pow(256, len - i - 1);
    }
  }
  return sum2;
}, "twos");
var pos = /* @__PURE__ */ __name((buf) => {
  var len = buf.length;
  var sum2 = 0;
  for (var i = len - 1; i > -1; i--) {
    var byte = Number(buf[i]);
    if (byte !== 0) {
      sum2 += byte * Math.pow(256, len - i - 1);
    }
  }
  return sum2;
}, "pos");
var onesComp = /* @__PURE__ */ __name((byte) => (255 ^ byte) & 255, "onesComp");
var twosComp = /* @__PURE__ */ __name((byte) => (255 ^ byte) + 1 & 255, "twosComp");

// node_modules/tar/dist/esm/types.js
var isCode = /* @__PURE__ */ __name((c) => name2.has(c), "isCode");
var normalFsTypes = /* @__PURE__ */ new Set([
  "0",
  "",
  "1",
  "2",
  "3",
  "4",
  "5",
  "6",
  "7",
  "D"
]);
var name2 = /* @__PURE__ */ new Map([
  ["0", "File"],
  // same as File
  ["", "OldFile"],
  ["1", "Link"],
  ["2", "SymbolicLink"],
  // Devices and FIFOs aren't fully supported
  // they are parsed, but skipped when unpacking
  ["3", "CharacterDevice"],
  ["4", "BlockDevice"],
  ["5", "Directory"],
  ["6", "FIFO"],
  // same as File
  ["7", "ContiguousFile"],
  // pax headers
  ["g", "GlobalExtendedHeader"],
  ["x", "ExtendedHeader"],
  // vendor-specific stuff
  // skip
  ["A", "SolarisACL"],
  // like 5, but with data, which should be skipped
  ["D", "GNUDumpDir"],
  // metadata only, skip
  ["I", "Inode"],
  // data = link path of next file
  ["K", "NextFileHasLongLinkpath"],
  // data = path of next file
  ["L", "NextFileHasLongPath"],
  // skip
  ["M", "ContinuationFile"],
  // like L
  ["N", "OldGnuLongPath"],
  // skip
  ["S", "SparseFile"],
  // skip
  ["V", "TapeVolumeHeader"],
  // like x
  ["X", "OldExtendedHeader"]
]);
var code = new Map(Array.from(name2).map((kv) => [kv[1], kv[0]]));

// node_modules/tar/dist/esm/header.js
var notNegative = /* @__PURE__ */ __name((n) => n === void 0 || n < 0 ? void 0 : n, "notNegative");
var Header = class {
  static {
    __name(this, "Header");
  }
  cksumValid = false;
  needPax = false;
  nullBlock = false;
  block;
  path;
  mode;
  uid;
  gid;
  size;
  cksum;
  #type = "Unsupported";
  linkpath;
  uname;
  gname;
  devmaj = 0;
  devmin = 0;
  atime;
  ctime;
  mtime;
  charset;
  comment;
  constructor(data, off = 0, ex, gex) {
    if (Buffer.isBuffer(data)) {
      this.decode(data, off || 0, ex, gex);
    } else if (data) {
      this.#slurp(data);
    }
  }
  decode(buf, off, ex, gex) {
    if (!off) {
      off = 0;
    }
    if (!buf || !(buf.length >= off + 512)) {
      throw new Error("need 512 bytes for header");
    }
    const t = decString(buf, off + 156, 1);
    const isNormalFS = normalFsTypes.has(t);
    const exForFields = isNormalFS ? ex : void 0;
    const gexForFields = isNormalFS ? gex : void 0;
    this.path = exForFields?.path ?? decString(buf, off, 100);
    this.mode = exForFields?.mode ?? gexForFields?.mode ?? decNumber(buf, off + 100, 8);
    this.uid = exForFields?.uid ?? gexForFields?.uid ?? decNumber(buf, off + 108, 8);
    this.gid = exForFields?.gid ?? gexForFields?.gid ?? decNumber(buf, off + 116, 8);
    this.size = notNegative(exForFields?.size ?? gexForFields?.size ?? decNumber(buf, off + 124, 12));
    this.mtime = exForFields?.mtime ?? gexForFields?.mtime ?? decDate(buf, off + 136, 12);
    this.cksum = decNumber(buf, off + 148, 12);
    if (gexForFields)
      this.#slurp(gexForFields, true);
    if (exForFields)
      this.#slurp(exForFields);
    if (isCode(t)) {
      this.#type = t || "0";
    }
    if (this.#type === "0" && this.path.slice(-1) === "/") {
      this.#type = "5";
    }
    if (this.#type === "5") {
      this.size = 0;
    }
    this.linkpath = decString(buf, off + 157, 100);
    if (buf.subarray(off + 257, off + 265).toString() === "ustar\x0000") {
      this.uname = exForFields?.uname ?? gexForFields?.uname ?? decString(buf, off + 265, 32);
      this.gname = exForFields?.gname ?? gexForFields?.gname ?? decString(buf, off + 297, 32);
      this.devmaj = exForFields?.devmaj ?? gexForFields?.devmaj ?? decNumber(buf, off + 329, 8) ?? 0;
      this.devmin = exForFields?.devmin ?? gexForFields?.devmin ?? decNumber(buf, off + 337, 8) ?? 0;
      if (buf[off + 475] !== 0) {
        const prefix = decString(buf, off + 345, 155);
        this.path = prefix + "/" + this.path;
      } else {
        const prefix = decString(buf, off + 345, 130);
        if (prefix) {
          this.path = prefix + "/" + this.path;
        }
        this.atime = ex?.atime ?? gex?.atime ?? decDate(buf, off + 476, 12);
        this.ctime = ex?.ctime ?? gex?.ctime ?? decDate(buf, off + 488, 12);
      }
    }
    let sum2 = 8 * 32;
    for (let i = off; i < off + 148; i++) {
      sum2 += buf[i];
    }
    for (let i = off + 156; i < off + 512; i++) {
      sum2 += buf[i];
    }
    this.cksumValid = sum2 === this.cksum;
    if (this.cksum === void 0 && sum2 === 8 * 32) {
      this.nullBlock = true;
    }
  }
  #slurp(ex, gex = false) {
    Object.assign(this, Object.fromEntries(Object.entries(ex).filter(([k, v]) => {
      return !(v === null || v === void 0 || k === "size" && Number(v) < 0 || k === "path" && gex || k === "linkpath" && gex || k === "global");
    })));
  }
  encode(buf, off = 0) {
    if (!buf) {
      buf = this.block = Buffer.alloc(512);
    }
    if (this.#type === "Unsupported") {
      this.#type = "0";
    }
    if (!(buf.length >= off + 512)) {
      throw new Error("need 512 bytes for header");
    }
    const prefixSize = this.ctime || this.atime ? 130 : 155;
    const split = splitPrefix(this.path || "", prefixSize);
    const path = split[0];
    const prefix = split[1];
    this.needPax = !!split[2];
    this.needPax = encString(buf, off, 100, path) || this.needPax;
    this.needPax = encNumber(buf, off + 100, 8, this.mode) || this.needPax;
    this.needPax = encNumber(buf, off + 108, 8, this.uid) || this.needPax;
    this.needPax = encNumber(buf, off + 116, 8, this.gid) || this.needPax;
    this.needPax = encNumber(buf, off + 124, 12, this.size) || this.needPax;
    this.needPax = encDate(buf, off + 136, 12, this.mtime) || this.needPax;
    buf[off + 156] = Number(this.#type.codePointAt(0));
    this.needPax = encString(buf, off + 157, 100, this.linkpath) || this.needPax;
    buf.write("ustar\x0000", off + 257, 8);
    this.needPax = encString(buf, off + 265, 32, this.uname) || this.needPax;
    this.needPax = encString(buf, off + 297, 32, this.gname) || this.needPax;
    this.needPax = encNumber(buf, off + 329, 8, this.devmaj) || this.needPax;
    this.needPax = encNumber(buf, off + 337, 8, this.devmin) || this.needPax;
    this.needPax = encString(buf, off + 345, prefixSize, prefix) || this.needPax;
    if (buf[off + 475] !== 0) {
      this.needPax = encString(buf, off + 345, 155, prefix) || this.needPax;
    } else {
      this.needPax = encString(buf, off + 345, 130, prefix) || this.needPax;
      this.needPax = encDate(buf, off + 476, 12, this.atime) || this.needPax;
      this.needPax = encDate(buf, off + 488, 12, this.ctime) || this.needPax;
    }
    let sum2 = 8 * 32;
    for (let i = off; i < off + 148; i++) {
      sum2 += buf[i];
    }
    for (let i = off + 156; i < off + 512; i++) {
      sum2 += buf[i];
    }
    this.cksum = sum2;
    encNumber(buf, off + 148, 8, this.cksum);
    this.cksumValid = true;
    return this.needPax;
  }
  get type() {
    return this.#type === "Unsupported" ? this.#type : name2.get(this.#type);
  }
  get typeKey() {
    return this.#type;
  }
  set type(type) {
    const c = String(code.get(type));
    if (isCode(c) || c === "Unsupported") {
      this.#type = c;
    } else if (isCode(type)) {
      this.#type = type;
    } else {
      throw new TypeError("invalid entry type: " + type);
    }
  }
};
var splitPrefix = /* @__PURE__ */ __name((p, prefixSize) => {
  const pathSize = 100;
  let pp = p;
  let prefix = "";
  let ret = void 0;
  const root = pathModule.parse(p).root || ".";
  if (Buffer.byteLength(pp) < pathSize) {
    ret = [pp, prefix, false];
  } else {
    prefix = pathModule.dirname(pp);
    pp = pathModule.basename(pp);
    do {
      if (Buffer.byteLength(pp) <= pathSize && Buffer.byteLength(prefix) <= prefixSize) {
        ret = [pp, prefix, false];
      } else if (Buffer.byteLength(pp) > pathSize && Buffer.byteLength(prefix) <= prefixSize) {
        ret = [pp.slice(0, pathSize - 1), prefix, true];
      } else {
        pp = pathModule.join(pathModule.basename(prefix), pp);
        prefix = pathModule.dirname(prefix);
      }
    } while (prefix !== root && ret === void 0);
    if (!ret) {
      ret = [p.slice(0, pathSize - 1), "", true];
    }
  }
  return ret;
}, "splitPrefix");
var decString = /* @__PURE__ */ __name((buf, off, size) => buf.subarray(off, off + size).toString("utf8").replace(/\0.*/, ""), "decString");
var decDate = /* @__PURE__ */ __name((buf, off, size) => numToDate(decNumber(buf, off, size)), "decDate");
var numToDate = /* @__PURE__ */ __name((num) => num === void 0 ? void 0 : new Date(num * 1e3), "numToDate");
var decNumber = /* @__PURE__ */ __name((buf, off, size) => Number(buf[off]) & 128 ? parse2(buf.subarray(off, off + size)) : decSmallNumber(buf, off, size), "decNumber");
var nanUndef = /* @__PURE__ */ __name((value) => isNaN(value) ? void 0 : value, "nanUndef");
var decSmallNumber = /* @__PURE__ */ __name((buf, off, size) => nanUndef(parseInt(buf.subarray(off, off + size).toString("utf8").replace(/\0.*$/, "").trim(), 8)), "decSmallNumber");
var MAXNUM = {
  12: 8589934591,
  8: 2097151
};
var encNumber = /* @__PURE__ */ __name((buf, off, size, num) => num === void 0 ? false : num > MAXNUM[size] || num < 0 ? (encode(num, buf.subarray(off, off + size)), true) : (encSmallNumber(buf, off, size, num), false), "encNumber");
var encSmallNumber = /* @__PURE__ */ __name((buf, off, size, num) => buf.write(octalString(num, size), off, size, "ascii"), "encSmallNumber");
var octalString = /* @__PURE__ */ __name((num, size) => padOctal(Math.floor(num).toString(8), size), "octalString");
var padOctal = /* @__PURE__ */ __name((str, size) => (str.length === size - 1 ? str : new Array(size - str.length - 1).join("0") + str + " ") + "\0", "padOctal");
var encDate = /* @__PURE__ */ __name((buf, off, size, date) => date === void 0 ? false : encNumber(buf, off, size, date.getTime() / 1e3), "encDate");
var NULLS = new Array(156).join("\0");
var encString = /* @__PURE__ */ __name((buf, off, size, str) => str === void 0 ? false : (buf.write(str + NULLS, off, size, "utf8"), str.length !== Buffer.byteLength(str) || str.length > size), "encString");

// node_modules/tar/dist/esm/pax.js
import { basename } from "node:path";
var Pax = class _Pax {
  static {
    __name(this, "Pax");
  }
  atime;
  mtime;
  ctime;
  charset;
  comment;
  gid;
  uid;
  gname;
  uname;
  linkpath;
  dev;
  ino;
  nlink;
  path;
  size;
  mode;
  global;
  constructor(obj, global = false) {
    this.atime = obj.atime;
    this.charset = obj.charset;
    this.comment = obj.comment;
    this.ctime = obj.ctime;
    this.dev = obj.dev;
    this.gid = obj.gid;
    this.global = global;
    this.gname = obj.gname;
    this.ino = obj.ino;
    this.linkpath = obj.linkpath;
    this.mtime = obj.mtime;
    this.nlink = obj.nlink;
    this.path = obj.path;
    this.size = obj.size;
    this.uid = obj.uid;
    this.uname = obj.uname;
  }
  encode() {
    const body = this.encodeBody();
    if (body === "") {
      return Buffer.allocUnsafe(0);
    }
    const bodyLen = Buffer.byteLength(body);
    const bufLen = 512 * Math.ceil(1 + bodyLen / 512);
    const buf = Buffer.allocUnsafe(bufLen);
    for (let i = 0; i < 512; i++) {
      buf[i] = 0;
    }
    new Header({
      // XXX split the path
      // then the path should be PaxHeader + basename, but less than 99,
      // prepend with the dirname
      /* c8 ignore start */
      path: ("PaxHeader/" + basename(this.path ?? "")).slice(0, 99),
      /* c8 ignore stop */
      mode: this.mode || 420,
      uid: this.uid,
      gid: this.gid,
      size: bodyLen,
      mtime: this.mtime,
      type: this.global ? "GlobalExtendedHeader" : "ExtendedHeader",
      linkpath: "",
      uname: this.uname || "",
      gname: this.gname || "",
      devmaj: 0,
      devmin: 0,
      atime: this.atime,
      ctime: this.ctime
    }).encode(buf);
    buf.write(body, 512, bodyLen, "utf8");
    for (let i = bodyLen + 512; i < buf.length; i++) {
      buf[i] = 0;
    }
    return buf;
  }
  encodeBody() {
    return this.encodeField("path") + this.encodeField("ctime") + this.encodeField("atime") + this.encodeField("dev") + this.encodeField("ino") + this.encodeField("nlink") + this.encodeField("charset") + this.encodeField("comment") + this.encodeField("gid") + this.encodeField("gname") + this.encodeField("linkpath") + this.encodeField("mtime") + this.encodeField("size") + this.encodeField("uid") + this.encodeField("uname");
  }
  encodeField(field) {
    if (this[field] === void 0) {
      return "";
    }
    const r = this[field];
    const v = r instanceof Date ? r.getTime() / 1e3 : r;
    const s = " " + (field === "dev" || field === "ino" || field === "nlink" ? "SCHILY." : "") + field + "=" + v + "\n";
    const byteLen = Buffer.byteLength(s);
    let digits = Math.floor(Math.log(byteLen) / Math.log(10)) + 1;
    if (byteLen + digits >= Math.pow(10, digits)) {
      digits += 1;
    }
    const len = digits + byteLen;
    return len + s;
  }
  static parse(str, ex, g = false) {
    return new _Pax(merge(parseKV(str), ex), g);
  }
};
var merge = /* @__PURE__ */ __name((a, b) => b ? Object.assign({}, b, a) : a, "merge");
var parseKV = /* @__PURE__ */ __name((str) => str.replace(/\n$/, "").split("\n").reduce(parseKVLine, /* @__PURE__ */ Object.create(null)), "parseKV");
var parseKVLine = /* @__PURE__ */ __name((set, line) => {
  const n = parseInt(line, 10);
  if (n !== Buffer.byteLength(line) + 1) {
    return set;
  }
  line = line.slice((n + " ").length);
  const kv = line.split("=");
  const r = kv.shift();
  if (!r) {
    return set;
  }
  const k = r.replace(/^SCHILY\.(dev|ino|nlink)/, "$1");
  const v = kv.join("=").replace(/\0.*/, "");
  switch (k) {
    case "path":
    case "linkpath":
    case "type":
    case "charset":
    case "comment":
    case "gname":
    case "uname":
      set[k] = v;
      break;
    case "ctime":
    case "atime":
    case "mtime":
      set[k] = new Date(Number(v) * 1e3);
      break;
    case "size":
      const s = +v;
      if (s >= 0)
        set[k] = s;
      break;
    case "gid":
    case "uid":
    case "dev":
    case "ino":
    case "nlink":
    case "mode":
      set[k] = +v;
      break;
  }
  return set;
}, "parseKVLine");

// src/store/archive.ts
var READ_SIZE = 1024 * 1024;
var BLOCK = 512;
async function* archive(layout, image) {
  const { mediaType, digest, size, annotations } = image.entry;
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType, digest, size, annotations }] };
  const repoTags = image.tag === void 0 ? [] : [image.tag];
  const manifest = [{ Config: pathOf(image.config), RepoTags: repoTags, Layers: image.layers.map(pathOf) }];
  yield* text("oci-layout", '{"imageLayoutVersion":"1.0.0"}');
  yield* text("index.json", JSON.stringify(index));
  yield* text("manifest.json", JSON.stringify(manifest));
  for (const blob of image.blobs) yield* file(layout, blob);
  yield Buffer.alloc(2 * BLOCK);
}
__name(archive, "archive");
function pathOf(digest) {
  return `blobs/${digest.replace(":", "/")}`;
}
__name(pathOf, "pathOf");
function* text(path, content) {
  const bytes = Buffer.from(content);
  yield header(path, bytes.length);
  yield Buffer.concat([bytes, padding(bytes.length)]);
}
__name(text, "text");
async function* file(layout, { digest, size }) {
  yield header(pathOf(digest), size);
  let sent = 0;
  for await (const chunk of createReadStream(layout.blobPath(digest), { highWaterMark: READ_SIZE })) {
    sent += chunk.length;
    if (sent > size) break;
    yield chunk;
  }
  if (sent !== size) throw new PullError("dangling", `blob ${digest} of the layout has changed: expected ${size} bytes, got ${sent}`);
  yield padding(size);
}
__name(file, "file");
function header(path, size) {
  const fields = { path, size, mode: 420, type: "File", uid: 0, gid: 0, mtime: /* @__PURE__ */ new Date(0) };
  const entry2 = new Header(fields);
  const extended = entry2.encode() ? new Pax({ path, size }).encode() : Buffer.alloc(0);
  return Buffer.concat([extended, entry2.block ?? Buffer.alloc(0)]);
}
__name(header, "header");
function padding(size) {
  return Buffer.alloc((BLOCK - size % BLOCK) % BLOCK);
}
__name(padding, "padding");

// src/store/layout.ts
import { lstat, mkdir, readdir, readFile as readFile2, rename as rename2, rm as rm3, writeFile as writeFile2 } from "node:fs/promises";
import { join as join3, resolve } from "node:path";

// src/store/disk.ts
var MEANINGS = {
  ENOSPC: "the disk is full; free some space, or put the layout on another disk with the input path",
  EDQUOT: "the disk quota is used up; put the layout on another disk with the input path",
  EACCES: "it is not writable; choose another directory with the input path",
  EPERM: "it is not writable; choose another directory with the input path",
  EROFS: "it is on a read-only file system; choose another directory with the input path",
  ENOTDIR: "a part of it is not a directory; choose another one with the input path",
  EEXIST: "something else has that name; choose another directory with the input path",
  EMFILE: "too many files are open; lower the input concurrency"
};
async function onDisk(path, work2) {
  try {
    return await work2();
  } catch (error) {
    const { code: code2 } = error;
    if (error instanceof PullError || code2 === void 0) throw error;
    throw new PullError("unsupported", `cannot write to ${path} (${code2}): ${MEANINGS[code2] ?? error.message}`, error);
  }
}
__name(onDisk, "onDisk");

// src/store/hash.ts
import { constants, createReadStream as createReadStream2 } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline as pipeline2 } from "node:stream/promises";
import { createGunzip } from "node:zlib";
var READ_SIZE2 = 1024 * 1024;
var RATIO_LIMIT = 20;
var SMALL_LIMIT = 512 * 1024 * 1024;
async function digestOfFile(path, expected) {
  const file2 = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const hash = hasher(algorithmOf(expected));
    const buffer = Buffer.allocUnsafe(READ_SIZE2);
    for (; ; ) {
      const { bytesRead } = await file2.read(buffer, 0, READ_SIZE2);
      if (bytesRead === 0) return hash.digest();
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file2.close();
  }
}
__name(digestOfFile, "digestOfFile");
async function diffIdOf(path) {
  const hash = hasher("sha256");
  let packed = 0;
  let unpacked = 0;
  const source = createReadStream2(path, { highWaterMark: READ_SIZE2 }).on("data", (chunk) => {
    packed += chunk.length;
  });
  try {
    await pipeline2(source, createGunzip({ chunkSize: READ_SIZE2 }), async (chunks) => {
      for await (const chunk of chunks) {
        unpacked += chunk.length;
        if (unpacked > Math.max(SMALL_LIMIT, packed * RATIO_LIMIT)) throw new Error("it unpacks to more than twenty times its size");
        hash.update(chunk);
      }
    });
  } catch (cause) {
    throw new PullError("invalid", `layer ${path} cannot be unpacked: ${cause.message}`, cause);
  }
  return hash.digest();
}
__name(diffIdOf, "diffIdOf");

// src/store/ingest.ts
import { constants as constants2, open as open2, rename, rm } from "node:fs/promises";
var Ingest = class _Ingest {
  static {
    __name(this, "Ingest");
  }
  #expected;
  #path;
  #final;
  #file;
  #hasher;
  #received = 0;
  constructor(expected, path, final, file2) {
    this.#expected = expected;
    this.#path = path;
    this.#final = final;
    this.#file = file2;
    this.#hasher = hasher(algorithmOf(expected.digest));
  }
  /** An ingest at `path`, which must not exist and becomes `final`. */
  static async open(expected, path, final) {
    const flags = constants2.O_CREAT | constants2.O_EXCL | constants2.O_WRONLY | (constants2.O_NOFOLLOW ?? 0);
    return new _Ingest(expected, path, final, await onDisk(path, () => open2(path, flags, 420)));
  }
  /** Bytes written so far. */
  get received() {
    return this.#received;
  }
  /** Fails as `invalid` at the first byte too many. */
  async write(chunk) {
    if (this.#received + chunk.length > this.#expected.size) {
      throw new PullError("invalid", `too long: ${this.#expected.digest} has ${this.#expected.size} bytes, got more`);
    }
    this.#hasher.update(chunk);
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await onDisk(this.#path, () => this.#file.write(chunk, at, chunk.length - at, this.#received + at));
      at += bytesWritten;
    }
    this.#received += chunk.length;
  }
  async restart() {
    await this.#file.truncate(0);
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
    this.#received = 0;
  }
  /** Fails as `invalid` when size or digest differ. The file keeps its own name then, for {@link restart} or {@link abort}. */
  async commit() {
    const { digest, size } = this.#expected;
    if (this.#received !== size) throw new PullError("invalid", `too short: ${digest} has ${size} bytes, got ${this.#received}`);
    const got = this.#hasher.digest();
    if (got !== digest) throw new PullError("invalid", `digest differs: expected ${digest}, got ${size} bytes that have ${got}`);
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
  }
  /** Leaves nothing behind; harmless after a commit. */
  async abort() {
    await this.#file.close().catch(() => void 0);
    await rm(this.#path, { force: true });
  }
};

// src/store/lock.ts
import { open as open3, readFile, rm as rm2 } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
var PATIENCE_MS = 6e4;
var POLL_MS = 25;
async function locked(path, work2) {
  await acquire(path);
  try {
    return await work2();
  } finally {
    await rm2(path, { force: true });
  }
}
__name(locked, "locked");
async function acquire(path) {
  const deadline = Date.now() + PATIENCE_MS;
  for (; ; ) {
    try {
      const file2 = await open3(path, "wx");
      await file2.writeFile(String(process.pid));
      await file2.close();
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (holder > 0 && !isAlive(holder)) await takeOver(path, holder);
    else if (Date.now() > deadline) {
      throw new PullError(
        "unsupported",
        `${path} is locked by process ${holder || "unknown"} for more than a minute; if it is not pulling, remove the file`
      );
    }
    await sleep(POLL_MS);
  }
}
__name(acquire, "acquire");
async function takeOver(path, holder) {
  if (Number(await readFile(path, "utf8").catch(() => "")) === holder) await rm2(path, { force: true });
}
__name(takeOver, "takeOver");
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
__name(isAlive, "isAlive");

// src/store/layout.ts
var DIRECTORIES = ["", "blobs", "blobs/sha256", "blobs/sha512", ".registry-pull"];
var IMAGE_NAME = "io.containerd.image.name";
var INDEX_LIMIT2 = 4 * 1024 * 1024;
var Layout = class _Layout {
  static {
    __name(this, "Layout");
  }
  /** The directory, absolute. */
  path;
  #verified = /* @__PURE__ */ new Set();
  constructor(path) {
    this.path = path;
  }
  /** The layout at `path`, made when there is none. Fails as `unsupported` when something else is in its place. */
  static async open(path) {
    const layout = new _Layout(resolve(path));
    await onDisk(layout.path, async () => {
      for (const directory of DIRECTORIES) await makeDirectory(join3(layout.path, directory));
      await layout.#sweep();
    });
    return layout;
  }
  /** Where a blob is, or is to be. Only a checked digest makes a path. */
  blobPath(digest) {
    return join3(this.path, "blobs", ...digest.split(":"));
  }
  /** True when the blob is here and its bytes are right; one that is wrong is removed. Never follows a link. */
  async has(blob) {
    if (this.#verified.has(blob.digest)) return true;
    const path = this.blobPath(blob.digest);
    const found = await lstat(path).catch(() => void 0);
    if (found === void 0) return false;
    if (found.isDirectory()) throw new PullError("unsupported", `${path} is a directory where a blob should be; remove it`);
    const right = found.isFile() && found.size === blob.size && await digestOfFile(path, blob.digest) === blob.digest;
    if (right) this.#verified.add(blob.digest);
    else await rm3(path, { force: true });
    return right;
  }
  /** The digest of a layer's uncompressed tar. Fails as `invalid` when it cannot be had. */
  diffId(layer) {
    return diffIdOf(this.blobPath(layer));
  }
  /** A way in for a blob that is not here. */
  async ingest(blob) {
    const name3 = `${blob.digest.replace(":", "-")}.${process.pid}.${crypto.randomUUID()}`;
    return Ingest.open(blob, join3(this.path, ".registry-pull", name3), this.blobPath(blob.digest));
  }
  /** Keeps bytes under their digest, unless they are here already. Fails as `invalid` when they have another one. */
  async put(digest, bytes) {
    const blob = { digest, size: bytes.length };
    if (await this.has(blob)) return;
    const ingest = await this.ingest(blob);
    try {
      await ingest.write(bytes);
      await ingest.commit();
    } finally {
      await ingest.abort();
    }
  }
  /**
   * Adds entries to the index, replacing those of the same names and keeping all others, whoever wrote them.
   * Fails as `invalid`, leaving the file as it is, when the index there cannot be read.
   */
  async add(entries) {
    const merge2 = /* @__PURE__ */ __name(async () => {
      const index = await this.#readIndex();
      const names = new Set(entries.map(({ annotations }) => annotations[IMAGE_NAME]));
      const added = entries.map(({ mediaType, digest, size, annotations }) => ({ mediaType, digest, size, annotations }));
      const kept = index.manifests.filter((entry2) => !names.has(nameOf(entry2)));
      await this.#replace("oci-layout", '{"imageLayoutVersion":"1.0.0"}');
      await this.#replace("index.json", JSON.stringify({ ...index.fields, manifests: [...kept, ...added] }, void 0, 2));
    }, "merge");
    await onDisk(this.path, () => locked(join3(this.path, ".registry-pull", "lock"), merge2));
  }
  async #readIndex() {
    const path = join3(this.path, "index.json");
    const found = await lstat(path).catch(() => void 0);
    if (found === void 0) return { fields: { schemaVersion: 2, mediaType: OCI_INDEX }, manifests: [] };
    if (!found.isFile() || found.size > INDEX_LIMIT2) throw new PullError("invalid", `${path} is no index that can be read; move it away`);
    const fields = asObject(parseJson(await readFile2(path), path), path, ["manifests"]);
    return { fields, manifests: asList(fields["manifests"], `${path} manifests`) };
  }
  /** Writes a file beside its place and renames it there, on disk before its name is. */
  async #replace(name3, text2) {
    const temporary = join3(this.path, ".registry-pull", `${name3}.${process.pid}.${crypto.randomUUID()}`);
    await writeFile2(temporary, text2, { flag: "wx", flush: true });
    await rename2(temporary, join3(this.path, name3));
  }
  /** Removes what processes that are dead were writing. */
  async #sweep() {
    const directory = join3(this.path, ".registry-pull");
    for (const name3 of await readdir(directory)) {
      const [, pid] = /\.(\d+)\.[0-9a-f-]{36}$/.exec(name3) ?? [];
      if (pid !== void 0 && !isAlive(Number(pid))) await rm3(join3(directory, name3), { force: true });
    }
  }
};
function nameOf(entry2) {
  const annotations = entry2?.["annotations"];
  const name3 = annotations?.[IMAGE_NAME];
  return typeof name3 === "string" ? name3 : void 0;
}
__name(nameOf, "nameOf");
async function makeDirectory(path) {
  await mkdir(path, { recursive: true });
  if (!(await lstat(path)).isDirectory()) throw new PullError("unsupported", `${path} is not a directory: a layout cannot be here`);
}
__name(makeDirectory, "makeDirectory");

// src/step.ts
async function step(machine, workflow) {
  const inputs = await readInputs(machine.environment, runnerPlatform(machine.platform, machine.architecture));
  if ("problems" in inputs) {
    for (const problem of inputs.problems) workflow.fail("invalid input", problem);
    writeOutputs(workflow, EMPTY);
    return 1;
  }
  const outcome = await work(inputs, machine, workflow);
  const failed = outcome.images.some(isRequiredProblem);
  annotate(workflow, outcome, inputs.failOnMissing);
  writeOutputs(workflow, toOutputs(outcome, inputs.runner, await writeFiles(outcome, inputs.runner, machine.temporary)));
  const summary = inputs.jobSummary === "always" || inputs.jobSummary === "on-failure" && failed;
  if (summary) await workflow.summary(outcome);
  return failed && inputs.failOnMissing ? 1 : 0;
}
__name(step, "step");
function writeOutputs(workflow, outputs) {
  for (const [name3, value] of Object.entries(outputs)) workflow.output(name3, value);
}
__name(writeOutputs, "writeOutputs");
function isRequiredProblem(resolved) {
  return !resolved.wanted.optional && statusOf(resolved) !== "ok";
}
__name(isRequiredProblem, "isRequiredProblem");
async function work(inputs, machine, workflow) {
  const overdue = new PullError("unreachable", `the step's timeout of ${inputs.timeout} s has passed`);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(overdue), inputs.timeout * 1e3);
  const { api, source, downloads, http: http2 } = connect(inputs, machine, workflow, stop.signal);
  try {
    const images = await run(inputs.plan, source, {
      now: Date.now,
      sleep: /* @__PURE__ */ __name((ms, signal) => sleep2(ms, void 0, { signal }), "sleep"),
      signal: stop.signal,
      say: workflow.say,
      resolved: /* @__PURE__ */ __name((image) => sayResolved(workflow, image), "resolved")
    });
    for (const [registry, remaining] of api.remainingPulls) workflow.say(`${registry}: ${remaining}`);
    if (inputs.pull === "none" || inputs.failOnMissing && images.some(isRequiredProblem)) return { images, pulled: void 0 };
    return await pullAndLoad(images, { source, downloads }, { inputs, machine, workflow, signal: stop.signal });
  } finally {
    clearTimeout(timer);
    http2.close();
  }
}
__name(work, "work");
async function pullAndLoad(images, wires, step2) {
  const { inputs, machine, workflow } = step2;
  const progress = startProgress(workflow.say);
  const started = Date.now();
  try {
    const layout = await Layout.open(inputs.path || join4(machine.temporary, "registry-pull"));
    const options = { concurrency: inputs.concurrency, progress, runner: inputs.runner };
    const outcome = await pull(images, { ...wires, store: layout }, options);
    progress.stop();
    if (outcome.pulled !== void 0) sayPulled(workflow, outcome.pulled, (Date.now() - started) / 1e3);
    await load2(layout, outcome, step2);
    return outcome;
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const problem = { status: error.status, message: error.message };
    return { images: images.map((image) => ({ ...image, problem: image.problem ?? problem })), pulled: void 0 };
  } finally {
    progress.stop();
  }
}
__name(pullAndLoad, "pullAndLoad");
async function load2(layout, { pulled }, { inputs, machine, workflow, signal }) {
  if (inputs.pull !== "docker" && inputs.pull !== "podman") return;
  const run3 = engineRunner(machine.environment, signal);
  await loadAll(inputs.pull, pulled?.loadable ?? [], {
    archive: /* @__PURE__ */ __name((image) => archive(layout, image), "archive"),
    run: run3,
    say: workflow.say,
    warn: workflow.warn
  });
}
__name(load2, "load");
function connect(inputs, machine, workflow, signal) {
  const { say, mask } = workflow;
  const warned = /* @__PURE__ */ new Set();
  const warn = /* @__PURE__ */ __name((message) => {
    if (!warned.has(message)) workflow.warn(message);
    warned.add(message);
  }, "warn");
  const clock = { now: Date.now, sleep: /* @__PURE__ */ __name((ms, signal2) => sleep2(ms, void 0, { signal: signal2 }), "sleep"), random: Math.random };
  const http2 = new Http({ signal, clock, concurrency: inputs.concurrency, say });
  const { registryAuth, githubToken, trustedRealms, insecureRegistries } = inputs;
  const configs = readDockerConfigs(machine.environment, (path) => readFileSync(path, "utf8"), warn);
  const runHelper = helperRunner(machine.environment);
  const keychain = new Keychain({ registryAuth, githubToken, configs, runHelper, warn, mask });
  const tokens = new TokenService({ http: http2, now: clock.now, trustedRealms, mask });
  const authenticator = new Authenticator({ http: http2, keychain, tokens, now: clock.now, warn });
  const api = new Api({ http: http2, authenticator, insecureRegistries, say, warn });
  const source = new RegistryClient(api, say);
  const downloads = new Downloader({ api, clock, signal, say });
  return { api, source, downloads, http: http2 };
}
__name(connect, "connect");

export {
  sanitise,
  markdown,
  problemsOf,
  statusOf,
  parsePlatform,
  digestOf,
  pinnedReference,
  totalSize,
  formatBytes,
  OCI_INDEX,
  OCI_MANIFEST,
  OCI_CONFIG,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_CONFIG,
  DEFAULTS,
  step
};
