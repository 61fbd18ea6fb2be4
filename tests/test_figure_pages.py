"""Files of figures become the same paths and letters, whatever wrote them; traps are refused."""

import io
import re
import shutil
import zlib

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pdf_bytes import form, packed, pdf, stream
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from analysis.errors import DataError
from analysis.reading.figure import files
from analysis.reading.figure.files import read_figure
from analysis.reading.figure.inside import read_page
from analysis.reading.figure.page import CURVE, LINE, MOVE
from analysis.reading.figure.pdf import read_pdf

UNKNOWN = "\ufffd"
# Two codes each: letters of Greek, and signs of units.
SAME = {"\u03a9": "\u03a9\u2126", "\u03bc": "\u03bc\u00b5"}
GHOSTSCRIPT = pytest.mark.skipif(not shutil.which("gs"), reason="there is no Ghostscript")


def read(content=b"", **parts):
    return read_pdf(pdf(content, **parts))


def said(page):
    return "".join(letter.text for letter in page.letters)


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


# PDF: where and how it is drawn


def test_a_path_carries_points_codes_colours_width_and_dash():
    page = read(b"1 0 0 RG 0 0 1 rg 2 w [3 1] 0 d 10 20 m 30 20 l 30 40 40 50 60 50 c b")
    (path,) = page.paths
    assert path.points.tolist() == [[10, 20], [30, 20], [30, 40], [40, 50], [60, 50]]
    assert path.codes.tolist() == [MOVE, LINE, CURVE, CURVE, CURVE]
    assert (path.closed, path.stroke, path.fill) == (True, (1, 0, 0), (0, 0, 1))
    assert (path.width, path.dash, path.clip) == (2, (3, 1), None)


FORMS = {
    "as it is": (b"/A Do", b"1 0 0 1 0 0", [[1, 2], [3, 4]], 1),
    "moved": (b"1 0 0 1 50 10 cm /A Do", b"1 0 0 1 0 0", [[51, 12], [53, 14]], 1),
    "a matrix of its own": (b"/A Do", b"2 0 0 2 5 6", [[7, 10], [11, 14]], 2),
    "both": (b"3 0 0 3 0 0 cm /A Do", b"2 0 0 2 5 6", [[21, 30], [33, 42]], 6),
    "turned": (b"0 1 -1 0 100 0 cm /A Do", b"2 0 0 2 5 6", [[90, 7], [86, 11]], 2),
}


@pytest.mark.parametrize(("content", "matrix", "points", "scale"), FORMS.values(), ids=FORMS)
def test_forms_are_seen_through_all_matrices(content, matrix, points, scale):
    inner = form(b"0.5 w [4] 0 d 1 2 m 3 4 l S", matrix)
    outer = form(b"q /B Do Q", resources=b"/XObject<</B 6 0 R>>")
    (path,) = read(content, resources=b"/XObject<</A 5 0 R>>", objects=[outer, inner]).paths
    np.testing.assert_allclose(path.points, points, atol=1e-5)
    assert path.width == pytest.approx(0.5 * scale)
    assert path.dash == pytest.approx((4 * scale,))


TURNED = {0: (30, 20, 0), 90: (20, 120, -90), 180: (120, 60, 180), 270: (60, 30, 90)}


@pytest.mark.parametrize(("turn", "shown"), TURNED.items(), ids=str)
def test_places_are_those_of_the_page_as_it_is_turned_and_cut(turn, shown):
    page = read(
        b"40 30 m 41 30 l S BT /F 10 Tf 40 30 Td (H) Tj ET",
        page=b"/MediaBox[0 0 200 100]/CropBox[10 10 160 90]/Rotate %d" % turn,
    )
    x, y, angle = shown
    assert (page.width, page.height) == ((150, 80) if turn % 180 == 0 else (80, 150))
    np.testing.assert_allclose(page.paths[0].points[0], (x, y), atol=1e-4)
    (letter,) = page.letters
    np.testing.assert_allclose(letter.origin, (x, y), atol=1e-4)
    assert np.cos(np.radians(letter.angle - angle)) == pytest.approx(1)
    assert letter.box.x0 - 1 <= x <= letter.box.x1 + 1
    assert letter.box.y0 - 1 <= y <= letter.box.y1 + 1


