// An annotation holds 4,096 characters: https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs
const LENGTH_LIMIT = 4_000;

// Control characters, separators that end a line, and everything a reader cannot see. The last matter most: .NET compares
// strings by culture and skips them, so that `:<soft hyphen>:` may count as `::` to the runner.
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u00a0\u2007\u202f\ufeff]/gu;

/**
 * `text` as one line that a runner prints and never obeys: what cannot be seen becomes `\xNN` or `\uNNNN`, and neither
 * `::` nor `##` is left, which start commands (`::name::` in front of a line, `##[name]` anywhere in one:
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs). The only way of outside text to stdout,
 * annotations and summary.
 */
export function sanitise(text: string): string {
  // Characters that are written out make it longer, so it is cut before and after.
  const line = text.slice(0, LENGTH_LIMIT + 1).replace(INVISIBLE, visible);
  const harmless = line.replace(/:(?=:)/g, ":\\").replace(/#(?=#)/g, "#\\");
  return harmless.length > LENGTH_LIMIT ? `${harmless.slice(0, LENGTH_LIMIT)}…` : harmless;
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** `text` without any of the secrets. The runner hides what it was told to, but not every reader of a log is behind one. */
export function withhold(secrets: ReadonlySet<string>, text: string): string {
  // The longest first: one secret may be a part of another.
  return [...secrets].toSorted((one, other) => other.length - one.length).reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}

// The first group is markup in the middle of a line: of Markdown, HTML or a table cell. The others are what GitHub turns into
// a link, a formula or a picture even where it is a character reference: mail addresses, @names, #issues, $x$, URLs
// (https://github.github.com/gfm/#autolinks-extension-) and :emoji:
// (https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github).
const ACTIVE = /([&<|`*_~[\\])|[@#$]|:(?=\/\/|[\w+-]+:)|(?<=www)\./gi;

/**
 * `text` as Markdown that shows it, sanitised, in the middle of a line or a table cell, and does nothing else. Markup
 * becomes character references. What could start a link becomes an element: no renderer looks for links across elements.
 */
export function markdown(text: string): string {
  return sanitise(text).replace(ACTIVE, (found: string, markup?: string) =>
    markup === undefined ? `<span>${found}</span>` : `&#${markup.charCodeAt(0)};`,
  );
}

// Plain to every shell, quoted or not: letters, digits and _, and after the first character + - . / and : as well.
// Everything else is special to one of them:
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
// https://github.com/PowerShell/PowerShell/blob/master/src/System.Management.Automation/engine/parser/CharTraits.cs
// PowerShell has dashes, quotes and white space beyond ASCII, and takes - or / at the start of an argument for an option.
// The backslash is the one of \u00XX.
const NOT_PLAIN = /^[^\w\\]|[^\w+\-./:\\]/g;

/**
 * `value` as JSON that runs and expands nothing when it is written into a shell script, in single or double quotes: in its
 * strings, every character that is not plain to all shells is `\u00XX`. The same JSON value to every parser. Single quotes
 * keep it whole. In double quotes it loses its own quotes and backslashes, because JSON's quotes end the shell's.
 */
export function harmlessJson(value: unknown): string {
  const json = JSON.stringify(value).replace(/\\[^u]/g, (pair) => unicode(JSON.parse(`"${pair}"`)));
  // No string holds a quote any more: every second part is one.
  const parts = json.split('"');
  return parts.map((part, at) => (at % 2 === 0 ? part : part.replace(NOT_PLAIN, unicode))).join('"');
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
