import type { Directive } from "./dockerfile-directives.ts";
import type { Flag, Instruction, Piece } from "./dockerfile-line.ts";
import { quotedWords } from "./dockerfile-line.ts";
import { expand, PREDEFINED } from "./dockerfile-variables.ts";
import type { Expansion } from "./findings.ts";
import { statedPlatform } from "./stated-platform.ts";

/** A reference in the text of a Dockerfile. Offsets are those of the text. */
export type DockerfileReference = {
  readonly start: number;
  readonly end: number;
  /** As it is written, without quotes around it. */
  readonly value: string;
  /** The value with its variables replaced, or why that is impossible. */
  readonly expansion: Expansion;
  /** The platform that the file states for it. */
  readonly platform: string | undefined;
  /** True for a frontend. */
  readonly needsNoPlatform?: true | undefined;
};

const NOT_EXPANDED: Expansion = { why: "the builder replaces no variables here" };
const LATER: Expansion = { why: "a later stage has this name, which the builder refuses" };
const INCOMPLETE: Expansion = { why: "it is incomplete without the value of a variable" };

/**
 * The images that the instructions of a Dockerfile name, read in their order: a stage hides the
 * image of the same name from then on.
 */
export class DockerfileImages {
  readonly #references: DockerfileReference[] = [];
  /** Those of COPY and of mounts. */
  readonly #sources = new Set<DockerfileReference>();
  readonly #escapeToken: string;
  readonly #variables = new Map(PREDEFINED);
  readonly #stages = new Set<string>();
  #isInStage = false;

  constructor(escapeToken: string) {
    this.#escapeToken = escapeToken;
  }

  /** What the instructions so far name. */
  get references(): readonly DockerfileReference[] {
    return this.#references.map((reference) => {
      const isLater = this.#sources.has(reference) && this.#isStage(reference.value);
      return isLater ? { ...reference, expansion: LATER } : reference;
    });
  }

  /** Adds the image of the frontend that reads the file. It runs where the builder is. */
  addFrontend({ value, start }: Directive): void {
    const end = start + value.length;
    const written = { start, end, value, expansion: { value } };
    this.#references.push({ ...written, platform: undefined, needsNoPlatform: true });
  }

  /** Reads an instruction and adds what it names to `references`. */
  read(instruction: Instruction): void {
    const { name, args, isTrigger } = instruction;
    if (isTrigger) return this.#readSources(instruction);
    if (name === "from") return this.#readFrom(instruction);
    if (name === "arg" && !this.#isInStage) return this.#readArg(args.text);
    this.#readSources(instruction);
  }

  /** https://docs.docker.com/reference/dockerfile/#from */
  #readFrom({ flags, args }: Instruction): void {
    this.#isInStage = true;
    const [image, as, stage] = args.text.matchAll(WORD);
    if (image === undefined) return;
    const [written] = image;
    const word = withoutQuotes(args.slice(image.index, image.index + written.length));
    const expansion = this.#expansionOf(written);
    const isAsWritten = written.includes("$") || "why" in expansion;
    const value = isAsWritten ? word.text : expansion.value;
    const platform = platformOf(flags);
    this.#add({ ...word.span(), value, expansion, platform });
    if (as?.[0].toLowerCase() === "as" && stage !== undefined) {
      this.#stages.add(stage[0].toLowerCase());
    }
  }

  #expansionOf(word: string): Expansion {
    const expansion = expand(word, this.#variables, this.#escapeToken);
    if ("why" in expansion) return expansion;
    const isIncomplete = word.includes("$") && HOLE.test(expansion.value);
    return isIncomplete ? INCOMPLETE : expansion;
  }

  /** https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact */
  #readArg(args: string): void {
    for (const word of quotedWords(args, this.#escapeToken)) {
      const equals = word.indexOf("=");
      // Without a default, it keeps the value that an earlier one gave it.
      if (equals <= 0) continue;
      const value = expand(word.slice(equals + 1), this.#variables, this.#escapeToken);
      this.#variables.set(word.slice(0, equals), value);
    }
  }

  #readSources({ name, flags }: Instruction): void {
    for (const flag of flags) {
      if (name === "copy" && flag.name === "from") this.#addSource(flag.value);
      if (name === "run" && flag.name === "mount") this.#readMount(flag.value);
    }
  }

  /** https://docs.docker.com/reference/dockerfile/#run---mount */
  #readMount(mount: Piece): void {
    for (const { 0: option, index } of mount.text.matchAll(/[^,]+/g)) {
      const [key = ""] = /^from=/i.exec(option) ?? [];
      if (key === "") continue;
      this.#addSource(mount.slice(index + key.length, index + option.length));
    }
  }

  #addSource(source: Piece): void {
    const value = source.text;
    const expansion = value.includes("$") ? NOT_EXPANDED : { value };
    const reference = { ...source.span(), value, expansion, platform: undefined };
    this.#sources.add(reference);
    this.#add(reference);
  }

  #add(reference: DockerfileReference): void {
    const { expansion } = reference;
    const isStage = "value" in expansion && this.#isStage(expansion.value);
    if (!isStage) this.#references.push(reference);
  }

  /** True for what is no image: an earlier stage, by name or number, and the empty stage. */
  #isStage(name: string): boolean {
    return this.#stages.has(name.toLowerCase()) || /^(\d*|scratch)$/.test(name);
  }
}

// A template's action is one word, whose blanks separate nothing.
const WORD = /(?:\{\{[^{}]{0,200}\}\}|[^ \t])+/g;

// Where a variable left nothing: no part of a reference is empty or starts with a sign.
const HOLE = /(?:^|[:@/])(?:[:@/.-]|$)/;

function withoutQuotes(word: Piece): Piece {
  return /^(["']).*\1$/.test(word.text) ? word.slice(1, -1) : word;
}

/** The platform of a FROM. One with a variable is the builder's or the target's, so it is none. */
function platformOf(flags: readonly Flag[]): string | undefined {
  const flag = flags.find(({ name }) => name === "platform");
  const platform = flag?.value.text ?? "";
  return platform.includes("$") ? undefined : statedPlatform(platform);
}
