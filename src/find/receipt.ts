import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { type Finding, Findings, type Spot } from "./findings.ts";
import { type ReceiptRow, readReceipt } from "./receipt-file.ts";
import type { SourceText } from "./source-text.ts";
import { YamlTree } from "./yaml-tree.ts";

/** The digest that a job used for each tag, by the full form of the reference. */
export type UsedDigests = ReadonlyMap<string, Digest>;

/**
 * Finds the images of a receipt, each with its platforms. Where a tag moved in the job, its last
 * digest stands for it, and the images before are named by digest. Nothing is ever written into a
 * receipt. Returns undefined for a text that is none. Why is not said: the file may be another one,
 * with a secret in it.
 */
export function findInReceipt(source: SourceText): (Finding & { used: UsedDigests }) | undefined {
  const rows = rowsOf(source.text);
  if (rows === undefined) return undefined;
  const used = usedDigests(rows);
  const findings = new Findings(source);
  for (const [at, spot] of spotsOf(source).entries()) {
    const row = rows[at];
    if (row !== undefined) addRow(row, spot, used, findings);
  }
  return { used, ...findings.found() };
}

function rowsOf(text: string): readonly ReceiptRow[] | undefined {
  try {
    return readReceipt(Buffer.from(text));
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return undefined;
  }
}

/** Where the references of the rows are. All JSON is YAML. */
function spotsOf(source: SourceText): readonly Spot[] {
  const [list] = new YamlTree(source, source.text).documents;
  return (list?.items ?? []).flatMap((row) => row.get("reference").text ?? []);
}

function usedDigests(rows: readonly ReceiptRow[]): UsedDigests {
  const latest = new Map<string, ReceiptRow>();
  for (const row of rows) {
    const { reference, pinned, last } = row;
    const isLater = last >= (latest.get(reference)?.last ?? "");
    if (reference !== pinned && isLater) latest.set(reference, row);
  }
  return new Map([...latest].map(([reference, { digest }]) => [reference, digest]));
}

function addRow(row: ReceiptRow, spot: Spot, used: UsedDigests, findings: Findings): void {
  const { reference, digest, pinned, platforms } = row;
  const isTag = used.get(reference) === digest;
  const named = isTag ? reference : pinned;
  if (platforms.length === 0) findings.add(spot, named, {});
  for (const platform of platforms) findings.add(spot, named, { platform });
}
