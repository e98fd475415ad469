"""A text file into its canonical table, piece by piece: the next one is decoded while others are loaded."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore

import duckdb

from analyzer.records.delimited import TextFile
from analyzer.records.fitting import Fit
from analyzer.records.loading import as_written, inserted, load_sql
from analyzer.records.pieces import Piece
from analyzer.records.plain import patient_columns, plain_sql, read_left
from analyzer.records.sheets import Sheet

_Write = Callable[[str], str]


def load_pieces(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, text: TextFile, source: int) -> int | None:
    """Insert a text file; the small first piece shows in which columns its spelling differs from the usual one.

    Returns how many records there were; None when DuckDB saw other records than the lines of the file say, so that
    nothing of it counts. Raises `UnicodeDecodeError` when the file is in another encoding.
    """
    threads = con.execute("SELECT current_setting('threads')").fetchone()
    workers = min(4, int(threads[0])) if threads else 1
    turn = BoundedSemaphore(workers + 1)

    def one(piece: Piece, write: _Write) -> int | None:
        try:
            with con.cursor() as cursor:
                read = inserted(cursor, write(text.relation(piece)))
                return read if read == piece.records else None
        except duckdb.Error:
            return None
        finally:
            turn.release()

    with as_written(con), ThreadPoolExecutor(workers) as pool:
        under_way: list[Future[int | None]] = []
        write: _Write = lambda relation: plain_sql(fit, sheet, relation, source)  # noqa: E731
        for piece in text.pieces():
            if len(under_way) == 1:
                under_way[0].result()
                write = _as_first_shows(con, fit, sheet, source)
            turn.acquire()  # no more pieces on disk and in work than can be used
            under_way.append(pool.submit(one, piece, write))
        read = [each.result() for each in under_way]
    if None in read:
        return None
    read_left(con, fit, sheet, source)
    return sum(count or 0 for count in read)


def _as_first_shows(con: duckdb.DuckDBPyConnection, fit: Fit, sheet: Sheet, source: int) -> _Write:
    """Return how to load the rest of a file whose first piece is loaded."""
    patiently = patient_columns(con, fit, sheet, source)
    if patiently is None:
        return lambda relation: load_sql(fit, sheet, relation, source)
    return lambda relation: plain_sql(fit, sheet, relation, source, patiently)
