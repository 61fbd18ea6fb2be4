// A live figure: sliders and choices, panels, readouts. No physics here: formulas arrive as
// trees that Python traced from the package's own functions, special functions as tables, and
// curves as data. One module serves the static page (book/_static/explorer-host.mjs) and
// JupyterLab (anywidget). What a spec holds: analysis/show/explore/spec.py.

// --- formulas ---------------------------------------------------------------------------------

const binary = (f) => (a, b) => (s) => f(a(s), b(s));
const unary = (f) => (a) => (s) => f(a(s));
const OPERATIONS = {
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  negative: unary((a) => -a),
  power: binary(Math.pow),
  absolute: unary(Math.abs),
  exp: unary(Math.exp),
  log: unary(Math.log),
  log1p: unary(Math.log1p),
  sqrt: unary(Math.sqrt),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  arcsin: unary(Math.asin),
  hypot: binary(Math.hypot),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  less: binary((a, b) => a < b),
  less_equal: binary((a, b) => a <= b),
  greater: binary((a, b) => a > b),
  greater_equal: binary((a, b) => a >= b),
  equal: binary((a, b) => a === b),
  logical_and: binary((a, b) => a && b),
  where: (c, a, b) => (s) => (c(s) ? a(s) : b(s)),
};

// A table holds ln f and its slope at equal steps of ln x: cubic between them, constant below,
// a power law above.
function tabulated({ start, step, value, slope }) {
  const last = value.length - 1;
  return (x) => {
    const at = (Math.log(x) - start) / step;
    if (!(at > 0)) return Number.isNaN(at) ? NaN : Math.exp(value[0]);
    if (at >= last) return Math.exp(value[last] + (at - last) * step * slope[last]);
    const i = Math.floor(at), f = at - i, r = 1 - f;
    return Math.exp(
      r * r * ((1 + 2 * f) * value[i] + f * step * slope[i]) +
        f * f * ((3 - 2 * f) * value[i + 1] - r * step * slope[i + 1]),
    );
  };
}

// Turn a tree into a function of a scope, an object of named numbers.
export function compile(tree, tables = {}) {
  if (typeof tree === "string") return (s) => s[tree];
  if (!Array.isArray(tree)) return () => tree;
  const [name, ...rest] = tree;
  if (name === "item") {
    const index = compile(rest[1], tables);
    return (s) => s[rest[0]]?.[Math.floor(index(s))] ?? NaN;
  }
  const parts = rest.map((part) => compile(part, tables));
  if (name in tables) return unary(tables[name])(...parts);
  if (!(name in OPERATIONS)) throw new Error(`no operation ${name}`);
  return OPERATIONS[name](...parts);
}

function root(f, low, high) {
  let below = f(low);
  if (!(below * f(high) <= 0)) return NaN;
  for (let i = 0; i < 90; i++) {
    const middle = (low + high) / 2, value = f(middle);
    if (value * below > 0) (low = middle), (below = value);
    else high = middle;
  }
  return (low + high) / 2;
}

// Run over the rows of columns: each name is a number in its row, and a column again after.
function overRows(scope, names, columns, visit) {
  const kept = names.map((name) => scope[name]), count = columns[names[0]]?.length ?? 0;
  for (let i = 0; i < count; i++) {
    for (const name of names) scope[name] = columns[name][i] ?? NaN;
    visit(i);
  }
  names.forEach((name, k) => (scope[name] = kept[k]));
}

// Compile every formula of a spec in place: {"=": tree} becomes a function, numbers likewise
// where `formulas` names them.
const FORMULAS = new Set(
  "fit shown formula low high x y error x_error when lower upper value".split(" "),
);
export function prepare(spec) {
  const tables = Object.fromEntries(
    Object.entries(spec.tables ?? {}).map(([name, table]) => [name, tabulated(table)]),
  );
  const walk = (part, key) => {
    if (Array.isArray(part)) return part.map((one) => walk(one));
    if (part && typeof part === "object") {
      if ("=" in part) return compile(part["="], tables);
      const numeric = !["Slider", "Choice"].includes(part.is);
      return Object.fromEntries(
        Object.entries(part).map(([name, one]) => [
          name,
          typeof one === "number" && numeric && FORMULAS.has(name) ? () => one : walk(one, name),
        ]),
      );
    }
    return part;
  };
  const { tables: _, ...rest } = spec;
  return walk(rest);
}

