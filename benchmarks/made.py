"""Made tables for timing: as many detections as asked for, with notices, cases and registers in proportion.

The rows are made inside DuckDB from a hash of their number, so that any size is the same on every machine. They are
believable in shape (plates, devices, dates, shares), not in law: what the rules find in them means nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb

from analyzer.engine.connect import create_table
from analyzer.engine.setting import Supply
from analyzer.model import Vocabulary

_COLUMNS = {
    "detections": """
      'R' || lpad(i::VARCHAR, 9, '0') AS record_id, 'D' || (h % 400) AS device_id, 'S' || (h % 400 // 4) AS station_id,
      {plate} AS plate_no, 'yellow' AS plate_color, {moment} AS detected_at,
      CASE WHEN {heavy} THEN 'overload' END AS violation_type, 6 AS axle_count, 'combination' AS vehicle_type,
      CASE WHEN {heavy} THEN 51000 + h // 13 % 15000 ELSE 30000 + h // 13 % 19000 END AS gross_weight_kg,
      49000 AS limit_weight_kg, 60.0 AS speed_kmh, 3 AS photo_count,
      {moment} + to_days(1) AS reviewed_at,
      'passed' AS review_result, 'pending' AS status""",
    "devices": "'D' || i AS device_id, 'S' || (i // 4) AS station_id, 'wim' AS kind, DATE '2020-01-01' AS legal_review_on,"
    " CASE WHEN i % 50 > 0 THEN DATE '2020-01-01' END AS technical_review_on, DATE '2020-01-01' AS commissioned_on,"
    " DATE '2020-01-01' AS sign_installed_on, DATE '2020-01-01' AS location_published_on",
    "calibrations": "'C' || i AS certificate_no, 'D' || (i // 5) AS device_id,"
    " DATE '2021-01-01' + CAST(i % 5 * 360 AS INTEGER) AS verified_on,"
    " DATE '2021-12-31' + CAST(i % 5 * 360 - (CASE WHEN i % 97 = 0 THEN 30 ELSE 0 END) AS INTEGER) AS valid_until, 'passed' AS result",
    "stations": "'S' || i AS station_id, '0' || (i % 5) AS agency_id, 34.5 + i / 100 AS latitude, 111 + i / 100 AS longitude",
    "agencies": "'0' || i AS agency_id, 'transport' AS kind, TRUE AS has_authority, DATE '2010-01-01' AS authority_from",
    "officers": "'O' || i AS officer_id, 'officer' AS kind, '0' || (i % 5) AS agency_id, 'Z' || i AS certificate_no,"
    " DATE '2019-01-01' AS certificate_from, DATE '2029-01-01' AS certificate_until",
}

_ANY_TIME = {
    "plate": "'豫M' || lpad((h // 7 % 200000)::VARCHAR, 5, '0')",
    "moment": "TIMESTAMP '2023-01-01' + to_seconds(CAST(h // 11 % 63000000 AS BIGINT))",
    "heavy": "h % 10 < 2",
    "party": "(d.h % 50000)",
    "agency": "(d.h % 5)",
    "penalty": "'fine'",
}
"""Detections of two years in no order, of one fleet."""

DAYS, LAST_DAY = 500, date(2025, 11, 30)
"""How long the history of a bureau is that scans every night, and the day of its last scan."""

_AS_THEY_CAME = {
    "plate": "CASE WHEN h // 8009 % 5 < 3 THEN '豫' || substr('MN', CAST(1 + h // 700007 % 2 AS BIGINT), 1)"
    " || lpad((h // 7 % 100000)::VARCHAR, 5, '0') ELSE"
    " substr('京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁湘鄂粤桂琼川贵云渝藏陕甘青宁新', CAST(1 + h // 7 % 30 AS BIGINT), 1)"
    " || substr('ABCDEFGHJK', CAST(1 + h // 211 % 10 AS BIGINT), 1) || lpad((h // 2111 % 100000)::VARCHAR, 5, '0') END",
    "moment": "TIMESTAMP '{end}' - to_seconds(CAST(({detections} - i) * {seconds} AS BIGINT))"
    " - to_days(CASE WHEN h // 503 % 100 = 7 THEN CAST(h // 17 % 6 AS INTEGER) ELSE 0 END)",
    "heavy": "h // 1009 % 10 < 2",
    "party": "d.plate_no",
    "agency": "CAST(substr(d.station_id, 2) AS INTEGER) % 5",
    "penalty": "CASE WHEN d.h // 700 % 40 = 0 THEN 'exempt' ELSE 'fine' END",
}
"""Detections in the order in which they came: three of five are of vehicles that pass again and again, the others of
strangers; one of a hundred comes up to five days late. Every device catches the same share, every vehicle has its own
owner, the agency is the station's, two of a hundred parties are never told, one case of forty ends without a fine."""

CAME = {
    "detections": "record_id > 'R{number:09d}'",
    "notices": "issued_at >= TIMESTAMP '{moment}'",
    "cases": "greatest(referred_on, served_on) >= DATE '{moment:%Y-%m-%d}'",
}
"""Which rows the last night brought: detections, the documents issued since the scan before, the cases that ended since.

These are about detections of the last weeks. Registers bring nothing."""

_FROM_DETECTIONS = {
    # Lawful but for a few: every hundredth notice is late, every two hundredth decision is served late, and so on.
    "notices": """
      'W' || substr(d.record_id, 2) AS notice_id, d.record_id, d.plate_no, d.plate_color, '车主' || {party} AS party_name,
      'violation_notice' AS kind, d.detected_at + to_days(CASE WHEN d.h % 100 = 0 THEN 45 ELSE 3 END) AS issued_at,
      d.detected_at + to_days(6) AS delivered_at, '0' || {agency} AS agency_id""",
    "cases": """
      'A' || substr(d.record_id, 2) AS case_id, d.record_id, d.plate_no, d.plate_color, '车主' || {party} AS party_name,
      'organization' AS party_type, '0' || {agency} AS agency_id, 'non_site' AS enforcement_mode,
      'overload' AS violation_type, 'ordinary' AS procedure, CAST(d.detected_at AS DATE) + 5 AS filed_on,
      'O' || (d.h % 5) AS officer1_id, CASE WHEN d.h % 300 > 0 THEN 'O' || (5 * (1 + d.h % 10) + d.h % 5) END AS officer2_id,
      CASE WHEN d.h % 250 > 0 THEN CAST(d.detected_at AS DATE) + 10 END AS prior_notice_on,
      CAST(d.detected_at AS DATE) + 20 AS decided_on, {penalty} AS penalty_type,
      CASE WHEN {penalty} = 'fine' THEN 1 ELSE 0 END * 500 * ((d.gross_weight_kg - d.limit_weight_kg) // 1000) AS fine_yuan,
      'N' || d.record_id AS decision_no,
      '公路法' AS legal_basis, CAST(d.detected_at AS DATE) + CASE WHEN d.h % 200 = 0 THEN 45 ELSE 22 END AS served_on,
      'in_person' AS service_method, CAST(d.detected_at AS DATE) + 30 AS referred_on,
      CAST(d.detected_at AS DATE) + 9 AS hearing_informed_on, CAST(d.detected_at AS DATE) + 19 AS legal_review_on,
      'passed' AS legal_review_result, 'closed' AS status""",
}
"""About 15 notices and 12 cases for a hundred detections."""


def make_tables(
    con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, detections: int, *, as_they_came: bool = False
) -> Supply:
    """Fill `con` with made canonical tables; every column that is not made is blank, none is unknown.

    With `as_they_came` the rows are those of a bureau that scans every night, see `CAME`: in order, over `DAYS`
    days, without the documents and cases that are still to come. Otherwise they are spread over two years.
    """
    sizes = {
        "detections": detections,
        "devices": 400,
        "calibrations": 2000,
        "stations": 100,
        "agencies": 5,
        "officers": 60,
    }
    kind = _AS_THEY_CAME if as_they_came else _ANY_TIME
    seconds = DAYS * 86400 / detections
    words = {name: text.format(end=LAST_DAY, detections=detections, seconds=seconds) for name, text in kind.items()}
    for table, size in sizes.items():
        con.execute(create_table(vocabulary, table))
        made = f'SELECT {_COLUMNS[table].format(**words)}, 0 AS "_unknown", 0 AS "_source", i AS "_row"'
        con.execute(
            f'INSERT INTO "{table}" BY NAME {made} FROM (SELECT i, hash(i) // 16 AS h FROM range({size}) AS r(i)) AS n'
        )
    for table, share in (("notices", 98 if as_they_came else 75), ("cases", 60)):
        con.execute(create_table(vocabulary, table))
        made = f'SELECT {_FROM_DETECTIONS[table].format(**words)}, 0 AS "_unknown", 0 AS "_source", d."_row"'
        known = f"NOT {CAME[table].format(moment=LAST_DAY)}" if as_they_came else "TRUE"
        con.execute(
            f'INSERT INTO "{table}" BY NAME SELECT * FROM ({made} FROM (SELECT *, hash(record_id) // 16 AS h FROM'
            f" detections WHERE violation_type IS NOT NULL) AS d WHERE d.h % 100 < {share}) AS t WHERE {known}"
        )
    sizes |= dict.fromkeys(_FROM_DETECTIONS, 0)
    return Supply({table: frozenset(vocabulary[table].columns) for table in sizes})


def came_last(detections: int, new: int) -> tuple[dict[str, str], date]:
    """Return which rows the last of two nights brought, as SQL by table, and the day of the scan before it.

    The newest of `detections` are `new`; they are the work of as many days as it takes at the pace of the history.
    """
    since = datetime.combine(LAST_DAY, datetime.min.time()) - timedelta(seconds=DAYS * 86400 * new / detections)
    return {table: text.format(number=detections - new - 1, moment=since) for table, text in CAME.items()}, since.date()
