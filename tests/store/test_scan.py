"""What a night does: takes in, judges, publishes, files away; and what the next night makes of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from analyzer.engine.audit import Order, run_audit
from analyzer.model import AnalyzerError
from analyzer.store.comparison import compare
from analyzer.store.package import Package, drafting, write_package
from analyzer.store.warehouse import opened
from tests.small_export import DETECTIONS, FILES, NOTICES
from tests.store.nights import LATE_CERTIFICATE, SELECT, Nights, rows_of

RESULTS = ("findings", "finding_records", "verdict_counts", "not_assessable")
HEAD = DETECTIONS.splitlines()[0]


def audited(folders: list[Path], out: Path, day: date, select: tuple[str, ...] = SELECT) -> Package:
    """One audit of everything, the folders in the order in which they arrived."""
    order = Order(inputs=tuple(folders), as_of=day, select=select)
    with drafting(out) as draft, run_audit(order, writable=[draft]) as done:
        return write_package(done, draft, out)


def test_the_first_night_publishes_what_an_audit_finds(first_night: Nights, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    for name, text in FILES.items():
        export.joinpath(name).write_text(text, encoding="utf-8")
    whole = audited([export], tmp_path / "audit", date(2025, 12, 1))
    for name in RESULTS:
        assert first_night.package.path(name).read_bytes() == whole.path(name).read_bytes()
    for table in whole.tables:
        rows = f"SELECT * FROM records_{table} ORDER BY _source, _row"
        assert first_night.rows(rows) == rows_of(whole, rows)
    assert first_night.rows("SELECT * FROM issues") == rows_of(whole, "SELECT * FROM issues")
    assert first_night.package.verify() == []


def test_originals_are_filed_by_hash_and_the_inbox_is_empty(first_night: Nights) -> None:
    assert [path for path in first_night.store.inbox.rglob("*") if path.is_file()] == []
    filed = {path.name: path.parent.name for path in first_night.store.originals.glob("*/*")}
    assert filed.keys() == FILES.keys()
    entries = first_night.package.manifest["inputs"]
    assert {entry["file"]: entry["sha256"] for entry in entries} == filed
    assert first_night.package.inputs_not_found() == []


def test_nights_of_late_replaced_and_repeated_rows_equal_one_audit(nights: Nights, tmp_path: Path) -> None:
    row2 = DETECTIONS.splitlines()[2]
    batches = [
        # A, then a row like the one in force, then another: a duplicate and a replacement in one night
        {
            "a.csv": f"{HEAD}\n{row2}\n",
            "b.csv": f"{HEAD}\n{row2.replace('53000', '54000')}\n",
            "检定证书.csv": LATE_CERTIFICATE,
        },
        {
            "迟到.csv": NOTICES.replace("N1,R1", "N9,R1"),
            "again/告知与文书.csv": NOTICES,
            "空.csv": f"{HEAD}\n,,,,,,,,,\n",
        },
        # back to what it was; a file with the very bytes of an earlier one would count once
        {"c.csv": f"{HEAD}\n{row2}\n\n"},
    ]
    arrived = [tmp_path / "night0"]
    for number, files in enumerate([FILES, *batches]):
        folder = tmp_path / f"night{number}"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if number:
            nights.put(files)
            nights.scan(date(2025, 12, 1 + number))
            arrived.append(folder)
    # the very bytes of the first night came again in the third: once is enough
    (tmp_path / "night2" / "again" / "告知与文书.csv").unlink()
    whole = audited(arrived, tmp_path / "audit", date(2025, 12, 4))
    for name in RESULTS:
        assert nights.package.path(name).read_bytes() == whole.path(name).read_bytes(), name
    accounts = "SELECT file, table_name, rows_read, loaded, duplicates, replaced, quarantined, issues FROM inputs ORDER BY source"
    assert nights.rows(accounts) == rows_of(whole, accounts)
    for table in whole.tables:
        rows = f"SELECT * EXCLUDE (_source) FROM records_{table} ORDER BY ALL"
        assert nights.rows(rows) == rows_of(whole, rows), table
    history = "SELECT table_name, record_key, content FROM history ORDER BY ALL"
    assert nights.rows(history) == rows_of(whole, history)
    totals, expected = nights.package.summary["totals"], whole.summary["totals"]
    # an audit counts the two files of one name as one
    assert {**totals, "files": 0} == {**expected, "files": 0}
    assert nights.package.verify() == []


def test_what_changed_is_said_in_lives_and_between_packages(nights: Nights) -> None:
    before = nights.package
    assert nights.lives() == {"DEV-01": "new", "NTC-05": "new"}
    nights.put({"检定证书.csv": LATE_CERTIFICATE})
    outcome = nights.scan()
    assert outcome.lived.as_data() == {"new": 0, "open": 1, "resolved": 1, "reopened": 0}
    assert nights.lives() == {"DEV-01": "resolved", "NTC-05": "open"}
    assert nights.rows("SELECT rule, reason FROM finding_life WHERE status = 'resolved'") == [("DEV-01", "data")]
    assert nights.rows("SELECT rule, resolved_run FROM resolved_findings") == [("DEV-01", 2)]
    found = compare(before, nights.package)
    assert [(one.rule, one.kind) for one in found.moved] == [("DEV-01", "gone")]
    assert [(one.what, one.name) for one in found.differences] == [("input", "检定证书.csv (2)")]
    assert rows_of(before, "SELECT valid_until FROM records_calibrations WHERE certificate_no = 'C2'") == [
        (date(2023, 6, 30),)
    ]
    assert nights.rows("SELECT valid_until FROM records_calibrations WHERE certificate_no = 'C2'") == [
        (date(2024, 12, 31),)
    ]


def test_a_scan_with_nothing_to_do_makes_no_run(nights: Nights) -> None:
    nights.put({"检测记录.csv": DETECTIONS})
    outcome = nights.scan()
    assert (outcome.judged, outcome.run_no, outcome.again) == (False, 1, ("检测记录.csv",))
    assert list(nights.store.inbox.iterdir()) == [], "the same content once more is taken away"
    assert nights.rows("SELECT count(*) FROM runs") == [(1,)]


def test_a_refused_file_stays_in_sight_and_may_be_mended(nights: Nights) -> None:
    nights.put({"坏.csv": "x,y\n1,2\n"})
    outcome = nights.scan()
    assert [one.place for one in outcome.refused] == ["坏.csv"] and not outcome.is_complete
    (kept,) = [one for one in nights.store.refused.iterdir() if one.name.endswith("-坏.csv")]
    note = kept.with_name(f"{kept.name}.reason.txt").read_text(encoding="utf-8")
    assert "没有找到认识的表头" in note and "no known headers" in note
    assert nights.rows("SELECT refused FROM inputs WHERE file = '坏.csv'") == [("没有找到认识的表头",)]
    assert nights.package.summary["night"]["files"]["refused"] == 1
    mended = nights.store.root.parent / "mapping.yaml"
    mended.write_text(
        "files:\n- match: 坏.csv\n  table: notices\n  columns: {x: notice_id, y: record_id}\n", encoding="utf-8"
    )
    kept.rename(nights.store.inbox / "坏.csv")
    request = nights.request(date(2025, 12, 2))
    from dataclasses import replace

    from analyzer.store.scan import scan

    again = scan(replace(request, order=replace(request.order, mappings=(mended,))))
    assert again.is_complete
    assert list(nights.store.refused.iterdir()) == []


def test_the_warehouse_keeps_join_filters_out(first_night: Nights) -> None:
    """See `keep_join_filters_out`: without it a night can end in a crash."""
    with opened(first_night.store) as house:
        said = house.con.execute("SELECT current_setting('disabled_optimizers')").fetchone()
    assert said == ("join_filter_pushdown",)


def test_a_small_store_takes_little_room(first_night: Nights) -> None:
    """Each of some fifty tables takes a block for every few columns: in blocks of 256 KB that were ten megabytes."""
    assert first_night.store.warehouse.stat().st_size < 3_000_000
    assert (first_night.package.folder / "audit.duckdb").stat().st_size < 1_000_000


def test_the_log_names_no_file_and_nobody(nights: Nights) -> None:
    nights.put({"豫M00001.csv": DETECTIONS.replace("R1", "R7"), "张三.txt": "x\n"})
    nights.scan()
    lines = [json.loads(line) for line in nights.store.log.read_text(encoding="utf-8").splitlines()]
    assert {"scan_began", "taking_in", "judged", "published", "filed", "scan_ended"} <= {
        line["event"] for line in lines
    }
    text = nights.store.log.read_text(encoding="utf-8")
    assert "豫M" not in text and "张三" not in text and "D2" not in text


def test_a_clock_set_back_is_said_and_the_runs_keep_their_order(nights: Nights) -> None:
    outcome = nights.scan(date(2025, 11, 1))
    assert outcome.run_no == 2
    assert "2025-12-01" in outcome.warnings[0].cause.en
    assert nights.rows("SELECT run_no, as_of FROM runs ORDER BY run_no") == [
        (1, date(2025, 12, 1)),
        (2, date(2025, 11, 1)),
    ]


def test_a_mistake_in_the_order_is_found_before_anything_is_touched(tmp_path: Path) -> None:
    nights = Nights(tmp_path / "store", select=("XXX-99",))
    with pytest.raises(AnalyzerError, match="XXX-99"):
        nights.scan()
    assert not nights.store.exists