export const keyed = (list) => Object.fromEntries(list.map((one) => [one.key, one]));

// The values of controls, made valid: unknown names dropped, numbers within their range. What is
// not given stands at its start or, without one, at the best fit of the chosen data.
export function clean(spec, data, values) {
  const keys = Object.keys(data), found = {};
  if (keys.length) found.data = keys.includes(values.data) ? values.data : keys[0];
  for (const { is, name, options, start } of spec.controls)
    if (is === "Choice") {
      const known = options.map(([key]) => key);
      found[name] = [String(values[name]), start, known[0]].find((key) => known.includes(key));
    }
  const scope = given(spec, data, found);
  for (const { is, name, low, high, start, fit, whole } of spec.controls)
    if (is === "Slider") {
      const value = [values[name], start, fit?.(scope), low]
        .map((one) => (one === null || one === "" || typeof one === "boolean" ? NaN : Number(one)))
        .find(Number.isFinite);
      found[name] = Math.min(high, Math.max(low, whole ? Math.floor(value + 0.5) : value));
    }
  return found;
}

// What is chosen and given: controls, and the numbers and columns of the data.
function given(spec, data, values) {
  const chosen = data[values.data] ?? {}, scope = { ...chosen.columns };
  for (const [name, number] of Object.entries(chosen.numbers ?? {})) scope[name] = number ?? NaN;
  for (const { is, name, options } of spec.controls)
    scope[name] = is === "Choice" ? options.find(([key]) => key === values[name])[2] : values[name];
  return scope;
}

// Everything that formulas may use: what is given, and what is derived from it.
export function scopeOf(spec, data, values) {
  const scope = given(spec, data, values), columns = data[values.data]?.columns ?? {};
  for (const one of spec.derived) {
    if (one.is === "Root") {
      const f = (x) => ((scope[one.of] = x), one.formula(scope));
      scope[one.name] = root(f, one.low(scope), one.high(scope));
    } else if (one.is === "RootMeanSquare") {
      let sum = 0, count = 0;
      overRows(scope, one.columns, columns, () => {
        if (!one.when || one.when(scope)) (sum += one.formula(scope) ** 2), count++;
      });
      scope[one.name] = Math.sqrt(sum / count);
    } else scope[one.name] = one.formula(scope);
  }
  return scope;
}

// --- words ------------------------------------------------------------------------------------

const MINUS = "\u2212";
export function digits(value, count = 4) {
  if (!Number.isFinite(value)) return "\u2013";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  const text =
    size < -4 || size > 6
      ? value.toExponential(count - 1)
      : value.toFixed(Math.max(0, Math.min(12, count - 1 - size)));
  return text.replaceAll("-", MINUS);
}

