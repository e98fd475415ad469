"""Typical cases (典型案例): which findings are told at length, and their story from the records: facts, steps, clocks.

The choice is a stated rule, not a taste: breaches before reviews, the gravest first, laws before policies, findings that
lead to a case file first, then those with most records; one of each rule and subject, of different groups of the plan as
far as there are any. Leads of statistics are never told as cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from analyzer.model import Force, Severity
from analyzer.model.rule import Rule
from analyzer.reports.entries import Entries, Entry
from analyzer.reports.facts import Fact, Facts
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.plan import PlanFigures
from analyzer.reports.wording import Words
from analyzer.rulebook.clocks import load_clocks
from analyzer.store.case_clock import Row, Timing, read_clock

MOST = 3
_LINKED = {
    "detections": "t.record_id = ?",
    "notices": "t.case_id = ? OR t.record_id = ?",
    "payments": "t.case_id = ?",
    "detentions": "t.case_id = ?",
    "appeals": "t.case_id = ?",
}
"""The tables whose rows belong to a case, and how they name it: by the case, or by its detection."""

_MOST_STEPS = 14


@dataclass(frozen=True)
class Step:
    """One dated step of a case: the day, what was done, and the number of the record that says so."""

    day: date
    what: str
    record: str


@dataclass(frozen=True)
class TypicalCase:
    """One finding told at length. `record` is its first record; `case_id` the case that this leads to, if any."""

    entry: Entry
    rule: Rule | None
    force: str
    facts: tuple[Fact, ...]
    record: tuple[str, str]
    case_id: str | None
    steps: tuple[Step, ...]
    steps_left_out: int
    timings: tuple[Timing, ...]


class TypicalCases:
    """Chooses and tells typical cases of an open package. `number_findings` comes first."""

    def __init__(self, con: duckdb.DuckDBPyConnection, law: Lawbook, words: Words, show_personal: bool) -> None:
        """Take the package, its law, the language, and whether personal data is shown."""
        self._con, self._law, self._words, self._open = con, law, words, show_personal
        self._entries = Entries(con, law, words, show_personal)
        self._facts = Facts(law, words)
        self._tables = {row[0] for row in con.execute("SELECT view_name FROM duckdb_views()").fetchall()}

    def chosen(self, plan: PlanFigures, most: int = MOST) -> list[TypicalCase]:
        """Return up to `most` cases."""
        ranked = self._con.execute(_RANKED).fetchall()
        picked: list[tuple[Any, ...]] = []
        for apart in (True, False):  # first of different groups, then what is left
            for row in ranked:
                rule, subject = row[1], row[2]
                groups = {plan.group_of(one[1]) for one in picked}
                is_new = row not in picked and subject not in {one[2] for one in picked}
                if len(picked) < most and is_new and not (apart and plan.group_of(rule) in groups):
                    picked.append(row)
        return [self._told(*row) for row in sorted(picked, key=ranked.index)]

    def _told(self, number: int, code: str, _subject: str, finding_id: str, force: str, facts: str) -> TypicalCase:
        (entry,) = self._entries.of(self._con, [number])
        first = self._con.execute(
            "SELECT table_name, record_key FROM finding_records WHERE finding_id = ? ORDER BY verdict, record_key LIMIT 1",
            [finding_id],
        ).fetchone()
        table, key = first or ("", "")
        case_id = self._case_of(table, key)
        rows = self._rows(case_id) if case_id else self._own_row(table, key)
        steps = self._steps(rows)
        return TypicalCase(
            entry=entry,
            rule=self._law.rule(code),
            force=force,
            facts=tuple(one for one in self._facts.of(code, facts, self._open) if one.name != "records"),
            record=(table, key),
            case_id=case_id,
            steps=tuple(steps[:_MOST_STEPS]),
            steps_left_out=max(0, len(steps) - _MOST_STEPS),
            timings=tuple(self._timings(rows)) if case_id else (),
        )

    def _case_of(self, table: str, key: str) -> str | None:
        """The case that a record belongs to; of several of one detection the first."""
        if table == "cases":
            return key
        if "records_cases" not in self._tables or table not in self._law.library.vocabulary.tables:
            return None
        known = self._law.library.vocabulary[table]
        if table == "detections":
            query = "SELECT min(case_id) FROM records_cases WHERE record_id = ?"
        elif "case_id" in known.columns and len(known.key) == 1:
            query = f'SELECT min(case_id) FROM records_{table} WHERE "{known.key[0]}" = ?'
        else:
            return None
        found = self._con.execute(query, [key]).fetchone()
        return found[0] if found else None

    def _rows(self, case_id: str) -> dict[str, list[Row]]:
        rows = {"cases": self._read("cases", "t.case_id = ?", [case_id])}
        record = rows["cases"][0].get("record_id") if rows["cases"] else None
        for table, condition in _LINKED.items():
            if f"records_{table}" in self._tables:
                values = (
                    [case_id, record] if condition.count("?") == 2 else [record if table == "detections" else case_id]
                )
                rows[table] = self._read(table, condition, values)
        return rows

    def _own_row(self, table: str, key: str) -> dict[str, list[Row]]:
        known = self._law.library.vocabulary.tables.get(table)
        if known is None or len(known.key) != 1 or f"records_{table}" not in self._tables:
            return {}
        return {table: self._read(table, f't."{known.key[0]}" = ?', [key])}

    def _read(self, table: str, condition: str, values: Sequence[object]) -> list[Row]:
        key = self._law.library.vocabulary[table].key[0]
        cursor = self._con.execute(f'SELECT * FROM records_{table} AS t WHERE {condition} ORDER BY t."{key}"', values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(200)]

    def _steps(self, rows: Mapping[str, Sequence[Row]]) -> list[Step]:
        """Every dated step that the records hold, in order."""
        found = []
        for table, read in rows.items():
            known = self._law.library.vocabulary[table]
            title = self._words.say(self._law.table_title(table))
            for row in read:
                for name in known.columns:
                    value = row.get(name)
                    if isinstance(value, date):
                        day = value.date() if isinstance(value, datetime) else value
                        said = self._words.say(self._law.column_title(table, name))
                        found.append(Step(day, f"{title} · {said}", str(row[known.key[0]])))
        return sorted(found, key=lambda step: (step.day, step.what, step.record))

    def _timings(self, rows: Mapping[str, Sequence[Row]]) -> list[Timing]:
        """The clocks that are late, or were kept."""
        library, setting = self._law.library, self._law.setting
        keys = {table: library.vocabulary[table].key[0] for table in (*_LINKED, "cases")}
        clocks = load_clocks(library.folders[0], library.vocabulary, library.parameters, library.laws)
        found = [
            one
            for clock in clocks.clocks
            for one in read_clock(clock, rows, keys, self._law.rulings, library.calendar, setting.as_of)
            if one.state in ("late", "kept", "running")
        ]
        return sorted(found, key=lambda one: one.state != "late")


_SEVERITIES = " ".join(f"WHEN '{one}' THEN {one.rank}" for one in Severity)
_RANKED = f"""
  WITH led AS (
    SELECT n.number, f.rule, f.subject_id, f.finding_id, f.force, f.facts, f.verdict, f.severity, f.record_count,
           bool_or(r.table_name = 'cases') AS has_case
    FROM findings AS f
    JOIN numbered AS n ON n.finding_id = f.finding_id
    LEFT JOIN (SELECT DISTINCT finding_id, table_name FROM finding_records WHERE table_name = 'cases') AS r
      ON r.finding_id = f.finding_id
    WHERE f.force <> '{Force.INDICATOR}'
    GROUP BY ALL
  ),
  ranked AS (
    SELECT *, row_number() OVER (
      ORDER BY verdict <> 'breach', CASE severity {_SEVERITIES} END, force <> 'statute', has_case IS NOT TRUE,
               record_count DESC, number
    ) AS place
    FROM led
  )
  SELECT number, rule, subject_id, finding_id, force, facts
  FROM ranked
  QUALIFY row_number() OVER (PARTITION BY rule ORDER BY place) = 1
  ORDER BY place
"""

__all__ = ["MOST", "Step", "TypicalCase", "TypicalCases"]
