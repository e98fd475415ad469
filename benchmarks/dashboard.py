"""How fast the pages answer with a million findings and ten million detections behind them, measured in a browser.

    .venv/bin/python benchmarks/dashboard.py --work DIR [--findings 1000000] [--detections 10000000]

A synthetic package is written straight as Parquet: the samples are audited once and their findings repeated over made-up
agencies, stations, devices, vehicles and cases. Every page is opened once, which is the first load; then each action is
done again and the time is taken from the click until the page has been worked out. The aim is one second on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analyzer.engine.audit import Order, run_audit  # noqa: E402
from analyzer.store.package import drafting, write_package  # noqa: E402
from tests.dashboard.browser import browser, dashboard  # noqa: E402

AGENCIES, STATIONS, DEVICES = 40, 400, 2_000
AIM = 1.0

Row = tuple[str, str, float, float]


def main() -> None:
    """Write the package unless it is there, measure, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--work", type=Path, required=True)
    asked.add_argument("--findings", type=int, default=1_000_000)
    asked.add_argument("--detections", type=int, default=10_000_000)
    given = asked.parse_args()
    package = given.work / f"package-{given.findings}-{given.detections}"
    if not (package / "manifest.json").is_file():
        write_large(given.work, package, given.findings, given.detections)
    rows = measure(package)
    print(f"{'page':10} {'action':34} {'first':>8} {'again':>8}")
    for page, action, first, again in rows:
        print(
            f"{page:10} {action:34} {first:7.2f}s {again:7.2f}s{'' if again <= AIM else '   over ' + str(AIM) + ' s'}"
        )
    print(json.dumps({"cores": os.cpu_count(), "load": os.getloadavg()[0], "worst_again": max(row[3] for row in rows)}))


