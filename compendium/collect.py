"""Collect what the sheets recorded into _build/results.json and results.csv."""

import csv
import io
import json
import platform
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from analysis.catalogue.datasets import describe
from analysis.numerics.schema_version import KEY, RESULTS
from analysis.show.foreign import csv_cell
from compendium.files import write_sealed
from compendium.plan import BUILD, EXECUTED
from compendium.sheets import recorded

VERSIONS = ("la3ni2o7-compendium", "numpy", "scipy", "lmfit", "pybaselines", "gemmi")
PARTS = ("", "error", "low", "high", "systematic")
SAID = ("warnings", "remarks")
DESCRIBED = ("name", "title", "kind", "origin", "sample", "run", "pressure", "pressure_error",
             "pressure_scale")  # fmt: skip
# The headings of the table, and what stands below them.
DESCRIPTION = {
    "name": "name", "kind": "kind", "origin": "origin", "sample": "sample", "run": "run",
    "pressure (GPa)": "pressure", "pressure error (GPa)": "pressure_error",
    "pressure scale": "pressure_scale", "status": "status", "error": "error",
}  # fmt: skip


def write_results(plan: dict[str, Any]) -> None:
    sheets = [result(file, sheet) for file, sheet in plan["sheets"].items()]
    versions = {"python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in VERSIONS}
    date = datetime.now(UTC).isoformat(timespec="seconds")
    content = {KEY: RESULTS, "date": date, "versions": versions, "sheets": sheets}
    write_sealed(BUILD / "results.csv", table(content))
    write_sealed(BUILD / "results.json", json.dumps(content, indent=1, ensure_ascii=False))


def result(file: str, sheet: dict[str, Any]) -> dict[str, Any]:
    """Return what one sheet found, as analysis.pressure.results describes it."""
    notebook = json.loads((EXECUTED / "sheets" / f"{file}.ipynb").read_text(encoding="utf-8"))
    how = notebook["metadata"]["compendium"]
    ok = how["status"] == "ok"
    nothing: dict[str, Any] = {"numbers": {}, "warnings": [], "remarks": [], "fits": {}}
    nothing["read"] = None
    content = nothing | ((recorded(notebook) if ok else None) or {})
    described = dict.fromkeys(DESCRIBED)
    if "refused" in sheet:
        described |= {"name": sheet["name"], "title": sheet["name"], "kind": sheet["kind"]}
        described["origin"] = ""
    else:
        dataset = describe(sheet["name"])
        described = {key: getattr(dataset, key) for key in DESCRIBED}
        if dataset.digitised is not None:
            described["digitised"] = dataset.digitised.to_dict()
    return {
        **described,
        "page": f"sheets/{file}.html",
        "status": "ok" if ok else "failed",
        "error": how["error"],
        "input_sha256": how["read"].get(sheet["name"], ""),
        **content,
    }


def table(content: dict[str, Any]) -> str:
    """Return the results as CSV: a row for each sheet, two columns or more for each number.

    The ends of the 95 % interval and the systematic part have columns where a sheet states them.
    Texts are written by `analysis.show.foreign.csv_cell`: none is a formula to a spreadsheet.
    """
    # The same quantity in another unit is another column.
    numbers = [pair for sheet in content["sheets"] for pair in sheet["numbers"].items()]
    columns = [
        (name, unit, part)
        for name, unit in dict.fromkeys((name, number["unit"]) for name, number in numbers)
        for part in PARTS
        if part in ("", "error")
        or any(key == name and part_of(number, part) is not None for key, number in numbers)
    ]
    text = io.StringIO()
    text.write(f"# {content['date']}\n# {KEY} {content[KEY]}\n")
    text.writelines(f"# {name} {version}\n" for name, version in content["versions"].items())
    writer = csv.writer(text, lineterminator="\n")
    heads = [
        f"{name} {part}".rstrip() + (f" ({unit})" if unit else "") for name, unit, part in columns
    ]
    writer.writerow(map(csv_cell, [*DESCRIPTION, "input_sha256", *heads, *SAID]))
    for sheet in content["sheets"]:
        row = [sheet.get(key) for key in (*DESCRIPTION.values(), "input_sha256")]
        for name, unit, part in columns:
            number = sheet["numbers"].get(name, {})
            row.append(part_of(number, part) if number.get("unit") == unit else None)
        row += ["; ".join(sheet.get(key, ())) for key in SAID]
        writer.writerow(map(csv_cell, row))
    return text.getvalue()


def part_of(number: dict[str, Any], part: str) -> float | None:
    """Return one of `PARTS` of a stated number, None where it has none."""
    if part in ("low", "high"):
        low, high = number.get("interval") or (None, None)
        return low if part == "low" else high
    return number.get({"": "value", "error": "stderr"}.get(part, part))
