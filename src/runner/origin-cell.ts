import type { Wanted } from "../gate/plan.ts";
import type { Resolved } from "../gate/resolved.ts";
import type { Result, Tally } from "../pull/outcome.ts";
import { markdown } from "./sanitiser.ts";
import { formatBytes } from "./wording.ts";

/**
 * Where an image and its bytes came from, as a cell in Markdown; empty when its own registry
 * answered without credentials, and nothing was pulled.
 */
export function originCell(image: Result): string {
  const bytes = image.pulled === undefined ? "" : tallyCell(image.pulled.tally, image.wanted);
  const parts = [registryCell(image), bytes].filter((part) => part !== "");
  return parts.join("<br>");
}

function registryCell({ wanted, root, unread }: Resolved): string {
  if (root === undefined) return unread === undefined ? "" : "as locked";
  const { authenticated, source } = root.fetched;
  const registry = markdown(wanted.reference.registry);
  const isThere = !isElsewhere(source, wanted);
  if (isThere) return authenticated ? `${registry}, with credentials` : "";
  const place = `${registry} by way of ${markdown(source)}`;
  return authenticated ? `${place}, with credentials` : place;
}

function isElsewhere(source: string, { reference }: Wanted): boolean {
  return source !== reference.registry && source !== "cache" && source !== "layout";
}

/** Where the bytes of an image came from, without the places that none came from. */
function tallyCell(
  { restored, downloaded, alreadyThere, seconds, places }: Tally,
  wanted: Wanted,
): string {
  const parts: string[] = [];
  if (restored > 0) parts.push(`${formatBytes(restored)} from the cache`);
  const from = fromPlaces(places, wanted);
  if (downloaded > 0) parts.push(`${formatBytes(downloaded)} downloaded${from}`);
  if (alreadyThere > 0) parts.push(`${formatBytes(alreadyThere)} reused`);
  const bytes = parts.join(", ");
  return seconds === 0 ? bytes : `${bytes} in ${seconds.toFixed(1)} s`;
}

/** Where downloaded bytes came from, unless the image's registry sent all of them. */
function fromPlaces(places: Tally["places"], { reference }: Wanted): string {
  const [only = "", ...others] = places.keys();
  if (others.length === 0) return only === reference.registry ? "" : ` from ${markdown(only)}`;
  const parts = [...places].map(
    ([place, bytes]) => `${formatBytes(bytes)} from ${markdown(place)}`,
  );
  return ` (${parts.join(", ")})`;
}
