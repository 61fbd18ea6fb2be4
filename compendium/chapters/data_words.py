"""Chapter 2: the data package in words, and what the synthetic twin was made from."""

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from urllib.parse import urlsplit

from IPython.display import Markdown

from analysis.catalogue.datasets import Dataset, list_datasets, package_file
from analysis.numerics.digitised import figures_of, in_words
from analysis.numerics.provenance import pressure_words
from analysis.show.foreign import Marked, WithSymbols, chemical, plain_text
from analysis.show.report import Note, Table
from analysis.twin.curves import Truth
from compendium.chapters.roles import Roles

# Addresses that may become links: of a page, without signs that mean something in Markdown.
_ADDRESS = re.compile(r"https?://[^\s<>\\\"'`]+")


def package_words(datasets: Iterable[Dataset]) -> dict[str, str]:
    """Return how many data sets there are, and how many are not at hand."""
    sets = tuple(datasets)
    away = sum(not dataset.available for dataset in sets)
    return {
        "n-sets": str(len(sets)),
        "away": f"When this page was built, {away} of all sets were not on this machine"
        if away
        else "When this page was built, all sets were on this machine",
    }


def of_package() -> tuple[Dataset, ...]:
    """Return all data sets of the package that counts, without this project's own beside them."""
    return list_datasets(package=package_file())


def described(datasets: Iterable[Dataset]) -> Markdown:
    """Return a list of data sets, each with source and licence."""
    return Markdown("\n".join(map(_described, datasets)))


def _described(dataset: Dataset) -> str:
    based = f" ({dataset.pressure_basis})" if dataset.pressure_basis else ""
    of_pressure = [f"{pressure}{based}"] if (pressure := pressure_words(dataset)) else []
    of_sample = [chemical(dataset.sample)] if dataset.sample else []
    kind = plain_text(", ".join([dataset.kind, dataset.origin, *of_sample, *of_pressure]))
    title = "" if dataset.title == dataset.name else f"**{plain_text(chemical(dataset.title))}**, "
    lines = [f"- {plain_text(dataset.name)}: {title}{kind}"]
    if figures := in_words(figures_of([dataset])):
        lines.append(f"  {plain_text(figures)}")
    sources = [_link(source) for source in dataset.properties.get("sources", ())]
    lines += [f"  {'; '.join(sources)}"] * bool(sources)
    lines += [f"  Licence: {plain_text(dataset.licence)}"] * bool(dataset.licence)
    return "\\\n".join(lines)


def _link(source: Mapping[str, str], text: str = "") -> str:
    """Return a link with a short text; the text alone where the address is none of a page."""
    address = source.get("path", "")
    shown = plain_text(text or source.get("title", "") or urlsplit(address).netloc)
    return f"[{shown}](<{address}>)" if _ADDRESS.fullmatch(address) else shown


def to_get(datasets: Iterable[Dataset]) -> Markdown | None:
    """Return a list of the data sets that are not on this machine, with where each is found."""
    lines = []
    for dataset in datasets:
        if not dataset.available:
            said = {"path": str(dataset.properties["path"])}
            file = plain_text(str(dataset.properties.get("file", "")))
            put = f"; as {file} in the folder that `COMPENDIUM_DATA` names" * bool(file)
            lines.append(f"- {plain_text(dataset.name)}: {_link(said, 'its file')}{put}")
    return Markdown("\n".join(lines)) if lines else None


_ROLES = {
    "curves": "the resistance curves of chapter 3.1",
    "curve": "the curve that chapter 3.1 fits step by step",
    "transitions": "curves with a superconducting drop",
    "transition": "the transition that chapter 3.2 fits step by step",
    "series": "the diffraction patterns of chapter 3.3",
    "pattern": "the pattern that chapter 3.3 fits step by step",
    "lattice": "lattice constants against pressure",
}


def role_table(roles: Roles) -> Table:
    """Return which data sets play which role; roles that nothing plays are left out."""
    rows = [("leading sample", chemical(roles.sample))] if roles.sample else []
    for role, words in _ROLES.items():
        sets = getattr(roles, role)
        names = [sets.name] if isinstance(sets, Dataset) else [each.name for each in sets or ()]
        rows += [(words, ", ".join(names))] * bool(names)
    rows += [("regions of pressure", ", ".join(map(_region, roles.regions)))] * bool(roles.regions)
    return Table(("role", "data sets"), rows, words=2)


def _region(region: tuple[str, float, float]) -> str:
    name, low, high = region
    return f"{name} from {low:g} GPa" + (f" to {high:g} GPa" if isfinite(high) else "")


def choices(roles: Roles) -> Note | None:
    """Return what the book chose because the package left it open; None if that is nothing."""
    return Note("Chosen by the book:", [f"{text}." for text in roles.said]) if roles.said else None


def truth_table(truths: Iterable[Truth]) -> Table:
    """Return what each synthetic curve was made from; what the paper prints is bold."""
    header = (
        "curve (synthetic)", "P (GPa)", WithSymbols("Θ_D (K)"), WithSymbols("R_sat (Ω)"),
        "onset (K)", "noise (% of R(300 K))",
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
