"""The empty workbook that a bureau can fill in: one sheet a table, Chinese headers, choices where a column has them."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from analyzer.model import Column, Kind, Table, Vocabulary

_HINTS = {
    Kind.TIMESTAMP: "如 2024-03-05 07:08:09",
    Kind.DATE: "如 2024-03-05",
    Kind.BOOLEAN: "是 或 否",
    Kind.MONEY: "单位：元",
}
_ROWS = 5000


def write_template(vocabulary: Vocabulary, path: Path) -> None:
    """Write an empty workbook that loads without a mapping file; required columns carry an asterisk."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    key = book.add_format({"bold": True, "bg_color": "#1F5FA8", "font_color": "#FFFFFF", "border": 1})
    plain = book.add_format({"bold": True, "bg_color": "#DCE6F2", "border": 1})
    text = book.add_format({"num_format": "@"})
    for table in vocabulary.tables.values():
        _write_sheet(book.add_worksheet(table.title.zh[:31]), table, (key, plain, text))
    book.close()


def _write_sheet(sheet: xlsxwriter.worksheet.Worksheet, table: Table, formats: tuple[object, object, object]) -> None:
    key, plain, text = formats
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(table.columns.values()):
        is_key = column.name in table.key
        header = _header(column) + ("*" if is_key else "")
        sheet.write_string(0, number, header, key if is_key else plain)
        sheet.set_column(number, number, max(12, 2 * len(header)), text)
        if column.kind in _HINTS:
            sheet.write_comment(0, number, _HINTS[column.kind])
        choices = [spellings[0] for spellings in (column.values or {}).values() if spellings]
        if column.kind is Kind.BOOLEAN:
            choices = ["是", "否"]
        if choices:
            sheet.data_validation(1, number, _ROWS, number, {"validate": "list", "source": choices})


def _header(column: Column) -> str:
    units = {"_kg": "（kg）", "_mm": "（mm）", "_kmh": "（km/h）", "_yuan": "（元）"}
    unit = next((word for suffix, word in units.items() if column.name.endswith(suffix)), "")
    return column.title.zh + unit
