"""The sentence whose choices a reader flips: a part of a multiverse, looked up."""

from itertools import product
from math import prod
from typing import Any

import numpy as np

from analysis.choices.multiverse import Multiverse
from analysis.choices.ranked import ranked
from analysis.choices.space import Choice
from analysis.errors import AnalysisError
from analysis.show.explore import spec
from analysis.show.explore.coupling import STRONGEST, ratio
from analysis.show.explore.formula import Symbol, item, symbols, where
from analysis.show.explore.laws import EXPONENTS, label_of, measured, resistance, window_rules
from analysis.show.explore.widget import Explorer
from analysis.transport import DEFAULT_LAW
from analysis.transport.coupling import DEBYE_LIKE, FORMULAS
from analysis.transport.curve import ResistanceCurve
from analysis.transport.laws import law_named

# With and without the parallel resistor: key, word in the sentence, how names of laws end.
_SATURATIONS = (("free", "a free", ""), ("none", "no", "-alone"))
_POINTS = 200  # of a specification curve
_FITTED = (
    "Fitted from [from] to [to] with exponent [exponent], [saturation] saturation and "
    "[weighting], Θ_{D} is [theta_d]."
)
_COUPLED = (
    "With T_{c} taken [criterion], where it is [tc], with [recipe] and μ* = [mu_star], λ is "
    "[coupling]."
)
_LABELS = {"from": "lower edge", "to": "upper edge", "exponent": "exponent of eq. 1",
           "saturation": "saturation", "weighting": "weights of the points"}  # fmt: skip
_AFTER = {"criterion": "criterion", "recipe": "formula", "mu_star": "mu_star"}

_Options = dict[str, list[tuple[str, str]]]  # keys and words of each choice of a fit


def multiverse(found: Multiverse, curve: ResistanceCurve) -> Explorer:
    """Return a sentence about a fit whose choices can be changed, with that fit and its place.

    It has three lower and two upper edges of the window, the exponents of eq. 1 with and without
    saturation, all weightings, criteria, formulas and mu*; the thermometer is as measured.

    Parameters
    ----------
    found : Multiverse
    curve : ResistanceCurve
        The one that it was made of.

    Raises
    ------
    AnalysisError
        If eq. 1 with n = 5 is not among its laws.
    """
    options, scale = _options(found), float(np.abs(curve.resistance).max())
    controls, row = _controls(found, options)
    fits = _fits(found, options, scale)
    columns = {**measured(curve, scale), **fits, **_sorted(found, "theta_d")}
    derived: list[Any] = [spec.Derived(name.removesuffix("_of"), item(name, row)) for name in fits]
    t, r, theta_d, error, *rest = symbols("t r theta_d error r0 a g_sat n")
    readouts: list[Any] = [
        spec.Readout("Θ_{D}", theta_d, "K", 4, "not known", error, name="theta_d")
    ]
    derived.append(_part("theta_d"))
    panels = [_panel(found, "theta_d", "Θ_{D} (K)", error=error)]
    if found.transitions:
        columns |= _transitions(found, options) | _sorted(found, "coupling")
        controls += _later_controls(found)
        derived += _coupling(row, len(found.choice("criterion").options))
        panels.append(_panel(found, "coupling", "λ"))
        readouts += [
            spec.Readout("T_{c}", Symbol("tc"), "K", 4, "not known", Symbol("tc_error"), name="tc"),
            spec.Readout("λ", Symbol("coupling"), "", 4, "none, as no λ gives so high a T_{c}",
                         name="coupling"),
        ]  # fmt: skip
    value, quoted_error = found.quoted.get("theta_d", (np.nan, None))
    if quoted_error:
        away = np.absolute(theta_d - value) / quoted_error
        words = "from the quoted Θ_{D} it is away", "of its standard errors"
        readouts.append(spec.Readout(words[0], away, words[1], 2))
    readouts.append(
        spec.Saying([
            (where(error > 0, 0, 1), "The points leave the Debye temperature open."),
            (Symbol("described") < 1, "The data exclude this: more than scatter is left over."),
            (1, "The data allow this: nothing but scatter is left over."),
        ])
    )  # fmt: skip
    model, warmest = resistance(t, theta_d, *rest), 1.03 * float(curve.temperature.max())
    axis = spec.Axis("T (K)", 0, warmest)
    panels += [
        spec.Panel(axis, spec.Axis("R / R_{max}", 0, 1.1), [
            spec.Points(("t", "r"), t, r, label="points", size=2.2),
            spec.Curve("t", model, 0.5, warmest, label="the chosen fit"), *window_rules(),
        ]),
        spec.Panel(axis, spec.Axis("difference (% of R_{max})", -1.5, 1.5), [
            spec.Rule(y=0.0, colour="blue"),
            spec.Points(("t", "r"), t, 100 * (r - model), size=2.2), *window_rules(),
        ]),
    ]  # fmt: skip
    about = "Results of all combinations in their order, and the fit of the chosen one."
    return Explorer(
        spec.Spec("multiverse", "Choose for yourself", about, controls, panels, readouts, derived,
                  sentences=[_FITTED, _COUPLED][: 1 + bool(found.transitions)]),
        [spec.Data(curve.name, label_of(curve), {}, columns)],
    )  # fmt: skip


