"""The twelve rules in dbt on DuckDB: four models, and a singular test for each answer of each rule.

A breach is a test of severity error, a review one of severity warn; `store_failures` keeps the failing keys.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from peer_report import Report, asked

PROJECT = Path(__file__).resolve().parent / "dbt"
TEST = re.compile(r"([a-z]{3})_(\d\d)_(breach|review)")


def main() -> None:
    """Build the project over `--data`; leave the stored failures as keys in `--out`."""
    options = asked()
    report = Report("dbt", options.out)
    os.environ |= {
        "PEERS_DATA": str(options.data),
        "PEERS_OUT": str(options.out),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
    }
    from dbt.cli.main import dbtRunner

    report.lap("start")
    place = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--log-path", str(options.out / "logs")]
    codes = options.rules.split(",")
    tests = [name for name in tests_there() if code_of(name) in codes]
    done = dbtRunner().invoke(
        ["--quiet", "build", "--no-partial-parse", "--select", *(f"+{name}" for name in tests), *place]
    )
    broken = [one.node.name for one in done.result or [] if one.status in ("error", "skipped")]
    if done.exception or broken:
        raise SystemExit(f"dbt could not run: {done.exception or broken}")
    report.lap("judge")
    write_keys(options.out, tests)
    report.lap("write")
    report.write(note="Parquet is read by the models, so reading is part of judging")


def tests_there() -> list[str]:
    """Return the names of the tests of the project."""
    return sorted(file.stem for file in (PROJECT / "tests").glob("*.sql"))


def code_of(test: str) -> str:
    """Return the rule that a test is about: `dev_01_breach` gives DEV-01."""
    family, number, _ = test.split("_")
    return f"{family.upper()}-{number}"


def write_keys(folder: Path, tests: list[str]) -> None:
    """Gather the stored failures of all tests into one file."""
    import duckdb

    con = duckdb.connect(str(folder / "peers.duckdb"))
    try:
        parts = [
            f"SELECT '{code_of(test)}' AS rule, COLUMNS('_id$') AS record_key, '{test.split('_')[2]}' AS verdict"
            f' FROM main_dbt_test__audit."{test}"'
            for test in tests
        ]
        con.execute(f"COPY ({' UNION ALL '.join(parts)}) TO '{folder / 'keys.parquet'}' (FORMAT parquet)")
    finally:
        con.close()


if __name__ == "__main__":
    main()
