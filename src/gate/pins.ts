import type { Digest } from "../oci/digest.ts";
import { mentionsOf, type PinForm } from "./plan.ts";
import { problem } from "./problem.ts";
import { problemsOf, type Resolved } from "./resolved.ts";

/**
 * The same image, with the problem `not-pinned` when files must name it by digest and one does not.
 * Its message has the text to paste. An image with another problem keeps that one.
 */
export function judgePin(image: Resolved): Resolved {
  const { wanted, root } = image;
  const forms = new Set(mentionsOf(wanted).flatMap(({ unpinned }) => unpinned ?? []));
  const isJudged = forms.size > 0 && problemsOf(image).length === 0;
  if (root === undefined || !isJudged) return image;
  const { written } = wanted;
  const texts = [...forms].map((form) => pasted(form, written, root.fetched.digest));
  const next = `write ${texts.join(" or ")}, or let pins: write do it`;
  return { ...image, problem: problem("not-pinned", written, "it has no digest", next) };
}

/** The text to paste for a reference as it was written, with its tag. */
function pasted(form: PinForm, written: string, digest: Digest): string {
  if (form === "digest") return `digest: ${digest}`;
  if (form === "sha") return `sha: ${digest.slice(digest.indexOf(":") + 1)}`;
  const [named = ""] = written.split("@");
  const colon = named.lastIndexOf(":");
  const isTagged = colon > named.lastIndexOf("/");
  const tag = isTagged ? named.slice(colon + 1) : "latest";
  if (form === "tag") return `tag: ${tag}@${digest}`;
  return isTagged ? `${named}@${digest}` : `${named}:${tag}@${digest}`;
}
