"""Run and pressure of a curve, as legends, headings and titles write them."""

import re
from collections.abc import Sequence

from analysis.pressure.compression import PRESSURES

_NUMBER = r"\d+(?:[.,]\d+)?"
# "18.5", "18.5(2)", "18.5 ± 0.3"; several of them before one unit: "1.6, 5 and 10 GPa", "0-40 GPa"
_VALUE = rf"{_NUMBER}(?:\s*\(\d+\))?(?:\s*(?:\u00b1|\+/?-)\s*{_NUMBER})?"
_UNIT = "|".join(PRESSURES)
_LIST = re.compile(
    rf"(?<!\d)(?<!\d[.,])({_VALUE}(?:\s*(?:,|;|/|-|\u2013|\u2014|\bto\b|\band\b|\.\.\.?)\s*{_VALUE})*)"
    rf"\s*[_-]?\s*({_UNIT})(?![a-z])",
    re.IGNORECASE,
)
_RUN = re.compile(
    r"(?<![A-Za-z])(?i:run)(?:(?:[\s_#.:-]|(?i:no|nr)\b)*([0-9]{1,3}[a-z]?)"
    r"|[\s_#.:-]+([IVX]{1,5}|[A-Z]))(?![A-Za-z0-9]|[.,]\d)"
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
    return tuple(dict.fromkeys(found[1] or found[2] for found in _RUN.finditer(text)))


def pressures_in(text: str) -> tuple[float, ...]:
    """Return the pressures that a text names, in GPa, each once.

    Examples
    --------
    >>> pressures_in("P = 18.5 GPa"), pressures_in("run-2-18.5GPa"), pressures_in("185 kbar")
    ((18.5,), (18.5,), (18.5,))
    >>> pressures_in("0-40 GPa"), pressures_in("22.4(3) GPa"), pressures_in("R at 300 K")
    ((0.0, 40.0), (22.4,), ())
    """
    found = dict[float, None]()
    for values, unit in _LIST.findall(_RUN.sub(" ", text)):
        factor = next(f for name, f in PRESSURES.items() if name.lower() == unit.lower())
        plain = re.sub(rf"\(\d+\)|(?:\u00b1|\+/?-)\s*{_NUMBER}", " ", values)
        for number in re.findall(_NUMBER, plain):
            found[round(float(number.replace(",", ".")) * factor, 9)] = None
    return tuple(found)


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
    heads = [one[1] for text in texts if (one := _OF_PRESSURE.fullmatch(text.strip()))]
    if heads and re.fullmatch(_VALUE, label.strip()):
        label = f"{label} {heads[0]}"
    said = [found for text in (label, *texts) if (found := pressures_in(text))]
    if not said:
        return (0.0 if _AMBIENT.search(label) else None), None
    here = said[0]
    if not (nearest or pressures_in(label)):
        here = tuple(dict.fromkeys(one for found in said for one in found))
    if len(here) == 1:
        return here[0], None
    return None, f"{', '.join(f'{one:g}' for one in here)} GPa stand near it: which is its own"
