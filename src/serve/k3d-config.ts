/**
 * A `registries.yaml` for k3d, which k3s reads when it starts. The job's registry becomes a mirror
 * of every registry. k3s asks the upstream when a request fails, unless it runs with
 * `--disable-default-registry-endpoint`:
 * https://docs.k3s.io/installation/private-registry#default-endpoint-fallback
 *
 * Nodes do not share the loopback of their machine, so the job's registry must listen on an address
 * that they reach, such as the gateway of the cluster's Docker network.
 */
export function k3dConfig(address: string): string {
  // Some versions add an entry for Docker Hub, which then takes precedence:
  // https://github.com/k3s-io/k3s/issues/2088
  const entries = ["*", "docker.io"].map(
    (registry) => `  "${registry}":\n    endpoint:\n      - "http://${address}"\n`,
  );
  return ["mirrors:\n", ...entries].join("");
}
