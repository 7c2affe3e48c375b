import { asDigest } from "../oci/digest.ts";
import { excerpt } from "../oci/json.ts";
import { isTag, type Repository } from "../oci/reference.ts";
import { type Refusal, refuse, refuseName } from "./refusal.ts";
import type { Asked } from "./served.ts";
import { upstreamOf } from "./upstream.ts";

/** The parts of a request that say what is asked for. */
export type AskedBy = {
  /** The path, without a query, as the client sent it. */
  readonly path: string;
  /** The query without its question mark; may be empty. */
  readonly query: string;
  /** The header `OCI-Namespace`. */
  readonly namespace: string | undefined;
  /** True for an address of this server. */
  readonly isOwn: (registry: string) => boolean;
};

type Parts = { readonly name: string; readonly kind: string; readonly last: string };

const KINDS = ["manifests", "blobs", "tags", "referrers"];
const EXPECTED =
  "expected /v2/, /v2/<name>/manifests/<reference>, /v2/<name>/blobs/<digest>, " +
  "/v2/<name>/tags/list or /v2/<name>/referrers/<digest>";

/**
 * What a request asks for, or why it is refused. Never throws:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 */
export function readAsked(by: AskedBy): Asked | Refusal {
  // Some clients encode the colon of a digest or port. Nothing else needs encoding.
  const path = by.path.replace(/%3a/gi, ":");
  if (path === "/v2/" || path === "/v2") return { kind: "base" };
  const parts = partsOf(path);
  if (parts === undefined) {
    return refuse(404, "UNSUPPORTED", `${EXPECTED}, got ${JSON.stringify(excerpt(path))}`);
  }
  const repository = repositoryOf(parts.name, by);
  return "kind" in repository ? repository : askedOf(parts, repository, by.query);
}

/** Read from the end: a component of the name may be called `manifests`. */
function partsOf(path: string): Parts | undefined {
  const [root, version, ...rest] = path.split("/");
  const last = rest.pop();
  const kind = rest.pop();
  const isKnown =
    kind !== undefined && KINDS.includes(kind) && (kind !== "tags" || last === "list");
  const isComplete = root === "" && version === "v2" && rest.length > 0 && isKnown;
  return isComplete && last !== undefined ? { name: rest.join("/"), kind, last } : undefined;
}

function repositoryOf(name: string, { query, namespace, isOwn }: AskedBy): Repository | Refusal {
  const stated = namespacesIn(query);
  if (stated.length > 1) {
    const found = `expected one parameter ns, got ${stated.length}`;
    return refuse(400, "NAME_INVALID", found);
  }
  try {
    const { registry, repository } = upstreamOf(name, stated[0] ?? namespace, isOwn);
    return { registry, repository };
  } catch (error) {
    return refuseName(error);
  }
}

function askedOf({ kind, last }: Parts, repository: Repository, query: string): Asked | Refusal {
  if (kind === "manifests") return askedManifest(repository, last);
  const digest = asDigest(last);
  if (kind !== "tags" && digest === undefined) return refuseDigest(last);
  if (kind === "blobs" && digest !== undefined) return { kind: "blob", repository, digest };
  return { kind: "list", repository, path: `${kind}/${last}`, query: listQuery(query) };
}

function askedManifest(repository: Repository, reference: string): Asked | Refusal {
  const isReference: boolean = isTag(reference) || asDigest(reference) !== undefined;
  if (isReference) return { kind: "manifest", repository, reference };
  if (reference.includes(":")) return refuseDigest(reference);
  // Not 400: a manifest that cannot exist does not exist, as Docker's registry answers.
  const found = `expected a tag or a digest, got ${JSON.stringify(excerpt(reference))}`;
  return refuse(404, "MANIFEST_UNKNOWN", found);
}

function refuseDigest(text: string): Refusal {
  const shown = JSON.stringify(excerpt(text));
  const expected = "expected sha256: and 64, or sha512: and 128 lower-case hex digits";
  return refuse(400, "DIGEST_INVALID", `${expected}, got ${shown}`);
}

/** The values of the parameter `ns`. */
function namespacesIn(query: string): readonly string[] {
  return new URLSearchParams(query).getAll("ns");
}

/** The query for the upstream: all parameters but `ns`, as the client wrote them. */
function listQuery(query: string): string {
  const isOther = (part: string): boolean => part !== "" && namespacesIn(part).length === 0;
  return query.split("&").filter(isOther).join("&");
}

/**
 * The header `Link` for the page after `path`, where the upstream's query for it is `next`. It
 * keeps the client's `ns`: https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function nextLink({ path, query }: Pick<AskedBy, "path" | "query">, next: string): string {
  const [namespace] = namespacesIn(query);
  const kept = namespace === undefined ? [] : [`ns=${encodeURIComponent(namespace)}`];
  return `<${path}?${[next, ...kept].join("&")}>; rel="next"`;
}
