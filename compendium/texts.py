"""The chapters' texts for the data package of a build, below _build, and the roles of its sets.

Chapters are executed and shown from there. What a package has is found by reading its curves;
that is done once for the same contents, and kept.
"""

import json
from pathlib import Path

from analysis.errors import DataError
from compendium.chapters.roles import Roles, decide
from compendium.compose import Page, compose
from compendium.facts import Facts, facts_of
from compendium.files import read, remove, write_whole
from compendium.references import dangling


def decided(file: Path, key: str) -> Roles:
    """Return the roles that a file keeps for a key; decide and keep them if it has none.

    Parameters
    ----------
    file : Path
        Where `compendium.chapters.roles.roles` finds them, too.
    key : str
        A digest of all that they depend on.

    Raises
    ------
    DataError
        If the package's ``book`` section cannot be used.
    """
    try:
        content = json.loads(read(file) or "{}")
        if content["key"] == key:
            return Roles.from_dict(content["roles"])
    except (KeyError, TypeError, ValueError):
        pass  # of another version, or damaged
    chosen = decide()
    write_whole(file, json.dumps({"key": key, "roles": chosen.to_dict()}, indent=1))
    return chosen


def compose_all(book: Path, target: Path, pages: list[str], roles: Roles) -> list[str]:
    """Write the pages for a package below a folder; return the names of those that it has.

    A file that would not change is not written.

    Raises
    ------
    DataError
        If a condition in a page is wrong, or what stays refers to what is left out.
    """
    facts = facts_of(roles)
    composed = {name: _composed(book / f"{name}.md", facts) for name in pages}
    if lost := dangling(composed):
        more = f"; and {len(lost) - 3} more" if len(lost) > 3 else ""
        raise DataError(f"{'; '.join(lost[:3])}{more}")
    for name, page in composed.items():
        path = target / f"{name}.md"
        if page.present and read(path) != page.text:
            if path.is_dir():
                remove(path)
            write_whole(path, page.text)
    return [name for name, page in composed.items() if page.present]


def _composed(path: Path, facts: Facts) -> Page:
    return compose(path.read_text(encoding="utf-8"), facts, file=str(path))
