/** Stands for each character of a template action: a character that no file uses. */
export const TEMPLATE_MARK = "\uE000";

/**
 * `text` with the actions of a template, `{{ … }}`, hidden from a YAML parser, at the same length
 * and with the same lines. An action between other text becomes {@link TEMPLATE_MARK}s; a line of
 * nothing but actions becomes blank, because it controls other lines.
 */
export function hideTemplates(text: string): string {
  let hidden = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf("{{", at);
    const close = start < 0 ? -1 : text.indexOf("}}", start + 2);
    if (close < 0) break;
    const end = close + 2;
    const action = text.slice(start, end).replace(/[^\r\n]/g, TEMPLATE_MARK);
    hidden += text.slice(at, start) + action;
    at = end;
  }
  if (at === 0) return text;
  return (hidden + text.slice(at)).replace(CONTROL_LINE, blank);
}

const CONTROL_LINE = new RegExp(`^[ \\t]*${TEMPLATE_MARK}[${TEMPLATE_MARK} \\t]*\\r?$`, "gm");

function blank(line: string): string {
  return line.replace(/[^\r]/g, " ");
}

// A string is taken as a whole, because it can contain what looks like a comment. The end of each
// form is optional, so that every match succeeds: a second attempt for each start is quadratic.
const STRING_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** JSON with comments (https://jsonc.org) with blanks for its comments: YAML of the same length. */
export function hideComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (found) => {
    return found.startsWith('"') ? found : found.replace(/[^\r\n]/g, " ");
  });
}
