// What the pages below try/ share: where a file is dropped, the worker that reads and fits it,
// the setting in the address, the edges of a window, and what is taken away. No physics and no
// words about data here: both come from the package's own modules, translated when the book is
// built (try-NAME-engine.mjs), which run in the worker.
// A classic script (modules do not load from file://), named .mjs because Jupyter Book adds every
// .js of this folder to every page.
"use strict";
{
  const { choice, element, paint, shape, slider } = explorerParts;
  const LARGEST = 100e6; // bytes; a page holds a file in memory, more than once

  // Texts out of files are put in as text, never as markup: `element` appends strings.
  const button = (text, parent, act, attributes = {}) => {
    const made = element("button", { type: "button", ...attributes }, parent, text);
    made.addEventListener("click", act);
    return made;
  };

  // --- the worker -----------------------------------------------------------------------------

  class Refused extends Error {}
  class Stopped extends Error {}

  // Made of a text that the page has: from a file no worker can be loaded.
  class Engine {
    constructor() {
      this.asked = 0;
      this.open = new Map();
    }
    begin() {
      const text = `(${globalThis.tryEngine})()`;
      const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      this.worker = new Worker(address);
      this.worker.onmessage = ({ data }) => this.answer(data);
      this.worker.onerror = (event) => this.fail(new Error(event.message || "the worker does not start"));
    }
    answer({ id, answer, refused, failed }) {
      const [done, not] = this.open.get(id) ?? [];
      this.open.delete(id);
      if (refused !== undefined) not?.(new Refused(refused));
      else if (failed !== undefined) not?.(new Error(failed));
      else done?.(answer);
    }
    fail(why) {
      for (const [, not] of this.open.values()) not(why);
      this.open.clear();
    }
    // Return a promise of what a function of the package's entrance answers.
    ask(call, ...given) {
      if (!this.worker) this.begin();
      const id = ++this.asked;
      const answer = new Promise((done, not) => this.open.set(id, [done, not]));
      const files = given.filter((one) => one instanceof ArrayBuffer);
      this.worker.postMessage({ id, call, arguments: given }, files);
      return answer;
    }
    // The first answers take longest: the package is loaded, and compiled while it runs. These are
    // asked for that alone; nobody waits for them.
    warm(...calls) {
      if (!this.worker) this.begin();
      for (const [call, ...given] of calls) this.worker.postMessage({ id: 0, call, arguments: given });
    }
    // What still runs for a former file is not waited for.
    stop() {
      if (!this.open.size) return;
      this.worker.terminate();
      this.worker = undefined;
      this.fail(new Stopped());
    }
  }

  // One question at a time; of those that come meanwhile, only the newest is asked.
  class Newest {
    constructor(ask) {
      this.ask = ask;
    }
    want(given) {
      this.wanted = [given];
      this.running ??= this.run().finally(() => (this.running = undefined));
      return this.running;
    }
    async run() {
      while (this.wanted) {
        const [given] = this.wanted;
        this.wanted = undefined;
        await this.ask(given);
      }
    }
  }

  // --- the file -------------------------------------------------------------------------------

  // A place to drop, choose or paste data, or to take an example. `taken(name, bytes)` gets them,
  // `refused(sentence)` is told what cannot be taken.
  function source(parent, { what, paste, example, taken, refused }) {
    const box = element("section", { class: "try-source", "aria-label": "Data" }, parent);
    const zone = element("div", { class: "try-drop" }, box);
    const chosen = element("label", { class: "try-choose" }, zone, `Choose ${what}`);
    const input = element("input", { type: "file", name: "file" }, chosen);
    element("span", {}, zone, "or drop it on this page");
    const take = async (file) => {
      if (file.size > LARGEST)
        return refused(`${file.name}: has ${Math.ceil(file.size / 1e6)} MB; at most ${LARGEST / 1e6} MB ` +
          "are read on a page; the command line takes more");
      let bytes;
      try {
        bytes = await file.arrayBuffer();
      } catch (error) {
        return refused(`${file.name}: the browser cannot read it: ${error.message}`);
      }
      return taken(file.name, bytes);
    };
    input.addEventListener("change", () => {
      if (input.files[0]) take(input.files[0]);
      input.value = ""; // so that the same file, changed, can be chosen again
    });
    // A file that misses the box would open in place of the page.
    let over = 0;
    const mark = (change) => zone.classList.toggle("over", (over = Math.max(0, over + change)) > 0);
    const files = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragenter", (event) => files(event) && mark(1));
    addEventListener("dragleave", (event) => files(event) && mark(-1));
    addEventListener("dragover", (event) => files(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      mark(-Infinity);
      const dropped = [...event.dataTransfer.files];
      if (dropped.length > 1) return refused(`${dropped.length} files were dropped; one is read at a time.`);
      if (dropped.length) take(dropped[0]);
    });

    const folded = element("details", { class: "try-paste" }, box);
    element("summary", {}, folded, "Paste numbers instead");
    const label = element("label", {}, folded, paste);
    const area = element("textarea", { rows: 6, spellcheck: "false", name: "pasted" }, label);
    const bytes = (text) => new TextEncoder().encode(text).buffer;
    button("Read what is pasted", folded, () => taken("pasted.txt", bytes(area.value)));
    if (example)
      button(`No file at hand? Take the example: ${example.title}`, box,
        () => taken(example.name, bytes(example.text)), { class: "try-example" });
    return box;
  }

  // --- the setting in the address -------------------------------------------------------------

  // `#curve?n=3&window=80,300`: what was chosen, never the data.
  class Setting {
    constructor(name, moved) {
      this.name = name;
      addEventListener("hashchange", () => this.written !== location.hash && moved(this.read()));
    }
    read() {
      const [name, query] = location.hash.slice(1).split("?");
      return name === this.name ? Object.fromEntries(new URLSearchParams(query ?? "")) : {};
    }
    write(state) {
      // Browsers allow only so many changes of the address; one after each move is enough.
      clearTimeout(this.soon);
      this.soon = setTimeout(() => {
        const query = new URLSearchParams(state).toString().replaceAll("%2C", ",");
        this.written = query ? `#${this.name}?${query}` : `#${this.name}`;
        history.replaceState(null, "", this.written);
      }, 250);
    }
  }

  // --- tables ---------------------------------------------------------------------------------

  // Cells are texts or elements.
  function table(parent, heads, rows, caption) {
    const box = element("div", { class: "try-table", tabindex: "0", role: "region", "aria-label": caption }, parent);
    const made = element("table", { class: "table" }, box);
    element("caption", {}, made, caption);
    const line = element("tr", {}, element("thead", {}, made));
    for (const one of heads) element("th", { scope: "col" }, line, ...[one].flat());
    const body = element("tbody", {}, made);
    for (const row of rows) {
      const line = element("tr", {}, body);
      for (const one of row) element("td", {}, line, ...[one].flat());
    }
    return box;
  }

  // Sentences as a list; nothing where there are none.
  function sentences(parent, title, list, look) {
    if (!list?.length) return null;
    const box = element("div", { class: `try-words ${look}` }, parent);
    element("p", { class: "try-words-title" }, box, title);
    const items = element("ul", {}, box);
    for (const one of list) element("li", {}, items, one);
    return box;
  }

  // --- what is taken away ---------------------------------------------------------------------

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Where the clipboard is not given to scripts: the old way, through a selection.
      const area = element("textarea", { readonly: "", class: "try-hidden" }, document.body, text);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) throw new Error("the browser lets nothing be copied");
    }
  }

  function saved(name, text, kind) {
    const href = URL.createObjectURL(new Blob([text], { type: kind }));
    element("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  }

  // `offers`: [label, done, act]. A button says what it did, then its name again.
  function takeAway(parent, offers) {
    const bar = element("div", { class: "try-exports", role: "group", "aria-label": "Take away" }, parent);
    const said = element("span", { class: "try-hidden", role: "status" }, bar);
    for (const [label, done, act] of offers) {
      let soon = 0;
      const say = (text) => {
        made.textContent = said.textContent = text;
        clearTimeout(soon);
        soon = setTimeout(() => ((made.textContent = label), (said.textContent = "")), 2000);
      };
      const made = button(label, bar, async () => {
        try {
          await act();
          say(done);
        } catch (error) {
          say(`not done: ${error.message}`);
        }
      });
    }
    return bar;
  }

  // --- the edges of a window ------------------------------------------------------------------

  const round = (value, step) => Number((Math.round(value / step) * step).toPrecision(12));

  // Two handles over a panel, moved by pointer and by keys. They lie beside the drawing, not in
  // it: what is within a picture (role=img) is not read aloud.
  class Edges {
    constructor(panel, { labels, low, high, unit, changed }) {
      Object.assign(this, { panel, low, high, unit, changed });
      this.step = 10 ** Math.floor(Math.log10((high - low) / 100)) / 2;
      this.values = [low, high];
      this.place = panel.svg.parentElement;
      this.made = labels.map((label, side) => this.handle(label, side));
    }
    handle(label, side) {
      const made = element("div", {
        class: `try-edge try-edge-${side ? "high" : "low"}`, role: "slider", tabindex: "0",
        "aria-label": label, "aria-orientation": "horizontal",
      }, this.place);
      made.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        event.preventDefault();
        made.setPointerCapture(event.pointerId);
        made.focus();
        this.held = side;
      });
      made.addEventListener("pointermove", (event) => {
        if (this.held === side) this.move(side, this.under(event.clientX));
      });
      const release = () => (this.held = undefined);
      made.addEventListener("pointerup", release);
      made.addEventListener("pointercancel", release);
      made.addEventListener("keydown", (event) => {
        const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
        const ends = { Home: -Infinity, End: Infinity };
        if (!(event.key in steps) && !(event.key in ends)) return;
        event.preventDefault();
        this.move(side, this.values[side] + (ends[event.key] ?? steps[event.key] * 2 * this.step));
      });
      return made;
    }
    // What stands under a place of the screen, on the axis.
    under(clientX) {
      const { svg, box } = this.panel, { left, width } = svg.getBoundingClientRect();
      const at = ((clientX - left) / width) * svg.viewBox.baseVal.width;
      const [x0, x1] = this.limits;
      return x0 + ((at - box.left) / box.wide) * (x1 - x0);
    }
    move(side, value) {
      const gap = 2 * this.step, [low, high] = this.values;
      const [least, most] = side ? [low + gap, this.high] : [this.low, high - gap];
      const next = Math.min(most, Math.max(least, round(value, this.step)));
      if (next === this.values[side]) return;
      this.values[side] = next;
      this.changed([...this.values]);
    }
    // Where the panel is drawn: `limits` of its axis in x.
    draw(limits) {
      this.limits = limits;
      const { box, x } = this.panel;
      this.made.forEach((made, side) => {
        const value = this.values[side], [low, high] = this.values;
        const [least, most] = side ? [low, this.high] : [this.low, high];
        made.style.top = `${box.top}px`;
        made.style.height = `${box.high}px`;
        made.style.transform = `translateX(${x(value).toFixed(1)}px)`;
        made.setAttribute("aria-valuemin", least);
        made.setAttribute("aria-valuemax", most);
        made.setAttribute("aria-valuenow", value);
        made.setAttribute("aria-valuetext", `${Number(value.toPrecision(5))} ${this.unit}`);
      });
    }
  }

  // --- figures --------------------------------------------------------------------------------

  // At the next round number, so that the axis stands still while the fit moves.
  function rounded(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 2, 5, 10].find((one) => one * power >= value * (1 - 1e-9));
  }
  const most = (list) => list.reduce((a, b) => (b !== null && Math.abs(b) > a ? Math.abs(b) : a), 0);
  const least = (list) => list.reduce((a, b) => (b !== null && b < a ? b : a), 0);

  // What the colours of a figure are: [words, colour].
  function legend(parent, entries) {
    const box = element("div", { class: "explorer-legend" }, parent);
    return entries.map(([text, colour]) => {
      const entry = element("span", {}, box);
      const key = shape("svg", { width: 26, height: 12, "aria-hidden": "true" }, entry);
      shape("path", { d: "M2 6h22", "stroke-width": 4, ...paint(colour, "stroke") }, key);
      entry.append(text);
      return entry;
    });
  }

  // --- the page -------------------------------------------------------------------------------

  function form(look, parent) {
    const made = element("form", { class: look }, parent);
    made.addEventListener("submit", (event) => event.preventDefault());
    return made;
  }

  // A place for a file, what was read of it, and its fit. A page of its own says what stands in
  // each: `isRead`, `makeFigure`, `showFound`, `summary`, `repeats`; see try-resistance.mjs.
  class Page {
    // `kept`: what is chosen for more than one file; `exports`: as of `takeAway`, given the page.
    constructor(place, { name, what, paste, kept, named, exports }) {
      place.replaceChildren();
      Object.assign(this, { kept, named });
      this.engine = new Engine();
      this.newest = new Newest((choices) => this.fitNow(choices));
      this.setting = new Setting(name, (choices) => {
        this.choices = choices;
        if (this.file) this.open();
      });
      this.choices = this.setting.read();
      source(place, {
        what,
        paste,
        example: globalThis.tryExample,
        taken: (file, bytes) => this.take(file, bytes),
        refused: (why) => this.refuse(why),
      });
      this.status = element("p", { class: "try-said", role: "status" }, place);
      this.alert = element("p", { class: "try-refused", role: "alert", hidden: "" }, place);
      const part = (title) => {
        const box = element("section", { class: "try-part", "aria-label": title, hidden: "" }, place);
        element("h3", {}, box, title);
        return box;
      };
      this.readPart = part("What was read");
      this.read = element("div", {}, this.readPart);
      this.fitPart = part("Fit");
      this.box = element("div", {}, this.fitPart);
      this.laws = form("try-choices", this.box);
      this.sliders = form("explorer-controls", this.box);
      this.drawing = element("div", {}, this.box);
      this.found = element("div", {}, this.fitPart);
      this.taking = element("div", {}, this.fitPart);
      takeAway(this.taking, exports.map(([label, done, act]) => [label, done, () => act(this)]));
      this.command = element("pre", { class: "try-command" }, this.taking);
      const { tryExample: example } = globalThis;
      if (example)
        addEventListener("load", () => {
          const opened = ["opened", example.name, new TextEncoder().encode(example.text).buffer, {}];
          if (!this.file) this.engine.warm(opened, ["fitted", {}], opened, ["fitted", {}], ["fitted", {}]);
        });
    }

    say(text) {
      this.status.textContent = text;
    }
    refuse(why) {
      this.alert.textContent = why;
      this.alert.hidden = !why;
      if (why) this.say("");
    }
    // What an answer that did not come means; a former file's is of no interest.
    missed(error) {
      if (error instanceof Stopped) return;
      if (!(error instanceof Refused)) console.error(error);
      this.refuse(error instanceof Refused ? error.message
        : `This page failed at it (${error.message.split("\n")[0]}). The command line may not.`);
    }

    // --- reading ---

    async take(name, bytes) {
      this.engine.stop();
      if (this.file && this.file.name !== name)
        this.choices = Object.fromEntries(this.kept.flatMap((key) => (key in this.choices ? [[key, this.choices[key]]] : [])));
      this.file = { name, bytes };
      await this.open();
    }
    // Read the file as it is chosen to be, and fit it.
    async open() {
      const { name, bytes } = this.file;
      this.refuse("");
      this.say(`Reading ${name} …`);
      this.fit = undefined;
      let answer;
      try {
        answer = await this.engine.ask("opened", name, bytes.slice(0), this.choices);
      } catch (error) {
        if (!(error instanceof Stopped)) this.readPart.hidden = this.fitPart.hidden = true;
        return this.missed(error);
      }
      this.showRead(answer);
      this.fitPart.hidden = !this.isRead(answer);
      if (answer.refused) return this.refuse(answer.refused);
      this.figure?.end();
      this.box.className = "explorer"; // looks of the live figures, from the first one on
      this.figure = this.makeFigure(answer, name);
      this.controls = undefined;
      this.say(`Fitting ${name} …`);
      return this.choose({});
    }
    showRead(answer) {
      const { read: how, table: cells, selects, notes, warnings } = answer;
      this.readPart.hidden = !cells;
      this.read.replaceChildren();
      if (!cells) return;
      if (how) element("p", {}, this.read, `${how}.`);
      const folded = element("details", answer.refused ? { open: "" } : {}, this.read);
      element("summary", {}, folded, "Columns, units and the first rows");
      const choices = form("try-choices", folded);
      for (const one of selects)
        select(one, choices, (value) => {
          this.put({ [one.name]: value });
          this.open();
        });
      const heads = cells.headings.map((one, i) => one || `column ${cells.numbers[i]}`);
      const rows = cells.rows.map((row, i) => [String(cells.row_numbers[i]), ...row]);
      const box = table(folded, ["row", ...heads], rows, "The first rows; what is used is in bold");
      box.classList.add("try-rows");
      for (const line of box.querySelectorAll("tr"))
        cells.roles.forEach((role, i) => line.children[i + 1]?.classList.toggle("used", role !== null));
      sentences(this.read, "Look at it", warnings, "warn");
      sentences(this.read, "Notes", notes, "note");
    }

    // --- fitting ---

    // Change what is chosen; an empty text is the choice of the package.
    put(some) {
      const next = Object.entries({ ...this.choices, ...some });
      this.choices = Object.fromEntries(next.filter(([, value]) => value !== ""));
    }
    choose(some) {
      this.put(some);
      return this.file && this.newest.want(this.choices);
    }
    async fitNow(choices) {
      try {
        await this.answers(choices);
      } catch (error) {
        this.missed(error); // what was fitted last stays
      }
    }
    async answers(choices) {
      this.showFit(await this.engine.ask("fitted", choices));
    }
    showFit(fit) {
      if (fit.refused) throw new Refused(fit.refused);
      this.fit = fit;
      this.refuse("");
      const said = this.summary(fit), latest = this.isLatest();
      this.figure.show(fit, said, latest);
      this.showControls(fit, latest);
      this.found.replaceChildren();
      this.showFound(fit);
      this.command.textContent = this.repeats();
      this.taking.hidden = !this.command.textContent;
      this.setting.write(fit.state);
      // Spoken when the reader pauses, not at every step of a drag.
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.say(said), 400);
    }
    // Whether nothing was moved since this was asked.
    isLatest() {
      return !this.newest.wanted;
    }
    save(ending, text) {
      const kind = ending === "json" ? "application/json" : "text/csv";
      saved(`${this.file.name.replace(/\.[^.]*$/, "")}-fit.${ending}`, text, kind);
    }

    // --- controls ---

    // They stay as long as they are the same ones, or a slider would be lost while it is held.
    showControls({ controls }) {
      const kind = JSON.stringify(controls.map(({ name, options }) => [name, options]));
      if (kind !== this.controls) this.makeControls(controls);
      this.controls = kind;
      const values = controls.map(({ name, value, low }) => [name, low === undefined ? value : Number(value)]);
      for (const update of this.updates) update(Object.fromEntries(values));
    }
    makeControls(controls) {
      this.sliders.replaceChildren();
      const changed = (some) => this.choose(Object.fromEntries(
        Object.entries(some).map(([name, value]) => [name, String(value)])));
      this.updates = controls.map((one) => (one.options ? choice : slider)(
        { ...one, label: this.named(one.label), digits: 3 }, this.sliders, changed));
    }
  }

  // A choice in words; the first option is how the package has it.
  function select({ name, label: text, value, options }, parent, changed) {
    const made = element("select", { name }, element("label", {}, parent, text));
    for (const [key, words] of options) element("option", { value: key }, made, words);
    made.value = value;
    made.addEventListener("change", () => changed(made.value));
    return made;
  }

  globalThis.tryParts = {
    Edges, Page, Refused, Setting,
    button, copied, least, legend, most, rounded, select, sentences, table,
  };
}
