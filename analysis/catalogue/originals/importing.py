"""The whole way from a file of originals to a data package, or to the questions that it leaves."""

from dataclasses import dataclass
from pathlib import Path

from analysis.catalogue.originals.answers import plan_from, read_answers
from analysis.catalogue.originals.files import Originals, is_figure, read_originals
from analysis.catalogue.originals.package import sets_of, write_package
from analysis.catalogue.originals.plan import Plan, plan_of
from analysis.catalogue.originals.toml import plan_text
from analysis.errors import DataError, shown
from analysis.typing import AnyPath


@dataclass(frozen=True, eq=False)
class Imported:
    """What came of an import.

    Attributes
    ----------
    originals : Originals
    plan : Plan
    plan_file : Path
        The plan as a file, for the user to edit.
    folder : Path
        Of the package.
    package : Path or None
        The datapackage.json; None where the plan has open questions, or takes no curve.
    """

    originals: Originals
    plan: Plan
    plan_file: Path
    folder: Path
    package: Path | None


def import_originals(
    file: AnyPath, folder: AnyPath, *, page: int | None = None, plan: AnyPath | None = None
) -> Imported:
    """Import the curves of a workbook, a table or a figure into a data package.

    Without a plan one is made and written into the folder. If it leaves nothing open, the package
    is written at once.

    Parameters
    ----------
    file : path-like
        xlsx, csv, text, zip, or a figure: pdf, svg, eps.
    folder : path-like
        Where the package is, or will be. Sets of other files stay in it.
    page : int, optional
        Of a PDF file with several pages, from 1; that of the plan if not given.
    plan : path-like, optional
        The plan of an earlier call, edited.

    Raises
    ------
    DataError
        If the file, the plan or a curve cannot be used; no package is written then.
    """
    folder = Path(folder)
    for path in (Path(file), folder):
        _refuse_no_text(path)
    if plan is not None:
        path, content = Path(plan), read_answers(Path(plan))
        page_of_plan = content.get("page") if is_figure(file) else None
        originals = read_originals(file, page_of_plan if page is None else page)
        made, originals = plan_from(content, path, originals)
    else:
        originals = read_originals(file, page)
        names_taken = sets_of(folder, plan_of(originals))
        made = plan_of(originals, names_taken)
        path = _write_plan(made, originals, folder)
    is_complete = made.taken and not made.questions
    package = write_package(originals, made, folder) if is_complete else None
    return Imported(originals, made, path, folder, package)


def _refuse_no_text(path: Path) -> None:
    """Refuse a name that neither a plan nor a package can hold."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise DataError(f"{shown(str(path))}: the name is not UTF-8 text; rename it") from None


def _write_plan(plan: Plan, originals: Originals, folder: Path) -> Path:
    """Write a plan beside those that are there: an edited one is never overwritten."""
    for number in range(1, 1000):
        path = folder / (f"plan-{number}.toml" if number > 1 else "plan.toml")
        text = plan_text(plan, originals.series, path, originals.path)
        try:
            if path.exists() and path.read_text(encoding="utf-8") != text:
                continue
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except UnicodeDecodeError:
            continue
        except OSError as error:
            raise DataError(f"{path}: cannot be written ({error.strerror})") from None
        return path
    raise DataError(f"{folder}: holds 1000 plans; name another folder")
