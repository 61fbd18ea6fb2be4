"""How much code there is to read: the lines of each room, and the limits that they keep.

``python -m compendium.size`` (a part of `make check`) counts lines of code, without docstrings,
comments and blank lines, which may be as many as they like. The limits stand in pyproject.toml.
"""

import ast
import io
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analysis", "compendium")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
SILENT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


def main(root: Path = ROOT) -> int:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    files = {
        file.relative_to(root).as_posix(): lines_of_code(file.read_text(encoding="utf-8"))
        for package in PACKAGES
        for file in sorted((root / package).rglob("*.py"))
    }
    rooms = lines_of_rooms(files)
    for room, lines in rooms.items():
        print(f"{lines:6d}  {room}")
    print(f"{rooms.total():6d}  lines of code in {len(files)} files")
    problems = broken_limits(files, settings["tool"]["compendium"]["lines-of-code"])
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


def lines_of_code(source: str) -> int:
    """Return how many lines hold code."""
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            first = node.body[0]
            docstrings.update(range(first.lineno, (first.end_lineno or 0) + 1))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)


def lines_of_rooms(files: Mapping[str, int]) -> Counter[str]:
    """Return the lines of each room: a folder of `analysis`, the files beside them, the book."""
    rooms: Counter[str] = Counter()
    for name, lines in files.items():
        package, first, *deeper = name.split("/")
        rooms[f"{package}/{first}" if deeper and package == "analysis" else package] += lines
    return rooms


def broken_limits(files: Mapping[str, int], limits: Mapping[str, int]) -> list[str]:
    """Return a sentence for each limit that is exceeded.

    A limit is stated for "file", any one of them, or for folders in sum: "analysis/numerics +
    analysis/transport".
    """
    problems = []
    for what, most in limits.items():
        if what == "file":
            sums = files
        else:
            folders = tuple(f"{folder}/" for folder in what.split(" + "))
            sums = {what: sum(n for name, n in files.items() if name.startswith(folders))}
        problems += [
            f"{name} has {lines} lines of code; {most} are allowed"
            for name, lines in sums.items()
            if lines > most
        ]
    return problems


if __name__ == "__main__":
    sys.exit(main())
