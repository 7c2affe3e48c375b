import type { NamedImage } from "./named.ts";

/** What the step hands to the process of the job's registry, as JSON on its standard input. */
export type ServerConfig = {
  /** The step's own environment, with its inputs and secrets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly temporary: string;
  /** Where the registry keeps its files. */
  readonly directory: string;
  readonly images: readonly NamedImage[];
  /** The full names of the repositories that may be asked with credentials. */
  readonly repositories: readonly string[];
  /** The processes that may run the steps of the job, the nearest first. */
  readonly processes: readonly string[];
};

/** What the process of the job's registry answers on its standard output, as one line of JSON. */
export type Ready =
  | {
      readonly port: number;
      /** The process, as other processes identify it. */
      readonly holder: string;
    }
  | { readonly problem: string };
