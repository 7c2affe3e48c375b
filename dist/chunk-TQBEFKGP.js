import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/sanitiser.ts
var LENGTH_LIMIT = 4e3;
var INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u00a0\u2007\u202f\ufeff]/gu;
function sanitise(text) {
  const line = text.slice(0, LENGTH_LIMIT + 1).replace(INVISIBLE, visible);
  const harmless = line.replace(/:(?=:)/g, ":\\").replace(/#(?=#)/g, "#\\");
  return harmless.length > LENGTH_LIMIT ? `${harmless.slice(0, LENGTH_LIMIT)}\u2026` : harmless;
}
__name(sanitise, "sanitise");
function visible(character) {
  const code = character.codePointAt(0) ?? 0;
  return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
__name(visible, "visible");
function withhold(secrets, text) {
  return [...secrets].toSorted((one, other) => other.length - one.length).reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}
__name(withhold, "withhold");
var ACTIVE = /([&<|`*_~[\\])|[@#$]|:(?=\/\/|[\w+-]+:)|(?<=www)\./gi;
function markdown(text) {
  return sanitise(text).replace(
    ACTIVE,
    (found, markup) => markup === void 0 ? `<span>${found}</span>` : `&#${markup.charCodeAt(0)};`
  );
}
__name(markdown, "markdown");
var NOT_PLAIN = /^[^\w\\]|[^\w+\-./:\\]/g;
function harmlessJson(value) {
  const json = JSON.stringify(value).replace(/\\[^u]/g, (pair) => unicode(JSON.parse(`"${pair}"`)));
  const parts = json.split('"');
  return parts.map((part, at) => at % 2 === 0 ? part : part.replace(NOT_PLAIN, unicode)).join('"');
}
__name(harmlessJson, "harmlessJson");
function unicode(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
__name(unicode, "unicode");

export {
  sanitise,
  withhold,
  markdown,
  harmlessJson
};
