"""Which row is the header, what it names, and which table a file is."""

from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.records.headers import Headers

from .exports import take, vocabulary, write

CASES = Headers(vocabulary()["cases"])
DETECTIONS = Headers(vocabulary()["detections"])


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("车牌号", "plate_no"),
        (" 车 牌 号 ", "plate_no"),
        ("*车牌号", "plate_no"),
        ("车牌号*：", "plate_no"),
        ("车牌\n号", "plate_no"),
        ("车牌号码", "plate_no"),
        ("PLATE_NO", "plate_no"),
        ("Plate No", "plate_no"),
        ("ｐｌａｔｅ＿ｎｏ", "plate_no"),
        ("车货总重（kg）", "gross_weight_kg"),
        ("车货总重(吨)", "gross_weight_kg"),
        ("总重【千克】", "gross_weight_kg"),
        ("车货总重（kg，必填）", "gross_weight_kg"),
        ("车货总重（必填）", "gross_weight_kg"),
        ("检测时间（yyyy-mm-dd）", "detected_at"),
        ("设备编码", "device_id"),
        ("有视频", "has_video"),
        ("过车时间", "detected_at"),
        ("字段3（车牌号）", "plate_no"),
    ],
)
def test_a_header_is_known_in_every_dress(header: str, column: str) -> None:
    match = DETECTIONS.match(header)
    assert match and match.column.name == column


@pytest.mark.parametrize(
    "header", ["车货总重（斤）", "车货总重(动态)", "总重量级", "号", "超重", "违法告知书送达日期", ""]
)
def test_what_is_not_known_is_not_guessed(header: str) -> None:
    assert DETECTIONS.match(header) is None


def test_full_width_digits_in_a_header_are_read() -> None:
    match = CASES.match("执法人员１编号")
    assert match and match.column.name == "officer1_id"


def test_every_title_and_name_of_the_vocabulary_finds_its_own_column() -> None:
    for table in vocabulary().tables.values():
        headers = Headers(table)
        for name, column in table.columns.items():
            for spelling in (name, column.title.zh, *column.also):
                match = headers.match(spelling)
                assert match and match.column.name == name, (table.name, spelling)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_titles_of_a_table_fit_that_table_and_no_other(tmp_path: Path, language: str) -> None:
    for number, table in enumerate(vocabulary().tables.values()):
        titles = [c.title.zh for c in table.columns.values()] if language == "zh" else list(table.columns)
        write(tmp_path / f"{number:02}.csv", ",".join(titles) + "\n")
    taken = take(tmp_path)
    assert [entry["table_name"] for entry in taken.inputs()] == list(vocabulary().tables)
    assert all(taken.intake.columns_supplied[name] == set(vocabulary()[name].columns) for name in taken.intake.tables)


def test_an_unknown_header_is_reported_with_the_nearest_ones(tmp_path: Path) -> None:
    taken = take(write(tmp_path / "a.csv", "标题\n记录编号,车牌号,车辆总重量,备注,序号\nR1,豫M00001,30,无,1\n"))
    [issue] = taken.issues()
    assert (issue["row"], issue["column"]) == (2, "车辆总重量")
    assert "车货总重" in issue["reason"] and "车货总重" in issue["reason_en"]
    assert taken.is_unknown("detections", "gross_weight_kg") == [True]


def test_of_two_columns_with_one_meaning_the_plainer_title_is_read(tmp_path: Path) -> None:
    taken = take(write(tmp_path / "a.csv", "记录编号,过车时间,检测时间\nR1,2024-01-01 00:00:00,2024-02-02 00:00:00\n"))
    assert taken.cell("detections", "detected_at").month == 2
    assert [issue["column"] for issue in taken.issues()] == ["过车时间"]


def test_the_name_breaks_a_tie_between_two_tables(tmp_path: Path) -> None:
    text = "记录编号,文书编号,车速\nR1,W1,60\n"
    with pytest.raises(AnalyzerError) as raised:
        take(write(tmp_path / "export.csv", text))
    assert "notices" in raised.value.say() and "detections" in raised.value.say()
    assert take(write(tmp_path / "文书台账.csv", text)).intake.tables == ("notices",)
    assert take(write(tmp_path / "检测记录2024.csv", text)).intake.tables == ("detections",)


def test_a_file_that_fits_two_tables_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "记录编号,文书编号,车速\nR1,W1,60\n")
    write(tmp_path / "b.csv", "记录编号,车速\nR1,60\n")
    taken = take(tmp_path)
    entry = taken.inputs()[0]
    assert entry["refused"] and (entry["rows_read"], entry["loaded"], entry["table_name"]) == (0, 0, None)
    assert taken.intake.loaded == 1


def test_a_file_without_its_key_is_refused_with_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "序号,检测ID,车牌号,检测时间,车速\n1,R1,豫M00001,2024-01-01,60\n")
    with pytest.raises(AnalyzerError) as raised:
        take(tmp_path)
    said = raised.value.say()
    assert "记录编号" in said and "检测ID" in said and "序号" in said and "豫M00001" not in said


def test_a_file_of_another_kind_is_refused_without_showing_its_cells(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError) as raised:
        take(write(tmp_path / "a.csv", "张三,13800000000\n李四,13900000000\n"))
    assert "张三" not in raised.value.say() and "138" not in raised.value.say("en")


def test_a_column_that_one_file_lacks_is_unknown_there_only(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", "案件编号,法制审核日期\nA1,\n")
    write(tmp_path / "2.csv", "案件编号,立案日期\nA2,2024-01-01\n")
    taken = take(tmp_path)
    assert taken.is_unknown("cases", "legal_review_on") == [False, True]
    assert taken.is_unknown("cases", "filed_on") == [True, False]
    assert {"legal_review_on", "filed_on"} <= taken.intake.columns_supplied["cases"]


def test_tables_have_the_columns_and_types_of_the_vocabulary(tmp_path: Path) -> None:
    taken = take(write(tmp_path / "a.csv", "设备编号,型号\nD1,X\n"))
    described = {row[0]: row[1] for row in taken.con.execute("DESCRIBE devices").fetchall()}
    assert list(described) == [*vocabulary()["devices"].columns, "_unknown", "_source", "_row"]
    assert all(described[name] == column.kind.sql_type for name, column in vocabulary()["devices"].columns.items())
    assert (described["_unknown"], described["_source"], described["_row"]) == ("UBIGINT", "INTEGER", "BIGINT")
    tables = {row[0] for row in taken.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert tables == {"devices", "_inputs", "_issues", "_history"}
