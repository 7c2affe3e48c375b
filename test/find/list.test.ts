import { describe, it } from "node:test";
import { assertFinds } from "../support/marked.ts";

const ROWS: Readonly<Record<string, string>> = {
  "takes one reference a line": "⟦alpine:3.20⟧\n⟦ghcr.io/org/app⟧\n",
  "skips blank lines and comments": "# all\n\n  ⟦alpine:3.20⟧  # base\n   \n",
  "takes CRLF, a byte order mark, and a last line without an end":
    "\uFEFF⟦alpine:3.20⟧\r\n⟦busybox⟧",
  "lists a variable as unknown": "⟪alpine:$TAG⟫\n⟪${IMAGE}⟫\n⟪{{ image }}⟫\n",
};

describe("findInList", () => {
  for (const [what, text] of Object.entries(ROWS)) {
    it(what, () => assertFinds("images.txt", text));
  }
});