// "Θ_{D}" in parts: [text, level], level -1 for lower letters, 1 for raised ones.
const rich = (text) =>
  text
    .split(/([_^]\{[^}]*\})/)
    .filter(Boolean)
    .map((part) =>
      /^[_^]\{/.test(part) ? [part.slice(2, -1), part[0] === "_" ? -1 : 1] : [part, 0],
    );
const BETWEEN = { "-1": " ", 0: "", 1: " to the " };
const spoken = (text) => rich(text).map(([part, level]) => BETWEEN[level] + part).join("");

function element(tag, attributes, parent, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  made.append(...children);
  parent?.append(made);
  return made;
}
const label = (text) =>
  rich(text).map(([part, level]) =>
    level ? element(level < 0 ? "sub" : "sup", {}, null, part) : part,
  );

const SVG = "http://www.w3.org/2000/svg";
function shape(tag, attributes, parent, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  let level = 0;
  for (const [part, now] of text === undefined ? [] : rich(String(text))) {
    const span = shape("tspan", { dy: `${(level - now) * 0.3}em` }, made);
    if (now) span.setAttribute("font-size", "80%");
    span.textContent = part;
    level = now;
  }
  parent?.append(made);
  return made;
}

// --- panels -----------------------------------------------------------------------------------

// Colours for a light page; explorer.css has those for a dark one.
const COLOURS = {
  blue: "#0072B2", orange: "#C04E00", green: "#00795A", purple: "#A8527F",
  yellow: "#A87400", sky: "#56B4E9", grey: "#6E6E6E",
};
// The outlines of matplotlib's markers around a point, as wide as a dot of radius r.
const MARKERS = {
  s: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  "^": (x, y, r) => `M${x - 1.2 * r} ${y + r}h${2.4 * r}L${x} ${y - 1.3 * r}Z`,
  v: (x, y, r) => `M${x - 1.2 * r} ${y - r}h${2.4 * r}L${x} ${y + 1.3 * r}Z`,
  D: (x, y, r) => `M${x} ${y - 1.35 * r}l${1.35 * r} ${1.35 * r}l${-1.35 * r} ${1.35 * r}l${-1.35 * r} ${-1.35 * r}Z`,
  P: (x, y, r) => {
    const a = 1.3 * r, b = a / 3, c = a - b;
    return `M${x - b} ${y - a}h${2 * b}v${c}h${c}v${2 * b}h${-c}v${c}h${-2 * b}v${-c}h${-c}v${-2 * b}h${c}Z`;
  },
  ring: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
};
const round = (value) => Number(value.toFixed(1));
// The shape of a marker: dots are lines of no length with round ends, one path holds them all.
const markerShape = (marker, size, colour, hollow) =>
  marker === "ring" || hollow ? { fill: "none", "stroke-width": hollow ? 1.6 : 2.5, ...paint(colour, "stroke") }
  : MARKERS[marker] ? paint(colour, "fill")
  : { fill: "none", "stroke-width": 2 * size, "stroke-linecap": "round", ...paint(colour, "stroke") };
const markerAt = (marker, x, y, size, hollow) =>
  (MARKERS[marker] ?? (hollow ? MARKERS.ring : undefined))?.(round(x), round(y), size) ?? `M${x.toFixed(1)} ${y.toFixed(1)}h0`;

const paint = (colour, what) => ({ class: `explorer-${what}-${colour}`, [what]: COLOURS[colour] });

export function ticks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return [];
  const power = 10 ** Math.floor(Math.log10(raw)), part = raw / power;
  const step = power * (part > 5 ? 10 : part > 2 ? 5 : part > 1 ? 2 : 1), found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    found.push(Number((i * step).toPrecision(10)));
  return found;
}

// JupyterLab loads this module once for each figure: names must differ between modules, too.
const MODULE = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
let panelCount = 0;
class Panel {
  constructor(spec, parent) {
    this.spec = spec;
    this.svg = shape("svg", { role: "img", class: "explorer-panel" }, parent);
    this.frame = shape("g", { class: "explorer-frame", fill: "currentColor" }, this.svg);
    const id = `explorer-${MODULE}-${++panelCount}`, clip = shape("clipPath", { id }, this.svg);
    this.clip = shape("rect", {}, clip);
    this.inside = shape("g", { "clip-path": `url(#${id})` }, this.svg);
    this.layers = spec.layers.map((layer) => this.start(layer));
    this.drawn = "";
  }

