"""A small copy of the project, for tests that build: two chapters and two sheets of its own."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

CHAPTER = """\
---
jupytext:
  text_representation: {{extension: .md, format_name: myst}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---

# {title}

```{{code-cell}} ipython3
:tags: [remove-cell]
import os
import pathlib
import time

import analysis

with pathlib.Path(os.environ["EXECUTED"]).open("a") as record:
    record.write("{name} ")
while pathlib.Path(os.environ["EXECUTED"] + "-hold").exists():
    time.sleep(0.02)
```

```{{code-cell}} ipython3
{code}
```
"""


SHEET = """\
---
jupytext:
  text_representation: {{extension: .md, format_name: myst}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---

# A sheet

```{{code-cell}} ipython3
:tags: [parameters]
dataset: str = ""
```

```{{code-cell}} ipython3
:tags: [remove-cell]
import os
import pathlib

import analysis
from compendium.chapters import record

with pathlib.Path(os.environ["EXECUTED"]).open("a") as file:
    file.write(f"sheets/{{dataset}} ")
```

```{{code-cell}} ipython3
{code}
last = {{"value": float(curve.resistance[-1]), "stderr": None, "unit": curve.unit}}
content = {{"numbers": {{"last": last}}, "warnings": ["watch *this*"], "fits": {{}}}}
record.keep(record.record_text(content))
```
"""

# What its first build executes.
BUILT = ["index", "second", "sheets/copper-rrr100", "sheets/silver"]
FAR_AWAY = b"1 2\n3 4\n"  # a measured data set that has to be downloaded


class Copy:
    """A copy of the project with two tiny chapters, two sheets, and a record of executions."""

    def __init__(self, root):
        self.root = root
        self.record = root / "executed"
        unwanted = shutil.ignore_patterns("__pycache__", "*.ipynb", "*.png")
        for name in ("analysis", "compendium", "data", "book/_static"):
            if (ROOT / name).exists():
                shutil.copytree(ROOT / name, root / name, ignore=unwanted)
        own = (
            "CITATION.cff",
            "Snakefile",
            "_config.yml",
            "requirements.lock",
            "book/references.bib",
        )
        for name in own:
            shutil.copy(ROOT / name, root / name)
        self.write("_toc.yml", "format: jb-book\nroot: index\nchapters:\n- file: second\n")
        self.declare_data()
        (root / "book" / "sheets").mkdir()
        self.sheet("curve = analysis.load(dataset)")
        self.chapter("index", 'print("version", analysis.__version__)')
        self.chapter("second", 'print("silver", analysis.load("silver").resistance[-1])')

    def write(self, name, text):
        (self.root / name).write_text(text, encoding="utf-8")

    def replace(self, name, old, new):
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def chapter(self, name, code):
        self.write(f"book/{name}.md", CHAPTER.format(name=name, title=name.title(), code=code))

    def sheet(self, code):
        for kind in ("resistance", "diffraction"):
            self.write(f"book/sheets/{kind}.md", SHEET.format(code=code))

    def declare_data(self):
        """Keep two data sets, and declare one that is out of reach."""
        package = json.loads((self.root / "data" / "datapackage.json").read_text())
        kept = [
            resource
            for resource in package["resources"]
            if resource["name"] in ("silver", "copper-rrr100")
        ]
        del package["book"]  # it names others
        package["resources"] = [
            *kept,
            {
                "name": "far-away",
                "kind": "resistance",
                "path": "https://data.invalid/curve.txt",
                "file": "some/curve.txt",
                "hash": f"sha256:{hashlib.sha256(FAR_AWAY).hexdigest()}",
            },
        ]
        self.write("data/datapackage.json", json.dumps(package))

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if "COMPENDIUM" not in name}
        own = {
            "PYTHONPATH": str(self.root),  # its own `analysis`, not the installed one
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "EXECUTED": str(self.record),
        }
        return {**kept, **own, **{name: str(value) for name, value in more.items()}}

    def command(self, *options):
        # -P: not the package that happens to lie where the tests are run.
        return [sys.executable, "-P", "-m", "compendium.build", *options]

    def build(self, *options, **environment):
        """Build; return the finished process and the sorted names of what was executed."""
        self.record.write_text("")
        done = subprocess.run(
            self.command(*options),
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )
        return done, sorted(self.record.read_text().split())

    def results(self):
        table = json.loads((self.root / "_build" / "results.json").read_text())
        return {sheet["name"]: sheet for sheet in table["sheets"]}

    def page(self, name):
        return (self.root / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")


def built_copy(factory, root):
    """Return a copy of the project at a new folder, with its book built.

    It is built once in a run of the tests, by the process that is first to ask, and is copied;
    `factory` is pytest's ``tmp_path_factory``.
    """
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (base / "small-book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = base / "small-book"
        if not done.exists():
            first = base / "small-book-begun"
            (first / "book").mkdir(parents=True)
            built, executed = Copy(first).build()
            assert built.returncode == 0, built.stdout + built.stderr
            assert executed == BUILT
            first.rename(done)
    shutil.copytree(done, root)
    copy = object.__new__(Copy)
    copy.root, copy.record = root, root / "executed"
    return copy


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
