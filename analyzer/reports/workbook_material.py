"""What the sheets of a workbook are made from: the open package, and the workbook that is being written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.reports.material import Material
from analyzer.reports.sheets import MAX_ROWS, Field, ReportWorkbook, SheetTable


@dataclass(frozen=True)
class WorkbookMaterial(Material):
    """An open package with the workbook that is being written; `most_rows` is what one sheet may hold."""

    book: ReportWorkbook
    most_rows: int = MAX_ROWS

    @classmethod
    def of(cls, made: Material, book: ReportWorkbook, most_rows: int = MAX_ROWS) -> WorkbookMaterial:
        """Add the workbook to what is open."""
        return cls(
            made.package, made.con, made.figures, made.plan, made.law, made.words, made.show_personal, made.states, book,
            most_rows,
        )  # fmt: skip

    def table(self, sheet: str, fields: Iterable[tuple[str, float, str]], rows: int = 0) -> SheetTable:
        """Open the table of a sheet; a field is the key of its title, its width and its kind.

        `rows` is how many there will be, where that is known: the sheets that they need then stand side by side.
        """
        made = [Field(self.words.t(f"column.{key}"), width, kind) for key, width, kind in fields]
        return self.named_table(self.words.t(f"sheet.{sheet}"), made, rows)

    def named_table(self, name: str, fields: Iterable[Field], rows: int = 0) -> SheetTable:
        """Open a table on a sheet of this name."""
        return self.book.table(name, list(fields), self.header(name), self.most_rows, rows)

    def header(self, sheet: str) -> str:
        """What is printed at the top of every page of a sheet."""
        said = self.words.t
        return said("about.header", title=said("about.title"), sheet=sheet, as_of=self.figures.summary["as_of"])


__all__ = ["WorkbookMaterial"]
