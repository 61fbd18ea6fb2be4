"""Letters of SVG files that are drawn as copies of shapes, turned back into text.

matplotlib writes each letter so unless it is told otherwise, but leaves the text in a comment
before it: which shape is which letter follows from all comments of a file together. What no
comment explains follows from the numbers of the shapes, which are codes of letters in older
versions and places in the font in newer ones. cairo (and R with it) tells nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from lxml import etree

from analysis.reading.figure.glyphs import UNKNOWN
from analysis.reading.figure.tex_letters import greek

SVG = "{http://www.w3.org/2000/svg}"
_HREFS = ("{http://www.w3.org/1999/xlink}href", "href")
_CAIRO = re.compile(r"#glyph-?\d+-\d+")
_NUMBERED = re.compile(r"#(.*[^-].*)-([0-9a-f]{1,6})")
_UPSIDE_DOWN = re.compile(r"scale\(\s*[\d.]+[\s,]+-[\d.]+\s*\)")
_TEX = re.compile(r"\\[A-Za-z]+|\\.|[{}^_\s]|.")
# What TeX writes without drawing a letter.
_SILENT = re.compile(r"[{}^_\s]|\\(math[a-z]+|rm|it|bf|left|right|quad|[,;:! ])")
_SYMBOLS = {
    "-": "\u2212",
    r"\times": "\u00d7",
    r"\pm": "\u00b1",
    r"\cdot": "\u22c5",
    r"\circ": "\u2218",
    r"\degree": "\u00b0",
    r"\AA": "\u00c5",
    r"\%": "%",
}
_LIGATURES = re.compile("ffi|ffl|ff|fi|fl|.", re.DOTALL)
# Of the shapes' own units, in which matplotlib draws the letters.
_SIZE = "100"
# cairo does not tell it.
_USUAL_SIZE = "10"
_PRINTABLE = range(33, 127)


def letters_for_glyphs(root: Any) -> None:
    """Replace copies of shapes that stand for letters by text, in a tree of lxml."""
    shapes = {
        path.get("id") for defs in root.iter(f"{SVG}defs") for path in defs.iter(f"{SVG}path")
    }
    texts: list[tuple[Any, list[Any]]] = []
    for group in root.iter(f"{SVG}g"):
        uses = group.findall(f"{SVG}use")
        for use in uses:
            if _CAIRO.fullmatch(target_of(use)):
                _replace(
                    use, UNKNOWN, f"translate({use.get('x', 0)} {use.get('y', 0)})", _USUAL_SIZE
                )
        if _UPSIDE_DOWN.search(group.get("transform", "")):
            named = [use for use in uses if target_of(use)[1:] in shapes]
            texts.append((group, [use for use in named if _NUMBERED.fullmatch(target_of(use))]))
    letter_of = _known(texts)
    for _, uses in texts:
        for use in uses:
            letter = letter_of.get(target_of(use)) or UNKNOWN
            _replace(use, letter, f"{use.get('transform', '')} scale(1 -1)", _SIZE)


def target_of(use: Any) -> str:
    """Return what a "use" copies: "#" and an id, or an address."""
    return next((str(use.get(name)) for name in _HREFS if use.get(name)), "")


def set_target(element: Any, target: str) -> None:
    """Let an element show something else."""
    for name in _HREFS:
        element.attrib.pop(name, None)
    element.set(_HREFS[0], target)


def _replace(use: Any, letter: str, transform: str, size: str) -> None:
    text = etree.Element(f"{SVG}text", {"transform": transform, "font-size": size})
    text.text = letter.replace(" ", "\u00a0")  # as a letter that stands where it does
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.tail = use.tail
    use.getparent().replace(use, text)


def _known(texts: list[tuple[Any, list[Any]]]) -> dict[str, str]:
    """Return which letter each shape is, as far as the file tells."""
    plain: dict[str, Counter[str]] = defaultdict(Counter)
    math: dict[str, Counter[str]] = defaultdict(Counter)
    for group, uses in texts:
        comment = group.getprevious()
        if comment is None or comment.tag is not etree.Comment:
            continue
        text = (comment.text or "")[1:-1]
        evidence = math if "$" in text else plain
        for letters in _readings(text):
            if len(letters) == len(uses):
                for use, letter in zip(uses, letters, strict=True):
                    evidence[target_of(use)][letter] += bool(letter)
                break
    letter_of = {shape: letter for readings in (math, plain) for shape, letter in _agreed(readings)}
    shapes = {target_of(use) for _, uses in texts for use in uses}
    return letter_of | {shape: _numbered(shape, letter_of) for shape in shapes - letter_of.keys()}


def _agreed(readings: dict[str, Counter[str]]) -> Iterator[tuple[str, str]]:
    for shape, letters in readings.items():
        agreed = [letter for letter in letters if letter]
        if len(agreed) == 1:
            yield shape, agreed[0]


def _readings(text: str) -> Iterator[list[str]]:
    """Yield the letters that a text may be drawn by: with its spaces or without, joined or not."""
    parts = re.split(r"(?<!\\)\$", text)
    single = [list(part) if at % 2 == 0 else _of_tex(part) for at, part in enumerate(parts)]
    letters = [letter for part in single for letter in part]
    yield letters
    yield [letter for letter in letters if letter != " "]
    yield _LIGATURES.findall(text)


def _of_tex(text: str) -> list[str]:
    return [
        _SYMBOLS.get(word) or (greek(word[1:]) if word[0] == "\\" else word)
        for word in _TEX.findall(text)
        if not _SILENT.fullmatch(word)
    ]


def _numbered(shape: str, letter_of: dict[str, str]) -> str:
    """Return the letter of a shape that no comment explains, from those of its font; or ""."""
    font, number = _split(shape)
    apart = {
        ord(letter) - place
        for other, letter in letter_of.items()
        for name, place in [_split(other)]
        if name == font and len(letter) == 1 and ord(letter) in _PRINTABLE
    }
    if len(apart) != 1:
        return ""
    code = number + apart.pop()
    return chr(code) if code in _PRINTABLE or code == ord(" ") else ""


def _split(shape: str) -> tuple[str, int]:
    match = _NUMBERED.fullmatch(shape)
    return (match[1], int(match[2], 16)) if match else ("", 0)
