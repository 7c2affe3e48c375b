/** A parser directive: a comment such as `# escape=x` at the start of a Dockerfile. */
export type Directive = {
  /** The value's first word. */
  readonly value: string;
  /** Where the value starts. */
  readonly start: number;
};

/** The parser directives that count. The values of `check` do not matter here. */
export type Directives = {
  /** The character that continues lines and escapes characters. */
  readonly escapeToken: "\\" | "`";
  /** The image of the frontend that reads the rest. */
  readonly syntax: Directive | undefined;
};

/**
 * The parser directives of a Dockerfile. BuildKit also takes the frontend after a `#!` line and
 * from `//` comments, for languages that are no Dockerfiles:
 * https://github.com/moby/buildkit/blob/v0.23.2/frontend/dockerfile/parser/directives.go
 */
export function parseDirectives(text: string): Directives {
  const first = text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
  const syntax = readDirectives(text, first, "#").get("syntax");
  const written = readDirectives(text, 0, "#").get("escape");
  return {
    escapeToken: written?.value === "`" ? "`" : "\\",
    syntax: syntax ?? readDirectives(text, first, "//").get("syntax"),
  };
}

const NAMES: ReadonlySet<string> = new Set(["syntax", "escape", "check"]);

/** The directives from offset `first` on. The first line that is none ends them. */
function readDirectives(text: string, first: number, comment: string): Map<string, Directive> {
  const directives = new Map<string, Directive>();
  const form = new RegExp(
    `${comment}[ \\t]*([a-z][a-z0-9]*)[ \\t]*=[ \\t]*(\\S+)[^\\n]*\\n?`,
    "iy",
  );
  form.lastIndex = first;
  for (;;) {
    const start = form.lastIndex;
    const [line, written = "", value = ""] = form.exec(text) ?? [];
    const name = written.toLowerCase();
    if (line === undefined || !NAMES.has(name) || directives.has(name)) return directives;
    const valueAt = line.indexOf(value, line.indexOf("=") + 1);
    directives.set(name, { value, start: start + valueAt });
  }
}
