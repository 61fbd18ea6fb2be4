"""Texts of others in pages: shown as they are, and nothing of them runs.

The unit tests hold the ways on their own; the small book at the end goes all of them at once,
with marks in every text of a package and its files, and is read by a parser and by Chromium.
"""

import csv
import io
import json
import random
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlsplit

import nbformat
import pytest
import yaml
from small_book import Copy

from analysis.show.foreign import (
    Marked,
    WithSymbols,
    csv_cell,
    in_figure,
    markdown,
    plain_text,
    visible,
)
from analysis.show.report import Note, Table
from compendium import browser as tools_browser
from compendium import policy, sheets

ROOT = Path(__file__).resolve().parent.parent
PIECES = [
    "<x-author>", "<img src=x onerror=ran()>", "</script>", "<!--", "-->", "{raw}`html`",
    "{{ x }}", "```{raw} html", ":::{note}", "$x$", "$$", "\\(x\\)", "\\begin{align}",
    "http://evil.example/", "www.evil.example", "me@evil.example", "[a](javascript:ran())",
    "![a](b)", "[^1]", "*a*", "__b__", "~~c~~", "`d`", "``", "# e", "1. f", "- g", "+++", "---",
    "===", "% h", "(i)=", "> j", "| k |", "&lt;", "&#60;", ":smile:", '"q"', "'", "...", "\\",
    "\\\\", "a\\", "=", "[x]: y", "word", " ", "2.5", "_", "é",
]  # fmt: skip


# --- the ways by themselves ------------------------------------------------


@pytest.fixture(scope="module")
def myst():
    """Render Markdown as the pages do, and with what MyST offers beside."""
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    used = yaml.safe_load((ROOT / "_config.yml").read_text())["parse"]["myst_enable_extensions"]
    others = {"attrs_block", "fieldlist", "html_admonition", "html_image", "replacements"}
    config = MdParserConfig(enable_extensions={*used, *others, "strikethrough"})
    return create_md_parser(config, RendererHTML).render


def nbconvert(text):
    from nbconvert.filters.markdown import markdown2html

    return markdown2html(text)


def words(html):
    """Return the text of a piece of HTML, and the elements in it."""
    reader = Page()
    reader.feed(html)
    reader.close()
    return "".join(reader.texts).strip(), [tag for tag, _ in reader.elements]


@pytest.mark.parametrize("where", ["# {}", "> **{}**", "{}", "- a: {}\\\n  b"])
def test_no_marks_reach_markdown(myst, where):
    chance = random.Random(where)  # noqa: S311 - of no secrets
    for _ in range(150):
        foreign = "".join(chance.choices(PIECES, k=chance.randint(1, 6)))
        expected = re.sub(" +", " ", foreign).strip(" ")
        _, frame = words(myst(where.format("x")))
        for render in (myst, nbconvert):
            said, elements = words(render(where.format(plain_text(f"x{foreign}x"))))
            assert f"x{foreign}x".replace("  ", " ") in re.sub(" +", " ", said), (foreign, expected)
            assert len(elements) == len(words(render(where.format("x")))[1]), foreign
        assert frame


def test_a_table_and_a_note_escape_by_themselves_and_columns_hold(myst):
    chance = random.Random(1)  # noqa: S311 - of no secrets
    for _ in range(100):
        cells = ["x" + "".join(chance.choices(PIECES, k=4)) + "x" for _ in range(3)]
        for render in (myst, nbconvert):
            html = render(Table(("a", "b", "c"), [cells])._repr_markdown_())
            rows = re.findall(r"<td[^>]*>(.*?)</td>", html, re.DOTALL)
            assert [words(row) for row in rows] == [(re.sub(" +", " ", cell), []) for cell in cells]
    note = Note("<b>", ["*a*", Marked("*b*")])
    assert re.search(r"&lt;b&gt;.*\*a\*.*<em>b</em>", myst(note._repr_markdown_()), re.DOTALL)
    assert "*a*" in str(note)


