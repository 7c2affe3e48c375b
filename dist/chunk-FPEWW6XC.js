import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/action/task.ts
function warnOnce(voice) {
  let isFirst = true;
  const warn = (message) => {
    (isFirst ? voice.warn : voice.say)(message);
    isFirst = false;
  };
  return { ...voice, warn };
}

export {
  warnOnce
};
