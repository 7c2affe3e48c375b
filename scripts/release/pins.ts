/** An action in a workflow, pinned by commit: `uses: owner/name@commit # version`. */
export type Pin = {
  /** `owner/name`, followed by the path of an action within the repository if there is one. */
  readonly action: string;
  readonly commit: string;
  /** The comment: a tag of that commit. Empty without a comment. */
  readonly version: string;
};

// In a flow mapping, no comment can follow.
const PIN =
  /(?<=\buses: *["']?)([\w.-]+\/[\w./-]+)@([0-9a-f]{40})(?![0-9a-f])(?:(["']? +# )(v[\w.+-]+))?/g;

/** The repository of an action: `github/codeql-action` of `github/codeql-action/init`. */
export function repositoryOf(action: string): string {
  return action.split("/").slice(0, 2).join("/");
}

/** Every pin of a text, in its order. */
export function pinsIn(text: string): readonly Pin[] {
  return [...text.matchAll(PIN)].map(([, action = "", commit = "", , version = ""]) => ({
    action,
    commit,
    version,
  }));
}

/** The text with each pinned action at the commit of `pins`, by repository. Others stay. */
export function rewritePins(text: string, pins: ReadonlyMap<string, Omit<Pin, "action">>): string {
  return text.replace(PIN, (found, action: string, _commit, before?: string) => {
    const pin = pins.get(repositoryOf(action));
    if (pin === undefined) return found;
    const comment = before === undefined ? "" : `${before}${pin.version}`;
    return `${action}@${pin.commit}${comment}`;
  });
}