def write_large(work: Path, package: Path, findings: int, detections: int) -> None:
    """Write the synthetic package."""
    work.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    small = work / "samples"
    if not (small / "manifest.json").is_file():
        order = Order(inputs=(ROOT / "data" / "samples",), as_of=date(2025, 12, 31))
        with drafting(small) as draft, run_audit(order, writable=[draft]) as done:
            write_package(done, draft, small)
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(small, package, ignore=shutil.ignore_patterns("audit.duckdb", "*.xlsx", "*.docx", ".*"))
    manifest = package / "manifest.json"
    kept = manifest.read_text(encoding="utf-8")
    manifest.unlink()
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = false")
    for name, query in queries(small, findings, detections).items():
        con.execute(f"CREATE OR REPLACE TABLE made AS {query}")
        con.execute(f"COPY made TO '{package / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    said = json.loads((package / "summary.json").read_text(encoding="utf-8"))
    said["tables"] |= {"detections": detections}
    (package / "summary.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    manifest.write_text(kept, encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"package written in {time.perf_counter() - started:.0f} s, peak {peak:.0f} MB", file=sys.stderr)


def queries(small: Path, findings: int, detections: int) -> dict[str, str]:
    """Return SQL for each file of the package that is made larger."""
    at = small.as_posix()
    cases = max(findings // 2, 1)
    plate = "'豫' || chr(65 + (v % 20)::INT) || lpad((v % 100000)::VARCHAR, 5, '0')"

    def numbers(rows: int, name: str) -> str:
        """The numbers of the rows to be made, each with the row of the samples that it repeats."""
        count = duckdb.sql(f"SELECT count(*) FROM read_parquet('{at}/{name}.parquet')").fetchall()[0][0]
        return f"(SELECT i, (hash(i) % 400000)::BIGINT AS v, i % {count} AS _of FROM range({rows}) AS t(i)) JOIN base AS b ON b._n = _of"

    def like(table: str, rows: int, **columns: str) -> str:
        """Rows of a table of the samples repeated, with these columns made anew from the row's number `i`."""
        replaced = ", ".join(f"{value} AS {name}" for name, value in columns.items())
        return (
            f"WITH base AS (SELECT *, row_number() OVER () - 1 AS _n FROM read_parquet('{at}/records/{table}.parquet'))"
            f" SELECT b.* EXCLUDE (_n) REPLACE ({replaced}) FROM {numbers(rows, f'records/{table}')}"
        )

    station = f"'ZD' || lpad((i % {STATIONS})::VARCHAR, 5, '0')"
    device = f"'SB' || lpad((i % {DEVICES})::VARCHAR, 5, '0')"
    of_device = f"'ZD' || lpad(((i % {DEVICES}) % {STATIONS})::VARCHAR, 5, '0')"
    agency = f"'JG' || lpad((i % {AGENCIES})::VARCHAR, 3, '0')"
    day = "DATE '2023-01-01' + (hash(i + 7) % 1090)::INT"
    found = (
        f"WITH base AS (SELECT *, row_number() OVER () - 1 AS _n FROM read_parquet('{at}/findings.parquet'))"
        " SELECT b.* EXCLUDE (_n) REPLACE ("
        " left(sha256('f' || i), 32) AS finding_id,"
        f" CASE b.subject_kind WHEN 'vehicle' THEN {plate} || '|yellow' WHEN 'device' THEN {device} WHEN 'station' THEN {station}"
        f" WHEN 'agency' THEN {agency} WHEN 'case' THEN 'AJ' || lpad((i % {cases})::VARCHAR, 8, '0') ELSE b.subject_id || i END AS subject_id,"
        f" {agency} AS agency_id, {of_device} AS station_id, {day} AS started_on, {day} + 3 AS ended_on)"
        f" FROM {numbers(findings, 'findings')}"
        " ORDER BY rule, started_on, finding_id"
    )
    records = (
        f"WITH base AS (SELECT rule, verdict, row_number() OVER () - 1 AS _n FROM read_parquet('{at}/findings.parquet')),"
        f" tables AS (SELECT rule, any_value(table_name) AS table_name FROM read_parquet('{at}/finding_records.parquet') GROUP BY 1)"
        " SELECT left(sha256('f' || i), 32) AS finding_id, b.rule, t.table_name, CASE t.table_name"
        f" WHEN 'detections' THEN 'JC' || lpad((hash(i + k) % {detections})::VARCHAR, 9, '0')"
        f" WHEN 'cases' THEN 'AJ' || lpad((i % {cases})::VARCHAR, 8, '0') ELSE 'X' || i || '-' || k END AS record_key, b.verdict"
        f" FROM {numbers(findings, 'findings')}"
        " JOIN tables AS t ON t.rule = b.rule CROSS JOIN range(2) AS r(k)"
    )
    return {
        "records/agencies": like("agencies", AGENCIES, agency_id=agency, name="'第' || i || '执法大队'"),
        "records/stations": like("stations", STATIONS, station_id=station, agency_id=agency, name="'第' || i || '站'"),
        "records/devices": like("devices", DEVICES, device_id=device, station_id=of_device),
        "records/cases": like(
            "cases", cases, case_id="'AJ' || lpad(i::VARCHAR, 8, '0')", record_id="'JC' || lpad(i::VARCHAR, 9, '0')",
            agency_id=agency, plate_no=plate, plate_color="'yellow'", filed_on=day, decided_on=f"{day} + 20",
        ),
        "records/detections": like(
            "detections", detections, record_id="'JC' || lpad(i::VARCHAR, 9, '0')", device_id=device, station_id=of_device,
            plate_no=plate, plate_color="'yellow'", detected_at=f"CAST({day} AS TIMESTAMP) + to_seconds((hash(i) % 86400)::INT)",
        ),
        "findings": found,
        "finding_records": f"SELECT DISTINCT * FROM ({records}) ORDER BY rule, finding_id, record_key",
    }  # fmt: skip


_OBSERVE = """() => {
  const app = () => document.querySelector('[data-testid="stApp"]');
  window.__at = [];
  new MutationObserver(() => window.__at.push([app()?.getAttribute('data-test-script-state'), performance.now()]))
    .observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-test-script-state']});
}"""


def measure(package: Path) -> list[Row]:
    """Open every page and do what people do there; return seconds of the first time and of the later ones."""
    rows: list[Row] = []
    with dashboard("--package", package) as address, browser(address) as (page, outside):
        page.set_default_timeout(600_000)
        page.goto(address)
        _still(page)
        page.evaluate(_OBSERVE)
        for view, label, actions in _visits():
            first = _timed(page, lambda label=label: _menu(page, label))
            again = []
            for _ in range(2):
                _timed(page, lambda label=label: _menu(page, "规则" if label != "规则" else "数据"))
                again.append(_timed(page, lambda label=label: _menu(page, label)))
            rows.append((view, "open", first, statistics.median(again)))
            print(rows[-1], file=sys.stderr)
            taken = [[_timed(page, lambda act=act: act(page)) for _, act in actions] for _ in range(2)]
            rows += [(view, name, taken[0][at], taken[1][at]) for at, (name, _) in enumerate(actions)]
        assert outside == []
    return rows


def _visits() -> list[tuple[str, str, list[tuple[str, Callable[[Any], None]]]]]:
    def part(name: str) -> Callable[[Any], None]:
        return lambda page: page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).first.click()

    return [
        (
            "overview",
            "总览",
            [("findings", part("问题清单")), ("what was judged", part("判定情况")), ("summary", part("概况"))],
        ),
        ("vehicles", "车辆", []),
        ("devices", "设备", []),
        ("cases", "案件", []),
        ("agencies", "机构与人员", []),
        ("rules", "规则", []),
        ("data", "数据", [("problems", part("读取问题")), ("missing", part("缺少的表和列")), ("files", part("文件"))]),
        ("upload", "上传审核", []),
    ]


def _menu(page: Any, label: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(label, exact=True).click()


def _timed(page: Any, act: Callable[[], None]) -> float:
    """Seconds from the action until the page was worked out."""
    from playwright.sync_api import TimeoutError as TooLong

    for tries in range(3):  # a click on what is just being drawn anew is lost: it is done again, and timed from then
        page.evaluate("() => { window.__at = []; window.__from = performance.now(); }")
        act()
        try:
            page.wait_for_function("() => window.__at.length > 0", timeout=5_000)
            break
        except TooLong:
            if tries == 2:
                raise
    _still(page)
    ended = page.evaluate("() => window.__at[window.__at.length - 1][1] - window.__from")
    return float(ended) / 1000


def _still(page: Any) -> None:
    """Wait until the script has ended and does not begin again."""
    for _ in range(2):
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=600_000)
        page.wait_for_timeout(250)


if __name__ == "__main__":
    main()
