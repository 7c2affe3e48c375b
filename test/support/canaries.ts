/** A secret that a test plants, and must not find where it does not belong. */
export type Canary = { readonly name: string; readonly secret: string };

/** The canaries in `text`, raw or encoded, each as `name (form)`. */
export function findCanaries(
  text: string | Uint8Array,
  canaries: readonly Canary[],
): readonly string[] {
  const hay = typeof text === "string" ? text : Buffer.from(text).toString("latin1");
  return canaries.flatMap(({ name, secret }) =>
    [...formsOf(secret)]
      .filter(([, needle]) => hay.includes(needle))
      .map(([form]) => `${name} (${form})`),
  );
}

/**
 * Every encoding of a secret, by name. Encodings that also depend on neighbouring bytes are cut to
 * the part that does not.
 */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret);
  const forms = new Map([
    ["raw", secret],
    ["base64url", bytes.toString("base64url")],
    ["hex", bytes.toString("hex")],
    ["HEX", bytes.toString("hex").toUpperCase()],
    ["percent", encodeURIComponent(secret)],
    ["form", new URLSearchParams([["", secret]]).toString().slice(1)],
    ["JSON", JSON.stringify(secret).slice(1, -1)],
  ]);
  for (const shift of [0, 1, 2]) {
    // The first character after a shift and the last one contain bits of neighbouring bytes.
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    forms.set(`base64, shifted by ${shift}`, encoded.slice(shift === 0 ? 0 : shift + 1, -1));
  }
  return forms;
}
