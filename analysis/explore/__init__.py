"""Live figures: they answer in the reader's browser, with no server and no kernel.

Each function returns an `Explorer`, to be the last line of a notebook's cell. `Refit` needs
a kernel: it fits again at every move.
"""

from analysis.explore.coupling import coupling
from analysis.explore.debye import debye
from analysis.explore.pressure import pressure
from analysis.explore.strain import strain
from analysis.explore.transition import transition
from analysis.explore.widget import Explorer

__all__ = ["Explorer", "coupling", "debye", "pressure", "strain", "transition"]
