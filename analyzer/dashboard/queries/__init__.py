"""What the pages ask of a package: SQL over its views, and what is worked out once for each version of a package.

Every text that comes from a person is a parameter of the query, never a part of it. Names of tables and columns come
from the vocabulary.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from analyzer.dashboard.queries.prepared import prepare
from analyzer.dashboard.source import Source
from analyzer.model import Severity
from analyzer.reports.lawbook import Lawbook

SEVERITY_RANK = "CASE f.severity " + " ".join(f"WHEN '{one}' THEN {one.rank}" for one in Severity) + " END"
"""The rank of a finding's severity, the gravest 0."""

SEVERITIES = tuple(sorted(Severity, key=lambda one: one.rank))
"""The severities by their rank."""


@dataclass(frozen=True)
class FindingFilter:
    """What findings, or what they touch, are narrowed to; empty is everything. A finding lies in the period in part."""

    severities: Collection[str] = ()
    rules: Collection[str] = ()
    agencies: Collection[str] = ()
    verdicts: Collection[str] = ()
    states: Collection[str] = ()
    from_: date | None = None
    until: date | None = None

    def conditions(self) -> tuple[list[str], list[object]]:
        """Return the conditions on a row `f` of the prepared findings, and their parameters."""
        asked: list[str] = []
        params: list[object] = []
        sets = (
            ("severity", self.severities), ("rule", self.rules), ("agency_id", self.agencies),
            ("verdict", self.verdicts), ("state", self.states),
        )  # fmt: skip
        for column, values in sets:
            if values:
                asked.append(f"f.{column} IN ({', '.join('?' * len(values))})")
                params += sorted(values)
        if self.from_ is not None:
            asked.append("coalesce(f.ended_on, f.started_on) >= ?")
            params.append(self.from_)
        if self.until is not None:
            asked.append("f.started_on <= ?")
            params.append(self.until)
        return asked, params


@dataclass(frozen=True, slots=True)
class Named:
    """A record that a finding names: breach or review, by the finding of a running number and its rule."""

    table: str
    key: str
    verdict: str
    number: int
    rule: str


def where(conditions: Sequence[str]) -> str:
    """Return a WHERE clause, or nothing."""
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def findings_prepared(source: Source) -> str:
    """Return the schema that holds `short_findings`: one row a finding with what lists filter and sort by.

    `state` is its life (new, open, reopened), where the data is a store's; `rank` the rank of its severity.
    """
    return prepare(source, "short_findings", _short_findings)


def rules_by_method(law: Lawbook, *methods: str) -> list[str]:
    """Return the codes of the rules that judge by one of these statistical methods."""
    return [
        code
        for code, one in law.library.rules.items()
        if any(gather.method is not None and gather.method.name in methods for gather in one.rule.gather.values())
    ]


def _short_findings(source: Source, schema: str) -> list[str]:
    life, state = "", "NULL"
    if source.has("finding_life"):
        life, state = " LEFT JOIN finding_life AS l ON l.finding_id = f.finding_id", "l.status"
    return [
        f"CREATE OR REPLACE TABLE {schema}.short_findings AS"
        f" SELECT n.number::INTEGER AS number, f.finding_id, f.rule, f.family, f.verdict, f.severity,"
        f" {SEVERITY_RANK}::TINYINT AS rank, f.subject_kind, f.subject_id, f.agency_id, f.station_id, f.started_on,"
        f" f.ended_on, f.record_count, f.amount_yuan, {state}::VARCHAR AS state"
        f" FROM findings AS f JOIN numbered AS n ON n.finding_id = f.finding_id{life} ORDER BY n.number"
    ]


__all__ = ["SEVERITIES", "FindingFilter", "Named", "findings_prepared", "rules_by_method", "where"]
