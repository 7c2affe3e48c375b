import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  create
} from "./chunk-XSFUKVPV.js";
import {
  attempt,
  decode,
  makeFile,
  readFile,
  replaceFile,
  withPins
} from "./chunk-VZIZUKS2.js";
import {
  digestOf
} from "./chunk-V4QGKLYV.js";
import {
  PullError,
  codeOf,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/find/workspace.ts
import { lstatSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
var FILE_LIMIT = 1e4;
var Workspace = class {
  #root;
  #temporary;
  /** Fails as `invalid` when `root` is no directory that can be read. */
  constructor(root, temporary) {
    this.#root = attempt(root, () => realpathSync.native(root));
    this.#temporary = temporary;
  }
  /**
   * The files that match a pattern and none of `excluded`. Links are followed to files inside the
   * workspace, and never to directories. Hidden files match only where the pattern names them. An
   * absolute path is no pattern, and matches itself. Fails as `invalid` on a pattern that cannot be
   * used.
   */
  async *matching(pattern, excluded) {
    if (isAbsolute(pattern)) {
      yield { path: pattern, file: pattern };
      return;
    }
    const root = escaped(this.#root);
    const patterns = [`${root}/${pattern}`, ...excluded.map((one) => `!${root}/${one}`)];
    try {
      const globber = await create(patterns.join("\n"), {
        followSymbolicLinks: false,
        matchDirectories: false,
        excludeHiddenFiles: !namesHidden(pattern) && !basename(this.#root).startsWith(".")
      });
      for await (const found of globber.globGenerator()) {
        const path = this.#relative(found);
        if (isHidden(path, pattern) || this.#isDirectory(path)) continue;
        yield { path, file: this.#withoutLinks(path) };
      }
    } catch (cause) {
      const found = `the pattern ${JSON.stringify(pattern)} cannot be used: ${messageOf(cause)}`;
      throw new PullError("no-file", found, { cause });
    }
  }
  /**
   * A file of the workspace or, by its absolute path, of the directory `temporary`, of at most
   * `limit` bytes: a mebibyte when none is given. Fails as `invalid` when it cannot be read as text.
   */
  read(path, limit) {
    if (new RegExp("\\p{Cc}", "u").test(path)) {
      throw new PullError("wrong-file", `${path} has a control character in its name`);
    }
    const real = isAbsolute(path) ? this.#realTemporary(path) : this.#real(path);
    const bytes = attempt(path, () => readFile(real, path, limit));
    return { text: decode(bytes, path), digest: digestOf(bytes) };
  }
  /** The text of the file `name` beside the file `path`; undefined when it cannot be read. */
  beside(path, name) {
    if (isAbsolute(path)) return void 0;
    try {
      return this.read(join(dirname(path), name)).text;
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return void 0;
    }
  }
  /**
   * Writes digests into a file, whose mode stays. Returns false when that changes nothing. Fails as
   * `file-changed` when the file no longer has the digest `before`, and as `not-written` when it
   * cannot be written.
   */
  pin(path, before, edits) {
    const content = this.#bytes(path);
    if (digestOf(content) !== before) {
      throw new PullError("file-changed", `${path} changed while the step ran`);
    }
    const pinned = withPins(content, edits);
    if (pinned.equals(content)) return false;
    replaceFile(this.#real(path), path, pinned);
    return true;
  }
  /**
   * Makes a file that did not exist when it was looked for, or replaces one that then had the digest
   * `before`, of at most `limit` bytes. Fails as `file-changed` when it is another one by now, as
   * `not-written`, and as `invalid` when it or its directory is outside the workspace.
   */
  write(path, content, { before, limit }) {
    const isThere = this.has(path);
    const now = isThere ? digestOf(this.#bytes(path, limit)) : void 0;
    if (now !== before) {
      throw new PullError("file-changed", `${path} changed while the step ran`);
    }
    if (isThere) replaceFile(this.#real(path), path, content);
    else makeFile(join(this.#directoryOf(path), basename(path)), path, content);
  }
  /** True when there is something at a path: also a link to nothing, and what cannot be read. */
  has(path) {
    try {
      return lstatSync(join(this.#root, path), { throwIfNoEntry: false }) !== void 0;
    } catch (error) {
      return codeOf(error) !== "ENOTDIR";
    }
  }
  /** The directory for a new file, without links. Fails as `not-written` when it does not exist. */
  #directoryOf(path) {
    const directory = dirname(path);
    if (directory === ".") return this.#root;
    if (this.#isDirectory(directory)) return this.#real(directory);
    const found = `${path} cannot be written: there is no directory ${directory}`;
    throw new PullError("not-written", found, { next: "make the directory before the step" });
  }
  #bytes(path, limit) {
    const real = this.#real(path);
    return attempt(path, () => readFile(real, path, limit));
  }
  /** The path of a file without links. Fails as `invalid` when no path may lead there. */
  #real(path) {
    const real = attempt(path, () => realpathSync.native(join(this.#root, path)));
    if (!isBelow(this.#root, real)) {
      throw new PullError("wrong-file", `${path} is outside the workspace`);
    }
    const named = path.split("/");
    const hidden = this.#relative(real).split("/").filter((part) => part.startsWith("."));
    if (hidden.every((part) => named.includes(part))) return real;
    throw new PullError("wrong-file", `${path} is a link to a hidden file`);
  }
  /** The path without links of a file in the directory `temporary`. Fails as `invalid` elsewhere. */
  #realTemporary(path) {
    const directory = this.#temporary;
    if (directory !== void 0 && isBelow(directory, path)) {
      const root = attempt(directory, () => realpathSync.native(directory));
      const real = attempt(path, () => realpathSync.native(path));
      if (isBelow(root, real)) return real;
    }
    const found = `${path} is neither in the workspace nor in the runner's temp directory`;
    throw new PullError("wrong-file", found, { next: "name a path or glob below the workspace" });
  }
  /** True for a directory, also behind a link, wherever that leads. */
  #isDirectory(path) {
    return statSync(join(this.#root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }
  /** The path of the file that a path leads to or, when it leads to none that can be read, itself. */
  #withoutLinks(path) {
    try {
      return this.#relative(this.#real(path));
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return path;
    }
  }
  #relative(path) {
    return relative(this.#root, path).split(sep).join("/");
  }
};
function isBelow(root, path) {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
function escaped(path) {
  const slashes = sep === "/" ? path.replace(/\\/g, "\\\\") : path;
  return slashes.replace(/[[?*]/g, "[$&]");
}
function namesHidden(pattern) {
  return /(^|\/)\.[^/.]/.test(pattern);
}
function isHidden(path, pattern) {
  const named = pattern.split("/").filter((part) => part.startsWith("."));
  const isNamed = (part) => named.some((one) => one === part || /[*?[]/.test(one));
  return path.split("/").some((part) => part.startsWith(".") && !isNamed(part));
}

// src/find/source-text.ts
var BYTE_ORDER_MARK = "\uFEFF";
var LONGEST_BLOCK = 1024;
var SourceText = class {
  /** The text without a byte order mark. Offsets count its UTF-16 units from 0. */
  text;
  /** The offset at which each line starts. */
  #lineStarts;
  /** The offset at which each block starts: a line, or a part of a long one. */
  #blockStarts;
  /** The byte at which each block starts. */
  #byteStarts;
  /** `text` is the whole file, decoded from UTF-8, with its byte order mark if it has one. */
  constructor(text) {
    const hasMark = text.startsWith(BYTE_ORDER_MARK);
    this.text = hasMark ? text.slice(1) : text;
    this.#lineStarts = lineStartsOf(this.text);
    this.#blockStarts = this.#lineStarts.flatMap((start, at) => {
      return blockStartsOf(this.text, start, this.#lineStarts[at + 1] ?? this.text.length);
    });
    let bytes = hasMark ? Buffer.byteLength(BYTE_ORDER_MARK) : 0;
    this.#byteStarts = this.#blockStarts.map((start, at) => {
      const blockStart = bytes;
      bytes += Buffer.byteLength(this.text.slice(start, this.#blockStarts[at + 1]));
      return blockStart;
    });
  }
  /** The place of the text from offset `start` to `end`. */
  place(start, end) {
    const at = indexAt(this.#lineStarts, start);
    const lineStart = this.#lineStarts[at] ?? 0;
    const lineEnd = this.#lineStarts[at + 1] ?? this.text.length + 1;
    return {
      line: at + 1,
      column: start - lineStart + 1,
      endColumn: Math.min(end, lineEnd - 1) - lineStart + 1,
      start: this.#byteAt(start),
      end: this.#byteAt(end)
    };
  }
  /** The offset of a line and a character in it, both counted from 0. */
  offset(line, character) {
    return (this.#lineStarts[line] ?? this.text.length) + character;
  }
  #byteAt(offset) {
    const at = indexAt(this.#blockStarts, offset);
    const before = this.text.slice(this.#blockStarts[at], offset);
    return (this.#byteStarts[at] ?? 0) + Buffer.byteLength(before);
  }
};
function lineStartsOf(text) {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    starts.push(end + 1);
  }
  return starts;
}
function blockStartsOf(text, start, end) {
  const starts = [start];
  for (let at = start + LONGEST_BLOCK; at < end; at += LONGEST_BLOCK) {
    starts.push(isLowSurrogate(text, at) ? at + 1 : at);
  }
  return starts;
}
function isLowSurrogate(text, at) {
  return (text.charCodeAt(at) & 64512) === 56320;
}
function indexAt(starts, offset) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export {
  FILE_LIMIT,
  Workspace,
  SourceText
};
