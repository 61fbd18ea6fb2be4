"""A small table of results, as the tests of words and figures against pressure need it."""

from dataclasses import replace

from analysis.pressure.results import Results, SheetResult


def results_of(number, rows, *, kind="resistance"):
    """A table with one number of several sheets: (pressure, run, the number as JSON states it)."""
    return Results(
        {},
        "",
        tuple(
            replace(sheet(f"s{at}", pressure, run=run, kind=kind), numbers={number: stated})
            for at, (pressure, run, stated) in enumerate(rows)
        ),
    )


def sheet(name, pressure, *, run="1", kind="resistance", **numbers):
    """A sheet with numbers given as (value, error)."""
    return SheetResult(
        name=name,
        title=name,
        kind=kind,
        origin="measured",
        sample="La3Ni2O7-delta",
        run=run,
        pressure=pressure,
        page="",
        status="ok",
        error=None,
        input_sha256="",
        warnings=(),
        numbers={
            key: {"value": value, "stderr": error, "unit": "K"}
            for key, (value, error) in numbers.items()
        },
        fits={},
    )


def table():
    """Two runs of five samples that agree, and one sample that lies 30 K lower."""
    sheets = [
        sheet(f"r{i}", 16.0 + 2 * i, run="12"[i % 2], theta_d=(550 + (1, -1, -1, 1)[i % 4], 2.0))
        for i in range(10)
    ]
    sheets.append(sheet("odd", 22.4, run="zero", theta_d=(520.0, 3.0), tc=(58.0, 0.1)))
    sheets += [
        sheet(
            f"x{i}",
            2.0 + 4 * i,
            run="xrd",
            kind="diffraction",
            strain=(0.0079, 1e-4),
            a=(5.4, 0.01),
        )
        for i in range(6)
    ]
    return Results({}, "", tuple(sheets))
