import { parseDirectives } from "./dockerfile-directives.ts";
import { type Heredoc, HeredocLines, parseHeredocs } from "./dockerfile-heredocs.ts";
import { DockerfileImages, type DockerfileReference } from "./dockerfile-images.ts";
import { type Instruction, Piece, parseInstruction } from "./dockerfile-line.ts";
import type { Findings } from "./findings.ts";
import { SourceText } from "./source-text.ts";

/**
 * Finds the images that a Dockerfile names: base images, sources of COPY and of mounts, and the
 * frontend. https://docs.docker.com/reference/dockerfile/
 */
export function findInDockerfile({ text }: SourceText, findings: Findings): void {
  for (const reference of dockerfileReferences(text)) {
    const { start, end, expansion, platform, needsNoPlatform } = reference;
    // With quotes or continued lines inside, this is not the value, and only a person can pin it.
    const value = text.slice(start, end);
    findings.expanded({ start, end, value }, expansion, { platform, needsNoPlatform });
  }
}

/** The references in the text of a Dockerfile, as it is in a file of its own or inside another. */
export function dockerfileReferences(text: string): readonly DockerfileReference[] {
  const { escapeToken, syntax } = parseDirectives(text);
  const images = new DockerfileImages(escapeToken);
  if (syntax !== undefined) images.addFrontend(syntax);
  for (const instruction of instructions(text, escapeToken)) images.read(instruction);
  return images.references;
}

/** The instructions of a Dockerfile in their order, without what stands in here-documents. */
function* instructions(text: string, escapeToken: string): Generator<Instruction> {
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

/** A line with blanks for a comment, and for what BuildKit takes as a blank. */
function blanked(line: string): string {
  const isComment = /^\s*#/.test(line);
  return isComment ? " ".repeat(line.length) : line.replace(/[\r\v\f]|^\uFEFF/g, " ");
}

/** The first line after the instruction that starts at a line. Blank lines end none. */
function afterInstruction(lines: readonly string[], start: number, escapeToken: string): number {
  let at = start;
  let isContinued = true;
  while (isContinued && at < lines.length) {
    const line = (lines[at] ?? "").trimEnd();
    const isBlank = line === "" && at > start;
    const isEscaped = line.endsWith(escapeToken) && !line.endsWith(escapeToken.repeat(2));
    isContinued = isBlank || isEscaped;
    at++;
  }
  return at;
}

function heredocsOf({ name, args }: Instruction): readonly Heredoc[] {
  return ["add", "copy", "run"].includes(name) ? parseHeredocs(args.text) : [];
}
