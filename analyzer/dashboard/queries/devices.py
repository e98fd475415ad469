"""The devices: what each recorded and what was fined on it day by day, and on which days a verification was in force.

A day counts as verified while a passed verification (no mere calibration) is in its term and no failed one has ended it.
Where a certificate names no end, the cycle of the parameter is taken. The answers themselves are the rules'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from analyzer.dashboard.queries import FindingFilter, findings_prepared, where
from analyzer.dashboard.queries.prepared import Row, look_up, prepare
from analyzer.dashboard.source import Source

FINED = (
    "SELECT DISTINCT record_id FROM records_cases WHERE record_id IS NOT NULL AND decided_on IS NOT NULL"
    " AND fine_yuan > 0 AND coalesce(status, '') <> 'withdrawn'"
)
"""The records that a decision fined, as the rules' `fined_by_case` does."""

_USUAL_MONTHS = 12
_ORDERS = {
    "severity": "rank NULLS LAST, breaches DESC, findings DESC, device_id",
    "outside": "outside DESC NULLS LAST, fined_outside DESC NULLS LAST, device_id",
    "records": "records DESC, device_id",
    "device": "device_id",
}
ORDERS = tuple(_ORDERS)
"""By what the list can be sorted."""


@dataclass(frozen=True)
class Device:
    """One device of the list; `outside` and `fined_outside` are None where no certificates were supplied."""

    device_id: str
    station_id: str | None
    station: str | None
    agency_id: str | None
    kind: str | None
    records: int
    fined: int
    outside: int | None
    fined_outside: int | None
    findings: int
    breaches: int
    rank: int | None
    is_registered: bool


@dataclass(frozen=True)
class Month:
    """What a device recorded in a month: all, those on days without a verification, and the fined of both."""

    month: date
    records: int
    outside: int
    fined: int
    fined_outside: int


@dataclass(frozen=True)
class Gap:
    """A stretch of days without a verification on which the device recorded."""

    first: date
    last: date
    records: int
    fined: int


def devices_prepared(source: Source) -> str:
    """Return the schema that holds `device_list`, `device_days` and `device_terms`."""
    findings_prepared(source)
    return prepare(source, "devices", _statements)


def listed(
    source: Source, asked: FindingFilter, text: str = "", kinds: Sequence[str] = (), only_outside: bool = False,
    order: str = "severity", first: int = 0, most: int = 50,
) -> tuple[int, list[Device]]:  # fmt: skip
    """Return how many devices there are, and some of them; `text` is a part of a device's, station's or place's name."""
    schema = devices_prepared(source)
    conditions, params = [], []
    found, values = asked.conditions()
    if found:
        conditions.append(
            f"d.device_id IN (SELECT f.subject_id FROM {schema}.short_findings AS f{where([*found, _OF_DEVICES])})"
        )
        params += values
    if text:
        conditions.append("contains(upper(concat_ws('|', d.device_id, d.station_id, d.station)), upper(?))")
        params.append(text)
    if kinds:
        conditions.append(f"d.kind IN ({', '.join('?' * len(kinds))})")
        params += kinds
    if only_outside:
        conditions.append("d.outside > 0")
    query = f"SELECT {_FIELDS}, count(*) OVER () AS total FROM {schema}.device_list AS d{where(conditions)}"
    rows = source.rows(f"{query} ORDER BY {_ORDERS[order]} LIMIT {int(most)} OFFSET {int(first)}", params)
    return (rows[0][-1] if rows else 0), [Device(*row[:-1]) for row in rows]


def device_of(source: Source, device_id: str) -> Device | None:
    """Return one device of the list."""
    schema = devices_prepared(source)
    rows = source.rows(f"SELECT {_FIELDS} FROM {schema}.device_list AS d WHERE d.device_id = ?", [device_id])
    return Device(*rows[0]) if rows else None


def sums(source: Source) -> tuple[int, int, int, int]:
    """Return how many devices there are, how many recorded outside a verification, these records and the fined ones."""
    schema = devices_prepared(source)
    row = source.one(
        "SELECT count(*), count(*) FILTER (WHERE outside > 0), coalesce(sum(outside), 0)::BIGINT,"
        f" coalesce(sum(fined_outside), 0)::BIGINT FROM {schema}.device_list"
    )
    return row[0], row[1], row[2], row[3]


