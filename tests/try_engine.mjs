// A stand-in for the translated package on the pages below try/: it reads two columns and fits a
// straight line, in answers of the package's shape. With it the tests see the page alone: what it
// asks, shows, keeps and refuses. The name of a file may ask for trouble.
globalThis.tryEngine = function () {
  let t = [], r = [], name = "";

  function opened(file, content, choices) {
    name = file;
    if (file.startsWith("endless")) for (;;);
    if (file.startsWith("failing")) throw new Error("of the stand-in");
    const lines = new TextDecoder().decode(content).trim().split(/\r?\n/);
    const rows = lines.map((line) => line.split(","));
    const numbers = rows.filter((row) => row.length > 1 && row.every((cell) => cell !== "" && isFinite(cell)));
    const headings = rows[0].map((cell, i) => (isFinite(cell) ? `column ${i + 1}` : cell));
    const refused = `${file}: ${numbers.length} rows of numbers; at least 5 are needed`;
    if (numbers.length < 5) return { name, refused, selects: [], table: null };
    const chosen = Number(choices.temperature ?? 1) - 1;
    t = numbers.map((row) => Number(row[chosen]));
    r = numbers.map((row) => Number(row[1 - chosen]));
    const found = ["", `as read: ${headings[chosen]}`];
    return {
      name, refused: null, unit: "Ω", read: `a table of ${numbers.length} rows`,
      selects: [{
        name: "temperature", label: "column of temperature", value: choices.temperature ?? "",
        options: [found, ...headings.map((heading, i) => [String(i + 1), heading])],
      }],
      table: {
        headings, numbers: ["1", "2"], roles: chosen ? ["resistance", "temperature"] : ["temperature", "resistance"],
        row_numbers: [2, 3, 4], rows: rows.slice(1, 4),
      },
      notes: [], warnings: [], points: { t, r },
    };
  }

  function fitted(choices) {
    const least = Math.min(...t), most = Math.max(...t);
    const window = choices.window ? choices.window.split(",").map(Number) : [least + 0.3 * (most - least), most];
    const inside = t.map((_, i) => i).filter((i) => t[i] >= window[0] && t[i] <= window[1]);
    const count = inside.length, mean = (x) => inside.reduce((sum, i) => sum + x(i), 0) / count;
    if (!(count >= 3)) return { refused: `${window.join(" to ")} K holds ${count} points; at least 3 are needed` };
    const t0 = mean((i) => t[i]), r0 = mean((i) => r[i]);
    const slope = mean((i) => (t[i] - t0) * (r[i] - r0)) / mean((i) => (t[i] - t0) ** 2);
    const line = (at) => r0 + slope * (at - t0), off = Math.max(...r) / 100;
    const at = Array.from({ length: 100 }, (_, i) => window[0] + ((window[1] - window[0]) * i) / 99);
    const n = choices.n ?? "5", mu = choices.mu_star ?? "0.13";
    const known = ["n", "mu_star", "temperature", "window"];
    return {
      refused: null, no_fit: null, waits: false, heading: "a line", how: `${window.join(" to ")} K`,
      window, limits: [least, most], automatic: !choices.window, lag1: 0.25, widened: 1.3,
      rows: [["slope", `${slope.toPrecision(4)} +- 0.1 Ω/K`], ["points", String(count)]],
      curve: { t: at, r: at.map(line), low: at.map((x) => line(x) - off), high: at.map((x) => line(x) + off) },
      residuals: { t: inside.map((i) => t[i]), r: inside.map((i) => r[i] - line(t[i])) },
      transition: null,
      controls: [
        { name: "n", label: "exponent n", value: n, options: [["5", "5"], ["3", "3"], ["2", "2"]] },
        { name: "mu_star", label: "mu*", value: mu, low: 0.05, high: 0.2, step: 0.005 },
      ],
      warnings: count < 20 ? [`${count} points are few`] : [], remarks: [],
      said: `slope ${slope.toPrecision(4)} Ω/K`, text: `slope ${slope}`, json: { slope },
      command: `python -m analysis fit resistance '${name}'`,
      state: Object.fromEntries(known.filter((key) => key in choices).map((key) => [key, choices[key]])),
    };
  }

  const calls = { opened, fitted, csv: () => "T,R\n" };
  self.onmessage = ({ data: { id, call, arguments: given } }) => {
    try {
      self.postMessage({ id, answer: calls[call](...given) });
    } catch (caught) {
      self.postMessage({ id, [typeof caught === "string" ? "refused" : "failed"]: String(caught) });
    }
  };
};
