"""Ours: the twelve rule files over the canonical tables, with everything that the product gives beside the keys.

The time includes five answers for every row, findings with identity, facts, parameters and explanations in two
languages, what was missing by rule, and the result tables written as Parquet.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

import duckdb
from peer_report import Report, asked

from analyzer.engine.audit import IN_MEMORY_BELOW, look_at
from analyzer.engine.connect import Limits, connect, create_table, lock, teach
from analyzer.engine.judge import judge, plan_rules
from analyzer.engine.setting import Setting
from analyzer.model import Vocabulary
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve
from analyzer.store.contents import write_results

TABLES = ("detections", "devices", "calibrations", "agencies", "notices", "cases")
AS_OF = date(2025, 12, 31)
EXPORT_OF_PARQUET = 4
"""The export that these records would have come in is about so many times the size of the Parquet files."""


def run(
    data: Path,
    out: Path,
    codes: list[str],
    report: Report,
    limits: Limits | None = None,
    in_memory: bool = False,
    library: Library | None = None,
) -> None:
    """Judge the tables of `data` by the rules of `codes`; leave the result tables in `out`."""
    library = library or load_library()
    rulings = resolve(library.parameters, library.profiles, library.laws)
    work = Path(tempfile.mkdtemp(prefix="peers-", dir=out))
    size = EXPORT_OF_PARQUET * sum(file.stat().st_size for file in data.glob("*.parquet"))
    con = connect(work, limits or Limits(), in_memory=in_memory or size < IN_MEMORY_BELOW)
    try:
        teach(con, library.calendar)
        report.lap("start")
        columns = {table: load(con, library.vocabulary, table, data) for table in TABLES}
        report.lap("read")
        supply = look_at(con, columns, library.vocabulary)
        setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, AS_OF, supply)
        plans = plan_rules(setting, library, [library.rules[code] for code in codes])
        lock(con, [out])
        judge(con, setting, plans)
        report.lap("judge")
        write_results(con, out)
        report.lap("write")
    finally:
        con.close()
        shutil.rmtree(work)


def load(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, table: str, folder: Path) -> frozenset[str]:
    """Bring a Parquet file into its canonical table; every blank cell of it is a blank, none is unknown."""
    con.execute(create_table(vocabulary, table))
    con.execute(
        f'INSERT INTO "{table}" BY NAME SELECT * EXCLUDE (file_row_number), 0 AS "_unknown", 0 AS "_source",'
        f" file_row_number AS \"_row\" FROM read_parquet('{folder / table}.parquet', file_row_number = true)"
    )
    return frozenset(vocabulary[table].columns)


def main() -> None:
    """Judge the tables of `--data` by the rules of `--rules` and leave the results in `--out`."""
    options = asked()
    report = Report("ours", options.out)
    limits = Limits(options.memory_limit)
    run(options.data, options.out, options.rules.split(","), report, limits, options.in_memory)
    report.write(note="five answers a row, findings, facts and explanations in two languages included")


if __name__ == "__main__":
    main()
