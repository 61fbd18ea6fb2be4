"""The page on which lines are tried, with the translated package: it says what Python says."""

import gzip
import json
import subprocess
from math import isclose
from pathlib import Path

import numpy as np
import pytest
from test_readers import violations
from test_try_page import DROP, HEAVIEST

from analysis.diffraction.strain.breadth_law import line_breadth
from analysis.errors import AnalysisError
from analysis.show.trying import lines_example
from analysis.show.trying.strain import TriedLines
from compendium import pages, trying
from compendium.plan import BOOK
from compendium.policy import meta, rules_of
from compendium.translated.bundle import worker

RUNNER = Path(__file__).with_name("try_worker.mjs")
NAME = "try/strain"
GOLD = lines_example.example()
DIAMOND = "2theta,FWHM\n" + "".join(  # of a cubic cell of 5.431 A, by Bragg's law
    f"{angle},0.1\n"
    for angle in (28.443, 47.303, 56.123, 69.131, 76.377, 88.032, 94.954, 106.71, 114.094)
)
BARE = "40 0.30\n60 0.48\n80 0.64\n100 0.91\n"
AT_DIAMOND = {"wavelength": "154.05981", "width_percent": "5"}
STANDARD = "2theta,FWHM,error,standard\n30,.1,.01,.1\n40,.4,.01,.1\n60,.47,.01,.1\n80,.6,.01,.12\n"
_ANGLES = np.arange(30, 120, 10)
_BREADTHS = np.degrees(
    line_breadth(np.radians(_ANGLES / 2), strain=0.004, size=40, wavelength=154.059)
)
_SCATTER = np.array([3, -2, 1, -4, 200, 2, -1, 4, -3]) / 1000
OFF = "2theta,FWHM,error\n" + "".join(
    f"{angle},{width:.5f},0.004\n"
    for angle, width in zip(_ANGLES, _BREADTHS + _SCATTER, strict=True)
)
# A text, how it is read, and the choices of the analyses.
CASES = [
    (GOLD[1], {}, [
        {}, {"model": "reduced"}, {"model": "full", "shape_factor": "1"}, {"leave_out": "5,6"},
        {"addition": "halder-wagner"}, {"addition": "quadrature"}, {"shape": "gaussian"},
        {"cell": "4.07", "space_group": "F m -3 m", "offset": "zero"}, {"offset": "displacement"},
        {"wavelength": "Cu K-alpha mean"}, {"space_group": "I m -3 m"}, {"wavelength": "x"},
        {"wavelength": "1.54", "wavelength_unit": "angstrom", "width_unit": "mrad"},
    ]),
    (GOLD[1], {"hkl": "none", "width_error": "5", "two_theta_error": "none"}, [{}]),
    (DIAMOND, {}, [
        {}, AT_DIAMOND, {**AT_DIAMOND, "cell": "5.41", "space_group": "F d -3 m"},
        {**AT_DIAMOND, "cell": "3.1", "space_group": "I m -3 m"},
    ]),
    (STANDARD, {}, [{"wavelength": "154"}, {"wavelength": "154", "shape": "gaussian"}]),
    (OFF, {}, [{"wavelength": "154.059"}, {"wavelength": "154.059", "leave_out": "6"}]),
    ("hkl,2theta,FWHM,error\n002,34.4,.2,.01\n110,56.6,.3,.01\n", {}, [{"wavelength": "154"}]),
    (BARE, {}, [{"wavelength": "154", "width_percent": "3"}, {"wavelength": "1.54"}]),
    ("40 0.3 .01\n60 .5 .01", {}, [{"wavelength": "154"}, {"wavelength": "154", "model": "full"}]),
    ("40 0.3 .01\n", {}, [{"wavelength": "154"}]),
    ("hkl;2theta;FWHM (mrad);esd\n1 1 1;38,2;5,2;0,1\n2 0 0;44,4;6,1;0,2", {}, [
        {"wavelength": "154"}
    ]),
    *((text, {}, [{}]) for text in (
        "", "40\n", "2theta,intensity\n20,100\n21,120\n", "2theta,FWHM\n40,wide\n60,0.3\n70,0.3\n",
        "hkl,2theta,FWHM\n1x1,40,0.3\n200,60,0.4\n", "2theta,FWHM\n40,-1\n50,0.2\n",
    )),
]  # fmt: skip


def in_python(name, text, reading, analyses):
    """Return the answers of opening a text and of each analysis of its lines."""
    one = TriedLines()
    answers = [one.opened(name, text.encode(), reading)]
    for choices in analyses:
        answers.append(one.fitted(choices))
        try:
            answers.append(one.csv())
        except AnalysisError as error:
            answers.append(str(error))
    return answers


