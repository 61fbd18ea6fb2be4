"""R(T) that a reader drops on a page: read, fitted, and said as the command line says it.

The page has no formula and no rule of its own: `opened` reads a text with the package's reader,
`fitted` fits it with the package's fits. Both take and return plain values, which a page can
hold. Choices have the names of the command line's options, see `choices`.
"""

from collections.abc import Mapping
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.errors import AnalysisError, DataError, attempt
from analysis.numerics.schema_version import versioned
from analysis.reading.columns import RESISTANCE
from analysis.reading.points import Reading, points_of
from analysis.reading.source import MAX_ROWS, command_line, text_source
from analysis.reading.table import Content, Table
from analysis.reading.texts import text_cells
from analysis.show.checked import checked_curve
from analysis.show.findings import resistance_finding, transition_finding
from analysis.show.printed import plain
from analysis.show.trying.answers import Answer, answer_of, shown_table
from analysis.show.trying.choices import number, pair, texts
from analysis.show.trying.resistance_choices import (
    FITTING,
    READING,
    fitting_controls,
    reading_controls,
)
from analysis.transport.drop import find_drop
from analysis.transport.fit import ResistanceFit, check_fit_choices, fit_resistance
from analysis.transport.transition_fit import TransitionFit, fit_transition
from analysis.transport.transition_result import TransitionReading, checked
from analysis.typing import Floats

if TYPE_CHECKING:
    from analysis.transport.curve import ResistanceCurve

# Which choices the commands take.
_OF_FIT = ("window", "law", "n", "weighting")
_OF_TRANSITION = ("criterion", "mu_star", "formula", "law", "n")
# What a page shows of a curve; it is drawn through so many temperatures.
MOST_POINTS, DRAWN = 1500, 200
# A page holds a file in memory, more than once.
MOST_BYTES = 100_000_000
_ON_A_PAGE = "on a page; `python -m analysis fit resistance FILE` takes more"
Transition = TransitionFit | TransitionReading


