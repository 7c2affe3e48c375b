import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/runner/sanitiser.ts
var LENGTH_LIMIT = 4e3;
var INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u00a0\u2007\u202f\ufeff]/gu;
function sanitise(text) {
  const start = text.slice(0, LENGTH_LIMIT + 1);
  const line = start.replace(INVISIBLE, visible);
  const harmless = line.replace(/:(?=:)/g, ":\\").replace(/#(?=#)/g, "#\\");
  if (harmless.length <= LENGTH_LIMIT) return harmless;
  return `${harmless.slice(0, LENGTH_LIMIT)}…`;
}
function visible(character) {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 256) return `\\x${hex.padStart(2, "0")}`;
  return `\\u${hex.padStart(4, "0")}`;
}
function withhold(secrets, text) {
  const ordered = [...secrets].toSorted((one, other) => other.length - one.length);
  let rest = text;
  for (const secret of ordered) {
    rest = rest.replaceAll(secret, "***");
  }
  return rest;
}
var ACTIVE = /([&<|`*_~[\\])|[@#$]|:(?=\/\/|[\w+-]+:)|(?<=www)\./gi;
function markdown(text) {
  return sanitise(text).replace(ACTIVE, inert);
}
function inert(found, markup) {
  if (markup === void 0) return `<span>${found}</span>`;
  return `&#${markup.charCodeAt(0)};`;
}
var NOT_PLAIN = /^[^\w\\]|[^\w+\-./:\\]/g;
function harmlessJson(value) {
  const json = JSON.stringify(value).replace(/\\[^u]/g, longEscape);
  const parts = json.split('"').map((part, at) => {
    const isString = at % 2 === 1;
    return isString ? part.replace(NOT_PLAIN, unicode) : part;
  });
  return parts.join('"');
}
function longEscape(pair) {
  const character = JSON.parse(`"${pair}"`);
  return unicode(character);
}
function unicode(character) {
  const hex = character.charCodeAt(0).toString(16);
  return `\\u${hex.padStart(4, "0")}`;
}

export {
  sanitise,
  withhold,
  markdown,
  harmlessJson
};
