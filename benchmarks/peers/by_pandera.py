"""The twelve rules in pandera: frames joined by hand in pandas, then a schema whose wide checks are the rules.

Pandera checks one frame at a time and a check over several columns is a Python function, so the conditions are those
of `by_pandas.py`; what pandera adds is the schema, lazy validation of all checks and the report of failure cases.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa
from by_pandas import KEYS, RULES
from facts_pandas import facts, read
from peer_report import Report, asked

COLUMNS = {
    "detections": {"record_id": pa.Column(str, unique=True), "used_by_notice": pa.Column(bool), "used_by_case": pa.Column(bool)},
    "notices": {"notice_id": pa.Column(str, unique=True), "documents": pa.Column(int), "records_behind": pa.Column(int)},
    "cases": {"case_id": pa.Column(str, unique=True), "fine_yuan": pa.Column(float, nullable=True), "by_police": pa.Column(bool)},
}  # fmt: skip


def holds(code: str, verdict: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Return the check that a row is free of one answer of one rule."""

    def check(rows: pd.DataFrame) -> pd.Series:
        breach, review = RULES[code][1](rows)
        return ~(breach if verdict == "breach" else review & ~breach)

    return check


def schema(table: str, codes: list[str]) -> pa.DataFrameSchema:
    """Return the schema of a table: its columns, and two wide checks for each rule."""
    checks = [
        pa.Check(holds(code, verdict), name=f"{code} {verdict}", raise_warning=False)
        for code in codes
        if RULES[code][0] == table
        for verdict in ("breach", "review")
    ]
    return pa.DataFrameSchema(COLUMNS[table], checks=checks)


def failures(table: str, rows: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Return rule, record_key and verdict of the failure cases of a table."""
    try:
        schema(table, codes).validate(rows, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        broken = cases[~cases["check"].str.fullmatch(r"[A-Z]{3}-\d\d (breach|review)")]
        if len(broken):
            raise SystemExit(f"pandera could not run: {broken['check'].unique()}") from None
        # A failed wide check is reported once for each column of the row.
        hits = cases[["check", "index"]].drop_duplicates()
        said = hits["check"].str.split(" ", expand=True)
        keys = rows[KEYS[table]].loc[hits["index"].astype(int)].to_numpy()
        return pd.DataFrame({"rule": said[0].to_numpy(), "record_key": keys, "verdict": said[1].to_numpy()})
    return pd.DataFrame({"rule": [], "record_key": [], "verdict": []}, dtype=str)


def main() -> None:
    """Judge the tables of `--data` and leave the keys in `--out`."""
    options = asked()
    report = Report("pandera", options.out)
    report.lap("start")
    tables = read(options.data)
    report.lap("read")
    known, codes = facts(tables), options.rules.split(",")
    found = pd.concat([failures(table, getattr(known, table), codes) for table in KEYS], ignore_index=True)
    report.lap("judge")
    found.to_parquet(options.out / "keys.parquet", index=False)
    report.lap("write")
    report.write(note="joins and conditions are pandas code; pandera runs them and reports the rows")


if __name__ == "__main__":
    main()
