# The public names of the package, each with its home: the one list of them. Type checkers
# read it, and so does __init__.py when the package is imported.

from analysis.catalogue.datasets import Dataset as Dataset
from analysis.catalogue.datasets import find_dataset as find_dataset
from analysis.catalogue.datasets import list_datasets as list_datasets
from analysis.catalogue.files import DatasetUnavailable as DatasetUnavailable
from analysis.catalogue.loading import load as load
from analysis.catalogue.loading import load_table as load_table
from analysis.catalogue.originals.importing import import_originals as import_originals
from analysis.catalogue.phases import phases_of as phases_of
from analysis.choices.multiverse import Multiverse as Multiverse
from analysis.choices.multiverse import multiverse as multiverse
from analysis.diffraction.analyse import PatternAnalysis as PatternAnalysis
from analysis.diffraction.analyse import analyse_pattern as analyse_pattern
from analysis.diffraction.analyse import fit_phase as fit_phase
from analysis.diffraction.crystal.indexing import index_lines as index_lines
from analysis.diffraction.crystal.lattice import LatticeFit as LatticeFit
from analysis.diffraction.crystal.lattice import fit_lattice as fit_lattice
from analysis.diffraction.crystal.phase import Phase as Phase
from analysis.diffraction.crystal.phase import reflections as reflections
from analysis.diffraction.lines.fit_peaks import fit_peaks as fit_peaks
from analysis.diffraction.pattern import DiffractionPattern as DiffractionPattern
from analysis.diffraction.peaks import PeakTable as PeakTable
from analysis.diffraction.strain.breadth_law import line_breadth as line_breadth
from analysis.diffraction.strain.instrument import Instrument as Instrument
from analysis.diffraction.strain.instrument import fit_instrument as fit_instrument
from analysis.diffraction.strain.williamson_hall import WilliamsonHall as WilliamsonHall
from analysis.diffraction.strain.williamson_hall import williamson_hall as williamson_hall
from analysis.errors import AnalysisError as AnalysisError
from analysis.errors import DataError as DataError
from analysis.errors import FitError as FitError
from analysis.pressure.compression import LatticeTable as LatticeTable
from analysis.pressure.compression import lattice_table as lattice_table
from analysis.pressure.compression import linear_compressibility as linear_compressibility
from analysis.pressure.results import Results as Results
from analysis.pressure.results import SheetResult as SheetResult
from analysis.pressure.results import load_results as load_results
from analysis.reading.patterns import read_pattern as read_pattern
from analysis.reading.resistance import read_resistance as read_resistance
from analysis.transport.analyse import CurveAnalysis as CurveAnalysis
from analysis.transport.analyse import analyse_curve as analyse_curve
from analysis.transport.bloch_gruneisen import bloch_gruneisen_integral as bloch_gruneisen_integral
from analysis.transport.bloch_gruneisen import resistance as resistance
from analysis.transport.coupling import ValidityWarning as ValidityWarning
from analysis.transport.coupling import coupling_constant as coupling_constant
from analysis.transport.coupling import critical_temperature as critical_temperature
from analysis.transport.curve import ResistanceCurve as ResistanceCurve
from analysis.transport.drop import find_drop as find_drop
from analysis.transport.fit import ResistanceFit as ResistanceFit
from analysis.transport.fit import fit_resistance as fit_resistance
from analysis.transport.transition_fit import TransitionFit as TransitionFit
from analysis.transport.transition_fit import fit_transition as fit_transition
from analysis.transport.transition_result import NotReached as NotReached

__version__: str
