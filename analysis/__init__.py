"""R(T) and X-ray diffraction of compressed metals, as in arXiv:2401.00804.

Every public name is imported when it is first used, so that ``python -m analysis list``
need not wait for scipy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.bloch_gruneisen import bloch_gruneisen_integral, resistance
    from analysis.breadth_law import line_breadth
    from analysis.compression import LatticeTable, lattice_table, linear_compressibility
    from analysis.coupling import ValidityWarning, coupling_constant, critical_temperature
    from analysis.crystal import Phase, reflections
    from analysis.curve import ResistanceCurve
    from analysis.datasets import (
        Dataset,
        DatasetUnavailable,
        find_dataset,
        list_datasets,
        load,
        load_table,
    )
    from analysis.errors import AnalysisError, DataError, FitError
    from analysis.indexing import index_lines
    from analysis.instrument import Instrument, fit_instrument
    from analysis.lattice import LatticeFit, fit_lattice
    from analysis.line_table import fit_peaks
    from analysis.pattern import DiffractionPattern
    from analysis.pattern_files import read_pattern
    from analysis.peaks import PeakTable
    from analysis.phase_lines import fit_phase
    from analysis.phases import phases_of
    from analysis.resistance_fit import ResistanceFit, fit_resistance
    from analysis.results import Results, SheetResult, load_results
    from analysis.strain_fit import WilliamsonHall, williamson_hall
    from analysis.tables import read_resistance
    from analysis.transition_fit import NotReached, TransitionFit, fit_transition
    from analysis.window import find_drop

__version__ = "0.1.0"

__all__ = [
    "AnalysisError",
    "DataError",
    "Dataset",
    "DatasetUnavailable",
    "DiffractionPattern",
    "FitError",
    "Instrument",
    "LatticeFit",
    "LatticeTable",
    "NotReached",
    "PeakTable",
    "Phase",
    "ResistanceCurve",
    "ResistanceFit",
    "Results",
    "SheetResult",
    "TransitionFit",
    "ValidityWarning",
    "WilliamsonHall",
    "bloch_gruneisen_integral",
    "coupling_constant",
    "critical_temperature",
    "find_dataset",
    "find_drop",
    "fit_instrument",
    "fit_lattice",
    "fit_peaks",
    "fit_phase",
    "fit_resistance",
    "fit_transition",
    "index_lines",
    "lattice_table",
    "line_breadth",
    "linear_compressibility",
    "list_datasets",
    "load",
    "load_results",
    "load_table",
    "phases_of",
    "read_pattern",
    "read_resistance",
    "reflections",
    "resistance",
    "williamson_hall",
]

# Where each name of `__all__` lives; tests/test_datasets.py holds the two together.
_HOME = {
    "AnalysisError": "errors",
    "DataError": "errors",
    "Dataset": "datasets",
    "DatasetUnavailable": "datasets",
    "DiffractionPattern": "pattern",
    "FitError": "errors",
    "Instrument": "instrument",
    "LatticeFit": "lattice",
    "LatticeTable": "compression",
    "NotReached": "transition_fit",
    "PeakTable": "peaks",
    "Phase": "crystal",
    "ResistanceCurve": "curve",
    "ResistanceFit": "resistance_fit",
    "Results": "results",
    "SheetResult": "results",
    "TransitionFit": "transition_fit",
    "ValidityWarning": "coupling",
    "WilliamsonHall": "strain_fit",
    "bloch_gruneisen_integral": "bloch_gruneisen",
    "coupling_constant": "coupling",
    "critical_temperature": "coupling",
    "find_dataset": "datasets",
    "find_drop": "window",
    "fit_instrument": "instrument",
    "fit_lattice": "lattice",
    "fit_peaks": "line_table",
    "fit_phase": "phase_lines",
    "fit_resistance": "resistance_fit",
    "fit_transition": "transition_fit",
    "index_lines": "indexing",
    "lattice_table": "compression",
    "line_breadth": "breadth_law",
    "linear_compressibility": "compression",
    "list_datasets": "datasets",
    "load": "datasets",
    "load_results": "results",
    "load_table": "datasets",
    "phases_of": "phases",
    "read_pattern": "pattern_files",
    "read_resistance": "tables",
    "reflections": "crystal",
    "resistance": "bloch_gruneisen",
    "williamson_hall": "strain_fit",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    value = getattr(import_module(f"analysis.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