# ---------------------------------------------------------------------------- choices


def _options(found: Multiverse) -> _Options:
    laws = [option.name for option in found.choice("law").options]
    exponents = [n for n in EXPONENTS if f"n{n}" in laws]
    if EXPONENTS[0] not in exponents:
        raise AnalysisError(f"the laws must have n5 among them; got {', '.join(laws)}")
    ends = [one for one in _SATURATIONS if all(f"n{n}{one[2]}" in laws for n in exponents)]
    return {
        "from": _few(found, "low", 3),
        "to": _few(found, "high", 2),
        "exponent": [(f"{n}", f"{n}") for n in exponents],
        "saturation": [(key, words) for key, words, _ in ends],
        "weighting": _few(found, "weighting", len(laws)),
    }


def _few(found: Multiverse, name: str, most: int) -> list[tuple[str, str]]:
    """Return a few options from the first to the last, the paper's own among them."""
    choice = found.choice(name)
    few = {
        own := choice.own,
        *np.linspace(0, len(choice.options) - 1, most).round().astype(int).tolist(),
    }
    while len(few) > most:  # the next to the paper's own goes
        few.remove(min(few - {own}, key=lambda one: abs(one - own)))
    return [choice.options[place][:2] for place in sorted(few)]


def _controls(found: Multiverse, options: _Options) -> tuple[list[Any], Symbol]:
    """Return the choices of a fit, and the formula for its place in the columns."""
    names = {"from": "low", "to": "high", "weighting": "weighting"}
    starts = {name: _own(found.choice(of)) for name, of in names.items()}
    left, controls = prod(map(len, options.values())), []
    for name, some in options.items():
        left //= len(some)
        places = [(key, words, place * left) for place, (key, words) in enumerate(some)]
        controls.append(spec.Choice(name, _LABELS[name], places, starts.get(name)))
    return controls, sum(symbols(" ".join(options)))


def _later_controls(found: Multiverse) -> list[Any]:
    """Return the choices between a fit and lambda."""
    controls = []
    for name, of in _AFTER.items():
        choice = found.choice(of)
        places = [
            (option.name, option.words, option.value if name == "mu_star" else place)
            for place, option in enumerate(choice.options)
        ]
        controls.append(spec.Choice(name, choice.title, places, _own(choice)))
    return controls


def _own(choice: Choice) -> str:
    """Return the name of the paper's own option."""
    return choice.options[choice.own].name


# ---------------------------------------------------------------------------- columns


def _rows(found: Multiverse, options: _Options, **more: str) -> list[tuple[tuple[str, ...], int]]:
    """Return the keys of every combination, and its row of the multiverse."""
    ends = {key: end for key, _, end in _SATURATIONS}
    every = list(product(*([key for key, _ in some] for some in options.values())))
    return [
        (keys, found.row(low=keys[0], high=keys[1], law=f"n{keys[2]}{ends[keys[3]]}",
                         weighting=keys[4], **more))
        for keys in every
    ]  # fmt: skip


