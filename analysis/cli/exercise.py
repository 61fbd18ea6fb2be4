"""``exercise``: data of one's own for each student, and the lecturer's key to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from analysis.cli.options import JSON
from analysis.cli.printing import json_text
from analysis.cli.progress import progress_bar
from analysis.cli.schema import record
from analysis.numerics.progress import steps
from analysis.show.printed import aligned, plain

_SHORT = "a short seed can be guessed: give --seed-of-course at least {} characters, at random"


@click.command("exercise", short_help="Make personal data for students.")
@click.option(
    "--student", metavar="NAME", help="Name of the student; capitals and spaces do not matter."
)
@click.option("--class-list", metavar="FILE", type=click.Path(exists=True, dir_okay=False),
              help="File with the names of a class, one per line; # begins a comment.")  # fmt: skip
@click.option("--seed-of-course", "seed", metavar="TEXT",
              help="Secret of the course, long and random: who knows or guesses it can compute "
                   "the key. If not given, a public seed is used, to practise.")  # fmt: skip
@click.option("-o", "--output", "folder", metavar="DIR",
              help="Folder for the set; with a class list, the folder for all sets.")  # fmt: skip
@click.option("--key", "only_key", is_flag=True,
              help="Print truths, right answers and tolerances, and write no data; with -o also "
              "key.json and key.csv.")  # fmt: skip
@click.option("--without-checks", is_flag=True,
              help="Leave out checks.json, from which a program finds all answers in seconds. Do "
                   "so where marks count.")  # fmt: skip
@JSON
def exercise(
    *,
    student: str | None,
    class_list: str | None,
    seed: str | None,
    folder: str | None,
    only_key: bool,
    without_checks: bool,
    as_json: bool,
) -> None:
    """Make personal data for a student, or for each student of a class.

    A set is an R(T), a transition and a pattern. The name, the seed of the course and the version
    of this package determine every digit. README.md in the folder has the questions;
    `check(KEY, answer, folder=DIR)` of analysis.exercises checks an answer, for practice.

    \b
    Examples (the first makes a seed; keep it):
      SEED=$(python -c "import secrets; print(secrets.token_hex(16))")
      python -m analysis exercise --student "Ada Lovelace" -o ada
      python -m analysis exercise --class-list class.txt --seed-of-course "$SEED" -o sets
      python -m analysis exercise --class-list class.txt --seed-of-course "$SEED" --key -o key
    """
    if (student is None) == (class_list is None):
        raise click.UsageError("give either --student NAME or --class-list FILE")
    if seed is not None and not seed.strip():
        raise click.UsageError("--seed-of-course is empty; give a long one, or leave it out")
    if as_json and not only_key:
        raise click.UsageError("--json prints the key; give --key as well")
    if folder is None and not only_key:
        raise click.UsageError("no folder for the files is named: give -o DIR")
    from analysis.exercises import personal_draw as draw  # noqa: PLC0415 - slow to import

    if seed is not None and len(seed) < draw.SHORT:
        click.echo(_SHORT.format(draw.SHORT), err=True)
    seed = draw.OPEN_SEED if seed is None else seed
    if class_list is not None:
        students = draw.class_list(Path(class_list))
    else:
        students = [draw.identity(student or "")]
    if only_key:
        _key(students, seed, folder, as_json=as_json)
        return
    _write(Path(folder or ""), students, seed, alone=class_list is None, checks=not without_checks)


def _write(root: Path, students: Sequence[str], seed: str, *, alone: bool, checks: bool) -> None:
    """Write the set of one student into the folder, or those of a class into folders in it."""
    from analysis.exercises import personal  # noqa: PLC0415 - slow to import
    from analysis.exercises.checking import FILE  # noqa: PLC0415

    if alone:
        personal.refuse_foreign(root)
        personal.write_set(root, personal.personal(students[0], seed).files(checks=checks))
        folders = [root]
    else:
        with progress_bar():
            keys = personal.write_class(root, students, seed, checks=checks)
        folders = [root / key["folder"] for key in keys]
    files = ", ".join(name for name in personal.FILES if checks or name != FILE)
    for folder, student in zip(folders, students, strict=True):
        click.echo(f"{folder}: {files} for {student} (synthetic)")


def _key(students: Sequence[str], seed: str, folder: str | None, *, as_json: bool) -> None:
    from analysis.exercises import personal  # noqa: PLC0415 - slow to import

    if folder is not None:
        personal.refuse_key(Path(folder))
    with progress_bar():
        keys = [personal.personal(student, seed).key() for student in steps(students, "students")]
    text = json_text(record("exercise", {"students": keys}))
    if folder is not None:
        personal.write_key(Path(folder), keys, text + "\n")
    if as_json:
        click.echo(text)
        return
    for key in keys:
        _print(key)
    if folder is not None:
        click.echo(f"{folder}: {personal.KEY_JSON}, {personal.KEY_CSV}")


def _print(key: dict[str, Any]) -> None:
    rows = [("question", "right", "+-", "unit", "the package finds")]
    for name, row in plain(key["questions"]).items():
        error = "" if row["error"] is None else f" +- {row['error']:.2g}"
        right, tolerance = f"{row['right']:.6g}", f"{row['tolerance']:g}"
        rows.append((name, right, tolerance, row["unit"], f"{row['reference']:.6g}{error}"))
    click.echo(f"{key['student']}: the key")
    click.echo(aligned(rows, indent="  "))
    again = [f"{file} {times} times" for file, times in key["redrawn"].items() if times]
    if again:
        click.echo(f"  noise drawn again: {', '.join(again)}")
