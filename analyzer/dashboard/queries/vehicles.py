"""The vehicles that findings touch, and everything that was done to one of them.

A vehicle is a plate with its colour. A row without a colour belongs to the vehicle of that plate where there is only one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from analyzer.dashboard.queries import FindingFilter, findings_prepared, where
from analyzer.dashboard.queries.kinds import OF_A_CASE
from analyzer.dashboard.queries.named import Named, named_in
from analyzer.dashboard.queries.prepared import Row, look_up, prepare
from analyzer.dashboard.source import Source

_MASKED_MIDDLE = "***"
_ORDERS = {
    "severity": "rank, breaches DESC, findings DESC, plate_no, plate_color",
    "findings": "findings DESC, rank, plate_no, plate_color",
    "records": "records DESC, rank, plate_no, plate_color",
    "last": "last_on DESC NULLS LAST, rank, plate_no, plate_color",
}
ORDERS = tuple(_ORDERS)
"""By what the list can be sorted."""


@dataclass(frozen=True)
class Vehicle:
    """One vehicle of the list. `key` stands for it in addresses; the plate itself never does."""

    vehicle: int
    key: str
    plate_no: str
    plate_color: str
    findings: int
    breaches: int
    rank: int
    records: int
    first_on: date | None
    last_on: date | None


_FIELDS = ", ".join(f"v.{one.name}" for one in fields(Vehicle))


def vehicles_prepared(source: Source) -> str:
    """Return the schema that holds `vehicle_list` and `vehicle_findings`."""
    findings_prepared(source)
    return prepare(source, "vehicles", _statements)


def flagged(
    source: Source, asked: FindingFilter, text: str = "", order: str = "severity", first: int = 0, most: int = 50
) -> tuple[int, list[Vehicle]]:
    """Return how many vehicles there are, and some of them; `text` is a part of a plate, or a plate as it is masked."""
    schema = vehicles_prepared(source)
    query, params = _chosen(schema, asked)
    conditions, values = _plate_conditions(text)
    query += where(conditions)
    every = [*params, *values]
    page = f"SELECT *, count(*) OVER () AS total FROM ({query}) ORDER BY {_ORDERS[order]} LIMIT {int(most)} OFFSET {int(first)}"
    rows = look_up(source, page, every) if text else _named(source, page, every)
    return (rows[0]["total"] if rows else 0), [_vehicle(row) for row in rows]


def _named(source: Source, query: str, params: list[object]) -> list[Row]:
    names = [*(one.name for one in fields(Vehicle)), "total"]
    return [dict(zip(names, row, strict=True)) for row in source.rows(query, params)]


def _chosen(schema: str, asked: FindingFilter) -> tuple[str, list[object]]:
    """The vehicles that findings of a filter touch, with the numbers of these findings only."""
    conditions, params = asked.conditions()
    if not conditions:
        return f"SELECT {_FIELDS} FROM {schema}.vehicle_list AS v", []
    counted = (
        "SELECT t.vehicle, count(*) AS findings, count(*) FILTER (WHERE f.verdict = 'breach') AS breaches,"
        " min(f.rank) AS rank, sum(t.records)::BIGINT AS records, min(f.started_on) AS first_on,"
        " max(coalesce(f.ended_on, f.started_on)) AS last_on"
        f" FROM {schema}.vehicle_findings AS t JOIN {schema}.short_findings AS f ON f.number = t.number"
        f"{where(conditions)} GROUP BY t.vehicle"
    )
    fields = (
        "p.vehicle, p.key, p.plate_no, p.plate_color, c.findings, c.breaches, c.rank, c.records, c.first_on, c.last_on"
    )
    joined = f"SELECT {fields} FROM ({counted}) AS c JOIN {schema}.vehicle_list AS p ON p.vehicle = c.vehicle"
    return f"SELECT {_FIELDS} FROM ({joined}) AS v", params


def _plate_conditions(text: str) -> tuple[list[str], list[object]]:
    """What a plate has to hold to be found by a text, as typed or as it is masked (豫M***45)."""
    asked = "".join(text.upper().replace("·", "").split())
    if not asked:
        return [], []
    if _MASKED_MIDDLE in asked:
        head, _, tail = asked.partition(_MASKED_MIDDLE)
        return ["starts_with(v.plate_no, ?)", "ends_with(v.plate_no, ?)"], [head, tail.strip("*")]
    return ["contains(v.plate_no, ?)"], [asked]


def vehicle_of_key(source: Source, key: str) -> Vehicle | None:
    """Return the vehicle that a key of an address stands for."""
    schema = vehicles_prepared(source)
    rows = source.rows(f"SELECT {_FIELDS} FROM {schema}.vehicle_list AS v WHERE v.key = ?", [key])
    return Vehicle(*rows[0]) if rows else None


def key_of_plate(source: Source, plate_no: str, plate_color: str | None) -> str:
    """Return what stands for a vehicle in an address."""
    return source.keyed(f"{plate_no}|{plate_color or ''}")


def findings_of(source: Source, vehicle: Vehicle) -> str:
    """Return the condition on `f` (`short_findings`) that picks the findings of a vehicle."""
    schema = vehicles_prepared(source)
    return f"f.number IN (SELECT t.number FROM {schema}.vehicle_findings AS t WHERE t.vehicle = {vehicle.vehicle})"


def verdicts(source: Source, vehicle: Vehicle, keys: Sequence[str]) -> list[Named]:
    """Return which of these records of a vehicle findings name."""
    return named_in(source, findings_of(source, vehicle), keys)


def _statements(source: Source, schema: str) -> list[str]:
    vocabulary = source.law.library.vocabulary
    parts = []
    for name, table in vocabulary.tables.items():
        held, cases = source.records(name), source.records("cases")
        if held is None:
            continue
        join = f"FROM finding_records AS r JOIN {held} AS t ON t.{table.key[0]} = r.record_key"
        of = f"WHERE r.table_name = '{name}'"
        if name in OF_A_CASE and cases is not None:
            by_case = f"{join} JOIN {cases} AS c ON c.case_id = t.case_id {of} AND c.plate_no IS NOT NULL"
            parts.append(f"SELECT r.finding_id, c.plate_no, c.plate_color {by_case}")
        elif "plate_no" in table.columns:
            color = "t.plate_color" if "plate_color" in table.columns else "NULL"
            parts.append(f"SELECT r.finding_id, t.plate_no, {color} {join} {of} AND t.plate_no IS NOT NULL")
    touched = " UNION ALL ".join(parts) or "SELECT NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR WHERE FALSE"
    return [
        f"CREATE OR REPLACE TABLE {schema}.touched AS SELECT s.number, p.plate_no, p.plate_color, count(*) AS records"
        f" FROM ({touched}) AS p(finding_id, plate_no, plate_color)"
        f" JOIN {schema}.short_findings AS s ON s.finding_id = p.finding_id GROUP BY ALL",
        f"CREATE OR REPLACE TABLE {schema}.touched AS SELECT t.number, t.plate_no,"
        " coalesce(t.plate_color, o.only_color, '') AS plate_color, sum(t.records)::BIGINT AS records"
        f" FROM {schema}.touched AS t LEFT JOIN (SELECT plate_no, min(plate_color) AS only_color"
        f" FROM {schema}.touched GROUP BY plate_no HAVING count(DISTINCT plate_color) = 1) AS o"
        " ON o.plate_no = t.plate_no GROUP BY ALL",
        f"CREATE OR REPLACE TABLE {schema}.vehicle_list AS SELECT"
        " row_number() OVER (ORDER BY t.plate_no, t.plate_color)::INTEGER AS vehicle,"
        " keyed(t.plate_no || '|' || t.plate_color) AS key, t.plate_no, t.plate_color, count(*)::BIGINT AS findings,"
        " count(*) FILTER (WHERE f.verdict = 'breach') AS breaches, min(f.rank) AS rank, sum(t.records)::BIGINT AS records,"
        " min(f.started_on) AS first_on, max(coalesce(f.ended_on, f.started_on)) AS last_on"
        f" FROM {schema}.touched AS t JOIN {schema}.short_findings AS f ON f.number = t.number"
        " GROUP BY t.plate_no, t.plate_color",
        f"CREATE OR REPLACE TABLE {schema}.vehicle_findings AS SELECT v.vehicle, t.number, t.records"
        f" FROM {schema}.touched AS t JOIN {schema}.vehicle_list AS v"
        " ON v.plate_no = t.plate_no AND v.plate_color = t.plate_color ORDER BY v.vehicle, t.number",
        f"DROP TABLE {schema}.touched",
    ]


def _vehicle(row: Row) -> Vehicle:
    return Vehicle(**{one.name: row[one.name] for one in fields(Vehicle)})


__all__ = [
    "ORDERS",
    "Vehicle",
    "findings_of",
    "flagged",
    "key_of_plate",
    "vehicle_of_key",
    "vehicles_prepared",
    "verdicts",
]
