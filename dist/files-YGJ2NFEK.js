import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  readReceipt
} from "./chunk-TNPJJGTY.js";
import {
  findInList,
  isJson,
  kindByContent,
  kindByPath,
  listLines,
  mayHaveKind
} from "./chunk-EAIMOVJT.js";
import {
  require_dist
} from "./chunk-X5UFAQFT.js";
import {
  FILE_LIMIT,
  SourceText,
  Workspace
} from "./chunk-JQQE4KBM.js";
import "./chunk-XSFUKVPV.js";
import "./chunk-SDDE2WD2.js";
import {
  Findings,
  PLACE_LIMIT,
  TEMPLATE_MARK,
  fileProblem,
  hideComments,
  hideTemplates,
  lockKey,
  nameImages,
  pinAt,
  pinOf,
  whyUnknown
} from "./chunk-VZIZUKS2.js";
import "./chunk-UFHSAQ23.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import {
  isTag
} from "./chunk-UMCD7WYT.js";
import "./chunk-GHKMTOL7.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";
import {
  __toESM
} from "./chunk-VA35IVHB.js";

// src/find/scalar-spot.ts
var UNPLACED = "it has a template or an escape: write it out";
function spotsIn({ text }, scalar) {
  const offsets = offsetsOf(text, scalar);
  if (offsets === void 0) return void 0;
  const quote = quoteOf(text, scalar);
  return (from, to) => {
    const start = offsets[from] ?? scalar.end;
    const last = offsets[to - 1] ?? start;
    const end = to > from ? last + widthAt(text, last, quote) : start;
    return { start, end, value: scalar.value.slice(from, to) };
  };
}
function offsetsOf(text, scalar) {
  const quote = quoteOf(text, scalar);
  const offsets = [];
  let at = scalar.start;
  for (const unit of scalar.value.split("")) {
    at = afterSpace(text, at, scalar.end, quote);
    offsets.push(at);
    if (isSpace(unit)) continue;
    const width = widthAt(text, at, quote);
    if (text[at + width - 1] !== unit) return void 0;
    at += width;
  }
  return offsets;
}
function quoteOf(text, { start, style }) {
  return style === "quoted" ? text[start - 1] : void 0;
}
function afterSpace(text, from, end, quote) {
  let at = from;
  while (at < end) {
    const isEscape = quote === '"' && text[at] === "\\";
    const isEscaped = isEscape && /[\sntrvfLP_]/.test(text[at + 1] ?? "");
    if (!isEscaped && !isSpace(text[at] ?? "")) break;
    at += isEscaped ? 2 : 1;
  }
  return at;
}
function widthAt(text, at, quote) {
  const isEscape = quote === '"' && text[at] === "\\";
  const isDoubled = quote === "'" && text[at] === "'";
  return isEscape || isDoubled ? 2 : 1;
}
function isSpace(unit) {
  return /\s/.test(unit);
}

// src/find/build-cache.ts
function cachedImages(cache, findings) {
  const { text, string } = cache;
  if (text === void 0 || string === "") return [];
  const spotOf = spotsIn(findings.source, text);
  if (spotOf !== void 0) return imageFields(string).map(({ from, to }) => spotOf(from, to));
  findings.unknowable(text, UNPLACED);
  return [];
}
function imageFields(cache) {
  const fields = [...cache.matchAll(/[^,]+/g)].map(({ 0: field, index }) => {
    const equals = field.indexOf("=");
    const key = equals < 0 ? void 0 : field.slice(0, equals).trim().toLowerCase();
    return { key, from: index + equals + 1, to: index + field.length };
  });
  if (fields.every(({ key }) => key === void 0)) return fields;
  const type = fields.find(({ key }) => key === "type");
  const typeName = cache.slice(type?.from, type?.to).trim();
  const isRegistry = type !== void 0 && typeName === "registry";
  return isRegistry ? fields.filter(({ key }) => key === "ref") : [];
}

// src/find/dockerfile-directives.ts
function parseDirectives(text) {
  const first = text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
  const syntax = readDirectives(text, first, "#").get("syntax");
  const written = readDirectives(text, 0, "#").get("escape");
  return {
    escapeToken: written?.value === "`" ? "`" : "\\",
    syntax: syntax ?? readDirectives(text, first, "//").get("syntax")
  };
}
var NAMES = /* @__PURE__ */ new Set(["syntax", "escape", "check"]);
function readDirectives(text, first, comment) {
  const directives = /* @__PURE__ */ new Map();
  const form = new RegExp(
    `${comment}[ \\t]*([a-z][a-z0-9]*)[ \\t]*=[ \\t]*(\\S+)[^\\n]*\\n?`,
    "iy"
  );
  form.lastIndex = first;
  for (; ; ) {
    const start = form.lastIndex;
    const [line, written = "", value = ""] = form.exec(text) ?? [];
    const name = written.toLowerCase();
    if (line === void 0 || !NAMES.has(name) || directives.has(name)) return directives;
    const valueAt = line.indexOf(value, line.indexOf("=") + 1);
    directives.set(name, { value, start: start + valueAt });
  }
}

// src/find/dockerfile-heredocs.ts
var TOKEN = /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|<<[ \t]*|[^'"\\]/y;
var HEREDOC = /^\d*<<(-?)\s*((?!\s)[^<]*)$/;
var QUOTED = /'([^']*)'|"([^"]*)"|\\([\s\S])/g;
function parseHeredocs(args) {
  if (!args.includes("<<") || isJsonList(args)) return [];
  return shellWords(args).flatMap((word) => {
    const [, dash = "", quoted = ""] = HEREDOC.exec(word) ?? [];
    const name = quoted.replace(QUOTED, "$1$2$3");
    return name === "" ? [] : { name, isTabbed: dash !== "" };
  });
}
function isJsonList(args) {
  if (!args.startsWith("[")) return false;
  try {
    return Array.isArray(JSON.parse(args));
  } catch {
    return false;
  }
}
function shellWords(text) {
  const words = [];
  let word = "";
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === void 0) return [];
    if (/^\s$/.test(token)) {
      words.push(word);
      word = "";
    } else {
      word += token;
    }
  }
  return [...words, word];
}
var HeredocLines = class {
  #lines;
  #last;
  #lastTabbed;
  constructor(text) {
    this.#lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
    this.#last = lastIndexes(this.#lines);
    this.#lastTabbed = lastIndexes(this.#lines.map(withoutTabs));
  }
  /**
   * The first line after the here-documents whose bodies start at a line. One without an end has no
   * body: BuildKit refuses it, and for older builders it was a part of the shell command.
   */
  after(start, heredocs) {
    return heredocs.reduce((line, heredoc) => this.#end(line, heredoc), start);
  }
  #end(start, { name, isTabbed }) {
    const lastOf = isTabbed ? this.#lastTabbed : this.#last;
    const last = lastOf.get(name) ?? -1;
    for (let at = start; at <= last; at++) {
      const line = this.#lines[at] ?? "";
      if ((isTabbed ? withoutTabs(line) : line) === name) return at + 1;
    }
    return start;
  }
};
function lastIndexes(lines) {
  return new Map(lines.map((line, at) => [line, at]));
}
function withoutTabs(line) {
  return line.replace(/^\t+/, "");
}

