import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where clients have their files on this machine. Tests pass other places. */
export type ClientPlaces = {
  /** The configuration of an engine that runs as root: `/etc/docker`. */
  readonly systemDocker: string;
  /** The configuration of an engine that runs without root: `~/.config/docker`. */
  readonly userDocker: string;
  /** Drop-ins of podman, skopeo and buildah, for root and for other users. */
  readonly registriesConf: string;
  readonly proc: string;
  /** The lock that processes hold while they change these files. */
  readonly lock: string;
};

/**
 * The places of this machine, for its user.
 *
 * Docker reads https://docs.docker.com/engine/security/certificates/ and
 * https://docs.docker.com/engine/security/rootless/tips/#daemon-configuration; the others read
 * https://github.com/containers/image/blob/main/docs/containers-registries.conf.d.5.md.
 */
export function clientPlaces(environment: NodeJS.ProcessEnv): ClientPlaces {
  const home = environment["HOME"] || passwordHome();
  const config = environment["XDG_CONFIG_HOME"] || join(home, ".config");
  return {
    systemDocker: "/etc/docker",
    userDocker: join(config, "docker"),
    // Not in XDG_CONFIG_HOME, which these programs ignore for registries.
    registriesConf: join(home, ".config/containers/registries.conf.d"),
    proc: "/proc",
    // Users cannot remove each other's locks in the temporary directory.
    lock: join(tmpdir(), `registry-pull-clients-${process.getuid?.() ?? 0}.lock`),
  };
}

/** The home that the password file states; the root for a user that is not in it. */
function passwordHome(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}

/** The directory in which an engine finds the hosts of a registry without a directory there. */
export function defaultHosts(docker: string): string {
  return join(docker, "certs.d/_default");
}