  // Make the shapes of a layer; `draw` only moves them.
  start(layer) {
    const group = shape("g", {}, this.inside), made = { layer, group };
    const { colour = "blue" } = layer;
    const line = { fill: "none", ...paint(colour, "stroke") };
    if (layer.is === "Curve" || layer.is === "Trace")
      made.path = shape("path", {
        ...line, "stroke-width": layer.dash ? 1.5 : 2.2, "stroke-linejoin": "round",
        ...(layer.dash ? { "stroke-dasharray": layer.dash === true ? "6 4" : layer.dash } : {}),
      }, group);
    if (layer.is === "Points") {
      if (layer.error || layer.x_error) made.bars = shape("path", { ...line, "stroke-width": 1 }, group);
      made.path = shape("path", markerShape(layer.marker, layer.size, colour, layer.hollow), group);
    }
    if (layer.is === "Band")
      made.path = shape("path", { ...paint(colour, "fill"), "fill-opacity": 0.45 }, group);
    if (layer.is === "Mark") {
      made.bars = shape("path", { ...line, "stroke-width": 2 }, group);
      const fill = layer.hollow ? "none" : COLOURS[colour], both = `explorer-stroke-${colour}`;
      made.path = shape("circle", { r: 5.5, fill, stroke: COLOURS[colour], "stroke-width": 2,
        class: layer.hollow ? both : `${both} explorer-fill-${colour}` }, group);
      made.text = shape("text", { "font-size": 12, ...paint(colour, "fill") }, group, layer.text ?? "");
    }
    if (layer.is === "Rule") {
      made.path = shape("path", { ...line, "stroke-width": 1.3, "stroke-dasharray": "2 3" }, group);
      made.text = shape("text", { "font-size": 12, ...paint(colour, "fill") }, group, layer.text ?? "");
    }
    if (layer.is === "Span") {
      made.path = shape("rect", { class: "explorer-span", fill: "#808080", "fill-opacity": 0.12 }, group);
      made.text = shape("text", { "font-size": 12, fill: "currentColor", "text-anchor": "middle" }, group, layer.text ?? "");
    }
    return made;
  }

  // Axes are drawn again only when their limits or the width have changed; tell whether they were.
  layOut(width, limits) {
    const [x0, x1, y0, y1] = limits, key = [width, ...limits].join();
    if (key === this.drawn) return false;
    this.drawn = key;
    const height = Math.round(Math.max(170, Math.min(width, 620) * (this.spec.height ?? 0.62)));
    const left = 56, right = 12, top = 10, bottom = 44;
    const [wide, high] = [width - left - right, height - top - bottom];
    this.x = (x) => left + ((x - x0) / (x1 - x0)) * wide;
    this.y = (y) => Math.max(-999, Math.min(height + 999, top + (1 - (y - y0) / (y1 - y0)) * high));
    this.box = { left, top, wide, high };
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const rect = { x: left, y: top, width: wide, height: high };
    for (const [name, value] of Object.entries(rect)) this.clip.setAttribute(name, value);
    this.frame.replaceChildren();
    shape("rect", { ...rect, fill: "none", stroke: "currentColor", "stroke-opacity": 0.55 }, this.frame);
    const text = { "font-size": 12 };
    for (const v of ticks(x0, x1, Math.max(3, wide / 75))) {
      shape("path", { d: `M${this.x(v)} ${top + high}v4`, stroke: "currentColor" }, this.frame);
      shape("text", { ...text, x: this.x(v), y: top + high + 17, "text-anchor": "middle" }, this.frame, axisText(v));
    }
    for (const v of ticks(y0, y1, Math.max(3, high / 45))) {
      shape("path", { d: `M${left} ${this.y(v)}h-4`, stroke: "currentColor" }, this.frame);
      shape("text", { ...text, x: left - 7, y: this.y(v) + 4, "text-anchor": "end" }, this.frame, axisText(v));
    }
    const name = { "font-size": 13, "text-anchor": "middle" };
    shape("text", { ...name, x: left + wide / 2, y: height - 7 }, this.frame, this.spec.x.label);
    shape("text", { ...name, transform: `translate(13 ${top + high / 2}) rotate(-90)` }, this.frame, this.spec.y.label);
    return true;
  }

  draw(width, scope, columns) {
    const { x, y } = this.spec;
    const moved = this.layOut(width, [x.low(scope), x.high(scope), y.low(scope), y.high(scope)]);
    for (const made of this.layers) {
      // What stays, such as measured points under a moving fit, is drawn with the axes alone.
      if (made.layer.stays && !moved) continue;
      const shown = !made.layer.when || made.layer.when(scope);
      made.group.style.display = shown ? "" : "none";
      if (shown) this[`draw${made.layer.is}`](made, scope, columns);
    }
  }

