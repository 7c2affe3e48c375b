import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellScript } from "./contenders.ts";
import { SIX } from "./fixtures.ts";
import type { Contender } from "./row.ts";
import type { Setup } from "./setup.ts";

type Environment = Readonly<Record<string, string>>;

/** How clients reach a registry. */
export type Access = {
  readonly isPlainHttp: boolean;
  readonly environment: Environment;
};

/** The peers that can verify every manifest and config of an index of six platforms. */
export function oneResolvers(reference: string, access: Access): readonly Contender[] {
  const inspect = ["docker", "buildx", "imagetools", "inspect"];
  const resolvers: readonly Contender[] = [
    {
      program: "crane",
      name: "crane validate",
      command: () => ["crane", "validate", "--fast", "--remote", reference],
    },
    shellScript("skopeo", "skopeo inspect", () => skopeoInspect(reference, access)),
    shellScript("oras", "oras", () => orasFetch(reference, access)),
    {
      program: "docker",
      name: "imagetools",
      command: () => [...inspect, reference, "--format", "{{json .Image}}"],
    },
  ];
  return withEnvironment(resolvers, access);
}

function skopeoInspect(reference: string, { isPlainHttp }: Access): string {
  const tls = isPlainHttp ? " --tls-verify=false" : "";
  const commands = SIX.map((platform) => {
    const [os, architecture, variant] = platform.split("/");
    const override = variant === undefined ? "" : ` --override-variant ${variant}`;
    const flags = `--override-os ${os} --override-arch ${architecture}${override}`;
    return `skopeo ${flags} inspect --config${tls} docker://${reference} >/dev/null`;
  });
  return commands.join("\n");
}

function orasFetch(reference: string, { isPlainHttp }: Access): string {
  const plain = isPlainHttp ? " --plain-http" : "";
  const config = `oras manifest fetch-config${plain} --platform $p ${reference} >/dev/null`;
  return [
    `oras manifest fetch${plain} ${reference} >/dev/null`,
    `for p in ${SIX.join(" ")}; do ${config}; done`,
  ].join("\n");
}

/** The peers that can do the same for many references, with the references as they read them. */
export type FleetResolvers = {
  readonly crane: (processes: number) => Contender;
  readonly imagetools: (processes: number) => Contender;
};

/** Writes the references to the file `name`, and makes the peers that read it. */
export function fleetResolvers(
  { directory }: Setup,
  name: string,
  references: readonly string[],
  access: Access,
): FleetResolvers {
  const list = join(directory, name);
  writeFileSync(list, `${references.join("\n")}\n`);
  const { environment } = access;
  const make = (program: string, label: string, script: string): Contender => ({
    ...shellScript(program, label, () => script),
    environment,
  });
  const validate = "crane validate --fast --remote";
  const inspect = "docker buildx imagetools inspect % --format '{{json .Image}}'";
  return {
    crane: (n) => make("crane", `crane validate ×${n}`, `xargs -P${n} -n1 ${validate} <${list}`),
    imagetools: (n) =>
      make("docker", `imagetools ×${n}`, `xargs -P${n} -I% ${inspect} <${list} >/dev/null`),
  };
}

function withEnvironment(
  contenders: readonly Contender[],
  { environment }: Access,
): readonly Contender[] {
  return contenders.map((contender) => ({ ...contender, environment }));
}
