// The form below an exercise (compendium/checks.py). It reads what is written as
// analysis/exercises/written.py does, and decides as checking.py does: with the patterns, sentences
// and units of those modules, which the page brings along, and with slow digests in place of values.
// A classic script (modules do not load from file://), named .mjs because Jupyter Book adds every
// .js of this folder to every page.
"use strict";
{
  class Refused extends Error {}
  class Stopped extends Error {}

  // --- what is written ------------------------------------------------------------------------

  // A text as a message quotes it, which is how Python writes it.
  function quoted(text) {
    const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
    const named = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", [mark]: `\\${mark}` };
    const coded = (letter) => {
      const code = letter.codePointAt(0);
      const [name, digits] = code < 256 ? ["x", 2] : code < 65536 ? ["u", 4] : ["U", 8];
      return `\\${name}${code.toString(16).padStart(digits, "0")}`;
    };
    const escaped = text.replace(/[\p{C}\p{Z}\\'"]/gu, (one) =>
      named[one] ?? (/[ '"]/.test(one) ? one : coded(one)));
    return mark + escaped + mark;
  }

  function shown(text, limit = 60) {
    const letters = [...text];
    if (letters.length <= limit) return quoted(text);
    return `${quoted(letters.slice(0, limit - 15).join(""))} ... (${letters.length} characters)`;
  }

  const filled = (sentence, given) => sentence.replace(/\{(\w+)\}/g, (_, name) => given[name]);
  const plain = (digits) => digits.replace("−", "-").replace(",", ".").replace(/\s+/g, "");

  // One letter for those that look alike, and no full stop at the end.
  function tidy(how, text) {
    const raised = text.replace(new RegExp(how.patterns.raised, "gu"), "^$&");
    return raised.normalize("NFKC").trim().replace(/\.+$/, "").trim();
  }

  function factor(how, { unit, units }, said) {
    const same = (name) => name.toLowerCase() === said.toLowerCase();
    if (!said || same(unit)) return 1;
    const other = Object.keys(units).find(same);
    if (other !== undefined) return units[other];
    if (unit === "K" && new RegExp(`^(?:${how.patterns.celsius})`, "ui").test(said)) return 1;
    if (!unit) throw new Refused(filled(how.refusals.unitless, { said: shown(said) }));
    const allowed = [unit, ...Object.keys(units)].join(", ");
    throw new Refused(filled(how.refusals.no_unit, { said: shown(said), allowed }));
  }

  // An answer as a number in the unit of its exercise; of a choice the place of its letter.
  function read(how, asked, written) {
    const said = written.trim();
    if (asked.options.length) return said.charCodeAt(0) - "a".charCodeAt(0) + 1;
    const refuse = (sentence) => {
      throw new Refused(filled(sentence, { said: shown(said) }));
    };
    const first = (name, text) => new RegExp(how.patterns[name], "uy").exec(text);
    let text = tidy(how, written);
    text = text.slice(first("limit", text)?.[0].length ?? 0);
    const bare = first("bare", text);
    if (bare) text = `${bare[1]}1×10${text.slice(bare[0].length)}`;
    const begin = first("number", text);
    if (!begin) refuse(how.refusals.no_number);
    let power = begin[2] ? Number(plain(begin[2])) : 0;
    let rest = text.slice(begin[0].length).replace(new RegExp(how.patterns.error, "u"), "");
    const times = first("power", rest);
    if (times) {
      power += Number(plain(times[1]));
      rest = rest.slice(times[0].length);
    }
    if (/[0-9]/.test(rest)) refuse(how.refusals.several);
    const number = Number(`${plain(begin[1])}e${power}`) * factor(how, asked, rest.trim());
    if (!(Math.abs(number) <= how.largest)) refuse(how.refusals.no_size);
    return number;
  }

  // --- what is said of it ---------------------------------------------------------------------

  const bytes = (text) => new TextEncoder().encode(text);

  // The name of a bin, and the byte that masks the place of its words (digests.py).
  async function digest({ key, salt, rounds }, bin) {
    const said = await crypto.subtle.importKey("raw", bytes(`${key}:${bin}`), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-512", salt: bytes(`${salt}:${key}`), iterations: rounds };
    const found = new Uint8Array(await crypto.subtle.deriveBits(how, said, 8 * 17));
    const name = Array.from(found.subarray(0, 16), (one) => one.toString(16).padStart(2, "0")).join("");
    return [name, found[16]];
  }

  // [kind, words]. Guesses are computed one after another; `stopped` says whether to go on.
  async function decide(how, asked, written, stopped = () => false) {
    if (!written.trim()) return ["none", how.missing];
    const of = async (value) => {
      const bin = Math.floor((value - asked.start) / asked.width);
      const [name, mask] = await digest(asked, bin);
      if (stopped()) throw new Stopped();
      const masked = asked.entries[name];
      return masked && asked.words[Number.parseInt(masked, 16) ^ mask];
    };
    let number;
    try {
      number = read(how, asked, written);
    } catch (error) {
      if (error instanceof Refused) return ["unread", error.message];
      throw error;
    }
    const celsius = asked.unit === "K" && new RegExp(how.patterns.celsius, "ui").test(tidy(how, written));
    const found = celsius ? undefined : await of(number);
    if (found) return found;
    for (const [times, more, advice] of asked.undo)
      if ((await of(number * times + more))?.[0] === "right") return ["slip", advice];
    return celsius ? ["slip", how.celsius] : ["wrong", asked.hint];
  }

  // --- the form -------------------------------------------------------------------------------

  const element = (tag, attributes, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const SAID = { slip: "A usual slip.", wrong: "Not right.", unread: "Not read." };
  let line = Promise.resolve(); // of all forms of the page: one guess at a time

  class Form {
    constructor(place, how, right) {
      Object.assign(this, { place, how, right, turn: 0 });
      this.asked = JSON.parse(place.dataset.check);
      const name = place.id;
      this.output = element("output", { role: "status", "aria-live": "polite", for: name + "-answer" });
      const button = element("button", { type: "submit" }, "Check");
      this.form = element("form", { autocomplete: "off" });
      if (this.asked.options.length) this.form.append(this.choices(name), button, this.output);
      else this.form.append(...this.field(name), button, this.output);
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.check();
      });
      place.prepend(this.form);
      place.classList.add("live");
    }
    field(name) {
      const id = `${name}-answer`, { unit, undo } = this.asked;
      // A telephone's keys for decimals may lack the minus.
      const inputmode = undo.some(([times]) => times < 0) ? "text" : "decimal";
      const input = element("input", {
        id, name: "answer", type: "text", inputmode, autocapitalize: "off", spellcheck: "false",
      });
      const box = element("span", { class: "check-field" }, input);
      if (unit) {
        input.setAttribute("aria-describedby", `${name}-unit`);
        box.append(element("span", { id: `${name}-unit` }, unit));
      }
      return [element("label", { for: id }, "Your answer"), box];
    }
    // The options stand in the question, typeset: they move from there into the form.
    choices(name) {
      const sentences = this.typeset() ?? this.asked.options.map((one, i) => [`${"abcdefgh"[i]}) ${one}`]);
      const labels = sentences.map((inside, i) => {
        const input = element("input", { type: "radio", name: "answer", value: "abcdefgh"[i] });
        return element("label", {}, input, element("span", {}, ...inside));
      });
      return element("fieldset", { id: `${name}-answer` }, element("legend", {}, "Your answer"), ...labels);
    }
    typeset() {
      const lists = [...(document.getElementById(this.asked.key)?.querySelectorAll("ul") ?? [])];
      const list = lists.find(({ children }) => children.length === this.asked.options.length
        && [...children].every((one, i) => one.textContent.trim().startsWith(`${"abcdefgh"[i]})`)));
      if (!list) return undefined;
      list.remove();
      return [...list.children].map((one) => [...(one.querySelector(":scope > p") ?? one).childNodes]);
    }
    get written() {
      return new FormData(this.form).get("answer") ?? "";
    }
    set written(text) {
      this.form.elements.answer.value = text;
    }
    check() {
      const turn = ++this.turn, { written } = this, stopped = () => turn !== this.turn;
      if (!globalThis.crypto?.subtle) return this.say("none", this.insecure());
      this.say("busy", "Checking …");
      line = line.then(async () => {
        if (stopped()) return;
        try {
          const [kind, words] = await decide(this.how, this.asked, written, stopped);
          this.say(kind, words);
          if (kind === "right") this.right(this.asked.key, { written, words });
        } catch (error) {
          if (error instanceof Stopped) return;
          console.error(error);
          this.say("none", `This page failed at it (${error.message}). ${this.elsewhere()}`);
        }
      });
    }
    insecure() {
      return `The browser computes no digests on a page that came over plain http. ${this.elsewhere()}`;
    }
    elsewhere() {
      return `Write check("${this.asked.key}", ...) in JupyterLab (make lab), with your answer.`;
    }
    say(kind, words) {
      this.output.className = `check-said check-${kind}`;
      const mark = element("span", { class: "check-mark", "aria-hidden": "true" },
        this.how.marks[kind] ?? this.how.marks.none);
      const first = SAID[kind] ? [element("strong", {}, SAID[kind]), " "] : [];
      this.output.replaceChildren(mark, element("span", {}, ...first, words));
    }
    restore({ written, words }) {
      this.written = written;
      this.say("right", words);
    }
    forget() {
      this.turn += 1;
      this.form.reset();
      this.output.className = "";
      this.output.replaceChildren();
    }
  }

  // --- what was right -------------------------------------------------------------------------

  // Kept in the reader's browser, under the version of the book and the page; sent nowhere.
  class Progress {
    constructor(forms, name) {
      Object.assign(this, { forms, name, kept: this.read(name) });
      this.count = element("p", { role: "status", tabindex: "-1" });
      this.button = element("button", { type: "button" }, "Forget my answers");
      this.button.addEventListener("click", () => this.forget());
      const note = element("p", { class: "check-note" }, "Right answers are kept in this browser, and sent nowhere.");
      document.querySelector(".bd-article h1")?.after(element("div", { class: "check-progress" }, this.count, this.button, note));
      for (const form of forms) if (this.kept[form.asked.key]) form.restore(this.kept[form.asked.key]);
      this.show();
    }
    // Where a browser keeps nothing, what was right is known until the page is left.
    read(name) {
      try {
        const entries = Object.entries(JSON.parse(localStorage.getItem(name)) ?? {});
        return Object.fromEntries(entries.filter(([, one]) => typeof one?.written === "string" && typeof one.words === "string"));
      } catch {
        return {};
      }
    }
    write() {
      try {
        if (Object.keys(this.kept).length) localStorage.setItem(this.name, JSON.stringify(this.kept));
        else localStorage.removeItem(this.name);
      } catch {}
    }
    add(key, answer) {
      this.kept = { ...this.kept, ...this.read(this.name), [key]: answer }; // another tab may have added some
      this.write();
      this.show();
    }
    forget() {
      this.kept = {};
      this.write();
      for (const form of this.forms) form.forget();
      this.show();
      this.count.focus();
    }
    show() {
      const right = this.forms.filter(({ asked }) => this.kept[asked.key]).length;
      for (const { place, asked } of this.forms) place.classList.toggle("done", asked.key in this.kept);
      this.count.textContent = `${right} of ${this.forms.length} right`;
      this.button.hidden = !right;
    }
  }

  // The buttons of folded solutions are all named alike; each says whose solution it unfolds.
  function nameSolutions() {
    const words = (title) => title.textContent.trim().replace(/\s+/g, " ");
    for (const button of document.querySelectorAll(".solution > .admonition-title > .toggle-button")) {
      const asked = document.getElementById(button.dataset.target.replace(/-solution$/, ""));
      const title = asked?.querySelector(":scope > .admonition-title");
      if (title) button.setAttribute("aria-label", `Solution to ${words(title)}`);
    }
  }

  function begin() {
    const how = JSON.parse(document.querySelector('meta[name="checks"]').content);
    const places = [...document.querySelectorAll(".check[data-check]")];
    if (!places.length) return;
    const forms = places.map((place) => new Form(place, how, (key, answer) => progress.add(key, answer)));
    const progress = new Progress(forms, `${forms[0].asked.salt}/${places[0].dataset.page}`);
    addEventListener("load", nameSolutions);
    document.documentElement.dataset.checks = "ready";
  }

  if (globalThis.document) begin();
  else globalThis.checkParts = { decide }; // tests/checks.mjs, in node
}
