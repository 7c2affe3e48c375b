import type { Wanted } from "../gate/plan.ts";
import { failsOn } from "../gate/problem.ts";
import { type PlatformProblem, problemsOf, type Resolved } from "../gate/resolved.ts";
import type { Judged } from "./summary.ts";
import { countOf } from "./wording.ts";
import type { Workflow } from "./workflow.ts";

// The runner keeps ten errors and ten warnings of a step:
// https://github.com/actions/runner/blob/main/src/Runner.Worker/GlobalContext.cs
const ANNOTATION_LIMIT = 10;

type Annotated = PlatformProblem & { readonly wanted: Wanted };

/**
 * Annotates an error for every problem that fails the step and a warning for every other, each at
 * the place in a file that names the image, if there is one. At most ten of each; the rest goes
 * into a group.
 */
export function annotate(workflow: Workflow, outcome: Judged, failOnMissing: boolean): void {
  const { images, cacheMiss } = outcome;
  const all = images.flatMap(annotatedProblems);
  const isError = ({ wanted, status }: Annotated): boolean =>
    failsOn(status, wanted.optional, failOnMissing);
  const errors = all.filter(isError);
  const warnings = all.filter((problem) => !isError(problem));
  let room = ANNOTATION_LIMIT;
  if (cacheMiss !== "") {
    workflow.error("cache miss", cacheMiss);
    room -= 1;
  }
  for (const problem of errors.slice(0, room)) {
    const { wanted, message } = problem;
    workflow.error(titleOf(problem), message, wanted.location);
  }
  for (const problem of warnings.slice(0, ANNOTATION_LIMIT)) {
    const { location } = problem.wanted;
    workflow.warn(lineOf(problem), location);
  }
  const moreErrors = errors.slice(room);
  const moreWarnings = warnings.slice(ANNOTATION_LIMIT);
  const rest = [...moreErrors, ...moreWarnings];
  if (rest.length === 0) return;
  const title = `${countOf(rest.length, "more problem")}, also in the job summary`;
  workflow.group(title, rest.map(lineOf));
}

function annotatedProblems(image: Resolved): readonly Annotated[] {
  const { wanted } = image;
  return problemsOf(image).map((problem) => ({ ...problem, wanted }));
}

function titleOf({ wanted, platform, status }: Annotated): string {
  const { name } = wanted;
  if (platform === "") return `${name}: ${status}`;
  return `${name} ${platform}: ${status}`;
}

function lineOf(problem: Annotated): string {
  return `${titleOf(problem)}: ${problem.message}`;
}

/** Annotates an error for every invalid input, at most ten; the rest goes into a group. */
export function annotateInputs(workflow: Workflow, problems: readonly string[]): void {
  for (const problem of problems.slice(0, ANNOTATION_LIMIT)) {
    workflow.error("invalid input", problem);
  }
  const rest = problems.slice(ANNOTATION_LIMIT);
  if (rest.length === 0) return;
  const count = countOf(rest.length, "more invalid input");
  workflow.group(`${count}, also in the job summary`, rest);
}
