"""The records that every peer judges: the made tables, with faults laid in, as one Parquet file a table.

The made tables of `made.py` are lawful but for a few rows; most of the twelve rules would find nothing in them, and
equal answers would prove little. So rows are spoilt here by a hash of their key: blanks where a step should be, late
steps, second cases on one record, ten documents on one day, withdrawn cases, unverified devices. The same number of
detections gives the same rows on every machine. The calendar of working days comes along as a table, ready counted, so
that no peer has to know the Chinese holidays.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from made import make_tables

from analyzer.engine.connect import connect
from analyzer.model.law import Calendar
from analyzer.model.tables import UNKNOWN
from analyzer.rulebook.library import Library, load_library

TABLES = ("detections", "devices", "calibrations", "agencies", "notices", "cases")
"""What the twelve rules look at."""

_BULK = """
  SELECT notice_id, h, CASE WHEN h % 100 = 0 THEN (row_number() OVER (PARTITION BY h % 100 = 0 ORDER BY notice_id) - 1) // 12 END
    AS bundle FROM (SELECT notice_id, hash(notice_id) // 16 AS h FROM notices)"""
"""A hundredth of the notices goes out in bundles of twelve: one agency, one vehicle, one day."""

_SPOILT = {
    "detections": """
      SELECT * EXCLUDE (h) REPLACE (
        CASE WHEN h % 1001 > 0 THEN plate_no END AS plate_no,
        CASE WHEN h % 5003 > 0 THEN device_id END AS device_id,
        CASE WHEN h % 2003 > 0 THEN station_id END AS station_id,
        CASE WHEN h % 7001 > 0 THEN detected_at END AS detected_at,
        CASE WHEN violation_type = 'overload' AND h % 97 = 0 THEN 'speeding' ELSE violation_type END AS violation_type,
        CASE WHEN h % 776 > 0 THEN speed_kmh END AS speed_kmh,
        CASE WHEN h % 3001 > 0 THEN gross_weight_kg END AS gross_weight_kg,
        CASE WHEN h % 3511 > 0 THEN limit_weight_kg END AS limit_weight_kg,
        CASE WHEN h % 1201 = 0 THEN NULL WHEN h % 907 = 0 THEN reviewed_at + INTERVAL 3 DAY
             WHEN h % 911 = 0 THEN reviewed_at + INTERVAL 20 DAY ELSE reviewed_at END AS reviewed_at,
        CASE WHEN h % 1303 = 0 THEN 'failed' WHEN h % 1409 > 0 THEN review_result END AS review_result)
      FROM (SELECT *, hash(record_id) // 16 AS h FROM detections)""",
    "devices": """
      SELECT * EXCLUDE (n) REPLACE (
        CASE WHEN n % 90 = 7 THEN 'camera' WHEN n % 133 > 0 THEN kind END AS kind,
        CASE WHEN n % 37 = 5 THEN DATE '2024-03-01' WHEN n % 111 > 0 THEN legal_review_on END AS legal_review_on)
      FROM (SELECT *, CAST(substr(device_id, 2) AS INTEGER) AS n FROM devices) WHERE n % 150 <> 3""",
    "calibrations": """
      SELECT * EXCLUDE (n) REPLACE (
        CASE WHEN n % 211 = 0 THEN 'failed' WHEN n % 499 > 0 THEN result END AS result,
        CASE WHEN n % 61 = 0 THEN NULL WHEN n % 53 = 0 THEN valid_until - 100 ELSE valid_until END AS valid_until,
        CASE WHEN n % 43 = 0 THEN 'calibration' WHEN n % 7 = 0 THEN 'verification' END AS kind)
      FROM (SELECT *, CAST(substr(certificate_no, 2) AS INTEGER) AS n FROM calibrations)
      WHERE CAST(substr(device_id, 2) AS INTEGER) % 170 <> 9""",
    "agencies": "SELECT * REPLACE (CASE WHEN agency_id = '04' THEN 'police' ELSE kind END AS kind) FROM agencies",
    "notices": f"""
      SELECT n.* REPLACE (
        CASE WHEN b.h % 1601 = 0 THEN NULL WHEN bundle % 17 = 3 AND b.h % 3 = 0 THEN NULL
             WHEN bundle % 17 = 4 THEN first_value(record_id) OVER (PARTITION BY bundle ORDER BY n.notice_id)
             ELSE record_id END AS record_id,
        CASE WHEN b.h % 1201 = 0 THEN NULL WHEN b.h % 83 = 1 THEN 'penalty_notice' WHEN b.h % 89 = 1 THEN 'decision'
             WHEN b.h % 97 = 1 THEN 'other' ELSE n.kind END AS kind,
        CASE WHEN bundle IS NOT NULL THEN '豫MB' || bundle WHEN b.h % 1801 > 0 THEN plate_no END AS plate_no,
        CASE WHEN bundle % 5 = 1 THEN NULL ELSE plate_color END AS plate_color,
        CASE WHEN bundle % 7 = 2 THEN NULL WHEN bundle IS NOT NULL THEN '01' ELSE agency_id END AS agency_id,
        CASE WHEN bundle IS NOT NULL THEN TIMESTAMP '2023-01-10 09:00' + to_days(CAST(bundle * 130 % 700 AS INTEGER))
             WHEN b.h % 1901 > 0 THEN issued_at END AS issued_at)
      FROM notices AS n JOIN ({_BULK}) AS b USING (notice_id)
      UNION ALL BY NAME
      SELECT 'V' || case_id AS notice_id, case_id, plate_no, plate_color, 'decision' AS kind, agency_id,
        CASE WHEN hash(case_id) // 16 % 4 > 0 THEN CAST(decided_on AS TIMESTAMP) + INTERVAL (hash(case_id) // 16 % 20) DAY END AS issued_at
      FROM cases WHERE hash(case_id) // 16 % 71 < 2""",
    "cases": """
      SELECT * EXCLUDE (h) REPLACE (
        CASE WHEN h % 1511 > 0 THEN record_id END AS record_id,
        CASE WHEN h % 47 = 0 THEN 'withdrawn' WHEN h % 59 = 0 THEN 'open' WHEN h % 1301 > 0 THEN status END AS status,
        CASE WHEN h % 59 = 0 AND h % 2 = 0 THEN NULL WHEN h % 1601 > 0 THEN decided_on END AS decided_on,
        CASE WHEN h % 131 = 0 THEN filed_on - 100 WHEN h % 137 = 0 THEN filed_on - 75 WHEN h % 1709 > 0 THEN filed_on END AS filed_on,
        CASE WHEN h % 3 = 0 THEN filed_on + CAST(h % 100 AS INTEGER) - 75 END AS extension_approved_on,
        CASE WHEN h % 4 > 0 THEN CAST(15 * (h % 4) AS INTEGER) END AS extension_days,
        CASE WHEN h % 61 = 0 THEN 'summary' WHEN h % 1811 > 0 THEN procedure END AS procedure,
        CASE WHEN h % 113 = 0 THEN 'exempt' WHEN h % 1907 > 0 THEN penalty_type END AS penalty_type,
        CASE WHEN h % 89 = 0 THEN decided_on + 1 ELSE prior_notice_on END AS prior_notice_on,
        CASE WHEN h % 41 = 0 THEN NULL WHEN h % 43 = 0 THEN served_on + 9 ELSE served_on END AS served_on,
        CASE WHEN h % 23 = 0 THEN 'mail' WHEN h % 29 = 0 THEN 'public' WHEN h % 31 > 0 THEN service_method END AS service_method,
        CASE WHEN h % 79 = 0 THEN fine_yuan + 300 WHEN h % 73 = 0 THEN fine_yuan + 2000 WHEN h % 1607 > 0 THEN fine_yuan END AS fine_yuan,
        CASE WHEN h % 2011 > 0 THEN violation_type END AS violation_type,
        CASE WHEN h % 83 = 0 THEN 'on_site' WHEN h % 1013 > 0 THEN enforcement_mode END AS enforcement_mode,
        CASE WHEN h % 241 = 0 THEN officer2_id WHEN h % 251 > 0 THEN officer1_id END AS officer1_id,
        CASE WHEN h % 1409 > 0 THEN agency_id END AS agency_id)
      FROM (SELECT *, hash(case_id) // 16 AS h FROM cases)
      UNION ALL BY NAME
      SELECT * EXCLUDE (h) REPLACE (
        'Z' || substr(case_id, 2) AS case_id,
        CASE WHEN h % 5 = 0 THEN party_name || '二' WHEN h % 7 > 0 THEN party_name END AS party_name,
        CASE WHEN h % 11 = 0 THEN 'oversize' ELSE violation_type END AS violation_type,
        CASE WHEN h % 13 = 0 THEN 'withdrawn' ELSE status END AS status,
        decided_on + 3 AS decided_on, served_on + 3 AS served_on)
      FROM (SELECT *, hash(case_id) // 16 AS h FROM cases) WHERE h % 307 < 2""",
}


def write_data(folder: Path, detections: int, library: Library | None = None) -> dict[str, int]:
    """Write the tables of `detections` detections and the calendar to `folder`; return the rows of each.

    What an earlier run of this very file wrote is used again; anything else in the folder is written anew.
    """
    mark = folder / "rows.json"
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if not (mark.is_file() and (folder / made_by).is_file()):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        library = library or load_library()
        con = connect(folder)
        try:
            make_tables(con, library.vocabulary, detections)
            for table in TABLES:
                write(con, f'SELECT * EXCLUDE ("{UNKNOWN}", "_source", "_row") FROM ({_SPOILT[table]})', folder / table)
            write(con, days(con, library.calendar), folder / "calendar")
        finally:
            con.close()
        for left in folder.glob("work.duckdb*"):
            left.unlink()
        mark.write_text(json.dumps({table: rows_of(folder / f"{table}.parquet") for table in TABLES}))
        (folder / made_by).touch()
    return dict(json.loads(mark.read_text()))


def write(con: duckdb.DuckDBPyConnection, query: str, place: Path) -> None:
    """Write a query to a Parquet file."""
    con.execute(f"COPY ({query}) TO '{place}.parquet' (FORMAT parquet)")


def days(con: duckdb.DuckDBPyConnection, calendar: Calendar) -> str:
    """Put the calendar into a table; return the query that reads it: each day, working days so far, the next one."""
    all_days = [calendar.first + timedelta(days=place) for place in range(len(calendar.counts))]
    con.execute(
        "CREATE TEMP TABLE days AS SELECT unnest(CAST($1 AS DATE[])) AS day,"
        " unnest(CAST($2 AS INTEGER[])) AS working_days, unnest(CAST($3 AS DATE[])) AS rolled_on",
        [all_days, list(calendar.counts), list(calendar.rolls)],
    )
    return "SELECT * FROM days ORDER BY day"


def rows_of(file: Path) -> int:
    """Return the rows of a Parquet file."""
    row = duckdb.execute(f"SELECT count(*) FROM '{file}'").fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    write_data(Path(sys.argv[1]), int(sys.argv[2]))
