// The page try/resistance: a dropped R(T) is read, fitted and drawn. What is read, fitted and said
// comes from `opened` and `fitted` of analysis/show/trying/resistance.py, in the worker; what the
// pages below try/ share is in try.mjs.
"use strict";
{
  const { Panel, digits, element, label } = explorerParts;
  const { Edges, Page, button, copied, least, legend, most, rounded, sentences, table } = tryParts;

  // --- the figure -----------------------------------------------------------------------------

  const number = (name) => (scope) => scope[name];
  const axis = (label, low, high) => ({ label, low: number(low), high: number(high) });
  class Figure {
    constructor(parent, { points: { t, r }, unit, about }, changed) {
      this.about = about;
      this.ends = [Math.min(...t), Math.max(...t)];
      this.scale = most(r) || 1;
      this.scope = { t0: 0, t1: 1.03 * this.ends[1], r0: 1.05 * least(r), r1: 1.05 * this.scale };
      parent.replaceChildren();
      this.panels = element("div", { class: "explorer-panels try-panels" }, parent);
      const upper = element("div", {}, this.panels), lower = element("div", {}, this.panels);
      const cold = axis("T (K)", "t0", "t1");
      this.main = new Panel({
        x: cold, y: axis(`R (${unit})`, "r0", "r1"), height: 0.56,
        layers: [
          { is: "Band", columns: ["fit_t", "low", "high"], x: number("fit_t"),
            lower: number("low"), upper: number("high"), colour: "sky", when: number("banded") },
          { is: "Points", columns: ["t", "r"], x: number("t"), y: number("r"), size: 2, stays: true },
          { is: "Trace", columns: ["fit_t", "fit_r"], x: number("fit_t"), y: number("fit_r"), colour: "orange" },
          { is: "Trace", columns: ["fall_t", "fall_r"], x: number("fall_t"), y: number("fall_r"), colour: "purple" },
          { is: "Mark", x: number("onset"), y: number("full"), text: "T_{c,onset}", hollow: true,
            colour: "green", when: number("falls") },
          { is: "Mark", x: number("tc"), y: number("r_tc"), text: "T_{c}", colour: "purple", when: number("falls") },
        ],
      }, upper);
      this.rest = new Panel({
        x: cold, y: axis("difference (%)", "off0", "off1"), height: 0.34,
        layers: [
          { is: "Rule", y: () => 0, colour: "grey" },
          { is: "Points", columns: ["rest_t", "rest"], x: number("rest_t"), y: number("rest"), size: 1.7 },
        ],
      }, lower);
      this.edges = new Edges(this.main, {
        labels: ["lower edge of the window", "upper edge of the window"],
        low: this.ends[0], high: this.ends[1], unit: "K",
        changed: (window) => { changed(window); this.later(); },
      });
      this.keys = legend(parent, [
        ["points", "blue"], ["fit", "orange"], ["95 % band", "sky"], ["transition", "purple"],
      ]);
      this.columns = { t, r, fit_t: [], fit_r: [], low: [], high: [], fall_t: [], fall_r: [], rest_t: [], rest: [] };
      this.watch = new ResizeObserver(() => this.later());
      this.watch.observe(this.panels);
    }
    // Take what was fitted; it is drawn with the next frame. Without a fit only the points stay.
    // While edges move on, an answer is not the latest, and does not move them back.
    show({ curve, residuals, window, transition }, said, latest) {
      const rest = (residuals?.r ?? []).map((one) => (100 * one) / this.scale);
      const off = rounded(1.15 * (most(rest) || 0.01));
      const fall = transition?.curve, top = transition?.drop?.top;
      const cold = fall ? fall.t.findLastIndex((t) => t <= top) + 1 : 0;
      const { tc, tc_onset: onset, r_onset: full, criterion } = transition?.json ?? {};
      Object.assign(this.columns, {
        fit_t: curve?.t ?? [], fit_r: curve?.r ?? [], low: curve?.low ?? [], high: curve?.high ?? [],
        fall_t: fall?.t.slice(0, cold) ?? [], fall_r: fall?.r.slice(0, cold) ?? [],
        rest_t: residuals?.t ?? [], rest,
      });
      const value = (one) => one?.value ?? NaN;
      Object.assign(this.scope, {
        off0: -off, off1: off, banded: Boolean(curve?.low), falls: Boolean(transition),
        tc: value(tc), r_tc: criterion * value(full), onset: value(onset), full: value(full),
      });
      this.keys[2].hidden = !this.scope.banded;
      this.keys[3].hidden = !cold;
      if (window && latest) this.edges.values = [...window];
      this.said = said;
      this.later();
    }
    // At most once in a frame, however many moves and answers there are.
    later() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = undefined;
        this.draw();
      });
    }
    draw() {
      const width = Math.max(240, Math.floor(this.panels.clientWidth));
      const { scope, columns } = this;
      if (scope.off1 === undefined) return;
      this.main.draw(width, scope, columns);
      this.rest.draw(width, scope, columns);
      this.edges.draw([scope.t0, scope.t1]);
      for (const [panel, what] of [[this.main, "Resistance"], [this.rest, "Measured less fitted values"]])
        panel.svg.setAttribute("aria-label", `${what} against temperature, ${this.about}. ${this.said}`);
    }
    end() {
      this.watch.disconnect();
    }
  }

  // --- the page -------------------------------------------------------------------------------

  // What the terminal writes in plain letters.
  const NAMES = {
    theta_d: "Θ_{D}", r0: "R_{0}", a: "A", r_sat: "R_{sat}", g_sat: "G", "R^2": "R^{2}",
    "T_c,onset": "T_{c,onset}",
  };
  const named = (name) => (NAMES[name] ?? name)
    .replace(/T_c\b/, "T_{c}").replace("R_n", "R_{n}").replace("lambda", "λ").replace("mu*", "μ*");
  const plain = (text) => text.replaceAll("+-", "±");

  class CurvePage extends Page {
    constructor(place) {
      super(place, {
        name: "curve",
        what: "a file",
        paste: "A column of temperatures and one of resistances, with or without headings:",
        // Columns and windows are of one file.
        kept: ["law", "n", "weighting", "criterion", "mu_star", "formula"],
        named,
        exports: [
          ["Copy the numbers", "copied", (page) => copied(page.all("text").join("\n\n"))],
          ["Download JSON", "saved", (page) => page.save("json", JSON.stringify(page.json(), null, 1))],
          ["Download the curve (csv)", "saved", async (page) => page.save("csv", await page.engine.ask("csv"))],
          ["Copy the command", "copied", (page) => copied(page.all("command").join("\n"))],
        ],
      });
    }
    isRead(answer) {
      return Boolean(answer.points);
    }
    makeFigure(answer, about) {
      return new Figure(this.drawing, { ...answer, about }, (window) => this.choose({ window: window.join() }));
    }
    async answers(choices) {
      const first = await this.engine.ask("fitted", choices, false);
      this.showFit(first);
      // The transition takes longest; it is fitted once for a law, when nothing else is asked.
      if (first.waits && !this.newest.wanted) this.showFit(await this.engine.ask("fitted", choices, true));
    }
    showFound(fit) {
      const { transition } = fit;
      for (const [one, title] of [[fit, "Normal state"], [transition, "Transition"]]) {
        if (one?.no_fit) sentences(this.found, `${title}: no fit`, [one.no_fit], "warn");
        if (!one?.rows) continue;
        const news = (name) => [...new Set(one[name])].filter((text) => one === fit || !fit[name]?.includes(text));
        sentences(this.found, `${title}: warnings`, news("warnings"), "warn");
        const rows = one.rows.map(([name, text]) => [label(named(name)), plain(text)]);
        if (one === fit) rows.push(["lag-1 autocorrelation", this.correlation(fit)]);
        table(this.found, ["", ""], rows, `${title}: ${plain(one.heading)}`);
        sentences(this.found, "Remarks", news("remarks"), "note");
      }
    }
    // Of the normal state and of the transition, where there are fits.
    all(name) {
      return [this.fit, this.fit?.transition].filter((one) => one?.rows).map((one) => one[name]);
    }
    repeats() {
      return this.all("command").join("\n");
    }
    json() {
      const found = this.all("json");
      return found.length > 1 ? found : found[0];
    }
    correlation({ lag1, widened }) {
      const times = widened > 1 ? `, the errors are multiplied by ${widened.toPrecision(2)}` : "";
      return `${digits(lag1, 2)}${times}`;
    }
    summary(fit) {
      const parts = [fit, fit.transition].filter(Boolean).map((one) => one.no_fit ?? one.said);
      if (fit.how) parts.splice(1, 0, `window ${fit.how}`);
      const count = new Set(this.all("warnings").flat()).size;
      return `${plain(parts.join("; ")).replace("theta_d", "Θ_D")}${count ? `; ${count} ${count > 1 ? "warnings" : "warning"}` : ""}`;
    }

    // --- controls ---

    isLatest() {
      return super.isLatest() && this.figure.edges.held === undefined;
    }
    showControls(fit, latest) {
      super.showControls(fit, latest);
      for (const edge of this.typed)
        if (fit.window && latest && document.activeElement !== edge) edge.value = fit.window[edge.name === "low" ? 0 : 1];
    }
    makeControls(controls) {
      this.laws.replaceChildren();
      this.typed = [["low", "from"], ["high", "to"]].map(([name, words]) => element("input",
        { type: "number", step: "any", min: 0, name }, element("label", {}, this.laws, `window ${words} (K)`)));
      for (const edge of this.typed)
        edge.addEventListener("change", () => this.choose({ window: this.typed.map((one) => one.value).join() }));
      button("Automatic window", this.laws, () => this.choose({ window: "" }));
      super.makeControls(controls);
    }
  }

  new CurvePage(document.querySelector(".try-place"));
  document.documentElement.dataset.trying = "ready";
}
