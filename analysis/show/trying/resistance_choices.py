"""What a page lets a reader choose of R(T): how a text is read, and how a curve is fitted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.reading.columns import ROLES
from analysis.reading.table import Table
from analysis.show.trying.choices import Control, select, slider
from analysis.transport import DEFAULT_LAW
from analysis.transport.coupling import FORMULAS
from analysis.transport.laws import LAWS, law_names
from analysis.transport.solve import WEIGHTINGS

# How a text is read; see `analysis.read_resistance`.
READING = (
    *ROLES, "channel", *(f"{role}_unit" for role in ROLES), "decimal", "skip_bad_rows", "sweep",
    "field",
)  # fmt: skip
# How a curve is fitted, and what is taken if nothing is said.
FITTING = {
    "window": "",
    "law": DEFAULT_LAW,
    "n": "5",
    "weighting": "uniform",
    "criterion": "0.05",
    "mu_star": "0.13",
    "formula": "advanced",
}
# Units that are offered.
UNITS = {
    "temperature": ("K", "mK", "C"),
    "resistance": (
        "ohm", "mohm", "uohm", "kohm", "ohm m", "ohm cm", "mohm cm", "uohm cm", "ratio",
        "arbitrary",
    ),
    "voltage": ("V", "mV", "uV", "nV"),
    "current": ("A", "mA", "uA", "nA"),
}  # fmt: skip
_AS_READ = "as read"


def reading_controls(
    table: Table,
    roles: Mapping[str, Any],
    sweeps: Sequence[Mapping[str, str]],
    fields: Iterable[str],
    chosen: Mapping[str, str],
) -> list[Control]:
    """Return the controls of how a text is read.

    Parameters
    ----------
    table : Table
    roles : mapping
        What was read, by role: see `ReadRecord.to_dict`.
    sweeps : sequence of mapping
        Number and words of each, where the text holds some.
    fields : iterable of str
    chosen : mapping of str to str
    """
    columns = [(str(column.number), str(column)) for column in table.filled]
    channels = sorted({column.channel for column in table.filled if column.channel})
    quotient = any(column.role in ("voltage", "current") for column in table.filled)
    shown = ROLES if quotient or {"voltage", "current"} & set(chosen) else ROLES[:2]
    controls = []
    for role in shown:
        columns_read = [str(roles[role]["number"])] if role in roles else []
        words = [f"{_AS_READ}: {text}" for number, text in columns if number in columns_read]
        controls.append(_select(role, f"column of {role}", chosen, columns, words))
    for role in shown:
        units_read = [f"{_AS_READ}: {roles[role]['unit']}"] if role in roles else []
        units = [(unit, unit) for unit in UNITS[role]]
        controls.append(_select(f"{role}_unit", f"unit of {role}", chosen, units, units_read))
    if len(channels) > 1:
        named = [(channel, channel) for channel in channels]
        controls.append(_select("channel", "channel or bridge", chosen, named))
    if len(sweeps) > 1 or "sweep" in chosen:
        numbered = [(sweep["number"], f"{sweep['number']}: {sweep['words']}") for sweep in sweeps]
        controls.append(_select("sweep", "sweep", chosen, [*numbered, ("all", "all of them")]))
    options_there = [(field, field) for field in fields]
    if len(options_there) > 1 or "field" in chosen:
        controls.append(_select("field", "magnetic field", chosen, options_there))
    marks = [(".", "point"), (",", "comma")]
    controls.append(_select("decimal", "decimal mark", chosen, marks))
    bad = [("yes", "leave them out, and say which")]
    label = "rows without a number"
    controls.append(_select("skip_bad_rows", label, chosen, bad, ["refuse the file"]))
    return controls


def _select(
    name: str,
    label: str,
    chosen: Mapping[str, str],
    options: Iterable[Sequence[str]],
    read_as: Sequence[str] = (),
) -> Control:
    """Return a control whose first option is to leave it open: what was `read_as` then."""
    first = read_as[0] if read_as else _AS_READ
    return select(name, label, chosen.get(name, ""), [("", first), *options])


def fitting_controls(chosen: Mapping[str, str], *, drops: bool) -> list[Control]:
    """Return the controls of how a curve is fitted; some only where it `drops`."""
    laws = [(law.name, law.title) for law in LAWS]
    controls = [select("law", "law of the normal state", chosen["law"], laws)]
    if chosen["law"] in law_names() and next(
        law.exponent for law in LAWS if law.name == chosen["law"]
    ):
        exponents = [("5", "5, phonons"), ("3", "3"), ("2", "2")]
        controls.append(select("n", "exponent n", chosen["n"], exponents))
    weights = [(weighting, weighting) for weighting in WEIGHTINGS]
    controls.append(select("weighting", "weights of the points", chosen["weighting"], weights))
    if drops:
        formulas = [(formula, formula) for formula in FORMULAS]
        controls += [
            slider("criterion", "T_c where R falls to", chosen["criterion"], (0.01, 0.99), 0.01),
            slider("mu_star", "Coulomb pseudopotential mu*", chosen["mu_star"], (0.0, 0.3), 0.01),
            select("formula", "formula of lambda", chosen["formula"], formulas),
        ]
    return controls
