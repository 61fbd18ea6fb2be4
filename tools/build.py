"""Build the book: execute what has changed, then let Jupyter Book make the pages.

``python tools/build.py`` (what `make book` calls) works in four steps.

1. Fingerprint by content everything the book depends on. Nothing changed since the last
   successful build: nothing is done.
2. Jupyter Book's cache of executed chapters knows the chapters' own code only. Drop it when
   anything else that the numbers depend on has changed: analysis/, data/, the lock, the
   interpreter, which measured data are at hand.
3. Execute the chapters that are not in the cache, several at once. A cell that fails stops
   the build; the cell and its traceback are shown.
4. Make the pages with ``jupyter-book build -W -n --keep-going``, always from a clean tree, so
   that no warning hides in a page that was not read again. The fingerprint is written last: a
   build that failed or was killed is never mistaken for a finished one.
"""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
BUILD = ROOT / "_build"
HTML = BUILD / "html"
CACHE = BUILD / ".jupyter_cache"
CACHED_FOR = BUILD / "executed-with"
FINISHED = BUILD / "finished"

# What the computed numbers depend on, besides the chapters' own code ...
COMPUTING = ("analysis", "data", "requirements.lock")
# ... and what the pages depend on, besides the numbers.
SHOWING = ("book", "tools", "_config.yml", "_toc.yml")


def main() -> int:
    started = time.monotonic()
    with only_one_build():
        computing, showing = fingerprint(*COMPUTING), fingerprint(*SHOWING)
        missing, outside = surroundings()
        if read(FINISHED) == computing + showing + outside and (HTML / "index.html").exists():
            print("Nothing has changed: 0 chapters executed.")
        else:
            FINISHED.unlink(missing_ok=True)
            if read(CACHED_FOR) != computing + outside:
                shutil.rmtree(CACHE, ignore_errors=True)
                CACHED_FOR.write_text(computing + outside, encoding="utf-8")
            executed = execute_chapters()
            # A chapter may have downloaded data: they are at hand from now on.
            missing, outside = surroundings()
            CACHED_FOR.write_text(computing + outside, encoding="utf-8")
            if not (executed and make_pages()):
                return 1
            FINISHED.write_text(computing + showing + outside, encoding="utf-8")
            print(f"Built in {time.monotonic() - started:.0f} s.")
        if missing:
            print(f"Data not on this machine (pages say how to get them): {', '.join(missing)}")
        print(f"The book is at {HTML / 'index.html'}")
    return 0


def fingerprint(*names: str) -> str:
    """Return a digest of the contents of files and folders below ROOT."""
    digest = hashlib.sha256()
    for name in names:
        for file in sorted(files_in(ROOT / name)):
            digest.update(f"{file.relative_to(ROOT).as_posix()}\0{content(file)}\n".encode())
    return digest.hexdigest()


