"""Arithmetic that repeats: import this before numpy, and a run gives the digits of the last.

OpenBLAS chooses its routines by the processor. Those for AVX-512 round differently with where
in memory arrays happen to lie; a fit that stops at a tolerance then differs in the ninth digit
from one run to the next. The routines for AVX2 do not. One thread, because fits this small
lose by more, and because several run side by side.
"""

import os
import platform
from pathlib import Path

_CPU = Path("/proc/cpuinfo")


def _has_avx2() -> bool:
    if platform.machine() not in ("x86_64", "AMD64") or not _CPU.exists():
        return False
    flags = next((line for line in _CPU.read_text().splitlines() if line.startswith("flags")), "")
    return {"avx2", "fma"} <= set(flags.split())


ENVIRONMENT = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
) | ({"OPENBLAS_CORETYPE": "Haswell"} if _has_avx2() else {})

for _name, _value in ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)
