"""Workbooks and archives whose bytes depend on nothing but their content."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from analyzer.model import Kind, Table
from analyzer.samples.spelling import Part, headers, spelled

_MADE_AT = datetime(2025, 12, 31, 8, 0, 0)
_NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)


def write_workbook(path: Path, sheets: Iterable[tuple[Part, Table, pl.DataFrame]]) -> None:
    """Write one sheet for each part: a title over merged cells, the header, the rows, a footer."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _MADE_AT, "author": "analyzer sample"})
    formats = {
        Kind.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.TIMESTAMP: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    bold = book.add_format({"bold": True, "align": "center"})
    for part, table, rows in sheets:
        sheet = book.add_worksheet(part.sheet or table.title.zh)
        line = 0
        if part.title:
            sheet.merge_range(0, 0, 0, min(len(table.columns) - 1, 12), part.title, bold)
            line = 1
        for place, header in enumerate(headers(table, part)):
            sheet.write_string(line, place, header, bold)
        _write_rows(sheet, line + 1, part, table, rows, formats)
        if part.footer:
            sheet.write_string(line + 1 + rows.height, 0, part.footer)
    book.close()


def _write_rows(sheet: Any, line: int, part: Part, table: Table, rows: pl.DataFrame, formats: dict[Kind, Any]) -> None:
    texts = spelled(table, rows, part)
    for place, (name, column) in enumerate(table.columns.items()):
        in_tonnes = name in part.units
        for offset, (value, text) in enumerate(zip(rows[name], texts[name], strict=True)):
            if text is None:
                continue
            if isinstance(value, date) and part.dates == "cell":
                sheet.write_datetime(line + offset, place, value, formats[column.kind])
            elif column.kind in _NUMBERS and not part.money:
                sheet.write_number(line + offset, place, float(text) if in_tonnes else float(value))
            else:
                sheet.write_string(line + offset, place, text)


def write_archive(path: Path, member: str, content: bytes) -> None:
    """Write a zip file with one member and a fixed date."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(member, date_time=_MADE_AT.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, content)
