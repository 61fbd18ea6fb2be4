"""What the pages that take a file say of a table and of a result."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from analysis.numerics.schema_version import versioned
from analysis.reading.table import Table
from analysis.show.findings import Finding
from analysis.show.printed import plain

Answer = dict[str, Any]
# What a page shows of a table.
MOST_CELLS, MOST_ROWS, MOST_LETTERS = 20, 12, 60


def answer_of(finding: Finding) -> Answer:
    """Return a finding as the command line says it: in rows, as text, as the object of JSON."""
    return {
        "heading": finding.heading,
        "status": finding.status.value,
        "said": finding.said,
        "rows": [list(row) for row in finding.rows],
        "text": finding.text,
        "json": versioned(plain(finding.entries)),
        "notes": list(finding.data.notes),
        "remarks": list(finding.numbers["remarks"]),
        "warnings": list(finding.numbers["warnings"]),
    }


def shown_table(table: Table, roles: Mapping[str, Any]) -> Answer:
    """Return the first columns of a table, with what each is taken for, and its first rows."""
    role_of = {column["number"]: role for role, column in roles.items()}
    return {
        "layout": table.layout,
        "numbers": [str(column.number) for column in table.columns[:MOST_CELLS]],
        "headings": [column.heading[:MOST_LETTERS] for column in table.columns[:MOST_CELLS]],
        "units": [column.unit_text for column in table.columns[:MOST_CELLS]],
        "roles": [role_of.get(column.number) for column in table.columns[:MOST_CELLS]],
        **_first_rows(table),
    }


def _first_rows(table: Table) -> Answer:
    """Return the cells of the first rows, and the number that each row has in the file."""
    first = list(islice(table.records(), MOST_ROWS))
    return {
        "row_numbers": [row for row, _ in first],
        "rows": [[cell[:MOST_LETTERS] for cell in cells[:MOST_CELLS]] for _, cells in first],
    }