// src/find/dockerfile-line.ts
var Piece = class _Piece {
  text;
  #offsets;
  constructor(text, offsets) {
    this.text = text;
    this.#offsets = offsets;
  }
  /** The lines of a file from offset `start` to `end`, without what continues them. */
  static joined(file, start, end, escapeToken) {
    const lines = file.slice(start, end);
    const offsets = [];
    let at = 0;
    for (const { 0: gap, index } of lines.matchAll(CONTINUATIONS[escapeToken] ?? /$/g)) {
      for (; at < index; at++) offsets.push(start + at);
      at = index + gap.length;
    }
    for (; at < lines.length; at++) offsets.push(start + at);
    const text = offsets.map((offset) => file[offset]).join("");
    return new _Piece(text, offsets);
  }
  slice(from, to) {
    return new _Piece(this.text.slice(from, to), this.#offsets.slice(from, to));
  }
  /** The characters at some indexes, in their order. */
  pick(indexes) {
    const text = indexes.map((index) => this.text[index]).join("");
    const offsets = indexes.map((index) => this.#offsets[index] ?? 0);
    return new _Piece(text, offsets);
  }
  /** Where it stands in the file. */
  span() {
    const [first = 0] = this.#offsets;
    const last = this.#offsets.at(-1) ?? -1;
    return { start: first, end: last + 1 };
  }
};
var CONTINUATIONS = {
  "\\": /(?<!\\)\\[ \t]*(?:\n(?:[ \t]*\n)*|$)/g,
  "`": /(?<!`)`[ \t]*(?:\n(?:[ \t]*\n)*|$)/g
};
function parseInstruction(line, escapeToken) {
  const instruction = splitInstruction(line, escapeToken);
  if (instruction.name !== "onbuild") return { ...instruction, isTrigger: false };
  return { ...splitInstruction(instruction.args, escapeToken), isTrigger: true };
}
function splitInstruction(line, escapeToken) {
  const [start = "", name = ""] = /^[ \t]*([^ \t]*)[ \t]*/.exec(line.text) ?? [];
  const flags = [];
  let at = start.length;
  while (line.text.startsWith("--", at)) {
    const word = readWord(line.text, at, escapeToken);
    flags.push(flagOf(line.pick(word.plain)));
    at = afterBlanks(line.text, word.end);
  }
  return { name: name.toLowerCase(), flags, args: line.slice(at) };
}
function flagOf(word) {
  const equals = word.text.indexOf("=");
  const nameEnd = equals < 0 ? word.text.length : equals;
  const name = word.text.slice(2, nameEnd);
  return { name, value: word.slice(nameEnd + 1) };
}
function quotedWords(text, escapeToken) {
  const words = [];
  let at = afterBlanks(text, 0);
  while (at < text.length) {
    const { end } = readWord(text, at, escapeToken);
    words.push(text.slice(at, end));
    at = afterBlanks(text, end);
  }
  return words;
}
function readWord(text, start, escapeToken) {
  const plain = [];
  let quote = "";
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? "";
    if (quote === "" && isBlank(char)) break;
    if (char === quote) {
      quote = "";
    } else if (quote === "" && (char === "'" || char === '"')) {
      quote = char;
    } else {
      if (char === escapeToken && quote !== "'") at++;
      if (at < text.length) plain.push(at);
    }
  }
  return { end: at, plain };
}
function afterBlanks(text, start) {
  let at = start;
  while (isBlank(text[at])) at++;
  return at;
}
function isBlank(char) {
  return char === " " || char === "	";
}

// src/find/dockerfile-variables.ts
var PLATFORM = { why: "it has a variable that depends on the platform of the build" };
var PREDEFINED = new Map(
  ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"].flatMap((what) => [`BUILD${what}`, `TARGET${what}`]).concat("TARGETSTAGE").map((name) => [name, PLATFORM])
);
var UNSET = { why: "it has a variable without a value" };
var UNSUPPORTED = { why: "it has a substitution that only a build evaluates" };
var BROKEN = { why: "its quotes or braces have no end, or are nested too deeply" };
var TOO_LONG = { why: "it is longer than any reference" };
var LONGEST = 500;
var DEEPEST = 20;
function expand(word, variables, escapeToken) {
  return new Expander(word, variables, escapeToken).upTo(void 0, 0);
}
var Expander = class {
  #text;
  #variables;
  #escapeToken;
  #at = 0;
  constructor(text, variables, escapeToken) {
    this.#text = text;
    this.#variables = variables;
    this.#escapeToken = escapeToken;
  }
  /** The value of the text before `end`, which is read, too. */
  upTo(end, depth) {
    if (depth > DEEPEST) {
      this.#at = this.#text.length;
      return BROKEN;
    }
    let value = { value: "" };
    while (this.#at < this.#text.length) {
      const char = this.#read();
      if (char === end) return value;
      value = joined(value, this.#part(char, end === '"', depth));
    }
    return end === void 0 ? value : BROKEN;
  }
  #part(char, isQuoted, depth) {
    if (char === "$") return this.#variable(depth);
    if (char === this.#escapeToken) return { value: this.#escaped(isQuoted) };
    if (char === '"') return this.upTo('"', depth + 1);
    if (char === "'" && !isQuoted) return this.#singleQuoted();
    return { value: char };
  }
  #escaped(isQuoted) {
    const next = this.#text[this.#at] ?? "";
    if (isQuoted && !['"', "$", this.#escapeToken].includes(next)) return this.#escapeToken;
    return this.#read();
  }
  #singleQuoted() {
    const start = this.#at;
    const end = this.#text.indexOf("'", start);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return end < 0 ? BROKEN : { value: this.#text.slice(start, end) };
  }
  #variable(depth) {
    const isBraced = this.#text[this.#at] === "{";
    if (isBraced) this.#at++;
    const name = this.#name();
    if (isBraced) return this.#substitution(name, depth);
    return name === "" ? { value: "$" } : this.#variables.get(name) ?? UNSET;
  }
  #name() {
    const form = /\d+|\w+|[@*#?$!-]/y;
    form.lastIndex = this.#at;
    const [name = ""] = form.exec(this.#text) ?? [];
    this.#at += name.length;
    return name;
  }
  /** The value of `${name…}`, whose name was read. */
  #substitution(name, depth) {
    const form = /\}|:?[-+?]/y;
    form.lastIndex = this.#at;
    const [modifier = ""] = form.exec(this.#text) ?? [];
    this.#at += modifier.length;
    if (modifier === "}") return this.#variables.get(name) ?? UNSET;
    const word = this.upTo("}", depth + 1);
    if (word === BROKEN) return BROKEN;
    if (name === "" || modifier === "") return UNSUPPORTED;
    return substituted(this.#variables.get(name), modifier, word);
  }
  #read() {
    const char = this.#text[this.#at] ?? "";
    this.#at++;
    return char;
  }
};
function substituted(set, modifier, word) {
  if (set !== void 0 && "why" in set) return set;
  const emptyCounts = !modifier.startsWith(":");
  const isSet = set !== void 0 && (emptyCounts || set.value !== "");
  if (modifier.endsWith("+")) return isSet ? word : { value: "" };
  if (isSet) return set;
  return modifier.endsWith("-") ? word : UNSET;
}
function joined(one, other) {
  if ("why" in one) return one;
  if ("why" in other) return other;
  const value = one.value + other.value;
  return value.length > LONGEST ? TOO_LONG : { value };
}

// src/find/stated-platform.ts
var ARCHITECTURES = /* @__PURE__ */ new Set([
  ...["386", "amd64", "i386", "x86_64", "x86-64"],
  ...["arm", "arm64", "aarch64", "armhf", "armel"],
  ...["loong64", "mips64le", "ppc64le", "riscv64", "s390x"]
]);
function statedPlatform(written) {
  const platform = written.trim();
  const word = platform.toLowerCase();
  if (word === "" || word === "linux") return void 0;
  return ARCHITECTURES.has(word) ? `linux/${word}` : platform;
}

// src/find/dockerfile-images.ts
var NOT_EXPANDED = { why: "the builder replaces no variables here" };
var LATER = { why: "a later stage has this name, which the builder refuses" };
var INCOMPLETE = { why: "it is incomplete without the value of a variable" };
var DockerfileImages = class {
  #references = [];
  /** Those of COPY and of mounts. */
  #sources = /* @__PURE__ */ new Set();
  #escapeToken;
  #variables = new Map(PREDEFINED);
  #stages = /* @__PURE__ */ new Set();
  #isInStage = false;
  constructor(escapeToken) {
    this.#escapeToken = escapeToken;
  }
  /** What the instructions so far name. */
  get references() {
    return this.#references.map((reference) => {
      const isLater = this.#sources.has(reference) && this.#isStage(reference.value);
      return isLater ? { ...reference, expansion: LATER } : reference;
    });
  }
  /** Adds the image of the frontend that reads the file. It runs where the builder is. */
  addFrontend({ value, start }) {
    const end = start + value.length;
    const written = { start, end, value, expansion: { value } };
    this.#references.push({ ...written, platform: void 0, needsNoPlatform: true });
  }
  /** Reads an instruction and adds what it names to `references`. */
  read(instruction) {
    const { name, args, isTrigger } = instruction;
    if (isTrigger) return this.#readSources(instruction);
    if (name === "from") return this.#readFrom(instruction);
    if (name === "arg" && !this.#isInStage) return this.#readArg(args.text);
    this.#readSources(instruction);
  }
  /** https://docs.docker.com/reference/dockerfile/#from */
  #readFrom({ flags, args }) {
    this.#isInStage = true;
    const [image, as, stage] = args.text.matchAll(WORD);
    if (image === void 0) return;
    const [written] = image;
    const word = withoutQuotes(args.slice(image.index, image.index + written.length));
    const expansion = this.#expansionOf(written);
    const isAsWritten = written.includes("$") || "why" in expansion;
    const value = isAsWritten ? word.text : expansion.value;
    const platform = platformOf(flags);
    this.#add({ ...word.span(), value, expansion, platform });
    if (as?.[0].toLowerCase() === "as" && stage !== void 0) {
      this.#stages.add(stage[0].toLowerCase());
    }
  }
  #expansionOf(word) {
    const expansion = expand(word, this.#variables, this.#escapeToken);
    if ("why" in expansion) return expansion;
    const isIncomplete = word.includes("$") && HOLE.test(expansion.value);
    return isIncomplete ? INCOMPLETE : expansion;
  }
  /** https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact */
  #readArg(args) {
    for (const word of quotedWords(args, this.#escapeToken)) {
      const equals = word.indexOf("=");
      if (equals <= 0) continue;
      const value = expand(word.slice(equals + 1), this.#variables, this.#escapeToken);
      this.#variables.set(word.slice(0, equals), value);
    }
  }
  #readSources({ name, flags }) {
    for (const flag of flags) {
      if (name === "copy" && flag.name === "from") this.#addSource(flag.value);
      if (name === "run" && flag.name === "mount") this.#readMount(flag.value);
    }
  }
  /** https://docs.docker.com/reference/dockerfile/#run---mount */
  #readMount(mount) {
    for (const { 0: option, index } of mount.text.matchAll(/[^,]+/g)) {
      const [key = ""] = /^from=/i.exec(option) ?? [];
      if (key === "") continue;
      this.#addSource(mount.slice(index + key.length, index + option.length));
    }
  }
  #addSource(source) {
    const value = source.text;
    const expansion = value.includes("$") ? NOT_EXPANDED : { value };
    const reference = { ...source.span(), value, expansion, platform: void 0 };
    this.#sources.add(reference);
    this.#add(reference);
  }
  #add(reference) {
    const { expansion } = reference;
    const isStage = "value" in expansion && this.#isStage(expansion.value);
    if (!isStage) this.#references.push(reference);
  }
  /** True for what is no image: an earlier stage, by name or number, and the empty stage. */
  #isStage(name) {
    return this.#stages.has(name.toLowerCase()) || /^(\d*|scratch)$/.test(name);
  }
};
var WORD = /(?:\{\{[^{}]{0,200}\}\}|[^ \t])+/g;
var HOLE = /(?:^|[:@/])(?:[:@/.-]|$)/;
function withoutQuotes(word) {
  return /^(["']).*\1$/.test(word.text) ? word.slice(1, -1) : word;
}
function platformOf(flags) {
  const flag = flags.find(({ name }) => name === "platform");
  const platform = flag?.value.text ?? "";
  return platform.includes("$") ? void 0 : statedPlatform(platform);
}

// src/find/dockerfile.ts
function findInDockerfile({ text }, findings) {
  for (const reference of dockerfileReferences(text)) {
    const { start, end, expansion, platform, needsNoPlatform } = reference;
    const value = text.slice(start, end);
    findings.expanded({ start, end, value }, expansion, { platform, needsNoPlatform });
  }
}
function dockerfileReferences(text) {
  const { escapeToken, syntax } = parseDirectives(text);
  const images = new DockerfileImages(escapeToken);
  if (syntax !== void 0) images.addFrontend(syntax);
  for (const instruction of instructions(text, escapeToken)) images.read(instruction);
  return images.references;
}
function* instructions(text, escapeToken) {
  const lines = text.split("\n").map(blanked);
  const file = lines.join("\n");
  const source = new SourceText(file);
  const heredocs = new HeredocLines(text);
  for (let at = 0; at < lines.length; ) {
    const next = afterInstruction(lines, at, escapeToken);
    const start = source.offset(at, 0);
    const end = source.offset(next - 1, lines[next - 1]?.length ?? 0);
    const piece = Piece.joined(file, start, end, escapeToken);
    const instruction = parseInstruction(piece, escapeToken);
    at = heredocs.after(next, heredocsOf(instruction));
    yield instruction;
  }
}
function blanked(line) {
  const isComment = /^\s*#/.test(line);
  return isComment ? " ".repeat(line.length) : line.replace(/[\r\v\f]|^\uFEFF/g, " ");
}
function afterInstruction(lines, start, escapeToken) {
  let at = start;
  let isContinued = true;
  while (isContinued && at < lines.length) {
    const line = (lines[at] ?? "").trimEnd();
    const isBlank2 = line === "" && at > start;
    const isEscaped = line.endsWith(escapeToken) && !line.endsWith(escapeToken.repeat(2));
    isContinued = isBlank2 || isEscaped;
    at++;
  }
  return at;
}
function heredocsOf({ name, args }) {
  return ["add", "copy", "run"].includes(name) ? parseHeredocs(args.text) : [];
}

// src/find/compose-build.ts
var IMAGE_SCHEME = "docker-image://";
var Builds = class {
  #file;
  #contexts = /* @__PURE__ */ new Map();
  constructor(file) {
    this.#file = file;
  }
  /** Adds the images of one build, for the platform of its service. */
  find(build, platform) {
    const contexts = build.get("additional_contexts");
    const { names, spots } = this.#contextsOf(contexts);
    if (this.#file.isNew(contexts, platform)) {
      for (const spot of spots) findContext(this.#file, spot, platform);
    }
    findCaches(this.#file, build.get("cache_from"));
    findInline(this.#file, build.get("dockerfile_inline"), names, platform);
  }
  #contextsOf(value) {
    const known = this.#contexts.get(value);
    if (known !== void 0) return known;
    const contexts = readContexts(this.#file, value);
    this.#contexts.set(value, contexts);
    return contexts;
  }
};
function readContexts(file, value) {
  const listed = value.items.flatMap((item) => listedContext(file, item));
  const keyed = value.isList ? [] : [...file.entries(value)];
  const names = [...keyed, ...listed].map(([name]) => name);
  const keyedSpots = keyed.flatMap(([, context]) => context.text ?? []);
  const listedSpots = listed.map(([, spot]) => spot);
  return { names: new Set(names), spots: [...keyedSpots, ...listedSpots] };
}
function listedContext({ findings }, item) {
  const text = item.text;
  const equals = text?.value.indexOf("=") ?? -1;
  if (text === void 0 || equals < 0) return [];
  const spotOf = spotsIn(findings.source, text);
  if (spotOf !== void 0) {
    const name = text.value.slice(0, equals);
    return [[name, spotOf(equals + 1, text.value.length)]];
  }
  if (text.value.includes(IMAGE_SCHEME)) findings.unknowable(text, UNPLACED);
  return [];
}
function findContext(file, spot, platform) {
  const { findings } = file;
  const expansion = file.expansionOf(spot.value);
  if ("why" in expansion) {
    if (spot.value.startsWith(IMAGE_SCHEME)) findings.unknowable(spot, expansion.why);
    return;
  }
  const { value } = expansion;
  if (!value.startsWith(IMAGE_SCHEME)) return;
  const reference = value.slice(IMAGE_SCHEME.length);
  if (value !== spot.value || value.includes(TEMPLATE_MARK)) {
    return findings.expanded(spot, { value: reference }, { platform });
  }
  const pin = pinOf(findings.source, spot);
  findings.add(spot, reference, { platform, pin });
}
function findCaches(file, caches) {
  if (!file.isNew(caches)) return;
  for (const cache of caches.items) {
    for (const spot of cachedImages(cache, file.findings)) findCache(file, spot);
  }
}
function findCache(file, spot) {
  const expansion = file.expansionOf(spot.value);
  if ("value" in expansion && /[=,]/.test(expansion.value)) return;
  file.findings.expanded(spot, expansion, { needsNoPlatform: true, isCache: true });
}
function findInline(file, inline, contexts, platform) {
  const { findings } = file;
  const text = inline.text;
  if (text === void 0 || !file.isNew(inline, platform)) return;
  const spotOf = spotsIn(findings.source, text);
  if (spotOf === void 0) return findings.unknowable(text, UNPLACED);
  for (const reference of dockerfileReferences(text.value)) {
    const { start, end, value, needsNoPlatform } = reference;
    if (contexts.has(value)) continue;
    const expansion = value.includes("$") ? file.expansionOf(value) : reference.expansion;
    const required = needsNoPlatform ? void 0 : reference.platform ?? platform;
    findings.expanded(spotOf(start, end), expansion, { platform: required, needsNoPlatform });
  }
}

// src/find/interpolation.ts
var LENGTH_LIMIT = 1e3;
var DEPTH_LIMIT = 20;
var NAME = /[A-Za-z_]\w*/y;
var BRACED = /^([A-Za-z_]\w*)(?:(:?[-?+])(.*))?$/s;
function interpolate(text, variable) {
  return text.includes("$") ? expand2(text, variable, 0) : { value: text };
}
function expand2(text, variable, depth) {
  if (depth > DEPTH_LIMIT) return { why: "its variables are nested too deeply" };
  let value = "";
  let at = 0;
  while (at < text.length && value.length <= LENGTH_LIMIT) {
    const piece = pieceAt(text, at, variable, depth);
    if ("why" in piece) return piece;
    value += piece.value;
    at = piece.end;
  }
  return value.length > LENGTH_LIMIT ? { why: "it is too long for a reference" } : { value };
}
function pieceAt(text, at, variable, depth) {
  if (text[at] !== "$") {
    const dollar = text.indexOf("$", at);
    const end = dollar < 0 ? text.length : dollar;
    return { value: text.slice(at, end), end };
  }
  if (text[at + 1] === "$") return { value: "$", end: at + 2 };
  const form = formAt(text, at + 1);
  if (form === void 0) {
    if (text[at + 1] !== "{") return { value: "$", end: at + 1 };
    return { why: "Compose refuses this form of a variable" };
  }
  const expansion = expandForm(form, variable, depth);
  return "why" in expansion ? expansion : { value: expansion.value, end: form.end };
}
function formAt(text, at) {
  if (text[at] === "{") return bracedAt(text, at);
  NAME.lastIndex = at;
  const [name] = NAME.exec(text) ?? [];
  return name === void 0 ? void 0 : { end: at + name.length, name, operator: "", operand: "" };
}
function bracedAt(text, open) {
  const close = closingBrace(text, open);
  const inner = text.slice(open + 1, close);
  const [, name, operator = "", operand = ""] = BRACED.exec(inner) ?? [];
  if (close < 0 || name === void 0) return void 0;
  return { end: close + 1, name, operator, operand };
}
function closingBrace(text, open) {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}") depth--;
    if (depth === 0) return at;
  }
  return -1;
}
function expandForm({ name, operator, operand }, variable, depth) {
  const given = variable(name);
  if (given !== void 0 && "why" in given) return given;
  const isEmpty = operator.startsWith(":") && given?.value === "";
  const isSet = given !== void 0 && !isEmpty;
  const alternative = () => expand2(operand, variable, depth + 1);
  if (operator.endsWith("+")) return isSet ? alternative() : { value: "" };
  if (isSet) return given;
  if (operator.endsWith("-")) return alternative();
  if (operator.endsWith("?")) return { why: `${name} has no value, and the file requires one` };
  return { why: `${name} has no value and no default` };
}

// src/find/environment-file.ts
var KEY = /^[ \t]*(?:export[ \t]+)?([\w.[\]-]+)[ \t]*[=:][ \t]*/;
var VALUE = /(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^\n]*))/;
var ASSIGNMENT = new RegExp(KEY.source + VALUE.source, "gms");
var ESCAPES = /* @__PURE__ */ new Map([
  ["\\n", "\n"],
  ["\\r", "\r"],
  ["\\t", "	"],
  ['\\"', '"'],
  ["\\\\", "\\"],
  // For the interpolation, two dollar signs are one that starts no variable.
  ["\\$", "$$"]
]);
function parseEnvironment(text, variable, guard) {
  const values = /* @__PURE__ */ new Map();
  const known = (name) => variable(name) ?? values.get(name);
  const assignments = text.replace(/^\uFEFF/, "").matchAll(ASSIGNMENT);
  for (const [, name = "", double, single, plain = ""] of assignments) {
    const quoted = single?.replaceAll("\\'", "'");
    const expansion = quoted === void 0 ? expanded(double, plain, known) : { value: quoted };
    values.set(name, "value" in expansion ? guard(name, expansion.value) : expansion);
  }
  return values;
}
function expanded(double, plain, variable) {
  const unescaped = double?.replace(/\\./gs, (written) => ESCAPES.get(written) ?? written);
  return interpolate(unescaped ?? withoutComment(plain), variable);
}
function withoutComment(plain) {
  const [value = ""] = plain.split(" #", 1);
  return value.trimEnd();
}

// src/find/compose-variables.ts
var LAST_PARSED = /* @__PURE__ */ new WeakMap();
var ComposeVariables = class {
  #surroundings;
  #values;
  constructor(surroundings) {
    this.#surroundings = surroundings;
  }
  /** The value of a variable, or why it must not be used; undefined when it has none. */
  get = (name) => {
    const outer = this.#outer(name);
    if (outer !== void 0) return outer;
    this.#values ??= this.#parse(this.#surroundings.beside(".env") ?? "");
    return this.#values.get(name);
  };
  #outer = (name) => {
    const value = this.#surroundings.variable(name);
    return value === void 0 ? void 0 : this.#guarded(name, value);
  };
  #guarded = (name, value) => {
    const isSecret = this.#surroundings.isSecret(name, value);
    return isSecret ? { why: `${name} may be a secret` } : { value };
  };
  #parse(text) {
    const { variable, isSecret } = this.#surroundings;
    const last = LAST_PARSED.get(isSecret);
    if (last?.text === text && last.variable === variable) return last.values;
    const values = parseEnvironment(text, this.#outer, this.#guarded);
    LAST_PARSED.set(isSecret, { text, variable, values });
    return values;
  }
};

