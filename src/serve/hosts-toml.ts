/** What a file for a client states about the job's registry. */
export type ServedAt = {
  /** `host:port` of the job's registry. */
  readonly address: string;
  /** True when clients must not ask the upstream. */
  readonly only: boolean;
  /** The server process, as a holder; see `store/holder`. */
  readonly holder: string;
};

/** A comment that states which process a file belongs to, and that the file will go. */
export function ownerLine(holder: string): string {
  return `# registry-pull ${holder}: removed when the job ends`;
}

/**
 * A `hosts.toml` that sends every registry to the job's registry. It is for `certs.d/_default` of
 * Docker or containerd, which then state the registry as `?ns=`. They ask the upstream when a
 * request fails, except with `only`: then `server` replaces the upstream.
 * https://github.com/containerd/containerd/blob/main/docs/hosts.md#server-field
 */
export function hostsToml({ address, only, holder }: ServedAt): string {
  const url = `"http://${address}"`;
  const lines = [
    ownerLine(holder),
    ...(only ? [`server = ${url}`] : []),
    "",
    `[host.${url}]`,
    '  capabilities = ["pull", "resolve"]',
  ];
  return `${lines.join("\n")}\n`;
}
