"""The sentence whose choices a reader flips: a part of a multiverse, looked up."""

from itertools import product
from typing import Any

import numpy as np

from analysis.choices import space
from analysis.choices.multiverse import Multiverse
from analysis.choices.ranked import ranked
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


def multiverse(combinations: Multiverse, curve: ResistanceCurve) -> Explorer:
    """Return a sentence about a fit whose choices can be changed, with that fit and its place.

    It has eq. 1 with the exponents 5, 3 and 2, with and without saturation, and every other
    option of the multiverse; the thermometer is as measured.

    Parameters
    ----------
    combinations : Multiverse
    curve : ResistanceCurve
        The one that it was made of.

    Raises
    ------
    AnalysisError
        If eq. 1 with no such exponent is among its laws.
    """
    scale = float(np.abs(curve.resistance).max())
    t, r, theta_d, error, *rest = symbols("t r theta_d error r0 a g_sat n")
    controls, columns, derived = _fits(combinations, scale)
    order = _order(combinations, "theta_d", "Θ_{D} (K)", error)
    readouts: list[Any] = [_readout("theta_d", "Θ_{D}", "K", "not known", error)]
    if combinations.transitions:
        more = _couplings(combinations, controls[2])
        controls, columns, derived = controls + more[0], columns | more[1], derived + more[2]
        order += _order(combinations, "coupling", "λ", None)
        readouts += [
            _readout("tc", "T_{c}", "K", "not known", Symbol("tc_error")),
            _readout("coupling", "λ", "", "none, as no λ gives so high a T_{c}"),
        ]
    value, quoted = combinations.quoted.get("theta_d", (np.nan, None))
    if quoted:
        label, unit = "from the quoted Θ_{D} it is away", "of its standard errors"
        readouts.append(spec.Readout(label, np.absolute(theta_d - value) / quoted, unit, 2))
    readouts.append(
        spec.Saying([
            (where(error > 0, 0, 1), "The points leave the Debye temperature open."),
            (Symbol("allowed") < 1, "The data exclude this: more than scatter is left over."),
            (1, "The data allow this: nothing but scatter is left over."),
        ])
    )  # fmt: skip
    model, warmest = resistance(t, theta_d, *rest), 1.03 * float(curve.temperature.max())
    axis, points = spec.Axis("T (K)", 0, warmest), ("t", "r")
    for some, _, _ in order:
        columns |= some
    panels = [
        *(panel for _, _, panel in order),
        spec.Panel(axis, spec.Axis("R / R_{max}", 0, 1.1), [
            spec.Points(points, t, r, label="points", size=2.2),
            spec.Curve("t", model, 0.5, warmest, label="the chosen fit"), *window_rules(),
        ]),
        spec.Panel(axis, spec.Axis("difference (% of R_{max})", -1.5, 1.5), [
            spec.Rule(y=0.0, colour="blue"),
            spec.Points(points, t, 100 * (r - model), size=2.2), *window_rules(),
        ]),
    ]  # fmt: skip
    about = "Results of all combinations in their order, and the fit of the chosen one."
    return Explorer(
        spec.Spec("multiverse", "Choose for yourself", about, controls, panels, readouts,
                  [*derived, *(part for _, part, _ in order)],
                  sentences=[_FITTED, _COUPLED][: 1 + bool(combinations.transitions)]),
        [spec.Data(curve.name, label_of(curve), {}, columns | measured(curve, scale))],
    )  # fmt: skip


_Parts = tuple[list[Any], dict[str, Any], list[Any]]  # controls, columns, what is derived


def _fits(combinations: Multiverse, scale: float) -> _Parts:
    """Return the choices of a fit, and how its numbers are looked up; R in parts of `scale`."""
    laws = [option.name for option in combinations.choice("law").options]
    exponents = [n for n in EXPONENTS if f"n{n}" in laws]
    if not exponents:
        raise AnalysisError(f"the laws must have n5, n3 or n2 among them; got {', '.join(laws)}")
    ends = [end for end in _SATURATIONS if all(f"n{n}{end[2]}" in laws for n in exponents)]
    low, high, weighting = (combinations.choice(name) for name in ("low", "high", "weighting"))
    exponent_options = [(f"{n}", f"{n}", place) for place, n in enumerate(exponents)]
    end_options = [(key, words, place) for place, (key, words, _) in enumerate(ends)]
    controls = [
        _control("from", low),
        _control("to", high),
        spec.Choice("exponent", "exponent of eq. 1", exponent_options),
        spec.Choice("saturation", "saturation", end_options),
        _control("weighting", weighting),
    ]
    at: Any = 0
    for control in controls:
        at = at * len(control.options) + Symbol(control.name)
    rows = [
        combinations.row(low=a.name, high=b.name, law=f"n{n}{end}", weighting=c.name)
        for a, b, n, (_, _, end), c in product(low.options, high.options, exponents, ends,
                                               weighting.options)
    ]  # fmt: skip
    parameters = law_named(DEFAULT_LAW).parameters
    nothing = [np.nan] * len(parameters)
    values = np.array([combinations.fit(row).parameters or nothing for row in rows])
    by_row = {
        parameter.name: column / scale**parameter.power
        for parameter, column in zip(parameters, values.T, strict=True)
    }
    by_row |= {
        "error": combinations.theta_d_error[rows],
        "allowed": 1.0 - combinations.excluded[rows],
    }
    by_choice = {
        "low": ("from", [float(option.value) for option in low.options]),
        "high": ("to", [float(option.value) for option in high.options]),
        "n": ("exponent", [float(n) for n in exponents]),
    }
    columns = {f"{name}_of": column for name, column in by_row.items()}
    columns |= {f"{name}_of": np.array(some) for name, (_, some) in by_choice.items()}
    derived = [spec.Derived(name, item(f"{name}_of", at)) for name in by_row]
    derived += [spec.Derived(name, item(f"{name}_of", Symbol(of))) for name, (of, _) in
                by_choice.items()]  # fmt: skip
    return list(controls), columns, derived


