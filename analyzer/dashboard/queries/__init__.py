"""What the pages ask of a package: SQL over its views, and what is worked out once for each version of a package.

Every text that comes from a person is a parameter of the query, never a part of it. Names of tables and columns come
from the vocabulary.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from analyzer.dashboard.opening import FILE_ROW
from analyzer.dashboard.queries.prepared import listed, prepare
from analyzer.dashboard.source import Source
from analyzer.model import Severity
from analyzer.model.errors import Language
from analyzer.reports.entries import Entry
from analyzer.reports.lawbook import Lawbook

SEVERITY_RANK = "CASE f.severity " + " ".join(f"WHEN '{one}' THEN {one.rank}" for one in Severity) + " END"
"""The rank of a finding's severity, the gravest 0."""

SEVERITIES = tuple(sorted(Severity, key=lambda one: one.rank))
"""The severities by their rank."""


_REMEMBERED = 100
"""The findings of a page that are remembered in words; an export is read anew."""


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


def where(conditions: Sequence[str]) -> str:
    """Return a WHERE clause, or nothing."""
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def findings_prepared(source: Source) -> str:
    """Return the schema that holds `short_findings`: one row a finding with what lists filter, count and sort by.

    `state` is its life (new, open, reopened), where the data is a store's; `rank` the rank of its severity. The rest of
    a finding stands in the package and is slow to look for there: `finding_places` says where.
    """
    return prepare(source, "short_findings", _short_findings)


def short_findings(source: Source) -> str:
    """Return the table of findings that lists are made of, to stand after FROM; its rows are `f`."""
    return f"{findings_prepared(source)}.short_findings AS f"


def finding_places(source: Source, numbers: Collection[int], of: str = "f") -> str:
    """Return a condition that holds for the rows of these findings only, in `findings` as `of`.

    It names the rows of the file, so that nearly all of it is passed over.
    """
    query = f"SELECT f.{FILE_ROW} FROM {short_findings(source)} WHERE {listed('f.number')}"
    with source.cursor() as cursor:
        found = cursor.execute(query, [list(numbers)]).fetchall()
    return f"{of}.{FILE_ROW} IN ({', '.join(str(int(row[0])) for row in found) or 'NULL'})"


def entries_of(source: Source, numbers: Sequence[int], language: Language, show_personal: bool = False) -> list[Entry]:
    """Return findings in words by their running numbers, in this order, masked unless the viewer revealed them.

    A page of masked ones is remembered; what somebody had revealed is not.
    """
    if not numbers:
        return []
    if show_personal or len(numbers) > _REMEMBERED:
        return _entries_of(source, numbers, language, show_personal)
    limits = None if source.scope is None else tuple(sorted(source.scope))
    return _kept_entries(source.version, limits, source.role, language, tuple(numbers), _source=source)


@st.cache_data(max_entries=200, show_spinner=False)
def _kept_entries(
    version: str,  # noqa: ARG001 - these three are parts of the key
    limits: tuple[str, ...] | None,  # noqa: ARG001
    role: str,  # noqa: ARG001
    language: Language,
    numbers: tuple[int, ...],
    _source: Source,
) -> list[Entry]:
    return _entries_of(_source, numbers, language, False)


def _entries_of(source: Source, numbers: Sequence[int], language: Language, show_personal: bool) -> list[Entry]:
    within = finding_places(source, numbers)
    with source.cursor() as cursor:
        found = {one.number: one for one in source.in_words(language, show_personal).of(cursor, numbers, within)}
    return [found[number] for number in numbers if number in found]


def number_of(source: Source, finding_id: str) -> int | None:
    """Return the running number of a finding; None when it is not in the data, or not the viewer's."""
    query = f"SELECT f.number FROM {short_findings(source)} WHERE f.finding_id = ?"
    with source.cursor() as cursor:  # the id could be guessed back to a plate: it is no cache key
        row = cursor.execute(query, [finding_id]).fetchone()
    return int(row[0]) if row else None


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
        f" SELECT n.number::INTEGER AS number, f.finding_id, f.rule, f.family, f.verdict, f.severity, f.force,"
        f" {SEVERITY_RANK}::TINYINT AS rank, f.subject_kind, f.subject_id, f.agency_id, f.station_id, f.started_on,"
        f" f.ended_on, f.record_count, f.amount_yuan, {state}::VARCHAR AS state, f.{FILE_ROW}"
        f" FROM findings AS f JOIN numbered AS n ON n.finding_id = f.finding_id{life} ORDER BY n.number"
    ]


__all__ = [
    "SEVERITIES", "FindingFilter", "entries_of", "finding_places", "findings_prepared", "number_of", "rules_by_method",
    "short_findings", "where",
]  # fmt: skip
