import { BYTES } from "./bytes.ts";
import { FILES } from "./files.ts";
import { JOB } from "./job.ts";
import type { Mutation } from "./mutation.ts";
import { SECRETS } from "./secrets.ts";

/** All mutations, in the order of docs/threat-model.md; every promise there has at least one. */
export const MUTATIONS: readonly Mutation[] = [...BYTES, ...SECRETS, ...JOB, ...FILES];