  drawCurve({ layer, path }, scope) {
    const low = layer.low(scope), high = layer.high(scope), last = layer.points - 1;
    const kept = scope[layer.of];
    let d = "", pen = "M";
    for (let i = 0; i <= last; i++) {
      const at = (scope[layer.of] = low + ((high - low) * i) / last);
      const x = this.x(layer.x ? layer.x(scope) : at), y = this.y(layer.y(scope));
      if (x - x === 0 && y - y === 0) (d += `${pen}${x.toFixed(1)} ${y.toFixed(2)}`), (pen = "L");
      else pen = "M";
    }
    scope[layer.of] = kept;
    path.setAttribute("d", d);
  }

  drawTrace({ layer, path }, scope, columns) {
    let d = "", pen = "M";
    overRows(scope, layer.columns, layer.data ?? columns, () => {
      const x = this.x(layer.x(scope)), y = this.y(layer.y(scope));
      if (Number.isFinite(x + y)) (d += `${pen}${x.toFixed(1)} ${y.toFixed(2)}`), (pen = "L");
      else pen = "M";
    });
    path.setAttribute("d", d);
  }

  // The bars of a point along y and along x, as far as its errors are known.
  bars(layer, scope) {
    const x = layer.x(scope), y = layer.y(scope);
    const up = layer.error?.(scope), wide = layer.x_error?.(scope), at = (one) => one.toFixed(1);
    return (up > 0 ? `M${at(this.x(x))} ${at(this.y(y - up))}V${at(this.y(y + up))}` : "")
      + (wide > 0 ? `M${at(this.x(x - wide))} ${at(this.y(y))}H${at(this.x(x + wide))}` : "");
  }

  drawPoints({ layer, path, bars }, scope, columns) {
    let dots = "", lines = "";
    overRows(scope, layer.columns, layer.data ?? columns, () => {
      const value = layer.y(scope), x = this.x(layer.x(scope)), y = this.y(value);
      if (!Number.isFinite(x + y)) return;
      dots += markerAt(layer.marker, x, y, layer.size, layer.hollow);
      lines += this.bars(layer, scope);
    });
    path.setAttribute("d", dots);
    bars?.setAttribute("d", lines);
  }

  drawBand({ layer, path }, scope, columns) {
    const lower = [], upper = [];
    overRows(scope, layer.columns, columns, () => {
      const x = this.x(layer.x(scope)).toFixed(1);
      const ends = [this.y(layer.lower(scope)), this.y(layer.upper(scope))];
      if (!ends.every(Number.isFinite)) return;
      lower.push(`${x} ${ends[0].toFixed(2)}`);
      upper.unshift(`${x} ${ends[1].toFixed(2)}`);
    });
    path.setAttribute("d", lower.length > 1 ? `M${[...lower, ...upper].join("L")}Z` : "");
  }

  drawMark({ layer, group, path, bars, text }, scope) {
    const value = layer.y(scope), x = this.x(layer.x(scope)), y = this.y(value);
    if (!Number.isFinite(x + y)) return void (group.style.display = "none");
    path.setAttribute("cx", x.toFixed(1));
    path.setAttribute("cy", y.toFixed(1));
    bars.setAttribute("d", this.bars(layer, scope));
    this.put(text, x + 9, y - 9);
  }

  drawRule({ layer, group, path, text }, scope) {
    const { left, top, wide, high } = this.box, upright = layer.x !== undefined;
    const at = upright ? this.x(layer.x(scope)) : this.y(layer.y(scope));
    if (!Number.isFinite(at)) return void (group.style.display = "none");
    path.setAttribute("d", upright ? `M${at} ${top}v${high}` : `M${left} ${at}h${wide}`);
    this.put(text, upright ? at + 4 : left + 6, upright ? top + 14 : at - 5);
  }