def content(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def files_in(path: Path) -> Iterator[Path]:
    """Yield the files at and below a path, without caches, backups and hidden ones."""
    if path.name.startswith((".", "__pycache__")) or path.name.endswith(("~", ".pyc")):
        return
    if path.is_dir():
        for entry in path.iterdir():
            yield from files_in(entry)
    elif path.exists():
        yield path


def surroundings() -> tuple[list[str], str]:
    """Look at what the numbers depend on outside the repository.

    Returns the data sets that are declared but not on this machine, and a digest of the
    interpreter, the data that are, and those of the user's own data package.
    """
    from analysis.datasets import _entries, _here

    files = {entry.name: _here(entry) for entry in _entries(None)}
    found = [f"{name} {content(file)}" for name, file in sorted(files.items()) if file]
    package = os.environ.get("COMPENDIUM_PACKAGE")
    if package:
        found.append(content(Path(package)))
    digest = hashlib.sha256("\n".join([sys.version, sys.prefix, *found]).encode()).hexdigest()
    return sorted(name for name, file in files.items() if not file), digest


def execute_chapters() -> bool:
    """Bring every chapter's outputs into the cache; return whether all cells succeeded."""
    # Late imports, here and below: a build with nothing to do needs none of them.
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from jupyter_cache.executors.utils import single_nb_execution
    from traitlets.config import Config

    cache = get_cache(CACHE)
    chapters = read_chapters()
    stale = [path for path, notebook in chapters.items() if not is_cached(cache, notebook)]
    print(f"Executing {len(stale)} of {len(chapters)} chapters.", flush=True)
    ignore_personal_settings()
    options = {
        "timeout": load_yaml(ROOT / "_config.yml")["execute"]["timeout"],
        "allow_errors": False,
        # Otherwise every kernel warns that others on this machine could listen in.
        "config": Config(KernelManager={"transport_encryption": "required"}),
    }
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = {
            pool.submit(single_nb_execution, chapters[path], cwd=str(path.parent), **options): path
            for path in stale
        }
        for run in as_completed(runs):
            path, result = runs[run], run.result()
            name = path.relative_to(ROOT).as_posix()
            if result.err is not None:
                failed.append(name)
                why = re.sub(r"\x1b\[[0-9;]*m", "", str(result.err))  # IPython's colours
                print(f"\n{name}: a cell failed\n\n{why}", file=sys.stderr, flush=True)
                continue
            print(f"  {name}  {result.time:.1f} s", flush=True)
            bundle = CacheBundleIn(result.nb, str(path), data={"execution_seconds": result.time})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    if failed:
        former = "; the pages in _build/html are older ones" if HTML.exists() else ""
        print(f"error: a cell failed in {', '.join(sorted(failed))}{former}", file=sys.stderr)
    return not failed


def read_chapters() -> dict[Path, Any]:
    """Return the notebooks named in the table of contents, read as MyST-NB reads them."""
    from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
    from sphinx_external_toc.parsing import parse_toc_yaml

    chapters = {}
    for name in parse_toc_yaml(ROOT / "_toc.yml"):
        path = BOOK / f"{name}.md"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if is_myst_markdown_notebook(text):
            chapters[path] = read_myst_markdown_notebook(text, path=path)
    return chapters


def is_cached(cache: Any, notebook: Any) -> bool:
    """Return whether a notebook's outputs can be read from the cache."""
    try:
        cache.merge_match_into_notebook(notebook)
    except KeyError:
        return False
    except Exception as error:  # whatever a build killed half-way left behind
        print(f"  a cached chapter cannot be read ({error}); it is executed again")
        return False
    return True


def make_pages() -> bool:
    """Run Jupyter Book, strictly and from a clean tree; return whether it succeeded."""
    for folder in (HTML, BUILD / ".doctrees"):
        shutil.rmtree(folder, ignore_errors=True)
    print("Making the pages.", flush=True)
    jupyter_book = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    strictly = ["-q", "-W", "-n", "--keep-going"]
    paths = ["--toc", str(ROOT / "_toc.yml"), "--config", str(ROOT / "_config.yml")]
    command = [*jupyter_book, "build", str(BOOK), *strictly, *paths, "--path-output", str(ROOT)]
    # Its standard output only announces what is announced here; warnings go to standard error.
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        print(
            "error: the pages have warnings (above); each one counts as an error", file=sys.stderr
        )
    return done.returncode == 0


def ignore_personal_settings() -> None:
    """Keep the user's own IPython profile and matplotlib style out of the pages."""
    os.environ["IPYTHONDIR"] = str(BUILD / ".ipython")
    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:
        defaults = Path(matplotlib.origin).parent / "mpl-data" / "matplotlibrc"
        os.environ["MATPLOTLIBRC"] = str(defaults)


@contextmanager
def only_one_build() -> Iterator[None]:
    """Wait until no other build runs in this checkout."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build is running here; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load_yaml(path: Path) -> Any:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def interrupted(*_: object) -> None:
    """End at once; the kernels end by themselves when this process is gone."""
    print("\ninterrupted; run it again and it goes on from here", file=sys.stderr, flush=True)
    os._exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, interrupted)
    sys.exit(main())