CLIPS = {
    "two boxes": (b"10 10 50 50 re W n 30 0 90 40 re W n", (30, 10, 60, 40)),
    "a triangle": (b"10 10 m 90 10 l 50 60 l h W n", (10, 10, 90, 60)),
    "scaled": (b"2 0 0 2 0 0 cm 5 5 20 20 re W n", (10, 10, 50, 50)),
}


@pytest.mark.parametrize(("content", "box"), CLIPS.values(), ids=CLIPS)
def test_what_is_clipped_keeps_its_points_and_the_box_it_shows_in(content, box):
    (path,) = read(content + b" -1000 -1000 m 1000 1000 l S").paths
    assert len(path.points) == 2
    np.testing.assert_allclose(path.clip, box, atol=1e-4)


def test_a_form_is_clipped_by_what_clips_it():
    page = read(
        b"10 10 50 50 re W n /A Do",
        resources=b"/XObject<</A 5 0 R>>",
        objects=[form(b"0 0 40 40 re W n -9 -9 m 99 99 l S")],
    )
    np.testing.assert_allclose(page.paths[0].clip, (10, 10, 40, 40), atol=1e-4)


UNSEEN = {
    "beyond the page": b"300 10 m 400 90 l S",
    "beyond its clip": b"0 0 10 10 re W n 50 50 m 90 90 l S",
    "not painted": b"10 10 m 90 90 l n",
    "transparent": b"/T gs 10 10 m 90 90 l S",
    "an area without one": b"10 10 m 90 90 l f",
    "a lone point": b"10 10 m S",
}


@pytest.mark.parametrize("content", UNSEEN.values(), ids=UNSEEN)
def test_what_is_not_seen_is_left_out(content):
    page = read(content, resources=b"/ExtGState<</T<</CA 0>>>>")
    assert page.paths == ()


def test_a_rectangle_has_four_corners_and_what_goes_on_after_closing_begins_where_it_began():
    page = read(b"10 10 20 30 re S 50 50 m 60 50 l 60 60 l h 70 70 l S")
    assert [len(path.points) for path in page.paths] == [4, 3, 2]
    assert [path.closed for path in page.paths] == [True, True, False]
    assert page.paths[2].points.tolist() == [[50, 50], [70, 70]]
    assert page.paths[1].drawn == page.paths[2].drawn != page.paths[0].drawn


def test_an_area_and_its_outline_are_one_path():
    shape = b"10 10 m 30 10 l 30 30 l h"
    (path,) = read(b"1 0 0 rg " + shape + b" f 0 0 1 RG " + shape + b" S").paths
    assert (path.fill, path.stroke) == ((1, 0, 0), (0, 0, 1))
    assert len(read(shape + b" f " + shape + b" f").paths) == 2


def test_colours_are_those_on_white_paper():
    page = read(b"/T gs 1 0 0 RG 10 10 m 90 90 l S", resources=b"/ExtGState<</T<</CA 0.5>>>>")
    np.testing.assert_allclose(page.paths[0].stroke, (1, 0.5, 0.5), atol=5e-3)


def test_letters_have_the_size_that_they_are_drawn_with_and_unseen_ones_are_left_out():
    page = read(b"q 3 0 0 3 0 0 cm BT /F 2 Tf 5 0 0 5 4 6 Tm (T \\(K\\)) Tj ET Q "
                b"BT /F 9 Tf 3 Tr 50 50 Td (scan) Tj ET")  # fmt: skip
    assert said(page) == "T (K)"
    assert [letter.size for letter in page.letters] == pytest.approx([30] * 5)
    assert page.letters[0].origin == pytest.approx((12, 18))
    assert page.letters[0].box.y1 - 18 == pytest.approx(30 * 0.718, abs=0.1)


def test_pictures_are_boxes_on_the_page():
    picture = stream(
        b"\x00", b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"
        b"/ColorSpace/DeviceGray",
    )  # fmt: skip
    page = read(b"q 40 0 0 20 5 6 cm /P Do Q", resources=b"/XObject<</P 5 0 R>>", objects=[picture])
    assert page.pictures == ((5, 6, 45, 26),)


