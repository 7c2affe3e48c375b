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
    const open = text.indexOf("{{", at);
    const close = open < 0 ? -1 : text.indexOf("}}", open + 2);
    if (close < 0) break;
    const start = startOf(text, open, close);
    const end = close + 2;
    hidden += text.slice(at, start) + marked(text.slice(start, end));
    at = end;
  }
  if (at === 0) return text;
  return (hidden + text.slice(at)).replace(CONTROL_LINE, blank);
}

/** Where the action with this end starts. One that another line's follows has no end of its own. */
function startOf(text: string, open: number, close: number): number {
  let start = open;
  let next = text.indexOf("{{", start + 2);
  while (next >= 0 && next < close) {
    if (text.slice(start, next).includes("\n")) start = next;
    next = text.indexOf("{{", next + 2);
  }
  return start;
}

/** An action without its characters. Its lines keep their indentation, which is YAML's. */
function marked(action: string): string {
  return action.replace(/(\n[ \t]*)|[^\r\n]/g, (_, indentation) => indentation ?? TEMPLATE_MARK);
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
