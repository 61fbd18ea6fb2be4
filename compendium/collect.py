"""Collect what the sheets recorded into _build/results.json and results.csv."""

import csv
import io
import json
import platform
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from analysis.catalogue.datasets import describe
from compendium.notebooks import write_whole
from compendium.plan import BUILD, EXECUTED
from compendium.sheets import recorded

VERSIONS = ("la3ni2o7-compendium", "numpy", "scipy", "lmfit", "pybaselines", "gemmi")
DESCRIPTION = ("name", "kind", "origin", "sample", "run", "pressure", "status", "error")


def write_results(plan: dict[str, Any]) -> None:
    sheets = [result(file, one) for file, one in plan["sheets"].items()]
    versions = {"python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in VERSIONS}
    date = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"date": date, "versions": versions, "sheets": sheets}
    write_whole(BUILD / "results.csv", table(content))
    write_whole(BUILD / "results.json", json.dumps(content, indent=1, ensure_ascii=False))


def result(file: str, sheet: dict[str, Any]) -> dict[str, Any]:
    """Return what one sheet found, as analysis.pressure.results describes it."""
    notebook = json.loads((EXECUTED / "sheets" / f"{file}.ipynb").read_text(encoding="utf-8"))
    dataset = describe(sheet["name"])
    how = notebook["metadata"]["compendium"]
    ok = how["status"] == "ok"
    found = (recorded(notebook) if ok else None) or {"numbers": {}, "warnings": [], "fits": {}}
    return {
        **{key: getattr(dataset, key) for key in ("name", "title", "kind", "origin")},
        **{key: getattr(dataset, key) for key in ("sample", "run", "pressure")},
        "page": f"sheets/{file}.html",
        "status": "ok" if ok else "failed",
        "error": how["error"],
        "input_sha256": sheet["input_sha256"],
        **found,
    }


def table(content: dict[str, Any]) -> str:
    """Return the results as CSV: a row for each sheet, two columns for each number."""
    # The same quantity in another unit is another column.
    numbers = (pair for sheet in content["sheets"] for pair in sheet["numbers"].items())
    columns = list(dict.fromkeys((name, number["unit"]) for name, number in numbers))
    text = io.StringIO()
    text.write(f"# {content['date']}\n")
    text.writelines(f"# {name} {version}\n" for name, version in content["versions"].items())
    writer = csv.writer(text, lineterminator="\n")
    heads = [
        f"{name}{word}" + (f" ({unit})" if unit else "")
        for name, unit in columns
        for word in ("", " error")
    ]
    described = ["pressure (GPa)" if key == "pressure" else key for key in DESCRIPTION]
    writer.writerow([*described, "input_sha256", *heads, "warnings"])
    for sheet in content["sheets"]:
        row = [sheet[key] for key in (*DESCRIPTION, "input_sha256")]
        for name, unit in columns:
            number = sheet["numbers"].get(name, {})
            known = number if number.get("unit") == unit else {}
            row += [known.get("value"), known.get("stderr")]
        row.append("; ".join(sheet["warnings"]))
        writer.writerow(["" if cell is None else cell for cell in row])
    return text.getvalue()
