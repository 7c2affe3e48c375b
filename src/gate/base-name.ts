import { foundBy, PullError } from "../oci/failure.ts";
import type { Fetched } from "../oci/fetched.ts";
import { asObject, asString, excerpt, parseJson } from "../oci/json.ts";
import { parseReference } from "../oci/reference.ts";
import { type WrittenReference, withoutDigest } from "./plan.ts";
import { type BaseVerdict, countedPlatforms, type Resolved } from "./resolved.ts";

// https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys
const BASE_NAME = "org.opencontainers.image.base.name";

/**
 * The base that an image names: in the annotations of a platform's manifest, else in those of the
 * index, else in the labels of the config. When it names none, or no usable one, the verdict that
 * says so. Beside a tag a digest is left out: it says what the tag was.
 */
export function namedBase(image: Resolved): WrittenReference | BaseVerdict {
  try {
    const [name, other] = namesIn(image);
    if (name === undefined) return unknown("", `the image names no base: it has no ${BASE_NAME}`);
    if (other === undefined) return readName(name);
    const names = `${excerpt(name)} and ${excerpt(other)}`;
    return unknown("", `the platforms of the image name different bases: ${names}`);
  } catch (error) {
    return unknown("", `the image names no usable base: ${foundInImage(error)}`);
  }
}

/** The different names of bases in an image, in the order of its platforms. */
function namesIn(image: Resolved): readonly string[] {
  const ofIndex = image.root && annotatedName(image.root.fetched);
  const names = countedPlatforms(image).map(({ manifest, config }) => {
    return annotatedName(manifest) || ofIndex || config.labels.get(BASE_NAME) || "";
  });
  const given = names.filter((name) => name !== "");
  return [...new Set(given)];
}

function annotatedName({ content }: Fetched): string {
  const { annotations } = asObject(parseJson(content, "manifest"), "manifest");
  const named = asObject(annotations ?? {}, "manifest annotations")[BASE_NAME];
  return asString(named, `manifest annotations ${BASE_NAME}`);
}

function readName(name: string): WrittenReference | BaseVerdict {
  try {
    const reference = parseReference(name);
    const written = { written: name, reference };
    return reference.tag === undefined ? written : withoutDigest(written);
  } catch (error) {
    return unknown(excerpt(name), `the image names no usable base: ${foundInImage(error)}`);
  }
}

/** What is wrong with something in an image. Rethrows an error that is a bug. */
function foundInImage(error: unknown): string {
  if (!(error instanceof PullError)) throw error;
  return foundBy(error);
}

/** The verdict when it could not be found out whether an image is built on its base. */
export function unknown(reference: string, message: string): BaseVerdict {
  return { reference, digest: "", stale: undefined, message };
}
