/**
 * Rejects with the signal's reason when it aborts from now on, and never settles otherwise. For a
 * race with work that may not end by itself.
 */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const rejectWithReason = (): void => reject(signal.reason);
    signal.addEventListener("abort", rejectWithReason, { once: true });
  });
}
