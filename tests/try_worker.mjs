// Asks a worker's script, in node, what a page would: the path of the script and the questions
// (call and arguments; a text in place of a file) on standard input, the answers as JSON.
import { readFileSync } from "node:fs";

const { script, questions } = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
const self = { postMessage: (said) => answers.push(said) };
new Function("self", readFileSync(script, "utf8"))(self);
questions.forEach(([call, ...given], id) => {
  const file = (one) => (one?.file === undefined ? one : new TextEncoder().encode(one.file).buffer);
  self.onmessage({ data: { id, call, arguments: given.map(file) } });
});
process.stdout.write(JSON.stringify(answers));