@pytest.mark.parametrize(("name", "numbers", "letter"), [
    ("a minus sign", b"106 272 626 83 re f", "\u2212"),
    ("another letter", b"100 0 m 300 700 l 500 0 l h f", UNKNOWN),
    ("a dash on the line", b"0 -20 500 50 re f", UNKNOWN),
])  # fmt: skip
def test_letters_that_forms_draw_are_letters(name, numbers, letter):
    page = read(
        b"0.01 0 0 0.01 30 40 cm /M Do", resources=b"/XObject<</M 5 0 R>>", objects=[form(numbers)]
    )
    assert (said(page), page.paths) == (letter, ()), name
    assert page.letters[0].size == pytest.approx(10)
    assert page.letters[0].origin == pytest.approx((30, 40))
    assert bool(page.notes) == (letter == UNKNOWN)


def test_a_marker_in_a_form_stays_a_path():
    page = read(
        b"1 0 0 1 30 40 cm /M Do",
        resources=b"/XObject<</M 5 0 R>>",
        objects=[form(b"-3 -3 6 6 re f")],
    )
    assert len(page.paths) == 1
    assert page.letters == ()


STEPS = {
    "two decimals": (0.01, b"1 0 0 1 0 0", "%.2f"),
    "whole numbers, scaled": (0.05, b"0.05 0 0 0.05 0 0", "%.0f"),
    "three decimals, scaled": (0.0001, b"0.1 0 0 0.1 0 0", "%.3f"),
}


@pytest.mark.parametrize(("step", "matrix", "digits"), STEPS.values(), ids=STEPS)
def test_the_step_of_coordinates_is_seen_in_their_decimals(step, matrix, digits):
    points = np.random.default_rng(5).uniform(1, 90, (60, 2)) / float(matrix.split()[0])
    content = b"".join((f"{digits} {digits} l " % tuple(point)).encode() for point in points)
    page = read(matrix + b" cm 0 0 m " + content + b"S")
    assert page.step == pytest.approx(step, rel=1e-6)


def test_a_grid_coarser_than_decimals_is_seen_and_none_where_numbers_have_all_digits():
    rng = np.random.default_rng(6)
    lines = {
        0.25: 0.25 * rng.integers(4, 360, (60, 2)) + 0.01,
        2**-16: rng.uniform(1, 90, (60, 2)),
    }
    for step, points in lines.items():
        content = b"".join(b"%.9g %.9g l " % tuple(point) for point in points)
        assert read(b"%.9g %.9g m " % tuple(points[0]) + content + b"S").step == pytest.approx(step)


def test_too_few_numbers_prove_no_step():
    assert read(b"0 0 m 10 10 l S").step == 2**-16


# Other files say the same


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """One figure in all ways that matplotlib writes it, and where its curve lies."""
    folder = tmp_path_factory.mktemp("figures")
    figure, ax = plt.subplots(figsize=(5, 4))
    x = np.linspace(2, 280, 90)
    ax.plot(x, 0.4 * np.sin(x / 20) - 0.1, "--", color="#d62728", linewidth=1.5)
    ax.errorbar(x[::9], 0.1 * np.cos(x[::9]), 0.05, fmt="s", color="k", capsize=2)
    ax.set(xlim=(0, 250), ylim=(-0.6, 0.5), xlabel="Temperature (K)", ylabel="R (m\u03a9)")
    ax.annotate("onset", (100, 0.2), rotation=30)
    inset = ax.inset_axes((0.6, 0.1, 0.3, 0.3))
    inset.semilogy([1, 2, 3], [1e-3, 1e-1, 1], "o")
    inset.set_ylabel(r"$\mu_0 H$ (T)")
    for name, settings in {
        "type3.pdf": {"pdf.fonttype": 3}, "type42.pdf": {"pdf.fonttype": 42},
        "path.svg": {"svg.fonttype": "path"}, "none.svg": {"svg.fonttype": "none"},
        "path.svgz": {"svg.fonttype": "path"}, "type3.eps": {"ps.fonttype": 3},
    }.items():  # fmt: skip
        with plt.rc_context(settings):
            figure.savefig(folder / name)
    points = ax.transData.transform(np.column_stack([x, 0.4 * np.sin(x / 20) - 0.1]))
    plt.close(figure)
    return folder, points * 72 / figure.dpi


