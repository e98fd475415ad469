"""How many records of an agency, a station, a device have findings, out of how many: rates with their denominators."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.dashboard.queries.prepared import prepare
from analyzer.dashboard.source import Source

RATED = {
    "agency": ("cases", "case_id", "agency_id", "agencies"),
    "station": ("detections", "record_id", "station_id", "stations"),
    "device": ("detections", "record_id", "device_id", "devices"),
}
"""Whose records are counted: the table of records, its key, the column of the owner, the register of owners."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The records of one owner: all of them, those with a breach, and those with a review and no breach."""

    key: str
    name: str
    records: int
    breach: int
    review: int


def rates_of(source: Source, kind: str, sample: int) -> tuple[list[Rate], int]:
    """Return the owners with at least `sample` records, highest share of breaches first, and how many have fewer."""
    table = RATED[kind][0]
    if not source.has(f"records_{table}"):
        return [], 0
    schema = prepare(source, f"rates_{kind}", lambda of, schema: [_statement(of, kind, schema)])
    rows = source.rows(
        f"SELECT key, name, records, breach, review FROM {schema}.rates_{kind} WHERE records >= ?"
        " ORDER BY breach / records DESC, review / records DESC, records DESC, key LIMIT 500",
        [sample],
    )
    fewer = source.one(f"SELECT count(*) FROM {schema}.rates_{kind} WHERE records < ?", [sample])[0]
    return [Rate(*row) for row in rows], int(fewer)


def _statement(source: Source, kind: str, schema: str) -> str:
    table, key, owner, register = RATED[kind]
    name, join = "NULL", ""
    if source.has(f"records_{register}") and kind != "device":
        name, join = "g.name", f" LEFT JOIN records_{register} AS g ON g.{owner} = c.key"
    return (
        f"CREATE OR REPLACE TABLE {schema}.rates_{kind} AS WITH hit AS ("
        "SELECT record_key, bool_or(verdict = 'breach') AS is_breach FROM finding_records"
        f" WHERE table_name = '{table}' GROUP BY 1), counted AS ("
        f"SELECT t.{owner} AS key, count(*) AS records, count(*) FILTER (h.is_breach) AS breach,"
        f" count(*) FILTER (NOT h.is_breach) AS review FROM records_{table} AS t"
        f" LEFT JOIN hit AS h ON h.record_key = t.{key} WHERE t.{owner} IS NOT NULL GROUP BY 1)"
        f" SELECT c.key, coalesce({name}, c.key) AS name, c.records, c.breach, c.review FROM counted AS c{join}"
    )


__all__ = ["RATED", "Rate", "rates_of"]