def test_beside_a_symbol_all_is_escaped():
    chance = random.Random(1)  # noqa: S311 - of no secrets
    for _ in range(200):
        foreign = "x" + "".join(chance.choices(PIECES, k=4)).replace("_", "") + "x"
        typeset = markdown(WithSymbols(f"R_sat {foreign} T_c"))
        assert typeset == rf"$R_\mathrm{{sat}}$ {plain_text(foreign)} $T_\mathrm{{c}}$"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n# b\r\x00\u2028c", "a # b c"),
        ("x\u202e\u2066y\u200bz\u00ad\ufeff", "xyz"),
        ("half \ud800", "half \ufffd"),
        ("5\N{NO-BREAK SPACE}K", "5\N{NO-BREAK SPACE}K"),
    ],
)
def test_what_is_not_seen_is_left_out(text, shown, myst):
    assert words(myst(plain_text(text)))[0] == shown
    assert "\ud800" not in visible(text)


@pytest.mark.parametrize(
    "text", ["$x", "$x$", "$\\frac{$", "\\$5 and $6", "_name", "a_b^{c}", "$$"]
)
def test_matplotlib_draws_a_name_as_it_is(text, ax):
    ax.plot([1], [1], label=in_figure(text))
    ax.set_title(f"{in_figure(text)}: $\\Theta$")
    assert len(ax.legend().get_texts()) == 1
    ax.figure.canvas.draw()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+2", "'=1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("\t=1", "'=1"),
        ("\r+1+1", "'+1+1"),
        ("a;=1,-b", "a;'=1,'-b"),
        ("\uff1d1", "'\uff1d1"),
        ("-1.5", "-1.5"),
        ("+1e-3", "+1e-3"),
        ("run 2", "run 2"),
        (-1.5, -1.5),
        (None, ""),
    ],
)
def test_no_text_is_a_formula_to_a_spreadsheet(text, cell):
    assert csv_cell(text) == cell


def test_the_script_of_an_author_has_no_hash():
    """What stands in a page's body, or in a title, is no source of hashes."""
    evil = "<script>ran()</script>"
    hashes = {policy.hashed(one) for one in policy.INLINE.findall(evil)}
    context = {
        "body": evil,
        "title": evil,
        "metatags": evil,
        "script_files": [],
        "default_mode": "",
    }
    policy.state_policy(app_of_the_theme(), "x", "", context, None)
    assert "script-src 'self' 'sha256-" in context["metatags"]
    assert context["metatags"].startswith("<meta http-equiv")
    assert not [one for one in hashes if one in context["metatags"]]


def test_the_state_of_widgets_cannot_end_its_element():
    from sphinx.builders.html._assets import _JavaScript

    kind, state = "application/vnd.jupyter.widget-state+json", {"label": "</SCRIPT ><!--<script>"}
    script = _JavaScript("", priority=500, type=kind, body=json.dumps(state))
    context = {"script_files": [script], "default_mode": "auto"}
    policy.state_policy(app_of_the_theme(), "x", "", context, None)
    body = context["script_files"][0].attributes["body"]
    assert "<" not in body
    assert json.loads(body) == state


def app_of_the_theme():
    """Return as much of a Sphinx application as the policy asks for."""
    from types import SimpleNamespace

    import pydata_sphinx_theme
    from jinja2 import FileSystemLoader
    from jinja2.sandbox import SandboxedEnvironment

    theme = Path(pydata_sphinx_theme.__file__).parent / "theme"
    loader = FileSystemLoader([theme, ROOT / "compendium" / "templates"])
    loader.environment = SandboxedEnvironment(loader=loader)
    return SimpleNamespace(builder=SimpleNamespace(templates=loader))


# --- a book with marks in every text ------------------------------------------------


class Page(HTMLParser):
    """The elements, texts and scripts of a page."""

    def __init__(self):
        super().__init__()
        self.elements, self.texts, self.scripts = [], [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append((dict(attributes), ""))

    def handle_data(self, data):
        if self.cdata_elem == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)
        else:
            self.texts.append(data)


