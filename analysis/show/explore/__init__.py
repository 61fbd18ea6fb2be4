"""Live figures: they answer in the reader's browser, with no server and no kernel.

Each function returns an `Explorer`, to be the last line of a notebook's cell. `Refit` needs
a kernel: it fits again at every move.
"""

from analysis.show.explore.coupling import coupling
from analysis.show.explore.debye import debye
from analysis.show.explore.design import design
from analysis.show.explore.multiverse import multiverse
from analysis.show.explore.pressure import pressure
from analysis.show.explore.pseudopotential import pseudopotential
from analysis.show.explore.strain import strain
from analysis.show.explore.transition import transition
from analysis.show.explore.widget import Explorer

__all__ = [
    "Explorer",
    "coupling",
    "debye",
    "design",
    "multiverse",
    "pressure",
    "pseudopotential",
    "strain",
    "transition",
]
