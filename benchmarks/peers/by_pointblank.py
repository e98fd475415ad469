"""The twelve rules in pointblank: frames joined by hand in polars, then one validation step for each answer.

A step that compares several columns takes a polars expression, so the conditions are those of `by_polars.py`; what
pointblank adds is the plan of steps, levels, the report and the extracts of failing rows.
"""

from __future__ import annotations

import pointblank as pb
import polars as pl
from by_polars import KEYS, rules
from facts_polars import facts
from peer_report import Report, asked


def steps(table: str, rows: pl.DataFrame, codes: list[str]) -> list[pl.DataFrame]:
    """Interrogate one table; return rule, record_key and verdict of the rows that each step extracts."""
    plan, names = pb.Validate(data=rows, tbl_name=table), []
    for code, (of_table, breach, review) in rules().items():
        if of_table != table or code not in codes:
            continue
        guilty = breach.fill_null(False)
        for verdict, fails in (("breach", guilty), ("review", review.fill_null(False) & ~guilty)):
            plan = plan.col_vals_expr(expr=~fails, brief=f"{code} {verdict}")
            names.append((code, verdict))
    plan = plan.interrogate(collect_extracts=True, extract_limit=max(1, rows.height))
    found = []
    for step, (code, verdict) in enumerate(names, start=1):
        extract = plan.get_data_extracts(i=step, frame=True)
        if extract is None or extract.is_empty():
            continue
        found.append(extract.select(rule=pl.lit(code), record_key=KEYS[table], verdict=pl.lit(verdict)))
    return found


def main() -> None:
    """Judge the tables of `--data` and leave the keys in `--out`."""
    options = asked()
    report = Report("pointblank", options.out)
    report.lap("start")
    known, codes = facts(options.data), options.rules.split(",")
    found = [part for table in KEYS for part in steps(table, getattr(known, table).collect(), codes)]
    report.lap("judge")
    pl.concat(found).write_parquet(options.out / "keys.parquet")
    report.lap("write")
    report.write(note="joins and conditions are polars code; pointblank runs them and extracts the rows")


if __name__ == "__main__":
    main()
