"""Plain rows take a short way: however a file falls into pieces, the long way gives the same rows and issues."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.records import piecewise
from analyzer.records.loading import load_sql

from .exports import take, write

HEADER = "记录编号,车牌号,检测时间,车货总重,车牌颜色,照片数量,是否有视频,备注"
ROWS = 240


def plain(n: int) -> list[str]:
    """A row that is spelt as exports mostly spell it."""
    return [f"R{n:04}", f"豫M{n:05}", f"2024-03-05 07:{n % 60:02}:09", str(30000 + n), "黄", "3", "是", ""]


def export(path: Path, change: Callable[[int, list[str]], list[str]]) -> Path:
    """Write rows that are plain but for what `change` makes of them."""
    lines = [HEADER, *(",".join(change(n, plain(n))) for n in range(ROWS)), "合计,,,,,,,"]
    return write(path, "\n".join(lines) + "\n")


def one_spelling(n: int, row: list[str]) -> list[str]:
    return [*row[:2], f"2024年3月5日 7时{n % 60}分9秒", *row[3:]]


def another_from_the_middle(n: int, row: list[str]) -> list[str]:
    return [row[0], row[1].lower(), *row[2:]] if n > ROWS // 2 else row


def a_few_cells(n: int, row: list[str]) -> list[str]:
    row[n % 7] = {3: "三十吨", 50: "-", 101: " ２ ", 152: "#REF!", 203: ""}.get(n, row[n % 7])
    return row


def every_row_is_longer(n: int, row: list[str]) -> list[str]:
    return [*row, "多"]


def empty_and_longer(n: int, row: list[str]) -> list[str]:
    return [""] * 8 if n % 90 == 7 else [*row, "多"] if n % 90 == 8 else row


def taken(path: Path) -> tuple[Any, ...]:
    """Return the rows, the account and the issues of one file."""
    brought = take(path)
    assert brought.con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone() == (0,)
    return brought.con.execute("SELECT * FROM detections ORDER BY _row").fetchall(), brought.inputs(), brought.issues()


@pytest.mark.parametrize(
    "change", [one_spelling, another_from_the_middle, a_few_cells, every_row_is_longer, empty_and_longer]
)
def test_the_short_way_and_the_long_way_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[int, list[str]], list[str]]
) -> None:
    file = export(tmp_path / "检测记录.csv", change)
    at_once = taken(file)
    monkeypatch.setattr("analyzer.records.pieces._PIECE", 5000)
    monkeypatch.setattr("analyzer.records.pieces._CHUNK", 2000)
    in_pieces = taken(file)
    monkeypatch.setattr(piecewise, "plain_sql", load_sql)
    monkeypatch.setattr(piecewise, "_as_first_shows", lambda con, fit, sheet, source: _patiently(fit, sheet, source))
    assert at_once == in_pieces == taken(file)


def _patiently(fit: Any, sheet: Any, source: int) -> Callable[[str], str]:
    return lambda relation: load_sql(fit, sheet, relation, source)


def test_a_file_shows_in_its_first_piece_which_columns_are_spelt_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[frozenset[str] | None] = []
    look = piecewise.patient_columns
    monkeypatch.setattr(piecewise, "patient_columns", lambda *given: seen.append(look(*given)) or seen[-1])
    monkeypatch.setattr("analyzer.records.pieces._PIECE", 5000)
    monkeypatch.setattr("analyzer.records.pieces._CHUNK", 2000)
    for change in (another_from_the_middle, one_spelling, every_row_is_longer):
        take(export(tmp_path / "检测记录.csv", change))
    assert seen == [frozenset(), {"detected_at"}, None]