def months(source: Source, device_id: str) -> list[Month]:
    """Return what a device recorded month by month."""
    schema = devices_prepared(source)
    rows = source.rows(
        "SELECT date_trunc('month', day)::DATE, sum(records)::BIGINT, sum(records) FILTER (NOT is_verified)::BIGINT,"
        " sum(fined)::BIGINT, sum(fined) FILTER (NOT is_verified)::BIGINT"
        f" FROM {schema}.device_days WHERE device_id = ? GROUP BY 1 ORDER BY 1",
        [device_id],
    )
    return [Month(row[0], *(int(value or 0) for value in row[1:])) for row in rows]


def gaps(source: Source, device_id: str) -> list[Gap]:
    """Return the stretches of days without a verification on which a device recorded, the first and last such day."""
    schema = devices_prepared(source)
    rows = source.rows(
        f"SELECT day, is_verified, records, fined FROM {schema}.device_days WHERE device_id = ? ORDER BY day",
        [device_id],
    )
    terms = [(row[0], row[1]) for row in source.rows(
        f"SELECT from_on, until_on FROM {schema}.device_terms WHERE device_id = ? ORDER BY 1", [device_id]
    )]  # fmt: skip
    found: list[Gap] = []
    for day, is_verified, records, fined in rows:
        if is_verified:
            continue
        if found and not any(found[-1].last < begin <= day for begin, _ in terms):
            last = found.pop()
            found.append(Gap(last.first, day, last.records + records, last.fined + fined))
        else:
            found.append(Gap(day, day, records, fined))
    return found


def rows_of(source: Source, table: str, device_id: str) -> list[Row]:
    """Return the rows of a table that belong to a device."""
    if not source.has(f"records_{table}"):
        return []
    order = {"calibrations": "verified_on", "device_maintenance": "repaired_on"}.get(table, "device_id")
    return look_up(
        source, f"SELECT t.* FROM records_{table} AS t WHERE t.device_id = ? ORDER BY t.{order}", [device_id]
    )


def station_row(source: Source, station_id: str | None) -> Row | None:
    """Return the register's row of a station."""
    if station_id is None or not source.has("records_stations"):
        return None
    rows = look_up(source, "SELECT t.* FROM records_stations AS t WHERE t.station_id = ?", [station_id])
    return rows[0] if rows else None


def terms(certificates: Sequence[Row], usual_months: int) -> list[tuple[date, date]]:
    """Return from when to when each passed verification was in force; a later failed one ends it the day before."""
    failed = sorted(
        row["verified_on"]
        for row in certificates
        if row["result"] == "failed" and row.get("kind") != "calibration" and row["verified_on"]
    )
    found = []
    for row in certificates:
        begin = row["verified_on"]
        if row["result"] != "passed" or row.get("kind") == "calibration" or begin is None:
            continue
        end = row["valid_until"] or months_later(begin, usual_months)
        ended = [day - timedelta(days=1) for day in failed if begin < day <= end]
        found.append((begin, min([end, *ended])))
    return sorted(found)


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)


def usual_months(source: Source) -> int:
    """Return the cycle of verification that is taken where a certificate names no end."""
    parameter = source.law.rulings.parameters.get("verification_months")
    entry = parameter.at(source.law.setting.as_of) if parameter else None
    return int(str(entry.value)) if entry is not None and entry.value is not None else _USUAL_MONTHS


_FIELDS = ", ".join(f"d.{one.name}" for one in fields(Device))
_OF_DEVICES = "f.subject_kind = 'device'"


def _statements(source: Source, schema: str) -> list[str]:
    has = {
        name: source.has(f"records_{name}") for name in ("detections", "cases", "calibrations", "devices", "stations")
    }
    return [
        _terms_statement(schema, has, usual_months(source)),
        _days_statement(schema, has),
        _list_statement(schema, has),
    ]


def _terms_statement(schema: str, has: dict[str, bool], usual: int) -> str:
    empty = "SELECT NULL::VARCHAR AS device_id, NULL::DATE AS from_on, NULL::DATE AS until_on WHERE FALSE"
    if not has["calibrations"]:
        return f"CREATE OR REPLACE TABLE {schema}.device_terms AS {empty}"
    return (
        f"CREATE OR REPLACE TABLE {schema}.device_terms AS WITH ended AS (SELECT device_id, verified_on FROM records_calibrations"
        " WHERE result = 'failed' AND verified_on IS NOT NULL AND coalesce(kind, '') <> 'calibration')"
        " SELECT c.device_id, c.verified_on AS from_on,"
        f" least(coalesce(c.valid_until, (c.verified_on + INTERVAL {usual} MONTH)::DATE),"
        " coalesce(min(e.verified_on) - 1, DATE '2999-12-31')) AS until_on FROM records_calibrations AS c"
        " LEFT JOIN ended AS e ON e.device_id = c.device_id AND e.verified_on > c.verified_on"
        " WHERE c.result = 'passed' AND c.verified_on IS NOT NULL AND c.device_id IS NOT NULL"
        " AND coalesce(c.kind, '') <> 'calibration' GROUP BY c.device_id, c.certificate_no, c.verified_on, c.valid_until"
    )


