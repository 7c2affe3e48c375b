import { parseReference, repositoryName } from "../oci/reference.ts";
import { type Mirror, mirroredName, officialName } from "../pull/mirrors.ts";
import { attempt, type Complain, type Item, lines } from "./list-syntax.ts";

const FORM =
  "expected prefix=prefix[,trust-tags=true], where a prefix is registry[:port][/repository]";

// Makes a reference of a prefix, so that the grammar of references holds for prefixes.
const BELOW = "/any/image";

/** A mirror, and where it is written. */
type WrittenMirror = { readonly where: string; readonly mirror: Mirror };

/**
 * The mirrors of the `sources` input, in their order. Every problem goes to `complain` with its
 * line.
 */
export function readSources(text: string, complain: Complain): readonly Mirror[] {
  const written: WrittenMirror[] = [];
  for (const item of lines("sources", text)) {
    const mirror = readMirror(item, complain);
    if (mirror !== undefined && isNew(item, mirror, written, complain)) {
      written.push({ where: item.where, mirror });
    }
  }
  return written.map(({ mirror }) => mirror);
}

/** False, with a problem, when an earlier line has the same prefixes. */
function isNew(
  { where }: Item,
  { original, source }: Mirror,
  written: readonly WrittenMirror[],
  complain: Complain,
): boolean {
  const same = written.find(
    ({ mirror }) => mirror.original === original && mirror.source === source,
  );
  if (same === undefined) return true;
  complain(`${where}: ${original}=${source} is in ${same.where}, too; remove one of the lines`);
  return false;
}

function readMirror({ where, text }: Item, complain: Complain): Mirror | undefined {
  const [prefixes = "", ...options] = text.split(",").map((part) => part.trim());
  const trustsTags = readTrust(where, options, complain);
  const [left = "", right = "", ...more] = prefixes.split("=").map((part) => part.trim());
  if (left === "" || right === "" || more.length > 0) {
    complain(`${where}: expected two prefixes with = between them; ${FORM}`);
    return undefined;
  }
  const original = readPrefix(where, left, complain);
  const source = readPrefix(where, right, complain);
  if (original === undefined || source === undefined) return undefined;
  const mirror = { original, source, trustsTags };
  if (!leadsBack(mirror)) return mirror;
  complain(`${where}: ${left} and ${right} are the same place; name another one, or no source`);
  return undefined;
}

function readTrust(where: string, options: readonly string[], complain: Complain): boolean {
  const known = ["trust-tags=true", "trust-tags=false"];
  for (const option of options.filter((one) => !known.includes(one))) {
    complain(`${where}: unknown option ${JSON.stringify(option)}; ${FORM}`);
  }
  return options.findLast((option) => known.includes(option)) === "trust-tags=true";
}

/** A prefix in full form, as names of repositories start. */
function readPrefix(where: string, written: string, complain: Complain): string | undefined {
  const problem = prefixProblem(written);
  if (problem !== undefined) {
    complain(`${where}: ${problem}; ${FORM}`);
    return undefined;
  }
  const read = (): string => repositoryName(parseReference(`${written}${BELOW}`));
  const name = attempt(read, where, (refused) => {
    complain(refused.replace("reference", "prefix").replaceAll(BELOW, ""));
  });
  // The API of docker.io is at this host, and some tools write it.
  const full = name?.replace(/^registry-1\.docker\.io\//, "docker.io/");
  return full?.slice(0, -BELOW.length);
}

/** What is wrong with a prefix before the grammar of references is asked. */
function prefixProblem(written: string): string | undefined {
  // What is before an @ may be a password, so it is not repeated.
  if (written.includes("@")) return "a prefix has an @: expected no digest and no credentials";
  const quoted = JSON.stringify(written);
  const [registry = "", ...path] = written.split("/");
  if (written.includes("://")) return `prefix ${quoted} has a scheme: expected none`;
  if (written.endsWith("/")) return `prefix ${quoted} ends with /: expected no / at the end`;
  if (!/[.:]/.test(registry) && registry !== "localhost") {
    return `prefix ${quoted} has no registry: did you mean docker.io/${written}?`;
  }
  if (path.some((component) => component.includes(":"))) {
    return `prefix ${quoted} has a tag: expected none`;
  }
  return undefined;
}

/** True when the source of some repository would be that repository itself. */
function leadsBack(mirror: Mirror): boolean {
  const name = officialName(mirror.original);
  return mirroredName(mirror, name) === name;
}