// src/find/compose-file.ts
var PLATFORM_LIMIT = 16;
var ComposeFile = class {
  findings;
  #variables;
  #visited = /* @__PURE__ */ new Map();
  #strings = /* @__PURE__ */ new Map();
  constructor(findings, surroundings) {
    this.findings = findings;
    this.#variables = new ComposeVariables(surroundings);
  }
  /** A text with the values of its variables. */
  expansionOf(text) {
    return interpolate(text, this.#variables.get);
  }
  /** A scalar with the values of its variables; empty when that is not known. */
  string(value) {
    const known = this.#strings.get(value);
    if (known !== void 0) return known;
    const expansion = this.expansionOf(value.string);
    const string = "value" in expansion ? expansion.value : "";
    this.#strings.set(value, string);
    return string;
  }
  /** Adds the image that a scalar names; nothing for a scalar that is null. */
  findImage(value, platform) {
    if (!this.isNew(value, platform)) return;
    const { text, string } = value;
    if (text === void 0 || string === "") return;
    this.findings.expanded(text, this.expansionOf(string), { platform });
  }
  /** The keys of a mapping and their values, with merged ones; the first value of a key counts. */
  entries(map) {
    const all = /* @__PURE__ */ new Map();
    for (const part of this.#mergedInto(map)) {
      for (const [key, value] of part.entries) {
        if (key !== "<<" && !all.has(key)) all.set(key, value);
      }
    }
    return all;
  }
  /** True when a value is visited for the first time for this platform. */
  isNew(value, platform = "") {
    const platforms = this.#visited.get(value) ?? /* @__PURE__ */ new Set();
    this.#visited.set(value, platforms);
    if (platforms.has(platform) || platforms.size >= PLATFORM_LIMIT) return false;
    platforms.add(platform);
    return true;
  }
  /** A mapping and those that are merged into it, in the order in which their keys count. */
  #mergedInto(map) {
    const parts = /* @__PURE__ */ new Set();
    const rest = [map];
    while (rest.length > 0) {
      const part = rest.pop();
      if (part === void 0 || parts.has(part)) continue;
      parts.add(part);
      const merged = part.entries.filter(([key]) => key === "<<");
      const next = [...part.items, ...merged.map(([, value]) => value)];
      for (const value of next.toReversed()) rest.push(value);
    }
    return parts;
  }
};

