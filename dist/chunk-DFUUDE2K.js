import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  HttpClient
} from "./chunk-QWCBFTQ4.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/http/address.ts
import { BlockList, isIP } from "node:net";
var RANK = {
  public: 0,
  private: 1,
  loopback: 2,
  forbidden: 3
};
var RANGES = {
  forbidden: [
    ["0.0.0.0", 8],
    ["169.254.0.0", 16],
    ["224.0.0.0", 3],
    ["::", 128],
    ["fe80::", 10],
    ["ff00::", 8],
    // Metadata services that are not at a link-local address; they return credentials, too:
    // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    ["168.63.129.16", 32],
    // https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
    ["100.100.100.200", 32],
    ["fd00:100::100:200", 128],
    // Oracle's classic cloud, and
    // https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm
    ["192.0.0.192", 32],
    ["fd00:c1::a9fe:a9fe", 128],
    // AWS: metadata at ::254, DNS, time, and pods' identities at ::23,
    // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
    ["fd00:ec2::", 32],
    // https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
    ["fd20:ce::254", 128],
    // https://docs.cloud-init.io/en/latest/reference/datasources/scaleway.html
    ["fd00:42::42", 128],
    // https://techdocs.akamai.com/cloud-computing/docs/metadata-service-api
    ["fd00:a9fe:a9fe::1", 128]
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
    ["fc00::", 7],
    // Site-local, deprecated: https://www.rfc-editor.org/rfc/rfc3879
    ["fec0::", 10],
    ["192.0.0.0", 24]
  ]
};
var LISTED = ["forbidden", "loopback", "private"];
var LISTS = LISTED.map((reach) => {
  const list = new BlockList();
  for (const [address, bits] of RANGES[reach]) {
    const family = address.includes(":") ? "ipv6" : "ipv4";
    list.addSubnet(address, bits, family);
  }
  return { reach, list };
});
function reachOf(address) {
  const inner = embeddedIPv4(address) ?? address;
  const family = isIP(inner) === 6 ? "ipv6" : "ipv4";
  const found = LISTS.find(({ list }) => list.check(inner, family));
  return found?.reach ?? "public";
}
function embeddedIPv4(address) {
  if (isIP(address) !== 6) return void 0;
  const groups = groupsOf(address);
  const [first, second] = groups;
  const leadingZeros = groups.findIndex((group) => group !== 0);
  const isMapped = leadingZeros === 5 && groups[5] === 65535;
  const isTranslated = leadingZeros === 4 && groups[4] === 65535 && groups[5] === 0;
  const isCompatible = leadingZeros === 6;
  const isNat64 = first === 100 && second === 65435;
  const isAtTheEnd = isMapped || isTranslated || isCompatible || isNat64;
  if (isAtTheEnd) return formatIPv4(groups.slice(6));
  const is6to4 = first === 8194;
  return is6to4 ? formatIPv4(groups.slice(1, 3)) : void 0;
}
function formatIPv4(groups) {
  const bytes = groups.flatMap((group) => [group >> 8, group & 255]);
  return bytes.join(".");
}
function groupsOf(address) {
  const [bare] = address.split("%");
  const { hostname } = new URL(`http://[${bare}]`);
  const [head = "", tail = ""] = hostname.slice(1, -1).split("::");
  const left = splitGroups(head);
  const right = splitGroups(tail);
  const omitted = 8 - left.length - right.length;
  const zeros = Array(omitted).fill("0");
  const groups = [...left, ...zeros, ...right];
  return groups.map((group) => Number.parseInt(group, 16));
}
function splitGroups(part) {
  return part.split(":").filter((group) => group !== "");
}
function literalAddress(url) {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? void 0 : host;
}
function checkReach(address, host, namedBy) {
  const reach = reachOf(address);
  const isNear = namedBy === "user" || RANK[reach] <= RANK[namedBy];
  if (reach !== "forbidden" && isNear) return;
  const shown = host === address ? address : `${host} (${address})`;
  if (reach === "forbidden") {
    throw refused(`${shown} is link-local, unspecified or a cloud's metadata service`);
  }
  throw refused(`${shown} is a ${reach} address; a ${namedBy} registry may not redirect there`);
}
function refused(found, next) {
  return new PullError("address-refused", `address refused: ${found}`, { next });
}
function farther(one, other) {
  return one === "user" ? other : farthest(one, other);
}
function farthest(one, other) {
  return RANK[other] < RANK[one] ? other : one;
}
function checkPlainHttp(url, address, insecure) {
  if (url.protocol !== "http:" || !isLoopbackHost(url)) return;
  if (address !== void 0 && reachOf(address) === "loopback") return;
  const isAllowed = insecure.has(url.host) || insecure.has(`${url.host}:80`);
  if (isAllowed) return;
  const found = address === void 0 ? "a proxy hides its address" : `${address} is not loopback`;
  throw refused(
    `plain HTTP to ${url.host} is allowed on this machine only, but ${found}`,
    `to use plain HTTP for it, add ${url.host} to insecure-registries`
  );
}
function isLoopbackHost(url) {
  const address = literalAddress(url);
  if (address !== void 0) return reachOf(address) === "loopback";
  return /^(.+\.)?localhost$/.test(url.hostname);
}