def _days_statement(schema: str, has: dict[str, bool]) -> str:
    if not has["detections"]:
        return (
            f"CREATE OR REPLACE TABLE {schema}.device_days AS SELECT NULL::VARCHAR AS device_id, NULL::DATE AS day,"
            " 0::BIGINT AS records, 0::BIGINT AS fined, FALSE AS is_verified WHERE FALSE"
        )
    fined, join = "0::BIGINT", ""
    if has["cases"]:
        fined, join = "count(x.record_id)", f" LEFT JOIN ({FINED}) AS x ON x.record_id = d.record_id"
    return (
        f"CREATE OR REPLACE TABLE {schema}.device_days AS WITH days AS (SELECT d.device_id, d.detected_at::DATE AS day,"
        f" count(*) AS records, {fined} AS fined FROM records_detections AS d{join}"
        " WHERE d.device_id IS NOT NULL AND d.detected_at IS NOT NULL GROUP BY 1, 2)"
        " SELECT y.device_id, y.day, y.records, y.fined, count(t.device_id) > 0 AS is_verified FROM days AS y"
        f" LEFT JOIN {schema}.device_terms AS t ON t.device_id = y.device_id AND y.day BETWEEN t.from_on AND t.until_on"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"
    )


def _list_statement(schema: str, has: dict[str, bool]) -> str:
    register = "SELECT device_id, station_id, kind FROM records_devices WHERE device_id IS NOT NULL"
    if not has["devices"]:
        register = "SELECT NULL::VARCHAR AS device_id, NULL::VARCHAR AS station_id, NULL::VARCHAR AS kind WHERE FALSE"
    station, agency, join = "NULL::VARCHAR", "NULL::VARCHAR", ""
    if has["stations"]:
        station, agency, join = (
            "s.name",
            "s.agency_id",
            " LEFT JOIN records_stations AS s ON s.station_id = r.station_id",
        )
    known = "TRUE" if has["calibrations"] else "FALSE"
    return (
        f"CREATE OR REPLACE TABLE {schema}.device_list AS WITH counted AS (SELECT device_id, sum(records)::BIGINT AS records,"
        " sum(fined)::BIGINT AS fined, coalesce(sum(records) FILTER (NOT is_verified), 0)::BIGINT AS outside,"
        " coalesce(sum(fined) FILTER (NOT is_verified), 0)::BIGINT AS fined_outside"
        f" FROM {schema}.device_days GROUP BY 1), found AS (SELECT f.subject_id AS device_id, count(*) AS findings,"
        " count(*) FILTER (f.verdict = 'breach') AS breaches, min(f.rank) AS rank"
        f" FROM {schema}.short_findings AS f WHERE {_OF_DEVICES} GROUP BY 1), register AS ({register}),"
        " every AS (SELECT device_id FROM register UNION SELECT device_id FROM counted UNION SELECT device_id FROM found)"
        f" SELECT e.device_id, r.station_id, {station} AS station, {agency} AS agency_id, r.kind,"
        " coalesce(c.records, 0) AS records, coalesce(c.fined, 0) AS fined,"
        f" CASE WHEN {known} THEN coalesce(c.outside, 0) END AS outside,"
        f" CASE WHEN {known} THEN coalesce(c.fined_outside, 0) END AS fined_outside,"
        " coalesce(f.findings, 0) AS findings, coalesce(f.breaches, 0) AS breaches, f.rank AS rank,"
        " r.device_id IS NOT NULL AS is_registered"
        " FROM every AS e LEFT JOIN register AS r ON r.device_id = e.device_id LEFT JOIN counted AS c ON c.device_id = e.device_id"
        f" LEFT JOIN found AS f ON f.device_id = e.device_id{join} WHERE e.device_id IS NOT NULL"
    )


def rates(source: Source, kind: str) -> list[tuple[Any, ...]]:
    """Return of each device of a kind: device_id, fined records, records."""
    schema = devices_prepared(source)
    return source.rows(
        f"SELECT device_id, fined, records FROM {schema}.device_list WHERE kind = ? AND records > 0 ORDER BY 1", [kind]
    )


__all__ = [
    "ORDERS", "Device", "Gap", "Month", "device_of", "devices_prepared", "gaps", "listed", "months",
    "rates", "rows_of", "station_row", "sums", "terms", "usual_months",
]  # fmt: skip
