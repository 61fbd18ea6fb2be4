// Writes numbers and texts as the browser does: [value, spec] gives format, ["round", value, n]
// a rounded number, [value] the repr.
import { readFileSync } from "node:fs";

const runtime = new URL("../compendium/translated/runtime/", import.meta.url);
const { format_number, repr_float, round_float } = await import(new URL("format.js", runtime));

const number = (x) => (x !== null && typeof x === "object" ? Number(x.float) : x);
const results = JSON.parse(readFileSync(0, "utf8")).map((given) => {
  if (given.length === 3) return String(round_float(number(given[1]), given[2]));
  if (given.length === 1) return repr_float(number(given[0]));
  try {
    return format_number(number(given[0]), given[1]);
  } catch {
    return null;
  }
});
console.log(JSON.stringify(results));
