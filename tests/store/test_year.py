"""Many nights with late, corrected and repeated files end where one audit of all files ends."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.store.few_rules import use_rules
from tests.store.kills import FIRST
from tests.store.made_nights import Maker
from tests.store.nights import Nights, rows_of
from tests.store.test_scan import RESULTS, audited

ACCOUNT = (
    "SELECT file, table_name, sha256, rows_read, loaded, duplicates, replaced, quarantined, issues, refused FROM inputs"
    " ORDER BY source"
)


def replay(root: Path, number: int, seed: int) -> tuple[Nights, list[Path]]:
    """Scan so many nights; return the store, and the folders that one audit reads in the same order."""
    nights, maker = Nights(root / "store"), Maker(seed, rows=40)
    seen: set[str] = set()
    folders = []
    for night in range(number):
        files = next(maker)
        nights.put(files)
        nights.scan(FIRST + timedelta(night), keep=3)
        folder = root / "arrived" / f"{night:03}"
        folder.mkdir(parents=True)
        for name, text in sorted(files.items()):
            if text not in seen:
                path = folder / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
            seen.add(text)
        folders.append(folder)
    return nights, folders


def assert_as_one_audit(nights: Nights, folders: list[Path], out: Path, day: date) -> None:
    whole = audited(folders, out, day, nights.select)
    for name in RESULTS:
        assert nights.package.path(name).read_bytes() == whole.path(name).read_bytes(), name
    assert nights.rows(ACCOUNT) == rows_of(whole, ACCOUNT)
    for table in whole.tables:
        rows = f"SELECT * FROM records_{table} ORDER BY _source, _row"
        assert nights.rows(rows) == rows_of(whole, rows), table
    for name in ("issues", "history"):
        rows = f"SELECT * FROM {name} ORDER BY ALL"
        assert nights.rows(rows) == rows_of(whole, rows), name


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_sixty_nights_equal_one_audit(tmp_path: Path) -> None:
    number = 60
    nights, folders = replay(tmp_path, number, seed=3)
    assert_as_one_audit(nights, folders, tmp_path / "audit", FIRST + timedelta(number - 1))
    assert nights.package.verify() == []
    sums = "SELECT sum(rows_read), sum(loaded + duplicates + replaced + quarantined) FROM inputs"
    ((read, settled),) = nights.rows(sums)
    assert read == settled > 500
    assert len(list(nights.store.published.iterdir())) == 3
    lives = dict(nights.rows("SELECT status, count(*) FROM finding_life GROUP BY 1"))
    assert lives["resolved"] > 5 and lives["open"] > 5
    assert nights.rows("SELECT max(times_reopened) > 0 FROM finding_life") == [(True,)]
    assert nights.rows("SELECT count(*) FROM resolved_findings") == [(lives["resolved"],)]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_samples_in_four_nights_under_all_rules_equal_one_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(__file__).resolve().parents[2]
    use_rules(shutil.copytree(home / "rules", tmp_path / "rules"), monkeypatch)
    nights = Nights(tmp_path / "store", select=())
    files = sorted(path for path in (home / "data" / "samples").iterdir() if path.name[0].isdigit())
    folders, day = [], date(2025, 12, 1)
    for night in range(4):
        folder = tmp_path / f"night{night}"
        folder.mkdir()
        for path in files[night::4]:
            shutil.copyfile(path, folder / path.name)
        shutil.copytree(folder, nights.store.inbox, dirs_exist_ok=True)
        nights.scan(day := date(2025, 12, 1) + timedelta(10 * night))
        folders.append(folder)
    assert_as_one_audit(nights, folders, tmp_path / "audit", day)
    assert nights.rows("SELECT count(*) > 100 FROM findings") == [(True,)]
    assert nights.rows("SELECT count(*) > 0 FROM finding_life WHERE status = 'resolved'") == [(True,)]
