"""Run and pressure of a curve, as legends, headings and titles write them."""

import re
import unicodedata
from collections.abc import Sequence

from analysis.errors import shown
from analysis.pressure.compression import PRESSURES

_NUMBER = r"\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,2})?"
_TIMES = r"[x*\u00d7\u00b7\u22c5]"
# "2x10^3", "10^3"
_POWER = re.compile(
    rf"(?i)(?<![\d.,e])(?:(\d+(?:[.,]\d+)?)\s*{_TIMES}\s*)?10\s*\^\s*([+-]?\d{{1,2}})(?![\d.])"
)
_SUPERSCRIPT = re.compile("[\u207b\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
# "18.5", "18.5(2)", "18.5 ± 0.3"; several of them before one unit: "1.6, 5 and 10 GPa", "0-40 GPa"
_VALUE = rf"{_NUMBER}(?:\s*\(\d+\))?(?:\s*(?:\u00b1|\+/?-)\s*{_NUMBER})?"
_UNIT = "|".join(PRESSURES)
_LIST = re.compile(
    rf"(?<!\d)(?<!\d[.,])({_VALUE}(?:\s*(?:,|;|/|-|\u2013|\u2014|\bto\b|\band\b|\.\.\.?)\s*{_VALUE})*)"
    rf"\s*[_-]?\s*({_UNIT})(?![a-z])",
    re.IGNORECASE,
)
_STATED = re.compile(rf"(?i)\d\)?\s*[_-]?\s*(?:{_UNIT})(?![a-z])")
# What may not stand before a value: a sign, a limit, part of a sum or product.
_BEFORE = re.compile(
    r"(?i)(?:(?:^|[\s=:(\[,;])[-\u2012\u2013]|[<>^\u2264\u2265\u2272\u2273]\s*|\de"
    rf"|\d\)?\s*(?:[+/]|{_TIMES})\s*"
    r"|\b(?:up\s+to|below|above|under|over|less\s+than|more\s+than|until)\s+)$"
)
_APART = re.compile(r"(?<![\w.,])\d+\s+$")
_RUN = re.compile(
    r"(?<![A-Za-z])(?i:run)(?:(?:[\s_#.:-]|(?i:no|nr)\b)*([0-9]{1,3}[a-z]?)"
    r"|[\s_#.:-]+([IVX]{1,5}|[A-Z]))(?![A-Za-z0-9]|[.,]\d)"
)
_LIKE_VALUE = re.compile(
    rf"(?i)(?:[\s\d.,()<>~^e+/\u00b1\u2264\u2265\u2212\u2013-]|{_TIMES})*\d\)?"
)
_AMBIENT = re.compile(r"(?i)\b(ambient(?!\s+temp)|1\s*(atm|bar)\b)")
_OF_PRESSURE = re.compile(
    rf"(?:p|pressure)?\s*[(\[/,=:]?\s*({_UNIT})\s*[)\]]?\s*[:=]?", re.IGNORECASE
)


def runs_in(text: str) -> tuple[str, ...]:
    """Return the runs that a text names, each once.

    Examples
    --------
    >>> runs_in("Run 2"), runs_in("run-2 18.5GPa"), runs_in("Run3_20.5GPa"), runs_in("runs of T")
    (('2',), ('2',), ('3',), ())
    """
    return tuple(dict.fromkeys(match[1] or match[2] for match in _RUN.finditer(text)))


def pressures_in(text: str) -> tuple[float, ...]:
    """Return the pressures that a text names, in GPa, each once.

    Examples
    --------
    >>> pressures_in("P = 18.5 GPa"), pressures_in("run-2-18.5GPa"), pressures_in("185 kbar")
    ((18.5,), (18.5,), (18.5,))
    >>> pressures_in("0-40 GPa"), pressures_in("22.4(3) GPa"), pressures_in("R at 300 K")
    ((0.0, 40.0), (22.4,), ())
    """
    return _pressures(text)[0]


def _pressures(text: str) -> tuple[tuple[float, ...], bool]:
    """Return the pressures that a text names, in GPa, and whether one is not clear."""
    text = _SUPERSCRIPT.sub(lambda match: "^" + unicodedata.normalize("NFKC", match[0]), text)
    text = _RUN.sub("run", text).replace("\u2212", "-")
    text = _POWER.sub(lambda match: f"{match[1] or 1}e{match[2]}", text)
    pressures, clear = dict[float, None](), set[int]()
    for match in _LIST.finditer(text):
        values, unit = match.groups()
        before = text[: match.start()][-40:]
        apart = values.isdecimal() and _APART.search(before)  # "18 5", "1 000"
        if apart or _BEFORE.search(before) or re.search(r"\d,\d{2}", values):  # "1,000", "5,10"
            continue
        clear.add(match.end())
        factor = next(f for name, f in PRESSURES.items() if name.lower() == unit.lower())
        plain = re.sub(rf"\(\d+\)|(?:\u00b1|\+/?-)\s*{_NUMBER}", " ", values)
        for number in re.findall(_NUMBER, plain):
            pressures[round(float(number.replace(",", ".")) * factor, 9)] = None
    return tuple(pressures), any(match.end() not in clear for match in _STATED.finditer(text))


def without_conditions(text: str) -> str:
    """Return a text without the runs and pressures that it names.

    Examples
    --------
    >>> without_conditions("Run 2, P = 18.5 GPa (cooling)").strip(" ,")
    '(cooling)'
    """
    return _LIST.sub(" ", re.sub(r"(?i)\b(p|pressure)\s*[=:]", " ", _RUN.sub(" ", text)))


def run_of(label: str, texts: Sequence[str]) -> str:
    """Return the run that the label names, or the one that the texts near it do, or ""."""
    own = runs_in(label)
    near = dict.fromkeys(run for text in texts for run in runs_in(text))
    return next(iter(own or (near if len(near) == 1 else ())), "")


def pressure_of(
    label: str, texts: Sequence[str], *, nearest: bool
) -> tuple[float | None, str | None]:
    """Return the pressure of a curve in GPa, or None, and why it is not sure, if it is not.

    Parameters
    ----------
    label : str
        A bare number is a pressure where a text beside it says "P (GPa)".
    texts : sequence of str
        Nearest first.
    nearest : bool
        Whether the first text that names a pressure is about this curve, as headings are. What
        stands in a figure may be about a neighbour: there all have to agree.
    """
    heads = [match[1] for text in texts if (match := _OF_PRESSURE.fullmatch(text.strip()))]
    if heads and _LIKE_VALUE.fullmatch(label.strip()):
        label = f"{label} {heads[0]}"
    texts_with_pressure = [
        (*pressures, text) for text in (label, *texts) if any(pressures := _pressures(text))
    ]
    if nearest or any(_pressures(label)):
        texts_with_pressure = texts_with_pressure[:1]
    for _, unclear, text in texts_with_pressure:
        if unclear:
            return None, f"{shown(text.strip())} stands near it, and its meaning is not clear"
    if not texts_with_pressure:
        return (0.0 if _AMBIENT.search(label) else None), None
    pressures_near = tuple(
        dict.fromkeys(pressure for pressures, *_ in texts_with_pressure for pressure in pressures)
    )
    if len(pressures_near) == 1:
        return pressures_near[0], None
    values = ", ".join(f"{pressure:g}" for pressure in pressures_near)
    return None, f"{values} GPa stand near it: which is the pressure of this curve"
