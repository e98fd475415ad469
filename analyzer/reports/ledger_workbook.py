"""The workbook beside a monthly or final report: every table in full, one sheet each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from analyzer.reports.bureau_sheets import write_figure_table
from analyzer.reports.document import Document
from analyzer.reports.figure_table import FigureTable
from analyzer.reports.sheets import Field, ReportWorkbook, SheetTable
from analyzer.reports.wording import Words

_WIDE = {
    "number": 13.0, "group": 18.0, "problem": 26.0, "severity": 9.0, "agency": 20.0, "subject": 18.0, "facts": 42.0,
    "state": 10.0, "leader": 10.0, "responsible": 12.0, "plan": 30.0, "deadline": 12.0, "overdue_days": 9.0,
    "closed_on": 12.0, "reason": 30.0, "proofs": 24.0, "accountability": 40.0,
}  # fmt: skip


def write_ledger_workbook(path: Path, tables: Sequence[FigureTable], document: Document, words: Words) -> None:
    """Write the tables to `path`; the same tables give the same file."""
    made = datetime.combine(document.made_on, datetime.min.time())
    book = ReportWorkbook(path, {"title": document.title, "comments": document.run_id, "created": made})
    widths = {words.t(f"ledger_column.{key}"): width for key, width in _WIDE.items()}
    for one in tables:

        def opened(name: str, fields: list[Field]) -> SheetTable:
            return book.table(name, fields, f"{document.title} | {name}")

        listed = one.head[0] == words.t("ledger_column.number")
        chosen = tuple(widths.get(title, 14.0) for title in one.head) if listed else ()
        plain = FigureTable(
            one.key, one.title, one.head, tuple(_kind(kind) for kind in one.kinds), one.rows, one.notes, one.total
        )
        write_figure_table(plain, one.title, opened, widths=chosen)
    book.close()


def _kind(kind: str) -> str:
    return "center" if kind == "change" else kind


__all__ = ["write_ledger_workbook"]
