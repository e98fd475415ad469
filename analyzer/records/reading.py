"""One file as sheets, whatever kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from analyzer.model import Text
from analyzer.records.delimited import TextFile, open_text, read_slowly
from analyzer.records.encoding import decoded
from analyzer.records.fitting import Fitter
from analyzer.records.html import tables_of
from analyzer.records.sheets import Sheet, Unreadable
from analyzer.records.sources import Format
from analyzer.records.sql import named, quoted
from analyzer.records.workbook import open_html, open_workbook

_HELD = "_held"  # a temporary table
_BOOK = "_book"  # a view of a sheet in memory


class Reader:
    """Reads files as sheets of text; each sheet is good until the next is asked for."""

    def __init__(self, con: duckdb.DuckDBPyConnection, fitter: Fitter, folder: Path) -> None:
        """Read into `con`; copies that are needed on the way are written to `folder`."""
        self._con, self._fitter, self._folder = con, fitter, folder
        self._text: TextFile | None = None

    def sheets(self, path: Path, kind: Format) -> Iterator[Sheet]:
        """Yield the sheets of a file; raises `Unreadable` when it cannot be opened."""
        try:
            match kind:
                case Format.EMPTY:
                    raise Unreadable(Text("文件是空的", "the file is empty"))
                case Format.OTHER:
                    raise Unreadable(_NOT_READ, _SAVE_AS)
                case Format.WORKBOOK:
                    yield from open_workbook(self._con, path, _BOOK)
                case Format.PARQUET:
                    yield self._parquet(path)
                case Format.PAGE:
                    yield from self._page(path)
                case _:
                    yield self._delimited(path)
        finally:
            self._drop()

    @property
    def text(self) -> TextFile | None:
        """The text file at hand, to be loaded piece by piece; None for every other kind."""
        return self._text

    def read_again(self, sheet: Sheet) -> None:
        """Read the text file at hand once more, with the reader that is slow and sure."""
        assert self._text is not None
        read_slowly(self._con, self._text, sheet, _HELD)

    def _delimited(self, path: Path) -> Sheet:
        sheet, self._text = open_text(path, self._folder, self._fitter.known)
        return sheet

    def _page(self, path: Path) -> Iterator[Sheet]:
        tables = tables_of(decoded(path))
        if not tables:
            raise Unreadable(Text("网页里没有表格", "the page holds no table"), _SAVE_AS)
        yield from open_html(self._con, tables, _HELD)

    def _parquet(self, path: Path) -> Sheet:
        """Read a Parquet file of other people as text under the names of its columns; row 1 is their header."""
        source = f"read_parquet({quoted(path.as_posix())}, file_row_number=true)"
        try:
            described = self._con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        except duckdb.Error:
            raise Unreadable(Text("Parquet 文件损坏", "the Parquet file is damaged")) from None
        titles = [str(row[0]) for row in described if row[0] != "file_row_number"]
        cells = ", ".join(f"{named(title)}::VARCHAR AS c{n}" for n, title in enumerate(titles))
        relation = f"SELECT file_row_number + 2 AS _line, {cells} FROM {source}"
        return Sheet(None, [titles], [1], len(titles), relation)

    def _drop(self) -> None:
        self._con.execute(f"DROP TABLE IF EXISTS {_HELD}")
        self._con.unregister(_BOOK)
        if self._text:
            self._text.clear()
        self._text = None


_NOT_READ = Text("不是能读的文件格式", "not a format that is read")
_SAVE_AS = Text("请另存为 .xlsx 或 .csv", "Save it as .xlsx or .csv")
