// Four things that a style sheet cannot do.
"use strict";

// 1. Show where something scrolls. What is wider than its column scrolls in a box of its own;
//    a box that hides something carries the class more-left or more-right while it does, and
//    the style sheet fades that edge. A figure is shown at LEAST of the size that it was drawn
//    at: so its smallest type, matplotlib's "small", has 8 pixels. Where the column has no room
//    for that it scrolls in a box `.panels`, too; figures up to NARROW pixels never need one.
const LEAST = 0.64;
const NARROW = 500;
const BOXES = [".pst-scrollable-table-container", ".panels", "div.math mjx-container", "pre"]
  .map((box) => `.bd-article ${box}`)
  .join(", ");

function boxFigure(image) {
  if (image.naturalWidth <= NARROW || image.parentElement.matches(".panels")) return;
  const box = document.createElement("div");
  box.className = "panels";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "figure");
  box.style.setProperty("--least", `${Math.ceil(LEAST * image.naturalWidth)}px`);
  image.replaceWith(box);
  box.append(image);
}

function markBox(box) {
  const hidden = box.scrollWidth - box.clientWidth;
  box.classList.toggle("more-left", box.scrollLeft > 1);
  box.classList.toggle("more-right", hidden - box.scrollLeft > 1);
  // What scrolls is reached by the keyboard, too.
  if (box.matches(".panels, pre")) box.tabIndex = hidden > 1 ? 0 : -1;
}

function markAll() {
  document.querySelectorAll(BOXES).forEach(markBox);
}

window.addEventListener("load", async () => {
  document.querySelectorAll(".bd-article .cell_output img").forEach(boxFigure);
  markAll();
  await window.MathJax?.startup?.promise;
  markAll();
});
window.addEventListener("resize", markAll);
// Scrolling does not bubble: catch it on its way down.
document.addEventListener("scroll", ({ target }) => target.matches?.(BOXES) && markBox(target), {
  capture: true,
  passive: true,
});

// 2. Print the answers. They are folded on the screen, and open for as long as printing lasts.
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.sd-dropdown:not([open])")];
  opened.forEach((answer) => (answer.open = true));
});
window.addEventListener("afterprint", () => opened.forEach((answer) => (answer.open = false)));

// 4. Print the page. The theme's button would carry a piece of script, which the pages' policy
//    does not let run: it is a link here (compendium/policy.py).
document.addEventListener("click", (event) => {
  if (!event.target.closest?.('a[href="#print"]')) return;
  event.preventDefault();
  window.print();
});

// 3. Show what a term means. Its definition stands at the end of the page (compendium/definitions.py);
//    it appears beside the link while that is pointed at or has the focus. Escape closes it. It
//    stays while the pointer is on the definition itself, so that it can be read enlarged.
const GAP = 6; // pixels between a term and its definition
const EDGE = 12; // least distance from the edges of the window
const PATIENCE = 150; // milliseconds, enough to move from the term to its definition
let shown = null;
let leaving = 0;

function definitionOf(link) {
  return document.getElementById(link.getAttribute("aria-describedby"));
}

function show(link) {
  clearTimeout(leaving);
  const box = definitionOf(link);
  if (!box || box === shown) return;
  hide();
  shown = box;
  const term = link.getClientRects()[0];
  const left = Math.min(term.left, document.documentElement.clientWidth - box.offsetWidth - EDGE);
  const below = term.bottom + GAP;
  const above = term.top - GAP - box.offsetHeight;
  const fits = below + box.offsetHeight <= window.innerHeight - EDGE || above < EDGE;
  box.style.left = `${Math.max(EDGE, left)}px`;
  box.style.top = `${fits ? below : above}px`;
  box.classList.add("shown");
}

function hide() {
  clearTimeout(leaving);
  shown?.classList.remove("shown");
  shown = null;
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, PATIENCE);
}

window.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("a[aria-describedby^='def-']").forEach((link) => {
    link.addEventListener("mouseenter", () => show(link));
    link.addEventListener("focus", () => show(link));
    link.addEventListener("mouseleave", leave);
    link.addEventListener("blur", hide);
  });
  document.querySelectorAll(".definition").forEach((box) => {
    box.addEventListener("mouseenter", () => clearTimeout(leaving));
    box.addEventListener("mouseleave", leave);
  });
});
document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
window.addEventListener("scroll", hide, { passive: true });
window.addEventListener("resize", hide);

// The theme decides before the fonts are there which code scrolls, and so takes the keyboard.
document.fonts.ready.then(() => {
  for (const code of document.querySelectorAll('pre[tabindex="-1"]')) {
    if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
  }
});
