"""The page "All runs": a table that leads to every sheet, with its numbers and a picture."""

import io
from pathlib import Path
from typing import Any

from analysis.pressure.results import SheetResult, load_results
from analysis.show.foreign import Marked, plain_text
from analysis.show.report import Table, stated
from compendium.notebooks import first_picture
from compendium.plan import BUILD

NOTHING = "–"  # in a cell
WIDTH = 200  # pixels of a picture, twice what is shown
COLUMNS = {
    "resistance": (("theta_d", "Θ_D (K)", 1), ("tc", "T_c (K)", 1), ("lambda", "λ", 1)),
    "diffraction": (("strain", "10³ ε", 1000), ("a", "a (Å)", 1)),
}
HEADINGS = {"resistance": "Resistance", "diffraction": "Diffraction"}
HEAD = """\
# All runs

One sheet for every run and pressure of the data package: the data, the fit with its
band and residuals, all parameters with their correlations, and how the result moves.
{download}`results.csv <results.csv>` and {download}`results.json <results.json>` hold
the numbers of all of them.
"""
ORIGINS = ("measured", "digitised", "recommended", "formula", "synthetic")


def gallery_page(plan: dict[str, Any], sheets: Path, pictures: Path) -> str:
    """Return the page in MyST Markdown, and put the pictures into their folder."""
    found = load_results(BUILD / "results.json").sheets
    lines = [HEAD]
    for kind, columns in COLUMNS.items():
        of_kind = [one for one in found if one.kind == kind]
        lines += [f"## {HEADINGS[kind]}", ""] if of_kind else []
        for origin in sorted({one.origin for one in of_kind}, key=rank):
            chosen = sorted((one for one in of_kind if one.origin == origin), key=place)
            title = f"{HEADINGS[kind]}: {plain_text(origin or 'refused')}"
            lines += [f"### {title}", ""]
            lines += [table(chosen, columns, sheets, pictures), ""]
    if others := [one for one in found if one.kind not in COLUMNS]:  # all of them refused
        lines += ["## Of no use", "", table(others, (), sheets, pictures), ""]
    if plan["missing"]:
        names = ", ".join(plain_text(name) for name in plan["missing"])
        lines += ["## Not on this machine", "", f"No sheets for {names}.", ""]
    for name in ("results.csv", "results.json"):
        (pictures.parent / name).write_bytes((BUILD / name).read_bytes())
    return "\n".join(lines)


def rank(origin: str | None) -> int:
    """Return the place of an origin: what was measured comes first."""
    return ORIGINS.index(origin) if origin in ORIGINS else len(ORIGINS)


def place(sheet: SheetResult) -> tuple[str, float, str]:
    """Return what a sheet is sorted by: run, then pressure."""
    pressure = -1.0 if sheet.pressure is None else sheet.pressure
    return sheet.run or "", pressure, sheet.name


def table(
    found: list[SheetResult],
    columns: tuple[tuple[str, str, float], ...],
    sheets: Path,
    pictures: Path,
) -> str:
    # A column that holds nothing says nothing.
    columns = tuple(c for c in columns if any(number(one, c[0], 1) != NOTHING for one in found))
    under_pressure = any(one.pressure is not None for one in found)
    heads = ["", "sheet", *["P (GPa)"] * under_pressure, *(head for _, head, _ in columns)]
    rows = []
    for one in found:
        file = Path(one.page).stem
        link = Marked(f"[{plain_text(one.name)}](sheets/{file}.ipynb){{.sheet-link}}")
        pressure = NOTHING if one.pressure is None else f"{one.pressure:g}"
        small = picture(one, sheets / f"{file}.ipynb", pictures)
        row = [small, link, *[pressure] * under_pressure]
        if one.status == "ok":
            row += [number(one, name, scale) for name, _, scale in columns]
        else:
            row[1] = Marked(f"{link} **failed**")
            row += [NOTHING] * len(columns)
        rows.append(row)
    return Table(heads, rows, words=2)._repr_markdown_()


def number(sheet: SheetResult, name: str, scale: float) -> str:
    found = sheet.numbers.get(name)
    text = "none" if found is None else stated(found, "", factor=scale)
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
