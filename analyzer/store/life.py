"""The life of a finding across the runs: new, open, resolved, reopened.

`new` in the run that first shows it, `open` while it stays, `resolved` when the data no longer shows it, `reopened` in
the run in which it came back (屡查屡犯). A finding whose rule is no longer judged, or says something else, is resolved
for that reason; when the rule shows it again it is open as before, for nobody has mended it in between. A rule that got
another code hands the lives of its findings on.

Only changes are written down, each with the whole state after it: the life at any run is the last change until then.
What a person decided is the ledger's and is not kept here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from analyzer.engine.term import constant_sql
from analyzer.rulebook.library import RuleFile
from analyzer.store.contents import quoted_path

NEW, OPEN, RESOLVED, REOPENED = "new", "open", "resolved", "reopened"

BY_DATA, BY_LAW, BY_RULE, RENAMED = "data", "law", "rule", "renamed"
"""Why a finding is resolved: the data no longer shows it, its rule or the values of the law have changed in that very
run, its rule is not judged any more, its rule got a new code.

All but the first also say why a finding is open again that nobody had mended.
"""

_TABLES = """
CREATE TABLE IF NOT EXISTS book.life (
  run_no INTEGER, finding_id VARCHAR, rule VARCHAR, status VARCHAR, reason VARCHAR, first_seen_run INTEGER,
  since_run INTEGER, since DATE, times_reopened INTEGER, formerly_id VARCHAR)
"""


@dataclass(frozen=True)
class Lived:
    """How many findings are new, open, resolved and reopened in a run; `resolved` are those of this run."""

    new: int = 0
    open: int = 0
    resolved: int = 0
    reopened: int = 0

    def as_data(self) -> dict[str, int]:
        """Return the four numbers by name."""
        return asdict(self)


@dataclass(frozen=True)
class Before:
    """Where the findings of the run before lie as Parquet."""

    findings: Path
    finding_records: Path


def life_sql(up_to: int) -> str:
    """Return SQL for the life of every finding as it stood after a run."""
    return (
        f"SELECT finding_id, rule, status, first_seen_run, CASE status WHEN '{RESOLVED}' THEN run_no - 1 ELSE {up_to} END"
        " AS last_seen_run, since_run, since, times_reopened, reason, formerly_id FROM book.life"
        f" WHERE run_no <= {up_to} QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY run_no DESC) = 1"
    )


def history_sql(up_to: int) -> str:
    """Return SQL for every change of a life until a run."""
    return f"SELECT run_no, finding_id, rule, status, reason, formerly_id FROM book.life WHERE run_no <= {up_to}"


def resolved_sql(up_to: int) -> str:
    """Return SQL for the last rows of the findings that were resolved as a run left them."""
    return (
        f"SELECT * REPLACE (CASE WHEN back_run <= {up_to} THEN back_run END AS back_run) FROM book.resolved"
        f" WHERE resolved_run <= {up_to} AND coalesce(back_run > {up_to}, true)"
    )


def live(
    con: duckdb.DuckDBPyConnection,
    run_no: int,
    as_of: date,
    rules: Sequence[RuleFile],
    before: Before | None,
    changed: Collection[str] = (),
) -> Lived:
    """Bring the lives of all findings to a run whose answers stand in `findings`; return how many are what.

    `changed` are the codes of the rules that are not what they were in the run before.
    """
    con.execute(_TABLES)
    judged = ", ".join(constant_sql(one.rule.code) for one in rules) or "NULL"
    other = ", ".join(constant_sql(code) for code in sorted(changed)) or "NULL"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE _life AS SELECT coalesce(l.finding_id, f.finding_id) AS finding_id,"
        " coalesce(l.rule, f.rule) AS rule, l.status AS before, l.reason AS left_for, f.finding_id IS NOT NULL AS seen,"
        f" coalesce(l.rule IN ({judged}), false) AS is_judged, coalesce(l.rule IN ({other}), false) AS is_other,"
        " l.first_seen_run, l.since_run, l.since, l.times_reopened,"
        f" l.formerly_id FROM ({life_sql(run_no - 1)}) AS l FULL JOIN findings AS f ON f.finding_id = l.finding_id"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE _renamed (come VARCHAR, gone VARCHAR)")
    if before is not None:
        _pair_renamed(con, {old: one.rule.code for one in rules for old in one.rule.formerly}, before)
    con.execute(_STATES)
    con.execute(_WRITE.format(run=run_no, as_of=f"DATE '{as_of}'"))
    _keep_resolved(con, run_no, before)
    lived = _count(con, run_no)
    for name in ("_life", "_renamed", "_states"):
        con.execute(f"DROP TABLE {name}")
    return lived


_STATES = f"""
CREATE OR REPLACE TEMP TABLE _states AS
SELECT l.*, was.gone AS was, to_other.come AS became,
  CASE WHEN l.seen AND l.before IS NULL THEN CASE WHEN was.gone IS NULL THEN '{NEW}' ELSE '{OPEN}' END
    WHEN l.seen AND l.before = '{RESOLVED}' THEN CASE WHEN l.left_for = '{BY_DATA}' THEN '{REOPENED}' ELSE '{OPEN}' END
    WHEN l.seen AND l.before IN ('{NEW}', '{REOPENED}') THEN '{OPEN}'
    WHEN NOT l.seen AND l.before <> '{RESOLVED}' THEN '{RESOLVED}' END AS status,
  CASE WHEN l.seen AND was.gone IS NOT NULL THEN '{RENAMED}'
    WHEN l.seen AND l.before = '{RESOLVED}' AND l.left_for <> '{BY_DATA}' THEN l.left_for
    WHEN NOT l.seen AND to_other.come IS NOT NULL THEN '{RENAMED}'
    WHEN NOT l.seen THEN CASE WHEN NOT l.is_judged THEN '{BY_RULE}'
      WHEN l.is_other THEN '{BY_LAW}' ELSE '{BY_DATA}' END END AS reason