// src/find/compose.ts
function findInCompose(documents, findings, surroundings) {
  const file = new ComposeFile(findings, surroundings);
  const services = documents.flatMap((document) => {
    return [...file.entries(document.get("services"))].map(([name, definition]) => {
      return serviceOf(file, name, definition);
    });
  });
  const built = builtBy(services);
  const builds = new Builds(file);
  for (const service of services) {
    findInService(file, service, built);
    if (service.isBuilt) builds.find(service.build, service.platform);
  }
}
function serviceOf(file, name, definition) {
  const build = definition.get("build");
  const isBuilt = build.isMap || build.string !== "";
  return {
    name,
    definition,
    build,
    isBuilt,
    image: imageOf(file, definition.get("image")),
    platform: statedPlatform(file.string(definition.get("platform"))),
    policy: file.string(definition.get("pull_policy"))
  };
}
function imageOf(file, image) {
  const known = file.string(image);
  return known === "" ? image.string : known;
}
function builtBy(services) {
  const building = services.filter(({ isBuilt, policy }) => isBuilt && !pulls(policy));
  const images = new Set(building.map(({ image }) => image));
  images.delete("");
  return { images, services: new Set(building.map(({ name }) => name)) };
}
function pulls(policy) {
  return /^(?:always|missing|if_not_present|refresh|daily|weekly|every_.*)$/.test(policy);
}
function findInService(file, service, built) {
  const { definition, platform } = service;
  if (isPulled(service, built)) file.findImage(definition.get("image"), platform);
  findInVolumes(file, service, built);
  findInHooks(file, service);
}
function isPulled({ image, isBuilt, policy }, built) {
  if (policy === "never" || policy === "build") return false;
  const isBuiltHere = isBuilt || built.images.has(image);
  return !isBuiltHere || pulls(policy);
}
function findInVolumes(file, { definition, platform }, built) {
  const volumes = definition.get("volumes");
  if (!file.isNew(volumes, platform)) return;
  for (const volume of volumes.items) {
    const source = volume.get("source");
    const image = imageOf(file, source);
    const isBuilt = built.images.has(image) || built.services.has(image);
    const isImage = file.string(volume.get("type")) === "image";
    if (isImage && !isBuilt) file.findImage(source, platform);
  }
}
function findInHooks(file, { definition, policy }) {
  const hooks = definition.get("pre_start");
  if (policy === "never" || !file.isNew(hooks)) return;
  for (const hook of hooks.items) file.findImage(hook.get("image"), void 0);
}

// src/find/devcontainer.ts
function findInDevcontainer(documents, findings) {
  for (const file of documents) {
    const { text, string } = file.get("image");
    if (text !== void 0 && string !== "") findings.literal(text);
    const cache = file.get("build").get("cacheFrom");
    const caches = cache.isList ? cache.items : [cache];
    for (const spot of caches.flatMap((one) => cachedImages(one, findings))) {
      findings.literal(spot, { needsNoPlatform: true, isCache: true });
    }
  }
}

// src/find/helm-scalar.ts
var DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/;
var INTEGER = /^(?:0[xX][\da-fA-F]{1,15}|0[bB][01]{1,63}|0[oO]?[0-7]{1,21}|\d{1,18})$/;
function printedByHelm(value) {
  const { text, string, hasTag } = value;
  if (text?.style !== "plain" || hasTag) return string;
  const number = DECIMAL.test(string) ? Number(string) : Number.NaN;
  return Number.isFinite(number) ? String(number) : withPlainInteger(string);
}
function withPlainInteger(string) {
  const digits = string.replaceAll("_", "");
  if (!/^\d/.test(string) || !INTEGER.test(digits)) return string;
  return String(BigInt(digits.replace(/^0(?=[0-7]+$)/, "0o")));
}

// src/find/yaml-tree.ts
var import_yaml4 = __toESM(require_dist(), 1);

// src/find/yaml-parser.ts
var import_yaml2 = __toESM(require_dist(), 1);

// src/find/yaml-flow.ts
var import_yaml = __toESM(require_dist(), 1);
function joinFlows(text) {
  let joined3 = "";
  let at = 0;
  let lineStart = 0;
  for (; ; ) {
    const open = brokenFlow(text, lineStart);
    if (open === void 0) return { text: joined3 + text.slice(at) };
    const flow = joinFlow(text, open);
    if (flow === void 0) return { unclosed: open };
    joined3 += text.slice(at, open) + flow;
    at = open + flow.length;
    const newline = text.indexOf("\n", at);
    lineStart = newline < 0 ? text.length : newline + 1;
  }
}
var MOST_QUOTES = 100;
function joinQuotes(text) {
  let joined3 = text;
  let lineStart = 0;
  for (let count = 0; count < MOST_QUOTES; count++) {
    const open = brokenQuote(joined3, lineStart);
    const quoted = open === void 0 ? void 0 : quotedAt(joined3, open);
    if (open === void 0 || quoted === void 0) break;
    const end = open + quoted.length;
    joined3 = joined3.slice(0, open) + quoted.replace(/[\r\n]/g, " ") + joined3.slice(end);
    lineStart = joined3.lastIndexOf("\n", open) + 1;
  }
  return joined3;
}
function brokenQuote(text, lineStart) {
  for (const { type, start, end } of lexemes(text, lineStart)) {
    const isQuoted = type === "double-quoted-scalar" || type === "single-quoted-scalar";
    if (isQuoted && quotedAt(text, start)?.length !== end - start) return start;
  }
  return void 0;
}
function quotedAt(text, start) {
  const form = text[start] === "'" ? /'(?:[^']|'')*'/y : /"(?:[^"\\]|\\[\s\S])*"/y;
  form.lastIndex = start;
  return form.exec(text)?.[0];
}
function brokenFlow(text, lineStart) {
  let depth = 0;
  let open = lineStart;
  for (const { type, start } of lexemes(text, lineStart)) {
    if (type === "flow-error-end") return open;
    if (depth === 0) open = start;
    depth = Math.max(0, depth + change(type));
  }
  return depth > 0 ? open : void 0;
}
function joinFlow(text, open) {
  let depth = 0;
  let joined3 = "";
  for (const { type, start, end } of lexemes(text, open)) {
    if (type === "flow-error-end") return void 0;
    const written = text.slice(start, end);
    joined3 += written.replace(type === "comment" ? /./gs : /[\r\n]/g, " ");
    depth += change(type);
    if (depth === 0 && joined3 !== "") return joined3;
  }
  return void 0;
}
function change(type) {
  if (type === "flow-map-start" || type === "flow-seq-start") return 1;
  return type === "flow-map-end" || type === "flow-seq-end" ? -1 : 0;
}
function* lexemes(text, from) {
  let start = from;
  let isScalar3 = false;
  for (const lexeme of new import_yaml.Lexer().lex(text.slice(from))) {
    const type = isScalar3 ? "scalar" : import_yaml.CST.tokenType(lexeme);
    const isMark = !isScalar3 && MARKS.has(lexeme);
    const end = isMark ? start : start + lexeme.length;
    yield { type, start, end };
    isScalar3 = isMark && lexeme === import_yaml.CST.SCALAR;
    start = end;
  }
}
var MARKS = /* @__PURE__ */ new Set([import_yaml.CST.DOCUMENT, import_yaml.CST.FLOW_END, import_yaml.CST.SCALAR]);