WRITERS = {
    "type3.pdf": 5e-5, "type42.pdf": 5e-5, "path.svg": 1e-4, "none.svg": 1e-4, "path.svgz": 1e-4,
    "type3.eps": 1.5e-3,
}  # fmt: skip
WRITERS = [
    pytest.param(*item, marks=[GHOSTSCRIPT] * item[0].endswith("eps")) for item in WRITERS.items()
]


@pytest.mark.parametrize(("name", "off"), WRITERS)
def test_what_matplotlib_draws_is_read_where_it_stands(drawn, name, off):
    folder, points = drawn
    page = read_page(folder / name)
    assert (page.width, page.height) == pytest.approx((360, 288), abs=1e-3)
    (curve,) = [path for path in page.paths if path.dash and path.width > 1.2]
    assert curve.dash == pytest.approx((5.55, 2.4), abs=1e-4)
    assert curve.stroke == pytest.approx((0xD6 / 255, 0x27 / 255, 0x28 / 255), abs=2e-3)
    # It leaves out some points that lie on the line, and what is beyond the page.
    near = np.abs(curve.points[:, None] - points).max(axis=2).min(axis=1)
    assert np.median(near) < off
    assert len(curve.points) > 60
    assert curve.clip == pytest.approx((45, 31.68, 324, 253.44), abs=2e-2)
    squares = [path for path in page.paths if path.fill == (0, 0, 0) and len(path.points) == 4]
    assert len(squares) == 9


@pytest.mark.parametrize(
    "name", [pytest.param(writer.values[0], marks=writer.marks) for writer in WRITERS]
)
def test_what_matplotlib_writes_is_read_letter_by_letter(drawn, name):
    folder, _ = drawn
    page = read_page(folder / name)
    reference = read_page(folder / "type42.pdf")
    # Middles of words are rounded otherwise; unknown fonts are as wide as another one.
    far = {"none.svg": 7}.get(name, 0.1 if "pdf" in name else 2)
    for letter in reference.letters:
        found = [
            max(abs(one.origin[0] - letter.origin[0]), abs(one.origin[1] - letter.origin[1]))
            for one in page.letters
            if one.text in SAME.get(letter.text, letter.text)
            and one.angle == pytest.approx(letter.angle, abs=0.1)
        ]
        assert letter.text == " " or min(found, default=99) < far, letter
    assert page.notes == ()
    assert len([letter for letter in page.letters if letter.text != " "]) == len(
        [letter for letter in reference.letters if letter.text != " "]
    )


def test_shapes_of_letters_are_told_by_older_numbers_too(drawn):
    """Before version 3.11 matplotlib numbered them by their codes."""
    folder, _ = drawn
    new = (folder / "path.svg").read_text()
    old = re.sub(
        r"(DejaVuSans-)([0-9a-f]{1,2})\b",
        lambda found: f"{found[1]}{int(found[2], 16) + 29:x}",
        new,
    )
    assert old != new
    # Without half of the comments, the numbers tell.
    for text in (new, old):
        quiet = re.sub(r"<!-- (Temp|0\.2|250)[^>]*-->", "", text)
        path = written(folder, "quiet.svg", quiet.encode())
        page = read_page(path)
        assert page.notes == ()
        assert "Temperature (K)" in said(page)
        assert "\u22120.6" in said(page)


def svg(body, head='width="200" height="100"'):
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{head}>{body}</svg>"
    ).encode()


def of_svg(tmp_path, body, head='width="200" height="100"'):
    return read_page(written(tmp_path, "figure.svg", svg(body, head)))


