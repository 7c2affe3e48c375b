import type { Findings, Spot } from "./findings.ts";
import { listLines } from "./list.ts";
import type { Text, Value, YamlTree } from "./yaml-tree.ts";

// A step that calls this action, in whichever place it is published. Gitea and Forgejo allow a whole
// URL: https://docs.gitea.com/usage/actions/comparison#absolute-action-urls
const THIS_ACTION = /^(?:https?:\/\/[^/@]+\/)?[^/@:]+\/registry-pull(?:\/[^@]*)?@/i;

/**
 * Finds the images in a workflow, a composite action or a container action of GitHub, Gitea or
 * Forgejo: of containers, services and `docker://` steps, and in the input `images` of this action.
 */
export function findInWorkflow(tree: YamlTree, findings: Findings): void {
  const finder = new WorkflowFinder(tree, findings);
  for (const file of tree.documents) {
    for (const [, job] of tree.entries(tree.get(file, "jobs"))) finder.findInJob(job);
    finder.findInRuns(tree.get(file, "runs"));
  }
}

class WorkflowFinder {
  readonly #tree: YamlTree;
  readonly #findings: Findings;
  /** What was read. Aliases can give many jobs the same services, steps and inputs. */
  readonly #seen = new Set<Value>();

  constructor(tree: YamlTree, findings: Findings) {
    this.#tree = tree;
    this.#findings = findings;
  }

  /** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobs */
  findInJob(job: Value): void {
    const services = this.#tree.get(job, "services");
    this.#findContainer(this.#tree.get(job, "container"));
    if (this.#isNew(services)) {
      for (const [, service] of this.#tree.entries(services)) this.#findContainer(service);
    }
    this.#findInSteps(this.#tree.get(job, "steps"));
  }

  /** https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runs */
  findInRuns(runs: Value): void {
    this.#findDocker(this.#tree.get(runs, "image"));
    this.#findInSteps(this.#tree.get(runs, "steps"));
  }

  /** A container is an image, or a mapping that has one. */
  #findContainer(container: Value): void {
    const isMap = this.#tree.isMap(container);
    const image = isMap ? this.#tree.get(container, "image") : container;
    const text = this.#tree.text(image);
    if (text === undefined || this.#tree.string(image) === "") return;
    this.#findings.literal(text);
  }

  #findInSteps(steps: Value): void {
    if (!this.#isNew(steps)) return;
    for (const step of this.#tree.items(steps)) {
      const uses = this.#tree.get(step, "uses");
      this.#findDocker(uses);
      if (!THIS_ACTION.test(this.#tree.string(uses))) continue;
      const images = this.#tree.get(this.#tree.get(step, "with"), "images");
      if (this.#isNew(images)) this.#findInInput(this.#tree.text(images));
    }
  }

  /** Other values are actions, or paths of Dockerfiles. */
  #findDocker(value: Value): void {
    const text = this.#tree.text(value);
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

  #isNew(value: Value): boolean {
    const isNew = !this.#seen.has(value);
    this.#seen.add(value);
    return isNew;
  }
}

/** False for the bracket of an IPv6 address, which can start a list of lines. */
function isJson(text: string): boolean {
  const start = text.trimStart();
  return start.startsWith("[") && !/^\[[0-9a-f]*:/i.test(start);
}

/**
 * True when the lines of a scalar are those of its value. The lengths decide, because the value has
 * marks in place of expressions, at the same length.
 */
function hasLinesOf(written: string, value: string): boolean {
  const meant = listLines(value);
  const lines = listLines(written);
  const isSame = lines.every((line, at) => line.value.length === meant[at]?.value.length);
  return isSame && lines.length === meant.length;
}

/** A line of the input up to its first comma, but not to a comma in an expression. */
function beforeOptions(line: Spot): Spot {
  const [first = ""] = line.value.split(",");
  const isCut = first.lastIndexOf("${{") > first.lastIndexOf("}}");
  return isCut ? line : { ...line, value: first.trimEnd() };
}
