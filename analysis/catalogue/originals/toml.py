"""A plan as the TOML file that a user edits: what is open is empty, with the reason beside it."""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from shlex import quote
from typing import Any

from analysis.catalogue.originals.kinds import KINDS, NEITHER, Curve
from analysis.catalogue.originals.plan import Plan, on_one_line
from analysis.errors import UNSEEN
from analysis.reading.originals.series import Series

_HEAD = f"""\
# The plan of an import. Answer what is empty (""), correct what is wrong, and give it back:
#   python -m analysis import {{file}} --plan {{plan}} -o {{folder}}
# kind: {", ".join(KINDS[:-1])}, or {NEITHER} (not taken). take = false leaves a curve out.
# pressure is in GPa; no such line stands for ambient pressure. Curves of kind lattice with one
# name become one set. wavelength (pm) belongs to every pattern, and its crystals may be named:
# phases = [{{{{ name = "gold", space_group = "F m -3 m", a = 4.08 }}}}]
# sample = "La3Ni2O7-delta" makes the package one of the paper's sample: its runs are "1" to "4",
# "zero-resistance" (the curve that reaches zero) and "xrd" (the patterns).
"""
_KEYS = tuple(field.name for field in fields(Curve) if field.name != "asked")
# Characters that stand in no TOML text as they are, beyond those that JSON escapes.
_DELETE = {127: "\\u007f"}


def plan_text(plan: Plan, series: tuple[Series, ...], path: Path, file: Path) -> str:
    """Return a plan as text, with comments for who edits it.

    Parameters
    ----------
    series : tuple of Series
        Of the file; the comments show their ranges and remarks.
    path, file : Path
        Where the plan will lie, and the file that it is of.
    """
    places = {"file": file, "plan": path, "folder": path.parent}
    head = _HEAD.format(**{key: quote(on_one_line(str(place))) for key, place in places.items()})
    lines = [head, *_pair("file", plan.file), *_pair("sha256", plan.sha256)]
    lines += _pair("page", plan.page) if plan.page is not None else []
    lines += ["", "[source]  # whom to cite: every figure of these data names it"]
    lines += [*_pair("title", plan.title), *_pair("doi", plan.doi), *_pair("figure", plan.figure)]
    lines += ["", "[every]  # holds for all curves whose own line is empty", *_pair("sample", "")]
    for curve in plan.curves:
        lines += ["", *_curve(curve, series[curve.number - 1])]
    return "\n".join(lines) + "\n"


def _curve(curve: Curve, series: Series) -> Iterator[str]:
    yield "[[curve]]"
    yield f"# {on_one_line(about(series))}"
    yield from (f"# {on_one_line(remark)}" for remark in series.remarks)
    for key in _KEYS:
        value = getattr(curve, key)
        if value is not None and value != ():
            is_open = value == "" or (key, value) == ("kind", NEITHER)
            yield from _pair(key, value, curve.asked.get(key, "") if is_open else "")
        elif key == "pressure" and curve.kind != "lattice":
            yield "# pressure = 0.0  # none is stated"


def about(series: Series) -> str:
    """Return points and ranges of a curve in words."""
    x, y = (
        f"{values.min():.5g} to {values.max():.5g} {unit}".rstrip()
        for values, unit in ((series.x, series.x_unit), (series.y, series.y_unit))
    )
    names = (series.x_name or "x", series.y_name or "y")
    label = f"{series.label}: " if series.label else ""
    return f"{label}{series.x.size} points, {names[0]} {x}, {names[1]} {y}"


def _pair(key: str, value: Any, comment: str = "") -> Iterator[str]:
    yield f"{key} = {_value(value)}" + (f"  # {on_one_line(comment)}" if comment else "")


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_value(key)} = {_value(part)}' for key, part in value.items())}}}"
    if isinstance(value, str):
        value = UNSEEN.sub(" ", value)
    return json.dumps(value, ensure_ascii=False).translate(_DELETE)
