// Starts the slides, and MathJax after it. On a screen that is taller than wide the slides are,
// too: slides.css then puts below each other what stands side by side.
"use strict";

const root = document.documentElement;
const PRINTED = /print-pdf/.test(location.search);
const SMALLEST = 24; // px of a slide 1920 px wide: nothing is written smaller

function sizes() {
  const tall = window.innerHeight > 1.3 * window.innerWidth && !PRINTED;
  root.classList.toggle("tall", tall);
  return tall ? { width: 900, height: 1800 } : { width: 1920, height: 1080 };
}

const tooWide = (one) => one.scrollWidth > one.clientWidth + 2;
const tooLarge = (one) => tooWide(one) || one.scrollHeight > one.clientHeight + 2;

// Makes what a style's variable sets smaller until it fits.
function shrink(page, variable, fits) {
  page.style.removeProperty(variable);
  let size = parseFloat(getComputedStyle(page).getPropertyValue(variable));
  while (size > SMALLEST && !fits()) {
    size -= 2;
    page.style.setProperty(variable, `${size}px`);
  }
}

// Equations are written smaller until they are no wider than the slide and leave a figure its
// room, the text until it fits in its place; the figure above or beside it stays.
function fit(page) {
  const [body, equations] = [page.querySelector(".body"), page.querySelector(".equations")];
  if (equations) {
    const most = page.querySelector("figure") ? 0.2 * page.clientHeight : Infinity;
    shrink(page, "--formula", () => {
      return equations.clientHeight <= most && ![...equations.children].some(tooWide);
    });
  }
  if (body) {
    shrink(page, "--text", () => ![body, ...body.children].some(tooLarge));
  }
}

function fitAll() {
  document.querySelectorAll(".page").forEach(fit);
}

window.MathJax = {
  chtml: { matchFontHeight: false },
  options: { ignoreHtmlClass: "notes" },
  startup: {
    async pageReady() {
      await MathJax.startup.defaultPageReady();
      await document.fonts.ready;
      fitAll();
      Reveal.layout();
      root.dataset.slides = "ready";
    },
  },
};

Reveal.initialize({
  ...sizes(),
  margin: 0,
  minScale: 0.05,
  maxScale: 4,
  center: false,
  controls: false, // they would lie on the question: keys, and swiping, do
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  backgroundTransition: "none",
  // All slides are laid out from the beginning, so that formulas and sizes can be measured.
  viewDistance: 1000,
  mobileViewDistance: 1000,
  // On a phone one slide at a time, turned by swiping.
  scrollActivationWidth: null,
  pdfSeparateFragments: false,
  pdfMaxPagesPerSlide: 1,
  plugins: [RevealNotes],
});
Reveal.on("pdf-ready", fitAll);
window.addEventListener("resize", () => {
  if (!PRINTED) {
    Reveal.configure(sizes());
    fitAll();
  }
});