def differences(python, browser, place=""):
    """Yield where two answers differ: words and kinds must be alike, numbers nearly so."""
    if isinstance(python, dict) and isinstance(browser, dict):
        for key in sorted({*python, *browser}):
            there = (python.get(key, "nothing"), browser.get(key, "nothing"))
            yield from differences(*there, f"{place}/{key}")
    elif isinstance(python, list) and isinstance(browser, list) and len(python) == len(browser):
        for at, pair in enumerate(zip(python, browser, strict=True)):
            yield from differences(*pair, f"{place}/{at}")
    elif type(python) in (int, float) and type(browser) in (int, float):
        # Differences of nearly equal numbers keep few of their digits.
        if not isclose(python, browser, rel_tol=1e-7, abs_tol=1e-9):
            yield place, python, browser
    elif python != browser:
        yield place, python, browser


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    file = tmp_path_factory.mktemp("engine") / "worker.js"
    text = worker("analysis.show.trying.strain", pages.LEFT_TO_PYTHON)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("case", CASES, ids=[str(at) for at in range(len(CASES))])
def test_the_browser_says_of_lines_what_python_says(case, script, node):
    text, reading, analyses = case
    questions = [["opened", "lines.csv", {"file": text}, reading]]
    for choices in analyses:
        questions += [["fitted", choices], ["csv"]]
    done = subprocess.run(
        [node, str(RUNNER)],
        input=json.dumps({"script": str(script), "questions": questions}),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [
        reply.get("answer", reply.get("refused", reply)) for reply in json.loads(done.stdout)
    ]
    expected = in_python("lines.csv", text, reading, analyses)
    rows = [
        [[_numbers(cell) for cell in line.split(",")] for line in one.splitlines()]
        if isinstance(one, str)
        else one
        for one in expected
    ]
    found = [
        [[_numbers(cell) for cell in line.split(",")] for line in answer.splitlines()]
        if isinstance(answer, str)
        else answer
        for answer in answers
    ]
    assert list(differences(rows, found)) == []


def _numbers(cell):
    """Return the number of a cell of csv, or its text."""
    try:
        return float(cell)
    except ValueError:
        return cell


# ------------------------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page as the book makes it, without the theme."""
    folder = tmp_path_factory.mktemp("site")
    static = folder / "_static"
    static.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "SOURCE", folder)
        pages.write_explorer()
        pages.write_trying()
    for name in ("try.mjs", "try-strain.mjs", "try.css"):
        (static / name).write_bytes((BOOK / "_static" / name).read_bytes())
    head = "".join(f"<link rel='stylesheet' href='_static/{name}'>" for name in trying.STYLES)
    head += "".join(
        f"<script defer src='_static/{name}'></script>" for name in trying.SCRIPTS[NAME]
    )
    policy = meta({**rules_of(NAME), "script-src": "file:", "style-src": "file: 'unsafe-inline'"})
    file = folder / "page.html"
    file.write_text(
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{policy}"
        "<meta name='viewport' content='width=device-width'><title>Lines</title>"
        f"{head}</head><body><main><article class='bd-article'><h1>Lines</h1><h2>Yours</h2>"
        "<div class='try-place'>needs JavaScript</div></article></main></body></html>",
        encoding="utf-8",
    )
    return file


class Tried:
    """The opened page, and what a reader does on it."""

    def __init__(self, visit):
        self.visit, self.page = visit, visit.page
        self.page.wait_for_function("() => document.documentElement.dataset.trying === 'ready'")
        self.refusal = self.page.get_by_role("alert")
        self.command = self.page.locator(".try-command")

    def drop(self, text, name="mine.csv"):
        self.page.evaluate(DROP, [name, text])
        return self

    def fitted(self, words="Williamson-Hall at"):
        """Wait until numbers are there, and return them by name."""
        table = self.page.locator(f".try-table[aria-label^='{words}']")
        table.wait_for()
        cells = table.locator("td").all_text_contents()
        return dict(zip(cells[::2], cells[1::2], strict=True))

    def until(self, words):
        """Wait until the lines of Python, and so the numbers, follow a choice."""
        self.page.wait_for_function(
            "(words) => document.querySelector('.try-command').textContent.includes(words)",
            arg=words,
        )

    def clean(self):
        assert (self.visit.errors, self.visit.asked) == ([], [])


@pytest.fixture
def tried(site, no_network):
    def look(fragment="", **options):
        return Tried(no_network(site, fragment=fragment, **options))

    return look