MARKS = (
    '<script>ran("{}")</script><x-author><img src=x onerror=ran(1)>',
    "</title><svg onload=ran(2)>--><x-author>{} </SCRIPT ><!--",
    "[{}](javascript:ran(3)) <javascript:ran(4)> ![i](http://evil.example/{}.png)",
    "{{raw}}`<x-author>` ```{{raw}} html {} ```{{include}} /etc/passwd :::{{code-cell}} ran()",
    "{{{{ {} }}}} $\\evil{{$ $$x$$ &lt;x-author&gt; www.evil.example {{eval}}`ran()` (t)=",
    "=HYPERLINK(<x-author>{}) *a* _b_ ~~c~~ # d [^1] +++ `e` ````````````` | f |",
)


def mark(number, name, most=500):
    text = MARKS[number % len(MARKS)].format(*[name] * 2)
    return text if len(text) <= most else f"<x-author>{name}<img src=x onerror=ran()>$`"


def texts(number):
    """Return a text for every field of a resource that takes any."""
    return {
        "name": mark(number, f"name-{number}", 80),
        "title": mark(number + 1, f"title-{number}"),
        "description": mark(number + 2, f"description-{number}"),
        "sample": mark(number + 3, f"sample-{number}"),
        "run": mark(number + 4, f"run-{number}", 80),
        "pressure": 22.4,
        "pressure_scale": mark(number + 3, f"scale-{number}"),
        "pressure_basis": mark(number + 5, f"basis-{number}"),
        "sources": [{"title": mark(number, f"source-{number}")}],
        "licenses": [{"name": "x", "title": mark(number + 1, f"licence-{number}")}],
        "origin": "measured",
    }


HEADINGS = ('T "<x-author>", K', "R <script>ran(5)</script>", "=cmd|x")


def hostile_package(folder):
    """Write a package of four sets: a curve, a pattern, one that fails, one that is far away."""
    folder.mkdir()
    data = ROOT / "data" / "synthetic"
    lines = (data / "run4-43.5gpa.csv").read_text().splitlines()
    rows = [line for line in lines if re.match(r"[\d.]+,", line)][::2]
    curve = io.StringIO()
    writer = csv.writer(curve)
    writer.writerow(HEADINGS)
    writer.writerows([*row.split(","), "1"] for row in rows)
    (folder / "curve.csv").write_text(f"# {MARKS[0]}\n{curve.getvalue()}", encoding="utf-8")
    shutil.copy(data / "xrd-1.6gpa.csv", folder / "pattern.csv")
    columns = {"temperature": HEADINGS[0], "resistance": HEADINGS[1]}
    fields = [{"name": HEADINGS[0], "unit": "K"}, {"name": HEADINGS[1], "unit": "ohm"}]
    lost = {**columns, "resistance": mark(0, "no-such-column")}
    pattern = next(
        resource
        for resource in json.loads((ROOT / "data" / "datapackage.json").read_text())["resources"]
        if resource["name"] == "twin-xrd-1.6gpa"
    )
    kept = {key: pattern[key] for key in ("columns", "schema", "dialect", "wavelength", "phases")}
    kept["phases"][0]["name"] = mark(1, "phase", 80)
    of_curve = {"kind": "resistance", "path": "curve.csv", "schema": {"fields": fields}}
    address = {"path": "https://data.invalid/x.txt", "file": "x.txt", "hash": f"sha256:{'0' * 64}"}
    resources = [
        {**texts(0), **of_curve, "columns": columns},
        {**texts(1), "kind": "diffraction", "path": "pattern.csv", **kept},
        {**texts(2), **of_curve, "columns": lost},
        {**texts(3), "kind": "resistance", **address},
    ]
    package = folder / "<img src=x onerror=ran()> `package`.json"
    content = {"title": mark(1, "of-the-package", 200), "resources": resources}
    package.write_text(json.dumps(content), encoding="utf-8")
    return package


