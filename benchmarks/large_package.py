"""A synthetic package and ledger of any size, for timing the pages that stand on them.

The samples are audited once and their rows repeated over made-up agencies, stations, devices, vehicles and cases. Keys
come in no order, as a bureau's own do: nothing is found fast by a file that happens to be sorted.
"""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import sys
import time
from datetime import date
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analyzer.cli.ledger_follow import follow_package  # noqa: E402
from analyzer.engine.audit import Order, run_audit  # noqa: E402
from analyzer.ledger import open_ledger  # noqa: E402
from analyzer.store.contents import RESULT_GROUP, RESULTS, copy_query  # noqa: E402
from analyzer.store.package import Package, drafting, write_package  # noqa: E402

AGENCIES, STATIONS, DEVICES, VEHICLES = 40, 400, 2_000, 400_000
_STRIDE = 7_919
"""Keys go round in steps of this prime, so that each comes once and neighbours do not lie together."""


def write_samples(work: Path) -> Path:
    """Audit the samples and return their package."""
    small = work / "samples"
    if not (small / "manifest.json").is_file():
        work.mkdir(parents=True, exist_ok=True)
        order = Order(inputs=(ROOT / "data" / "samples",), as_of=date(2025, 12, 31))
        with drafting(small) as draft, run_audit(order, writable=[draft]) as done:
            write_package(done, draft, small)
    return small


