"""What every sheet of a workbook is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from analyzer.reports.figures import Figures
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.masking import mask_sentence
from analyzer.reports.sheets import Field, ReportWorkbook, SheetTable
from analyzer.reports.wording import Words
from analyzer.store.package import Package

VERDICT_FILLS = {"breach": "#FCE4D6", "review": "#DDEBF7"}
SEVERITY_FILLS = {"critical": "#F8CBAD", "high": "#FCE4D6", "medium": "#FFF2CC"}


@dataclass(frozen=True)
class Material:
    """What every sheet is made from."""

    package: Package
    con: duckdb.DuckDBPyConnection
    figures: Figures
    law: Lawbook
    words: Words
    book: ReportWorkbook
    show_personal: bool

    def table(self, sheet: str, fields: Iterable[tuple[str, float, str]]) -> SheetTable:
        """Open the table of a sheet; a field is the key of its title, its width and its kind."""
        name = self.words.t(f"sheet.{sheet}")
        return self.book.table(
            name, [Field(self.words.t(f"column.{key}"), width, kind) for key, width, kind in fields], self.header(name)
        )

    def masked(self, text: str | None) -> str | None:
        """A sentence of the intake, masked unless personal data is shown."""
        return text if text is None or self.show_personal else mask_sentence(text)

    def header(self, sheet: str) -> str:
        """What is printed at the top of every page of a sheet."""
        said = self.words.t
        return said("about.header", title=said("about.title"), sheet=sheet, as_of=self.figures.summary["as_of"])