FROM _life AS l LEFT JOIN _renamed AS was ON was.come = l.finding_id
LEFT JOIN _renamed AS to_other ON to_other.gone = l.finding_id
"""

_WRITE = f"""
INSERT INTO book.life
SELECT {{run}}, s.finding_id, s.rule, s.status, s.reason, coalesce(s.first_seen_run, o.first_seen_run, {{run}}),
  CASE WHEN s.status = '{OPEN}' AND s.reason IS NULL THEN s.since_run
    WHEN s.was IS NOT NULL THEN o.since_run ELSE {{run}} END,
  CASE WHEN s.status = '{OPEN}' AND s.reason IS NULL THEN s.since WHEN s.was IS NOT NULL THEN o.since ELSE {{as_of}} END,
  coalesce(s.times_reopened, o.times_reopened, 0) + CASE s.status WHEN '{REOPENED}' THEN 1 ELSE 0 END,
  coalesce(s.was, s.formerly_id)
FROM _states AS s LEFT JOIN _life AS o ON o.finding_id = s.was
WHERE s.status IS NOT NULL ORDER BY s.rule, s.finding_id
"""


def _pair_renamed(con: duckdb.DuckDBPyConnection, new_code: Mapping[str, str], before: Before) -> None:
    """Find for each new finding of a renamed rule the one that it was: the same records under the old code."""
    known = {row[0] for row in con.execute(f"SELECT DISTINCT rule FROM _life WHERE before <> '{RESOLVED}'").fetchall()}
    renamed = {old: new for old, new in new_code.items() if old in known}
    if not renamed:
        return
    pairs = ", ".join(f"({constant_sql(old)}, {constant_sql(new)})" for old, new in sorted(renamed.items()))
    records = "sha256(string_agg(table_name || '|' || record_key, chr(10) ORDER BY table_name, record_key)) AS records"
    con.execute(
        f"INSERT INTO _renamed WITH renamed(old, new) AS (VALUES {pairs}),"
        f" gone AS (SELECT finding_id, rule, {records} FROM read_parquet('{quoted_path(before.finding_records)}')"
        "  WHERE rule IN (SELECT old FROM renamed) GROUP BY finding_id, rule),"
        f" come AS (SELECT finding_id, rule, {records} FROM finding_records"
        "  WHERE rule IN (SELECT new FROM renamed) GROUP BY finding_id, rule)"
        " SELECT come.finding_id, gone.finding_id FROM come JOIN renamed ON renamed.new = come.rule"
        "  JOIN gone ON gone.rule = renamed.old AND gone.records = come.records"
        "  JOIN _life AS l ON l.finding_id = come.finding_id AND l.before IS NULL"
        "  QUALIFY count(*) OVER (PARTITION BY come.finding_id) = 1 AND count(*) OVER (PARTITION BY gone.finding_id) = 1"
    )


def _keep_resolved(con: duckdb.DuckDBPyConnection, run_no: int, before: Before | None) -> None:
    """Keep the last row of every finding that went, and note of those that came back that they did."""
    con.execute(
        "CREATE TABLE IF NOT EXISTS book.resolved AS"
        f" SELECT {run_no}::INTEGER AS resolved_run, NULL::INTEGER AS back_run, * FROM findings LIMIT 0"
    )
    held = {row[0] for row in con.execute("DESCRIBE book.resolved").fetchall()}
    for name, kind, *_ in con.execute("DESCRIBE findings").fetchall():
        if name not in held:
            con.execute(f'ALTER TABLE book.resolved ADD COLUMN "{name}" {kind}')
    con.execute(
        f"UPDATE book.resolved SET back_run = {run_no} WHERE back_run IS NULL"
        f" AND finding_id IN (SELECT finding_id FROM _states WHERE seen AND before = '{RESOLVED}')"
    )
    if before is not None:
        con.execute(
            f"INSERT INTO book.resolved BY NAME SELECT {run_no}::INTEGER AS resolved_run, NULL::INTEGER AS back_run, *"
            f" FROM read_parquet('{quoted_path(before.findings)}')"
            f" WHERE finding_id IN (SELECT finding_id FROM _states WHERE status = '{RESOLVED}') ORDER BY rule, finding_id"
        )


def _count(con: duckdb.DuckDBPyConnection, run_no: int) -> Lived:
    rows = con.execute(
        f"SELECT status, count(*) FROM ({life_sql(run_no)}) WHERE status <> '{RESOLVED}'"
        f" OR (since_run = {run_no} AND reason <> '{RENAMED}') GROUP BY 1"
    ).fetchall()
    return Lived(**{str(status): int(number) for status, number in rows})


__all__ = [
    "BY_DATA",
    "BY_LAW",
    "BY_RULE",
    "NEW",
    "OPEN",
    "RENAMED",
    "REOPENED",
    "RESOLVED",
    "Before",
    "Lived",
    "history_sql",
    "life_sql",
    "live",
    "resolved_sql",
]
