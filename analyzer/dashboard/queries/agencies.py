"""Agencies and the people in them as rates, like cases with their fines, and months: patterns to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analyzer.dashboard.queries import findings_prepared, rules_by_method
from analyzer.dashboard.queries.prepared import prepare
from analyzer.dashboard.queries.rates import rates_of
from analyzer.dashboard.source import Source
from analyzer.reports.funnels import Unit

SPREAD, SURGE, BURST = "robust_spread", "seasonal_surge", "burst"
"""The statistical methods whose findings are marked in the charts."""

_WITHDRAWN = "coalesce(c.status, '') = 'withdrawn'"
_DECIDED = f"c.decided_on IS NOT NULL AND NOT {_WITHDRAWN} AND c.discretion_level IS NOT NULL"
_BAND_KG = 1_000


@dataclass(frozen=True)
class Measure:
    """A rate that can be compared: whose, from which tables, the parameter of its smallest sample, and the side."""

    key: str
    unit: str
    tables: tuple[str, ...]
    min_sample: str
    side: str = "both"


MEASURES = {
    one.key: one
    for one in (
        Measure("flagged", "agency", ("cases",), "leniency_min_cases", "high"),
        Measure("corrected", "agency", ("appeals",), "corrected_min_appeals", "high"),
        Measure("lenient", "officer", ("cases",), "leniency_min_cases"),
        Measure("withdrawn", "officer", ("cases",), "leniency_min_cases"),
        Measure("failed", "reviewer", ("detections",), "failed_review_min_records"),
    )
}
"""What can be compared, in the order of the page."""


@dataclass(frozen=True)
class LikeCell:
    """Fined overload cases of one fine in one band of excess: how many, and how many a rule marks for review."""

    band_kg: int
    fine_yuan: float
    cases: int
    marked: int


@dataclass(frozen=True)
class AgencyMonth:
    """An agency's month: cases filed, decided, and what was paid in."""

    agency_id: str
    month: date
    filed: int
    decided: int
    paid_yuan: float


def units_of(source: Source, measure: Measure, agency: str | None = None) -> list[Unit]:
    """Return the units that a measure compares; `agency` keeps the people of one agency."""
    if not all(source.has(f"records_{table}") for table in measure.tables):
        return []
    if measure.key == "flagged":
        rates, _ = rates_of(source, "agency", 1)
        return [Unit(one.key, one.breach, one.records) for one in rates]
    schema = prepare(source, f"measure_{measure.key}", lambda _, schema: [_measure(measure.key, schema)])
    params: list[object] = [] if agency is None else [agency]
    only = "" if agency is None else " WHERE agency_id = ?"
    rows = source.rows(
        f"SELECT key, sum(events)::BIGINT, sum(trials)::BIGINT FROM {schema}.measure_{measure.key}{only} GROUP BY 1 ORDER BY 1",
        params,
    )
    return [Unit(*row) for row in rows]


def _measure(key: str, schema: str) -> str:
    """The statement that counts events and trials of each unit and agency."""
    made = f"CREATE OR REPLACE TABLE {schema}.measure_{key} AS "
    if key == "corrected":
        return (
            f"{made}SELECT a.agency_id AS key, a.agency_id,"
            " count(*) FILTER (a.result IN ('revoked', 'changed', 'illegal')) AS events, count(*) AS trials"
            " FROM records_appeals AS a WHERE a.agency_id IS NOT NULL AND a.kind IN ('reconsideration', 'litigation')"
            " AND a.result IN ('upheld', 'revoked', 'changed', 'illegal') GROUP BY 1, 2"
        )
    if key == "failed":
        return (
            f"{made}SELECT d.reviewer_id AS key, NULL::VARCHAR AS agency_id,"
            " count(*) FILTER (d.review_result = 'failed') AS events, count(*) AS trials FROM records_detections AS d"
            " WHERE d.reviewer_id IS NOT NULL AND d.review_result IN ('passed', 'failed') GROUP BY 1, 2"
        )
    is_event, condition = {
        "lenient": ("c.discretion_level IN ('exempt', 'mitigated', 'light')", _DECIDED),
        "withdrawn": (_WITHDRAWN, "c.status IS NOT NULL"),
    }[key]
    return (
        f"{made}SELECT o.officer AS key, o.agency_id, count(*) FILTER (o.is_event) AS events, count(*) AS trials FROM ("
        f"SELECT DISTINCT c.case_id, c.agency_id, unnest([c.officer1_id, c.officer2_id]) AS officer, {is_event} AS is_event"
        f" FROM records_cases AS c WHERE {condition}) AS o WHERE o.officer IS NOT NULL GROUP BY 1, 2"
    )


def like_prepared(source: Source) -> str:
    """Return the schema that holds `like_cases`: fined overload cases by agency, year, axles, band of excess and fine."""
    findings_prepared(source)
    return prepare(source, "like_cases", _like)


