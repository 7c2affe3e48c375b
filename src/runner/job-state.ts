/**
 * True unless the job failed or was cancelled. The runner evaluates the input anew for the post step;
 * without a runner, nothing states it.
 */
export function hasJobSucceeded(environment: NodeJS.ProcessEnv): boolean {
  return (environment["INPUT_JOB-STATUS"] || "success") === "success";
}

/** True when the summary may show what the job pulled, by the input `job-summary`. */
export function mayShowReceipt(environment: NodeJS.ProcessEnv): boolean {
  const wanted = environment["INPUT_JOB-SUMMARY"] || "always";
  return wanted === "always" || (wanted === "on-failure" && !hasJobSucceeded(environment));
}
