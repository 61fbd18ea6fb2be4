"""What was found in a file, as the command line and the pages that take one say it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from analysis.show.printed import aligned, remarks, stated

if TYPE_CHECKING:
    from analysis.transport.curve import ResistanceCurve
    from analysis.transport.fit import ResistanceFit
    from analysis.transport.transition_fit import TransitionFit
    from analysis.transport.transition_result import TransitionReading


class Status(Enum):
    """What came of a file, from fine to worst."""

    RESULT = "result"
    LOOK = "look at it"  # a result with warnings
    NONE = "no result"  # the file was read, and nothing can be quoted
    REFUSED = "refused"

    def exit_status(self, *, strict: bool = False) -> int:
        """Return what a command ends with."""
        return {"result": 0, "look at it": int(strict), "no result": 3, "refused": 2}[self.value]


@dataclass(frozen=True)
class Finding:
    """What a command found in one file.

    Attributes
    ----------
    command : str
        As `analysis.cli.schema` calls it.
    data : ResistanceCurve or DiffractionPattern
    heading : str
        What was fitted to it, in words.
    rows : sequence of sequences of str
        Names and numbers as people read them.
    numbers : mapping
        The result's dictionary, for JSON.
    leading : mapping of str to str
        Keys of numbers that count as the result, one of which has to be quoted, and the name
        of each in the rows; empty where the result is none of the numbers.
    kind : int
        Which of the command's objects it is, see ``outputs.toml``.
    """

    command: str
    file: str
    data: Any
    heading: str
    rows: Sequence[Sequence[str]]
    numbers: Mapping[str, Any]
    leading: Mapping[str, str]
    kind: int = 0

    @property
    def status(self) -> Status:
        """What came of the file."""
        leading = [self.numbers[key] for key in self.leading]
        return status_of(leading, self.numbers["warnings"])

    @property
    def said(self) -> str:
        """The leading numbers in a line, or the last remark where none lead."""
        said = [" ".join(row) for row in self.rows if row[0] in self.leading.values()]
        return ", ".join(said or list(self.numbers["remarks"][-1:]))

    @property
    def entries(self) -> dict[str, Any]:
        """All that the JSON object holds."""
        about = {"file": self.file, "status": self.status.value, "notes": self.data.notes}
        about["read"] = None if self.data.reading is None else self.data.reading.to_dict()
        return {**self.numbers, **about}

    @property
    def text(self) -> str:
        """What was fitted, the numbers, and what to know of them, in lines."""
        origin = f" ({self.data.origin} data)" if self.data.origin else ""
        return "\n".join(
            [
                f"{self.file}{origin}: {self.heading}",
                aligned(self.rows, indent="  "),
                *remarks("note", self.data.notes),
                *remarks("remark", self.numbers["remarks"]),
                *remarks("warning", self.numbers["warnings"]),
            ]
        )


def status_of(leading: Iterable[Mapping[str, Any]], warnings: Collection[str]) -> Status:
    """Return what numbers of which one has to be quoted, if there are any, and warnings come to."""
    from analysis.numerics.summary import Form, form_of  # noqa: PLC0415 - slow to import

    forms = {form_of(number) for number in leading}
    if forms and forms <= {Form.NONE, Form.ABOUT}:
        return Status.NONE
    return Status.LOOK if warnings else Status.RESULT


def resistance_finding(file: str, curve: "ResistanceCurve", result: "ResistanceFit") -> Finding:
    """Return what a fit of the normal state found in a file."""
    low, high = result.window
    points = f"{result.n_points} of {len(curve)} points"
    numbers = {"resistance_unit": curve.unit, **result.to_dict()}
    rows = [(name, stated(numbers[name])) for name in result.law.names if name != "g_sat"]
    first = result.law.first.name
    if numbers[first]["stderr"] is not None:
        low_end, high_end = numbers[first]["interval"]
        rows[0] = (rows[0][0], f"{rows[0][1]}  (95 %: {low_end:.4g} to {high_end:.4g})")
    if "g_sat" in result.law.names:  # it is quoted by what it stands for
        lower = numbers["r_sat_lower"]["value"]
        limit = "not known" if lower is None else f"> {lower:.3g} {curve.unit} (95 %)"
        r_sat = limit if numbers["r_sat"]["value"] is None else stated(numbers["r_sat"])
        rows.insert(result.law.names.index("g_sat"), ("r_sat", r_sat))
    rows += [
        ("R^2", f"{result.r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K ({result.chosen.basis}), {points}"),
    ]
    exponent = f" with n = {result.kept.n:g}" if result.law.exponent else ""
    heading = f"{result.law.title}{exponent}, {result.weighting} weights"
    return Finding("resistance", file, curve, heading, rows, numbers, {first: first})


def transition_finding(
    file: str,
    curve: "ResistanceCurve",
    result: "TransitionFit | TransitionReading",
    *,
    criterion: float,
    mu_star: float,
    formula: str,
) -> Finding:
    """Return what a fit of the transition, or a reading of it, found in a file."""
    numbers = {
        "resistance_unit": curve.unit,
        **result.to_dict(criterion, mu_star=mu_star, formula=formula),
    }
    low, high = numbers["window"]
    r_squared = numbers.get("r_squared")
    rows = [
        (f"T_c at {criterion:g} R_n", stated(numbers["tc"])),
        ("T_c,onset", stated(numbers["tc_onset"])),
        ("theta_d", stated(numbers["theta_d"])),
        (f"lambda, mu* = {mu_star:g}", stated(numbers["lambda"])),
        ("normal state", numbers["normal_state"]),
        ("R^2", "nothing fitted" if r_squared is None else f"{r_squared:.6f}"),
        ("window", f"{low:g} to {high:g} K, {numbers['n_points']} of {len(curve)} points"),
    ]
    heading = f"eqs. 1 and 5, lambda by the {formula} formula"
    leading = {"tc": rows[0][0], "tc_onset": "T_c,onset"}
    return Finding("transition", file, curve, heading, rows, numbers, leading)