def like_choices(source: Source, agency: str | None = None, year: int | None = None) -> list[tuple[str, int, int, int]]:
    """Return agency, year, axles and cases of what can be looked at, the most cases first."""
    if not all(source.has(f"records_{table}") for table in ("cases", "detections")):
        return []
    schema = like_prepared(source)
    rows = source.rows(
        f"SELECT agency_id, year, axles, sum(cases)::BIGINT AS n FROM {schema}.like_cases"
        " WHERE (? IS NULL OR agency_id = ?) AND (? IS NULL OR year = ?) GROUP BY 1, 2, 3 ORDER BY n DESC, 1, 2, 3",
        [agency, agency, year, year],
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def like_cells(source: Source, agency: str, year: int, axles: int) -> list[LikeCell]:
    """Return the fines of like cases by band of excess."""
    schema = like_prepared(source)
    rows = source.rows(
        f"SELECT band_kg, fine_yuan, cases, marked FROM {schema}.like_cases"
        " WHERE agency_id = ? AND year = ? AND axles = ? ORDER BY 1, 2",
        [agency, year, axles],
    )
    return [LikeCell(*row) for row in rows]


def band_kg(source: Source) -> int:
    """Return the width of a band of excess in kg."""
    parameter = source.law.rulings.parameters.get("like_cases_band_kg")
    entry = parameter.at(source.law.setting.as_of) if parameter else None
    return int(str(entry.value)) if entry is not None and entry.value else _BAND_KG


def _like(source: Source, schema: str) -> list[str]:
    width = band_kg(source)
    rules = ", ".join(f"'{code}'" for code in rules_by_method(source.law, SPREAD)) or "NULL"
    return [
        f"CREATE OR REPLACE TABLE {schema}.like_cases AS WITH marked AS (SELECT DISTINCT record_key FROM finding_records"
        f" WHERE table_name = 'cases' AND rule IN ({rules})) SELECT c.agency_id, year(c.decided_on)::INTEGER AS year,"
        f" d.axle_count::INTEGER AS axles, (floor((d.gross_weight_kg - d.limit_weight_kg) / {width}) * {width})::INTEGER AS band_kg,"
        " c.fine_yuan::DOUBLE AS fine_yuan, count(*)::BIGINT AS cases, count(m.record_key)::BIGINT AS marked"
        " FROM records_cases AS c JOIN records_detections AS d ON d.record_id = c.record_id"
        " LEFT JOIN marked AS m ON m.record_key = c.case_id"
        f" WHERE c.violation_type = 'overload' AND c.fine_yuan > 0 AND c.decided_on IS NOT NULL AND NOT {_WITHDRAWN}"
        " AND c.agency_id IS NOT NULL AND d.axle_count IS NOT NULL AND d.gross_weight_kg > d.limit_weight_kg"
        " GROUP BY 1, 2, 3, 4, 5"
    ]


def months_of(source: Source, agency: str | None = None) -> list[AgencyMonth]:
    """Return the months of every agency, or of one."""
    if not source.has("records_cases"):
        return []
    schema = prepare(source, "agency_months", _months)
    only = "" if agency is None else " WHERE agency_id = ?"
    rows = source.rows(
        f"SELECT agency_id, month, filed, decided, paid FROM {schema}.agency_months{only} ORDER BY 1, 2",
        [] if agency is None else [agency],
    )
    return [AgencyMonth(*row) for row in rows]


def _months(source: Source, schema: str) -> list[str]:
    def part(column: str, name: str) -> str:
        counts = ", ".join(f"{1 if name == one else 0} AS {one}" for one in ("filed", "decided"))
        return (
            f"SELECT c.agency_id, date_trunc('month', c.{column})::DATE AS month, {counts}, 0::DOUBLE AS paid"
            f" FROM records_cases AS c WHERE c.agency_id IS NOT NULL AND c.{column} IS NOT NULL AND NOT {_WITHDRAWN}"
        )

    parts = [part("filed_on", "filed"), part("decided_on", "decided")]
    if source.has("records_payments"):
        parts.append(
            "SELECT c.agency_id, date_trunc('month', p.paid_on)::DATE, 0, 0, p.amount_yuan::DOUBLE FROM records_payments AS p"
            f" JOIN records_cases AS c ON c.case_id = p.case_id WHERE c.agency_id IS NOT NULL AND p.paid_on IS NOT NULL"
            f" AND p.amount_yuan IS NOT NULL AND NOT {_WITHDRAWN}"
        )
    return [
        f"CREATE OR REPLACE TABLE {schema}.agency_months AS SELECT agency_id, month, sum(filed)::BIGINT AS filed,"
        f" sum(decided)::BIGINT AS decided, sum(paid) AS paid FROM ({' UNION ALL '.join(parts)}) GROUP BY 1, 2"
    ]


def marked_months(source: Source, methods: Sequence[str]) -> set[tuple[str, date]]:
    """Return the months of agencies in which a finding of these methods begins or lasts."""
    rules = rules_by_method(source.law, *methods)
    if not rules:
        return set()
    rows = source.rows(
        "SELECT agency_id, started_on, ended_on FROM findings WHERE agency_id IS NOT NULL AND started_on IS NOT NULL"
        f" AND subject_kind = 'agency' AND rule IN ({', '.join('?' * len(rules))})",
        rules,
    )
    found = set()
    for agency, first, last in rows:
        month = date(first.year, first.month, 1)
        while month <= (last or first):
            found.add((agency, month))
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


__all__ = [
    "BURST", "MEASURES", "SPREAD", "SURGE", "AgencyMonth", "LikeCell", "Measure", "band_kg", "like_cells", "like_choices",
    "marked_months", "months_of", "units_of",
]  # fmt: skip
