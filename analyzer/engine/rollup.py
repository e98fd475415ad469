"""From answers to results: the tables that an audit fills, the findings of each rule, and what was missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb

from analyzer.engine.bench import Bench, DuckBench
from analyzer.engine.compile import CompiledRule
from analyzer.engine.missing import say_what_was_missing
from analyzer.engine.plan import VERDICTS, BasePlan
from analyzer.engine.stories import FINDING_ID, finding_query, hits_query, records_query
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
    flagged = {rule.name: counts[rule.name][Verdict.BREACH] + counts[rule.name][Verdict.REVIEW] for rule in plan.rules}
    rows = max((sum(counts[rule.name].values()) for rule in plan.rules), default=0)
    many = max(_MANY, rows // _SHARE)
    for together in _together([rule for rule in plan.rules if flagged[rule.name]], flagged, many):
        are_many = flagged[together[0].name] >= many
        hits, stories = hits_query(plan, verdicts, together, are_many=are_many)
        with _brought(bench, hits, looked_at=are_many and plan.only_few):
            for rule in together:
                found[rule.name] = _tell(bench.local, rule, plan.table, stories[rule.name], flagged[rule.name])
    return found


@contextmanager
def _brought(bench: Bench, hits: str, *, looked_at: bool) -> Iterator[None]:
    """Bring the hits. Many of one rule among few rows are only looked at: those rows lie ready, and nothing is copied."""
    if looked_at and isinstance(bench, DuckBench):
        bench.local.execute(f'CREATE OR REPLACE TEMP VIEW "hits" AS {hits}')
        yield
        bench.local.execute('DROP VIEW "hits"')
    else:
        bench.bring("hits", hits)
        yield
        bench.local.execute('DROP TABLE "hits"')


_MANY, _SHARE = 20_000, 50
"""A rule that flags so many rows, and so large a part of its table (one in), has its hits to itself: they need not carry
what other rules show. Of a small part it costs more to look the rows up again than to carry a few columns."""


def _together(hit: Sequence[CompiledRule], flagged: Mapping[str, int], many: int) -> list[list[CompiledRule]]:
    """Return the rules whose hits are brought with one query: those that flag fewer than `many` rows, and each other one."""
    few = [rule for rule in hit if flagged[rule.name] < many]
    return [*([few] if few else []), *([rule] for rule in hit if flagged[rule.name] >= many)]


def _tell(con: duckdb.DuckDBPyConnection, rule: CompiledRule, table: str, told: str, flagged: int) -> int:
    """Add the story of a rule to the findings and their records; return how many findings.

    The story `told` is a query over `hits`; it has `flagged` rows.
    """
    story = f"({told}) AS story"
    types = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {told}").fetchall()}
    made = con.execute(f"INSERT INTO findings {finding_query(rule, story, types, by='identity')}").fetchone()
    findings = int(made[0]) if made else 0
    ids = f"{FINDING_ID} AS finding_id"
    if findings < flagged // 4:
        # An id costs ten times as much as finding it again.
        known = f"SELECT identity, {ids} FROM (SELECT DISTINCT identity FROM {story})"
        rows = f"SELECT finding_id, record_key, verdict FROM {story} JOIN ({known}) AS known USING (identity)"
    else:
        rows = f"SELECT {ids}, record_key, verdict FROM {story}"
    con.execute(f"INSERT INTO finding_records {records_query(rule, table, f'({rows})')}")
    return findings


__all__ = ["VERDICTS", "create_result_tables", "roll_up"]
