import { type Expansion, whyUnknown } from "./findings.ts";
import { printedByHelm } from "./helm-scalar.ts";
import { SourceText } from "./source-text.ts";
import type { Surroundings } from "./surroundings.ts";
import { hideTemplates } from "./template.ts";
import { YamlTree } from "./yaml-tree.ts";

/** What the values of a chart depend on besides their text. */
export type ChartFiles = Pick<Surroundings, "beside">;

/**
 * The `appVersion` in the Chart.yaml beside the values
 * (https://helm.sh/docs/topics/charts/#the-appversion-field), or why it is unknown.
 */
export function appVersionOf({ beside }: ChartFiles): Expansion {
  const text = beside("Chart.yaml");
  if (text === undefined)
    return { why: "its tag is in a Chart.yaml, which is not beside the file" };
  const source = new SourceText(text);
  const { documents } = new YamlTree(source, hideTemplates(source.text));
  const versions = documents.map((chart) => chart.get("appVersion"));
  const [version = ""] = versions.map(printedByHelm);
  const why = whyUnknown(version);
  if (why !== undefined) return { why: `its tag is the appVersion in Chart.yaml, and ${why}` };
  if (version === "") return { why: "its tag is the appVersion, which Chart.yaml does not have" };
  return { value: version };
}
