import { type Resolved, statusOf } from "../gate/resolved.ts";
import type { Refusal } from "../oci/fetched.ts";
import { isOutage } from "../oci/reason.ts";

/** One sentence about a registry that is unavailable, or about an image. */
type Notice = {
  /** The registry, when it is unavailable for all its images, or else the image. */
  readonly subject: string;
  readonly text: string;
};

/**
 * What was used although its registry did not confirm it: a sentence for each registry that is
 * unavailable, and for each image that is refused or gone.
 */
export function refusalsOf(images: readonly Resolved[]): readonly string[] {
  return textsOf(images, refusalOf);
}

/** The same, and a sentence for each locked image whose tag is gone. */
export function lossesOf(images: readonly Resolved[]): readonly string[] {
  return textsOf(images, (image) => refusalOf(image) ?? lostTagOf(image));
}

function textsOf(
  images: readonly Resolved[],
  noticeOf: (image: Resolved) => Notice | undefined,
): readonly string[] {
  const notices = new Map<string, string>();
  for (const image of images) {
    const notice = statusOf(image) === "ok" ? noticeOf(image) : undefined;
    if (notice !== undefined && !notices.has(notice.subject)) {
      notices.set(notice.subject, notice.text);
    }
  }
  return [...notices.values()];
}

function refusalOf(image: Resolved): Notice | undefined {
  const { refusal, tagRefusal } = image;
  const first = refusal ?? tagRefusal;
  if (first === undefined) return undefined;
  if (isOutage(first.status)) return ofOutage(first);
  return refusal === undefined ? ofTag(image, first) : ofImage(image, first);
}

function ofOutage({ registry, found }: Refusal): Notice {
  const used = "images with a known digest come from cache, layout or sources, verified";
  const next = "if this lasts, name another place for them in sources";
  return { subject: registry, text: `${registry} is unavailable: ${found}; ${used}; ${next}` };
}

const COPY = "the copy in the cache or the layout is used, verified by its digest";
const KEEP_IT = "replace the image or push the copy to a registry of yours";
const IS_GONE = `the copy is lost when the cache is emptied, so ${KEEP_IT}`;
const IS_REFUSED = `if the repository is gone, ${KEEP_IT}; if not, check the credentials for it`;

/** The notice about an image that its registry does not have any more, or refuses. */
function ofImage({ wanted, root }: Resolved, { registry, status, found }: Refusal): Notice {
  const { written } = wanted;
  // The index may be there without a manifest that it lists.
  const what = root?.fetched.refusal === undefined ? "a part of it" : "it";
  // What needed credentials may be there for others: then access was revoked.
  const isGone = status === "not-found" && root?.fetched.authenticated !== true;
  const refused = isGone ? `no longer has ${what}` : `refused access to ${what}`;
  const next = isGone ? IS_GONE : IS_REFUSED;
  const text = `${written}: ${registry} ${refused}: ${found}; ${COPY}; ${next}`;
  return { subject: written, text };
}

function ofTag({ wanted }: Resolved, { registry, status, found }: Refusal): Notice {
  const { written, reference } = wanted;
  const unchecked = `${registry} was asked what the tag ${reference.tag} points at: ${found}`;
  const used = "the known digest is used";
  const next =
    status === "unauthorized" ? "check the credentials for it" : "ask the registry's operator";
  return { subject: written, text: `${written}: ${unchecked}; ${used}; ${next}` };
}

/** The notice about a locked image whose tag is gone. The log has a warning about it before. */
function lostTagOf({ wanted, lock }: Resolved): Notice | undefined {
  const { written, reference } = wanted;
  if (lock?.tag !== "gone") return undefined;
  const gone = `${reference.registry} no longer has the tag ${reference.tag}`;
  const used = "the locked digest is used";
  const next = "the image may be gone soon, so replace it or push it to a registry of yours";
  return { subject: written, text: `${written}: ${gone}; ${used}; ${next}` };
}
