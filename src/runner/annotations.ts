import { mentionsOfProblem } from "../gate/mentions.ts";
import type { Location, Wanted } from "../gate/plan.ts";
import { failsOn } from "../gate/problem.ts";
import { type PlatformProblem, problemsOf, type Resolved } from "../gate/resolved.ts";
import type { FileProblem } from "./found-images.ts";
import type { Judged } from "./summary.ts";
import { countOf, firstOf, LINE_LIMIT } from "./wording.ts";
import type { Workflow } from "./workflow.ts";

// The runner keeps ten errors and ten warnings of a step:
// https://github.com/actions/runner/blob/main/src/Runner.Worker/GlobalContext.cs
const ANNOTATION_LIMIT = 10;

/** One annotation: a problem at one of the places that it concerns. */
type Annotation = {
  readonly title: string;
  readonly message: string;
  readonly isError: boolean;
  readonly location: Location | undefined;
};

/**
 * Annotates an error for every problem that fails the step and a warning for every other, at each
 * place in a file that it concerns. At most ten of each; the rest goes into a group.
 */
export function annotate(workflow: Workflow, outcome: Judged, failOnMissing: boolean): void {
  const all = annotationsOf(outcome, failOnMissing);
  const errors = all.filter(({ isError }) => isError);
  const warnings = all.filter(({ isError }) => !isError);
  for (const { title, message, location } of errors.slice(0, ANNOTATION_LIMIT)) {
    workflow.error(title, message, location);
  }
  for (const warning of warnings.slice(0, ANNOTATION_LIMIT)) {
    workflow.warn(lineOf(warning), warning.location);
  }
  const rest = [...errors.slice(ANNOTATION_LIMIT), ...warnings.slice(ANNOTATION_LIMIT)];
  if (rest.length === 0) return;
  const title = `${countOf(rest.length, "more problem")}, also in the job summary`;
  workflow.group(title, firstOf(rest, LINE_LIMIT, placedLineOf));
}

function annotationsOf(outcome: Judged, failOnMissing: boolean): readonly Annotation[] {
  const { images, problems, cacheMiss } = outcome;
  const missed =
    cacheMiss === ""
      ? []
      : [{ title: "cache miss", message: cacheMiss, isError: true, location: undefined }];
  return [
    ...missed,
    ...problems.map(annotationOfFile),
    ...images.flatMap((image) => annotationsOfImage(image, failOnMissing)),
  ];
}

function annotationOfFile({ where, status, message, optional, location }: FileProblem): Annotation {
  return { title: `${where}: ${status}`, message, isError: !optional, location };
}

/** The problems of an image, each at every place that it concerns. */
function annotationsOfImage(image: Resolved, failOnMissing: boolean): readonly Annotation[] {
  const { wanted } = image;
  return problemsOf(image).flatMap((problem) =>
    mentionsOfProblem(wanted, problem).map(({ location, optional }) => ({
      title: titleOf(wanted, problem),
      message: problem.message,
      isError: failsOn(problem.status, optional, failOnMissing),
      location,
    })),
  );
}

function titleOf({ name }: Wanted, { platform, status }: PlatformProblem): string {
  if (platform === "") return `${name}: ${status}`;
  return `${name} ${platform}: ${status}`;
}

function lineOf({ title, message }: Annotation): string {
  return `${title}: ${message}`;
}

/** The line of a problem that has no annotation, which would show its place. */
function placedLineOf(annotation: Annotation): string {
  const { location } = annotation;
  const line = lineOf(annotation);
  return location === undefined ? line : `${location.file}:${location.line}: ${line}`;
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
