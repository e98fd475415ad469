"""From answers to results: the tables that an audit fills, the findings of each rule, and what was missing."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from analyzer.engine.bench import Bench
from analyzer.engine.missing import say_what_was_missing
from analyzer.engine.plan import VERDICTS, BasePlan
from analyzer.engine.stories import finding_query, hits_query, records_query
from analyzer.model import Verdict

_FINDINGS = """
CREATE OR REPLACE TABLE findings (
  finding_id VARCHAR, rule VARCHAR, rule_version INTEGER, family VARCHAR, verdict VARCHAR, severity VARCHAR,
  force VARCHAR, subject_kind VARCHAR, subject_id VARCHAR, agency_id VARCHAR, station_id VARCHAR,
  started_on DATE, ended_on DATE, record_count BIGINT, amount_yuan DECIMAL(18,2), facts VARCHAR, parameters VARCHAR,
  explanation_zh VARCHAR, explanation_en VARCHAR, remedy_zh VARCHAR, remedy_en VARCHAR, basis VARCHAR)
"""
_RECORDS = """
CREATE OR REPLACE TABLE finding_records (
  finding_id VARCHAR, rule VARCHAR, table_name VARCHAR, record_key VARCHAR, verdict VARCHAR)
"""
_COUNTS = """
CREATE OR REPLACE TABLE verdict_counts (
  rule VARCHAR, table_name VARCHAR, breach BIGINT, review BIGINT, compliant BIGINT, not_assessable BIGINT,
  not_applicable BIGINT, total BIGINT, findings BIGINT)
"""
_MISSING = "CREATE OR REPLACE TABLE not_assessable (rule VARCHAR, missing VARCHAR, rows BIGINT)"


def create_result_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables that an audit fills."""
    for statement in (_FINDINGS, _RECORDS, _COUNTS, _MISSING):
        con.execute(statement)


def roll_up(bench: Bench, plan: BasePlan, verdicts: str, counts: Mapping[str, Mapping[Verdict, int]]) -> dict[str, int]:
    """Fill `findings`, `finding_records` and `not_assessable` for one base; return the findings of each rule."""
    say_what_was_missing(bench, plan, verdicts, counts)
    found = dict.fromkeys((rule.name for rule in plan.rules), 0)
    hit = [rule for rule in plan.rules if counts[rule.name][Verdict.BREACH] + counts[rule.name][Verdict.REVIEW]]
    if not hit:
        return found
    con = bench.local
    flagged, stories = hits_query(plan, verdicts, hit)
    bench.bring("hits", flagged)
    for rule in hit:
        con.execute(f'CREATE OR REPLACE TEMP TABLE "story" AS {stories[rule.name]}')
        con.execute(
            f"INSERT INTO finding_records {records_query(rule, plan.table, 'story')} ORDER BY finding_id, record_key"
        )
        types = {name: kind for name, kind, *_ in con.execute('DESCRIBE "story"').fetchall()}
        con.execute(f"INSERT INTO findings {finding_query(rule, 'story', types)} ORDER BY finding_id")
        row = con.execute("SELECT count(DISTINCT finding_id) FROM story").fetchone()
        found[rule.name] = int(row[0]) if row else 0
        con.execute("DROP TABLE story")
    con.execute('DROP TABLE "hits"')
    return found


__all__ = ["VERDICTS", "create_result_tables", "roll_up"]
