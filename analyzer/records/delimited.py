"""Delimited text (.csv, .txt, .tsv, and .xls that is really text): separator, rows, the line each record starts on.

DuckDB reads the file piece by piece; the number of records of each piece is held against its lines. Where that does
not come out (rows longer than the header, quotation marks that are not in pairs) Python's slower csv reader takes over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import duckdb

from analyzer.model import Text
from analyzer.records.encoding import attempts
from analyzer.records.pieces import Piece, cut
from analyzer.records.sheets import HEAD_ROWS, Held, Sheet, Unreadable, columns_of
from analyzer.records.sql import quoted

Score = Callable[[Sequence[Sequence[str]]], int]
_SEPARATORS = (",", "\t", ";", "|")
_HEAD_BYTES = 1 << 18
_BATCH = 20_000
_LONGEST_RECORD = 200
csv.field_size_limit(1 << 26)


@dataclass(slots=True)
class TextFile:
    """A delimited file that is being read."""

    path: Path
    folder: Path
    encodings: list[tuple[str, str]]
    separator: str = ","
    width: int = 0
    made: list[Piece] = field(default_factory=list)

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of the file in its present encoding; raises `UnicodeDecodeError` when it is another one."""
        self.clear()
        for piece in cut(self.path, self.folder, *self.encodings[0]):
            self.made.append(piece)
            yield piece

    def next_encoding(self) -> None:
        """Go on with the next encoding to try."""
        self.encodings.pop(0)

    def clear(self) -> None:
        """Remove the pieces that were written."""
        for piece in self.made:
            piece.path.unlink(missing_ok=True)
        self.made = []

    def narrow(self, sheet: Sheet, titled: int) -> None:
        """Read the `titled` columns of the header and one more: what stands there is reported, not lost."""
        self.width = sheet.width = titled + 1

    def relation(self, piece: Piece) -> str:
        """Return SQL for the rows of one piece, `_line` being the line of the file on which each record starts."""
        source, names = _read_csv(piece.path, self.separator, self.width), ", ".join(columns_of(self.width))
        if not piece.breaks:
            return f"SELECT {piece.first_line - 1} + row_number() OVER () AS _line, {names} FROM {source}"
        breaks = " + ".join(
            f"CASE WHEN contains({name}, chr(10)) THEN length({name}) - length(replace({name}, chr(10), '')) ELSE 0 END"
            for name in columns_of(self.width)
        )
        ended = "sum(1 + _breaks) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        inner = f"SELECT *, {breaks} AS _breaks FROM {source}"
        return f"SELECT {piece.first_line - 1} + {ended}::BIGINT - _breaks AS _line, {names} FROM ({inner})"


def _read_csv(path: Path, separator: str, width: int) -> str:
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in columns_of(width))
    return (
        f"read_csv({quoted(path.as_posix())}, auto_detect=false, columns={{{columns}}}, delim={quoted(separator)}, "
        "quote='\"', escape='\"', new_line='\\n', header=false, null_padding=true, strict_mode=false, "
        "parallel=false, max_line_size=8000000)"
    )


def open_text(path: Path, folder: Path, score: Score) -> tuple[Sheet, TextFile]:
    """Return the one sheet of a text file; `score` says how many known headers some rows hold: it picks the separator.

    Raises `Unreadable` when there is nothing in the file.
    """
    text = TextFile(path, folder, attempts(path))
    start = _start(text)
    if not start.strip("\ufeff \t\r\n,;|"):
        raise Unreadable(Text("文件是空的", "the file is empty"))
    heads = {separator: _head(start, separator) for separator in _separators(start)}
    text.separator = max(heads, key=lambda each: (score([row for _, row in heads[each]]), _regular(heads[each])))
    head = heads[text.separator]
    text.width = max(len(row) for _, row in head)
    return Sheet(None, [row for _, row in head], [line for line, _ in head], text.width, ""), text


def _start(text: TextFile) -> str:
    while True:
        try:
            with text.path.open(encoding=text.encodings[0][0], errors=text.encodings[0][1], newline="") as file:
                return file.read(_HEAD_BYTES).replace("\x00", "")
        except UnicodeDecodeError:
            text.next_encoding()


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
            rows.append((line, [cell.replace("\r\n", "\n") for cell in row]))
        line = reader.line_num + 1
        if len(rows) >= HEAD_ROWS:
            break
    return rows


def _regular(head: Sequence[tuple[int, Sequence[str]]]) -> int:
    """How many rows have the most frequent number of cells, if that is more than one."""
    counts = [len(row) for _, row in head if len(row) > 1]
    return max((counts.count(count) * count for count in set(counts)), default=0)


def read_slowly(con: duckdb.DuckDBPyConnection, text: TextFile, sheet: Sheet, held: str) -> None:
    """Read the pieces that `text` has made with Python's csv reader into the temporary table `held`."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
    if not _in_pairs(text):
        quoting = csv.QUOTE_NONE
        sheet.notes.append(
            Text(
                "有不成对的引号，已按普通字符读",
                "quotation marks are not in pairs; they were read as ordinary characters",
            )
        )
    table = Held(con, held, sheet.width)
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, row in _records(text, quoting):
        beyond = next((cell for cell in row[sheet.width - 1 :] if cell.strip()), "")
        rows.append([*row[: sheet.width - 1], *[""] * (sheet.width - 1 - len(row)), beyond])
        lines.append(line)
        if len(rows) >= _BATCH:
            table.add(lines, list(zip(*rows, strict=True)))
            rows, lines = [], []
    if rows:
        table.add(lines, list(zip(*rows, strict=True)))
    sheet.relation = table.relation


def _lines(text: TextFile) -> Iterator[str]:
    for piece in text.made:
        with piece.path.open(encoding="utf-8", newline="\n") as file:
            yield from file


def _records(text: TextFile, quoting: Literal[0, 3]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(text), delimiter=text.separator, quoting=quoting)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error:
        cause = Text(f"第 {line} 行起无法分列", f"from line {line} on the cells cannot be told apart")
        raise Unreadable(cause) from None


def _in_pairs(text: TextFile) -> bool:
    """Whether quotation marks come in pairs: no record swallows hundreds of lines."""
    lines, last = sum(piece.lines for piece in text.made), 1
    try:
        for line, _ in _records(text, csv.QUOTE_MINIMAL):
            if line - last > _LONGEST_RECORD:
                return False
            last = line
    except Unreadable:
        return False
    return lines - last <= _LONGEST_RECORD and not (lines > last and any(piece.records < 0 for piece in text.made))
