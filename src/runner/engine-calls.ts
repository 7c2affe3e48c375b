/** The engines that can load an image. */
export type EngineName = "docker" | "podman";

/** How a call of an engine ended, and the end of what it printed or answered. */
export type Answered = {
  /** Empty when it succeeded, else how it failed: `exit code 1`, `status 500`. */
  readonly failure: string;
  readonly output: string;
};

/**
 * What images need of an engine, by its program or by its socket. A call fails as `unsupported` when
 * the engine cannot be reached, and an engine's refusal is an answer.
 */
export type EngineCalls = {
  /** Answers with the driver of its image store, among others. */
  readonly info: () => Promise<Answered>;
  /** Answers with the ID of an image, or of one of its platforms. */
  readonly inspect: (name: string, platform?: string) => Promise<Answered>;
  readonly load: (archive: AsyncIterable<Buffer>) => Promise<Answered>;
  /** Pulls `registry/repository@sha256:…` for a platform. */
  readonly pull: (reference: string, platform: string) => Promise<Answered>;
  /** Removes a name of an image. */
  readonly remove: (reference: string) => Promise<Answered>;
};
