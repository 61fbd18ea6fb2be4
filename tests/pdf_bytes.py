"""PDF files written by hand: what stands in them is seen in the tests."""

import zlib


def pdf(
    content=b"", *, page=b"/MediaBox[0 0 200 100]", objects=(), resources=b"", catalog=b"", packed=0
):
    """Return a PDF of one page: its content, more of its entries, and objects from number 5 on."""
    filters = b"/Filter[" + b"/FlateDecode " * packed + b"]" if packed else b""
    for _ in range(packed):
        content = zlib.compress(content, 9)
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R" + page
        + b"/Resources<<" + font + resources + b">>>>",
        stream(content, filters),
        *objects,
    ]  # fmt: skip
    written, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(written))
        written += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    return (
        written + b"xref\n0 %d\n0000000000 65535 f \n" % size + table
        + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    )  # fmt: skip


def stream(content, entries=b""):
    return b"<</Length %d" % len(content) + entries + b">>stream\n" + content + b"\nendstream"


def form(content, matrix=b"1 0 0 1 0 0", resources=b""):
    entries = b"/Type/XObject/Subtype/Form/BBox[-9999 -9999 9999 9999]/Matrix[" + matrix + b"]"
    return stream(content, entries + b"/Resources<<" + resources + b">>")
