"""Equations of state in chapter 3.4: of the cells that sheets found, and of tables."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from analysis.errors import attempt
from analysis.numerics.digitised import figures_of
from analysis.pressure.equation_of_state import EQUATIONS, TELLS_APART, EquationOfState
from analysis.pressure.equation_of_state import fit_equation_of_state as fit_to
from analysis.pressure.scales import pressure_scales, scale_named
from analysis.pressure.series import Series
from analysis.show.report import Note, Table, quantity, stated
from analysis.show.state_plots import State
from analysis.twin import patterns as twin
from compendium.chapters.pattern_series import Cells
from compendium.chapters.pressure_words import of_samples, origins

_HEADER = ("crystal", "equation", "V₀ (Å³)", "K₀ (GPa)", "K₀′", "χ²/dof")
# The gauge that the choice of a scale is tried on, and its temperature (K).
_GAUGE, _ROOM = "gold", 300.0


def of_series(volume: Series) -> list[State]:
    """Return the equations of state of volumes that sheets found, of each sample."""
    made, found = {one.name for one in twin.truths()}, []
    for part in of_samples(volume):
        name, *_ = (one.sample or one.name for one in part.sources)
        truth = twin.BULK_MODULUS if {one.name for one in part.sources} <= made else None
        about = ", ".join(origins(part)), figures_of(part.sources), truth
        found.append(_state(name, part.equation_of_state, *about))
    return found


def of_tables(cells: Iterable[Cells]) -> list[State]:
    """Return the equations of state of tables of lattice constants."""
    return [_state(one[0].name, one[0].equation_of_state, one.origin, one.figures) for one in cells]


def _state(name: str, fit: Callable[[str | None], EquationOfState], *about: Any) -> State:
    quoted, why = attempt(lambda: fit(None))
    rest = [one for one in EQUATIONS if quoted and one != quoted.equation.name]
    others = [attempt(lambda one=one: fit(one))[0] for one in rest]  # type: ignore[misc]
    return State(name, [one for one in (quoted, *others) if one], why or "", *about)


def state_table(states: Sequence[State]) -> Table | None:
    """Return V0, K0 and K0' of each crystal by each equation; None without one."""
    rows = [(state.name, *_row(fit)) for state in states for fit in state.fits]
    return Table(_HEADER, rows, words=2) if rows else None


def _row(fit: EquationOfState) -> tuple[str, ...]:
    found = fit.to_dict()
    prime = stated(found["k0_prime"]) if fit.k0_prime.s > 0 else f"{fit.k0_prime.n:g} (held)"
    spread = f"{fit.chi_square / fit.dof:.3g}" if fit.stated else "no errors"
    return fit.equation.title, stated(found["v0"]), stated(found["k0"], ""), prime, spread


def state_words(states: Sequence[State]) -> Note | None:
    """Return what the equations of state say, a sentence each, or why there is none."""
    said = [f"{state.name}: {text}" for state in states for text in _sentences(state)]
    return Note("Equations of state:", said) if said else None


def _sentences(state: State) -> Iterable[str]:
    if not state.fits:
        yield f"none, for {state.why}."
        return
    quoted, found = state.fits[0], state.fits[0].to_dict()
    yield from (f"{text}." for text in quoted.warnings)
    both = found["correlation_k0_k0_prime"]
    lean = f"; they know of each other (correlation {both:.2f})" if quoted.minimum.free[2] else ""
    yield (
        f"by {quoted.equation.title} K₀ is {stated(found['k0'])} and K₀′ "
        f"{stated(found['k0_prime'])}{lean}."
    )
    if len(free := [one for one in state.fits if one.equation.prime is None]) > 1:
        yield _told_apart(*free)
    if state.truth is not None:
        (low, high), (k0, prime) = quoted.interval("k0"), state.truth
        yield (
            f"the volumes were made by Murnaghan's law, which is none of these, with K₀ = {k0:.0f} "
            f"GPa and K₀′ = {prime:.2f}: the 95 % interval of K₀, {low:.1f} to {high:.1f} GPa, "
            f"{'holds' if low <= k0 <= high else 'does not hold'} it."
        )
    if state.origin != "synthetic":
        yield _on_scales(quoted)


def _told_apart(one: EquationOfState, two: EquationOfState) -> str:
    better, other = (one, two) if one.likelihood_ratio(two) > 1 else (two, one)
    times = better.likelihood_ratio(other)
    known = "tell the two apart" if times > TELLS_APART else "do not tell the two apart"
    return (
        f"the points are {times:.3g} times likelier by {better.equation.title} than by "
        f"{other.equation.title}: they {known} ({TELLS_APART:g} times would), and K₀ by the latter "
        f"is {quantity(other.k0, 'GPa')}."
    )


def _on_scales(fit: EquationOfState) -> str:
    """Return by how much another scale of a gauge of gold would move K0."""
    usual, error = scale_named(_GAUGE), 1 / fit.weights if fit.stated else None
    # By how much gold is compressed: at zero pressure the scales agree.
    axes = np.array([usual.axis(one) for one in fit.pressure.tolist()]) / usual.axis(0.0)
    moved = []
    for scale in (one for one in pressure_scales(_GAUGE) if one.for_temperature(_ROOM)):
        p = [scale.pressure(one, _ROOM) for one in (scale.axis(0.0) * axes).tolist()]
        again = fit_to(p, fit.volume, pressure_error=error, equation=fit.equation.name)
        moved.append(again.k0.n)
    return (
        f"were these pressures read from gold on the scale {usual.name}, the {len(moved)} scales "
        f"of gold that are published would give K₀ from {min(moved):.3g} to {max(moved):.3g} GPa."
    )
