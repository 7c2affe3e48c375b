// An annotation has at most 4,096 characters:
// https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs
const LENGTH_LIMIT = 4_000;

// Control characters, separators that end a line, and everything that a reader cannot see. The last
// group matters most: .NET compares strings by culture and skips such characters, so the runner may
// take `:<soft hyphen>:` for `::`.
const INVISIBLE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u00a0\u2007\u202f\ufeff]/gu;

/**
 * `text` as one line that a runner prints and never obeys. Invisible characters become `\xNN` or
 * `\uNNNN`. Neither `::` nor `##` is left: they start commands (`::name::` at the start of a line,
 * `##[name]` anywhere in one:
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs). All text from
 * outside goes through here to stdout, annotations and the summary.
 */
export function sanitise(text: string): string {
  // An escaped character is longer, so the text is cut before and after.
  const start = text.slice(0, LENGTH_LIMIT + 1);
  const line = start.replace(INVISIBLE, visible);
  const harmless = line.replace(/:(?=:)/g, ":\\").replace(/#(?=#)/g, "#\\");
  if (harmless.length <= LENGTH_LIMIT) return harmless;
  return `${harmless.slice(0, LENGTH_LIMIT)}…`;
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return `\\u${hex.padStart(4, "0")}`;
}

/**
 * `text` with `***` for every secret. The runner masks its own log, but no file and no terminal.
 */
export function withhold(secrets: ReadonlySet<string>, text: string): string {
  // The longest first: one secret may contain another.
  const ordered = [...secrets].toSorted((one, other) => other.length - one.length);
  let rest = text;
  for (const secret of ordered) {
    rest = rest.replaceAll(secret, "***");
  }
  return rest;
}

// The first group is markup in the middle of a line, in Markdown, HTML or a table cell. The other
// characters are part of what GitHub makes a link, a formula or a picture, even if they are written
// as character references: mail addresses, @names, #issues, $x$, URLs
// (https://github.github.com/gfm/#autolinks-extension-) and :emoji:
// (https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github).
const ACTIVE = /([&<|`*_~[\\])|[@#$]|:(?=\/\/|[\w+-]+:)|(?<=www)\./gi;

/**
 * `text`, sanitised, as Markdown that only shows it, in the middle of a line or in a table cell.
 * Markup becomes character references. A character that could be part of a link is put into an
 * element of its own: no renderer finds links across elements.
 */
export function markdown(text: string): string {
  return sanitise(text).replace(ACTIVE, inert);
}

function inert(found: string, markup?: string): string {
  if (markup === undefined) return `<span>${found}</span>`;
  return `&#${markup.charCodeAt(0)};`;
}

// Plain characters have no meaning to any shell, quoted or not: letters, digits and _, and after
// the first character also + - . / and :
// (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02). PowerShell
// has dashes, quotes and white space beyond ASCII, and takes - or / at the start of an argument for
// an option:
// https://github.com/PowerShell/PowerShell/blob/master/src/System.Management.Automation/engine/parser/CharTraits.cs
// The backslash is plain because it belongs to a \u00XX here.
const NOT_PLAIN = /^[^\w\\]|[^\w+\-./:\\]/g;

/**
 * `value` as JSON that runs and expands nothing when it is written into a shell script, in single
 * or double quotes. In its strings, every character that is not plain to all shells becomes
 * `\u00XX`; for a JSON parser it is the same value. Single quotes keep it whole. In double quotes
 * it loses its own quotes and backslashes, because the quotes of JSON end those of the shell.
 */
export function harmlessJson(value: unknown): string {
  const json = JSON.stringify(value).replace(/\\[^u]/g, longEscape);
  // No string contains a quote any more, so every second part is the inside of a string.
  const parts = json.split('"').map((part, at) => {
    const isString = at % 2 === 1;
    return isString ? part.replace(NOT_PLAIN, unicode) : part;
  });
  return parts.join('"');
}

/** A short escape of JSON, such as `\n`, as `\u00XX`. */
function longEscape(pair: string): string {
  const character: string = JSON.parse(`"${pair}"`);
  return unicode(character);
}

function unicode(character: string): string {
  const hex = character.charCodeAt(0).toString(16);
  return `\\u${hex.padStart(4, "0")}`;
}
