// The book on paper (compendium/pdf.py): a title page and a table of contents before the chapters.
"use strict";

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/** Return the text of every heading, with its formulas as TeX: what the bookmarks shall say. */
function titles() {
  const formulas = [...(window.MathJax?.startup?.document?.math ?? [])];
  return [...document.querySelectorAll(".bd-article :is(h1, h2, h3, h4, h5, h6)")].map((heading) => {
    const copy = heading.cloneNode(true);
    const typeset = heading.querySelectorAll("mjx-container");
    copy.querySelectorAll("mjx-container").forEach((one, n) => {
      one.replaceWith(formulas.find(({ typesetRoot }) => typesetRoot === typeset[n])?.math ?? "");
    });
    copy.querySelectorAll(".headerlink").forEach((one) => one.remove());
    return copy.textContent;
  });
}

/** Prepare the page; return the names of the places whose pages the contents shall show. */
function prepare(front) {
  Object.assign(document.documentElement.dataset, { theme: "light", mode: "light" });
  document.title = front.title;
  const raw = [...document.querySelectorAll(".math")].filter((one) => !one.querySelector("mjx-container"));
  const wrong = document.querySelectorAll("mjx-merror").length;
  if (raw.length + wrong) throw new Error(`${raw.length + wrong} formulas are not typeset`);
  for (const answer of document.querySelectorAll("details:not(.hide)")) answer.open = true;
  for (const one of document.querySelectorAll(".toggle-hidden")) one.classList.remove("toggle-hidden");
  for (const box of document.querySelectorAll(".admonition"))
    box.classList.toggle("long", box.offsetHeight > 450);

  const article = document.querySelector(".bd-article");
  const contents = element("div", "contents", element("p", "contents-title", "Contents"));
  const places = [];
  for (const heading of article.querySelectorAll("h1, h2, h3")) {
    // Sphinx marks where a chapter begins; the front page's own sections are as high as those.
    const begins = heading.closest("section").previousElementSibling?.id.startsWith("document-");
    const chapter = heading.tagName === "H1" || begins;
    heading.classList.toggle("chapter", chapter);
    const level = chapter ? 2 : 3;
    heading.id = `place-${places.length + 1}`;
    places.push(heading.id);
    const title = element("span", "", ...heading.cloneNode(true).childNodes);
    for (const one of title.querySelectorAll(".headerlink")) one.remove();
    const number = element("span", "page-number");
    const line = element("a", `level-${level}`, title, element("span", "leader"), number);
    line.href = `#${heading.id}`;
    contents.append(line);
  }
  const logo = document.querySelector(".logo__image, img[alt*='logo' i]");
  const page = element("div", "title-page");
  if (logo) page.append(element("div", "", Object.assign(new Image(), { src: logo.src, alt: "" })));
  page.append(
    element("p", "book-title", front.title),
    element("p", "author", front.author),
    element("p", "version", front.version),
    element("p", "place", front.site),
  );
  article.prepend(page, contents);
  return places;
}

function number(numbers) {
  for (const [place, page] of Object.entries(numbers))
    document.querySelector(`.contents a[href="#${place}"] .page-number`).textContent = page;
}