  drawSpan({ layer, path, text }, scope) {
    const { left, top, wide, high } = this.box;
    const ends = [layer.low(scope), layer.high(scope)].map((v) =>
      Math.max(left, Math.min(left + wide, this.x(v))),
    );
    path.setAttribute("x", ends[0]);
    path.setAttribute("width", Math.max(0, ends[1] - ends[0]));
    path.setAttribute("y", top);
    path.setAttribute("height", high);
    this.put(text, (ends[0] + ends[1]) / 2, top + 14);
  }

  // Words stay inside: near the right edge they stand on the other side of their place.
  put(text, x, y) {
    const { left, top, wide, high } = this.box;
    if (text.getAttribute("text-anchor") !== "middle") {
      const end = x > left + 0.7 * wide;
      text.setAttribute("text-anchor", end ? "end" : "start");
      x -= end ? 14 : 0;
    }
    text.setAttribute("x", x.toFixed(1));
    text.setAttribute("y", Math.max(top + 12, Math.min(top + high - 5, y)).toFixed(1));
  }
}
const axisText = (v) =>
  (Math.abs(v) >= 1e5 || (v && Math.abs(v) < 1e-4) ? v.toExponential() : String(v)).replaceAll("-", MINUS);

// --- controls ---------------------------------------------------------------------------------

const STEPS = 200; // of a logarithmic slider
const place = (c, value) =>
  c.log ? (Math.log(value / c.low) / Math.log(c.high / c.low)) * STEPS : value;
const unplace = (c, at) =>
  !c.log ? at : at >= STEPS ? c.high : Number((c.low * (c.high / c.low) ** (at / STEPS)).toPrecision(3));

// A browser moves a slider to where a finger lands, before it knows whether the finger goes along
// the slider or scrolls the page. Where it scrolls, the browser cancels the pointer: the slider
// goes back to the value that it had.
function keepWhileScrolling(input, value, put) {
  let before;
  input.addEventListener("pointerdown", () => (before = value()));
  input.addEventListener("pointercancel", () => before !== value() && put(before));
}

function slider(control, parent, changed) {
  const row = element("label", { class: "explorer-row" }, parent);
  element("span", { class: "explorer-name" }, row, ...label(control.label));
  const track = element("span", { class: "explorer-track" }, row);
  const input = element("input", {
    type: "range", name: control.name, "aria-label": spoken(control.label),
    min: control.log ? 0 : control.low, max: control.log ? STEPS : control.high,
    step: control.log ? 1 : control.step,
    "data-lm-suppress-shortcuts": "true", // on the focused element, or JupyterLab takes its keys
  }, track);
  const tick = control.fit ? element("span", { class: "explorer-tick", "aria-hidden": "true" }, track) : null;
  const shown = element("output", { class: "explorer-value" }, row);
  let now; // the value, which may lie between two steps
  const put = (value) => changed({ [control.name]: value });
  input.addEventListener("input", () => put(unplace(control, input.valueAsNumber)));
  keepWhileScrolling(input, () => now, put);
  return (values, scope) => {
    const value = (now = values[control.name]), at = place(control, value);
    if (Math.abs(input.valueAsNumber - at) > 1e-9) input.value = at;
    const number = control.shown ? control.shown(scope) : value;
    const words =
      control.at_top && value >= control.high
        ? control.at_top
        : `${digits(number, control.digits)}${control.unit ? ` ${control.unit}` : ""}`;
    shown.textContent = words;
    input.setAttribute("aria-valuetext", words);
    if (!tick) return;
    const fit = control.fit(scope);
    const inside = fit >= control.low && (fit <= control.high || control.at_top);
    tick.hidden = !inside;
    const low = control.log ? 0 : control.low, high = control.log ? STEPS : control.high;
    const part = (place(control, Math.min(fit, control.high)) - low) / (high - low);
    tick.style.left = `calc(8px + ${part} * (100% - 16px))`;
  };
}

function choice(control, parent, changed) {
  const row = element("label", { class: "explorer-row explorer-choice" }, parent);
  element("span", { class: "explorer-name" }, row, ...label(control.label));
  return select(control, row, changed);
}

