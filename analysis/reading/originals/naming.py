"""What the words above columns mean: what is measured, in which unit, and in which state."""

import re
from functools import lru_cache

from analysis.reading.columns import RESISTANCE, describe, is_field, is_unit, name_and_unit, seconds
from analysis.reading.pattern_columns import DIFFRACTION, says_two_theta

# Kinds of columns that others are drawn over, and those only where there is no other.
ABSCISSAE = ("x", "two_theta", "q", "d", "theta", "temperature", "pressure", "field", "energy")
WEAK = ("time", "index")
# What is set for many rows: "Run".
STATE = "state"
# Characters; longer texts are sentences.
_LONGEST = 80
_ERROR = re.compile(
    r"(?i:\berr|err(or)?s?\b|±|\+/-|\+-|uncertaint|fehler)|^[ΔδσΣ](?!.*/)|^[du][A-Za-zρ]\b(?!/)"
)
_PRESSURES = {"gpa", "mpa", "kbar", "mbar", "bar", "pa"}

# What people and programs write where there is no number.
_NOTHING = re.compile(
    r"(?i)#?n\.?[/.]?[ad]\.?|#(div/0|ref|value|name|num|null)[!?]|none|null|[\W_]*"
)
# "P = 18.5 GPa", "300 K", "Run 2": a state, and no name of what is measured.
_STATE = re.compile(
    r"(?i)(?:[a-z]{1,12}\s*[=≈~:]|at|@|p|pressure|temperature|field)?\s*[+-]?\d+(?:[.,]\d+)?\s*"
    r"(?:GPa|MPa|kbar|bar|mK|K|T|k?Oe)?|(?:run|sample|s|#|no\.?|curve|data\s?set)[\s_.#-]*\d+\w*"
)
# Such a state beside a name: "R (mOhm), 18.5 GPa".
BESIDE = re.compile(
    r"(?i)[\s@_,(]*(?:(?:P|pressure)\s*[=≈~:]?\s*|at\s+)?\d+(?:[.,]\d+)?\s*(?:GPa|MPa|kbar)\b\)?"
    r"|[\s@_,(]*(?<![a-z])run[\s_-]*\d+\w*\)?"
)

# Origin's rich text, "\\g(W)", innermost first; and the letters that a font of symbols has.
_RICH = re.compile(r"\\([giub+\-])\(([^()\\]*)\)")
_SYMBOLS = str.maketrans(
    "abgdezhqiklmnxoprstufcywABGDEZHQIKLMNXOPRSTUFCYWVJj",
    "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςϑϕ",
)


def plain(text: str) -> str:
    r"""Return what Origin's rich text shows.

    Examples
    --------
    >>> [plain(text) for text in (r"\g(mW)", r"\i(T)\-(c)", r"\g(W) cm\+(-1)", "R")]
    ['μΩ', 'Tc', 'Ω cm^-1', 'R']
    """
    count = text.count("\\")
    while count:
        text, count = _RICH.subn(_shown, text)
    return text


def _shown(match: re.Match[str]) -> str:
    mark, inner = match.groups()
    if mark == "g":
        return str(inner).translate(_SYMBOLS)
    return f"^{inner}" if mark == "+" else str(inner)


def is_state(text: str) -> bool:
    """Tell whether a text says at which pressure or in which run, and no more.

    Examples
    --------
    >>> [is_state(text) for text in ("18.5 GPa", "Run 2, P = 18.5 GPa", "R (18.5 GPa)", "R")]
    [True, True, False, False]
    """
    parts = re.split(r"[,;@]\s+|\s+@\s*", text.strip())
    return all(_STATE.fullmatch(part) for part in parts)


def in_state(heading: str, value: str) -> str:
    """Return a value below or beside its heading in words.

    Examples
    --------
    >>> [in_state("P (GPa)", "18.5"), in_state("Run", "2"), in_state("Sample", "A")]
    ['P = 18.5 GPa', 'Run 2', 'A']
    """
    name, unit = split_heading(heading)
    if not re.match(r"[+-]?[\d.]", value):
        return value
    return f"{name} = {value} {unit}" if unit else f"{name} {value}".strip()


def split_heading(heading: str) -> tuple[str, str]:
    """Return the name and the unit of a heading: "P/GPa", "a (Å)", "R, mOhm"; "" for none.

    Examples
    --------
    >>> [split_heading(text) for text in ("P/GPa", "a (Å)", "R (18.5 GPa)", "V")]
    [('P', 'GPa'), ('a', 'Å'), ('R (18.5 GPa)', ''), ('V', '')]
    """
    if len(heading) > _LONGEST:
        return heading.strip(), ""
    name, unit = name_and_unit(heading)
    if unit is not None and name.strip() and not is_state(unit):
        return name.strip(" ,_/"), unit.strip()
    parts = re.fullmatch(r"(.*\w.*?)\s*(?:[/,]|\s_?)\s*([^\s/,]+)", heading)
    states = is_state(heading) or is_unit(heading)
    if parts and not states and len(parts[2]) > 1 and is_unit(parts[2]):
        return (parts[1], parts[2]) if not parts[1][-1].isdigit() else (heading.strip(), "")
    return heading.strip(), ""


@lru_cache(maxsize=4096)
def kind_of(heading: str) -> str | None:
    """Return what a column holds that others may be drawn over, or "error", or None."""
    if not heading or len(heading) > _LONGEST or is_state(heading):
        return None
    if _ERROR.search(heading) or DIFFRACTION.role_of(heading) == "error":
        return "error"
    if says_two_theta(heading):
        return "two_theta"
    column = describe(1, heading)
    words = re.findall(r"[^\W\d_]+", column.name)
    unit = (column.unit_text or split_heading(heading)[1]).strip().lower()
    pattern = DIFFRACTION.role_of(heading) if column.role is None else None
    tests = {
        "temperature": column.role == "temperature",
        "pressure": unit in _PRESSURES or "pressure" in words or words in (["p"], ["p", "gpa"]),
        "field": is_field(column),
        "time": seconds(column) is not None or words[:1] in (["time"], ["timestamp"]),
        "energy": unit in ("ev", "kev", "mev") or pattern == "energy",
        "index": words in (["no"], ["n"], ["index"], ["point"], ["nr"]) or heading == "#",
        STATE: words in (["run"], ["sample"], ["curve"], ["cycle"], ["run", "no"]),
        "x": words == ["x"] and not unit,
        "two_theta": pattern == "two_theta",
        **{kind: pattern == kind for kind in ("q", "d", "theta")},
    }
    return next((kind for kind, applies in tests.items() if applies), None)


def is_known(text: str) -> bool:
    """Tell whether a text names what is measured."""
    if len(text) > _LONGEST or is_state(text):
        return False
    return bool(kind_of(text) or RESISTANCE.role_of(text) or DIFFRACTION.role_of(text))


def is_heading(text: str) -> bool:
    """Tell whether a text names what is measured, or a unit."""
    if len(text) > _LONGEST or is_no_number(text):
        return False
    return is_unit(text) or is_known(text)


def is_no_number(text: str) -> bool:
    """Tell whether a text stands in place of a number: "n/a", "-", "1.2*"."""
    return bool(_NOTHING.fullmatch(text) or re.match(r"[\s<>~]*[-+.]?\d", text))
