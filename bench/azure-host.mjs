// Makes the Azure storage hosts of GitHub's cache loopback. `@actions/cache` downloads in parallel
// only from hosts of that name, so the cache service of the benchmark must have one.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";

const { lookup } = dns;
dns.lookup = (host, ...rest) =>
  lookup(host.endsWith(".blob.core.windows.net") ? "127.0.0.1" : host, ...rest);
syncBuiltinESMExports();
