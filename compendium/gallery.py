"""The page "All runs": a table for each kind of measurement that leads to every sheet.

With JavaScript it is an explorer (book/_static/all-runs.mjs): its rows can be sorted and chosen,
and what `compendium.drawn_runs` writes beside the pages is drawn above them.
"""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from analysis.pressure.results import SheetResult, load_results
from analysis.show.findings import Status, status_of
from analysis.show.foreign import Marked, chemical, plain_text
from analysis.show.report import Table, run_label, stated
from analysis.show.runs import Look, run_looks, run_of
from compendium.notebooks import first_picture
from compendium.plan import BUILD

NOTHING = "–"  # in a cell
WIDTH = 200  # pixels of a picture, twice what is shown
COLUMNS = {
    "resistance": (
        ("theta_d", "Θ_D (K)", 1),
        ("tc_onset", "T_c,onset (K)", 1),
        ("tc", "T_c (K)", 1),
        ("lambda", "λ", 1),
    ),
    "diffraction": (("strain", "10³ ε", 1000), ("a", "a (Å)", 1)),
}
HEADINGS = {"resistance": "Resistance", "diffraction": "Diffraction"}
HEAD = """\
# All runs

One sheet for every run and pressure of the data package: the data, the fit with its
band and residuals, all parameters with their correlations, and how the result depends on
the window or the lines.
{download}`results.csv <results.csv>` and {download}`results.json <results.json>` hold
the numbers of all of them.
Each run has one colour and one marker in the whole book; they stand beside its name.
"""
ORIGINS = ("measured", "digitised", "recommended", "formula", "synthetic")
# A sheet that stopped has no status of its own.
FAILED = "failed"
# What stands for matplotlib's markers in a text.
SIGNS = {"o": "●", "s": "■", "^": "▲", "D": "◆", "v": "▼", "P": "✚"}


def gallery_page(plan: dict[str, Any], sheets: Path, pictures: Path) -> str:
    """Return the page in MyST Markdown, and put the pictures into their folder."""
    results = load_results(BUILD / "results.json").sheets
    lines = [HEAD]
    for kind, columns in COLUMNS.items():
        if of_kind := in_order(sheet for sheet in results if sheet.kind == kind):
            lines += [f"## {HEADINGS[kind]}", "", table(of_kind, columns, sheets, pictures), ""]
    if others := [sheet for sheet in results if sheet.kind not in COLUMNS]:  # all of them refused
        lines += ["## Cannot be used", "", table(others, (), sheets, pictures), ""]
    if plan["missing"]:
        names = ", ".join(plain_text(name) for name in plan["missing"])
        lines += ["## Not on this machine", "", f"No sheets for {names}.", ""]
    for name in ("results.csv", "results.json"):
        (pictures.parent / name).write_bytes((BUILD / name).read_bytes())
    return "\n".join(lines)


def in_order(sheets: Iterable[SheetResult]) -> list[SheetResult]:
    """Return sheets as the page lists them: by origin, the measured first, run and pressure."""
    return sorted(sheets, key=lambda sheet: (rank(sheet.origin), place(sheet)))


def rank(origin: str | None) -> int:
    """Return the place of an origin: what was measured comes first."""
    return ORIGINS.index(origin) if origin in ORIGINS else len(ORIGINS)


def place(sheet: SheetResult) -> tuple[str, str, float, str]:
    """Return what sheets of one kind and origin are sorted by: sample and run, then pressure."""
    pressure = -1.0 if sheet.pressure is None else sheet.pressure
    return sheet.run or "", sheet.sample or "", pressure, sheet.name


def verdict(sheet: SheetResult) -> str:
    """Return what came of a sheet in the words of the command line, or that it failed."""
    if sheet.status != "ok":
        return FAILED
    if not sheet.numbers:
        return Status.NONE.value
    return status_of(sheet.numbers.values(), sheet.warnings).value


