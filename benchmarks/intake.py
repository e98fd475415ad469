"""How fast exports are read: rows a second, and the time as a multiple of a bare read of the same file in the same run.

    python benchmarks/intake.py [--rows 1000000] [--xlsx-rows 200000]

A bare read of CSV is DuckDB's `read_csv` with every cell as text (for GB18030, of the same rows in UTF-8); of a
workbook, fastexcel's. Ours adds encoding, header, types, units, issues with their places, the account of duplicates and
replaced rows, and blank against unknown. Processor time, in brackets, suffers less when the machine has other work.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import fastexcel
import xlsxwriter
from made import make_tables

from analyzer.engine.connect import connect
from analyzer.records import take_in
from analyzer.rulebook.library import rules_folder
from analyzer.rulebook.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary(rules_folder() / "tables")


def main() -> None:
    """Write the made exports, read them bare and read them ours, and print the ratios."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--xlsx-rows", type=int, default=200_000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="intake-") as name:
        folder = Path(name)
        csv = write_csv(folder / "检测记录.csv", options.rows)
        chinese = folder / "检测记录_gb18030.csv"
        chinese.write_bytes(csv.read_text(encoding="utf-8").encode("gb18030"))
        book = write_xlsx(folder / "检测记录.xlsx", options.xlsx_rows)
        for path, bare, bare_path, rows in (
            (csv, bare_csv, csv, options.rows),
            (chinese, bare_csv, csv, options.rows),  # DuckDB alone reads no GB18030
            (book, bare_xlsx, book, options.xlsx_rows),
        ):
            report(path, partial(bare, bare_path), rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(f"peak memory {peak:.2f} GiB (the writing of the made files included)")


def report(path: Path, bare: Callable[[], None], rows: int) -> None:
    """Print the time of one file, by the clock and of the processor, bare and ours; the better of three tries each."""
    tries = [(timed(bare), timed(lambda: read_ours(path))) for _ in range(3)]
    floor, floor_cpu = (min(times) for times in zip(*(of_bare for of_bare, _ in tries), strict=True))
    ours, cpu = (min(times) for times in zip(*(of_ours for _, of_ours in tries), strict=True))
    print(
        f"{path.name:<24} {rows:>9,} rows  ours {ours:6.2f} s (processor {cpu:5.2f} s)  {rows / ours / 1e6:5.2f} M rows/s"
        f"  bare {floor:6.2f} s ({floor_cpu:5.2f} s)  ratio {ours / floor:4.1f} ({cpu / floor_cpu:4.1f})"
    )


def read_ours(path: Path) -> None:
    """Take the file in."""
    with tempfile.TemporaryDirectory(prefix="work-") as work:
        con = connect(Path(work), in_memory=True)
        take_in(con, [path], VOCABULARY, work_dir=Path(work))
        con.close()


def bare_csv(path: Path) -> None:
    """Read every cell as text into a table, and nothing more."""
    con = duckdb.connect()
    con.execute("CREATE TABLE t AS SELECT * FROM read_csv(?, all_varchar = true, header = true)", [str(path)])
    con.close()


def bare_xlsx(path: Path) -> None:
    """Read every cell as text, and nothing more."""
    fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_arrow()


def write_csv(path: Path, rows: int) -> Path:
    """Write made detections as an export with 25 Chinese headers."""
    con = connect()
    make_tables(con, VOCABULARY, rows)
    columns = [column for column in VOCABULARY["detections"].columns.values() if not column.further]
    wanted = ", ".join(f'"{column.name}" AS "{column.title.zh}"' for column in columns)
    con.execute(f"COPY (SELECT {wanted} FROM detections) TO '{path}' (HEADER)")
    con.close()
    return path


def write_xlsx(path: Path, rows: int) -> Path:
    """Write made detections as a workbook of nine columns."""
    con = connect()
    make_tables(con, VOCABULARY, rows)
    names = ["record_id", "device_id", "station_id", "plate_no", "plate_color", "detected_at", "axle_count"]
    names += ["gross_weight_kg", "limit_weight_kg"]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("检测记录")
    sheet.write_row(0, 0, [VOCABULARY["detections"].columns[name].title.zh for name in names])
    found = con.execute(f"SELECT {', '.join(names)} FROM detections").fetchall()
    for number, row in enumerate(found, start=1):
        sheet.write_row(number, 0, [str(cell) if hasattr(cell, "year") else cell for cell in row])
    book.close()
    con.close()
    return path


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds that a call takes, by the clock and of the processor."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


if __name__ == "__main__":
    main()
