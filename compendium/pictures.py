"""The book's small pictures, drawn when it is built: icons from the logo, the card for sharing.

The logo is one SVG file, which svglib and PDFium draw.
"""

import io
import textwrap
from contextlib import closing
from pathlib import Path
from typing import Any

ICO, TOUCH, CARD = "favicon.ico", "apple-touch-icon.png", "social-card.png"
ICO_SIZES = [(16, 16), (32, 32), (48, 48)]
TOUCH_SIZE = 180
CARD_SIZE = (1200, 630)
INK, PAPER, ACCENT = "#12355b", "#ffffff", "#f2b134"


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
    from matplotlib.figure import Figure

    width, height = CARD_SIZE
    picture = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=INK)
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
    emblem = picture.add_axes((*corner, side / width, side / height))
    emblem.imshow(plt.imread(io.BytesIO(drawing(logo, 2 * side))), interpolation="lanczos")
    emblem.axis("off")
    lines = textwrap.wrap(title, 46 if figure is not None else 34)
    words: dict[str, Any] = {"va": "center", "ha": "left", "linespacing": 1.25}
    left, above = (40 + side + 36) / width, middle + 0.03
    below = above - (len(lines) * 29 * 1.25 / 2 + 30) / height
    picture.text(left, above, "\n".join(lines), color=PAPER, size=29, weight="bold", **words)
    picture.text(left, below, "A book that runs", color=ACCENT, size=21, **words)
    buffer = io.BytesIO()
    # Without the name and version of what drew it.
    picture.savefig(buffer, format="png", dpi=72, metadata={"Software": None})
    return buffer.getvalue()


def drawing(logo: Path, size: int) -> bytes:
    """Return the logo as a PNG of so many pixels."""
    import pypdfium2 as pdfium
    from reportlab.graphics import renderPDF
    from svglib.svglib import svg2rlg

    with closing(pdfium.PdfDocument(renderPDF.drawToString(svg2rlg(str(logo))))) as document:
        page = document[0]
        alpha = {"fill_color": (0, 0, 0, 0), "force_bitmap_format": pdfium.raw.FPDFBitmap_BGRA}
        image = page.render(scale=size / page.get_width(), **alpha).to_pil()
    buffer = io.BytesIO()
    image.save(buffer, format="png")
    return buffer.getvalue()