def ways_between(results: Iterable[SheetResult]) -> dict[str, str]:
    """Return for each sheet, by its file, the links to the one before and the one after it.

    They follow each other as on the page: by pressure within a run, then the next run.
    """
    results = list(results)
    ways = {}
    for kind in COLUMNS:
        sheets = in_order(sheet for sheet in results if sheet.kind == kind)
        looks = run_looks(sheets)
        for before, sheet, after in zip([None, *sheets], sheets, [*sheets[1:], None], strict=False):
            own = f"{sign(looks[run_of(sheet)])} {plain_text(called(sheet))}"
            parts = ["[All runs](../all-runs.md)", own]
            if before is not None:
                parts.insert(1, f"[← {plain_text(called(before))}]({_file(before)}.ipynb)")
            if after is not None:
                parts.append(f"[{plain_text(called(after))} →]({_file(after)}.ipynb)")
            ways[_file(sheet)] = "\N{NO-BREAK SPACE}| ".join(parts)
    return ways


def called(sheet: SheetResult) -> str:
    """Return "run 2, 25 GPa" as far as a sheet has both, or its name."""
    if sheet.run is None or sheet.pressure is None:
        return sheet.name
    return f"{run_label(sheet.run)}, {sheet.pressure:g} GPa"


def _file(sheet: SheetResult) -> str:
    return Path(sheet.page).stem


def table(
    sheets: Sequence[SheetResult],
    columns: tuple[tuple[str, str, float], ...],
    folder: Path,
    pictures: Path,
) -> str:
    """Return a row for each sheet; a column that holds nothing is left out."""
    numbers = [c for c in columns if any(number(sheet, c[0], 1) != NOTHING for sheet in sheets)]
    looks = run_looks(sheets)
    words = {
        "sheet": [link(sheet) for sheet in sheets],
        "run": [
            f"{sign(looks[run_of(sheet)])} {plain_text(sheet.run or NOTHING)}" for sheet in sheets
        ],
        "verdict": [f"**{word}**" if word == FAILED else word for word in map(verdict, sheets)],
        "data": [plain_text(sheet.origin or NOTHING) for sheet in sheets],
        "sample": [plain_text(chemical(sheet.sample or NOTHING)) for sheet in sheets],
    }
    values = {
        "P (GPa)": [
            NOTHING if sheet.pressure is None else f"{sheet.pressure:g}" for sheet in sheets
        ],
        **{head: [number(sheet, name, scale) for sheet in sheets] for name, head, scale in numbers},
    }
    if all(sheet.pressure is None for sheet in sheets):
        del values["P (GPa)"]
    small = [picture(sheet, folder / f"{_file(sheet)}.ipynb", pictures) for sheet in sheets]
    marked = {head: [Marked(text) for text in column] for head, column in words.items()}
    # Words stand left, numbers right, so what describes the data comes last on narrow screens.
    heads = ["", "sheet", "run", *values, "verdict", "data", "sample"]
    columns_of = {"": small, **marked, **values}
    rows = list(zip(*(columns_of[head] for head in heads), strict=True))
    return Table(heads, rows, words=3, words_after=3)._repr_markdown_()


def link(sheet: SheetResult) -> str:
    return f"[{plain_text(sheet.name)}](sheets/{_file(sheet)}.ipynb){{.sheet-link}}"


def sign(look: Look) -> str:
    """Return the marker of a run in its colour, as a text has it."""
    return f"[{SIGNS[look.marker]}]{{.run-sign .run-{look.hue}}}"


def number(sheet: SheetResult, name: str, scale: float) -> str:
    value = sheet.numbers.get(name)
    text = "none" if value is None else stated(value, "", factor=scale)
    return NOTHING if text == "none" else text


def picture(sheet: SheetResult, notebook: Path, pictures: Path) -> Marked:
    """Save a small copy of a sheet's first figure; return the Markdown that shows it."""
    from PIL import Image

    figure = first_picture(notebook)
    if figure is None:
        return Marked()
    with Image.open(io.BytesIO(figure)) as image:
        small = image.convert("RGB")
        if sheet.kind == "resistance":  # the curve; the residuals stand right of it
            small = small.crop((0, 0, image.width // 2, image.height))
        small.thumbnail((WIDTH, WIDTH))
        small.save(pictures / f"{notebook.stem}.png", optimize=True)
    what = "resistance curve" if sheet.kind == "resistance" else "diffraction pattern"
    alt = f"Small copy of the first figure of the sheet: {what} {plain_text(sheet.name)}"
    return Marked(f"![{alt}](thumbnails/{notebook.stem}.png){{.thumbnail width={WIDTH // 2}px}}")
