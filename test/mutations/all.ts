import { BYTES } from "./bytes.ts";
import { FILES } from "./files.ts";
import { JOB } from "./job.ts";
import { LOCK } from "./lock.ts";
import type { Mutation } from "./mutation.ts";
import { PLACES } from "./places.ts";
import { SECRETS } from "./secrets.ts";
import { SERVE } from "./serve.ts";

/** All mutations; every promise of docs/threat-model.md has at least one. */
export const MUTATIONS: readonly Mutation[] = [
  ...BYTES,
  ...PLACES,
  ...SECRETS,
  ...JOB,
  ...FILES,
  ...LOCK,
  ...SERVE,
];
