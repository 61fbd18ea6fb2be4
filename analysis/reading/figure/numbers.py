"""Numbers that axes are labelled with: "-0.5", "1,000", "0,5", "10^-3", "2×10^4", "1e-05"."""

import re
from dataclasses import dataclass

from analysis.reading import cells

_TIMES = "\u00d7\u00b7\u22c5*xX"
_POWER = re.compile(rf"(?:([-+]?[\d.,]*\d)\s*[{_TIMES}]\s*|([-+]))?10\^([-+]?\d+(?:\.\d+)?)")
_FACTOR = re.compile(rf"[{_TIMES}]?\s*(?:10\^([-+]?\d+)|1[eE]([-+]?\d+))")
_SHIFTED = re.compile(rf"(.*?)(?<![eE^])([-+][\d.]+(?:[eE][-+]?\d+|[{_TIMES}]10\^[-+]?\d+)?)")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")

# Powers of ten beyond those that any axis has; squares of what is within are finite.
_MOST = 60


@dataclass(frozen=True)
class Number:
    """What a label says.

    Attributes
    ----------
    value : float
    half : float
        Half of a unit of its last digit.
    is_power : bool
        Whether it is written as a power of ten.
    """

    value: float
    half: float
    is_power: bool = False


def read_number(text: str, decimal: str = ".") -> Number | None:
    """Return the number that a label is, or None; with `decimal` "," it has decimal commas.

    Examples
    --------
    >>> read_number("2×10^-3")
    Number(value=0.002, half=0.0005, is_power=True)
    >>> read_number("1,000"), read_number("1,000", ",")
    (Number(value=1000.0, half=0.5, is_power=False), Number(value=1.0, half=0.0005, is_power=False))
    """
    text = re.sub(r"(?<=[-+\d\u00d7])\s+(?=[-+\d\u00d7])", "", text.strip())
    if match := _POWER.fullmatch(text):
        mantissa = read_number(match[1] or f"{match[2] or ''}1", decimal)
        factor = _ten_to(match[3])
        return mantissa and _number(mantissa.value * factor, mantissa.half * factor, power=True)
    if not re.fullmatch(r"[-+]?(\d[\d.,]*|[.,]\d+)([eE][-+]?\d{1,3})?", text):
        return None
    head, exponent = (*re.split("[eE]", text), "0")[:2]
    if decimal == "." and _THOUSANDS.fullmatch(head):
        head = head.replace(",", "")
    value = cells.number(f"{head}e{exponent}", decimal)
    half = 0.5 * 10.0 ** -len(head.partition(decimal)[2]) * _ten_to(exponent)
    return None if value is None else _number(value, half, power=exponent != "0")


def _number(value: float, half: float, *, power: bool) -> Number | None:
    """Return what a label says, or None where it is beyond what axes have."""
    return Number(value, half, power) if abs(value) <= 10.0**_MOST and half > 0 else None


def _ten_to(power: str) -> float:
    """Return a power of ten, or 0 if it is beyond those that axes have."""
    exponent = float(power)
    return 10.0**exponent if abs(exponent) <= _MOST else 0.0


def decimal_mark(texts: list[str]) -> str | None:
    """Return the decimal mark of an axis' labels, or None if commas may mean either.

    A comma before other than three digits is a decimal mark, as is one after a single 0; beside
    whole numbers without one ("500", "1,000") it parts thousands.
    """
    texts = [text.lstrip("+-") for text in texts]
    commas = [text for text in texts if "," in text]
    if not commas or any("." in text for text in texts):
        return "."
    if not all(_THOUSANDS.fullmatch(text) for text in commas):
        return ","
    plain = [text for text in texts if re.fullmatch(r"\d+", text)]
    return "." if plain or any(text.count(",") > 1 for text in commas) else None


def read_offset(text: str) -> tuple[float, float] | None:
    """Return (factor, shift) of what stands at an axis' end: "1e-5", "×10^-3", "+2.5e2".

    Its numbers n mean `factor * n + shift`. None if it is no such text.
    """
    text = text.replace(" ", "")
    shifted = _SHIFTED.fullmatch(text)
    for factor_text, shift_text in ((text, ""), *([shifted.groups()] if shifted else [])):
        factor = _FACTOR.fullmatch(factor_text)
        shift = read_number(shift_text) if shift_text else None
        if (factor is None and factor_text) or (shift is None and shift_text):
            continue
        power = _ten_to(factor[1] or factor[2]) if factor else 1.0
        return (power, shift.value if shift else 0.0) if power else None
    return None