// src/http/connection.ts
import { Socket } from "node:net";
var CONNECT_DEADLINE_MS = 1e4;
var TLS_DEADLINE_MS = 1e4;
function boundConnections(agent, clock) {
  const connect = agent.createConnection;
  if (connect === void 0) return;
  let session;
  agent.createConnection = (options, callback) => {
    const resumed = session === void 0 ? options : { ...options, session };
    const socket = connect.call(agent, resumed, callback);
    if (!(socket instanceof Socket)) return socket;
    bound(socket, clock);
    socket.on("session", (latest) => {
      session = latest;
    });
    return socket;
  };
}
function bound(socket, { after }) {
  const late = (what, ms) => after(ms, () => {
    const found = `no ${what} within ${ms / 1e3} s`;
    socket.destroy(new PullError("no-answer", found));
  });
  let cancel = late("connection", CONNECT_DEADLINE_MS);
  const isSecured = "encrypted" in socket;
  socket.once("connect", () => {
    cancel();
    if (isSecured) cancel = late("TLS handshake", TLS_DEADLINE_MS);
  });
  socket.once("secureConnect", () => cancel());
  socket.once("close", () => cancel());
}

// src/http/early-connections.ts
import { Socket as Socket2 } from "node:net";
var UNUSED_MS = 1e4;
var EarlyConnections = class {
  #open;
  #clock;
  #waiting = /* @__PURE__ */ new Set();
  /** Opens connections as `agent` does. They are as safe as its own, because they are its own. */
  constructor(agent, clock) {
    const connect = agent.createConnection;
    this.#open = (options) => connect.call(agent, options);
    this.#clock = clock;
    agent.createConnection = (options, callback) => this.#take() ?? connect.call(agent, options, callback);
  }
  /**
   * Opens one connection. One that fails is forgotten, and a request opens its own: it then fails
   * with its own words. An unused one is closed after ten seconds, and keeps no process alive.
   */
  open(options) {
    const socket = this.#open(options);
    if (!(socket instanceof Socket2)) return;
    const cancel = this.#clock.after(UNUSED_MS, () => this.#discard(socket));
    const forget = () => {
      cancel();
      this.#waiting.delete(socket);
    };
    socket.unref();
    socket.on("error", forget);
    socket.once("close", forget);
    this.#waiting.add(socket);
  }
  /** Closes all that are unused. */
  close() {
    for (const socket of this.#waiting) socket.destroy();
  }
  #discard(socket) {
    if (this.#waiting.has(socket)) socket.destroy();
  }
  /** The connection that was opened first: it is ready the soonest. */
  #take() {
    const [socket] = [...this.#waiting].filter(({ destroyed }) => !destroyed);
    if (socket === void 0) return void 0;
    this.#waiting.delete(socket);
    return socket.ref();
  }
};

// src/http/user-agent.ts
var USER_AGENT = "registry-pull/1.0.0-rc.1";

// src/http/connections.ts
var Connections = class {
  #clock;
  #insecure;
  #pools = /* @__PURE__ */ new Map();
  #agents = /* @__PURE__ */ new Set();
  #early = /* @__PURE__ */ new Map();
  constructor(clock, insecureRegistries) {
    this.#clock = clock;
    this.#insecure = insecureRegistries;
  }
  /**
   * The agent for a URL. It checks certificates even if NODE_TLS_REJECT_UNAUTHORIZED turns that off
   * for the process. Connections are reused only within a `group`. Fails as `invalid` when a proxy
   * would receive plain HTTP that must stay on this machine.
   */
  agent(url, group) {
    const pool = this.#pool(url, group);
    const agent = pool.getAgent(url.href);
    if (isProxied(agent)) checkPlainHttp(url, void 0, this.#insecure);
    if (this.#agents.has(agent)) return agent;
    const options = agent.options ?? {};
    agent.options = Object.assign(options, { rejectUnauthorized: true });
    agent.protocol ??= url.protocol;
    boundConnections(agent, this.#clock);
    this.#agents.add(agent);
    return agent;
  }
  /**
   * Opens a connection for a later request to the same origin in the same group, with what that
   * request would state. Does nothing where a proxy would be asked.
   */
  openEarly(url, group, stated) {
    const agent = this.agent(url, group);
    if (isProxied(agent)) return;
    const early = this.#early.get(agent) ?? new EarlyConnections(agent, this.#clock);
    this.#early.set(agent, early);
    early.open({ ...stated, ...agent.options });
  }
  #pool(url, group) {
    const key = `${url.origin} ${group}`;
    const known = this.#pools.get(key);
    if (known !== void 0) return known;
    const pool = new HttpClient(void 0, [], { keepAlive: true });
    this.#pools.set(key, pool);
    return pool;
  }
  /** Closes idle sockets beyond `most`; each uses a file descriptor. */
  trim(most) {
    const idle = [...this.#agents].flatMap(
      ({ freeSockets = {} }) => Object.values(freeSockets).flat()
    );
    for (const socket of idle.slice(most)) socket?.destroy();
  }
  /** Closes all connections. */
  close() {
    for (const early of this.#early.values()) early.close();
    for (const pool of this.#pools.values()) pool.dispose();
  }
};
function isProxied({ createConnection }) {
  return createConnection === void 0;
}
function oneHop(options) {
  const handler = {
    prepareRequest: (prepared) => void Object.assign(prepared, options),
    canHandleAuthentication: () => false,
    handleAuthentication
  };
  const client = new HttpClient(void 0, [handler], {
    allowRedirects: false,
    allowRetries: false,
    keepAlive: true
  });
  client.userAgent = USER_AGENT;
  return client;
}
async function handleAuthentication() {
  throw new Error("challenges are answered elsewhere");
}

export {
  reachOf,
  literalAddress,
  checkReach,
  farther,
  farthest,
  checkPlainHttp,
  isLoopbackHost,
  USER_AGENT,
  Connections,
  oneHop
};
