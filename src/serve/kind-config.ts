/**
 * The configuration of a kind cluster with one node, in which containerd reads `directory` of this
 * machine as its `certs.d`. That directory must contain `_default/hosts.toml` as `hostsToml`
 * returns it, and exist as long as the cluster. It is mounted because containerd 2 refuses mirrors
 * in its own configuration, where older versions had them.
 *
 * Nodes do not share the loopback of their machine, so the job's registry must listen on an address
 * that they reach, such as the gateway of the Docker network `kind`. Nodes older than kind 0.27
 * need the patch; newer ones ignore it:
 * https://kind.sigs.k8s.io/docs/user/local-registry/
 */
export function kindConfig(directory: string): string {
  return `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
containerdConfigPatches:
  - |-
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
nodes:
  - role: control-plane
    extraMounts:
      - hostPath: ${JSON.stringify(directory)}
        containerPath: /etc/containerd/certs.d
        readOnly: true
`;
}