// src/find/yaml-parser.ts
var DEEPEST2 = 200;
var MOST_ERRORS = 1e3;
var TOLERATED = /* @__PURE__ */ new Set(["KEY_OVER_1024_CHARS", "MULTILINE_IMPLICIT_KEY"]);
function parseYaml(text) {
  const parsed = new Attempt(text);
  if (parsed.fault?.message.startsWith("Missing closing")) {
    const quoted = joinQuotes(text);
    if (quoted !== text) return parseYaml(quoted);
  }
  if (!parsed.errors.some(({ code }) => code === "BAD_INDENT")) return parsed;
  const joined3 = joinFlows(text);
  if ("text" in joined3) return joined3.text === text ? parsed : new Attempt(joined3.text);
  const fault = { offset: joined3.unclosed, message: "a bracket opens here and is never closed" };
  return { contents: parsed.contents, fault };
}
var Attempt = class {
  contents = [];
  errors = [];
  #composer = new import_yaml2.Composer({
    schema: "failsafe",
    strict: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent"
  });
  constructor(text) {
    try {
      this.#collectErrors();
      for (const token of tokens(text)) this.#compose(token);
      this.#add(this.#composer.end());
    } catch (error) {
      if (!(error instanceof TooManyErrors)) throw error;
    }
  }
  get fault() {
    const error = this.errors.find(isMistake) ?? this.errors[MOST_ERRORS];
    return error && { offset: error.pos[0], message: error.message };
  }
  #compose(token) {
    if (token.type === "directive" && !token.source.startsWith("%TAG")) return;
    this.#add(this.#composer.next(token));
    if (token.type === "document" || token.type === "doc-end") this.#collectErrors();
  }
  #add(documents) {
    for (const { contents } of documents) {
      if (contents !== null) this.contents.push(contents);
    }
  }
  /** Collects the errors that the composer finds, and stops it when there are too many. */
  #collectErrors() {
    const { errors } = this.#composer.streamInfo();
    errors.push = (...added) => {
      const count = this.errors.push(...added);
      if (count > MOST_ERRORS) throw new TooManyErrors();
      return count;
    };
  }
};
var TooManyErrors = class extends Error {
};
var ALSO_TOLERATED = /^(?:Comments must be separated|Block scalars with more-indented leading)/;
function isMistake({ code, message }) {
  return !TOLERATED.has(code) && !ALSO_TOLERATED.test(message);
}
function* tokens(text) {
  const parser = new import_yaml2.Parser();
  for (const lexeme of new import_yaml2.Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST2) {
      const message = "it is nested too deeply";
      yield { type: "error", offset: parser.offset, message, source: "" };
      return;
    }
  }
  yield* parser.end();
}

