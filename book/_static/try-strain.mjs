// The page try/strain: a dropped table of lines is read, fitted by eq. 7 or 8, and drawn. What is
// read, fitted and said comes from `opened` and `fitted` of analysis/show/trying/strain.py, in the
// worker; what the pages below try/ share is in try.mjs.
"use strict";
{
  const { Panel, element, label, slider } = explorerParts;
  const { Page, Refused, button, copied, legend, most, rounded, select, sentences, table } = tryParts;

  // --- the figure -----------------------------------------------------------------------------

  const number = (name) => (scope) => scope[name];
  const axis = (label, low, high) => ({ label, low: number(low), high: number(high) });

  class Figure {
    constructor(parent, about) {
      this.about = about;
      this.scope = {};
      parent.replaceChildren();
      this.panels = element("div", { class: "explorer-panels try-panels" }, parent);
      const upper = element("div", {}, this.panels), lower = element("div", {}, this.panels);
      const sine = axis("sin θ", "zero", "x1");
      const points = (columns, look) => ({
        is: "Points", columns, x: number(columns[0]), y: number(columns[1]), size: 3, ...look,
      });
      this.main = new Panel({
        x: sine, y: axis("β cos θ (mrad)", "zero", "y1"), height: 0.56,
        layers: [
          { is: "Band", columns: ["fit_x", "low", "high"], x: number("fit_x"), lower: number("low"),
            upper: number("high"), colour: "sky" },
          { is: "Trace", columns: ["fit_x", "fit_y"], x: number("fit_x"), y: number("fit_y"), colour: "orange" },
          points(["out_x", "out_y"], { colour: "grey" }),
          points(["x", "y", "error"], { error: number("error") }),
          points(["odd_x", "odd_y"], { colour: "purple", size: 4 }),
        ],
      }, upper);
      this.rest = new Panel({
        x: sine, y: axis("difference (errors)", "off0", "off1"), height: 0.34,
        layers: [{ is: "Rule", y: () => 0, colour: "grey" }, points(["x", "rest"], {})],
      }, lower);
      this.keys = legend(parent, [
        ["lines", "blue"], ["law", "orange"], ["95 % band", "sky"], ["off the others", "purple"],
        ["not used", "grey"],
      ]);
      this.watch = new ResizeObserver(() => this.later());
      this.watch.observe(this.panels);
    }
    // Take what was fitted; it is drawn with the next frame. Without a fit nothing is.
    show({ points, unused, curve }, said) {
      this.panels.hidden = !points;
      for (const key of this.keys) key.parentElement.hidden = !points;
      if (!points) return;
      const odd = points.outlier.flatMap((one, i) => (one ? [i] : []));
      const at = (name) => odd.map((i) => points[name][i]);
      this.columns = {
        x: points.x, y: points.y, error: points.error, rest: points.in_errors,
        odd_x: at("x"), odd_y: at("y"), out_x: unused.x, out_y: unused.y,
        fit_x: curve.x, fit_y: curve.y, low: curve.low, high: curve.high,
      };
      const off = rounded(1.15 * (most(points.in_errors) || 1));
      const ends = points.y.map((one, i) => one + points.error[i]);
      this.scope = {
        zero: 0, off0: -off, off1: off, x1: 1.02 * most([...curve.x, ...unused.x]),
        y1: 1.06 * most([...ends, ...curve.y, ...unused.y]),
      };
      this.keys[3].hidden = !odd.length;
      this.keys[4].hidden = !unused.x.length;
      this.said = said;
      this.later();
    }
    later() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = undefined;
        this.draw();
      });
    }
    draw() {
      if (!this.columns || this.panels.hidden) return;
      const width = Math.max(240, Math.floor(this.panels.clientWidth));
      for (const [panel, what] of [[this.main, "Breadths"], [this.rest, "Measured less fitted breadths"]]) {
        panel.draw(width, this.scope, this.columns);
        panel.svg.setAttribute("aria-label", `${what} against the sine of the Bragg angle, ${this.about}. ${this.said}`);
      }
    }
    end() {
      this.watch.disconnect();
    }
  }

  // --- the page -------------------------------------------------------------------------------

  const plain = (text) => text.replaceAll("+-", "±");
  const named = (name) => name.replace("2 theta", "2θ").replace("R^2", "R^{2}");
  const short = (value) => (value === null ? "" : Number(value.toPrecision(4)).toString().replace("-", "−"));

  class LinesPage extends Page {
    constructor(place) {
      super(place, {
        name: "lines",
        what: "a table of lines",
        paste: "A line of the pattern in each row: 2θ in degrees, its width, and the error of the width:",
        // Columns and rows are of one file.
        kept: ["breadth", "width_unit", "width_percent", "wavelength", "wavelength_unit", "shape", "model",
          "addition", "shape_factor", "cell", "space_group", "offset"],
        named,
        exports: [
          ["Copy the numbers", "copied", (page) => copied(page.fit.text)],
          ["Download JSON", "saved", (page) => page.save("json", JSON.stringify(page.fit.json, null, 1))],
          ["Download the lines (csv)", "saved", async (page) => page.save("csv", await page.engine.ask("csv"))],
          ["Copy the lines of Python", "copied", (page) => copied(page.fit.python)],
        ],
      });
    }
    isRead(answer) {
      return Boolean(answer.n_lines);
    }
    makeFigure(_answer, about) {
      return new Figure(this.drawing, about);
    }
    // What has to be known first, such as the wavelength, is asked by the controls.
    showFit(fit) {
      if (fit.refused) this.showControls(fit);
      super.showFit(fit);
    }
    showFound(fit) {
      if (fit.no_fit) sentences(this.found, "No strain", [fit.no_fit], "warn");
      sentences(this.found, "Warnings", fit.warnings, "warn");
      if (fit.rows) {
        const rows = fit.rows.map(([name, text]) => [label(named(name)), plain(text)]);
        table(this.found, ["", ""], rows, plain(fit.heading));
        this.showLines(fit);
      }
      this.showCell(fit.lattice);
      sentences(this.found, "Remarks", fit.remarks, "note");
    }
    showLines({ points }) {
      const rows = points.name.map((name, i) => [
        name, short(points.two_theta[i]), short(1000 * points.strain[i]), short(1000 * points.strain_error[i]),
        `${short(points.in_errors[i])}${points.outlier[i] ? ", off the others" : ""}`,
        [this.leaver(points.row[i], name)],
      ]);
      const heads = ["line", "2θ (deg)", label("10^{3} ε"), "its error", "off by (errors)", ""];
      table(this.found, heads, rows, "Each line: the strain that it would show alone, and how far it is off the law")
        .classList.add("try-rows");
      if (this.choices.leave_out)
        button("Take all lines back", this.found, () => this.choose({ leave_out: "" }));
    }
    leaver(row, name) {
      const rows = [...(this.choices.leave_out?.split(",") ?? []), String(row)];
      return button("leave out", null, () => this.choose({ leave_out: rows.join() }), { "aria-label": `leave out ${name}` });
    }
    showCell(cell) {
      if (!cell) return;
      if (cell.no_fit) return void sentences(this.found, "No lattice constant", [cell.no_fit], "warn");
      table(this.found, ["", ""], cell.rows.map(([name, text]) => [label(named(name)), plain(text)]), "Lattice constant");
      const rows = cell.lines.map((line) => [
        line.name, line.two_theta.toFixed(4), line.calculated.toFixed(4), short(line.difference),
        line.a.toFixed(5), line.outlier ? "off the others" : "",
      ]);
      const heads = ["line", "2θ (deg)", "calculated", "difference", "a (Å) of it alone", ""];
      table(this.found, heads, rows, "Positions of the lines in this cell").classList.add("try-rows");
    }
    repeats() {
      return this.fit.rows ? this.fit.python : "";
    }
    summary({ no_fit, said, warnings }) {
      const count = warnings.length;
      return `${plain(no_fit ?? said)}${count ? `; ${count} ${count > 1 ? "warnings" : "warning"}` : ""}`;
    }

    // --- controls: choices in words, texts and numbers, one slider ---

    makeControls(controls) {
      this.laws.replaceChildren();
      this.sliders.replaceChildren();
      this.updates = controls.map((one) => {
        const changed = (value) => this.choose({ [one.name]: value });
        if (one.low !== undefined)
          return slider({ ...one, label: named(one.label), digits: 3 }, this.sliders,
            (some) => changed(String(some[one.name])));
        const made = one.options ? select({ ...one, label: named(one.label) }, this.laws, changed)
          : this.text(one, changed);
        return (values) => {
          if (made !== document.activeElement) made.value = values[one.name];
        };
      });
    }
    // A text or a number, with names that are known offered beside it.
    text({ name, label: words, unknown, suggestions }, changed) {
      const box = element("label", {}, this.laws, named(words));
      const made = element("input", { type: "text", name, autocomplete: "off", spellcheck: "false" }, box);
      if (unknown) made.placeholder = "needed";
      if (suggestions) {
        const [[, first], ...known] = suggestions;
        made.placeholder = first;
        made.setAttribute("list", `try-${name}`);
        const list = element("datalist", { id: `try-${name}` }, box);
        for (const [value, about] of known) element("option", { value, label: about }, list);
      }
      made.addEventListener("change", () => changed(made.value.trim()));
      return made;
    }
  }

  new LinesPage(document.querySelector(".try-place"));
  document.documentElement.dataset.trying = "ready";
}
