// The page "All runs": its tables are sorted and filtered, what their rows hold is drawn against
// pressure, and curves of chosen rows are laid over each other. The numbers and curves come from
// all-runs-data.mjs (compendium/drawn_runs.py), the drawing from explorer.mjs. Without this script
// the page is what it is on paper: tables with links.
"use strict";
{
  const { Panel, element, label, paint, shape, spoken } = explorerParts;
  const { Setting, button, select } = tryParts;
  const { sheets, panels, filters } = globalThis.allRuns;
  const NONE = "none", DASHES = [null, "8 4", "2 3", "10 3 2 3", "16 4", "5 2 2 2 2 2"];
  const WHAT_TO_DO = "Point at a row or a point: it is marked in all figures. A click, or Enter on the name, opens the sheet." +
    (panels.some((name) => name.startsWith("T_")) ? " T_{c}: filled points are onsets, open ones T_{c} at 5 % of the onset." : "");
  const NEAR = 16; // pixels between a pointer and the point that it means

  const named = (name) => (scope) => scope[name];
  const [X, Y, E] = ["x", "y", "e"].map(named);
  const article = document.querySelector("article.bd-article");
  const numeric = (cell) => cell.classList.contains("text-right");
  // "T_c,onset (K)" with its index lowered, as in figures.
  const typeset = (words) => label(words.replace(/_([\w,]+)/g, "_{$1}"));

  // --- the rows -------------------------------------------------------------------------------

  // By the name of its sheet: the row of the table, and what the page knows of it.
  const rows = {};
  for (const link of article.querySelectorAll("a.sheet-link")) {
    const key = decodeURIComponent(link.getAttribute("href").replace(/^.*\//, "").replace(/\.html$/, ""));
    if (sheets[key]) rows[key] = { key, link, tr: link.closest("tr"), ...sheets[key] };
  }
  const all = Object.values(rows);
  const tables = [...new Set(all.map((row) => row.tr.closest("table")))];

  // What the rows show now: filters by name, sorting, and which curves are drawn.
  let state = {}, hovered = null;
  const isShown = (row) => filters.every(({ name }) => !state[name] || row[name] === state[name]);
  // At first the curves of the first run that has several.
  const first = (() => {
    const withLine = all.filter((row) => row.line);
    const group = withLine.find((row) => withLine.filter((other) =>
      other.group === row.group && other.kind === row.kind).length > 1);
    return withLine.filter((row) => group && row.group === group.group && row.kind === group.kind).map((row) => row.key);
  })();
  const chosen = () => (state.draw === undefined ? first : state.draw === NONE ? [] : state.draw.split(","))
    .filter((key) => sheets[key]?.line);

  const setting = new Setting("runs", (read) => change(read, false));
  function change(next, keep = true) {
    state = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "" && value !== undefined));
    showRows();
    drawCurves();
    drawPoints();
    if (keep) setting.write(state);
  }
  const put = (some) => change({ ...state, ...some });

  // --- sorting --------------------------------------------------------------------------------

  const text = (cell) => cell.textContent.trim().replaceAll("\u2212", "-");
  // What stands without a number comes last, whichever way the others go.
  function sortTable(table, at, down) {
    const body = table.tBodies[0], value = (line) => text(line.cells[at]);
    const number = (line) => Number.parseFloat(value(line).match(/-?\d+(\.\d+)?/)?.[0] ?? "NaN");
    const isNumber = numeric(body.rows[0].cells[at]), sign = down ? -1 : 1;
    const order = (one, other) => {
      if (!isNumber) return sign * value(one).localeCompare(value(other), "en", { numeric: true });
      const [a, b] = [number(one), number(other)];
      return Number.isNaN(a) - Number.isNaN(b) || sign * (a - b) || 0;
    };
    body.append(...[...body.rows].sort(order));
  }
  const inOrder = new Map(tables.map((table) => [table, [...table.tBodies[0].rows]]));
  // `sort=0.6.down`: the first table by its seventh column.
  function showSorting() {
    const [which, at, way] = (state.sort ?? "").split(".");
    tables.forEach((table, place) => {
      table.tBodies[0].append(...inOrder.get(table));
      const heads = [...table.tHead.rows[0].cells], sorted = String(place) === which ? heads[at] : undefined;
      heads.forEach((head) => head.removeAttribute("aria-sort"));
      if (!sorted?.querySelector("button")) return;
      sortTable(table, Number(at), way === "down");
      sorted.setAttribute("aria-sort", way === "down" ? "descending" : "ascending");
    });
  }
  tables.forEach((table, place) => {
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      if (!at) return void element("span", { class: "runs-draw" }, head, "draw");
      const words = head.textContent;
      head.replaceChildren();
      button("", head, () => {
        const now = head.getAttribute("aria-sort");
        put({ sort: now === "descending" ? "" : `${place}.${at}.${now ? "down" : "up"}` });
      }, { class: "runs-sort", title: "sort by this column" }).append(...typeset(words));
      head.dataset.words = words;
    });
    table.classList.add("runs-table");
  });

  // --- places ---------------------------------------------------------------------------------

  const box = element("section", { class: "explorer try-place runs", "aria-label": "Live figure: all runs" });
  const fixed = element("div", { class: "explorer runs-linked", role: "group", "aria-label": "Results against pressure" });
  const before = article.querySelector("h2").closest("section");
  before.before(box, fixed);
  const form = element("form", { class: "try-choices" }, box);
  form.addEventListener("submit", (event) => event.preventDefault());
  const selects = filters.map(({ name, label: words, options }) => [name, select({
    name, label: words, value: "", options: [["", "all"], ...options.map((one) => [one, one])],
  }, form, (value) => put({ [name]: value }))]);
  const tools = element("div", { class: "try-exports" }, box);
  const count = element("p", { class: "runs-count", role: "status" }, box);
  button("Draw all shown", tools, () => put({
    draw: all.filter((row) => isShown(row) && row.line).map((row) => row.key).join(",") || NONE,
  }));
  button("Draw none", tools, () => put({ draw: NONE }));
  button("Reset", tools, () => change({}));
  const scale = select({ name: "scale", label: "resistance", value: "", options: [["", "relative to its largest"], ["measured", "as measured"]] },
    form, (value) => put({ scale: value }));
  const curves = element("div", { class: "runs-curves" }, box);

  const boxes = {};
  for (const row of all) {
    const { key, tr } = row;
    if (row.line) {
      boxes[key] = element("input", { type: "checkbox", "aria-label": `draw ${key}`, name: `draw-${key}` });
      boxes[key].addEventListener("change", () => {
        const now = chosen().filter((one) => one !== key);
        put({ draw: [...now, ...(boxes[key].checked ? [key] : [])].join(",") || NONE });
      });
      tr.cells[0].prepend(boxes[key]);
    }
    const over = (now) => () => hover(now ? key : null);
    for (const event of ["mouseenter", "focusin"]) tr.addEventListener(event, over(true));
    for (const event of ["mouseleave", "focusout"]) tr.addEventListener(event, over(false));
    tr.addEventListener("click", (event) => {
      const selected = getSelection().toString();
      if (!selected && !event.target.closest("a, input, button")) open(key);
    });
  }
  const open = (key) => location.assign(rows[key].link.href);

  function showRows() {
    showSorting();
    let shown = 0;
    for (const row of all) shown += !(row.tr.hidden = !isShown(row));
    for (const table of tables) table.closest("section").hidden = [...table.tBodies[0].rows].every((tr) => tr.hidden);
    count.textContent = `${shown} of ${all.length} sheets are shown.`;
    for (const [name, made] of selects) made.value = state[name] ?? "";
    const now = chosen();
    for (const [key, made] of Object.entries(boxes)) made.checked = now.includes(key);
    scale.value = state.scale ?? "";
  }

  // --- numbers against pressure ---------------------------------------------------------------

  const axis = (words, low, high) => ({ label: words, low: () => low, high: () => high });
  const largest = (list) => list.reduce((a, b) => Math.max(a, b), -Infinity);
  const smallest = (list) => -largest(list.map((one) => -one));
  // A layer of points; `filled` is false for open ones, undefined for both.
  const layerOf = (rows, more, filled) => ({
    is: "Points", columns: ["x", "y", "e"], x: X, y: Y, data: { x: [], y: [], e: [] }, rows, filled, ...more,
  });
  class Quantity {
    constructor(words) {
      this.words = words;
      this.rows = all.filter((row) => row.points[words]);
      const groups = [...new Set(this.rows.map(({ group }) => group))];
      const layers = groups.flatMap((group) => {
        const members = this.rows.filter((row) => row.group === group), [{ hue, marker }] = members;
        const look = { marker, size: 3.5, colour: hue, error: E };
        return [layerOf(members, look, true), layerOf(members, { ...look, hollow: true }, false)];
      });
      this.chosen = layerOf([], { marker: "ring", size: 7, colour: "grey" });
      this.hovered = layerOf([], { marker: "ring", size: 9, colour: "orange" });
      this.layers = [this.chosen, this.hovered, ...layers];
      const points = this.rows.flatMap((row) => row.points[words]), y = points.map((one) => one[1]);
      const spread = largest(y) - smallest(y) || Math.abs(y[0]) || 1;
      // A point whose error is far larger than all spread must not flatten the others.
      const ends = points.flatMap(([, value, half]) => [-1, 1].map((side) => value + side * Math.min(half ?? 0, spread / 2)));
      const room = 0.08 * (largest(ends) - smallest(ends));
      this.place = element("div", { class: "runs-quantity" }, fixed);
      this.panel = new Panel({
        x: axis("P (GPa)", 0, 1.06 * largest(points.map((one) => one[0])) || 1),
        y: axis(words, smallest(ends) - room, largest(ends) + room), height: 0.5, layers: this.layers,
      }, this.place);
      this.place.addEventListener("mousemove", (event) => hover(this.near(event)));
      this.place.addEventListener("mouseleave", () => hover(null));
      this.place.addEventListener("click", (event) => this.near(event) && open(this.near(event)));
    }
    fill({ data, rows, filled }) {
      const points = rows.filter(isShown).flatMap((row) => row.points[this.words])
        .filter(([, , , isOpen]) => filled === undefined || filled !== isOpen);
      ["x", "y", "e"].forEach((name, at) => (data[name] = points.map((one) => one[at] ?? NaN)));
    }
    draw() {
      const now = chosen(), marked = this.rows.find(({ key }) => key === hovered);
      this.chosen.rows = this.rows.filter(({ key }) => now.includes(key));
      this.hovered.rows = marked ? [marked] : [];
      for (const layer of this.layers) this.fill(layer);
      this.panel.draw(Math.max(200, Math.floor(this.place.clientWidth)), {}, {});
      const shown = this.rows.filter(isShown).length;
      const said = marked ? ` Marked: ${marked.label}, ${marked.points[this.words].map((one) => one[1]).join(", ")}.` : "";
      this.panel.svg.setAttribute("aria-label", `${spoken(this.words)} against pressure of ${shown} sheets.${said}`);
      this.place.style.cursor = marked ? "pointer" : "";
    }
    // The sheet of the point that the pointer is at.
    near({ clientX, clientY }) {
      const { svg } = this.panel, { left, top, width } = svg.getBoundingClientRect();
      const size = width / svg.viewBox.baseVal.width;
      const away = (row) => smallest(row.points[this.words].map(([x, y]) =>
        Math.hypot(left + size * this.panel.x(x) - clientX, top + size * this.panel.y(y) - clientY)));
      const shown = this.rows.filter(isShown);
      const nearest = shown.reduce((best, row) => (!best || away(row) < away(best) ? row : best), null);
      return nearest && away(nearest) < NEAR ? nearest.key : null;
    }
  }
  const quantities = panels.filter((name) => all.some((row) => row.points[name])).map((one) => new Quantity(one));
  fixed.hidden = !quantities.length;
  const readout = element("p", { class: "runs-readout" }, fixed);

  function drawPoints() {
    for (const quantity of quantities) quantity.draw();
    const row = rows[hovered];
    const numbers = row ? [...row.tr.cells].flatMap((cell, at) =>
      numeric(cell) && text(cell) !== "\u2013" ? [`; ${row.tr.closest("table").tHead.rows[0].cells[at].dataset.words}: ${cell.textContent}`] : []) : [];
    readout.replaceChildren(...(row ? [row.label, ...typeset(numbers.join(""))] : label(WHAT_TO_DO)));
  }

  function hover(key) {
    if (key === hovered) return;
    rows[hovered]?.tr.classList.remove("runs-hovered");
    hovered = key;
    rows[key]?.tr.classList.add("runs-hovered");
    drawPoints();
    for (const made of overlays) made.mark();
  }

  // --- curves over each other -----------------------------------------------------------------

  // Of one run, curves differ by their dashes.
  class Overlay {
    constructor(kind, keys, place) {
      this.place = element("div", { class: "runs-overlay" }, place);
      this.keys = keys;
      const lines = keys.map((key) => sheets[key].line), units = new Set(lines.map(({ unit }) => unit));
      const measured = kind === "resistance" && state.scale === "measured" && units.size === 1;
      const shift = kind === "resistance" ? 0 : 0.3;
      const counts = {}, biggest = (y) => largest(y.map(Math.abs)) || 1;
      this.layers = keys.map((key, at) => {
        const { x, y } = sheets[key].line, size = measured ? 1 : biggest(y), { group, hue } = sheets[key];
        const dash = DASHES[(counts[group] = (counts[group] ?? -1) + 1) % DASHES.length];
        return { is: "Trace", columns: ["x", "y"], x: X, y: Y, colour: hue, dash,
          data: { x, y: y.map((one) => one / size + shift * at) } };
      });
      const ends = (name) => {
        const every = this.layers.flatMap(({ data }) => [smallest(data[name]), largest(data[name])]);
        return [smallest(every), largest(every)];
      };
      const [[x0, x1], [y0, y1]] = [ends("x"), ends("y")];
      const [across, along] = kind === "resistance"
        ? ["T (K)", measured ? `R (${[...units][0]})` : "R / largest R"]
        : ["4π sin θ / λ (1/Å)", keys.length > 1 ? "counts / largest, shifted" : "counts / largest"];
      this.panel = new Panel({
        x: axis(across, kind === "resistance" ? Math.min(0, x0) : x0, x1),
        y: axis(along, Math.min(0, y0), y1 + 0.04 * (y1 - y0)), height: 0.45, layers: this.layers,
      }, this.place);
      this.panel.svg.setAttribute("aria-label",
        `${spoken(along)} against ${spoken(across)}: ${keys.map((key) => sheets[key].label).join("; ")}.`);
      const legend = element("div", { class: "explorer-legend" }, this.place);
      this.entries = keys.map((key, at) => {
        const { hue, label: words } = sheets[key], entry = element("span", {}, legend);
        const sample = shape("svg", { width: 34, height: 12, "aria-hidden": "true" }, entry);
        const dash = this.layers[at].dash;
        shape("path", { d: "M1 6h32", "stroke-width": 2.5, ...paint(hue, "stroke"), ...(dash ? { "stroke-dasharray": dash } : {}) }, sample);
        element("a", { href: rows[key].link.getAttribute("href") }, entry, words);
        entry.addEventListener("mouseenter", () => hover(key));
        entry.addEventListener("mouseleave", () => hover(null));
        return entry;
      });
      if (state.scale === "measured" && kind === "resistance" && !measured)
        element("p", { class: "runs-count" }, this.place, "The units of these curves differ: they are drawn relative to their largest values.");
      this.draw();
    }
    draw() {
      this.panel.draw(Math.max(240, Math.floor(this.place.clientWidth)), {}, {});
      this.mark();
    }
    mark() {
      this.panel.layers.forEach(({ path, group }, at) => {
        const own = this.keys[at] === hovered;
        path.setAttribute("stroke-width", own ? 4 : 1.8);
        group.setAttribute("opacity", hovered && !own && this.keys.includes(hovered) ? 0.35 : 1);
      });
    }
  }
  let overlays = [];
  function drawCurves() {
    curves.replaceChildren();
    const now = chosen();
    overlays = ["resistance", "diffraction"].flatMap((kind) => {
      const keys = now.filter((key) => sheets[key].kind === kind);
      return keys.length ? [new Overlay(kind, keys, curves)] : [];
    });
    if (!now.length) element("p", { class: "runs-count" }, curves, "Tick rows below, and their curves and patterns are drawn here over each other.");
    scale.closest("label").hidden = !now.some((key) => sheets[key].kind === "resistance");
  }

  // --- the page -------------------------------------------------------------------------------

  change(setting.read(), false);
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    for (const made of [...quantities, ...overlays]) made.draw();
  }).observe(box);
  document.documentElement.dataset.runs = "ready";
}
