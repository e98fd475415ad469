"""Workbooks (.xlsx, .xls): every sheet as text, with row numbers as Excel shows them and error values kept apart.

Error values (#REF!, #N/A) are put back as text: read as nothing they would look like blanks, and a blank can be proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.model import Text
from analyzer.records.sheets import HEAD_ROWS, Held, Sheet, Unreadable, columns_of

_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
_DAMAGED = Text("工作簿损坏或不完整，打不开", "the workbook is damaged or incomplete and cannot be opened")
_LOCKED = Text("工作簿有密码", "the workbook is protected by a password")


def open_workbook(con: duckdb.DuckDBPyConnection, path: Path, held: str) -> Iterator[Sheet]:
    """Yield each sheet in workbook order; its relation is good until the next one is asked for.

    A sheet without cells has an empty head. Raises `Unreadable` when the workbook cannot be opened.
    """
    raw = path.read_bytes()
    if raw[:4] == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in raw:
        raise Unreadable(_LOCKED, Text("请去掉密码后另存", "Save it without the password"))
    try:
        book = fastexcel.read_excel(raw)
        names = list(book.sheet_names)
    except Exception as error:  # fastexcel has no common base that leaves out panics of its parser
        raise _unreadable(error) from None
    for name in names:
        try:
            loaded = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
            batch, errors = loaded.to_arrow_with_errors()
            visible = loaded.visible
        except Exception as error:
            if "worksheet range not found" in str(error).lower() or "not a worksheet" in str(error).lower():
                yield Sheet(name, [], [], 0, "", notes=[Text("不是普通工作表", "not an ordinary sheet")])
                continue
            raise _unreadable(error) from None
        sheet = _sheet(con, name, _with_errors(batch, errors), held)
        if visible != "visible":
            sheet.notes.append(Text("隐藏的工作表，已照常读取", "a hidden sheet, read as usual"))
        yield sheet


def _unreadable(error: Exception) -> Unreadable:
    text = str(error).lower()
    if "password" in text or "encrypt" in text:
        return Unreadable(_LOCKED, Text("请去掉密码后另存", "Save it without the password"))
    return Unreadable(_DAMAGED, Text("请重新导出或另存后再试", "Export or save it again"))


def _with_errors(batch: Any, errors: Any) -> list[Any]:
    columns = [batch.column(position) for position in range(batch.num_columns)]
    if errors is None:
        return columns
    places: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for error in errors.errors:
        row, position = error.offset_position
        kind = error.detail.partition("Error(")[2].partition(")")[0]
        places[position][_ERRORS.get(kind, "#REF!")].append(row)
    for position, kinds in places.items():
        for value, rows in kinds.items():
            mask = np.zeros(batch.num_rows, dtype=bool)
            mask[rows] = True
            columns[position] = pc.if_else(pa.array(mask), value, columns[position])
    return columns


def _sheet(con: duckdb.DuckDBPyConnection, name: str, columns: list[Any], held: str) -> Sheet:
    width, height = len(columns), len(columns[0]) if columns else 0
    filled = _filled_rows(columns, height)
    head = [[column[row].as_py() for column in columns] for row in filled]
    if not head:
        return Sheet(name, [], [], 0, "")
    lines = pa.array(np.arange(1, height + 1))
    con.register(held, pa.table([lines, *columns], names=["_line", *columns_of(width)]))
    return Sheet(name, head, [row + 1 for row in filled], width, f"SELECT * FROM {held}", last_line=height)


def _filled_rows(columns: list[Any], height: int) -> list[int]:
    rows: list[int] = []
    for row in range(height):
        if any((value := column[row].as_py()) and value.strip() for column in columns):
            rows.append(row)
            if len(rows) >= HEAD_ROWS:
                break
    return rows


def open_html(con: duckdb.DuckDBPyConnection, tables: list[list[list[str | None]]], held: str) -> Iterator[Sheet]:
    """Yield each table of a page as a sheet; rows are counted within the table."""
    several = len(tables) > 1
    for number, rows in enumerate(tables, 1):
        name = f"表{number}" if several else None
        filled = [row for row, cells in enumerate(rows) if any(cell and cell.strip() for cell in cells)]
        if not filled:
            continue
        width = max(len(cells) for cells in rows)
        padded = [cells + [None] * (width - len(cells)) for cells in rows]
        table = Held(con, held, width)
        table.add(list(range(1, len(rows) + 1)), list(zip(*padded, strict=True)))
        top = filled[:HEAD_ROWS]
        yield Sheet(
            name,
            [padded[row] for row in top],
            [row + 1 for row in top],
            width,
            table.relation,
            last_line=len(rows),
        )
