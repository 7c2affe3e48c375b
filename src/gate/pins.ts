import { type Digest, encodedOf } from "../oci/digest.ts";
import { tagIn } from "../oci/tag.ts";
import { mentionsOf, type PinForm } from "./plan.ts";
import { problem } from "./problem.ts";
import { digestOfImage, type Resolved } from "./resolved.ts";

/**
 * The same image, with the problem `not-pinned` when files must name it by digest and one does not.
 * Its message has the text to paste, if the digest is known.
 */
export function judgePin(image: Resolved): Resolved {
  const { wanted } = image;
  const forms = new Set(mentionsOf(wanted).flatMap(({ unpinned }) => unpinned ?? []));
  if (forms.size === 0) return image;
  const next = whatToWrite([...forms], wanted.written, digestOfImage(image));
  return { ...image, pin: problem("not-pinned", wanted.written, "it has no digest", next) };
}

function whatToWrite(
  forms: readonly PinForm[],
  written: string,
  digest: Digest | undefined,
): string | undefined {
  if (digest === undefined) return undefined;
  const texts = new Set(forms.map((form) => pasted(form, written, digest)));
  const byHand = `write ${[...texts].join(" or ")}`;
  const isByHand = forms.every((form) => form === "by-hand");
  return isByHand ? byHand : `${byHand}, or let pins: write do it`;
}

/** The text to paste for a reference as it was written, with its tag. */
function pasted(form: PinForm, written: string, digest: Digest): string {
  if (form === "digest") return `digest: ${digest}`;
  if (form === "sha") return `sha: ${encodedOf(digest)}`;
  const [named = ""] = written.split("@");
  const tag = tagIn(named);
  if (form === "tag") return `tag: ${tag ?? "latest"}@${digest}`;
  return tag === undefined ? `${named}:latest@${digest}` : `${named}@${digest}`;
}