def test_the_example_is_fitted_and_drawn(tried):
    one = tried()
    one.page.get_by_role("button", name="example: lines of synthetic gold").click()
    numbers = one.fitted()
    expected = in_python(GOLD[0], GOLD[1], {}, [{}])[1]
    assert list(numbers.values()) == [text.replace("+-", "\u00b1") for _, text in expected["rows"]]
    assert one.fitted("Lattice constant")["a"] == expected["lattice"]["rows"][0][1].replace(
        "+-", "\u00b1"
    )
    drawn = one.page.locator(".try-panels path").evaluate_all(
        "(all) => all.map((path) => path.getAttribute('d') ?? '')"
    )
    lines = len(expected["points"]["x"])
    assert [d.count("M") for d in drawn].count(lines) >= 2  # above, and the differences below
    one.clean()


def test_what_the_table_leaves_open_is_asked_for(tried):
    one = tried().drop(BARE)
    one.refusal.wait_for()
    assert "the wavelength is not known" in one.refusal.text_content()
    one.page.get_by_label("wavelength", exact=True).fill("Cu K-alpha 1")
    one.page.keyboard.press("Enter")
    one.page.wait_for_function(
        "() => document.querySelector('.try-refused').textContent.includes('no errors of the')"
    )
    one.page.get_by_label("error of each width").fill("3")
    one.page.keyboard.press("Enter")
    assert "nm" in one.fitted()["size"]
    assert not one.refusal.is_visible()
    assert one.page.get_by_text("3 % of each is taken").is_visible()
    one.page.wait_for_function("() => location.hash.includes('width_percent=3')")
    one.clean()


def test_a_line_off_the_others_is_left_out_and_taken_back(tried):
    one = tried("lines?wavelength=154.059").drop(OFF)
    one.fitted()
    odd = one.page.locator("tr", has_text="off the others")
    assert odd.locator("td").first.text_content() == "70.00 deg"
    odd.get_by_role("button", name="leave out 70.00 deg").click()
    one.until("without([6])")
    assert odd.count() == 0
    one.page.wait_for_function("() => location.hash.includes('leave_out=6')")
    one.page.get_by_role("button", name="Take all lines back").click()
    odd.wait_for()
    one.clean()


def test_the_address_keeps_the_choices(tried):
    one = tried("lines?model=reduced&shape_factor=1&wavelength=Cu+K-alpha+1").drop(GOLD[1])
    assert one.fitted()["model"].startswith("eq. 8: it was asked for")
    assert one.page.locator("select[name=model]").input_value() == "reduced"
    assert one.page.get_by_label("wavelength", exact=True).input_value() == "Cu K-alpha 1"
    one.page.locator("select[name=model]").select_option("full")
    one.until("model='full'")
    one.page.wait_for_function("() => location.hash.includes('model=full')")
    one.clean()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mine.csv: is empty"),
        ("2theta,intensity\n20,100\n21,120\n", "a whole pattern is for the command line"),
        ("hkl,2theta,FWHM\n<b>,40,0.3\n200,60,0.4\n", "'<b>' are not indices"),
    ],
)
def test_what_is_no_table_of_lines_is_said_and_the_next_is_taken(text, said, tried):
    one = tried("lines?wavelength=154.059").drop(text)
    one.refusal.wait_for()
    assert said in one.refusal.text_content()
    assert not one.page.get_by_role("heading", name="Fit").is_visible()
    one.drop(OFF)
    one.fitted()
    assert not one.refusal.is_visible()
    one.clean()


def test_numbers_csv_and_python_are_taken_away(tried):
    one = tried().drop(GOLD[1], GOLD[0])
    one.fitted()
    expected = in_python(GOLD[0], GOLD[1], {}, [{}])
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="Download the lines (csv)").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == expected[2]
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="Download JSON").click()
    found = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert list(differences(expected[1]["json"], found)) == []
    assert one.command.text_content() == expected[1]["python"]
    one.clean()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(theme, tried):
    one = tried("lines?wavelength=154.059", viewport={"width": 390, "height": 844})
    one.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    assert violations(one.page) == []
    one.drop(OFF).fitted()
    assert violations(one.page) == []
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_the_page_loads_of_its_own_is_light(site):
    loaded = (site.parent / "_static" / name for name in (*trying.STYLES, *trying.SCRIPTS[NAME]))
    assert sum(len(gzip.compress(file.read_bytes())) for file in loaded) < HEAVIEST


def test_the_built_page_says_what_to_do_without_javascript(html, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((html / f"{NAME}.html").as_uri())
    place = page.locator(".try-place")
    assert "needs JavaScript" in place.inner_text()
    assert "python -m analysis fit strain mine.xy --wavelength" in place.inner_text()
    context.close()


def test_the_built_page_fits_its_example_without_a_network(html, no_network):
    one = Tried(no_network(html / f"{NAME}.html"))
    one.page.get_by_role("button", name="Take the example").click()
    expected = in_python(GOLD[0], GOLD[1], {}, [{}])[1]
    assert one.fitted()["size"] == dict(expected["rows"])["size"].replace("+-", "\u00b1")
    one.clean()
