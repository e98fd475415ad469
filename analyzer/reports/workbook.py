"""findings.xlsx: the findings as a list for rectification, with what stands behind them.

Each sheet is a function that lays out what `figures` counted and `entries` put into words.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from analyzer.model.errors import Language
from analyzer.reports.about_sheet import write_about
from analyzer.reports.account_sheets import write_intake, write_issues, write_missing, write_rules, write_statistics
from analyzer.reports.entries import number_findings
from analyzer.reports.figures import Figures, make_figures
from analyzer.reports.finding_sheets import write_findings, write_records
from analyzer.reports.law_sheet import write_law
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.material import Material
from analyzer.reports.sheets import ReportWorkbook
from analyzer.reports.wording import Words
from analyzer.store.package import Package

_DUCKDB_MEMORY = "384MB"
_SHEETS = (
    write_about, write_findings, write_records, write_statistics, write_rules, write_missing, write_intake,
    write_issues, write_law,
)  # fmt: skip


def write_workbook(package: Package, path: Path, *, language: Language = "zh", show_personal: bool = False) -> Figures:
    """Write the workbook of a package to `path` and return the figures that it shows.

    Plates, names, telephone and certificate numbers are masked unless `show_personal`. No cell can start a formula.
    """
    words, law = Words(language), Lawbook.of(package)
    with tempfile.TemporaryDirectory(prefix="analyzer-") as spill, package.connect() as con:
        con.execute(f"SET memory_limit = '{_DUCKDB_MEMORY}'")
        con.execute(f"SET temp_directory = '{spill}'")
        figures = make_figures(package, con)
        number_findings(con)
        book = ReportWorkbook(path, _properties(figures, words))
        made = Material(package, con, figures, law, words, book, show_personal)
        for write in _SHEETS:
            write(made)
        book.close()
    return figures


def _properties(figures: Figures, words: Words) -> dict[str, Any]:
    """The same package gives the same workbook: the time in it is the audit's."""
    return {
        "title": words.t("about.title"),
        "comments": figures.summary["run_id"],
        "created": datetime.fromisoformat(figures.summary["made_at"]),
    }
