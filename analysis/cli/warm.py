"""What is slow at first, done once: a process that is copied from one that imported this has it."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import analysis
import analysis.diffraction.analyse
import analysis.reading.patterns
from analysis.cli.fit_resistance import find_resistance
from analysis.errors import AnalysisError
from analysis.transport import DEFAULT_LAW

# A small fit fills the tables of the laws, compiles what reads text, and imports the rest.
_T = np.linspace(20, 300, 30)
_R = analysis.resistance(_T, theta_d=400, r0=0.1, a=2)
with TemporaryDirectory() as _folder, suppress(AnalysisError, OSError):
    _file = Path(_folder) / "rt.csv"
    np.savetxt(_file, np.transpose([_T, _R]), header="T (K),R (ohm)", delimiter=",", comments="")
    find_resistance(str(_file), window=None, law=DEFAULT_LAW, n=5, weighting="uniform")
