"""Slides of a session, made from the lecturer's page: reveal.js, without a network.

A step gives one slide with its first figure and the question; each further figure has a slide
of its own below, with the question again. Then, below, each misconception: first what is
believed, and at the next click the figure that cures it; and what is to be done, if something
was asked before. What the lecturer says, expects and has time for are the speaker notes (key S).

The decks of a folder share its subfolders `reveal`, `mathjax` and `figures`.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from shutil import copyfile

from markdown_it.token import Token

from analysis.errors import DataError
from analysis.exercises.tables import EXERCISES
from compendium.course.drawings import Drawing, drawings
from compendium.course.equations import equation
from compendium.course.lesson import PARTS, Lesson, Step, clock_text, read_lesson
from compendium.course.words import Setting, address, html, inline
from compendium.files import write_whole
from compendium.myst import links, roles
from compendium.offline import copy_needed, mathjax_into
from compendium.plan import BOOK

TEMPLATES = Path(__file__).parent.parent / "templates"
REVEAL = "sphinx_revealjs"
NEEDED = (
    "LICENSE",
    "dist/reset.css",
    "dist/reveal.css",
    "dist/reveal.js",
    "dist/theme/fonts/source-sans-pro/*.woff",
    "dist/theme/fonts/source-sans-pro/LICENSE",
    "plugin/notes/notes.js",
)
OWN = (TEMPLATES / "slides.css", TEMPLATES / "slides.js", BOOK / "_static" / "logo.svg")
WIDE = 2.0  # width over height of a figure that leaves no room beside it
SHOWN = ("Show", "Ask", "Misconception")  # the parts whose figures stand on slides, in this order
LIVE = "#live-"
NIGHT = "#12355b"  # the logo's ground
_NOTES, _END_OF_NOTES = '<aside class="notes">', "</aside>"
_HEADING = re.compile(r"^\(([\w-]+)\)=\n+#+ (.+)$", re.MULTILINE)

DECK = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="reveal/logo.svg">
<link rel="stylesheet" href="reveal/dist/reset.css">
<link rel="stylesheet" href="reveal/dist/reveal.css">
<link rel="stylesheet" href="reveal/slides.css">
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="reveal/dist/reveal.js"></script>
<script src="reveal/plugin/notes/notes.js"></script>
<script src="reveal/slides.js"></script>
<script src="mathjax/tex-mml-chtml.js"></script>
</body>
</html>
"""


@dataclass(frozen=True)
class _Deck:
    """A lesson, what its words depend on, and its figures by name."""

    lesson: Lesson
    setting: Setting
    figures: Mapping[str, Drawing]


def write_slides(
    page: Path, executed: Mapping[str, Path], target: Path, *, book: str | None = None
) -> int:
    """Make the deck of a session.

    Parameters
    ----------
    page : Path
        The lecturer's page, in a folder of the book's texts or of the composed ones.
    executed : mapping of str to Path
        The executed notebook of each chapter, by the chapter's name.
    target : Path
        The HTML file; what decks share is put in its folder.
    book : str, optional
        Where the built book is, seen from the deck, such as "../../html". Without it links to
        pages and to live figures are plain words.

    Returns
    -------
    int
        The number of slides.

    Raises
    ------
    DataError
        With page and line, if the page is not as `compendium.course.lesson` says, or names a
        figure that no chapter has drawn.
    """
    lesson = read_lesson(page)
    root = page.parent.parent
    numbers = {name: at for at, name in enumerate(dict(_figures(lesson, SHOWN)), 1)}
    named = list(_figures(lesson, PARTS))
    drawn = drawings(executed, {name for name, _ in named})
    for name, line in named:
        if name not in drawn:
            raise DataError(f"{page}, line {line}: {_no_figure(name, executed)}")
    deck = _Deck(lesson, Setting(page, root, book, numbers, _titles(root)), drawn)
    stacks = [[_title_slide(deck)], *(list(_slides(deck, step)) for step in lesson.steps)]
    text = DECK.format(
        title=escape(_plain(lesson.title)),
        slides="\n".join("<section>\n" + "\n".join(stack) + "\n</section>" for stack in stacks),
    )
    _bring_files(target.parent, {name: drawn[name] for name in numbers})
    write_whole(target, text)
    return sum(map(len, stacks))


