import type { BlobPart, BlobTarget } from "../oci/target.ts";

/**
 * The same target, with its bytes counted: `moved` is called before each chunk is written and, with
 * a negative count, when received bytes are discarded. What `moved` throws ends the transfer.
 */
export function countedTarget(target: BlobTarget, moved: (bytes: number) => void): BlobTarget {
  return {
    get received() {
      return target.received;
    },
    part: (start) => countedPart(target.part(start), moved),
    restart: async () => {
      moved(-target.received);
      await target.restart();
    },
    commit: () => target.commit(),
  };
}

function countedPart(part: BlobPart, moved: (bytes: number) => void): BlobPart {
  return {
    get received() {
      return part.received;
    },
    write: (chunk) => {
      moved(chunk.length);
      part.write(chunk);
    },
  };
}
