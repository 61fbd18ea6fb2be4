// Calls functions of the browser's scipy, case by case, one line of JSON each way. A function
// that a case hands over stays in Python: it is asked for its values, a line each way too.
import { readSync, writeSync } from "node:fs";

const runtime = new URL("../compendium/translated/runtime/", import.meta.url);
const { KW, Dict } = await import(new URL("python.js", runtime));
const { NDArray } = await import(new URL("numpy.js", runtime));
const scipy = await import(new URL("scipy.js", runtime));

const one = Buffer.alloc(1 << 16);
let pending = "";
function read() {
  while (!pending.includes("\n")) {
    const count = readSync(0, one);
    if (count === 0) return null;
    pending += one.toString("utf8", 0, count);
  }
  const [line] = pending.split("\n", 1);
  pending = pending.slice(line.length + 1);
  return JSON.parse(line);
}
const write = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

// Numbers that JSON does not have travel as texts.
const packed = (x) => (typeof x === "number" && !Number.isFinite(x) ? { number: String(x) } : x);
const members = (x, of) => Object.entries(x).map(([key, value]) => [key, of(value)]);
function given(x) {
  if (Array.isArray(x)) return x.map(given);
  if (x === null || typeof x !== "object") return x;
  if ("number" in x) return Number(x.number);
  if ("array" in x) return new NDArray(Float64Array.from(x.array.map(given)), x.dims, "float");
  if ("dict" in x) return new Dict(members(x.dict, given));
  if ("keywords" in x) return new KW(Object.fromEntries(members(x.keywords, given)));
  return (...args) => {
    write({ ask: x.function, args: args.map(told) });
    return given(read());
  };
}
function told(x) {
  if (x instanceof NDArray) return { array: Array.from(x.data, packed), dims: [...x.dims] };
  if (x instanceof Dict) return Object.fromEntries(x.items().map(([key, one]) => [key, told(one)]));
  if (Array.isArray(x)) return Array.from(x, told);
  if (x !== null && typeof x === "object")
    return Object.fromEntries(members(x, told));
  return packed(x);
}

for (let said = read(); said !== null; said = read()) {
  const f = said.name.split(".").reduce((from, name) => from[name], scipy);
  try {
    write({ result: told(f(...said.args.map(given))) });
  } catch (problem) {
    write({ error: problem.$message ?? String(problem.message ?? problem) });
  }
}