class TriedCurve:
    """A text that was dropped on a page, and what was made of it so far.

    Attributes
    ----------
    name : str
        Of the file.
    content : bytes
    reading : dict of str to str
        How it is read, where that was chosen.
    curve : ResistanceCurve or None
        None where it is not read.
    """

    def __init__(self) -> None:
        self.name = ""
        self.content = b""
        self.reading: dict[str, str] = {}
        self.curve: ResistanceCurve | None = None
        self.fit: ResistanceFit | None = None
        self._drop: float | None = None
        self._fits: dict[tuple[str, ...], tuple[ResistanceFit | None, str | None]] = {}
        self._transitions: dict[tuple[str, ...], tuple[Transition | None, str | None]] = {}

    # --------------------------------------------------------------------------- reading

    def opened(self, name: str, content: bytes | None, choices: Mapping[str, Any]) -> Answer:
        """Read a text; without `content` the last one again, with other choices.

        Parameters
        ----------
        name : str
            Of the file.
        content : bytes or None
        choices : mapping
            See `READING`; what has another name is for `fitted`.

        Returns
        -------
        dict
            "refused" is None, or the sentence that says why there are no points; "table" is there
            as far as the text could be split into cells; "check" is the object of ``check --json``.
        """
        self.name = name
        if content is not None:
            self.content = content
        self.reading = texts(choices, READING)
        self.curve, self.fit = None, None
        self._fits, self._transitions = {}, {}
        tables: list[Table] = []
        try:
            answer = self._curve_of(self._understood(tables))
            refused, roles = None, answer["check"]["columns"]
        except AnalysisError as error:
            answer, refused, roles = {"sweeps": [], "fields": []}, str(error), {}
        about = [answer["sweeps"], answer["fields"], self.reading]
        return {
            "name": name,
            "refused": refused,
            **answer,
            "table": shown_table(tables[0], roles) if tables else None,
            "selects": reading_controls(tables[0], roles, *about) if tables else [],
            "command": command_line("check", name, {"kind": RESISTANCE.name, **self._options()}),
            "state": dict(self.reading),
        }

    def _understood(self, tables: list[Table]) -> Reading:
        """Return the points; the table that they are of is put into the list."""
        if len(self.content) > MOST_BYTES:
            raise DataError(
                f"{self.name}: has {len(self.content) / 1e6:.0f} MB; at most "
                f"{MOST_BYTES / 1e6:.0f} MB are read {_ON_A_PAGE}"
            )

        def cells(source: Any) -> Table | Content:
            content_of_file = text_cells(source)
            if isinstance(content_of_file, Table):
                tables.append(content_of_file)
            return content_of_file

        options = {name: text for name, text in self.reading.items() if name != "skip_bad_rows"}
        understood = points_of(
            lambda **asked: text_source(self.name, self.content, RESISTANCE, **asked),
            cells,
            skip_bad_rows="skip_bad_rows" in self.reading,
            **options,
        )
        if understood.record.n_points > MAX_ROWS:
            raise DataError(
                f"{self.name}: has {understood.record.n_points} points; at most {MAX_ROWS} are "
                f"fitted {_ON_A_PAGE}"
            )
        return understood

    def _curve_of(self, understood: Reading) -> Answer:
        """Keep the curve; return what is understood of it."""
        curve = understood.curve(name=self.name)
        content = checked_curve(self.name, understood, curve)
        sweeps = () if understood.sweep is None else understood.sweep.sweeps
        self.curve, self._drop = curve, find_drop(curve)
        return {
            "check": versioned(plain(content)),
            "read": "; ".join(" ".join(line) for line in understood.record.lines()),
            "sweeps": [{"number": str(sweep.number), "words": sweep.words} for sweep in sweeps],
            "fields": sorted({str(sweep.field) for sweep in sweeps if sweep.field}),
            "notes": list(content["notes"]),
            "warnings": list(content["watch"]),
            "unit": curve.unit,
            "n_points": len(curve),
            "drop": self._drop,
            "points": _points(curve.temperature, curve.resistance),
        }

    def _options(self) -> dict[str, str | None]:
        """Return how the text is read as options of the command line."""
        return {
            name: None if name == "skip_bad_rows" else text for name, text in self.reading.items()
        }

    # --------------------------------------------------------------------------- fitting

    def fitted(self, choices: Mapping[str, Any], *, whole: bool = True) -> Answer:
        """Fit the curve that was read last.

        Parameters
        ----------
        choices : mapping
            See `FITTING`; a window is "80,300", or two numbers. What has another name is for
            `opened`.
        whole : bool
            Fit the transition now, which takes longest, if that was not done before. "waits"
            says that it is still to be done.

        Returns
        -------
        dict
            "refused" is None, or the sentence that says which choice cannot be used; then
            nothing else is there. "no_fit" says why these points allow no fit; "transition" is
            None where the curve does not drop.
        """
        try:
            return self._fitted(FITTING | texts(choices, FITTING), whole)
        except AnalysisError as error:
            return {"refused": str(error)}

    def _fitted(self, chosen: dict[str, str], whole: bool) -> Answer:
        if self.curve is None:
            raise DataError("no curve is read; open a file first")
        window, n = pair("window", chosen["window"]), number("n", chosen["n"])
        criterion, mu_star = number("criterion", chosen["criterion"]), chosen["mu_star"]
        checked(criterion, number("mu_star", mu_star), chosen["formula"])
        check_fit_choices(chosen["law"], n, chosen["weighting"])
        fit, no_fit = self._normal_state(chosen, window, n)
        self.fit = fit
        drops = self._drop is not None
        waits = drops and not whole and (chosen["law"], chosen["n"]) not in self._transitions
        state = {name: text for name, text in chosen.items() if text != FITTING[name]}
        return {
            "refused": None,
            "no_fit": no_fit,
            "unit": self.curve.unit,
            "limits": [float(self.curve.temperature[0]), float(self.curve.temperature[-1])],
            "automatic": window is None,
            "controls": fitting_controls(chosen, drops=drops),
            "command": self._command("fit resistance", chosen, _OF_FIT),
            "state": {**self.reading, **state},
            **({} if fit is None else self._normal_answer(fit)),
            "waits": waits,
            "transition": None if waits or not drops else self._transition_answer(chosen, n),
        }

    def _normal_state(
        self, chosen: dict[str, str], window: tuple[float, float] | None, n: float
    ) -> tuple[ResistanceFit | None, str | None]:
        """Return the fit of the normal state, or why there is none; the last one is kept."""
        key = tuple(chosen[name] for name in _OF_FIT)
        curve, law, weighting = self.curve, chosen["law"], chosen["weighting"]
        if key not in self._fits and curve is not None:
            fitted = attempt(
                lambda: fit_resistance(curve, window, law=law, n=n, weighting=weighting)
            )
            self._fits = {key: fitted}
        return self._fits[key]

    def _transition(self, chosen: dict[str, str], n: float) -> tuple[Transition | None, str | None]:
        """Return the fit of the transition to all points, once for every law and exponent."""
        key, curve, law = (chosen["law"], chosen["n"]), self.curve, chosen["law"]
        if key not in self._transitions and curve is not None:
            self._transitions[key] = attempt(lambda: fit_transition(curve, law=law, n=n))
        return self._transitions[key]

    def _normal_answer(self, fit: ResistanceFit) -> Answer:
        finding = resistance_finding(self.name, fit.curve, fit)
        t = np.linspace(*fit.window, DRAWN)
        return {
            **answer_of(finding),
            "window": list(fit.window),
            "how": next(text for name, text in finding.rows if name == "window"),
            "r_squared": fit.r_squared,
            "lag1": fit.correlation.lag1,
            "widened": float(fit.correlation.widening) ** 0.5,
            "curve": _drawn(fit, t),
            "residuals": _points(fit.part.temperature, fit.residuals),
        }

    def _transition_answer(self, chosen: dict[str, str], n: float) -> Answer:
        transition, why = self._transition(chosen, n)
        if transition is None:
            return {"no_fit": why}
        finding = transition_finding(
            self.name,
            transition.curve,
            transition,
            criterion=number("criterion", chosen["criterion"]),
            mu_star=number("mu_star", chosen["mu_star"]),
            formula=chosen["formula"],
        )
        drop, t = transition.drop, transition.part.temperature
        # The drop needs more temperatures than the rest.
        below = np.linspace(max(2 * drop.low - drop.top, t[0]), drop.top, DRAWN)
        places = np.unique(np.r_[np.linspace(t[0], t[-1], DRAWN), below])
        return {
            **answer_of(finding),
            "no_fit": None,
            "command": self._command("fit transition", chosen, _OF_TRANSITION),
            "drop": {"low": float(drop.low), "top": float(drop.top)},
            "onset": transition.onset.stated("K"),
            "curve": _drawn(transition, places) if isinstance(transition, TransitionFit) else None,
        }

    def _command(self, verb: str, chosen: dict[str, str], names: tuple[str, ...]) -> str:
        """Return the command line that repeats a fit."""
        options = {n: chosen[n] for n in names if chosen[n] != FITTING[n]}
        if "window" in options:
            options["window"] = options["window"].replace(",", " ")
        return command_line(verb, self.name, {**options, **self._options()})

    # --------------------------------------------------------------------------- to take home

    def csv(self) -> str:
        """Return the points of the last fit, its curve, band and residuals as a csv file.

        Raises
        ------
        DataError
            If there is no fit.
        """
        fit = self.fit
        if fit is None:
            raise DataError("there is no fit whose points could be saved")
        unit, t = fit.curve.unit, fit.part.temperature
        value = fit.predict(t)
        low, high = fit.band(t) if fit.errors_known else (np.full_like(t, nan),) * 2
        names = ("resistance", "fit", "fit low 95 %", "fit high 95 %", "residual")
        lines = [",".join(["temperature (K)", *(f"{name} ({unit})" for name in names)])]
        rows = zip(t, fit.part.resistance, value, low, high, fit.residuals, strict=True)
        lines += [
            ",".join("" if isnan(number) else f"{number:.10g}" for number in row) for row in rows
        ]
        return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------- answers


def _points(t: Floats, values: Floats) -> dict[str, list[float]]:
    """Return as many points as are drawn, evenly taken."""
    most = min(t.size, MOST_POINTS)
    some = np.linspace(0, t.size - 1, most).astype(int)
    return {"t": t[some].tolist(), "r": values[some].tolist()}


def _drawn(fit: ResistanceFit | TransitionFit, t: Floats) -> dict[str, list[float]]:
    """Return the curve of a fit; with its band, where errors are known."""
    drawn = {"t": t.tolist(), "r": fit.predict(t).tolist()}
    if fit.errors_known:
        low, high = fit.band(t)
        drawn |= {"low": low.tolist(), "high": high.tolist()}
    return drawn


_TRIED = TriedCurve()


def opened(name: str, content: bytes | None, choices: Mapping[str, Any]) -> Answer:
    """Read a text, see `TriedCurve.opened`."""
    return _TRIED.opened(name, content, choices)


def fitted(choices: Mapping[str, Any], whole: bool = True) -> Answer:
    """Fit the curve that was read last, see `TriedCurve.fitted`."""
    return _TRIED.fitted(choices, whole=whole)


def csv() -> str:
    """Return the last fit as a csv file, see `TriedCurve.csv`."""
    return _TRIED.csv()
