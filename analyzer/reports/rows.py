"""The rows of a large sheet, written straight into the sheet's row data.

xlsxwriter itself writes about 75,000 cells a second: the records of an audit (a million rows) took two minutes, and
take ten seconds this way. Only the rows are ours; styles, sheets and the file around them stay xlsxwriter's, whose
`constant_memory` keeps row data in a temporary file. A cell is a text, a number, a date or empty: no formula, no link and
no markup can be written here, whatever the data holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

MAX_TEXT = 32_767
"""The characters that a cell of Excel holds."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKUP = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FIRST_DAY = date(1899, 12, 30)
_FIRST_SAFE_DAY = date(1900, 3, 1)  # Excel believes in 1900-02-29


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, also when the sheet is saved as CSV and opened again."""
    if text[:1].isalnum() or not text:
        return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
    if (text.startswith(_RISKY) or text.lstrip().startswith(_RISKY)) and not _NUMBER.fullmatch(text):
        text = "'" + text
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


class RowWriter:
    """Writes the rows of one sheet, from the first to the last."""

    def __init__(self, sheet: Any, columns: int) -> None:
        """Take a sheet of a workbook in `constant_memory` that nothing was written to, and the width of its rows."""
        self._sheet, self._columns = sheet, columns
        self._starts = [f'<c r="{_letters(column)}' for column in range(columns)]
        self.rows = 0

    def write(self, values: Sequence[object], styles: Sequence[int], height: float | None = None) -> None:
        """Write the next row; `styles` are the numbers of the cell formats, `height` is in points."""
        self.rows += 1
        row = self.rows
        tall = f' ht="{height:g}" customHeight="1"' if height else ""
        cells = [f'<row r="{row}"{tall}>']
        for start, value, style in zip(self._starts, values, styles, strict=True):
            cells.append(f'{start}{row}" s="{style}"{_content(value)}')
        cells.append("</row>")
        self._sheet.row_data_fh.write("".join(cells))

    def finish(self) -> None:
        """Tell the sheet how far its rows reach."""
        self._sheet._check_dimensions(0, 0)
        self._sheet._check_dimensions(max(self.rows - 1, 0), self._columns - 1)


def style_number(style: Any) -> int:
    """Return the number under which the workbook keeps a cell format."""
    return int(style._get_xf_index())


def _content(value: object) -> str:
    if isinstance(value, str):
        text = safe_cell(value)
        if _MARKUP.search(text):
            text = _MARKUP.sub(_escaped, text)
        return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if value is None:
        return "/>"
    if isinstance(value, date):
        return _day(value)
    assert isinstance(value, int | float | Decimal), value
    return f"><v>{value}</v></c>"


def _day(value: date) -> str:
    day = value.date() if isinstance(value, datetime) else value
    return f"><v>{(day - _FIRST_DAY).days}</v></c>" if day >= _FIRST_SAFE_DAY else _content(day.isoformat())


def _escaped(found: re.Match[str]) -> str:
    """Markup as entities; control characters, and text that looks like one written out, the way Excel writes them."""
    text = found[0]
    if text in _ENTITIES:
        return _ENTITIES[text]
    return f"_x005F{text}" if len(text) > 1 else f"_x{ord(text):04X}_"


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
