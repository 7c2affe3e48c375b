import type { Problem } from "../../src/gate/problem.ts";
import { needsOf } from "../../src/pull/needs.ts";
import { type Pullable, toPullable } from "../../src/pull/pullable.ts";
import { type TransferOptions, type Transferred, transferAll } from "../../src/pull/transfer.ts";
import type { Made } from "./image.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { MemoryStore } from "./memory-store.ts";
import { pullOptions, resolved } from "./resolving.ts";

/** A transfer from a registry in memory to a store in memory, one blob at a time. */
export class MemoryTransfer {
  readonly registry = new MemoryRegistry();
  readonly store = new MemoryStore();
  readonly stop = new AbortController();
  /** Bytes that were announced, and bytes that arrived, by origin. */
  planned = 0;
  readonly moved: Record<string, number> = {};

  /** An image that passed the gate; what the gate asked is forgotten. */
  async passed(path: string, made: Made, optional = false): Promise<Pullable> {
    const written = this.registry.push(path, "1", made);
    const image = toPullable(await resolved(this.registry, written, { optional, name: path }));
    this.registry.asked.length = 0;
    return image;
  }

  run(images: readonly Pullable[], options: Partial<TransferOptions> = {}): Promise<Transferred> {
    const { registry, store, moved } = this;
    const progress: TransferOptions["progress"] = {
      planned: (bytes) => {
        this.planned += bytes;
      },
      moved: (bytes, from) => {
        moved[from] = (moved[from] ?? 0) + bytes;
      },
    };
    const { signal } = this.stop;
    const all = pullOptions({ concurrency: 1, progress, signal, ...options });
    return transferAll(needsOf(images), { registry, store }, all);
  }

  /** The downloads that the registry was asked for, in order. */
  get downloads(): readonly string[] {
    return this.registry.asked.filter((line) => line.startsWith("download "));
  }
}

/** The problem of each image that failed, by the image's name. */
export function failuresOf({ failures }: Transferred): Readonly<Record<string, Problem>> {
  return Object.fromEntries([...failures].map(([{ wanted }, problem]) => [wanted.name, problem]));
}