def write_large(work: Path, findings: int, detections: int) -> Path:
    """Write the synthetic package unless it is there, and return it."""
    package = work / f"package-{findings}-{detections}"
    if (package / "manifest.json").is_file():
        return package
    started, small = time.perf_counter(), write_samples(work)
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(small, package, ignore=shutil.ignore_patterns("audit.duckdb", "*.xlsx", "*.docx", ".*"))
    manifest = package / "manifest.json"
    kept = manifest.read_text(encoding="utf-8")
    manifest.unlink()
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = false")
    for name, query in _queries(small, findings, detections).items():
        con.execute(f"CREATE OR REPLACE TABLE made AS {query}")
        order = " ORDER BY _source, _row" if name.startswith("records/") else ""
        copy_query(con, f"FROM made{order}", package / f"{name}.parquet", RESULT_GROUP if name in RESULTS else 0)
    said = json.loads((package / "summary.json").read_text(encoding="utf-8"))
    said["tables"] |= {"detections": detections, "cases": max(findings // 2, 1)}
    (package / "summary.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    manifest.write_text(kept, encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"package written in {time.perf_counter() - started:.0f} s, peak {peak:.0f} MB", file=sys.stderr)
    return package


def write_ledger(work: Path, package: Path, findings: int) -> Path:
    """Write a ledger with an entry for each finding unless it is there, and return its file.

    The entries of the samples are repeated; their histories are not, so it is for reading only.
    """
    path = work / f"ledger-{findings}.sqlite"
    if path.is_file():
        return path
    draft = work / f".{path.name}"
    draft.unlink(missing_ok=True)
    with open_ledger(draft) as ledger:
        follow_package(ledger, Package(write_samples(work)))
    ids = duckdb.sql(f"SELECT finding_id FROM read_parquet('{package.as_posix()}/findings.parquet')").fetchall()
    con = sqlite3.connect(draft)
    columns = [row[1] for row in con.execute("PRAGMA table_info(entries)")]
    made = {
        "id": "n.id", "number": "printf('2026-%06d', n.id)", "finding_id": "n.finding_id",
        "agency_id": f"printf('JG%03d', n.id % {AGENCIES})", "agency": f"printf('第%d执法大队', n.id % {AGENCIES})",
        "state": "CASE WHEN n.id % 10 < 6 THEN e.state WHEN n.id % 10 < 8 THEN 'confirmed' ELSE 'rectifying' END",
        "deadline": "CASE WHEN n.id % 10 > 7 THEN date('2026-01-01', (n.id % 700) || ' days') END",
    }  # fmt: skip
    wanted = ", ".join(made.get(name, f"e.{name}") for name in columns)
    con.execute("CREATE TEMP TABLE base AS SELECT *, row_number() OVER (ORDER BY id) - 1 AS _n FROM entries")
    con.execute("CREATE TEMP TABLE new (id INTEGER PRIMARY KEY, finding_id TEXT)")
    con.executemany("INSERT INTO new (finding_id) VALUES (?)", ids)
    con.execute("DELETE FROM entries")
    con.execute(
        f"INSERT INTO entries ({', '.join(columns)}) SELECT {wanted} FROM new AS n"
        " JOIN base AS e ON e._n = n.id % (SELECT count(*) FROM base)"
    )
    con.commit()
    con.close()
    draft.rename(path)
    return path


def _queries(small: Path, findings: int, detections: int) -> dict[str, str]:
    """Return SQL for each file of the package that is made larger."""
    at, cases = small.as_posix(), max(findings // 2, 1)
    plate = "'豫' || chr(65 + (v % 20)::INT) || lpad((v % 100000)::VARCHAR, 5, '0')"

    def numbers(rows: int, name: str) -> str:
        """The numbers of the rows to be made, each with the row of the samples that it repeats."""
        count = duckdb.sql(f"SELECT count(*) FROM read_parquet('{at}/{name}.parquet')").fetchall()[0][0]
        return (
            f"(SELECT i, (hash(i) % {VEHICLES})::BIGINT AS v, i % {count} AS _of FROM range({rows}) AS t(i))"
            " JOIN base AS b ON b._n = _of"
        )

    def like(table: str, rows: int, **columns: str) -> str:
        """Rows of a table of the samples repeated, with these columns made anew from the row's number `i`."""
        columns |= {"_source": "1", "_row": "i + 2"}
        replaced = ", ".join(f"{value} AS {name}" for name, value in columns.items())
        return (
            f"WITH base AS (SELECT *, row_number() OVER () - 1 AS _n FROM read_parquet('{at}/records/{table}.parquet'))"
            f" SELECT b.* EXCLUDE (_n) REPLACE ({replaced}) FROM {numbers(rows, f'records/{table}')}"
        )

    def key(prefix: str, number: str, of: int) -> str:
        return f"'{prefix}' || lpad(((({number})::BIGINT * {_STRIDE}) % {of})::VARCHAR, 9, '0')"

    station = f"'ZD' || lpad((i % {STATIONS})::VARCHAR, 5, '0')"
    device = f"'SB' || lpad((i % {DEVICES})::VARCHAR, 5, '0')"
    of_device = f"'ZD' || lpad(((i % {DEVICES}) % {STATIONS})::VARCHAR, 5, '0')"
    agency = f"'JG' || lpad((i % {AGENCIES})::VARCHAR, 3, '0')"
    day = "DATE '2023-01-01' + (hash(i + 7) % 1090)::INT"
    case, record = key("AJ", f"i % {cases}", cases), key("JC", "i", detections)
    found = (
        f"WITH base AS (SELECT *, row_number() OVER () - 1 AS _n FROM read_parquet('{at}/findings.parquet'))"
        " SELECT b.* EXCLUDE (_n) REPLACE ("
        " left(sha256('f' || i), 32) AS finding_id,"
        f" CASE b.subject_kind WHEN 'vehicle' THEN {plate} || '|yellow' WHEN 'device' THEN {device} WHEN 'station' THEN {station}"
        f" WHEN 'agency' THEN {agency} WHEN 'case' THEN {case} ELSE b.subject_id || i END AS subject_id,"
        f" {agency} AS agency_id, {of_device} AS station_id, {day} AS started_on, {day} + 3 AS ended_on)"
        f" FROM {numbers(findings, 'findings')}"
        " ORDER BY rule, started_on, finding_id"
    )
    records = (
        f"WITH base AS (SELECT rule, verdict, row_number() OVER () - 1 AS _n FROM read_parquet('{at}/findings.parquet')),"
        f" tables AS (SELECT rule, any_value(table_name) AS table_name FROM read_parquet('{at}/finding_records.parquet') GROUP BY 1)"
        " SELECT left(sha256('f' || i), 32) AS finding_id, b.rule, t.table_name, CASE t.table_name"
        f" WHEN 'detections' THEN {key('JC', f'hash(i + k) % {detections}', detections)}"
        f" WHEN 'cases' THEN {case} ELSE 'X' || i || '-' || k END AS record_key, b.verdict"
        f" FROM {numbers(findings, 'findings')}"
        " JOIN tables AS t ON t.rule = b.rule CROSS JOIN range(2) AS r(k)"
    )
    return {
        "records/agencies": like("agencies", AGENCIES, agency_id=agency, name="'第' || i || '执法大队'"),
        "records/stations": like("stations", STATIONS, station_id=station, agency_id=agency, name="'第' || i || '站'"),
        "records/devices": like("devices", DEVICES, device_id=device, station_id=of_device),
        "records/cases": like(
            "cases", cases, case_id=case, record_id=record, agency_id=agency, plate_no=plate, plate_color="'yellow'",
            filed_on=day, decided_on=f"{day} + 20",
        ),
        "records/detections": like(
            "detections", detections, record_id=record, device_id=device, station_id=of_device, plate_no=plate,
            plate_color="'yellow'", detected_at=f"CAST({day} AS TIMESTAMP) + to_seconds((hash(i) % 86400)::INT)",
        ),
        "findings": found,
        "finding_records": f"SELECT DISTINCT * FROM ({records}) ORDER BY rule, finding_id, record_key",
    }  # fmt: skip


__all__ = ["write_large", "write_ledger", "write_samples"]
