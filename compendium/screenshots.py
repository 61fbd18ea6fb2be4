"""Pictures of the built pages as readers see them: `make screenshots`.

Every chapter, the table of all runs, two sheets, the search and the page for wrong addresses,
light and dark, on a desktop and on a phone; `index.html` beside the pictures shows them in a
row each, with what the browser complained of. ``--all`` takes every sheet, names of pages
take only those.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from html import escape
from pathlib import Path
from typing import Literal

from compendium import browser
from compendium.faults import in_one_line
from compendium.files import remove
from compendium.pages import GALLERY
from compendium.plan import BUILD, HTML, planned
from compendium.status import STATUS

TARGET = BUILD / "screenshots"
WIDTHS = {"desktop": (1280, 900), "phone": (360, 740)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TALLEST = 16_000  # Chromium draws no picture that is taller than 16384 pixels


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="all sheets; otherwise only two")
    parser.add_argument("pages", nargs="*", help="pages, such as 3-1-debye (default: all chapters)")
    given = parser.parse_args()
    if browser.chromium() is None:
        print(f"error: `make screenshots` {browser.MISSING}", file=sys.stderr)
        return 2
    chosen = given.pages or pages_to_show(every_sheet=given.all)
    if unknown := [page for page in chosen if not (HTML / f"{page}.html").exists()]:
        print(f"error: no such page: {', '.join(unknown)}", file=sys.stderr)
        return 2
    remove(TARGET)
    workers = min(len(chosen), os.cpu_count() or 1)
    shares = [chosen[start::workers] for start in range(workers)]
    seen: dict[str, list[str]] = {}
    with ProcessPoolExecutor(workers) as pool:
        for share in pool.map(take, shares):
            seen |= share
    (TARGET / "index.html").write_text(contact_sheet(chosen, seen), encoding="utf-8")
    print(f"{len(chosen)} pages: {TARGET / 'index.html'}")
    for page in chosen:
        for complaint in seen[page]:
            print(f"  {page}: {complaint}")
    return 0


def pages_to_show(*, every_sheet: bool) -> list[str]:
    """Return the pages in the order of the book; of the sheets one of each kind, or all."""
    sheets = planned()["sheets"]
    first_of_kind = {sheet["kind"]: name for name, sheet in reversed(sheets.items())}
    shown = list(sheets) if every_sheet else sorted(first_of_kind.values())
    sheet_pages = (f"sheets/{name}" for name in shown)
    return [*planned()["pages"], STATUS, GALLERY, *sheet_pages, "search", "404"]


def take(pages: list[str]) -> dict[str, list[str]]:
    """Save the pictures of some pages; return what there is to complain of each."""
    complaints: dict[str, list[str]] = {page: [] for page in pages}
    with browser.launched() as chromium:
        for device, (width, height) in WIDTHS.items():
            context = chromium.new_context(viewport={"width": width, "height": height})
            for page in pages:
                seen = browser.visit(context, HTML / f"{page}.html")
                tall = seen.page.evaluate("document.documentElement.scrollHeight")
                for scheme in SCHEMES:
                    seen.page.emulate_media(color_scheme=scheme)
                    seen.page.evaluate(browser.SETTLED)
                    # A window as tall as the page: nothing sticks to the edge of a smaller one.
                    seen.page.screenshot(
                        path=picture(page, device, scheme),
                        full_page=True,
                        clip={"x": 0, "y": 0, "width": width, "height": min(tall, TALLEST)},
                    )
                wide = seen.page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    complaints[page].append(f"{device}: {wide - width} pixels too wide")
                complaints[page] += [f"{device}: {error}" for error in (*seen.errors, *seen.asked)]
                seen.page.close()
            context.close()
    return complaints


def picture(page: str, device: str, scheme: str) -> Path:
    return TARGET / f"{page.replace('/', '--')}-{device}-{scheme}.png"


def contact_sheet(pages: list[str], complaints: dict[str, list[str]]) -> str:
    """Return a page with a row of pictures for each page of the book."""
    rows = []
    for page in pages:
        cells = [
            f'<a href="{file.name}"><img src="{file.name}" loading="lazy" class="{device}" '
            f'alt="{escape(page)}, {device}, {scheme}"></a>'
            for device in WIDTHS
            for scheme in SCHEMES
            for file in [picture(page, device, scheme)]
        ]
        items = "".join(f"<li>{escape(complaint)}</li>" for complaint in complaints[page])
        link = f'<a href="../html/{page}.html">{escape(page)}</a>'
        rows.append(f"<h2>{link}</h2><ul>{items}</ul><div>{''.join(cells)}</div>")
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>What readers see</title>'
        "<style>body{font-family:sans-serif;background:#888}div{display:flex;gap:8px;"
        "align-items:start}a:has(img){max-height:70vh;overflow:hidden}img{display:block}"
        ".desktop{width:36vw}.phone{width:11vw}li{background:#fdd}</style>"
        f"<h1>What readers see</h1>{''.join(rows)}</html>\n"
    )


if __name__ == "__main__":
    sys.exit(in_one_line(main))