def test_svg_styles_boxes_and_copies(tmp_path):
    page = of_svg(
        tmp_path,
        "<style>.a{stroke:#ff0000;stroke-width:2;stroke-dasharray:4,2;fill:none}</style>"
        '<defs><circle id="m" r="2" fill="blue"/>'
        '<clipPath id="c"><rect x="10" y="10" width="50" height="50"/></clipPath></defs>'
        '<g clip-path="url(#c)" transform="translate(5 0)">'
        '<path class="a" d="M0,0 l10,20 h80"/></g>'
        '<use xlink:href="#m" x="30" y="20"/><use href="#m" transform="translate(60 20)"/>',
        'width="400" height="200" viewBox="0 0 200 100"',
    )
    assert (page.width, page.height) == (300, 150)
    line, *marks = page.paths
    np.testing.assert_allclose(line.points, [(7.5, 150), (22.5, 120), (142.5, 120)], atol=1e-4)
    assert (line.stroke, line.fill, line.width) == ((1, 0, 0), None, pytest.approx(3))
    assert line.dash == pytest.approx((6, 3))
    np.testing.assert_allclose(line.clip, (22.5, 60, 97.5, 135), atol=1e-3)
    middles = [path.points.min(0) / 2 + path.points.max(0) / 2 for path in marks]
    np.testing.assert_allclose(middles, [(45, 120), (90, 120)], atol=1e-4)
    assert all(CURVE in mark.codes for mark in marks)


def test_svg_text_is_anchored_as_a_whole_and_placed_letter_by_letter(tmp_path):
    page = of_svg(
        tmp_path,
        '<text x="100" y="50" text-anchor="middle" font-size="20">'
        '<tspan>10</tspan><tspan dy="-8" font-size="14">-3</tspan></text>'
        '<text y="90" font-size="10"><tspan x="10 40 70">3.5</tspan></text>'
        '<text transform="translate(180 90) rotate(-90)" font-size="10">up</text>',
    )
    assert said(page) == "10-33.5up"
    left, right = page.letters[0].box.x0, page.letters[3].box.x1
    assert (left + right) / 2 == pytest.approx(75, abs=0.5)
    assert page.letters[2].box.x0 == pytest.approx(page.letters[1].box.x1)
    assert page.letters[2].origin[1] - page.letters[1].origin[1] == pytest.approx(6)
    assert [one.origin[0] for one in page.letters[4:7]] == pytest.approx([7.5, 30, 52.5])
    assert page.letters[7].angle == pytest.approx(90)
    assert page.letters[8].origin[0] == pytest.approx(135)
    assert page.letters[8].origin[1] > page.letters[7].origin[1]


@pytest.mark.parametrize("name", ["glyph0-1", "glyph-0-1"])
def test_letters_of_cairo_are_said_to_be_unread(tmp_path, name):
    page = of_svg(
        tmp_path,
        f'<defs><g><symbol id="{name}" overflow="visible"><path d="M0 0L3 -7L6 0Z"/></symbol></g>'
        f'</defs><g><use xlink:href="#{name}" x="20" y="40"/></g><path d="M0,0L9,9" stroke="red"/>',
    )
    assert said(page) == UNKNOWN
    assert page.letters[0].origin == pytest.approx((15, 45))
    assert len(page.paths) == 1
    assert "1 of its letters" in page.notes[0]


@GHOSTSCRIPT
def test_postscript_is_read_as_it_lies_and_its_pages_counted(tmp_path):
    content = (
        b"%!PS-Adobe-3.0\n/Helvetica findfont 10 scalefont setfont\n"
        b"<</PageSize [300 200]>> setpagedevice 10 20 moveto 90 20.125 lineto stroke showpage\n"
        b"50 60 moveto (-1.5) show 0 0 moveto 9 9 lineto stroke showpage\n"
    )
    path = written(tmp_path, "two.ps", content)
    with pytest.raises(DataError, match="has 2 pages; name the one with the figure: --page NUMBER"):
        read_page(path)
    page = read_page(path, 1)
    np.testing.assert_allclose(page.paths[0].points, [(10, 20), (90, 20.125)], atol=2e-3)
    assert said(read_page(path, 2)) == "-1.5"


