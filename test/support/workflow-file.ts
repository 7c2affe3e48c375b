import { registerHooks } from "node:module";
import type { WorkflowTemplate } from "@actions/workflow-parser";

// The parser imports JSON without the attribute that Node wants:
// https://nodejs.org/api/esm.html#import-attributes
registerHooks({
  load: (url, context, next) => {
    const isBare = url.endsWith(".json") && context.importAttributes["type"] === undefined;
    return next(url, isBare ? { ...context, importAttributes: { type: "json" } } : context);
  },
});
const parser = await import("@actions/workflow-parser");
const contexts = await import("@actions/workflow-parser/templates/template-context");
const { getWorkflowSchema } = await import("@actions/workflow-parser/workflows/workflow-schema");
const { FeatureFlags } = await import("@actions/expressions");

// GitHub has these since 2026-06-25, and the parser calls them experimental.
const FEATURES = new FeatureFlags({ allowBackgroundSteps: true });

/** A workflow as GitHub's own parser reads it, and what the parser finds wrong with it. */
export type ParsedWorkflow = {
  readonly template: WorkflowTemplate | undefined;
  readonly problems: readonly string[];
};

/** Parses the text of a workflow file. */
export async function parseWorkflowFile(name: string, content: string): Promise<ParsedWorkflow> {
  const errors = new contexts.TemplateValidationErrors();
  const trace = new parser.NoOperationTraceWriter();
  const context = new contexts.TemplateContext(errors, getWorkflowSchema(), trace);
  context.state["featureFlags"] = FEATURES;
  const { value } = parser.parseWorkflow({ name, content }, context);
  const found = errors.getErrors().map(({ message }) => message);
  if (value === undefined || found.length > 0) return { template: undefined, problems: found };
  const options = { featureFlags: FEATURES };
  const template = await parser.convertWorkflowTemplate(context, value, undefined, options);
  const problems = (template.errors ?? []).map(({ Message }) => Message);
  return { template, problems };
}
