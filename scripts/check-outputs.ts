/**
 * Checks the outputs of a step, which are in the variable `OUTPUTS` as JSON:
 * `node scripts/check-outputs.ts exists=true 'digest~^sha256:'`. Each argument is the name of an
 * output, followed by `=` and its value or by `~` and a regular expression. Prints every output that
 * differs, and exits with code 1 when there is any.
 */
const outputs: Readonly<Record<string, string>> = JSON.parse(process.env["OUTPUTS"] ?? "{}");
const expectations = process.argv.slice(2);
if (expectations.length === 0) {
  console.error("expected at least one of: name=value, name~pattern");
  process.exit(2);
}
for (const expectation of expectations) {
  const [, name = "", operator, expected = ""] = /^([\w-]+)([=~])(.*)$/s.exec(expectation) ?? [];
  const got = outputs[name];
  const isEqual = operator === "=" && got === expected;
  const isMatch = operator === "~" && got !== undefined && new RegExp(expected).test(got);
  const mark = isEqual || isMatch ? "✓" : "✗";
  console.log(`${mark} ${expectation}${mark === "✓" ? "" : `, got ${JSON.stringify(got)}`}`);
  if (mark === "✗") process.exitCode = 1;
}
