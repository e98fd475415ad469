"""Earlier runs made again, also after compaction and with other rules; backup and restore."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from analyzer.engine.connect import Limits
from analyzer.model import AnalyzerError
from analyzer.store.backup import back_up, restore
from analyzer.store.history import between, runs_of
from analyzer.store.lock import locked
from analyzer.store.package import Package
from analyzer.store.places import Store
from analyzer.store.travel import remake
from analyzer.store.upkeep import compact
from tests.store.few_rules import use_rules
from tests.store.nights import LAPSED_CERTIFICATE, LATE_CERTIFICATE, Nights, rows_of, small_store

pytestmark = pytest.mark.slow

PARQUET = (
    "findings", "finding_records", "verdict_counts", "not_assessable", "inputs", "finding_life", "finding_history",
    "resolved_findings", "runs",
)  # fmt: skip


@pytest.fixture(scope="module")
def four_nights(few_rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Resolved in the second night, reopened in the third, judged by another rule in the fourth."""
    with pytest.MonkeyPatch.context() as patch:
        use_rules(few_rules, patch)
        nights = small_store(tmp_path_factory.mktemp("four") / "store")
        for day, text in ((2, LATE_CERTIFICATE), (3, LAPSED_CERTIFICATE)):
            nights.put({"检定证书.csv": text})
            nights.scan(date(2025, 12, day))
        other = few_rules.parent / "other"
        shutil.copytree(few_rules, other)
        (changed,) = [path for path in other.rglob("*.yaml") if "code: DEV-01\n" in path.read_text(encoding="utf-8")]
        text = changed.read_text(encoding="utf-8")
        changed.write_text(text.replace("\nversion: ", "\nversion: 9", 1), encoding="utf-8")
        use_rules(other, patch)
        nights.scan(date(2025, 12, 4))
    return nights


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_is_made_again_byte_for_byte(four_nights: Nights, tmp_path: Path, when: str) -> None:
    nights = four_nights.copy(tmp_path / "store")
    expected = {run.run_no: Package(nights.store.package(run.run_id)) for run in runs_of(nights.store)}
    if when == "after":
        compact(nights.store)
        assert [package.verify() for package in expected.values()] == [[], [], [], []]
    for run_no in (1, 2, 3, 4) if when == "after" else (2,):
        again = remake(nights.store, str(run_no), tmp_path / f"again{run_no}", Limits())
        for name in PARQUET:
            assert again.path(name).read_bytes() == expected[run_no].path(name).read_bytes(), (run_no, name)
        for table in again.tables:
            rows = f"SELECT * FROM records_{table} ORDER BY _source, _row"
            assert rows_of(again, rows) == rows_of(expected[run_no], rows)
        assert again.verify() == [] and again.references is None


def test_what_cannot_be_made_again_says_why(four_nights: Nights, tmp_path: Path) -> None:
    nights = four_nights.copy(tmp_path / "store")
    with pytest.raises(AnalyzerError, match="no such run"):
        remake(nights.store, "77", tmp_path / "out", Limits())
    (kept, *_) = sorted(nights.store.law.glob("*.zip"), key=lambda path: path.stat().st_mtime)
    kept.unlink()
    with pytest.raises(AnalyzerError, match="archive of the law"):
        remake(nights.store, "1", tmp_path / "out", Limits())
    for path in nights.store.segments.glob("*.parquet"):
        path.unlink()
    with pytest.raises(AnalyzerError, match=r"segments/.*\.parquet"):
        remake(nights.store, "4", tmp_path / "out", Limits())
    assert not (tmp_path / "out").exists()


def test_any_two_runs_can_be_compared_also_when_their_packages_are_gone(four_nights: Nights, tmp_path: Path) -> None:
    nights = four_nights.copy(tmp_path / "store")
    for run in runs_of(nights.store)[:3]:
        shutil.rmtree(nights.store.package(run.run_id))
    found = between(nights.store, "1", "000002")
    assert (found.appeared, found.gone, found.same) == ({}, {"DEV-01": 1}, 1)
    found = between(nights.store, "2", "4")
    assert (found.appeared, found.gone, found.same) == ({"DEV-01": 1}, {}, 1)
    assert [run.is_kept for run in runs_of(nights.store)] == [False, False, False, True]
    with pytest.raises(AnalyzerError, match="no run"):
        between(nights.store, "1", "9")


def test_a_backup_is_whole_and_comes_back(four_nights: Nights, tmp_path: Path) -> None:
    nights = four_nights.copy(tmp_path / "store")
    nights.put({"还没收.csv": "x\n"})
    ledger = sqlite3.connect(nights.root / "ledger.sqlite")
    with ledger:
        ledger.execute("CREATE TABLE t (x)")
        ledger.execute("INSERT INTO t VALUES (1)")
    with locked(nights.store, "backup"):
        back_up(nights.store, tmp_path / "backup")
    ledger.close()
    assert not (tmp_path / "backup" / "inbox").exists(), "what waits in the inbox is its senders'"
    with pytest.raises(AnalyzerError, match="--force"):
        restore(nights.store, tmp_path / "backup")
    lives = nights.lives()
    nights.store.warehouse.write_bytes(b"broken")
    _, aside = restore(nights.store, tmp_path / "backup", force=True)
    assert aside is not None and (aside / "warehouse.duckdb").read_bytes() == b"broken"
    assert nights.lives() == lives and nights.package.verify() == []
    assert (nights.store.inbox / "还没收.csv").is_file()
    assert sqlite3.connect(nights.root / "ledger.sqlite").execute("SELECT x FROM t").fetchall() == [(1,)]
    assert nights.scan(date(2025, 12, 9)).run_no == 5


def test_a_damaged_backup_is_not_restored(four_nights: Nights, tmp_path: Path) -> None:
    back_up(four_nights.store, tmp_path / "backup")
    (tmp_path / "backup" / "current").write_text("{}", encoding="utf-8")
    with pytest.raises(AnalyzerError) as raised:
        restore(Store(tmp_path / "new"), tmp_path / "backup")
    assert [one.place for one in raised.value.problems] == ["current"]
    assert not (tmp_path / "new").exists()
