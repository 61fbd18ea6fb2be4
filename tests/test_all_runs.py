"""The page "All runs": its tables, its explorer, the ways from sheet to sheet, and the search."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from docutils.core import publish_parts
from myst_parser.docutils_ import Parser
from small_results import sheet
from test_readers import violations

import analysis
from analysis.show.runs import run_look
from compendium import drawn_runs, gallery, pages, trying
from compendium.chapters.figure_files import MIME
from compendium.plan import BOOK
from compendium.search import EnglishWithNumbers

HEAVIEST = 300e3  # bytes of the page with its scripts and data, compressed
NUMBER = {"value": None, "stderr": None, "unit": "K"}


def of_twin(run, pressure, theta_d, **more):
    """A sheet of a synthetic curve of the package, whose data can be read."""
    made = sheet(f"twin-run{run}-{pressure}gpa", pressure, run=run, theta_d=theta_d)
    page = f"sheets/{made.name}.html"
    return replace(made, origin="synthetic", page=page, **more)


def of_pattern(pressure, strain):
    made = sheet(f"twin-xrd-{pressure}gpa", pressure, run="xrd", kind="diffraction", strain=strain)
    return replace(made, origin="synthetic", page=f"sheets/{made.name}.html")


def metal(name="silver", **more):
    made = sheet(name, None, run=None, theta_d=(220.0, 1.0))
    return replace(made, origin="recommended", sample=name, page=f"sheets/{name}.html", **more)


SHEETS = (
    of_twin("2", 25.0, (549.0, 2.0)),
    of_twin("2", 15.0, (553.0, 3.0), warnings=("a hump",)),
    of_twin("1", 7.0, (512.0, 2.0)),
    of_twin("1", 18.5, (533.0, 2.0)),
    of_twin("4", 35.0, (573.0, 80.0), numbers={"theta_d": NUMBER}),
    of_pattern(1.6, (0.0045, 1e-4)),
    of_pattern(15.0, (0.0079, 1e-4)),
    metal(),
)
R2, R1 = "twin-run2-25.0gpa", "twin-run1-7.0gpa"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Make the page of some sheets as the book does, without the theme; return its file."""

    def made(sheets=SHEETS):
        static, folder, pictures = (tmp_path / one for one in ("_static", "executed", "small"))
        for new in (static, folder, pictures, tmp_path / "sheets"):
            new.mkdir()
        monkeypatch.setattr(pages, "SOURCE", tmp_path)
        pages.write_explorer()
        for name in ("try.mjs", "try.css", "all-runs.mjs", "all-runs.css"):
            shutil.copy(BOOK / "_static" / name, static / name)
        (static / "all-runs-data.mjs").write_text(drawn_runs.script(sheets))
        for one in sheets:
            stem = Path(one.page).stem
            nbformat.write(nbformat.v4.new_notebook(), folder / f"{stem}.ipynb")
            (tmp_path / one.page).write_text(f"<title>{stem}</title>")
        body = ""
        for kind, columns in gallery.COLUMNS.items():
            if of_kind := gallery.in_order(one for one in sheets if one.kind == kind):
                text = gallery.table(of_kind, columns, folder, pictures)
                body += f"<section><h2>{kind}</h2>{html_of(text)}</section>"
        styles = (*trying.STYLES, "all-runs.css")
        head = "".join(f"<link rel='stylesheet' href='_static/{name}'>" for name in styles)
        for name in trying.SCRIPTS["all-runs"]:
            head += f"<script defer src='_static/{name}'></script>"
        file = tmp_path / "all-runs.html"
        file.write_text(
            "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>All runs</title>"
            f"<meta name='viewport' content='width=device-width'>{head}</head><body><main>"
            f"<article class='bd-article'><section><h1>All runs</h1>{body}</section></article>"
            "</main></body></html>",
            encoding="utf-8",
        )
        return file

    return made


def html_of(text):
    """Return the HTML of a table in MyST Markdown; it scrolls in a box, as the theme has it.

    Docutils knows no other pages, and leaves addresses elsewhere alone.
    """
    elsewhere = "https://elsewhere.invalid/"
    text = text.replace("](sheets/", f"]({elsewhere}sheets/")
    settings = {"myst_enable_extensions": ["attrs_inline"], "report_level": 5}
    parts = publish_parts(text, parser=Parser(), writer_name="html5", settings_overrides=settings)
    table = parts["body"].replace(elsewhere, "").replace(".ipynb", ".html")
    return f"<div style='overflow-x: auto' tabindex='0'>{table}</div>"


