/** A registry that runs for the rest of the job, as outputs and summary show it. */
export type Serving = {
  /** `host:port` for programs of this machine. */
  readonly address: string;
  /** For `buildkitd-config-inline` of docker/setup-buildx-action. */
  readonly buildkitdConfig: string;
  readonly kindConfig: string;
  readonly k3dConfig: string;
  /** The path of podman's drop-in; empty when none was written. */
  readonly registriesConf: string;
  /** The path of the receipt. */
  readonly receiptFile: string;
};
