"""R(T) and X-ray diffraction of compressed metals, as in arXiv:2401.00804.

Every public name is imported when it is first used, so that ``python -m analysis list``
need not wait for scipy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.catalogue.datasets import (
        Dataset,
        DatasetUnavailable,
        find_dataset,
        list_datasets,
        load,
        load_table,
    )
    from analysis.catalogue.phases import phases_of
    from analysis.diffraction.crystal.indexing import index_lines
    from analysis.diffraction.crystal.lattice import LatticeFit, fit_lattice
    from analysis.diffraction.crystal.phase import Phase, reflections
    from analysis.diffraction.lines.peak_table import fit_peaks
    from analysis.diffraction.pattern import DiffractionPattern
    from analysis.diffraction.peaks import PeakTable
    from analysis.diffraction.phase_lines import fit_phase
    from analysis.diffraction.strain.breadth_law import line_breadth
    from analysis.diffraction.strain.instrument import Instrument, fit_instrument
    from analysis.diffraction.strain.williamson_hall import WilliamsonHall, williamson_hall
    from analysis.errors import AnalysisError, DataError, FitError
    from analysis.pressure.compression import LatticeTable, lattice_table, linear_compressibility
    from analysis.pressure.results import Results, SheetResult, load_results
    from analysis.reading.patterns import read_pattern
    from analysis.reading.resistance import read_resistance
    from analysis.transport.analyse import CurveAnalysis, analyse_curve
    from analysis.transport.bloch_gruneisen import bloch_gruneisen_integral, resistance
    from analysis.transport.coupling import ValidityWarning, coupling_constant, critical_temperature
    from analysis.transport.curve import ResistanceCurve
    from analysis.transport.fit import ResistanceFit, fit_resistance
    from analysis.transport.transition_fit import NotReached, TransitionFit, fit_transition
    from analysis.transport.window import find_drop

__version__ = "0.1.0"

__all__ = [
    "AnalysisError",
    "CurveAnalysis",
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
    "analyse_curve",
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
    "CurveAnalysis": "transport.analyse",
    "DataError": "errors",
    "Dataset": "catalogue.datasets",
    "DatasetUnavailable": "catalogue.datasets",
    "DiffractionPattern": "diffraction.pattern",
    "FitError": "errors",
    "Instrument": "diffraction.strain.instrument",
    "LatticeFit": "diffraction.crystal.lattice",
    "LatticeTable": "pressure.compression",
    "NotReached": "transport.transition_fit",
    "PeakTable": "diffraction.peaks",
    "Phase": "diffraction.crystal.phase",
    "ResistanceCurve": "transport.curve",
    "ResistanceFit": "transport.fit",
    "Results": "pressure.results",
    "SheetResult": "pressure.results",
    "TransitionFit": "transport.transition_fit",
    "ValidityWarning": "transport.coupling",
    "WilliamsonHall": "diffraction.strain.williamson_hall",
    "analyse_curve": "transport.analyse",
    "bloch_gruneisen_integral": "transport.bloch_gruneisen",
    "coupling_constant": "transport.coupling",
    "critical_temperature": "transport.coupling",
    "find_dataset": "catalogue.datasets",
    "find_drop": "transport.window",
    "fit_instrument": "diffraction.strain.instrument",
    "fit_lattice": "diffraction.crystal.lattice",
    "fit_peaks": "diffraction.lines.peak_table",
    "fit_phase": "diffraction.phase_lines",
    "fit_resistance": "transport.fit",
    "fit_transition": "transport.transition_fit",
    "index_lines": "diffraction.crystal.indexing",
    "lattice_table": "pressure.compression",
    "line_breadth": "diffraction.strain.breadth_law",
    "linear_compressibility": "pressure.compression",
    "list_datasets": "catalogue.datasets",
    "load": "catalogue.datasets",
    "load_results": "pressure.results",
    "load_table": "catalogue.datasets",
    "phases_of": "catalogue.phases",
    "read_pattern": "reading.patterns",
    "read_resistance": "reading.resistance",
    "reflections": "diffraction.crystal.phase",
    "resistance": "transport.bloch_gruneisen",
    "williamson_hall": "diffraction.strain.williamson_hall",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    value = getattr(import_module(f"analysis.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
