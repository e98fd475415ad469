"""findings.xlsx: the list of problems and the rectification ledger, with what stands behind them.

Each sheet is a function that lays out what `figures`, `plan` and `bureau_tables` counted and `entries` put into words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.model.errors import Language
from analyzer.reports.about_sheet import write_about
from analyzer.reports.account_sheets import write_intake, write_issues, write_missing, write_rules, write_statistics
from analyzer.reports.bureau_sheets import write_bureau_tables
from analyzer.reports.figures import Figures
from analyzer.reports.finding_sheets import write_findings, write_records
from analyzer.reports.law_sheet import write_law
from analyzer.reports.material import Material, opened
from analyzer.reports.sheets import MAX_ROWS, ReportWorkbook
from analyzer.reports.workbook_material import WorkbookMaterial
from analyzer.store.package import Package

if TYPE_CHECKING:
    from analyzer.ledger.entry import Entry as LedgerEntry

_SHEETS = (
    write_about, write_findings, write_bureau_tables, write_statistics, write_records, write_rules, write_missing,
    write_intake, write_issues, write_law,
)  # fmt: skip


def write_workbook(
    package: Package,
    path: Path,
    *,
    language: Language = "zh",
    show_personal: bool = False,
    ledger: Iterable[LedgerEntry] | None = None,
    most_rows: int = MAX_ROWS,
) -> Figures:
    """Write the workbook of a package to `path` and return the figures that it shows.

    Plates, names, telephone and certificate numbers are masked unless `show_personal`. No cell can start a formula. The
    columns of the rectification ledger are filled from `ledger`; a list longer than `most_rows` goes on on another sheet.
    """
    with opened(package, language, show_personal, ledger) as made:
        lay_out_workbook(made, path, most_rows)
    return made.figures


def lay_out_workbook(made: Material, path: Path, most_rows: int = MAX_ROWS) -> None:
    """Write the workbook of an open package."""
    book = ReportWorkbook(path, _properties(made))
    with_book = WorkbookMaterial.of(made, book, most_rows)
    for write in _SHEETS:
        write(with_book)
    book.close()


def _properties(made: Material) -> dict[str, Any]:
    """The same package gives the same workbook: the time in it is the audit's."""
    summary = made.figures.summary
    return {
        "title": made.words.t("about.title"),
        "comments": summary["run_id"],
        "created": datetime.fromisoformat(summary["made_at"]),
    }


__all__ = ["lay_out_workbook", "write_workbook"]
