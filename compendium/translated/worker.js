// The end of a worker's script: answers what the page asks, in plain objects.

const to_python = (x) => {
  if (x instanceof ArrayBuffer) return new PyBytes(new Uint8Array(x));
  if (Array.isArray(x)) return x.map(to_python);
  if (x === null || typeof x !== "object") return x === undefined ? null : x;
  return $dict(Object.entries(x).map(([key, value]) => [key, to_python(value)]));
};
const to_page = (x) => {
  if (x === null || typeof x !== "object") return x;
  if (Array.isArray(x)) return Array.from(x, to_page);
  if (x instanceof Dict) return Object.fromEntries([...x.map.values()].map(([key, value]) => [key, to_page(value)]));
  if (x instanceof NDArray) return to_page(x.tolist());
  throw new TypeError(`no plain value: ${repr(x)}`);
};
const REFUSED = $from("analysis.errors", "AnalysisError");
function answered({ id, call: name, arguments: given }) {
  try {
    return { id, answer: to_page($import(ENTRANCE)[name](...given.map(to_python))) };
  } catch (caught) {
    if ($b.isinstance(caught, REFUSED)) return { id, refused: str(caught) };
    return { id, failed: String(caught?.stack ?? caught) };
  }
}
if (typeof self !== "undefined") self.onmessage = ({ data }) => self.postMessage(answered(data));
