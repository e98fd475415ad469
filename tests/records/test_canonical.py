"""Canonical tables as Parquet: a package or a lake gives back what was taken in, unknown columns too."""

from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.records import read_canonical, unknown_as_names

from .exports import Taken, take, vocabulary, write


def export(taken: Taken, folder: Path) -> None:
    """Write the tables as a package does."""
    folder.mkdir()
    for name in taken.intake.tables:
        names = unknown_as_names(vocabulary()[name])
        select = f"SELECT * EXCLUDE (_unknown, _source, _row), {names} AS _unknown FROM {name} ORDER BY _source, _row"
        taken.con.execute(f"COPY ({select}) TO '{folder.as_posix()}/{name}.parquet'")


@pytest.fixture
def taken(tmp_path: Path) -> Taken:
    write(tmp_path / "in" / "1.csv", "案件编号,立案日期,罚款金额\nA1,2024-01-01,10\nA2,不清,\n")
    write(tmp_path / "in" / "2.csv", "案件编号,放弃陈述申辩\nA3,无\n")
    write(tmp_path / "in" / "3.csv", "缴款编号,案件编号\n")
    return take(tmp_path / "in")


COLUMNS = ("case_id", "filed_on", "fine_yuan", "defence_waived", "_unknown")


def test_a_lake_is_taken_in_as_it_was_written(tmp_path: Path, taken: Taken) -> None:
    export(taken, tmp_path / "lake")
    again = take(tmp_path / "lake")
    assert again.intake.tables == taken.intake.tables
    assert again.rows("cases", *COLUMNS) == taken.rows("cases", *COLUMNS)
    assert again.intake.columns_supplied["cases"] == taken.intake.columns_supplied["cases"]
    assert again.counts() == {"cases.parquet": (3, 3, 0, 0, 0), "payments.parquet": (0, 0, 0, 0, 0)}


def test_a_package_is_read_back_without_an_account(tmp_path: Path, taken: Taken) -> None:
    export(taken, tmp_path / "records")
    before = taken.rows("cases", *COLUMNS)
    supplied = read_canonical(taken.con, tmp_path / "records", vocabulary())
    assert set(supplied) == {"cases", "payments"}
    assert taken.rows("cases", *COLUMNS) == before


def test_parquet_of_other_people_is_read_by_its_column_names(tmp_path: Path, taken: Taken) -> None:
    query = "SELECT 'R1' AS 记录编号, TIMESTAMP '2024-03-05 07:08:09' AS 检测时间, 46.101 AS \"车货总重(吨)\", true AS 有无视频"
    taken.con.execute(f"COPY ({query}) TO '{tmp_path.as_posix()}/检测.parquet'")
    [row] = take(tmp_path / "检测.parquet").rows("detections", "record_id", "gross_weight_kg", "has_video")
    assert row == ("R1", 46101, True)


def test_a_damaged_parquet_file_is_refused(tmp_path: Path, taken: Taken) -> None:
    export(taken, tmp_path / "lake")
    whole = (tmp_path / "lake" / "payments.parquet").read_bytes()
    (tmp_path / "lake" / "payments.parquet").write_bytes(whole[:-20])
    again = take(tmp_path / "lake")
    assert again.intake.tables == ("cases",) and "损坏" in again.inputs()[1]["refused"]
    with pytest.raises(AnalyzerError):
        read_canonical(taken.con, tmp_path / "lake", vocabulary())