def _fits(found: Multiverse, options: _Options, scale: float) -> dict[str, Any]:
    """Return the numbers of each fit, resistances in parts of `scale`."""
    edges = {
        name: {one.name: one.value for one in found.choice(name).options}
        for name in ("low", "high")
    }
    parameters = law_named(DEFAULT_LAW).parameters
    numbers = []
    for (low, high, n, *_), row in _rows(found, options):
        fit = found.fit(row)
        values = fit.parameters or [np.nan] * len(parameters)
        scaled = [value / scale**one.power for one, value in zip(parameters, values, strict=True)]
        edge = edges["low"][low], edges["high"][high]
        numbers.append([*scaled, found.theta_d_error[row], not found.excluded[row], n, *edge])
    names = [*(one.name for one in parameters), "error", "described", "n", "low", "high"]
    return {
        f"{name}_of": column
        for name, column in zip(names, np.array(numbers, dtype=float).T, strict=True)
    }


def _transitions(found: Multiverse, options: _Options) -> dict[str, Any]:
    """Return T_c of each fit by each criterion, and what the formulas for lambda are."""
    criteria = [option.name for option in found.choice("criterion").options]
    rows = np.array([[row for _, row in _rows(found, options, criterion=one)] for one in criteria])
    recipes = [option.value for option in found.choice("formula").options]
    return {
        "tc_of": found.tc[rows].T.ravel(),
        "tc_error_of": found.tc_error[rows].T.ravel(),
        "formula_of": [FORMULAS.index(formula) for formula, _ in recipes],
        "moment_of": [moment or DEBYE_LIKE for _, moment in recipes],
    }


def _coupling(row: Symbol, criteria: int) -> list[Any]:
    """Return T_c and lambda of the chosen combination, and its place among the others."""
    mu, recipe = symbols("mu_star recipe")
    place = row * criteria + Symbol("criterion")
    wanted = ratio(Symbol("lam")) - np.log(Symbol("tc") / Symbol("theta_d"))
    return [
        spec.Derived("tc", item("tc_of", place)),
        spec.Derived("tc_error", item("tc_error_of", place)),
        spec.Derived("formula", item("formula_of", recipe)),
        spec.Derived("phonon_moment", item("moment_of", recipe)),
        spec.Derived("pole", mu / (1 - 0.62 * mu)),
        spec.Root("coupling", "lam", wanted, Symbol("pole") * (1 + 1e-6) + 1e-6, STRONGEST),
        _part("coupling"),
    ]


# ---------------------------------------------------------------------------- order


def _sorted(found: Multiverse, result: str) -> dict[str, Any]:
    """Return the values of all combinations in their order, those that the data exclude apart."""
    few = ranked(found, result).thinned(_POINTS)
    return {
        f"{result}_x": few.place,
        f"{result}_y": few.values,
        f"{result}_e": few.errors,
        f"{result}_ok": np.where(few.excluded, 0.0, 1.0),
    }


def _part(result: str) -> spec.RootMeanSquare:
    """Return the root of the part of the combinations that give less than the chosen one."""
    smaller = Symbol(f"{result}_y") < Symbol(result)
    return spec.RootMeanSquare(f"part_{result}", (f"{result}_y",), smaller)


def _panel(found: Multiverse, result: str, label: str, *, error: Any = None) -> spec.Panel:
    """Return the specification curve of a result, with the chosen combination on it."""
    columns = tuple(f"{result}_{one}" for one in ("x", "y", "e", "ok"))
    x, y, e, ok = map(Symbol, columns)
    every = ranked(found, result)
    low, high = np.quantile(every.values, (0, 0.995)) if every.values.size else (0.0, 1.0)
    room = 0.1 * (high - low) or 1.0
    layers: list[Any] = [spec.Band(columns, x, y - e, y + e)] if error is not None else []
    layers += [  # a point at infinity is not drawn
        spec.Points(columns, x, y / ok, colour="blue", size=1.6, label="combinations"),
        spec.Points(columns, x, y / (1 - ok), size=1.6, label="excluded by the data"),
        spec.Mark(100 * Symbol(f"part_{result}") ** 2, Symbol(result), error, label="your choice"),
    ]
    if result in found.quoted:
        value = found.quoted[result][0]
        layers.append(spec.Mark(every.place_of(value), value, hollow=True, colour="green",
                                label="as quoted"))  # fmt: skip
    axis = spec.Axis(label, float(low - room), float(high + room))
    return spec.Panel(spec.Axis("combinations, sorted (%)", 0, 100), axis, layers)
