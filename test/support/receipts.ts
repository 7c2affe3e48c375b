import type { ReceiptRow } from "../../src/find/receipt-file.ts";
import { formatReference, parseReference, repositoryName } from "../../src/oci/reference.ts";
import { digestOfAll } from "./locks.ts";

/** A row for a reference, with the digest of it or, without one, of all `a`. */
export function receiptRow(written: string, more: Partial<ReceiptRow> = {}): ReceiptRow {
  const reference = parseReference(written);
  const digest = more.digest ?? reference.digest ?? digestOfAll("a");
  return {
    reference: formatReference(reference),
    digest,
    pinned: `${repositoryName(reference)}@${digest}`,
    platforms: ["linux/amd64"],
    clients: ["docker 28.5.2"],
    pulls: 1,
    bytes: { layout: 0, cache: 0, registry: { [reference.registry]: 3_400_000 } },
    first: "2026-11-21T09:30:00.000Z",
    last: "2026-11-21T09:30:02.500Z",
    seconds: 2.5,
    ...more,
  };
}