# What the theme sets there.
DARK = """
:root { --pst-color-background: #121212; --pst-color-text-base: #ddd;
    --pst-color-text-muted: #aaa; --pst-color-surface: #222; --pst-color-border: #555;
    --pst-color-primary: #7db4ec; }
body { background: #121212; color: #ddd }
a { color: #7db4ec }
"""


class Page:
    """The opened page, and what a reader does on it."""

    def __init__(self, visit):
        self.visit, self.page = visit, visit.page
        self.page.wait_for_function("() => document.documentElement.dataset.runs === 'ready'")

    def row(self, name):
        return self.page.locator(f'tr:has(a.sheet-link[href="sheets/{name}.html"])')

    def shown(self, table=0):
        """Return the sheets in the rows of a table that are seen, in their order."""
        rows = self.page.locator("table").nth(table).locator("tbody tr:not([hidden])")
        return rows.locator("a.sheet-link").all_text_contents()

    def drawn(self):
        """Return how many points stand in each panel against pressure, and are ringed there."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('.runs-quantity')].map((place) => {
                const count = (path) => path.getAttribute('d')?.match(/M/g)?.length ?? 0;
                const groups = [...place.querySelectorAll('svg > g:last-of-type > g')];
                const points = groups.map((group) => count(group.lastElementChild));
                return {
                    chosen: points[0], hovered: points[1],
                    points: points.slice(2).reduce((a, b) => a + b, 0),
                };
            })"""
        )

    def curves(self):
        """Return the curves that lie over each other: their names and how thick they are."""
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('.runs-overlay')].flatMap(
                (place) => {
                    const lines = '.explorer-panel > g:last-of-type path';
                    const paths = [...place.querySelectorAll(lines)];
                    const names = [...place.querySelectorAll('.explorer-legend a')];
                    return names.map((link, at) => [
                        link.textContent.replaceAll('\\u00a0', ' '),
                        Number(paths[at].getAttribute('stroke-width')),
                    ]);
                }))"""
        )

    def sort(self, name):
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def clean(self):
        assert (self.visit.errors, self.visit.asked) == ([], [])


@pytest.fixture
def opened(made, no_network):
    def open_page(sheets=SHEETS, fragment="", **options):
        return Page(no_network(made(sheets), fragment=fragment, **options))

    return open_page


# --- the explorer -------------------------------------------------------------------------------


def test_columns_are_sorted_both_ways_and_what_has_no_number_comes_last(opened):
    one = opened()
    before = one.shown()
    assert before[0] == "silver"  # recommended data come before synthetic ones
    one.sort("ΘD (K)")  # its index is lowered
    rising = ["silver", R1, "twin-run1-18.5gpa", R2, "twin-run2-15.0gpa", "twin-run4-35.0gpa"]
    assert one.shown() == rising
    heads = one.page.locator("th[aria-sort]")
    assert heads.evaluate_all("(all) => all.map((one) => one.ariaSort)") == ["ascending"]
    one.page.keyboard.press("Enter")  # the button has the focus
    assert one.shown() == [*rising[-2::-1], "twin-run4-35.0gpa"]
    one.page.keyboard.press("Enter")
    assert one.shown() == before
    one.sort("verdict")
    assert one.shown()[0] == "twin-run2-15.0gpa"  # "look at it"
    one.clean()


def test_rows_and_points_are_chosen_by_run_verdict_and_data(opened):
    one = opened()
    assert [panel["points"] for panel in one.drawn()] == [4, 2]  # Theta_D and strain; no T_c here
    one.page.select_option("select[name=run]", "1")
    assert one.shown() == [R1, "twin-run1-18.5gpa"]
    assert [panel["points"] for panel in one.drawn()] == [2, 0]
    assert "2 of 8 sheets" in one.page.locator(".runs-count[role=status]").text_content()
    assert not one.page.get_by_role("heading", name="diffraction").is_visible()
    one.page.select_option("select[name=run]", "")
    one.page.select_option("select[name=verdict]", "look at it")
    assert one.shown() == ["twin-run2-15.0gpa"]
    one.page.get_by_role("button", name="Reset").click()
    one.page.select_option("select[name=origin]", "recommended")
    assert one.shown() == ["silver"]
    one.clean()


def test_a_row_marks_its_points_and_its_curve(opened):
    one = opened()
    label = "run 1, 7 GPa"
    (of_run,) = [name for name in one.curves() if label in name]  # drawn at first: the first run
    assert [panel["hovered"] for panel in one.drawn()] == [0, 0]
    one.row(R1).hover()
    assert [panel["hovered"] for panel in one.drawn()] == [1, 0]
    thick = one.curves()
    assert thick.pop(of_run) > max(thick.values())
    assert label in one.page.locator(".runs-readout").text_content().replace("\xa0", " ")
    one.page.mouse.move(0, 0)  # scrolling would bring another row below it
    one.row("twin-xrd-15.0gpa").locator("a").focus()
    assert [panel["hovered"] for panel in one.drawn()] == [0, 1]
    assert "7.90" in one.page.locator(".runs-readout").text_content()
    marked = one.page.locator(".runs-quantity svg").nth(1).get_attribute("aria-label")
    assert marked.endswith("7.9.")
    one.clean()


def test_chosen_rows_are_drawn_over_each_other_and_ringed(opened):
    one = opened()
    one.page.get_by_role("button", name="Draw none").click()
    assert one.curves() == {}
    assert [panel["chosen"] for panel in one.drawn()] == [0, 0]
    for name in (R2, "twin-xrd-1.6gpa", "silver"):
        one.row(name).get_by_role("checkbox").focus()
        one.page.keyboard.press("Space")
    assert len(one.curves()) == 3
    assert [panel["chosen"] for panel in one.drawn()] == [1, 1]
    # Ohm and ohm metres have no axis in common.
    one.page.select_option("select[name=scale]", "measured")
    assert "units of these curves differ" in one.page.locator(".runs-overlay").first.text_content()
    one.row("silver").get_by_role("checkbox").uncheck()
    axis = one.page.locator(".runs-overlay svg.explorer-panel").first
    assert "R (ohm)" in axis.text_content()
    one.clean()


@pytest.mark.parametrize("way", ["row", "point", "keyboard"])
def test_a_click_or_enter_leads_to_the_sheet(way, opened):
    one = opened(viewport={"width": 1280, "height": 900})
    if way == "row":
        one.row(R2).locator("td").nth(3).click()
    elif way == "keyboard":
        one.row(R2).locator("a").focus()
        one.page.keyboard.press("Enter")
    else:
        one.row(R2).hover()
        ring = one.page.locator(".runs-quantity").first.locator(".explorer-stroke-orange").first
        box = ring.bounding_box()
        one.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    one.page.wait_for_url(f"**/sheets/{R2}.html")


def test_the_address_keeps_what_is_chosen(opened):
    one = opened()
    one.page.select_option("select[name=run]", "2")
    one.sort("P (GPa)")
    one.row(R2).get_by_role("checkbox").check()
    one.page.wait_for_function("location.hash.includes('draw')")
    shown, curves = one.shown(), one.curves()
    one.page.reload()
    again = Page(one.visit)
    assert (again.shown(), again.curves()) == (shown, curves)
    assert shown == ["twin-run2-15.0gpa", R2]
    again.clean()


@pytest.mark.parametrize(
    "fragment", ["runs?run=9&sort=7.7.up&draw=none", "runs?draw=gone,../x&sort=x", "elsewhere"]
)
def test_an_address_that_leads_nowhere_leaves_a_page_to_work_with(fragment, opened):
    one = opened(fragment=fragment)
    one.page.get_by_role("button", name="Reset").click()
    assert len(one.shown()) == 6
    one.clean()


def test_a_package_without_pressures_has_its_table_and_its_curves(opened):
    one = opened((metal(), metal("copper-rrr100"), metal("lost", status="failed", numbers={})))
    assert one.page.locator(".runs-linked").is_hidden()
    assert "P (GPa)" not in one.page.locator("thead").text_content()
    assert one.row("lost").locator("input").count() == 0
    assert "failed" in one.row("lost").text_content()
    one.row("silver").get_by_role("checkbox").check()
    assert len(one.curves()) == 1
    one.clean()


def test_names_are_text(opened):
    mark = "<img src=x onerror=alert(1)>"
    hostile = replace(metal(), sample=mark, run=mark, pressure=3.0)
    one = opened((hostile, metal("copper-rrr100")))
    one.row("silver").hover()
    assert one.page.locator("img[src=x]").count() == 0
    assert mark in one.page.locator("select[name=sample] option").all_text_contents()
    assert mark in one.page.locator(".runs-readout").text_content().replace("\xa0", " ")
    one.clean()


def test_without_scripts_and_on_paper_it_is_a_table_with_links(made, no_network):
    file = made()
    bare = file.with_name("bare.html")
    bare.write_text(re.sub("<script.*?</script>", "", file.read_text(encoding="utf-8")))
    visit = no_network(bare)
    assert visit.page.locator("tbody a.sheet-link").count() == len(SHEETS)
    assert visit.page.locator("input, select, button").count() == 0
    visit = no_network(file)
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".explorer:visible, input:visible, select:visible").count() == 0
    assert visit.page.locator("tbody a.sheet-link:visible").count() == len(SHEETS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_read_aloud_and_fits_a_phone(theme, opened):
    one = opened(viewport={"width": 390, "height": 844}, has_touch=True)
    one.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    if theme == "dark":
        one.page.add_style_tag(content=DARK)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    one.clean()
    assert violations(one.page) == []
    boxes = one.page.locator("tbody input").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(boxes) >= 24


# --- what it draws ------------------------------------------------------------------------------


def test_a_thinned_curve_keeps_its_ends_and_its_extremes():
    y = np.random.default_rng(5).normal(size=5000)
    y[1234], y[4321] = 30.0, -40.0
    kept = drawn_runs.thinned(y, 200)
    assert kept.size <= 200
    assert list(kept) == sorted(set(kept))
    assert {0, 1234, 4321, 4999} <= set(kept)
    assert list(drawn_runs.thinned(y[:50], 200)) == list(range(50))


def test_points_have_the_longer_side_of_their_interval_and_open_ends_no_bar():
    number = {"value": 540.0, "stderr": None, "unit": "K", "interval": [530.0, 560.0]}
    one = replace(SHEETS[0], numbers={"theta_d": number})
    assert drawn_runs.points_of(one) == {"Θ_{D} (K)": [(25.0, 540, 20, False)]}
    number["interval"] = [530.0, None]
    assert drawn_runs.points_of(one) == {"Θ_{D} (K)": [(25.0, 540, None, False)]}
    number.update(value=None, interval=[520.0, 560.0])
    assert drawn_runs.points_of(one) == {"Θ_{D} (K)": [(25.0, 540, 20, False)]}
    assert drawn_runs.points_of(replace(one, pressure=None)) == {}
    both = {"tc": {**NUMBER, "value": 58.0}, "tc_onset": {**NUMBER, "value": 66.0}}
    points = drawn_runs.points_of(replace(one, numbers=both))["T_{c} (K)"]
    assert [(value, hollow) for _, value, _, hollow in points] == [(66, False), (58, True)]


def test_patterns_of_any_wavelength_share_an_axis():
    line = drawn_runs.line_of(SHEETS[5], 600)
    pattern = analysis.load(SHEETS[5].name)
    peak = pattern.two_theta[pattern.intensity.argmax()]
    q = 4 * np.pi * np.sin(np.radians(peak) / 2) / 0.6199
    assert line["x"][int(np.argmax(line["y"]))] == pytest.approx(q, rel=1e-4)


@pytest.mark.parametrize("count", [36, 400])
def test_the_page_stays_light(count, monkeypatch):
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(2, 20_000))
    monkeypatch.setattr(
        drawn_runs,
        "line_of",
        lambda _, most: dict(drawn_runs._columns(noise[0] + rng.normal(), noise[1], most)),
    )
    sheets = [
        replace(SHEETS[at % 5], name=f"s{at}", pressure=float(at), page=f"sheets/s{at}.html")
        if at % 2
        else replace(SHEETS[5], name=f"s{at}", pressure=float(at), page=f"sheets/s{at}.html")
        for at in range(count)
    ]
    text = drawn_runs.script(sheets)
    assert len(gzip.compress(text.encode())) < HEAVIEST
    assert len(json.loads(text[len("globalThis.allRuns = ") : -2])["sheets"]) == count


@pytest.mark.alike
def test_the_page_of_the_book_is_light(html):
    files = [html / "all-runs.html"]
    files += [html / "_static" / name for name in trying.SCRIPTS["all-runs"]]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < HEAVIEST


# --- the ways from sheet to sheet -----------------------------------------------------------------


def test_sheets_follow_each_other_by_pressure_and_then_run():
    ways = gallery.ways_between(SHEETS)
    order, at = [], "silver"
    while at:
        order.append(at)
        after = [part for part in ways[at].split("|") if "→" in part]
        at = after[0].split("](")[1].removesuffix(".ipynb)").strip() if after else None
    assert order == [
        "silver", R1, "twin-run1-18.5gpa", "twin-run2-15.0gpa", R2, "twin-run4-35.0gpa",
    ]  # fmt: skip
    assert "←" not in ways["silver"]
    assert "run 1\\, 7 GPa" in ways["twin-run1-18.5gpa"]
    assert gallery.sign(run_look(SHEETS[0])) in ways[R2]


def test_a_sheet_links_to_its_neighbours_and_offers_the_files_of_its_figures(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "SOURCE", tmp_path)
    monkeypatch.setattr(pages, "EXECUTED", tmp_path / "executed")
    cells = [
        nbformat.v4.new_markdown_cell("# silver"),
        nbformat.v4.new_code_cell("draw()", metadata={"tags": ["hide-input"]}),
    ]
    data = {"image/png": "", MIME: {"svg": "<svg/>", "csv": "x"}}
    cells[1].outputs = [nbformat.v4.new_output("display_data", data)]
    (tmp_path / "executed" / "sheets").mkdir(parents=True)
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells), tmp_path / "executed" / "sheets" / "silver.ipynb"
    )
    figures = {}
    pages.sheet_page("silver", "[All runs](../all-runs.md)", figures)
    page = nbformat.read(tmp_path / "sheets" / "silver.ipynb", as_version=4)
    assert [cell.source for cell in page.cells][1] == page.cells[-1].source
    assert figures["sheets-silver-figure"]["place"] == "sheets/silver 2 0"
    assert MIME not in page.cells[2].outputs[0].data


# --- the search ---------------------------------------------------------------------------------

TEXTS = {
    "index": "# The book\n\nPressures are 22.4 GPa and more; 518 K, 4.0 K and version 1.2.3.",
    "sheet": "# a-22.4gpa: run 3, 22.4 GPa\n\nA sheet.",
    "other": "# b-7.0gpa: run 1, 7 GPa\n\nAnother with 22 and 4 points.",
}


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    root = tmp_path_factory.mktemp("search")
    settings = "extensions = ['myst_parser', 'compendium.search']\nexclude_patterns = ['html']\n"
    (root / "conf.py").write_text(settings)
    for name, text in TEXTS.items():
        (root / f"{name}.md").write_text(f"---\norphan: true\n---\n{text}\n")
    program = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(root), str(root / "html")]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return root / "html"


@pytest.mark.parametrize(
    ("query", "pages_found"),
    [
        ("22.4", ["sheet", "index"]),
        ("22.40", ["sheet", "index"]),
        ("7.0", ["other"]),
        ("518", ["index"]),
        ("22.4 pressures", ["index"]),
        ("version 2", ["index"]),
        ("22.5", []),
        ("519", []),
    ],
)
def test_the_search_finds_numbers_and_titles_come_first(query, pages_found, searched, no_network):
    visit = no_network(searched / "index.html")
    visit.page.goto(f"{(searched / 'search.html').as_uri()}?q={query}")
    visit.page.wait_for_function("document.querySelector('.search-summary')?.textContent.length")
    visit.page.wait_for_timeout(100)
    links = visit.page.locator("ul.search li a:first-child")
    found = links.evaluate_all("(all) => all.map((one) => one.pathname.split('/').pop())")
    assert list(dict.fromkeys(one.removesuffix(".html") for one in found)) == pages_found


def test_words_are_split_as_before():
    words = EnglishWithNumbers({})
    assert words.split("R_0, e-ph: 3.3's") == ["R_0", "e", "ph", "3.3", "s"]
    assert words.split("10.1000/xyz123") == ["10.1", "xyz123"]
