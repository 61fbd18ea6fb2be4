"""R(T) and X-ray diffraction of compressed metals, as in arXiv:2401.00804.

Where each equation of the paper is computed, explained and tested:

====  ===================  ==================================  ============  ====================
Eq.   function             module (analysis.)                  chapter       tests
====  ===================  ==================================  ============  ====================
1     resistance           transport.bloch_gruneisen           3-1-debye     test_bloch_gruneisen
1     fit_resistance       transport.fit                       3-1-debye     test_resistance_fit
2-4   coupling_constant    transport.coupling                  3-2-coupling  test_coupling
5     transition_fraction  transport.transition                3-2-coupling  test_transition
5-6   fit_transition       transport.transition_fit            3-2-coupling  test_transition_fit
7-8   line_breadth         diffraction.strain.breadth_law      3-3-strain    test_williamson_hall
7-8   williamson_hall      diffraction.strain.williamson_hall  3-3-strain    test_williamson_hall
====  ===================  ==================================  ============  ====================

The public names are listed once, in ``__init__.pyi``. Each is imported when it is first used,
so that ``python -m analysis list`` need not wait for scipy.
"""

import ast
from importlib import import_module
from pathlib import Path

__version__ = "0.2.0"

# The module of each name.
_HOME = {
    alias.name: str(line.module)
    for line in ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body
    if isinstance(line, ast.ImportFrom)
    for alias in line.names
}
__all__ = sorted(_HOME)  # noqa: PLE0605 - a list


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
