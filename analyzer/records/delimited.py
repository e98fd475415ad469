"""Delimited text (.csv, .txt, .tsv, and .xls that is really text): separator, rows, the line each record starts on.

DuckDB reads the file; the number of its records is held against the lines of the file. Where quoted line breaks
make them differ the breaks are counted, and where that does not explain it Python's slower csv reader takes over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

from analyzer.model import Text
from analyzer.records.encoding import Utf8
from analyzer.records.sheets import HEAD_ROWS, Held, Sheet, Unreadable, columns_of, read_csv

_SEPARATORS = (",", "\t", ";", "|")
_HEAD_BYTES = 1 << 18
_BATCH = 20_000
_LONGEST_RECORD = 200
csv.field_size_limit(1 << 26)


def open_text(
    con: duckdb.DuckDBPyConnection, text: Utf8, score: Callable[[Sequence[Sequence[str]]], int], held: str
) -> tuple[Sheet, str]:
    """Return the one sheet of a text file and its separator. `score` says how many headers it knows in some rows; it picks the separator.

    Raises `Unreadable` when there is nothing in it.
    """
    with text.path.open(encoding="utf-8", newline="") as file:
        start = file.read(_HEAD_BYTES)
    if not start.strip("\ufeff \t\r\n,;|"):
        raise Unreadable(Text("文件是空的", "the file is empty"))
    heads = {separator: _head(start, separator) for separator in _separators(start)}
    separator = max(heads, key=lambda each: (score([row for _, row in heads[each]]), _regular(heads[each])))
    head = heads[separator]
    width = max(len(row) for _, row in head)
    sheet = Sheet(
        name=None,
        head=[row for _, row in head],
        lines=[line for line, _ in head],
        width=width,
        relation="",
        encoding="utf-8" if text.encoding == "utf-8-sig" else text.encoding,
        last_line=text.lines,
    )
    if text.bad:
        sheet.notes.append(Text(f"有 {text.bad} 处无法解码", f"{text.bad} places could not be decoded"))
    sheet.relation, sheet.expected = _fast(con, text, separator, width, head)
    if not sheet.relation:
        read_slowly(con, text, separator, sheet, held)
    return sheet, separator


def _separators(start: str) -> list[str]:
    if start[:4].casefold() == "sep=":
        return [start[4]]
    return [each for each in _SEPARATORS if each in start] or [","]


def _head(start: str, separator: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            rows.append((line, row))
        line = reader.line_num + 1
        if len(rows) >= HEAD_ROWS:
            break
    return rows


def _regular(head: Sequence[tuple[int, Sequence[str]]]) -> int:
    """How many rows have the most frequent number of cells, if that is more than one."""
    counts = [len(row) for _, row in head if len(row) > 1]
    return max((counts.count(count) * count for count in set(counts)), default=0)


def _fast(
    con: duckdb.DuckDBPyConnection, text: Utf8, separator: str, width: int, head: Sequence[tuple[int, Sequence[str]]]
) -> tuple[str, int | None]:
    """Return a relation over the file itself and the records it must give; an empty one when DuckDB must not read it."""
    source = read_csv(text.path.as_posix(), separator, width)
    names = ", ".join(columns_of(width))
    broken = any("\n" in cell for _, row in head for cell in row)
    if not (text.has_quotes and broken):
        return f"SELECT row_number() OVER () AS _line, {names} FROM {source}", text.lines
    breaks = " + ".join(f"CASE WHEN contains({name}, chr(10)) THEN length({name}) - "
                        f"length(replace({name}, chr(10), '')) ELSE 0 END" for name in columns_of(width))
    try:
        counted = con.execute(f"SELECT count(*), sum(1 + {breaks}) FROM {source}").fetchone()
    except duckdb.Error:
        return "", None
    if counted is None or counted[1] != text.lines:
        return "", None
    ended = "sum(1 + _breaks) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    inner = f"SELECT *, {breaks} AS _breaks FROM {source}"
    return f"SELECT {ended}::BIGINT - _breaks AS _line, {names} FROM ({inner})", counted[0]


def read_slowly(con: duckdb.DuckDBPyConnection, text: Utf8, separator: str, sheet: Sheet, held: str) -> None:
    """Read the file with Python's csv reader into the temporary table `held` and point `sheet` at it."""
    with text.path.open(encoding="utf-8", newline="") as file:
        quoting = csv.QUOTE_MINIMAL if _balanced(file, separator, text) else csv.QUOTE_NONE
    if quoting == csv.QUOTE_NONE:
        sheet.notes.append(
            Text("有不成对的引号，已按普通字符读", "quotation marks are not in pairs; they were read as ordinary characters")
        )
    table = Held(con, held, sheet.width)
    rows: list[list[str]] = []
    lines: list[int] = []
    with text.path.open(encoding="utf-8", newline="") as file:
        for line, row in _records(file, separator, quoting):
            if len(row) > sheet.width and any(cell.strip() for cell in row[sheet.width :]):
                sheet.issues.append((line, "", "", _TOO_LONG))
            rows.append((row + [""] * (sheet.width - len(row)))[: sheet.width])
            lines.append(line)
            if len(rows) >= _BATCH:
                table.add(lines, list(zip(*rows, strict=True)))
                rows, lines = [], []
    if rows:
        table.add(lines, list(zip(*rows, strict=True)))
    sheet.relation, sheet.expected = table.relation, None


_TOO_LONG = Text("这一行比表头多出单元格，各列可能错位", "this row has more cells than the header; its columns may be shifted")


def _records(file: io.TextIOBase, separator: str, quoting: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file, delimiter=separator, quoting=quoting)  # type: ignore[arg-type,call-overload]
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(Text(f"第 {line} 行起无法分列", f"from line {line} on the cells cannot be told apart: {error}")) from None


def _balanced(file: io.TextIOBase, separator: str, text: Utf8) -> bool:
    """Whether quotation marks come in pairs: no record swallows hundreds of lines."""
    if not text.has_quotes:
        return True
    last, line = 0, 1
    try:
        for line, _ in _records(file, separator, csv.QUOTE_MINIMAL):
            if last and line - last > _LONGEST_RECORD:
                return False
            last = line
    except Unreadable:
        return False
    return text.lines - line <= _LONGEST_RECORD
