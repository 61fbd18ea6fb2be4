// Two things that a style sheet cannot do.
"use strict";

// 1. Show where something scrolls. What is wider than its column scrolls in a box of its own;
//    a box that hides something carries the class more-left or more-right while it does, and
//    the style sheet fades that edge. Figures of several panels, drawn wider than
//    PANELS pixels, are not shrunk below what compendium.css says for `.panels`.
const PANELS = 850;
const BOXES = [".pst-scrollable-table-container", ".panels", "div.math mjx-container", "pre"]
  .map((box) => `.bd-article ${box}`)
  .join(", ");

function boxFigure(image) {
  if (image.naturalWidth <= PANELS || image.parentElement.matches(".panels")) return;
  const box = document.createElement("div");
  box.className = "panels";
  image.replaceWith(box);
  box.append(image);
}

function markBox(box) {
  const hidden = box.scrollWidth - box.clientWidth;
  box.classList.toggle("more-left", box.scrollLeft > 1);
  box.classList.toggle("more-right", hidden - box.scrollLeft > 1);
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
