/** A secret that is planted, to be looked for wherever it has no business. */
export type Canary = { readonly name: string; readonly secret: string };

/** The canaries that are in `text`, each as `name (form)`: as it is, and in every form it may have been put in on its way. */
export function findCanaries(text: string | Uint8Array, canaries: readonly Canary[]): readonly string[] {
  const hay = typeof text === "string" ? text : Buffer.from(text).toString("latin1");
  return canaries.flatMap(({ name, secret }) =>
    [...formsOf(secret)].filter(([, needle]) => hay.includes(needle)).map(([form]) => `${name} (${form})`),
  );
}

/** Every form of a secret by its name. Forms that hold something of what stands around them are cut to what is certain. */
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
    // The first character after a shift and the last one before the end hold bits of their neighbours.
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    forms.set(`base64, shifted by ${shift}`, encoded.slice(shift === 0 ? 0 : shift + 1, -1));
  }
  return forms;
}