function select({ name, label: text, options }, parent, changed) {
  const made = element("select", { name, "aria-label": spoken(text), "data-lm-suppress-shortcuts": "true" }, parent);
  for (const [key, words] of options) element("option", { value: key }, made, spoken(words));
  made.addEventListener("change", () => changed({ [name]: made.value }));
  return (values) => (made.value = values[name]);
}

// A sentence with choices and numbers in it: [low] stands for the one of that name.
function sentence(text, parent, put) {
  const line = element("p", { class: "explorer-sentence" }, parent);
  text.split(/\[(\w+)\]/).forEach((part, place) => (place % 2 ? put(part, line) : line.append(...label(part))));
  const words = (node) => (node.selectedOptions ? node.selectedOptions[0].textContent : node.textContent);
  return () => [...line.childNodes].map(words).join("");
}

// --- the explorer -----------------------------------------------------------------------------

function render({ model, el }) {
  const spec = prepare({ derived: [], ...model.get("spec") });
  const root = element("section", { class: "explorer", "aria-label": `Live figure: ${spoken(spec.title)}` }, el);
  const bar = element("div", { class: "explorer-bar" }, root);
  element("p", { class: "explorer-title" }, bar, ...label(spec.title));
  const form = element("form", { class: "explorer-controls" }, root);
  form.addEventListener("submit", (event) => event.preventDefault());
  const panels = element("div", { class: "explorer-panels" }, root);
  const legend = element("div", { class: "explorer-legend" }, root);
  const list = element("div", { class: "explorer-readouts" }, root);
  const said = element("p", { class: "explorer-said", "aria-live": "polite" }, root);

  let listed, byKey;
  const data = () => {
    if (listed !== model.get("data")) {
      listed = model.get("data");
      byKey = keyed(listed);
    }
    return byKey;
  };
  const values = () => clean(spec, data(), model.get("values"));
  const change = (some) => {
    model.set("values", { ...values(), ...some });
    model.save_changes();
  };
  // The sliders go to the best fit of the data; choices stay.
  const fitted = spec.controls.filter((one) => one.fit);
  const choose = (key) => {
    const next = { ...values(), data: key }, scope = given(spec, data(), next);
    // Where there is no fit, a slider stays.
    for (const one of fitted) if (Number.isFinite(one.fit(scope))) delete next[one.name];
    model.set("values", clean(spec, data(), next));
    model.save_changes();
  };

  const updates = [];
  const keys = Object.keys(data());
  if (keys.length > 1)
    updates.push(choice(
      { name: "data", label: spec.data_label, options: keys.map((key) => [key, data()[key].label]) },
      form, (some) => choose(some.data),
    ));
  const within = {};
  const sentences = (spec.sentences ?? []).map((text) => sentence(text, form, (name, line) => {
    const control = spec.controls.find((one) => one.name === name);
    if (control) updates.push(select(control, line, change));
    within[name] = control ?? element("strong", {}, line);
  }));
  for (const control of spec.controls.filter((one) => !within[one.name]))
    updates.push((control.is === "Choice" ? choice : slider)(control, form, change));

  const button = (text, act) =>
    element("button", { type: "button", "data-lm-suppress-shortcuts": "true" }, bar, text)
      .addEventListener("click", act);
  if (fitted.length) button("Best fit", () => choose(values().data));
  if (spec.controls.length) button("Reset", () => { model.set("values", {}); model.save_changes(); });

  const drawn = spec.panels.map((panel) => new Panel(panel, panels));
  const named = new Map(spec.panels.flatMap((panel) => panel.layers.map((one) => [one.label, one])));
  for (const layer of named.values())
    if (layer.label) {
      const entry = element("span", {}, legend), key = shape("svg", { width: 26, height: 12, "aria-hidden": "true" }, entry);
      const { colour = "blue" } = layer;
      if (layer.is === "Curve" || layer.is === "Trace")
        shape("path", { d: "M1 6h24", ...paint(colour, "stroke"), "stroke-width": 2, ...(layer.dash ? { "stroke-dasharray": "6 4" } : {}) }, key);
      else if (layer.is === "Band") shape("rect", { x: 2, y: 2, width: 22, height: 8, ...paint(colour, "fill"), "fill-opacity": 0.45 }, key);
      else if (layer.hollow) shape("circle", { cx: 13, cy: 6, r: 4, fill: "none", "stroke-width": 2, ...paint(colour, "stroke") }, key);
      else if (layer.is === "Points") shape("path", { ...markerShape(layer.marker, layer.size, colour), d: markerAt(layer.marker, 13, 6, layer.size) }, key);
      else shape("circle", { cx: 13, cy: 6, r: layer.size ?? 4.5, ...paint(colour, "fill") }, key);
      entry.append(...label(layer.label));
    }
  const read = spec.readouts.map((one) => {
    if (within[one.name]) return [one, within[one.name]];
    const box = element("div", {}, list);
    if (one.is === "Saying") {
      return [one, element("span", { class: "explorer-saying" }, box)];
    }
    element("span", { class: "explorer-what" }, box, ...label(one.label), " ");
    return [one, element("strong", {}, box)];
  });

  let soon = 0;
  function tell(silently) {
    const parts = [...sentences.map((one) => one()), ...[...list.children].map((box) => box.textContent)];
    const summary = parts.filter(Boolean).join("; ");
    drawn.forEach((panel) => {
      const axes = `${spoken(panel.spec.y.label)} against ${spoken(panel.spec.x.label)}`;
      panel.svg.setAttribute("aria-label", `${spoken(spec.about)} ${axes}. ${summary}.`);
    });
    if (silently !== true) said.textContent = summary;
  }

  let width = 0;
  function draw() {
    const now = values(), all = data(), scope = scopeOf(spec, all, now);
    for (const update of updates) update(now, scope);
    if (width > 0) for (const panel of drawn) panel.draw(width, scope, all[now.data]?.columns ?? {});
    for (const [one, place] of read) {
      let text;
      if (one.is === "Saying") text = one.cases.find(([when]) => (typeof when === "function" ? when(scope) : when))?.[1] ?? "";
      else {
        const value = !one.when || one.when(scope) ? one.value(scope) : NaN;
        const error = one.error ? one.error(scope) : NaN;
        const unit = one.unit ? ` ${one.unit}` : "";
        text = !Number.isFinite(value) ? one.otherwise ?? "\u2013"
          : Number.isFinite(error) && error > 0 ? `${withError(value, error)}${unit}`
          : `${digits(value, one.digits)}${unit}`;
      }
      if (place.said !== text) place.replaceChildren(...label((place.said = text)));
    }
  }

  // Spoken when the reader pauses, not at every step of a drag.
  function follow() {
    draw();
    clearTimeout(soon);
    soon = setTimeout(tell, 500);
  }

  function measure() {
    const room = root.clientWidth - 2;
    const beside = room >= 640 && drawn.length > 1;
    panels.style.gridTemplateColumns = beside ? "1fr 1fr" : "1fr";
    const next = Math.max(240, Math.floor(beside ? (room - 12) / 2 : room));
    if (next !== width) (width = next), draw();
  }
  const watch = new ResizeObserver(measure);
  watch.observe(root);
  measure();
  if (!width) draw();
  tell(true);
  const events = ["change:values", "change:data"];
  for (const event of events) model.on(event, follow);
  return () => {
    watch.disconnect();
    clearTimeout(soon);
    for (const event of events) model.off(event, follow);
  };
}

// "549.6 ± 2.1": as many decimals as two digits of the error have.
function withError(value, error) {
  const places = Math.max(0, Math.min(8, 1 - Math.floor(Math.log10(error))));
  return `${value.toFixed(places)} ± ${error.toFixed(places)}`.replaceAll("-", MINUS);
}

// What the pages below book/try are drawn with.
export const parts = { Panel, choice, digits, element, label, paint, shape, slider, spoken };

export default { render };
