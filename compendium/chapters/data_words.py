"""Chapter 2: the data package in words, and what the synthetic twin was made from."""

from collections.abc import Iterable

from IPython.display import Markdown

from analysis.catalogue.datasets import Dataset
from analysis.show.foreign import Marked, plain_text
from analysis.show.report import Table
from analysis.twin.curves import Truth


def package_words(datasets: Iterable[Dataset]) -> dict[str, str]:
    """Return how many data sets there are, and which are not at hand."""
    there = tuple(datasets)
    away = ", ".join(dataset.name for dataset in there if not dataset.available)
    return {
        "n-sets": str(len(there)),
        "away": f"Not at hand when this page was built: {away}."
        if away
        else "All of them were at hand when this page was built.",
    }


def described(datasets: Iterable[Dataset]) -> Markdown:
    """Return a list of the data sets that are not synthetic, each with source and licence."""
    return Markdown("\n".join(_described(one) for one in datasets if one.origin != "synthetic"))


def _described(dataset: Dataset) -> str:
    pressure = dataset.pressure
    of_pressure = [] if pressure is None else [f"{pressure:g} GPa ({dataset.pressure_basis})"]
    kind = ", ".join([dataset.kind, dataset.origin, *of_pressure])
    said = (dataset.name, dataset.title, kind, dataset.source, dataset.licence)
    name, title, kind, source, licence = map(plain_text, said)
    return f"- {name}: **{title}**, {kind}\\\n  {source}\\\n  Licence: {licence}"


def truth_table(truths: Iterable[Truth]) -> Table:
    """Return what each synthetic curve was made from; what the paper prints is bold."""
    header = (
        "curve (synthetic)", "P (GPa)", "Θ_D (K)", "R_sat (Ω)", "onset (K)", "noise (% of R(300 K))"
    )  # fmt: skip
    rows = [
        (
            Marked(f"`{truth.name}`"),
            _cell(truth, "pressure", f"{truth.pressure:g}"),
            _cell(truth, "theta_d", f"{truth.theta_d:g}"),
            _cell(truth, "r_sat", f"{truth.r_sat:g}".replace("inf", "∞")),
            "none" if truth.tc_onset is None else f"{truth.tc_onset:.1f}",
            _cell(truth, "noise", f"{100 * truth.noise:g}"),
        )
        for truth in truths
    ]
    return Table(header, rows)


def _cell(truth: Truth, field: str, text: str) -> str:
    return Marked(f"**{text}**") if field in truth.paper else text
