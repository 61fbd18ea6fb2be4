"""The plan that a user gives back: every key checked, the answers taken."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.catalogue.originals.files import Originals
from analysis.catalogue.originals.kinds import NEITHER, ROLES, Curve, checked_unit
from analysis.catalogue.originals.plan import Plan, plan_of
from analysis.catalogue.package import unlike
from analysis.errors import DataError, shown

SCHEMA = "plan.schema.json"
_TOLD = ("kind", "x", "x_unit", "y", "y_unit")
_WORDS = (*_TOLD, "name", "sample", "run", "origin", "axis")


def plan_from(
    content: Mapping[str, Any], path: Path, originals: Originals
) -> tuple[Plan, Originals]:
    """Return the plan of a user, and the curves as read by the axes that it names.

    Parameters
    ----------
    content : mapping
        What `read_answers` found.
    path : Path
        Where, for messages.
    originals : Originals
        The file that it is the plan of.

    Raises
    ------
    DataError
        If it is the plan of another file or page, or does not fit what the file holds; the
        message says what is allowed.
    """
    for key, now in (("sha256", originals.sha256), ("page", originals.page)):
        if content.get(key) != now:
            raise DataError(
                f"{path}: is the plan of {shown(content.get('file', 'another file'))}, {key} "
                f"{content.get(key)}, but {originals.path} has {now}; leave --plan out to make a "
                "new plan"
            )
    common, curves = content.get("every", {}), content.get("curve", [])
    numbers = [curve.get("number") for curve in curves]
    for odd in numbers:
        if (
            type(odd) is not int
            or numbers.count(odd) > 1
            or odd not in range(1, len(originals.series) + 1)
        ):
            raise DataError(
                f"{path}: number is {shown(odd)} in a [[curve]]; allowed: each of 1 to "
                f"{len(originals.series)} once"
            )
    axes = {curve["number"]: curve["axis"] for curve in curves if curve.get("axis")}
    originals = originals.on_axes(axes)
    suggested = plan_of(originals).curves
    given = [
        _given(answers, common, suggested[number - 1], f"{path}, curve {number}")
        for number, answers in zip(numbers, curves, strict=True)
    ]
    _refuse_one_name(given, path)
    source = {key: str(value).strip() for key, value in content.get("source", {}).items()}
    plan = Plan(originals.path.name, originals.sha256, originals.page, tuple(given), **source)
    return plan, originals


def read_answers(path: Path) -> dict[str, Any]:
    """Return the content of a plan's file.

    Raises
    ------
    DataError
        If the file is no TOML, or a key is not known or holds what it cannot.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{path}: is no TOML ({error})") from None
    curves = content.get("curve", [])
    if not isinstance(curves, list):
        raise DataError(f"{path}: curve is {shown(curves)}; allowed: tables [[curve]]")
    common = {key: value for key, value in content.items() if key != "curve"}
    for where, part in (
        ("", common),
        *((f"[[curve]] {n}, ", {"curve": curve}) for n, curve in enumerate(curves, 1)),
    ):
        if problem := unlike(part, SCHEMA):
            raise DataError(f"{path}: {where}{problem.removeprefix('curve').lstrip(', ')}")
    return content


def _given(
    answers: Mapping[str, Any], common: Mapping[str, Any], suggested: Curve, where: str
) -> Curve:
    """Return a curve as the user has it; what is empty there is taken from `every`."""
    values: dict[str, Any] = {
        key: default for key, default in common.items() if answers.get(key, "") == ""
    }
    values = {"take": True, "kind": "", "name": "", **answers, **values}
    for key, value in values.items():
        if key in ("pressure", "wavelength") and value != "":
            values[key] = float(value)
        elif key in _WORDS:
            # The file's own answer, where it had none before the axis was chosen.
            values[key] = str(value).strip() or (getattr(suggested, key) if key in _TOLD else "")
    if values.get("place", suggested.place) != suggested.place:
        raise DataError(
            f"{where}: place is {shown(values['place'])}, but it is {shown(suggested.place)} now; "
            "leave --plan out to make a new plan"
        )
    values["phases"] = tuple(values.get("phases", ()))
    values["origin"] = values.get("origin") or suggested.origin
    curve = Curve(**{"place": suggested.place, **values, "asked": suggested.asked})
    if not curve.take or not curve.kind or curve.axis == "":
        return curve
    if curve.kind == NEITHER:
        return replace(curve, take=False)
    return _completed(curve, where)


def _completed(curve: Curve, where: str) -> Curve:
    """Return a curve with the roles that its kind alone leaves open, its units checked."""
    (first,), ys = ROLES[curve.kind]
    only = ys[0] if len(ys) == 1 else ""
    x, y = curve.x, curve.y
    x = x or (only if y == first else first)
    y = y or (first if x != first else only)
    if {x, y} - {first, *ys, ""} or (x == first) == (y == first):
        raise DataError(
            f"{where}: x is {shown(x)} and y is {shown(y)}; allowed of kind {curve.kind}: {first} "
            f"and {' or '.join(ys)}"
        )
    units = []
    for key, role in (("x_unit", x), ("y_unit", y)):
        text = getattr(curve, key)
        try:
            units.append(checked_unit(role, text) if text and role else text)
        except DataError as error:
            raise DataError(f"{where}: {key}: {error}") from None
    answered: dict[str, Any] = {"x": x, "y": y, "x_unit": units[0], "y_unit": units[1]}
    if curve.kind != "diffraction":  # what [every] says of patterns is not theirs
        answered |= {"wavelength": None, "phases": ()}
    elif curve.wavelength is None:
        answered["wavelength"] = ""
    if curve.kind == "lattice":
        answered["pressure"] = None
    return replace(curve, **answered)


def _refuse_one_name(curves: Iterable[Curve], path: Path) -> None:
    """Refuse two data sets of one name; axes of one crystal share theirs."""
    by_name: dict[str, Curve] = {}
    for curve in (curve for curve in curves if curve.take and curve.name):
        other = by_name.setdefault(curve.name.lower(), curve)
        if other is not curve and not curve.kind == other.kind == "lattice":
            raise DataError(
                f"{path}: curves {other.number} and {curve.number} are both called "
                f"{shown(curve.name)}; give each a name of its own"
            )
