"""Equations of state in chapter 3.4: of the cells that sheets found, and of tables."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from analysis.errors import attempt
from analysis.numerics.digitised import Digitised, figures_of
from analysis.pressure.equation_of_state import (
    EQUATIONS,
    TELLS_APART,
    EquationOfState,
    fit_equation_of_state,
)
from analysis.pressure.scales import pressure_scales, scale_named
from analysis.pressure.series import Series
from analysis.show.report import Note, Table, quantity, stated
from analysis.show.state_plots import State
from analysis.twin import patterns as twin
from analysis.typing import Floats
from compendium.chapters.pattern_series import Cells
from compendium.chapters.pressure_words import of_samples, origins

Pair = tuple[float, float]
# The gauge that the choice of a scale is tried on.
_GAUGE = "gold"


def of_series(volume: Series) -> tuple[list[State], Note | None]:
    """Return the equations of state of volumes that sheets found; and why samples have none."""
    made = {one.name for one in twin.truths()}
    found = []
    for part in of_samples(volume):
        errors = {
            name: np.where(row > 0, row, np.nan)
            for name, row in (("pressure", part.pressure_error), ("volume", part.error))
        }

        def fit(
            name: str | None, part: Series = part, errors: dict[str, Floats] = errors
        ) -> EquationOfState:
            stated = {f"{key}_error": row for key, row in errors.items()}
            return fit_equation_of_state(part.pressure, part.value, equation=name, **stated)

        truth = twin.BULK_MODULUS if {one.name for one in part.sources} <= made else None
        called = part.sources[0].sample or part.sources[0].name
        found.append(_state(called, fit, ", ".join(origins(part)), figures_of(part.sources), truth))
    return _sorted(found)


def of_tables(cells: Iterable[Cells]) -> tuple[list[State], Note | None]:
    """Return the equations of state of tables of lattice constants; and why others have none."""
    return _sorted(
        _state(one.table.name, one.table.equation_of_state, one.origin, one.figures)
        for one in cells
    )


def _state(
    name: str,
    fit: Callable[[str | None], EquationOfState],
    origin: str,
    figures: Sequence[Digitised],
    truth: Pair | None = None,
) -> State | str:
    quoted, why = attempt(lambda: fit(None))
    if quoted is None:
        return f"{name}: {why}"
    rest = (one.name for one in EQUATIONS if one is not quoted.equation)
    others = (attempt(lambda one=one: fit(one))[0] for one in rest)  # type: ignore[misc]
    return name, [quoted, *(one for one in others if one is not None)], origin, figures, truth


def _sorted(found: Iterable[State | str]) -> tuple[list[State], Note | None]:
    found = list(found)
    said = [one for one in found if isinstance(one, str)]
    note = Note("No equation of state:", said) if said else None
    return [one for one in found if not isinstance(one, str)], note


def state_table(states: Sequence[State]) -> Table | None:
    """Return V0, K0 and K0' of each crystal by each equation; None without one."""
    rows = [
        (name, fit.equation.title, *_numbers(fit), _agreement(fit))
        for name, fits, *_ in states
        for fit in fits
    ]
    header = ("crystal", "equation", "V₀ (Å³)", "K₀ (GPa)", "K₀′", "χ²/dof")
    return Table(header, rows, words=2) if rows else None


def _numbers(fit: EquationOfState) -> tuple[str, str, str]:
    found = fit.to_dict()
    held = "" if fit.k0_prime.s > 0 else f"{fit.k0_prime.n:g} (held)"
    return stated(found["v0"]), stated(found["k0"], ""), held or stated(found["k0_prime"])


def _agreement(fit: EquationOfState) -> str:
    if not fit.stated:
        return "no errors"
    reduced = fit.chi_square / fit.dof
    return f"{reduced:.0f}" if reduced >= 100 else f"{reduced:.2g}"


def state_words(states: Sequence[State]) -> Note | None:
    """Return what the equations of state say, a sentence each; None without one."""
    several = len(states) > 1
    said = [
        f"{name}: {text}" if several else text
        for name, fits, origin, _, truth in states
        for text in _sentences(fits, origin, truth)
    ]
    title = "Equations of state:" if several else f"{states[0][0]}:" if states else ""
    return Note(title, said) if said else None


def _sentences(fits: Sequence[EquationOfState], origin: str, truth: Pair | None) -> list[str]:
    quoted, found = fits[0], fits[0].to_dict()
    said = [f"{text}." for text in quoted.warnings]
    both = found["correlation_k0_k0_prime"]
    lean = f" They know of each other (correlation {both:.2f})." if quoted.minimum.free[2] else ""
    said.append(
        f"By {quoted.equation.title} K₀ is {stated(found['k0'])} and K₀′ "
        f"{stated(found['k0_prime'])}.{lean}"
    )
    third, vinet = (
        next((one for one in fits if one.equation is wanted), None) for wanted in EQUATIONS[1:]
    )
    if third is not None and vinet is not None:
        said.append(_told_apart(third, vinet))
    if truth is not None:
        low, high = quoted.interval("k0")
        holds = "holds" if low <= truth[0] <= high else "does not hold"
        said.append(
            f"The volumes were made by Murnaghan's law, which is none of these, with K₀ = "
            f"{truth[0]:.0f} GPa and K₀′ = {truth[1]:.2f}: the 95 % interval of K₀, {low:.1f} to "
            f"{high:.1f} GPa, {holds} it."
        )
    return [*said, *([] if origin == "synthetic" else [_on_scales(quoted)])]


def _told_apart(third: EquationOfState, vinet: EquationOfState) -> str:
    ratio = third.likelihood_ratio(vinet)
    better, other = (third, vinet) if ratio > 1 else (vinet, third)
    times = max(ratio, 1 / ratio)
    known = "tell the two apart" if times > TELLS_APART else "do not tell the two apart"
    many = f"{times:.0f}" if times < 1e4 else f"{times:.0e}"
    return (
        f"The points are {many} times likelier by {better.equation.title} than by "
        f"{other.equation.title}: they {known} ({TELLS_APART:g} times would), and K₀ by the latter "
        f"is {quantity(other.k0, 'GPa')}."
    )


def _on_scales(fit: EquationOfState) -> str:
    """Return by how much another scale of a gauge of gold would move K0."""
    usual = scale_named(_GAUGE)
    # By how much gold is compressed: at zero pressure the scales agree.
    axes = np.array([usual.axis(one) for one in (0.0, *fit.pressure.tolist())])
    error = 1 / fit.weights if fit.stated else None
    moved = []
    for scale in pressure_scales(_GAUGE):
        if scale.for_temperature(300.0):
            at_rest = scale.axis(0.0) / axes[0]
            p = [scale.pressure(one) for one in (at_rest * axes[1:]).tolist()]
            again, _ = attempt(
                lambda p=p: fit_equation_of_state(  # type: ignore[misc]
                    p, fit.volume, pressure_error=error, equation=fit.equation.name
                )
            )
            moved += [] if again is None else [again.k0.n]
    return (
        f"Were these pressures read from gold on the scale {usual.name}, the {len(moved)} "
        f"published scales of gold would give K₀ from {min(moved):.3g} to {max(moved):.3g} GPa."
    )
