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

// First what Markdown, HTML or a table cell reads as its own in the middle of a line. Then what GitHub makes a link, a formula or
// a picture of because of what a text reads, however it is written: mail, @names, #issues, $x$, URLs, www and :emoji:.
// https://github.github.com/gfm/#autolinks-extension- https://docs.github.com/en/get-started/writing-on-github
const ACTIVE = /([&<|`*_~[\\])|[@#$]|:(?=\/\/|[\w+-]+:)|(?<=www)\./gi;

/**
 * `text` as Markdown that shows it, sanitised, in the middle of a line or a table cell, and does nothing else. Markup is
 * written as character references; what starts a link is an element of its own, as no reader joins texts across elements.
 */
export function markdown(text: string): string {
  return sanitise(text).replace(ACTIVE, (found: string, markup?: string) =>
    markup === undefined ? `<span>${found}</span>` : `&#${markup.charCodeAt(0)};`,
  );
}

// What a shell takes as it stands, whether quoted or not: letters, digits and _ anywhere, and + - . / : behind those. The
// rest, and every character beyond ASCII, means something to one of them: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
// and, for PowerShell, its dashes, its seven other quotes, and - or / at the start of an argument:
// https://github.com/PowerShell/PowerShell/blob/master/src/System.Management.Automation/engine/parser/CharTraits.cs
// The backslash is that of \u00XX.
const NOT_PLAIN = /^[^\w\\]|[^\w+\-./:\\]/g;

/**
 * `value` as JSON that runs and expands nothing where it is written into a shell script, in quotes of either kind: in a
 * string, every character that is not plain to all shells is `\u00XX`. The same JSON value to every parser. Between single
 * quotes the text arrives whole; between double ones, which JSON's own end, its quotes and backslashes are lost.
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
