// Answers the exercises in node as the form of a page does: cases on standard input, each an
// exercise and what is written; what is said of each as JSON. Argument: checks.mjs.
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { runInThisContext } from "node:vm";

globalThis.crypto ??= webcrypto;
runInThisContext(readFileSync(process.argv[2], "utf8"));
const { how, exercises, cases } = JSON.parse(readFileSync(0, "utf8"));
const said = cases.map(([key, written]) => checkParts.decide(how, exercises[key], written));
process.stdout.write(JSON.stringify(await Promise.all(said)));
