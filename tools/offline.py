"""Sphinx extension: the book carries its own MathJax, so that it reads without a network.

The files come from the package sphinx-mathjax-offline. Its own extension would copy all
24 MB of them; what TeX input and HTML output need is a sixth of that.
"""

from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile

from sphinx.application import Sphinx

PACKAGE = "sphinx-mathjax-offline"  # not importable by a statement: hyphens
NEEDED = (
    "tex-mml-chtml.js",
    "input/tex/extensions/*.js",
    "output/chtml/fonts/**/*.woff",
    "a11y/*.js",  # the menu's screen-reader support
    "sre/mathmaps/base.json",
    "sre/mathmaps/en.json",
)


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    """Copy the needed files beside the built pages, each only if it is not there yet."""
    if error is not None or app.builder.format != "html":
        return
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed; run `make book`")
    source = Path(spec.origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for pattern in NEEDED:
        files = [file for file in source.glob(pattern) if file.is_file()]
        if not files:
            raise FileNotFoundError(f"{PACKAGE} holds no {pattern}")
        for file in files:
            copy = target / file.relative_to(source)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copyfile(file, copy)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
