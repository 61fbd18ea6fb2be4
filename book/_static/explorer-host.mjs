// Brings the live figures of a built page to life. There is no kernel behind it: MyST-NB writes
// the state of every widget into the page, and this renders those that are explorers. Their module
// stands beside the page as explorer.mjs (compendium/pages.py): no script comes out of a page. A setting is kept in the address, `#live-debye?theta_d=400`, so that it can be linked to.
// A classic script (modules do not load from file://), named .mjs because Jupyter Book adds every
// .js of this folder to every page.
"use strict";
{
  const STATE = "application/vnd.jupyter.widget-state+json";
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const EXPLORER = "analysis.show.explore.widget.Explorer";

  // What the front end of an anywidget asks its host for.
  class Model {
    constructor(state) {
      this.state = state;
      this.listeners = {};
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      if (this.state[name] === value) return;
      this.state[name] = value;
      for (const event of [`change:${name}`, "change"])
        for (const listener of [...(this.listeners[event] ?? [])]) listener({ model: this }, value);
    }
    save_changes() {}
    send() {}
    on(events, listener) {
      for (const event of events.split(/\s+/)) (this.listeners[event] ??= []).push(listener);
    }
    off(events, listener) {
      for (const event of (events ?? Object.keys(this.listeners).join(" ")).split(/\s+/))
        this.listeners[event] = listener
          ? (this.listeners[event] ?? []).filter((one) => one !== listener)
          : [];
    }
  }

  const parse = (kind) =>
    [...document.querySelectorAll(`script[type="${kind}"]`)].map((tag) => [tag, JSON.parse(tag.textContent)]);

  function note(place) {
    const binder = document.querySelector('meta[name="compendium-binder"]')?.content;
    const text = document.createElement("p");
    text.className = "explorer-note";
    text.textContent = "This control fits again at every move, and needs Python: open the chapter in JupyterLab. ";
    if (binder) {
      const link = Object.assign(document.createElement("a"), { href: binder, textContent: "Open it on Binder" });
      link.className = "btn btn-sm btn-outline-primary";
      text.append(link);
    }
    place.append(text);
  }

  // --- the setting in the address -------------------------------------------------------------

  function fromAddress(name) {
    const [anchor, query] = location.hash.slice(1).split("?");
    return anchor === name && query !== undefined ? Object.fromEntries(new URLSearchParams(query)) : null;
  }

  function followAddress(model, name, place) {
    const link = document.createElement("a");
    link.className = "explorer-link";
    link.textContent = "link to this setting";
    place.append(link);
    const say = () => {
      link.href = `#${name}?${new URLSearchParams(model.get("values"))}`;
    };
    const read = (moved) => {
      const wanted = fromAddress(name);
      if (!wanted) return;
      model.set("values", wanted);
      if (moved) place.scrollIntoView();
    };
    read(false);
    say();
    let soon = 0;
    model.on("change:values", () => {
      say();
      // Browsers allow only so many changes of the address; one after each move is enough.
      clearTimeout(soon);
      soon = setTimeout(() => history.replaceState(null, "", link.href), 250);
    });
    addEventListener("hashchange", () => read(true));
  }

  // --- the page -------------------------------------------------------------------------------

  async function bring(id, state, place, models) {
    if (state?._anywidget_id !== EXPLORER) return note(place);
    const model = (models[id] ??= new Model(state));
    const name = state.spec?.name;
    if (name && !document.getElementById(`live-${name}`)) {
      place.id = `live-${name}`;
      followAddress(model, place.id, place);
    }
    if (state._css && !document.querySelector("style[data-explorer]")) {
      const style = document.createElement("style");
      style.dataset.explorer = "";
      style.textContent = state._css;
      document.head.append(style);
    }
    const figure = document.createElement("div");
    place.prepend(figure);
    await explorerFront.render({ model, el: figure });
    performance.mark("explorer-live");
    if (fromAddress(place.id)) place.scrollIntoView();
  }

  // Menus and many links lie between the top of a page and its first live figure: a link beside the
  // theme's "Skip to main content" leads a reader with a keyboard to the first slider.
  function offerSkip() {
    const control = [' input[type="range"]', " select"]
      .map((kind) => document.querySelector(`.explorer-place[id]${kind}`))
      .find(Boolean);
    const first = document.getElementById("pst-skip-link");
    if (!control || !first) return;
    const link = document.createElement("a");
    link.href = `#${control.closest(".explorer-place").id}`;
    link.textContent = "Skip to the live figure";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      control.focus();
    });
    const skip = document.createElement("div");
    skip.className = first.className;
    skip.append(link);
    first.after(skip);
  }

  async function boot() {
    const states = Object.assign({}, ...parse(STATE).map(([, content]) => content.state));
    const models = {};
    for (const [tag, { model_id: id }] of parse(VIEW)) {
      const place = document.createElement("div");
      place.className = "explorer-place";
      tag.before(place);
      try {
        await bring(id, states[id]?.state, place, models);
      } catch (error) {
        console.error(error);
        place.textContent = `The live figure does not work here: ${error.message}`;
      }
    }
    offerSkip();
    document.documentElement.dataset.explorers = "ready";
  }

  // After every deferred script, explorer.mjs among them.
  if (document.readyState === "complete") boot();
  else addEventListener("DOMContentLoaded", boot);
}