def test_postscript_without_ghostscript_names_the_command(tmp_path, monkeypatch):
    path = written(tmp_path, "a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataError, match=r"Ghostscript is not on this machine; .* ps2pdf -dEPSCrop"):
        read_page(path)


# Files that cannot be read, and files that must not be


LINE_100 = b" 0 0 m 90 90 l S"
A = b"/XObject<</A 5 0 R>>"
MANY = [form(b"/A Do " * 2, resources=b"/XObject<</A %d 0 R>>" % (6 + at)) for at in range(40)]
PATH = '<path d="M0,0 L10,10" stroke="red"/>'
TWICE = "".join(
    f'<g id="u{at}"><use href="#u{at - 1}"/><use href="#u{at - 1}"/></g>' for at in range(1, 40)
)

REFUSED = {
    "empty": (b"", "is empty; a figure is read from PDF, SVG, EPS or PostScript"),
    "text": (b"T,R\n1,2\n", r"it begins with b'T,R\\n1,2\\n'; a figure"),
    "png": (b"\x89PNG\r\n", r"picture of pixels \(PNG\), .* WebPlotDigitizer .* csv, json or tar"),
    "jpeg": (b"\xff\xd8\xff\xe0", r"picture of pixels \(JPEG\)"),
    "tiff": (b"II*\x00", r"picture of pixels \(TIFF\)"),
    "cut off": (pdf(LINE_100)[:200], "is damaged or incomplete; download it again"),
    "no PDF": (b"%PDF-1.7\n" + bytes(range(256)) * 9, "is damaged or incomplete"),
    "only pixels": (
        pdf(b"q 99 0 0 99 0 0 cm /P Do Q", resources=b"/XObject<</P 5 0 R>>", objects=[stream(
            b"\x00", b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"
            b"/ColorSpace/DeviceGray")]),
        "page 1 shows pictures of pixels and no drawn lines; .* WebPlotDigitizer",
    ),
    "forms of themselves": (
        pdf(b"/A Do", resources=A, objects=[form(LINE_100 + b" /A Do", resources=A)]),
        "forms within forms, more than 30 deep",
    ),
    "cut off SVG": (svg(PATH)[:-8], r"is damaged or incomplete \("),
    "other XML": (b"<?xml version='1.0'?><html/>", "begins with 'html', and is not an SVG"),
    "entities": (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg(PATH), "with entities of its own"),
    "files by entity": (
        b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + svg("<text>&a;</text>"),
        "with entities of its own",
    ),
    "deep": (svg("<g>" * 200 + "</g>" * 200), "more than 100 elements deep"),
    "copies of themselves": (svg('<g id="a"><use href="#a"/></g>'), "svglib cannot draw it"),
    "odd turn": (svg(f'<g transform="rotate(x)">{PATH}</g>'), "svglib cannot draw it"),
    "odd path": (svg('<path d="M0,0 Lfoo"/>'), "holds a path with 'f', which draws nothing"),
    "no gzip": (b"\x1f\x8b\x08" + b"x" * 50, "is damaged: it cannot be unpacked"),
    "gzip bomb": (packed(201, 31), "at most 200 MB is read"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read_page(written(tmp_path, "figure", content))
    assert "\n" not in str(caught.value)


def test_counts_are_bounded(monkeypatch):
    from analysis.reading.figure import pdf as module
    from analysis.reading.figure import pdf_objects

    for name, where, content in (
        ("MOST_OBJECTS", pdf_objects, LINE_100 * 30),
        ("MOST_POINTS", pdf_objects, b"0 0 m " + b"9 9 l " * 30 + b"S"),
        ("MOST_LETTERS", module, b"BT /F 9 Tf 9 9 Td (" + b"a" * 30 + b") Tj ET"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(where, name, 20)
            with pytest.raises(DataError, match=r"more than 20 (objects|points|letters), too many"):
                read(content)


# In a process of its own: what takes no end, or all memory
ENDLESS = {
    "a page of 1.5 GB": (
        pdf(zlib.compress(packed(1500), 9), filters=b"/FlateDecode " * 2),
        "(needs more memory than 1000 MB|takes more than 1 s)",
    ),
    "forms that double 40 times": (
        pdf(b"/A Do", resources=A, objects=[*MANY, form(LINE_100)]),
        "(takes more than 1 s|needs more memory than 1000 MB|more than 30 deep)",
    ),
    "copies that double 40 times": (
        svg(f'<defs><path id="u0" d="M0,0L1,1"/>{TWICE}</defs><use href="#u39"/>'),
        "takes more than 1 s to read, too long for a figure; export the figure alone, as PDF",
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_takes_no_end_is_stopped(tmp_path, monkeypatch, name):
    content, message = ENDLESS[name]
    monkeypatch.setattr(files, "SECONDS", 1)
    with pytest.raises(DataError, match=message):
        read_figure(written(tmp_path, "figure", content))


def test_programs_and_addresses_in_files_are_not_followed(tmp_path):
    page = read_page(written(tmp_path, "a.pdf", pdf(
        LINE_100,
        catalog=b"/OpenAction<</S/JavaScript/JS(while\\(1\\){})>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>",
        page=b"/MediaBox[0 0 200 100]/AA<</O<</S/URI/URI(http://example.org/)>>>>",
    )))  # fmt: skip
    assert len(page.paths) == 1
    page = of_svg(
        tmp_path,
        '<script>fetch("http://example.org")</script><style>@import url(http://example.org);</style>'
        '<image href="file:///etc/passwd" x="8" width="16" height="24"/>'
        '<image href="http://example.org/a.png" y="40" width="16" height="24"/>'
        '<use href="other.svg#a"/>' + PATH,
    )
    assert len(page.paths) == 1
    np.testing.assert_allclose(page.pictures, [(6, 57, 18, 75), (0, 27, 12, 45)], atol=1e-3)
    assert page.notes == (
        "holds script, which is left out",
        "shows 'other.svg#a' from another file, which is left out",
    )


@GHOSTSCRIPT
@pytest.mark.parametrize("trap", [
    "(/etc/passwd) (r) file 9 string readstring", "(MADE) (w) file closefile",
    "(%pipe%touch MADE) (w) file closefile",
])  # fmt: skip
def test_programs_in_postscript_reach_no_file(tmp_path, trap):
    made = tmp_path / "made"
    content = (
        f"%!PS-Adobe-3.0\n{trap.replace('MADE', str(made))} 0 0 moveto 9 9 lineto stroke showpage"
    )
    with pytest.raises(DataError, match="Ghostscript cannot draw it"):
        read_figure(written(tmp_path, "a.ps", content.encode()))
    assert not made.exists()


@pytest.mark.parametrize(("password", "opens"), [("", True), ("secret", False)])
def test_locked_files_are_read_only_without_a_password(tmp_path, password, opens):
    buffer = io.BytesIO()
    lock = StandardEncryption(password, ownerPassword="owner", strength=128)
    canvas = Canvas(buffer, pagesize=(200, 100), encrypt=lock)
    canvas.line(0, 0, 90, 90)
    canvas.save()
    path = written(tmp_path, "locked.pdf", buffer.getvalue())
    if opens:
        assert len(read_page(path).paths) == 1
        return
    with pytest.raises(DataError, match="is locked by a password; save it without one"):
        read_page(path)


def test_pages_are_counted_chosen_and_refused_by_number(tmp_path):
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(200, 100))
    for at in range(3):
        canvas.line(0, 0, 10 + at, 10)
        canvas.showPage()
    canvas.save()
    path = written(tmp_path, "paper.pdf", buffer.getvalue())
    page = read_page(path, 2)
    assert (page.file, page.number) == (str(path), 2)
    assert page.paths[0].points.tolist() == [[0, 0], [11, 10]]
    with pytest.raises(DataError, match=r"paper.pdf: has 3 pages; name the one .* --page NUMBER"):
        read_page(path)
    for number in (0, 4, -1):
        with pytest.raises(DataError, match=f"no page {number}; its pages are 1 to 3 "):
            read_page(path, number)
    with pytest.raises(DataError, match="no page 2; it has one page"):
        read_page(written(tmp_path, "one.svg", svg(PATH)), 2)
    for read_it in (read_page, read_figure):
        with pytest.raises(FileNotFoundError):
            read_it(tmp_path / "none.pdf")
