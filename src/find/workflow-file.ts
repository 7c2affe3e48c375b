import type { Findings, Spot } from "./findings.ts";
import { isJson, listLines } from "./list.ts";
import type { Text, YamlValue } from "./yaml-value.ts";

// A step that calls this action, in whichever place it is published. Gitea and Forgejo allow a whole
// URL: https://docs.gitea.com/usage/actions/comparison#absolute-action-urls
const THIS_ACTION = /^(?:https?:\/\/[^/@]+\/)?[^/@:]+\/registry-pull(?:\/[^@]*)?@/i;

/**
 * Finds the images in a workflow, a composite action or a container action of GitHub, Gitea or
 * Forgejo: of containers, services and `docker://` steps, and in the input `images` of this action.
 */
export function findInWorkflow(documents: readonly YamlValue[], findings: Findings): void {
  const finder = new WorkflowFinder(findings);
  for (const file of documents) {
    for (const [, job] of file.get("jobs").entries) finder.findInJob(job);
    finder.findInRuns(file.get("runs"));
  }
}

class WorkflowFinder {
  readonly #findings: Findings;
  /** What was read. Aliases can give many jobs the same services, steps and inputs. */
  readonly #seen = new Set<YamlValue>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobs */
  findInJob(job: YamlValue): void {
    const services = job.get("services");
    this.#findContainer(job.get("container"));
    if (this.#isNew(services)) {
      for (const [, service] of services.entries) this.#findContainer(service);
    }
    this.#findInSteps(job.get("steps"));
  }

  /** https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runs */
  findInRuns(runs: YamlValue): void {
    this.#findDocker(runs.get("image"));
    this.#findInSteps(runs.get("steps"));
  }

  /** A container is an image, or a mapping that has one. */
  #findContainer(container: YamlValue): void {
    const image = container.isMap ? container.get("image") : container;
    const { text, string } = image;
    if (text !== undefined && string !== "") this.#findings.literal(text);
  }

  #findInSteps(steps: YamlValue): void {
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
  #findDocker(value: YamlValue): void {
    const text = value.text;
    if (text?.value.startsWith("docker://")) this.#findings.literal(text);
  }

  /** Finds the references in the input `images`, which is a list of lines or JSON. */
  #findInInput(input: Text | undefined): void {
    if (input === undefined || isJson(input.value)) return;
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

  #isNew(value: YamlValue): boolean {
    const isNew = !this.#seen.has(value);
    this.#seen.add(value);
    return isNew;
  }
}

/**
 * True when the lines of a scalar are those of its value. The lengths decide, because the value has
 * marks in place of expressions, at the same length.
 */
function hasLinesOf(written: string, value: string): boolean {
  const meant = listLines(value);
  const lines = listLines(written);
  const lengthOf = (line: Spot | undefined): number | undefined => line?.value.length;
  const isSame = lines.every((line, at) => lengthOf(line) === lengthOf(meant[at]));
  return isSame && lines.length === meant.length;
}

/** A line of the input up to its first comma, but not to a comma in an expression. */
function beforeOptions(line: Spot): Spot {
  const [first = ""] = line.value.split(",");
  const isCut = first.lastIndexOf("${{") > first.lastIndexOf("}}");
  return isCut ? line : { ...line, value: first.trimEnd() };
}
