// https://github.com/containerd/platforms/blob/main/database.go
const ARCHITECTURES: ReadonlySet<string> = new Set([
  ...["386", "amd64", "i386", "x86_64", "x86-64"],
  ...["arm", "arm64", "aarch64", "armhf", "armel"],
  ...["loong64", "mips64le", "ppc64le", "riscv64", "s390x"],
]);

/**
 * The platform that a file states, in the form `os/arch[/variant]` where it has one of containerd's
 * short forms. An architecture alone is one of Linux. Undefined for `linux` alone, which leaves the
 * architecture to the job, and for nothing. Everything else stays as it is written.
 */
export function statedPlatform(written: string): string | undefined {
  const platform = written.trim();
  const word = platform.toLowerCase();
  if (word === "" || word === "linux") return undefined;
  return ARCHITECTURES.has(word) ? `linux/${word}` : platform;
}
