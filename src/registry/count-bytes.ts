import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Repository } from "../oci/reference.ts";
import type { Api } from "./api.ts";

// The largest layer that Docker Hub accepts:
// https://docs.docker.com/docker-hub/repos/manage/hub-images/push/
const LAYER_BYTES = 10 * 1024 ** 3;

/**
 * The size of a blob in bytes, counted in a download that keeps nothing. Fails as `api` does, and as
 * `invalid` above 10 GiB.
 */
export async function countBytes(
  api: Pick<Api, "send">,
  repository: Repository,
  digest: Digest,
): Promise<number> {
  let size = 0;
  const write = (chunk: Buffer): boolean => {
    size += chunk.length;
    if (size <= LAYER_BYTES) return true;
    throw new PullError("too-large", `too large: ${digest} has more than ${LAYER_BYTES} bytes`);
  };
  const wanted = {
    method: "GET",
    headers: {},
    limit: LAYER_BYTES,
    sink: { begin: async () => true, write },
  } as const;
  await api.send(repository, `blobs/${digest}`, wanted);
  return size;
}
