"""Writes the reports of a package: workbook, written report, page. The package is opened and counted once for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.model.errors import Language
from analyzer.reports.material import Material, opened
from analyzer.store.package import Package

if TYPE_CHECKING:
    from analyzer.ledger.entry import Entry as LedgerEntry

FILES = {"xlsx": "findings.xlsx", "docx": "report.docx", "html": "report.html"}
"""The kinds of report, and the file of each."""


def write_reports(
    package: Package,
    kinds: Collection[str],
    folder: Path,
    *,
    language: Language = "zh",
    show_personal: bool = False,
    ledger: Iterable[LedgerEntry] | None = None,
) -> list[Path]:
    """Write reports of these kinds (`FILES`) into `folder` and return the files.

    The package may be one of an audit or of the nightly scan. `ledger` are the entries that fill the columns of the
    rectification ledger. What names a person is masked unless `show_personal`.
    """
    wanted = [kind for kind in FILES if kind in kinds]
    if not wanted:
        return []
    with opened(package, language, show_personal, ledger) as made:
        if "xlsx" in wanted:
            from analyzer.reports.workbook import lay_out_workbook

            lay_out_workbook(made, folder / FILES["xlsx"])
        if "docx" in wanted or "html" in wanted:
            _write_document(made, folder, wanted)
    return [folder / FILES[kind] for kind in wanted]


def _write_document(made: Material, folder: Path, wanted: Collection[str]) -> None:
    """The libraries for charts and Word take half a second to load: only who needs them waits."""
    from analyzer.reports.audit_report import audit_report

    document = audit_report(made)
    if "docx" in wanted:
        from analyzer.reports.word import write_word

        write_word(document, folder / FILES["docx"])
    if "html" in wanted:
        from analyzer.reports.page import write_page

        write_page(document, folder / FILES["html"])


__all__ = ["FILES", "write_reports"]
