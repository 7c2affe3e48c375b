import { foundBy } from "../oci/failure.ts";
import type { HelperAnswer, RunHelper } from "../registry/helper.ts";
import { type Bounds, environmentFor, runProgram } from "./program.ts";

// Helpers of clouds ask a service over the network; one that hangs must not hang the job.
const HELPER_DEADLINE_MS = 30_000;
const HELPER_OUTPUT_LIMIT = 64 * 1024;

// The variables that helpers document, in addition to those that every program needs.
const HELPERS = [
  // https://github.com/awslabs/amazon-ecr-credential-helper
  "AWS_*",
  // https://github.com/GoogleCloudPlatform/docker-credential-gcr
  "GOOGLE_* CLOUDSDK_*",
  // https://pkg.go.dev/github.com/osscontainertools/docker-credential-acr
  "AZURE_*",
  // The desktop's keyring, and pass with its gpg: https://github.com/docker/docker-credential-helpers
  "DISPLAY WAYLAND_DISPLAY GNUPGHOME GPG_TTY PASSWORD_STORE_*",
  // https://pkg.go.dev/github.com/isometry/docker-credential-env
  "DOCKER_*_USR DOCKER_*_PSW",
];

/** Runs credential helpers with limited time, output and environment. */
export function helperRunner(environment: NodeJS.ProcessEnv, bounds: Bounds): RunHelper {
  const env = environmentFor(environment, ...HELPERS);
  return async (name, input) => {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      return { output: "", error: "its name contains a character that no helper's name has" };
    }
    return run(`docker-credential-${name}`, input, env, bounds);
  };
}

async function run(
  command: string,
  input: string,
  env: NodeJS.ProcessEnv,
  { after, signal }: Bounds,
): Promise<HelperAnswer> {
  const stop = new AbortController();
  const cancelDeadline = after(HELPER_DEADLINE_MS, () => {
    const late = `no answer within ${HELPER_DEADLINE_MS / 1_000} s`;
    stop.abort(new Error(late));
  });
  let output = "";
  const read = (text: string): void => {
    output += text;
    if (output.length > HELPER_OUTPUT_LIMIT) {
      stop.abort(new Error(`more than ${HELPER_OUTPUT_LIMIT} bytes of output`));
    }
  };
  const program = {
    command,
    args: ["get"],
    env,
    input: [input],
    read,
    errors: false,
  };
  const bounds = { after, signal: AbortSignal.any([signal, stop.signal]) };
  try {
    const { code, killedBy } = await runProgram(program, bounds);
    if (code === 0) return { output, error: undefined };
    const end = killedBy ?? `exit code ${code}`;
    return { output, error: `${end} ${messageIn(output)}`.trim() };
  } catch (error) {
    return { output, error: foundBy(error) };
  } finally {
    cancelDeadline();
  }
}

/** A failed helper's message; empty if it may be the start of an answer, with a secret in it. */
function messageIn(output: string): string {
  if (output.includes("{")) return "";
  return output.trim().slice(0, 200);
}
