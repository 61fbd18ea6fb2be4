// Writes numbers with errors as the browser does: lists of steps, each with the numbers before it.
import { readFileSync } from "node:fs";

const runtime = new URL("../compendium/translated/runtime/", import.meta.url);
const { KW, add, sub, mul, truediv, pow, lt, eq } = await import(new URL("python.js", runtime));
const { uncertainties } = await import(new URL("uncertainties.js", runtime));

const { ufloat, UFloat, correlated_values, umath, std_dev, unumpy } = uncertainties;
const STEPS = {
  number: (made, value) => value,
  ufloat: (made, value, size, tag) => ufloat(value, size, new KW({ tag })),
  correlated: (made, values, covariance) => correlated_values(values, covariance),
  item: (made, i, k) => made[i][k],
  add: (made, i, j) => add(made[i], made[j]),
  sub: (made, i, j) => sub(made[i], made[j]),
  mul: (made, i, j) => mul(made[i], made[j]),
  truediv: (made, i, j) => truediv(made[i], made[j]),
  pow: (made, i, j) => pow(made[i], made[j]),
  lt: (made, i, j) => lt(made[i], made[j]),
  eq: (made, i, j) => eq(made[i], made[j]),
  neg: (made, i) => made[i].__neg__(),
  abs: (made, i) => made[i].__abs__(),
  acos: (made, i) => umath.acos(made[i]),
  degrees: (made, i) => umath.degrees(made[i]),
  parts: (made, i) =>
    made[i].error_components().items().map(([cause, by]) => [cause.tag, by]),
  std_devs: (made, ...at) => Array.from(unumpy.std_devs(at.map((i) => made[i])).data),
  text: (made, i, spec) => made[i].__format__(spec),
  repr: (made, i) => made[i].__repr__(),
};
const told = (x) => {
  if (x instanceof UFloat) return [String(x.n), String(std_dev(x))];
  return typeof x === "number" ? String(x) : x;
};
const number = (x) => (x !== null && typeof x === "object" && "float" in x ? Number(x.float) : x);

const results = JSON.parse(readFileSync(0, "utf8")).map((steps) => {
  const made = [];
  for (const [name, ...given] of steps) {
    try {
      made.push(STEPS[name](made, ...given.map(number)));
    } catch (problem) {
      made.push(`refused: ${problem.__class__?.__name__ ?? problem.constructor.__name__}`);
      break;
    }
  }
  return made.map((one) => (Array.isArray(one) ? one.map(told) : told(one)));
});
console.log(JSON.stringify(results));
