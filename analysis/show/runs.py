"""The colour and the marker of each run: the same in every figure of a book.

A run is known by its sample and its name. Its place among the runs of the data package decides
how it looks, so that the runs of another package have looks of their own, the same in every
build. Colours are those of Okabe and Ito; with the markers 36 runs can be told apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from typing import NamedTuple, Protocol

from analysis.catalogue.datasets import list_datasets
from analysis.errors import attempt

# The names are those of the live figures, which have them for a dark page, too.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "yellow": "#E69F00",
    "sky": "#56B4E9",
}
MARKERS = ("o", "s", "^", "D", "v", "P")
_LIGHTEST, _DARKEST = 0.78, 0.28  # of the shades of a colour

Run = tuple[str, str]  # sample and name


class OfRun(Protocol):
    """Whatever says of which sample and run it is: a curve, a pattern, a data set, a sheet."""

    @property
    def name(self) -> str:
        """What it is called by."""

    @property
    def sample(self) -> str | None:
        """The sample, if it is stated."""

    @property
    def run(self) -> str | None:
        """The run, if it is stated."""


class Look(NamedTuple):
    """How a run looks: the name of its colour in `PALETTE`, and matplotlib's of its marker."""

    hue: str
    marker: str

    @property
    def colour(self) -> str:
        """The colour as matplotlib takes it."""
        return PALETTE[self.hue]


def look(at: int) -> Look:
    """Return the look of one of many series, counted from 0: the first 36 can be told apart."""
    hue = list(PALETTE)[at % len(PALETTE)]
    return Look(hue, MARKERS[(at + at // len(PALETTE)) % len(MARKERS)])


def run_of(source: OfRun) -> Run:
    """Return sample and name of a run; where no run is stated, what the source is called by."""
    return source.sample or "", source.run or ("" if source.sample else source.name)


def run_looks(sources: Iterable[OfRun]) -> dict[Run, Look]:
    """Return how the runs of some sources look.

    The runs that the data package names come first, those of the sample with most data sets
    before others, then its samples without a run, all in its order; runs that it does not know
    follow in alphabetical order.

    Parameters
    ----------
    sources : iterable of curves, patterns, data sets or results of sheets
    """
    wanted = {run_of(source) for source in sources}
    known = _runs_of_package()
    places = {run: at for at, run in enumerate([*known, *sorted(wanted - set(known))])}
    return {run: look(places[run]) for run in sorted(wanted, key=places.__getitem__)}


def run_look(source: OfRun) -> Look:
    """Return the colour and the marker of the run that a source belongs to."""
    return run_looks([source])[run_of(source)]


def _runs_of_package() -> list[Run]:
    datasets, _ = attempt(list_datasets)  # a package that cannot be read names none
    own = [dataset for dataset in datasets or () if dataset.run or dataset.sample]
    counts = Counter(dataset.sample for dataset in own)
    own.sort(key=lambda dataset: (not dataset.run, -counts[dataset.sample]))
    return list(dict.fromkeys(map(run_of, own)))


def shades(colour: str, count: int) -> Sequence[str]:
    """Return shades of a colour from light to dark, as of one run at rising pressures.

    A single one is the colour itself.
    """
    if count == 1:
        return [colour]
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, _, saturation = rgb_to_hls(red, green, blue)
    step = (_LIGHTEST - _DARKEST) / (count - 1)
    made = (hls_to_rgb(hue, _LIGHTEST - at * step, saturation) for at in range(count))
    return ["#" + "".join(f"{round(255 * part):02X}" for part in rgb) for rgb in made]
