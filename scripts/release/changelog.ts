/** What the changelog has about one version. */
export type Entry = {
  readonly version: string;
  /** Markdown, without the heading. */
  readonly text: string;
};

const HEADING = /^## (\S+)$/;

/** The entries of a changelog, in its order: the newest comes first. */
export function entriesOf(changelog: string): readonly Entry[] {
  const entries: { version: string; lines: string[] }[] = [];
  for (const line of changelog.split(/\r?\n/)) {
    const version = HEADING.exec(line)?.[1];
    if (version !== undefined) entries.push({ version, lines: [] });
    else entries.at(-1)?.lines.push(line);
  }
  return entries.map(({ version, lines }) => ({ version, text: lines.join("\n").trim() }));
}
