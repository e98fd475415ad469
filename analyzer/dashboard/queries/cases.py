"""The cases that findings touch, and one case with everything that hangs on it, read without judging it again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import cast

import streamlit as st

from analyzer.dashboard.queries import FindingFilter, findings_prepared, where
from analyzer.dashboard.queries.named import Named, named_in
from analyzer.dashboard.queries.places import standing
from analyzer.dashboard.queries.prepared import Row, look_up, prepare
from analyzer.dashboard.source import Source
from analyzer.reports.lawbook import Lawbook
from analyzer.rulebook.clocks import CaseClocks, load_clocks
from analyzer.store.case_clock import read_clock
from analyzer.store.case_file import LINKED, CaseFile, read_case
from analyzer.store.package import Package
from analyzer.store.reopen import Reopened

_ORDERS = {
    "severity": "rank, breaches DESC, findings DESC, case_id",
    "findings": "findings DESC, rank, case_id",
    "fine": "fine_yuan DESC NULLS LAST, rank, case_id",
    "decided": "decided_on DESC NULLS LAST, rank, case_id",
}
ORDERS = tuple(_ORDERS)
"""By what the list can be sorted."""

_judging = threading.Lock()


@dataclass(frozen=True)
class Case:
    """One case of the list."""

    case_id: str
    agency_id: str | None
    status: str | None
    filed_on: date | None
    decided_on: date | None
    fine_yuan: Decimal | None
    findings: int
    breaches: int
    rank: int


_FIELDS = ", ".join(f"c.{one.name}" for one in fields(Case))


def cases_prepared(source: Source) -> str:
    """Return the schema that holds `case_list` and `case_findings`."""
    findings_prepared(source)
    return prepare(source, "cases", _statements)


def listed(
    source: Source, asked: FindingFilter, text: str = "", statuses: Sequence[str] = (), order: str = "severity",
    first: int = 0, most: int = 50,
) -> tuple[int, list[Case]]:  # fmt: skip
    """Return how many cases with findings there are, and some of them; `text` is a part of a number."""
    schema = cases_prepared(source)
    query, params = _chosen(schema, asked)
    conditions: list[str] = []
    if text:
        conditions.append(
            "(contains(upper(c.case_id), upper(?)) OR contains(upper(coalesce(c.decision_no, '')), upper(?)))"
        )
        params += [text, text]
    if statuses:
        conditions.append(f"c.status IN ({', '.join('?' * len(statuses))})")
        params += statuses
    page = f"SELECT {_FIELDS}, count(*) OVER () AS total FROM {query} AS c{where(conditions)}"
    rows = source.rows(f"{page} ORDER BY {_ORDERS[order]} LIMIT {int(most)} OFFSET {int(first)}", params)
    return (rows[0][-1] if rows else 0), [Case(*row[:-1]) for row in rows]


def _chosen(schema: str, asked: FindingFilter) -> tuple[str, list[object]]:
    conditions, params = asked.conditions()
    if not conditions:
        return f"{schema}.case_list", []
    counted = (
        "SELECT t.case_id, count(*) AS findings, count(*) FILTER (f.verdict = 'breach') AS breaches, min(f.rank) AS rank"
        f" FROM {schema}.case_findings AS t JOIN {schema}.short_findings AS f ON f.number = t.number{where(conditions)}"
        " GROUP BY t.case_id"
    )
    listed_ = "SELECT l.* REPLACE (n.findings AS findings, n.breaches AS breaches, n.rank AS rank)"
    return f"({listed_} FROM ({counted}) AS n JOIN {schema}.case_list AS l ON l.case_id = n.case_id)", params


def statuses(source: Source) -> list[str]:
    """Return the states of the cases that have findings."""
    schema = cases_prepared(source)
    rows = source.rows(f"SELECT DISTINCT status FROM {schema}.case_list WHERE status IS NOT NULL ORDER BY 1")
    return [row[0] for row in rows]


def findings_of(source: Source, case_id: str) -> tuple[str, list[object]]:
    """Return the condition on `f` (`short_findings`) that picks the findings of a case, and its parameters."""
    schema = cases_prepared(source)
    return f"f.number IN (SELECT t.number FROM {schema}.case_findings AS t WHERE t.case_id = ?)", [case_id]


def named(source: Source, case_id: str, keys: Sequence[str]) -> list[Named]:
    """Return which of these records of a case findings name."""
    picked, params = findings_of(source, case_id)
    return named_in(source, picked, keys, params)


def case_rows(source: Source, case_id: str) -> dict[str, list[Row]]:
    """Return the rows of a case and of what belongs to it, by table; no cases where there is no such case."""
    limits = None if source.scope is None else tuple(sorted(source.scope))
    return _rows(source.version, limits, source.role, case_id, _source=source)


@st.cache_data(max_entries=50, show_spinner=False)
def _rows(
    version: str,  # noqa: ARG001 - these three are parts of the key
    limits: tuple[str, ...] | None,  # noqa: ARG001
    role: str,  # noqa: ARG001
    case_id: str,
    _source: Source,
) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {table: [] for table in ("cases", *LINKED)}

    def fill(table: str, condition: str, *params: object) -> None:
        if _source.has(f"records_{table}"):
            key = _source.law.library.vocabulary[table].key[0]
            query = f"SELECT t.* FROM records_{table} AS t WHERE {condition} ORDER BY t.{key}"
            found[table] = look_up(_source, query, params)

    fill("cases", f"{standing(_source, 'cases', [case_id])} AND t.case_id = ?", case_id)
    if not found["cases"]:  # no finding names it, so its place is not known
        fill("cases", "t.case_id = ?", case_id)
    if not found["cases"]:
        return found
    record = found["cases"][0]["record_id"]
    fill("notices", "t.case_id = ?", case_id)
    if record is not None:
        fill("detections", f"{standing(_source, 'detections', [record])} AND t.record_id = ?", record)
        of_case = found["notices"]  # one column at a time: with OR every row would be read
        fill("notices", "t.record_id = ? AND t.case_id IS DISTINCT FROM ?", record, case_id)
        found["notices"] = sorted([*of_case, *found["notices"]], key=lambda row: str(row["notice_id"]))
    for table in ("payments", "detentions", "appeals"):
        fill(table, "t.case_id = ?", case_id)
    return found


def case_file(source: Source, case_id: str, rows: dict[str, list[Row]]) -> CaseFile:
    """Return a case with its clocks read. Its answers are left out: they need the whole package judged again."""
    law = source.law
    library = law.library
    keys = {table: library.vocabulary[table].key[0] for table in rows}
    clocks = _clocks(source.version, law)
    timings = tuple(
        timing
        for clock in clocks.clocks
        for timing in read_clock(clock, rows, keys, law.rulings, library.calendar, law.setting.as_of)
    )
    opened = cast(Reopened, law)  # a sheet reads of it what a lawbook has too: library, rulings, setting
    return CaseFile(opened, case_id, rows, keys, timings, (), clocks)


@st.cache_resource(max_entries=3, show_spinner=False)
def _clocks(version: str, _law: Lawbook) -> CaseClocks:  # noqa: ARG001 - it is the key
    library = _law.library
    return load_clocks(library.folders[0], library.vocabulary, library.parameters, library.laws)


def judged_case(source: Source, case_id: str) -> CaseFile:
    """Judge every record of a case again under every rule: slow at first, the package is brought into memory once."""
    limits = None if source.scope is None else tuple(sorted(source.scope))
    return _judged(source.version, limits, source.role, case_id, _source=source)


@st.cache_resource(max_entries=20, show_spinner=False)
def _judged(
    version: str,
    limits: tuple[str, ...] | None,  # noqa: ARG001 - these two are parts of the key
    role: str,  # noqa: ARG001
    case_id: str,
    _source: Source,
) -> CaseFile:
    opened = _reopened(version, _source.package)
    with _judging:
        return read_case(opened, case_id)


@st.cache_resource(max_entries=1, show_spinner=False)
def _reopened(version: str, _package: Package) -> Reopened:  # noqa: ARG001 - it is the key
    return Reopened(_package)


def records_of_package(source: Source) -> int:
    """Return how many records the package holds, which says how long judging again takes."""
    return sum(int(count) for count in source.summary.get("tables", {}).values())


def _statements(source: Source, schema: str) -> list[str]:
    if not source.has("records_cases"):
        return [
            f"CREATE OR REPLACE TABLE {schema}.case_findings AS SELECT 0 AS number, NULL::VARCHAR AS case_id WHERE FALSE",
            f"CREATE OR REPLACE TABLE {schema}.case_list AS SELECT NULL::VARCHAR AS case_id, NULL::VARCHAR AS agency_id,"
            " NULL::VARCHAR AS status, NULL::VARCHAR AS decision_no, NULL::DATE AS filed_on, NULL::DATE AS decided_on,"
            " NULL::DECIMAL(14,2) AS fine_yuan, 0 AS findings, 0 AS breaches, 0 AS rank WHERE FALSE",
        ]
    parts = ["SELECT r.finding_id, r.record_key FROM finding_records AS r WHERE r.table_name = 'cases'"]
    for table in ("notices", "payments", "detentions", "appeals"):
        if source.has(f"records_{table}"):
            key = source.law.library.vocabulary[table].key[0]
            parts.append(
                f"SELECT r.finding_id, t.case_id FROM finding_records AS r JOIN records_{table} AS t ON t.{key} = r.record_key"
                f" WHERE r.table_name = '{table}' AND t.case_id IS NOT NULL"
            )
    for table in ("detections", "notices"):
        if not source.has(f"records_{table}"):
            continue
        join = (
            ""
            if table == "detections"
            else " JOIN records_notices AS t ON t.notice_id = r.record_key AND t.case_id IS NULL"
        )
        record = "r.record_key" if table == "detections" else "t.record_id"
        parts.append(
            f"SELECT r.finding_id, c.case_id FROM finding_records AS r{join}"
            f" JOIN records_cases AS c ON c.record_id = {record} WHERE r.table_name = '{table}'"
        )
    return [
        f"CREATE OR REPLACE TABLE {schema}.case_findings AS SELECT DISTINCT s.number, p.case_id"
        f" FROM ({' UNION ALL '.join(parts)}) AS p(finding_id, case_id)"
        f" JOIN {schema}.short_findings AS s ON s.finding_id = p.finding_id ORDER BY p.case_id, s.number",
        f"CREATE OR REPLACE TABLE {schema}.case_list AS SELECT c.case_id, c.agency_id, c.status, c.decision_no, c.filed_on,"
        " c.decided_on, c.fine_yuan, n.findings, n.breaches, n.rank FROM (SELECT t.case_id, count(*) AS findings,"
        " count(*) FILTER (f.verdict = 'breach') AS breaches, min(f.rank) AS rank"
        f" FROM {schema}.case_findings AS t JOIN {schema}.short_findings AS f ON f.number = t.number GROUP BY 1) AS n"
        " JOIN records_cases AS c ON c.case_id = n.case_id",
    ]


__all__ = [
    "ORDERS", "Case", "case_file", "case_rows", "cases_prepared", "findings_of", "judged_case", "listed", "named",
    "records_of_package", "statuses",
]  # fmt: skip
