"""Tables on the sheets of a workbook: headers, widths, print set-up, and cells of which none can start a formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from analyzer.reports.rows import RowWriter, style_number

MAX_ROWS = 1_048_576
"""The rows that a sheet of Excel holds, the header among them."""

MAX_NAME = 31
"""The characters that the name of a sheet holds."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_LINE = 14.0
_TALLEST = 409.0
_FONT = {"font_name": "宋体", "font_size": 10, "valign": "top"}
_LINES = {"border": 1, "border_color": "#BFBFBF"}
_HEAD = {
    "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "align": "center", "valign": "vcenter",
}  # fmt: skip
_TO_FILL = "#FFFBEB"
_KINDS: dict[str, dict[str, Any]] = {
    "wrap": {"text_wrap": True},
    "fill": {"text_wrap": True, "bg_color": _TO_FILL},
    "due": {"num_format": "yyyy-mm-dd", "align": "center", "bg_color": _TO_FILL},
    "whole": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "bold": {"bold": True, "text_wrap": True},
    "money": {"num_format": "#,##0.00"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "center": {"align": "center"},
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a sheet. `kind` is text, wrap, whole, share, money, date, center, or fill
    and due (for people to fill in)."""

    title: str
    width: float
    kind: str = "text"


class ReportWorkbook:
    """A workbook that is written row by row, so that its size does not matter."""

    def __init__(self, path: Path, properties: dict[str, Any]) -> None:
        """Open the workbook at `path`; `properties` are title, author and the like."""
        self.file = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self.file.set_properties(properties)
        self._formats: dict[str, Any] = {}
        self._cells: dict[tuple[str, str | None], int] = {}

    def style(self, **settings: Any) -> Any:
        """Return a cell format; equal settings share one."""
        key = repr(sorted(settings.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format({**_FONT, **settings})
        return self._formats[key]

    def cell_style(self, kind: str, fill: str | None = None) -> int:
        """Return the number of the format of a cell of a table."""
        if (kind, fill) not in self._cells:
            coloured = {"bg_color": fill} if fill else {}
            self._cells[kind, fill] = style_number(self.style(**_LINES, **_KINDS.get(kind, {}), **coloured))
        return self._cells[kind, fill]

    def table(
        self, name: str, fields: Sequence[Field], header: str, limit: int = MAX_ROWS, rows: int = 0
    ) -> SheetTable:
        """Open a table on a sheet of its own; `header` is printed at the top of every page.

        Past `limit` rows it goes on on another sheet; where the number of `rows` is known these stand side by side.
        """
        return SheetTable(self, name, fields, header, limit, rows)

    def add_sheet(self, name: str) -> Any:
        """Add a sheet under a name that Excel takes, and that no other sheet has."""
        return self.file.add_worksheet(self.free_name(name))

    def free_name(self, name: str, suffix: str = "") -> str:
        """Return a name of at most 31 characters without those that Excel refuses; a number tells equal ones apart."""
        bare = _FORBIDDEN.sub(" ", name).strip(" '") or "-"
        taken = {sheet.get_name().casefold() for sheet in self.file.worksheets()} | {"history", "历史记录"}
        for number in count(1):
            end = suffix if number == 1 else f"{suffix} ({number})"
            shown = bare[: MAX_NAME - len(end)].rstrip(" '") + end
            if shown.casefold() not in taken:
                return shown
        raise AssertionError

    def close(self) -> None:
        """Write the file."""
        self.file.close()


class SheetTable:
    """A table with a frozen header and a filter; past the end of a sheet it goes on on another one."""

    def __init__(
        self,
        book: ReportWorkbook,
        name: str,
        fields: Sequence[Field],
        header: str,
        limit: int = MAX_ROWS,
        rows: int = 0,
    ) -> None:
        """Open the first sheet. See `ReportWorkbook.table`."""
        self._book, self._name, self._fields, self._header, self._limit = book, name, fields, header, limit
        needed = ceil(rows / (limit - 1)) or 1
        self._ahead = [
            book.add_sheet(book.free_name(name, f" {part}" if part > 1 else "")) for part in range(1, needed + 1)
        ]
        self._rooms = [(column, field.width - 1) for column, field in enumerate(fields) if field.kind == "wrap"]
        self._styles = [book.cell_style(field.kind) for field in fields]
        self.parts = 0
        self.sheet: Any = None
        self._rows: RowWriter
        self._last: int | None = None
        self._at_end: list[Callable[[Any, int], None]] = []
        self._open()

    def on_finish(self, step: Callable[[Any, int], None]) -> None:
        """Do `step` with every sheet of the table and the number of its last row, once that is known."""
        self._at_end.append(step)

    def write(self, row: Sequence[object], fills: dict[int, str] | None = None) -> None:
        """Write one row; `fills` colours single cells."""
        if self._rows.rows >= self._limit:
            self._finish()
            self._open()
        styles = self._styles
        if fills:
            styles = styles.copy()
            for column, fill in fills.items():
                styles[column] = self._book.cell_style(self._fields[column].kind, fill)
        lines = self._lines(row)
        self._rows.write(row, styles, min(_LINE * lines + 3, _TALLEST) if lines > 1 else None)

    def _lines(self, row: Sequence[object]) -> int:
        """How many lines the row needs: only some programs measure wrapped text by themselves."""
        return max((line_count(str(row[column]), room) for column, room in self._rooms if row[column]), default=1)

    def note(self, text: str) -> None:
        """Write a line below the table, over its whole width; the filter leaves it out."""
        if self._last is None:
            self._last = self._rows.rows
            self._rows.write([None] * len(self._fields), [style_number(self._book.style())] * len(self._fields))
        room = sum(field.width for field in self._fields) - 2
        style = style_number(self._book.style(text_wrap=True, font_color="#4A5568"))
        if len(self._fields) > 1:
            self.sheet.merge.append([self._rows.rows, 0, self._rows.rows, len(self._fields) - 1])
        self._rows.write(
            [text, *[None] * (len(self._fields) - 1)], [style] * len(self._fields), _LINE * line_count(text, room) + 3
        )

    def close(self) -> None:
        """Set the filter over what was written."""
        self._finish()

    def _open(self) -> None:
        self.parts += 1
        self._last = None
        further = self.parts > len(self._ahead)
        name = self._book.free_name(self._name, f" {self.parts}") if further else ""
        self.sheet = self._book.add_sheet(name) if further else self._ahead[self.parts - 1]
        set_up_page(self.sheet, self._header)
        self.sheet.repeat_rows(0)
        for column, field in enumerate(self._fields):
            self.sheet.set_column(column, column, field.width)
        self.sheet.freeze_panes(1, 0)
        self._rows = RowWriter(self.sheet, len(self._fields))
        head = style_number(self._book.style(**_LINES, **_HEAD))
        self._rows.write([field.title for field in self._fields], [head] * len(self._fields), 30)

    def _finish(self) -> None:
        self._rows.finish()
        last = max((self._last or self._rows.rows) - 1, 1)
        self.sheet.autofilter(0, 0, last, len(self._fields) - 1)
        for step in self._at_end:
            step(self.sheet, last)


def set_up_page(sheet: Any, header: str) -> None:
    """A4 landscape, one page wide, the header on top and the page number below."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_header('&C&"宋体"&10 ' + header.replace("&", "&&"))
    sheet.set_footer("&C&P / &N")


def text_width(text: str) -> int:
    """The width of a text in columns: a Chinese character takes two."""
    return len(text.encode("gb18030", "replace"))


def line_count(text: str, room: float) -> int:
    """The lines that a text takes in a cell with room for so many columns."""
    return sum(max(1, ceil(text_width(line) / room)) for line in text.split("\n"))
