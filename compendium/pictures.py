"""The book's small pictures, drawn when it is built: icons from the logo, the card for sharing.

The logo is one SVG file; what it is drawn with here knows the few marks that it uses, and
refuses others.
"""

import io
import re
import textwrap
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ICO, TOUCH, CARD = "favicon.ico", "apple-touch-icon.png", "social-card.png"
ICO_SIZES = [(16, 16), (32, 32), (48, 48)]
TOUCH_SIZE = 180
CARD_SIZE = (1200, 630)
INK, PAPER, ACCENT = "#12355b", "#ffffff", "#f2b134"
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"


def write_pictures(logo: Path, title: str, figure: bytes | None, folder: Path) -> None:
    """Write the icons and the card into a folder; the same input gives the same bytes."""
    from PIL import Image

    large = Image.open(io.BytesIO(drawing(logo, 512)))
    large.save(folder / ICO, sizes=ICO_SIZES)
    (folder / TOUCH).write_bytes(drawing(logo, TOUCH_SIZE))
    (folder / CARD).write_bytes(card(logo, title, figure))


def card(logo: Path, title: str, figure: bytes | None) -> bytes:
    """Return the card: logo and title above a figure of the book."""
    from matplotlib import pyplot as plt

    width, height = CARD_SIZE
    picture = canvas(width, height)
    # The figure takes the lower part, in its own proportions, on white.
    title_top = height
    if figure is not None:
        image = plt.imread(io.BytesIO(figure))
        scale = min((width - 80) / image.shape[1], 390 / image.shape[0])
        shown = (image.shape[1] * scale, image.shape[0] * scale)
        ground = picture.add_axes((0, 0, 1, (shown[1] + 40) / height), facecolor=PAPER)
        ground.set(xticks=[], yticks=[])
        ground.spines[:].set_visible(b=False)
        left = (width - shown[0]) / 2
        place = (left / width, 20 / height, shown[0] / width, shown[1] / height)
        panel = picture.add_axes(place)
        panel.imshow(image, interpolation="lanczos", aspect="auto")
        panel.axis("off")
        title_top = height - shown[1] - 40
    middle = 1 - title_top / height / 2
    side = 150
    corner = (40 / width, middle - side / height / 2)
    draw_logo(logo, picture.add_axes((*corner, side / width, side / height)))
    lines = textwrap.wrap(title, 46 if figure is not None else 34)
    words: dict[str, Any] = {"va": "center", "ha": "left", "linespacing": 1.25}
    left, above = (40 + side + 36) / width, middle + 0.03
    below = above - (len(lines) * 29 * 1.25 / 2 + 30) / height
    picture.text(left, above, "\n".join(lines), color=PAPER, size=29, weight="bold", **words)
    picture.text(left, below, "A book that runs", color=ACCENT, size=21, **words)
    return png(picture)


def drawing(logo: Path, size: int) -> bytes:
    """Return the logo as a PNG of so many pixels."""
    picture = canvas(size, size, ground="none")
    draw_logo(logo, picture.add_axes((0, 0, 1, 1)))
    return png(picture)


def draw_logo(logo: Path, ax: Any) -> None:
    """Draw the SVG file of the logo into an axes."""
    from matplotlib.patches import Circle, FancyBboxPatch, PathPatch

    root = ET.parse(logo).getroot()  # noqa: S314 - our own file
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    points = ax.get_window_extent().width / width * 72 / ax.figure.dpi  # per unit of the logo
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    for mark in root:
        kind, value = mark.tag.rpartition("}")[2], mark.attrib
        if kind == "rect":
            x, y, w, h, r = (float(value[key]) for key in ("x", "y", "width", "height", "rx"))
            style = f"round,pad=0,rounding_size={r}"
            ax.add_patch(FancyBboxPatch((x, y), w, h, style, fc=value["fill"], ec="none"))
        elif kind == "circle":
            centre = (float(value["cx"]), float(value["cy"]))
            ax.add_patch(Circle(centre, float(value["r"]), fc=value["fill"], ec="none", zorder=3))
        elif kind == "path":
            thick = float(value["stroke-width"]) * points
            look = {"fc": "none", "ec": value["stroke"], "lw": thick}
            ends = {"capstyle": "round", "joinstyle": "round"}
            ax.add_patch(PathPatch(outline(value["d"]), **look, **ends))
        else:
            raise ValueError(f"{logo}: <{kind}> cannot be drawn; rect, circle and path can")


def outline(marks: str) -> Any:
    """Return an SVG path, of the commands M, L, h, v and c, as matplotlib's."""
    from matplotlib.path import Path as Outline

    points: list[tuple[float, float]] = []
    codes: list[Any] = []  # of matplotlib, numbers of numpy
    for command, rest in re.findall(rf"([A-Za-z])((?:[\s,]*{NUMBER})*)", marks):
        numbers = [float(one) for one in re.findall(NUMBER, rest)]
        x, y = points[-1] if points else (0.0, 0.0)
        if command in "ML":
            points.append((numbers[0], numbers[1]))
            codes.append(Outline.MOVETO if command == "M" else Outline.LINETO)
        elif command in "hv":
            points.append((x + numbers[0], y) if command == "h" else (x, y + numbers[0]))
            codes.append(Outline.LINETO)
        elif command == "c":  # curves, each counted from the end of the one before
            for start in range(0, len(numbers), 6):
                x, y = points[-1]
                six = numbers[start : start + 6]
                points += [(x + dx, y + dy) for dx, dy in zip(six[::2], six[1::2], strict=True)]
                codes += [Outline.CURVE4] * 3
        else:
            raise ValueError(f"the path command {command!r} cannot be drawn; M, L, h, v, c can")
    return Outline(points, codes)


def canvas(width: int, height: int, ground: str = INK) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=ground)


def png(picture: Any) -> bytes:
    """Return a figure as PNG, without the name and version of what drew it."""
    buffer = io.BytesIO()
    picture.savefig(buffer, format="png", dpi=72, metadata={"Software": None})
    return buffer.getvalue()
