"""Small valid inputs: files of every format, a data package, a table of results."""

import io
import json

import numpy as np
import openpyxl
from small_results import table
from test_pattern_files import READ as PATTERNS

__all__ = [
    "CURVES",
    "PACKAGE",
    "PATTERN",
    "PATTERNS",
    "RESULTS",
    "R",
    "T",
    "X",
    "Y",
    "write_package",
]

T = np.linspace(4.0, 300.0, 40).round(2)
# A drop below 20 K, a line above it, and a little scatter, as measured curves have.
R = np.where(T < 20, 0.001, 0.1 + 2e-3 * T) + 1e-4 * np.sin(7919 * T)
X = np.arange(5.0, 25.0, 0.1).round(2)
Y = np.round(100 + sum(900 / (1 + ((X - at) / 0.12) ** 2) for at in (9.0, 14.0, 20.0)))


def _rows(columns, separator=",", head="", end="\n"):
    lines = [separator.join(map(str, row)) for row in zip(*columns, strict=True)]
    return (head + end.join(lines) + end).encode()


def _book(*columns, head=(), sheets=1):
    book = openpyxl.Workbook()
    for number in range(sheets):
        sheet = book.active if number == 0 else book.create_sheet(f"Run {number}")
        for row in (head, *zip(*columns, strict=True)):
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_t, _r = T.tolist(), R.round(6).tolist()
_ONE = [1] * len(_t)
_TIME = [60.0 * i for i in range(len(_t))]
_PPMS = (
    "[Header]\nTITLE,run\nBYAPP,Resistivity,1\n[Data]\nComment,Time Stamp (sec),Status (code),"
    "Temperature (K),Magnetic Field (Oe),Bridge 1 Resistance (Ohms),Bridge 2 Resistance (Ohms)\n"
)
# By name: the file, its contents, and options that it needs.
CURVES = {
    "csv": ("a.csv", _rows((_t, _r), head="# cooled\nT (K),R (ohm)\n"), {}),
    "no headings": ("a.dat", _rows((_t, _r), separator="  "), {}),
    "decimal comma": (
        "a.txt",
        _rows((_t, _r), separator=";", head="T;R\nK;mOhm\n").replace(b".", b","),
        {},
    ),
    "celsius": ("a.tsv", _rows((_t, _r), separator="\t", head="Temp (C)\tR_uOhm\n"), {}),
    "time": ("a.csv", _rows((_TIME, _t, _r), head="Time (s),T (K),R (ohm)\n", end="\r\n"), {}),
    "volts": ("a.csv", _rows((_t, _r, _ONE), head="T (K),V (mV),I (mA)\n"), {}),
    "channels": (
        "a.dat",
        _rows((_ONE, _TIME, _ONE, _t, _ONE, _r, _r), head=_PPMS),
        {"channel": "2"},
    ),
    "up and down": ("a.csv", _rows((_t + _t[::-1], _r + _r[::-1]), head="T,R\n"), {}),
    "workbook": ("a.xlsx", _book(_t, _r, head=("T (K)", "R (ohm)")), {}),
    "sheets": ("a.xlsx", _book(_t, _r, head=("T", "R"), sheets=2), {"sheet": "Run 1"}),
}
PATTERN = _rows((X.tolist(), Y.tolist()), head="2theta (deg),counts\n")

_COMMON = {
    "title": "made up",
    "origin": "measured",
    "sample": "x",
    "run": "1",
    "pressure": 7.0,
    "pressure_error": 0.5,
    "pressure_scale": "ruby",
    "pressure_basis": "paper",
    "licenses": [{"name": "CC0-1.0", "title": "none"}],
    "sources": [{"title": "nobody", "path": "https://example.org"}],
}
PACKAGE = {
    "profile": "data-package",
    "name": "mine",
    "resources": [
        _COMMON
        | {
            "name": "rt",
            "kind": "resistance",
            "path": "rt.csv",
            "columns": {"temperature": "T", "resistance": "R"},
            "schema": {"fields": [{"name": "T", "unit": "K"}, {"name": "R", "unit": "ohm"}]},
        },
        _COMMON
        | {
            "name": "xrd",
            "kind": "diffraction",
            "path": "xrd.csv",
            "wavelength": 61.99,
            "phases": [{"name": "gold", "a": 4.0, "space_group": "F m -3 m"}],
        },
        _COMMON
        | {
            "name": "cells",
            "kind": "table",
            "path": "cells.csv",
            "dialect": {"commentChar": "#", "csv": {"delimiter": ","}},
            "schema": {
                "fields": [{"name": "P", "type": "number"}, {"name": "n", "type": "integer"}]
            },
        },
        _COMMON
        | {
            "name": "far",
            "kind": "resistance",
            "path": "https://localhost:9/far.csv",
            "file": "far.csv",
            "hash": "sha256:" + 64 * "0",
            "bytes": 100,
        },
    ],
    "book": {"curve": "rt"},
}


def write_package(folder):
    """Write the files that the package names."""
    (folder / "rt.csv").write_bytes(_rows((_t, _r), head="T,R\n"))
    (folder / "xrd.csv").write_bytes(PATTERN)
    (folder / "cells.csv").write_text("# one\nP,n\n1.0,2\n3.5,4\n", encoding="utf-8")


def _results():
    sheets = [
        {
            **vars(one),
            "warnings": ["watch"],
            "remarks": ["rest"],
            "fits": {"resistance": {"a": 1.0}},
        }
        for one in table().sheets[:4] + table().sheets[-2:]
    ]
    sheets[0]["numbers"]["theta_d"] |= {"interval": [540.0, None], "systematic": 1.0}
    return {"versions": {"python": "3.11"}, "date": "2026-01-31T12:00:00+00:00", "sheets": sheets}


RESULTS = json.loads(json.dumps(_results()))
