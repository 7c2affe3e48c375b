import type { HttpAnswer, UnaddressedRequest } from "../http/http.ts";
import type { Repository } from "../oci/reference.ts";
import type { Api, Reached } from "./api.ts";
import { RefusedError } from "./refused-error.ts";

/** The headers of a request, and the most times to send it, when fewer than usual. */
export type Probe = Pick<UnaddressedRequest, "headers" | "attempts">;

/**
 * The answer to a HEAD. A refused HEAD has no message: a GET of the first byte gets it, and works
 * for registries without HEAD:
 * https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go
 */
export async function head(
  api: Pick<Api, "send">,
  repository: Repository,
  path: string,
  headers: Probe["headers"],
): Promise<Reached> {
  const wanted = { method: "HEAD", headers, limit: 0 } as const;
  try {
    return await api.send(repository, path, wanted);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const hasNoHead = error.answered === 405 || error.answered === 501;
    // The HEAD was retried already, so the GET is not.
    const attempts = hasNoHead ? undefined : 1;
    return getFirstByte(api, repository, path, { headers, attempts });
  }
}

/** The headers of the answer to a GET of the first byte; some registries send the whole. */
export function getFirstByte(
  api: Pick<Api, "send">,
  repository: Repository,
  path: string,
  { headers, attempts }: Probe,
): Promise<Reached> {
  const wanted = {
    method: "GET",
    headers: { ...headers, range: "bytes=0-0" },
    limit: 0,
    headOnly: true,
    attempts,
  } as const;
  return api.send(repository, path, wanted);
}

/** The size in bytes of the whole document or blob, if the headers of an answer state it. */
export function statedSize({ status, headers }: HttpAnswer): number | undefined {
  const range = headers["content-range"] ?? "";
  const [, total = ""] = range.split("/");
  const length = status === 206 ? total : (headers["content-length"] ?? "");
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
