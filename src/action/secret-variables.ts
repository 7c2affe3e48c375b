// Words in the names of variables, as jobs use them.
const WORDS = new Set(
  [
    "token tokens secret secrets password passwords passwd passphrase pass pwd pw pat",
    "key keys apikey credential credentials cred creds cert certificate private",
    "auth authorization bearer cookie session jwt webhook dsn sas sig signature salt",
  ].flatMap((words) => words.split(" ")),
);

// A part of a longer word, as in GITHUBTOKEN or dbPassword.
const PART = /token|secret|passw|credential/i;

// What the runner gives to this action and to its services.
const OF_RUNNER = /^(?:INPUT|ACTIONS)_/i;

// How tokens of GitHub, GitLab, Slack, npm, Docker, AWS and Google, private keys and JSON web tokens
// start.
const TOKENS = [
  /\bgh[pousr]_\w{8}|\bgithub_pat_\w{8}|\bglpat-[\w-]{8}|\bxox[abeoprs]-|\bnpm_\w{8}/,
  /\bdckr_[a-z]+_\w{8}|\b(?:AKIA|ASIA)[A-Z0-9]{8}|\bAIza[\w-]{8}|\beyJ[\w-]{8}|-----BEGIN/,
];

/**
 * True when the value of a variable may be a secret, by the variable's name or by the value. A
 * person who may change a file must not make a step send such a value to a registry.
 */
export function mayBeSecret(name: string, value: string): boolean {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const isNamed = words.some((word) => WORDS.has(word)) || PART.test(name);
  return isNamed || OF_RUNNER.test(name) || TOKENS.some((form) => form.test(value));
}