// src/find/yaml-value.ts
var import_yaml3 = __toESM(require_dist(), 1);
var MOST_MERGED = 100;
var YamlValue = class {
  #node;
  #source;
  #valueOf;
  #keys;
  #entries;
  #items;
  /** Only the tree of a file makes values. */
  constructor(node, source, resolve) {
    this.#node = node;
    this.#source = source;
    this.#valueOf = resolve;
  }
  /** False where there is no value. YAML's `null` is one. */
  get exists() {
    return this.#node !== void 0;
  }
  get isMap() {
    return (0, import_yaml3.isMap)(this.#node);
  }
  get isList() {
    return (0, import_yaml3.isSeq)(this.#node);
  }
  /** True for a value with a tag, such as `!!str 1.20`. */
  get hasTag() {
    return this.#node?.tag !== void 0;
  }
  /** The offsets from which and to which it is written, quotes included. */
  get range() {
    const [start = 0, end = start] = this.#node?.range ?? [];
    return [start, end];
  }
  /** The value of a key, own or merged (https://yaml.org/type/merge.html). */
  get(key) {
    const rest = [this];
    for (let searched = 0; searched <= MOST_MERGED && rest.length > 0; searched++) {
      const { own, merged } = rest.pop()?.keys ?? NO_KEYS;
      const value = own.get(key);
      if (value !== void 0) return value;
      rest.push(...merged.toReversed());
    }
    return this.#valueOf(void 0);
  }
  /** The keys of a mapping and their values, without merged ones; empty for anything else. */
  get entries() {
    this.#entries ??= (0, import_yaml3.isMap)(this.#node) ? this.#readEntries(this.#node) : [];
    return this.#entries;
  }
  /** The items of a list; empty for anything else. */
  get items() {
    const items = (0, import_yaml3.isSeq)(this.#node) ? this.#node.items : [];
    this.#items ??= items.map((item) => this.#valueOf(item));
    return this.#items;
  }
  /** A scalar's text and where it is; undefined for anything else. */
  get text() {
    return (0, import_yaml3.isScalar)(this.#node) ? this.#textOf(this.#node) : void 0;
  }
  /** A scalar's text; empty for YAML's spellings of nothing, and for anything but a scalar. */
  get string() {
    const { text } = this;
    return text === void 0 || isNothing(text) ? "" : text.value;
  }
  /** Read once, because aliases can reach the same large mapping many times. */
  get keys() {
    this.#keys ??= readKeys(this.entries);
    return this.#keys;
  }
  #readEntries({ items }) {
    const entries = [];
    for (const pair of items) {
      const key = keyOf(pair);
      if (key !== void 0) entries.push([key, this.#valueOf(pair.value)]);
    }
    return entries;
  }
  #textOf(scalar) {
    const [start, end] = this.range;
    const value = String(scalar.value ?? "");
    if (scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE") {
      return { start: start + 1, end: end - 1, value, style: "quoted" };
    }
    if (scalar.type === "PLAIN") return { start, end, value, style: "plain" };
    const body = bodyOf(this.#source.text, start, end);
    return { ...body, value: value.trim(), style: "block" };
  }
};
var NO_KEYS = { own: /* @__PURE__ */ new Map(), merged: [] };
function readKeys(entries) {
  const own = /* @__PURE__ */ new Map();
  const merged = [];
  for (const [key, value] of entries) {
    if (key === "<<" && merged.length < MOST_MERGED) {
      const maps = value.isList ? value.items.slice(0, MOST_MERGED) : [value];
      merged.push(...maps);
    }
    if (!own.has(key)) own.set(key, value);
  }
  return { own, merged };
}
function keyOf({ key }) {
  return (0, import_yaml3.isScalar)(key) ? String(key.value ?? "") : void 0;
}
function bodyOf(text, start, end) {
  const header = text.indexOf("\n", start);
  const from = header < 0 || header > end ? end : header + 1;
  const body = text.slice(from, end);
  const first = from + (body.length - body.trimStart().length);
  return { start: first, end: Math.max(first, from + body.trimEnd().length) };
}
function isNothing({ style, value }) {
  return style === "plain" && /^(?:null|Null|NULL|~|)$/.test(value);
}

// src/find/yaml-tree.ts
var YamlTree = class {
  source;
  /** The content of each document that has one. */
  documents;
  /** Set when the file is not YAML. */
  mistake;
  #anchors = /* @__PURE__ */ new Map();
  /** The values with an anchor: several ways lead to them. */
  #values = /* @__PURE__ */ new Map();
  #nothing;
  /** `hidden` is the text of the source with what a YAML parser must not see hidden. */
  constructor(source, hidden) {
    this.source = source;
    const { contents, fault } = parseYaml(hidden);
    this.#nothing = this.#newValue(void 0);
    if (hidden.includes("&")) for (const content of contents) this.#readAnchors(content);
    this.documents = contents.map((content) => this.#valueOf(content));
    if (fault !== void 0) {
      const { line } = source.place(fault.offset, fault.offset);
      this.mistake = { line, message: fault.message };
    }
  }
  #valueOf = (node) => {
    const target = (0, import_yaml4.isAlias)(node) ? this.#anchors.get(node) : node;
    if (!(0, import_yaml4.isNode)(target)) return this.#nothing;
    if (anchorOf(target) === void 0) return this.#newValue(target);
    const value = this.#values.get(target) ?? this.#newValue(target);
    this.#values.set(target, value);
    return value;
  };
  #newValue(node) {
    return new YamlValue(node, this.source, this.#valueOf);
  }
  /** Notes the node that each alias stands for: the last one before it with the anchor's name. */
  #readAnchors(root) {
    const named = /* @__PURE__ */ new Map();
    const rest = [root];
    for (let node = rest.pop(); node !== void 0; node = rest.pop()) {
      const target = (0, import_yaml4.isAlias)(node) ? named.get(node.source) : void 0;
      if (target !== void 0) this.#anchors.set(node, target);
      const anchor = anchorOf(node);
      if (anchor !== void 0) named.set(anchor, node);
      for (const child of childrenOf(node).toReversed()) rest.push(child);
    }
  }
};
function anchorOf(node) {
  return (0, import_yaml4.isScalar)(node) || (0, import_yaml4.isMap)(node) || (0, import_yaml4.isSeq)(node) ? node.anchor : void 0;
}
function childrenOf(node) {
  if ((0, import_yaml4.isSeq)(node)) return node.items.filter(import_yaml4.isNode);
  if (!(0, import_yaml4.isMap)(node)) return [];
  return node.items.flatMap(({ key, value }) => [key, value]).filter(import_yaml4.isNode);
}

// src/find/chart.ts
function appVersionOf({ beside }) {
  const text = beside("Chart.yaml");
  if (text === void 0)
    return { why: "its tag is in a Chart.yaml, which is not beside the file" };
  const source = new SourceText(text);
  const { documents } = new YamlTree(source, hideTemplates(source.text));
  const versions = documents.map((chart) => chart.get("appVersion"));
  const [version = ""] = versions.map(printedByHelm);
  const why = whyUnknown(version);
  if (why !== void 0) return { why: `its tag is the appVersion in Chart.yaml, and ${why}` };
  if (version === "") return { why: "its tag is the appVersion, which Chart.yaml does not have" };
  return { value: version };
}

// src/find/part.ts
function partAt(map, key) {
  const { text, string } = map.get(key);
  return text && { ...text, value: string };
}
function isWithin(map, { start, end }) {
  const [from, to] = map.range;
  return from <= start && end <= to;
}
function sharedStarts(owned) {
  const shared = /* @__PURE__ */ new Set();
  const owners = /* @__PURE__ */ new Map();
  for (const [owner, part] of owned) {
    if (part === void 0) continue;
    const known = owners.get(part.start);
    if (known !== void 0 && known !== owner) shared.add(part.start);
    owners.set(part.start, owner);
  }
  return shared;
}
function whyPartsUnknown(findings, parts) {
  const known = parts.filter((part) => part !== void 0);
  const written = known.map((part) => findings.textOf(part));
  const values = known.map(({ value }) => value);
  return whyUnknown(...written, ...values);
}
function pinPart(source, part, form) {
  const { start, end, style } = part;
  const hasPlace = start < end || style === "quoted";
  if (hasPlace) return pinAt(source, start, end, { form });
  if (style === "block") return void 0;
  const previous = source.text.charAt(start - 1);
  const next = source.text.charAt(start);
  const before = /\s/.test(previous) ? "" : " ";
  const after2 = next === "#" ? " " : "";
  return pinAt(source, start, end, { before, after: after2, form });
}

// src/find/helm-image.ts
var DIGEST_KEYS = ["digest", "imageDigest"];
var NO_IMAGE = /:\/\/|^[@/.]|^git@|\.git$/;
function isImageKey(key) {
  return /[iI]mage$/.test(key);
}
function isVersioned(text) {
  const [named = "", digest] = text.split("@");
  if (text.includes("://") || !/^[\w./:-]+$/.test(named)) return false;
  return digest === void 0 ? /:[\w.-]+$/.test(named) : /^sha(?:256|512):/.test(digest);
}
function imageIn(value, key) {
  const tag = firstOf(value, ["tag", "imageTag"]);
  const digest = firstOf(value, [...DIGEST_KEYS, "sha"]);
  const version = filled(firstOf(value, ["version"]));
  const known = { hasTag: (tag ?? digest) !== void 0, hasVersion: version !== void 0 };
  const repository = repositoryIn(value, isImageKey(key), known);
  if (repository === void 0) return void 0;
  const useDigest = value.get("useDigest").string;
  return {
    value,
    ...repository,
    registry: filled(firstOf(value, ["registry", "imageRegistry", "hub", "defaultRegistry"])),
    tag: tag ?? version,
    digest: useDigest === "false" ? void 0 : digest,
    isHex: digest !== void 0 && isHex(digest, firstOf(value, DIGEST_KEYS)),
    mayPinTag: tag !== void 0 && (digest !== void 0 || useDigest !== "true")
  };
}
function isComplete({ repository, tag, digest }) {
  const hasPart = [tag, digest].some((part) => filled(part) !== void 0);
  return !hasPart && isVersioned(repository.value);
}
function repositoryIn(value, isImage, { hasTag, hasVersion }) {
  const repository = firstOf(value, isImage ? ["repository", "repo"] : ["repository"]);
  if (repository !== void 0 && repository.value !== "") {
    const isOne = (isImage || hasTag) && !NO_IMAGE.test(repository.value);
    return isOne ? { repository, isName: false } : void 0;
  }
  if (!hasTag && !hasVersion && !(isImage && repository !== void 0)) return void 0;
  const image = filled(firstOf(value, ["image", "imageName"]));
  const isName = image === void 0 || value.get("hub").exists;
  const named = image ?? (isImage ? filled(firstOf(value, ["name"])) : void 0);
  if (named === void 0 || isVersioned(named.value)) return void 0;
  return { repository: named, isName };
}
function isHex({ value }, digest) {
  return value === "" ? digest === void 0 : /^[0-9a-f]{64}$/.test(value);
}
function firstOf(value, keys) {
  const parts = keys.flatMap((key) => helmPartAt(value, key) ?? []);
  return parts.find((part) => filled(part) !== void 0) ?? parts[0];
}
function helmPartAt(map, key) {
  const part = partAt(map, key);
  return part && { ...part, value: printedByHelm(map.get(key)) };
}
function filled(part) {
  return part?.value === "" ? void 0 : part;
}

// src/find/helm-pin.ts
function pinsOf(images, source) {
  const shared = sharedStarts(images.map(ownedPart));
  const pins = /* @__PURE__ */ new Map();
  for (const image of images) {
    const part = pinnedPart(image);
    if (part === void 0 || shared.has(part.start)) continue;
    if (isWithin(image.value, part)) pins.set(image, pinIn(source, image, part));
  }
  return pins;
}
function ownedPart(image) {
  return [image.repository.value, pinnedPart(image)];
}
function pinnedPart(image) {
  const { repository, tag, digest, mayPinTag } = image;
  if (isComplete(image)) return repository;
  const [version = "", inTag] = (tag?.value ?? "").split("@");
  const hasTag = isTag(version) && !repository.value.includes("@");
  if (!hasTag) return void 0;
  if (inTag === void 0 && digest !== void 0) return digest;
  const isEmpty = digest === void 0 || digest.value === "";
  return isEmpty && mayPinTag ? tag : void 0;
}
function pinIn(source, image, part) {
  if (part === image.repository) return pinOf(source, part);
  if (part === image.digest) return pinPart(source, part, formOf(source, image, part));
  return pinTag(source, part);
}
function formOf(source, { isHex: isHex2 }, digest) {
  const example = EXAMPLE.exec(commentsAt(source.text, digest));
  const isExample = digest.value === "" && example !== null;
  const isShort = isExample ? example[1] === void 0 : isHex2;
  return isShort ? "hex" : "digest";
}
var EXAMPLE = /(sha256:)?\b[0-9a-f]{64}\b/;
var LONGEST_COMMENT = 300;
function commentsAt(text, { start, end }) {
  const before = text.slice(Math.max(0, start - LONGEST_COMMENT), start);
  const behind = text.slice(end, end + LONGEST_COMMENT);
  const above = before.split("\n").at(-2) ?? "";
  const [rest = ""] = behind.split("\n", 1);
  return commentIn(above) + commentIn(rest);
}
function commentIn(line) {
  const [comment = ""] = /#.*/.exec(line) ?? [];
  return comment;
}
function pinTag(source, { start, end, value }) {
  const [version = ""] = value.split("@");
  const isAsWritten = source.text.slice(start, end) === value;
  if (!isAsWritten) return pinAt(source, start, end, { before: `${version}@` });
  return pinAt(source, start + version.length, end, { before: "@" });
}

// src/find/helm-reference.ts
function referenceOf(image, [prefix, otherPrefix], appVersion) {
  const { repository, isName } = image;
  const name = joined2(prefix, repository);
  if (isName && !name.includes("/")) return { why: "the chart puts a registry before its name" };
  const version = versionOf(image);
  if (version !== "" || isComplete(image)) {
    const otherwise = otherPrefix && joined2(otherPrefix, repository) + version;
    return { reference: name + version, otherwise };
  }
  const expansion = appVersion();
  if ("why" in expansion) return expansion;
  const { value } = expansion;
  const other = value.startsWith("v") ? value.slice(1) : `v${value}`;
  return { reference: `${name}:${value}`, otherwise: `${name}:${other}` };
}
function joined2(prefix, repository) {
  return [...prefix, repository].map(({ value }) => value.replace(/\/$/, "")).join("/");
}
function versionOf({ tag, digest, isHex: isHex2 }) {
  const [version = "", inTag = ""] = (tag?.value ?? "").split("@");
  if (/^sha(?:256|512):/.test(version)) return `@${version}`;
  const written = digest === void 0 || digest.value === "" ? inTag : digest.value;
  const algorithm = isHex2 && written === digest?.value ? "sha256:" : "";
  return signed(":", version) + signed("@", written === "" ? "" : algorithm + written);
}
function signed(sign, text) {
  return text === "" ? "" : sign + text;
}

// src/find/helm-registries.ts
function registriesIn(values) {
  const global = values.get("global");
  const inImage = partsAt(global.get("image"), ["registry"]);
  const inGlobal = partsAt(global, ["imageRegistry"]);
  const ofNames = [
    partsAt(values, ["imageRegistry", "imageNamespace"]),
    partsAt(values, ["registry"]),
    partsAt(global, ["hub"])
  ];
  return {
    global: inImage[0] ?? inGlobal[0],
    ofNames: ofNames.find((parts) => parts.length > 0) ?? []
  };
}
function prefixesOf(image, { global, ofNames }) {
  const { repository, registry, isName } = image;
  const isComplete2 = hasRegistry(repository.value);
  const own = registry === void 0 ? void 0 : [registry];
  if (global !== void 0 && !isComplete2) {
    const isSame = registry === void 0 || registry.value === global.value;
    return own === void 0 || isSame ? [[global]] : [[global], own];
  }
  return [own ?? (isName && !isComplete2 ? ofNames : [])];
}
function hasRegistry(repository) {
  const [first = "", ...rest] = repository.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
}
function partsAt(map, keys) {
  const parts = keys.flatMap((key) => partAt(map, key) ?? []);
  return parts.filter(({ value }) => value !== "");
}

// src/find/helm-values.ts
function findInHelmValues(documents, findings, files) {
  const images = [];
  for (const document of documents) {
    const registries = registriesIn(document);
    for (const keyed of valuesIn(document)) {
      findAlone(keyed, findings);
      const image = imageIn(keyed.value, keyed.key);
      if (image !== void 0) images.push({ image, prefixes: prefixesOf(image, registries) });
    }
  }
  findImages(images, findings, files);
}
function* valuesIn(document) {
  const seen = /* @__PURE__ */ new Set();
  const seenAsImage = /* @__PURE__ */ new Set();
  const rest = [{ value: document, key: "", isListed: false }];
  for (let keyed = rest.pop(); keyed !== void 0; keyed = rest.pop()) {
    const { value, key } = keyed;
    const known = isImageKey(key) ? seenAsImage : seen;
    if (known.has(value)) continue;
    if (value.text === void 0) known.add(value);
    yield keyed;
    for (const inner of innerOf(keyed)) rest.push(inner);
  }
}
function innerOf({ value, key, isListed }) {
  const isImages = key === "images" || isListed && key === "tags";
  const items = value.items.map((item) => ({ value: item, key: "", isListed: isImages }));
  if (items.length > 0) return items;
  return value.entries.map(([name, inner]) => ({ value: inner, key: name, isListed: isImages }));
}
function findAlone(keyed, findings) {
  const { text } = keyed.value;
  if (text === void 0) return;
  const isUnknown = whyUnknown(findings.textOf(text)) !== void 0;
  const isAlone = isImageKey(keyed.key) ? isUnknown || isVersioned(text.value) : isOther(keyed, text);
  if (isAlone) findings.literal(text);
}
function isOther({ key, isListed }, { value }) {
  const mayBe = isListed || /^image[A-Z]/.test(key) && value.includes("/");
  return mayBe && isVersioned(value);
}
function findImages(images, findings, files) {
  const all = images.map(({ image }) => image);
  const pins = pinsOf(all, findings.source);
  let known;
  const appVersion = () => {
    known ??= appVersionOf(files);
    return known;
  };
  for (const { image, prefixes } of images) {
    const { repository, tag, digest } = image;
    const pin = pins.get(image);
    const found = referenceOf(image, prefixes, appVersion);
    const why = whyPartsUnknown(findings, [...prefixes.flat(), repository, tag, digest]);
    if (why !== void 0) findings.unknowable(repository, why);
    else if ("why" in found) findings.unknowable(repository, found.why);
    else findings.add(repository, found.reference, { otherwise: found.otherwise, pin });
  }
}

// src/find/kubernetes.ts
var CONTAINERS = ["containers", "initContainers", "ephemeralContainers"];
function findInKubernetes(documents, findings) {
  const seen = /* @__PURE__ */ new Set();
  const lists = /* @__PURE__ */ new Set();
  const rest = documents.toReversed();
  while (rest.length > 0) {
    const value = rest.pop();
    if (value === void 0 || seen.has(value)) continue;
    seen.add(value);
    for (const image of imagesOf(value, lists)) findImage(image, findings);
    for (const inner of valuesIn2(value).toReversed()) rest.push(inner);
  }
}
function imagesOf(pod, lists) {
  const itemsOf = (key) => {
    const list = pod.get(key);
    if (lists.has(list)) return [];
    lists.add(list);
    return list.items;
  };
  const containers = CONTAINERS.flatMap(itemsOf);
  const volumes = itemsOf("volumes").map((volume) => volume.get("image"));
  return [
    ...containers.map((container) => container.get("image")),
    ...volumes.map((image) => image.get("reference"))
  ];
}
function findImage(image, findings) {
  const { text, string } = image;
  const isBuilt = string.startsWith("ko://");
  if (text !== void 0 && string !== "" && !isBuilt) findings.literal(text);
}
function valuesIn2(value) {
  if (value.isList) return value.items;
  return isArgoWorkflow(value) ? [] : value.entries.map(([, inner]) => inner);
}
function isArgoWorkflow(value) {
  const isArgo = value.get("apiVersion").string.startsWith("argoproj.io/");
  return isArgo && value.get("kind").string.includes("Workflow");
}

// src/find/kustomize.ts
function findInKustomization(documents, findings) {
  const values = documents.flatMap((document) => document.get("images").items);
  const entries = values.flatMap((value) => entryOf(value) ?? []);
  const shared = sharedIn(entries);
  for (const entry of entries) findEntry(entry, shared, findings);
}
function entryOf(value) {
  const names = ["newName", "name"].flatMap((key) => partAt(value, key) ?? []);
  const name = names.find((part) => part.value !== "");
  if (name === void 0) return void 0;
  const tag = partAt(value, "newTag");
  const digest = partAt(value, "digest");
  return { value, name, tag, digest };
}
function sharedIn(entries) {
  const merged = entries.flatMap(({ value }) => value.keys.merged);
  const owned = entries.map(({ name, digest }) => [name.value, digest]);
  return { merged: new Set(merged), digests: sharedStarts(owned) };
}
function findEntry(entry, shared, findings) {
  const { name, tag, digest } = entry;
  const why = whyPartsUnknown(findings, [name, tag, digest]) ?? whyEntryUnknown(entry);
  if (why !== void 0) return findings.unknowable(name, why);
  const pin = pinOfEntry(entry, shared, findings.source);
  const reference = name.value + after(":", tag) + after("@", digest);
  findings.add(name, reference, { pin });
}
function after(sign, part) {
  return part === void 0 || part.value === "" ? "" : sign + part.value;
}
function whyEntryUnknown({ name, tag, digest }) {
  const { value } = name;
  if (/:[^/]*$|@/.test(value)) return "its name has a tag or a digest: use newTag or digest";
  if (/[*+?()[\]|^\\]/.test(value)) return "its name is a pattern";
  const isVersioned2 = after(":", tag) !== "" || after("@", digest) !== "";
  return isVersioned2 ? void 0 : "its tag is the one that the resources have";
}
function pinOfEntry(entry, shared, source) {
  const { value, tag, digest } = entry;
  const hasTag = tag !== void 0 && tag.value !== "";
  if (!hasTag || shared.merged.has(value)) return void 0;
  if (digest !== void 0) {
    const isOwn = isWithin(value, digest) && !shared.digests.has(digest.start);
    return isOwn ? pinPart(source, digest, "digest") : void 0;
  }
  const hasKey = value.entries.some(([key]) => key === "digest");
  if (hasKey || !isWithin(value, tag)) return void 0;
  return pinAfterTag(value, source);
}
function pinAfterTag(entry, source) {
  const [start] = entry.range;
  const [, tagEnd] = entry.get("newTag").range;
  if (source.text.charAt(start) === "{") {
    const quote = quoteAfter(source.text, start + 1);
    const before = `, ${quote}digest${quote}: ${quote}`;
    return pinAt(source, tagEnd, tagEnd, { before, after: quote });
  }
  const { column } = source.place(start, start);
  const at = endOfLine(source.text, tagEnd);
  const lineEnd = source.text.includes("\r\n") ? "\r\n" : "\n";
  const indent = " ".repeat(column - 1);
  return pinAt(source, at, at, { before: `${lineEnd}${indent}digest: ` });
}
function quoteAfter(text, from) {
  const form = /\s*(["']?)/y;
  form.lastIndex = from;
  const [, quote = ""] = form.exec(text) ?? [];
  return quote;
}
function endOfLine(text, from) {
  const start = text.charAt(from - 1) === "\n" ? from - 1 : from;
  const newline = text.indexOf("\n", start);
  const end = newline < 0 ? text.length : newline;
  return text.charAt(end - 1) === "\r" ? end - 1 : end;
}

// src/find/receipt.ts
function findInReceipt(source) {
  const rows = rowsOf(source.text);
  if (rows === void 0) return void 0;
  const used = usedDigests(rows);
  const findings = new Findings(source);
  for (const [at, spot] of spotsOf(source).entries()) {
    const row = rows[at];
    if (row !== void 0) addRow(row, spot, used, findings);
  }
  return { used, ...findings.found() };
}
function rowsOf(text) {
  try {
    return readReceipt(Buffer.from(text));
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return void 0;
  }
}
function spotsOf(source) {
  const [list] = new YamlTree(source, source.text).documents;
  return (list?.items ?? []).flatMap((row) => row.get("reference").text ?? []);
}
function usedDigests(rows) {
  const latest = /* @__PURE__ */ new Map();
  for (const row of rows) {
    const { reference, pinned, last } = row;
    const isLater = last >= (latest.get(reference)?.last ?? "");
    if (reference !== pinned && isLater) latest.set(reference, row);
  }
  return new Map([...latest].map(([reference, { digest }]) => [reference, digest]));
}
function addRow(row, spot, used, findings) {
  const { reference, digest, pinned, platforms } = row;
  const isTag2 = used.get(reference) === digest;
  const named = isTag2 ? reference : pinned;
  if (platforms.length === 0) findings.add(spot, named, {});
  for (const platform of platforms) findings.add(spot, named, { platform });
}

// src/find/workflow-file.ts
var THIS_ACTION = /^(?:https?:\/\/[^/@]+\/)?[^/@:]+\/registry-pull(?:\/[^@]*)?@/i;
function findInWorkflow(documents, findings) {
  const finder = new WorkflowFinder(findings);
  for (const file of documents) {
    for (const [, job] of file.get("jobs").entries) finder.findInJob(job);
    finder.findInRuns(file.get("runs"));
  }
}
var WorkflowFinder = class {
  #findings;
  /** What was read. Aliases can give many jobs the same services, steps and inputs. */
  #seen = /* @__PURE__ */ new Set();
  constructor(findings) {
    this.#findings = findings;
  }
  /** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobs */
  findInJob(job) {
    const services = job.get("services");
    this.#findContainer(job.get("container"));
    if (this.#isNew(services)) {
      for (const [, service] of services.entries) this.#findContainer(service);
    }
    this.#findInSteps(job.get("steps"));
  }
  /** https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runs */
  findInRuns(runs) {
    this.#findDocker(runs.get("image"));
    this.#findInSteps(runs.get("steps"));
  }
  /** A container is an image, or a mapping that has one. */
  #findContainer(container) {
    const image = container.isMap ? container.get("image") : container;
    const { text, string } = image;
    if (text !== void 0 && string !== "") this.#findings.literal(text);
  }
  #findInSteps(steps) {
    if (!this.#isNew(steps)) return;
    for (const step of steps.items) {
      const uses = step.get("uses");
      this.#findDocker(uses);
      if (!THIS_ACTION.test(uses.string)) continue;
      const images = step.get("with").get("images");
      if (this.#isNew(images)) this.#findInInput(images.text);
    }
  }
  /** Other values are actions, or paths of Dockerfiles. */
  #findDocker(value) {
    const text = value.text;
    if (text?.value.startsWith("docker://")) this.#findings.literal(text);
  }
  /** Finds the references in the input `images`, which is a list of lines or JSON. */
  #findInInput(input) {
    if (input === void 0 || isJson(input.value)) return;
    const written = this.#findings.textOf(input);
    if (!hasLinesOf(written, input.value)) {
      return this.#findings.unknowable(input, "its lines are folded or have escapes");
    }
    for (const line of listLines(written)) {
      const { start, value } = beforeOptions(line);
      const from = input.start + start;
      this.#findings.literal({ start: from, end: from + value.length, value });
    }
  }
  #isNew(value) {
    const isNew = !this.#seen.has(value);
    this.#seen.add(value);
    return isNew;
  }
};
function hasLinesOf(written, value) {
  const meant = listLines(value);
  const lines = listLines(written);
  const lengthOf = (line) => line?.value.length;
  const isSame = lines.every((line, at) => lengthOf(line) === lengthOf(meant[at]));
  return isSame && lines.length === meant.length;
}
function beforeOptions(line) {
  const [first = ""] = line.value.split(",");
  const isCut = first.lastIndexOf("${{") > first.lastIndexOf("}}");
  return isCut ? line : { ...line, value: first.trimEnd() };
}

// src/find/find.ts
var TEXT_FINDERS = {
  dockerfile: findInDockerfile,
  list: findInList
};
var YAML_FINDERS = {
  compose: findInCompose,
  kubernetes: findInKubernetes,
  kustomize: findInKustomization,
  "helm-values": findInHelmValues,
  workflow: findInWorkflow,
  devcontainer: findInDevcontainer
};
function findReferences(path, text, as, surroundings) {
  const source = new SourceText(text);
  const kind = as ?? kindByPath(path);
  if (kind === "dockerfile" || kind === "list") {
    const findings = new Findings(source);
    TEXT_FINDERS[kind](source, findings);
    return { kind, ...findings.found() };
  }
  const receipt = kind === "receipt" ? findInReceipt(source) : void 0;
  if (receipt !== void 0) return { kind: "receipt", ...receipt };
  if (as === "receipt" || kind === void 0 && !mayHaveKind(path)) return void 0;
  const hide = kind === "devcontainer" ? hideComments : hideTemplates;
  return findInYaml(new YamlTree(source, hide(source.text)), kind, surroundings);
}
function findInYaml(tree, known, surroundings) {
  const { mistake, source } = tree;
  const isTemplate = source.text.includes("{{");
  if (mistake !== void 0 && !isTemplate) return { mistake };
  const kind = isYamlKind(known) ? known : kindByContent(tree.documents);
  if (!isYamlKind(kind)) return void 0;
  const findings = new Findings(source);
  YAML_FINDERS[kind](tree.documents, findings, surroundings);
  if (mistake !== void 0) {
    const start = source.offset(mistake.line - 1, 0);
    const spot = { start, end: start, value: "" };
    findings.unknowable(spot, "from here on, the template is no YAML: render it first");
  }
  return { kind, ...findings.found() };
}
function isYamlKind(kind) {
  return kind !== void 0 && Object.hasOwn(YAML_FINDERS, kind);
}

// src/action/secret-variables.ts
var WORDS = new Set(
  [
    "token tokens secret secrets password passwords passwd passphrase pass pwd pw pat",
    "key keys apikey credential credentials cred creds cert certificate private",
    "auth authorization bearer cookie session jwt webhook dsn sas sig signature salt"
  ].flatMap((words) => words.split(" "))
);
var PART = /token|secret|passw|credential/i;
var OF_RUNNER = /^(?:INPUT|ACTIONS)_/i;
var TOKENS = [
  /\bgh[pousr]_\w{8}|\bgithub_pat_\w{8}|\bglpat-[\w-]{8}|\bxox[abeoprs]-|\bnpm_\w{8}/,
  /\bdckr_[a-z]+_\w{8}|\b(?:AKIA|ASIA)[A-Z0-9]{8}|\bAIza[\w-]{8}|\beyJ[\w-]{8}|-----BEGIN/
];
function mayBeSecret(name, value) {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const isNamed = words.some((word) => WORDS.has(word)) || PART.test(name);
  return isNamed || OF_RUNNER.test(name) || TOKENS.some((form) => form.test(value));
}

// src/action/files.ts
async function readFiles(step, lock) {
  const { inputs, machine } = step;
  const workspace = new Workspace(machine.workspace, machine.temporary);
  const reader = new FileReader(workspace, step);
  try {
    await reader.readAll(inputs.files);
    const treatment = { ...inputs, renews: renewal(lock) };
    const named = nameImages(inputs.plan.wanted, reader.found, treatment);
    const problems = [...reader.problems, ...named.problems];
    return { ...named, problems, workspace, digests: reader.digests };
  } catch (error) {
    const problem = fileProblem(error, "files", { optional: false });
    const nothing = { wanted: [], references: [], unknown: [] };
    return { ...nothing, problems: [problem], workspace, digests: /* @__PURE__ */ new Map() };
  }
}
function renewal(lock) {
  if (lock === void 0 || lock.mode === "update") return () => true;
  return (reference) => lock.entries.has(lockKey(reference));
}
var LONGEST_TURN = 50;
var FileReader = class {
  found = [];
  problems = [];
  digests = /* @__PURE__ */ new Map();
  #step;
  #workspace;
  #variables;
  /** The lines of the input with a file that can name images. */
  #used = /* @__PURE__ */ new Set();
  #turnStarted;
  #unknown = 0;
  constructor(workspace, step) {
    const { machine, workflow } = step;
    this.#step = step;
    this.#workspace = workspace;
    this.#variables = variablesOf(machine.environment, workflow.withhold);
    this.#turnStarted = machine.clock.now();
  }
  async readAll(patterns) {
    for (const [file, { path, patterns: all }] of await this.#matching(patterns)) {
      await this.#pause();
      const pattern = all.at(-1);
      if (pattern === void 0) continue;
      try {
        if (this.#read(file, path, pattern)) for (const one of all) this.#used.add(one);
      } catch (error) {
        this.#used.add(pattern);
        this.problems.push(fileProblem(error, file, pattern));
      }
      if (this.#unknown > PLACE_LIMIT) throw tooMany(`${PLACE_LIMIT} references are unknown`);
    }
    for (const pattern of patterns.included) {
      if (!this.#used.has(pattern)) this.problems.push(noFile(pattern));
    }
  }
  /** Lets timers run now and then: the step's timeout must end this, too. */
  async #pause() {
    const { machine, signal } = this.#step;
    if (machine.clock.now() - this.#turnStarted > LONGEST_TURN) {
      await machine.clock.sleep(0, signal);
      this.#turnStarted = machine.clock.now();
    }
    signal.throwIfAborted();
  }
  /** The files that match and may name images, by their own path. */
  async #matching({ included, excluded }) {
    const files = /* @__PURE__ */ new Map();
    for (const pattern of included) {
      try {
        for await (const { path, file } of this.#workspace.matching(pattern.pattern, excluded)) {
          await this.#pause();
          if (!mayName(path, pattern)) continue;
          const patterns = files.get(file)?.patterns ?? [];
          files.set(file, { path, patterns: [...patterns, pattern] });
          if (files.size > FILE_LIMIT) throw tooMany(`${FILE_LIMIT} files match`);
        }
      } catch (error) {
        this.#stop(error, pattern);
      }
    }
    return files;
  }
  /** Notes a pattern that cannot be used. Throws what concerns all files. */
  #stop(error, pattern) {
    if (!(error instanceof PullError) || error.reason !== "no-file") throw error;
    this.#used.add(pattern);
    this.problems.push(fileProblem(error, pattern.where, pattern));
  }
  /** Reads a file. Returns false for one that is of no kind. */
  #read(file, path, pattern) {
    const { text, digest } = this.#workspace.read(file);
    const finding = findReferences(path, text, pattern.as, {
      ...this.#variables,
      beside: (name) => this.#workspace.beside(path, name)
    });
    if (finding === void 0) {
      if (path === pattern.pattern) throw noKind(file, pattern);
      return false;
    }
    if ("mistake" in finding) {
      this.problems.push(mistakeIn(file, finding.mistake, pattern));
      return true;
    }
    this.found.push({ file, pattern, ...finding });
    this.digests.set(file, digest);
    this.#unknown += finding.unknown.length;
    return true;
  }
};
function mayName(path, { pattern, as }) {
  const isNamed = as !== void 0 || path === pattern;
  return isNamed || kindByPath(path) !== void 0 || mayHaveKind(path);
}
function variablesOf(environment, withhold) {
  return {
    variable: (name) => Object.hasOwn(environment, name) ? environment[name] : void 0,
    isSecret: (name, value) => withhold(value) !== value || mayBeSecret(name, value)
  };
}
function mistakeIn(file, { line, message }, { optional }) {
  const location = { file, line, column: 1, endColumn: 1 };
  const error = new PullError("wrong-file", `line ${line} is not YAML: ${message}`);
  return fileProblem(error, file, { optional, location });
}
function noFile(line) {
  const found = `no file that names images matches ${line.pattern}`;
  return fileProblem(new PullError("no-file", found), line.where, line);
}
function noKind(file, { as }) {
  if (as === "receipt") {
    return new PullError("wrong-file", `${file} is not the receipt of a job`, {
      next: "name the file in the output receipt-file of a step with serve: true"
    });
  }
  const found = `${file} is of no kind that names images`;
  return new PullError("wrong-file", found, {
    next: "state its kind with as=, if it names any"
  });
}
function tooMany(what) {
  return new PullError("too-many", `more than ${what}`, {
    next: "name fewer files, or leave some out with !path"
  });
}
export {
  readFiles
};
