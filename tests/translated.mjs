// Runs translated Python in node: a script and an expression on standard input, its value as JSON.
import { readFileSync } from "node:fs";

const { script, expression } = JSON.parse(readFileSync(0, "utf8"));
const plain = (x) => {
  if (x === undefined) return "undefined";
  if (typeof x === "number" && !Number.isFinite(x)) return String(x);
  if (x === null || typeof x !== "object") return typeof x === "function" ? String(x.__name__) : x;
  if (Array.isArray(x)) return [...x].map(plain);
  if (x.map instanceof Map && x.items) return { dict: [...x.map.values()].map((pair) => pair.map(plain)) };
  if (x.map instanceof Map) return { set: [...x.map.values()].map(plain).sort() };
  if (x.tolist) return plain(x.tolist());
  if (x[Symbol.iterator]) return [...x].map(plain);
  return x.__str__ ? x.__str__() : String(x);
};
const value = new Function(`${script}; return (${expression});`)();
process.stdout.write(JSON.stringify(plain(value)));
