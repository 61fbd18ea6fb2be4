// What the browser computes for given settings, without a browser: cases on standard input,
// results on standard output, in the order of the cases.
import { readFileSync } from "node:fs";

const source = readFileSync(new URL("../analysis/show/explore/explorer.js", import.meta.url), "utf8");
const { clean, keyed, prepare, scopeOf } = await import(
  `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`
);
const { spec: given, data: listed, cases } = JSON.parse(readFileSync(0, "utf8"));
const data = keyed(listed);
const spec = prepare({ derived: [], ...given });
const results = cases.map(({ values, part }) => {
  const settings = clean(spec, data, values);
  const scope = scopeOf(spec, data, settings);
  const numbers = {};
  for (const { name } of spec.derived) numbers[`derived ${name}`] = scope[name];
  spec.readouts.forEach((one, i) => {
    if (one.is === "Readout") numbers[`readout ${i}`] = one.value(scope);
    else numbers[`saying ${i}`] = one.cases.findIndex(([when]) => (typeof when === "function" ? when(scope) : when));
  });
  spec.panels.forEach((panel, i) =>
    panel.layers.forEach((layer, k) => {
      if (layer.is !== "Curve") return;
      const [low, high] = [layer.low(scope), layer.high(scope)];
      numbers[`curve ${i}.${k}`] = layer.y({ ...scope, [layer.of]: low + part * (high - low) });
    }),
  );
  return { settings, numbers };
});
// JSON has no NaN and no infinity.
console.log(JSON.stringify(results, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v)));
