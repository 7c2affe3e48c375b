import assert from "node:assert/strict";
import { parse } from "yaml";
import { textOf } from "./pages.ts";

const OURS = "org/registry-pull@";
const declared = Object.keys(parse(textOf("action.yml")).inputs);

/**
 * The inputs of every step in a workflow, or in a part of one, that uses this action. Fails for an
 * input that action.yml does not declare: the runner would only warn about it.
 */
export function ownInputs(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const nested = Object.values(value).flatMap(ownInputs);
  const isOurs = "uses" in value && String(value.uses).startsWith(OURS);
  if (!isOurs || !("with" in value)) return nested;
  const inputs = Object(value.with);
  for (const name of Object.keys(inputs)) assert.ok(declared.includes(name), name);
  return [inputs, ...nested];
}
