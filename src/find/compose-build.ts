import { cachedImages } from "./build-cache.ts";
import type { ComposeFile } from "./compose-file.ts";
import { dockerfileReferences } from "./dockerfile.ts";
import type { Spot } from "./findings.ts";
import { pinOf } from "./pin.ts";
import { spotsIn, UNPLACED } from "./scalar-spot.ts";
import { TEMPLATE_MARK } from "./template.ts";
import type { YamlValue } from "./yaml-value.ts";

const IMAGE_SCHEME = "docker-image://";

/** The additional contexts of a build. */
type Contexts = { readonly names: ReadonlySet<string>; readonly spots: readonly Spot[] };

/** Finds the images that builds start from or take files from. */
export class Builds {
  readonly #file: ComposeFile;
  readonly #contexts = new Map<YamlValue, Contexts>();

  constructor(file: ComposeFile) {
    this.#file = file;
  }

  /** Adds the images of one build, for the platform of its service. */
  find(build: YamlValue, platform: string | undefined): void {
    const contexts = build.get("additional_contexts");
    const { names, spots } = this.#contextsOf(contexts);
    if (this.#file.isNew(contexts, platform)) {
      for (const spot of spots) findContext(this.#file, spot, platform);
    }
    findCaches(this.#file, build.get("cache_from"));
    findInline(this.#file, build.get("dockerfile_inline"), names, platform);
  }

  #contextsOf(value: YamlValue): Contexts {
    const known = this.#contexts.get(value);
    if (known !== undefined) return known;
    const contexts = readContexts(this.#file, value);
    this.#contexts.set(value, contexts);
    return contexts;
  }
}

/**
 * The contexts of a mapping, or of a list of `name=value`:
 * https://github.com/compose-spec/compose-spec/blob/main/build.md#additional_contexts.
 */
function readContexts(file: ComposeFile, value: YamlValue): Contexts {
  const listed = value.items.flatMap((item) => listedContext(file, item));
  const keyed = value.isList ? [] : [...file.entries(value)];
  const names = [...keyed, ...listed].map(([name]) => name);
  const keyedSpots = keyed.flatMap(([, context]) => context.text ?? []);
  const listedSpots = listed.map(([, spot]) => spot);
  return { names: new Set(names), spots: [...keyedSpots, ...listedSpots] };
}

type ListedContext = readonly [name: string, spot: Spot];

function listedContext({ findings }: ComposeFile, item: YamlValue): readonly ListedContext[] {
  const text = item.text;
  const equals = text?.value.indexOf("=") ?? -1;
  if (text === undefined || equals < 0) return [];
  const spotOf = spotsIn(findings.source, text);
  if (spotOf !== undefined) {
    const name = text.value.slice(0, equals);
    return [[name, spotOf(equals + 1, text.value.length)]];
  }
  if (text.value.includes(IMAGE_SCHEME)) findings.unknowable(text, UNPLACED);
  return [];
}

/** Adds the image of a context. Its place includes the scheme, its reference does not. */
function findContext(file: ComposeFile, spot: Spot, platform: string | undefined): void {
  const { findings } = file;
  const expansion = file.expansionOf(spot.value);
  if ("why" in expansion) {
    if (spot.value.startsWith(IMAGE_SCHEME)) findings.unknowable(spot, expansion.why);
    return;
  }
  const { value } = expansion;
  if (!value.startsWith(IMAGE_SCHEME)) return;
  const reference = value.slice(IMAGE_SCHEME.length);
  if (value !== spot.value || value.includes(TEMPLATE_MARK)) {
    return findings.expanded(spot, { value: reference }, { platform });
  }
  const pin = pinOf(findings.source, spot);
  findings.add(spot, reference, { platform, pin });
}

/** https://github.com/compose-spec/compose-spec/blob/main/build.md#cache_from */
function findCaches(file: ComposeFile, caches: YamlValue): void {
  if (!file.isNew(caches)) return;
  for (const cache of caches.items) {
    for (const spot of cachedImages(cache, file.findings)) findCache(file, spot);
  }
}

/** Adds the image of a cache. */
function findCache(file: ComposeFile, spot: Spot): void {
  const expansion = file.expansionOf(spot.value);
  // A variable can stand for a whole cache of another type.
  if ("value" in expansion && /[=,]/.test(expansion.value)) return;
  file.findings.expanded(spot, expansion, { needsNoPlatform: true, isCache: true });
}

/**
 * Adds the references of a Dockerfile in a scalar, except names of contexts. Compose replaces its
 * own variables in the text first: a reference with one does not take the value of an `ARG`.
 */
function findInline(
  file: ComposeFile,
  inline: YamlValue,
  contexts: ReadonlySet<string>,
  platform: string | undefined,
): void {
  const { findings } = file;
  const text = inline.text;
  if (text === undefined || !file.isNew(inline, platform)) return;
  const spotOf = spotsIn(findings.source, text);
  if (spotOf === undefined) return findings.unknowable(text, UNPLACED);
  for (const reference of dockerfileReferences(text.value)) {
    const { start, end, value, needsNoPlatform } = reference;
    if (contexts.has(value)) continue;
    const expansion = value.includes("$") ? file.expansionOf(value) : reference.expansion;
    const required = needsNoPlatform ? undefined : (reference.platform ?? platform);
    findings.expanded(spotOf(start, end), expansion, { platform: required, needsNoPlatform });
  }
}