def _couplings(combinations: Multiverse, exponents: spec.Choice) -> _Parts:
    """Return the choices between a fit and lambda, T_c looked up, and lambda computed."""
    criterion, formula = combinations.choice("criterion"), combinations.choice("formula")
    pairs = product(exponents.options, criterion.options)
    rows = [combinations.row(law=f"n{n}", criterion=option.name) for (n, _, _), option in pairs]
    mu, recipe, pole = symbols("mu_star recipe pole")
    at = Symbol("exponent") * len(criterion.options) + Symbol("criterion")
    columns = {
        "tc_of": combinations.tc[rows],
        "tc_error_of": combinations.tc_error[rows],
        "formula_of": [FORMULAS.index(option.value[0]) for option in formula.options],
        "moment_of": [option.value[1] or DEBYE_LIKE for option in formula.options],
    }
    wanted = ratio(Symbol("lam")) - np.log(Symbol("tc") / Symbol("theta_d"))
    derived = [
        spec.Derived("tc", item("tc_of", at)),
        spec.Derived("tc_error", item("tc_error_of", at)),
        spec.Derived("formula", item("formula_of", recipe)),
        spec.Derived("phonon_moment", item("moment_of", recipe)),
        spec.Derived("pole", mu / (1 - 0.62 * mu)),
        spec.Root("coupling", "lam", wanted, pole * (1 + 1e-6) + 1e-6, STRONGEST),
    ]
    mu_stars = _control("mu_star", combinations.choice("mu_star"), numbers=True)
    return (
        [_control("criterion", criterion), _control("recipe", formula), mu_stars],
        columns,
        derived,
    )


def _control(name: str, choice: space.Choice, *, numbers: bool = False) -> spec.Choice:
    """Return a choice of the multiverse as one of the figure: by place, or by its number."""
    options = [
        (option.name, option.words, option.value if numbers else place)
        for place, option in enumerate(choice.options)
    ]
    return spec.Choice(name, choice.title, options, choice.options[choice.own].name)


def _readout(name: str, label: str, unit: str, otherwise: str, error: Any = None) -> spec.Readout:
    return spec.Readout(label, Symbol(name), unit, 4, otherwise, error, name=name)


def _order(
    combinations: Multiverse, result: str, label: str, error: Any
) -> list[tuple[dict[str, Any], spec.RootMeanSquare, spec.Panel]]:
    """Return the columns of a specification curve, the chosen combination's place, the panel."""
    every = ranked(combinations, result)
    few = every.thinned(_POINTS)
    names = tuple(f"{result}_{column}" for column in ("x", "y", "e", "ok"))
    values = (few.place, few.values, few.errors, 1.0 - few.excluded)
    x, y, e, ok = map(Symbol, names)
    low, high = np.quantile(every.values, (0, 0.995)) if every.values.size else (0.0, 1.0)
    room = 0.1 * (high - low) or 1.0
    # Less than the chosen one is this part of them, squared: counted as a mean square of truths.
    part = spec.RootMeanSquare(f"part_{result}", names[1:2], y < Symbol(result))
    layers: list[Any] = [] if error is None else [spec.Band(names, x, y - e, y + e)]
    layers += [  # a point at infinity is not drawn
        spec.Points(names, x, y / ok, colour="blue", size=1.6, label="combinations"),
        spec.Points(names, x, y / (1 - ok), size=1.6, label="excluded by the data"),
        spec.Mark(100 * Symbol(part.name) ** 2, Symbol(result), error, label="your choice"),
    ]
    if result in combinations.quoted:
        value = combinations.quoted[result][0]
        layers.append(spec.Mark(every.place_of(value), value, hollow=True, colour="green",
                                label="as quoted"))  # fmt: skip
    axes = spec.Axis("combinations, sorted (%)", 0, 100), spec.Axis(label, low - room, high + room)
    return [(dict(zip(names, values, strict=True)), part, spec.Panel(*axes, layers))]
