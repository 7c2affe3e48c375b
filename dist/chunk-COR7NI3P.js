import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/runner/day.ts
var DAY = /^\d{4}-\d{2}-\d{2}$/;
function isDay(text) {
  if (!DAY.test(text)) return false;
  const date = /* @__PURE__ */ new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
function dayOf(dateTime) {
  const [day = "", time] = dateTime.split("T");
  return time !== void 0 && isDay(day) ? day : "";
}

export {
  isDay,
  dayOf
};
