"""A vocabulary that has grown by a column: the rows that stand already lack it, and every mask moves."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from analyzer.store.upkeep import compact
from tests.small_export import NOTICES
from tests.store.few_rules import use_rules
from tests.store.nights import Nights, rows_of
from tests.store.test_scan import RESULTS, audited

COLUMN = "columns:\n  weather:\n    zh: 天气\n    en: Weather\n    type: text\n"


@pytest.mark.slow
def test_old_rows_lack_a_new_column(
    nights: Nights, few_rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = shutil.copytree(few_rules, tmp_path / "grown")
    table = grown / "tables" / "notices.yaml"
    table.write_text(table.read_text(encoding="utf-8").replace("columns:\n", COLUMN, 1), encoding="utf-8")
    use_rules(grown, monkeypatch)
    header, row, *_ = NOTICES.splitlines()
    late = {"天气.csv": f"{header},天气\n{row.replace('N1', 'N8')},雨\n"}
    nights.put(late)
    nights.scan(date(2025, 12, 2))
    folders = [nights.store.originals, tmp_path / "late"]
    folders[1].mkdir()
    (folders[1] / "天气.csv").write_text(late["天气.csv"], encoding="utf-8")
    folders[0] = tmp_path / "first"
    folders[0].mkdir()
    for path in nights.store.originals.glob("*/*.csv"):
        if path.name != "天气.csv":
            shutil.copyfile(path, folders[0] / path.name)
    whole = audited(folders, tmp_path / "audit", date(2025, 12, 2))
    for name in RESULTS:
        assert nights.package.path(name).read_bytes() == whole.path(name).read_bytes(), name
    rows = rows_of(
        whole, "SELECT notice_id, weather, list_contains(_unknown, 'weather') FROM records_notices ORDER BY ALL"
    )
    assert rows[-1][1:] == ("雨", False) and rows[0][1:] == (None, True)
    mine = "SELECT notice_id, weather, list_contains(_unknown, 'weather') FROM records_notices ORDER BY ALL"
    assert nights.rows(mine) == rows, "the segments of the first night do not have the column at all"
    con = duckdb.connect(str(nights.store.warehouse), read_only=True)
    bits = con.execute("SELECT count(*) FROM notices WHERE _unknown & 1 = 1").fetchone()
    con.close()
    assert bits == (len(rows) - 1,), "the column is the first: its bit is 1"
    compact(nights.store)
    nights.scan(date(2025, 12, 3), full=True)
    assert nights.rows(mine) == rows
    assert nights.rows("SELECT run_no, open FROM runs ORDER BY run_no") == [(1, 0), (2, 2), (3, 2)]