def _figures(lesson: Lesson, parts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the label and line of every figure that some parts name, step by step."""
    for step in lesson.steps:
        for part in parts:
            yield from roles(step.under(part), "numref")


def _no_figure(name: str, executed: Mapping[str, Path]) -> str:
    label_of_figure = re.compile(r'"name": "(fig-[^"]+)"')
    names = {
        figure
        for notebook in executed.values()
        for figure in label_of_figure.findall(notebook.read_text(encoding="utf-8"))
    }
    near = difflib.get_close_matches(name, sorted(names), n=1)
    hint = f"; did you mean {near[0]}?" if near and near[0] != name else ""
    return f"no executed chapter has drawn a figure {name}{hint}"


def _titles(root: Path) -> dict[str, str]:
    """Return what references without words lead to: sections of the book, and exercises."""
    pages = (page.read_text(encoding="utf-8") for page in sorted(root.glob("**/*.md")))
    titles = {label: title for text in pages for label, title in _HEADING.findall(text)}
    exercises = (exercise for several in EXERCISES.values() for exercise in several)
    return titles | {exercise.key: f"{exercise.key} ({exercise.title})" for exercise in exercises}


def _plain(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens)


def _bring_files(folder: Path, figures: Mapping[str, Drawing]) -> None:
    copy_needed(REVEAL, "_static/revealjs", NEEDED, folder / "reveal")
    mathjax_into(folder / "mathjax")
    for file in OWN:
        copyfile(file, folder / "reveal" / file.name)
    (folder / "figures").mkdir(exist_ok=True)
    for name, figure in figures.items():
        write_whole(folder / "figures" / f"{name}.svg", figure.svg)


# ---------------------------------------------------------------------------- slides


def _title_slide(deck: _Deck) -> str:
    """Return the first slide: the title, and what one will be able to do."""
    lesson, setting = deck.lesson, deck.setting
    ends = [
        at for at, token in enumerate(lesson.head) if token.type == "dd_close" and token.level == 1
    ]
    # The first entry of the list is for all; what follows is the lecturer's.
    goals, rest = lesson.head, list[Token]()
    if ends and len(ends) > 1:
        goals = [*lesson.head[: ends[0] + 1], lesson.head[-1]]
        rest = [lesson.head[0], *lesson.head[ends[0] + 1 :]]
    body = (
        f'<img class="logo" src="reveal/logo.svg" alt="">\n<h1>{html(lesson.title, setting)}</h1>\n'
        f'<div class="goals">{html(goals, setting)}</div><p class="keys"></p>'
    )
    return _slide("opening", body, html(rest, _spoken(setting)))


def _slides(deck: _Deck, step: Step) -> Iterator[str]:
    """Yield the slides of a step: the first beside the others, those below it after it."""
    setting, show = deck.setting, step.under("Show")
    ask, do = (_box(deck, step, part) for part in ("Ask", "Do"))
    notes = _notes(deck, step)
    names = _shown(step)
    for at, name in enumerate(names or [None]):
        first = at == 0
        beside = (_live(show, setting) if first else "") + (ask or do)
        above = _equations(show) if first else ""
        if not (name or above or beside):
            beside = f'<div class="question">{html(show, setting)}</div>'
        yield _slide("step", _header(deck, step) + above + _body(deck, name, beside), notes)
    for belief in step.parts.get("Misconception", ()):
        yield _misconception(deck, step, belief)
    if ask and do:
        yield _slide("step", _header(deck, step) + _body(deck, None, do), notes)


def _shown(step: Step) -> list[str]:
    """Return the figures of a step, but for those of its misconceptions, each once."""
    tokens = [*step.under("Show"), *step.under("Ask")]
    return list(dict.fromkeys(name for name, _ in roles(tokens, "numref")))


def _misconception(deck: _Deck, step: Step, belief: list[Token]) -> str:
    """Return the slide of a misconception: the question first, the figure at the next click."""
    asked = f'<p class="belief">{_believed(belief, deck.setting)}</p>'
    names = list(dict.fromkeys(name for name, _ in roles(belief, "numref")))
    cures = "".join(_figure(deck, name) for name in names)
    shape = "several" if len(names) > 1 else ""
    cure = f'<div class="cure fragment {shape}">{cures}</div>' if cures else ""
    body = f'<div class="doubt"><b class="tag">True or false?</b>{asked}</div>{cure}'
    notes = f"<h4>Misconception</h4>{html(belief, _spoken(deck.setting))}"
    return _slide(
        "step misconception", f'{_header(deck, step)}<div class="body">{body}</div>', notes
    )


def _believed(belief: list[Token], setting: Setting) -> str:
    """Return what is believed: the words in quotes, or else the first sentence."""
    first = next(token for token in belief if token.type == "inline")
    match = re.match(
        r"\s*(?:<[^>]+>)?(“.+?”|.+?[.?!](?=\s|$))", html(first.children or [], setting), re.DOTALL
    )
    return match[1] if match else html(first.children or [], setting)


def without_notes(deck: str) -> str:
    """Return a deck, as `write_slides` writes it, without what only the lecturer should read."""
    return re.sub(f"\n{_NOTES}.*?{_END_OF_NOTES}", "", deck, flags=re.DOTALL)


def _slide(kind: str, body: str, notes: str) -> str:
    aside = f"\n{_NOTES}{notes}{_END_OF_NOTES}" if notes else ""
    dark = f' data-background-color="{NIGHT}"' if kind == "opening" else ""
    return f'<section class="{kind}"{dark}><div class="page">{body}</div>{aside}</section>'


def _header(deck: _Deck, step: Step) -> str:
    clock = f"{clock_text(step.start)}\u2013{clock_text(step.end)}"
    title = html(step.title, deck.setting)
    return f'<header><h2>{title}</h2><span class="clock">{clock}</span></header>'


def _body(deck: _Deck, name: str | None, beside: str) -> str:
    if name is None:
        return f'<div class="body alone"><div class="beside">{beside}</div></div>'
    shape = "wide" if deck.figures[name].aspect > WIDE else "square"
    aside = f'<div class="beside">{beside}</div>' if beside else ""
    return f'<div class="body {shape}">{_figure(deck, name)}{aside}</div>'


def _figure(deck: _Deck, name: str) -> str:
    drawing = deck.figures[name]
    caption = inline(drawing.caption, deck.setting)
    origins = "".join(f'<span class="origin">{escape(origin)}</span>' for origin in drawing.origins)
    number = deck.setting.figures[name]
    return (
        f'<figure id="{name}-{number}"><img src="figures/{name}.svg" alt="{escape(drawing.alt)}">'
        f"<figcaption>{origins}<b>Figure {number}</b> {caption}</figcaption></figure>"
    )


def _box(deck: _Deck, step: Step, part: str) -> str:
    """Return the question, or what is to be done, in the place that is its own."""
    text = step.under(part)
    word, kind = {"Ask": ("Question", "question"), "Do": ("Do", "task")}[part]
    inside = f'<b class="tag">{word}</b>{html(text, deck.setting)}'
    return f'<div class="{kind}">{inside}</div>' if text else ""


def _equations(tokens: list[Token]) -> str:
    """Return the equations that a text names, written out, with their numbers."""
    lines = []
    for label in dict.fromkeys(label for label, _ in roles(tokens, "eq")):
        shown = equation(label, BOOK)
        number = f'<span class="number">({shown.number})</span>'
        lines.append(f'<div class="equation">\\[{escape(shown.tex)}\\]{number}</div>')
    return f'<div class="equations">{"".join(lines)}</div>' if lines else ""


def _live(tokens: list[Token], setting: Setting) -> str:
    """Return the settings of live figures that a text links to, as buttons."""
    buttons = []
    for link, words in links(tokens):
        if LIVE not in link:
            continue
        where, text = address(link, setting), html(words, setting)
        if where is None:
            buttons.append(f'<span class="live">{text}</span>')
        else:
            buttons.append(f'<a class="live" href="{escape(where)}" target="_blank">{text}</a>')
    return f'<p class="settings">{"".join(buttons)}</p>' if buttons else ""


def _notes(deck: _Deck, step: Step) -> str:
    """Return what the lecturer sees beside a slide."""
    time = f"<p>{step.end - step.start} minutes, until {clock_text(step.end)}.</p>"
    places = "".join(
        f"<p>Figure {deck.setting.figures[name]} is {name} of {deck.figures[name].chapter}.</p>"
        for name in _shown(step)
    )
    # The slides of misconceptions bring their own.
    parts = (part for part in ("Show", "Expect", "Ask", "Do") if part in step.parts)
    setting = _spoken(deck.setting)
    texts = (f"<h4>{part}</h4>{html(step.under(part), setting)}" for part in parts)
    return time + "".join(texts) + places


def _spoken(setting: Setting) -> Setting:
    """Return the setting of speaker notes: their window has no MathJax."""
    return replace(setting, typeset=False)