LIVE = """\
from analysis.show import explore, overview, report
from compendium.chapters.glue import glue_all

curves = [analysis.load(one.name) for one in analysis.list_datasets("resistance")[:1]]
glue_all({"hostile": curves[0].name})
explore.debye([analysis.fit_resistance(curves[0])])
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Build a small book, with the real chapters 2 and 3.1 and the real sheets, of the worst."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "book").mkdir()
    copy = Copy(root)
    # The conditions of these chapters name data sets of the whole package.
    shutil.copy(ROOT / "data" / "datapackage.json", root / "data")
    shutil.rmtree(root / "book" / "sheets")
    shutil.copytree(ROOT / "book" / "sheets", root / "book" / "sheets")
    for chapter in ("2-data", "3-1-debye"):
        shutil.copy(ROOT / "book" / f"{chapter}.md", root / "book")
    copy.chapter("index", LIVE)
    files = "".join(f"- file: {name}\n" for name in ("2-data", "3-1-debye"))
    copy.write("_toc.yml", f"format: jb-book\nroot: index\nchapters:\n{files}")
    package = hostile_package(root / "package")
    done, _ = copy.build("--data", package)
    assert (root / "_build" / "html" / "all-runs.html").exists(), done.stdout + done.stderr
    assert "Traceback" not in done.stderr.split("a cell failed")[0]
    return root / "_build"


def pages_of(build):
    found = [path for path in (build / "html").rglob("*.html") if "_static" not in path.parts]
    assert len(found) >= 8
    return found


def read(file):
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    page.close()
    return page


def policies(page):
    return [one for tag, one in page.elements if tag == "meta" and "http-equiv" in one]


@pytest.mark.builds
def test_no_page_has_an_element_that_the_author_wrote(hostile):
    declared = json.loads((ROOT / "data" / "datapackage.json").read_text())["resources"]
    hosts = {urlsplit(one["path"]).netloc for one in declared} - {""} | {"data.invalid"}
    for file in pages_of(hostile):
        page = read(file)
        tags = [tag for tag, _ in page.elements]
        (stated,) = policies(page)
        assert tags.index("script") > page.elements.index(("meta", stated)), file
        assert not {"x-author", "iframe", "object", "embed", "base"} & set(tags), file
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on")], (file, attributes)
            for name in ("href", "src", "action", "xlink:href"):
                parts = urlsplit(attributes.get(name) or "")
                # Neither these chapters nor the theme lead to another place, but where to get data.
                if tag == "a" and parts.netloc in hosts:
                    continue
                assert parts.scheme in ("", "data" if tag == "img" else ""), (file, attributes)
                assert not parts.netloc, (file, attributes)
            if tag == "form":
                assert attributes["action"].endswith(("search.html", "#"))
        for attributes, text in page.scripts:
            if "src" in attributes:
                assert re.fullmatch(
                    r"(\.\./)*(_static/[\w./-]+|searchindex\.js)(\?.*)?", attributes["src"]
                )
            elif "type" in attributes:
                json.loads(text)
            else:
                assert policy.hashed(text) in stated["content"], (file, text)


@pytest.mark.builds
def test_every_text_is_found_as_text(hostile):
    every = {one.relative_to(hostile / "html").as_posix(): read(one) for one in pages_of(hostile)}
    shown = {name: re.sub(r"\s+", " ", "".join(page.texts)) for name, page in every.items()}
    for number in range(4):
        said = texts(number)
        for wanted in (
            said["name"], said["title"], said["pressure_basis"], said["pressure_scale"],
            said["sources"][0]["title"], said["licenses"][0]["title"],
        ):  # fmt: skip
            assert re.sub(r"\s+", " ", wanted) in shown["2-data.html"], wanted
        assert said["name"] in shown["all-runs.html"], said["name"]
    sheets_text = " ".join(text for name, text in shown.items() if name.startswith("sheets/"))
    for number in (0, 1):
        for field in ("name", "run", "sample"):
            assert re.sub(r"\s+", " ", texts(number)[field]) in sheets_text
    assert "x-author\u203aof-the-package" in shown["index.html"]  # the site's title has no marks
    assert "passwd" in sheets_text + shown["2-data.html"]
    assert "root:x:" not in " ".join(shown.values())


@pytest.mark.builds
def test_no_file_beside_the_pages_computes_or_runs(hostile):
    table = (
        (hostile / "html" / "results.csv") if (hostile / "html" / "results.csv").exists() else None
    )
    for file in filter(
        None, (table, hostile / "results.csv", *(hostile / "html").rglob("figures/*.csv"))
    ):
        for line in csv.reader(file.read_text(encoding="utf-8").splitlines()):
            assert not [cell for cell in line if re.match(r"[=+@]|-[^\d.]", cell)], (file, line)
    for file in (hostile / "html").rglob("figures/*.svg"):
        tags = [tag for tag, _ in read(file).elements]
        assert not {"script", "a", "foreignobject", "x-author"} & set(tags), file
    index = (hostile / "html" / "searchindex.js").read_text(encoding="utf-8")
    assert "<x-author" not in index[index.index('"alltitles"') :].split('"docnames"')[0]


@pytest.fixture
def watched(browser):
    """Open pages with an eye on what they try: dialogs, requests, violations, functions run."""
    context = browser.new_context()
    tried = []
    context.expose_function("ran", lambda *what: tried.append(("ran", *what)))
    context.expose_function("violated", lambda *what: tried.append(("policy", *what)))
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " (event) => violated(event.violatedDirective, event.blockedURI))"
    )
    context.on("dialog", lambda dialog: (tried.append(("dialog",)), dialog.dismiss()))

    def look(where):
        seen = tools_browser.visit(context, where)
        seen.page.wait_for_timeout(100)
        return seen, tried

    yield look
    context.close()


@pytest.mark.builds
def test_chromium_sees_nothing_tried(hostile, watched):
    for file in pages_of(hostile):
        seen, tried = watched(file)
        assert (tried, seen.errors, seen.asked) == ([], [], []), file
        seen.page.close()
    seen, _ = watched(hostile / "html" / "index.html")
    assert seen.page.locator(".explorer").count() == 1
    seen, tried = watched(f"{(hostile / 'html' / 'search.html').as_uri()}?q={quote('name')}")
    seen.page.wait_for_selector("ul.search li")
    seen.page.wait_for_timeout(300)
    assert seen.page.locator("x-author, .search li img").count() == 0
    assert (tried, seen.errors, seen.asked) == ([], [], [])


ATTACKS = (
    "<script>ran('inline')</script>",
    "<img src=x-none.png onerror=\"ran('attribute')\">",
    "<script src='https://evil.example/x.js'></script>",
    "<script src='data:text/javascript,ran(1)'></script>",
    "<iframe srcdoc='<script>parent.ran(2)</script>'></iframe>",
    "<a id=go href=\"javascript:ran('link')\">x</a>",
)


@pytest.mark.builds
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_got_into_a_page_all_the_same_does_not_run(attack, hostile, watched):
    page = (hostile / "html" / "2-data.html").read_text(encoding="utf-8")
    copy = hostile / "html" / "attacked.html"
    copy.write_text(page.replace('<article class="bd-article">', f"\\g<0>{attack}", 1), "utf-8")
    seen, tried = watched(copy)
    if "id=go" in attack:
        seen.page.evaluate("document.getElementById('go').click()")
    seen.page.wait_for_timeout(300)
    copy.unlink()
    assert {one[0] for one in tried} == {"policy"}, tried


@pytest.mark.builds
def test_a_sheet_by_itself_has_no_script_at_all(hostile, watched, tmp_path):
    executed = sorted((hostile / "executed" / "sheets").glob("*.ipynb"))
    assert len(executed) >= 2
    for number, file in enumerate(executed):
        target = tmp_path / f"{number}.html"
        sheets.write_page(nbformat.read(file, as_version=4), target)
        page = read(target)
        tags = {tag for tag, _ in page.elements}
        assert not {"script", "x-author", "iframe", "object", "form", "base"} & tags
        assert not [name for _, one in page.elements for name in one if name.startswith("on")]
        assert len(policies(page)) == 1
        seen, tried = watched(target)
        assert (tried, seen.errors, seen.asked) == ([], [], [])
