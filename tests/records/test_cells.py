"""What each spelling of a cell becomes: moments, numbers with units, money, yes and no, words, plates, blanks."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from .exports import Taken, take, write

Read = Callable[..., Taken]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read cells of one column, one row each, after a key that counts them."""

    def read(key: str, header: str, *cells: str) -> Taken:
        rows = "".join(f'K{n},"{cell}"\n' for n, cell in enumerate(cells, 1))
        return take(write(tmp_path / "a.csv", f"{key},{header}\n{rows}"))

    return read


def values(taken: Taken, table: str, column: str) -> list[Any]:
    return [value for (value,) in taken.rows(table, column)]


MOMENT = datetime(2024, 3, 5, 7, 8, 9)
MINUTE = datetime(2024, 3, 5, 7, 8)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-03-05 07:08:09", MOMENT),
        ("2024-03-05T07:08:09", MOMENT),
        ("2024/3/5 7:08", MINUTE),
        ("2024/03/05 07:08:09", MOMENT),
        ("2024-3-5 7:8:9", MOMENT),
        ("20240305070809", MOMENT),
        ("202403050708", MINUTE),
        ("20240305 07:08:09", MOMENT),
        ("2024年3月5日 7时8分9秒", MOMENT),
        ("2024年03月05日07时08分", MINUTE),
        ("2024年3月5日 7:08", MINUTE),
        ("２０２４－０３－０５　０７：０８：０９", MOMENT),
        ("2024-03-05 07:08:09.123", MOMENT),
        ("2024-03-05T07:08:09+08:00", MOMENT),
        ("2024-03-04T23:08:09Z", MOMENT),
        ("2024.3.5 7:08", MINUTE),
        ("2024-03-05", datetime(2024, 3, 5)),
        ("20240305", datetime(2024, 3, 5)),
        ("2024年3月5日", datetime(2024, 3, 5)),
        ("46023.5", datetime(2026, 1, 1, 12)),
        ("46023", datetime(2026, 1, 1)),
        (" 2024-03-05 07:08:09 ", MOMENT),
    ],
)
def test_every_spelling_of_a_moment_is_read(read: Read, cell: str, moment: datetime) -> None:
    assert values(read("记录编号", "检测时间", cell), "detections", "detected_at") == [moment]


@pytest.mark.parametrize(
    "cell",
    ["2024-03-05", "2024/3/5", "20240305", "2024年3月5日", "2024.03.05", "45356", "45356.0", "2024-03-05 23:59:59",
     "2024年3月5日 星期二", "20240305235959", "2024-3-5"],
)  # fmt: skip
def test_every_spelling_of_a_date_is_read(read: Read, cell: str) -> None:
    assert values(read("案件编号", "立案日期", cell), "cases", "filed_on") == [date(2024, 3, 5)]


def test_a_certificate_without_end_may_end_in_9999(read: Read) -> None:
    assert values(read("执法人员编号", "证件有效期至", "9999-12-31"), "officers", "certificate_until") == [
        date(9999, 12, 31)
    ]


@pytest.mark.parametrize(
    "cell",
    ["2024-13-45", "2023-02-30", "日期不清", "24-03-05", "5/3/2024", "0", "88888888", "epoch", "infinity", "today",
     "20241345", "2024年13月5日", "1", "2024", "２０２３－０２－３０", "20245-03-05"],
)  # fmt: skip
def test_what_is_no_date_is_unknown_and_keeps_its_text(read: Read, cell: str) -> None:
    taken = read("案件编号", "立案日期", cell)
    assert values(taken, "cases", "filed_on") == [None]
    assert taken.is_unknown("cases", "filed_on") == [True]
    [issue] = taken.issues()
    assert (issue["row"], issue["column"], issue["text"], issue["reason"]) == (2, "立案日期", cell, "不是能读的日期")


@pytest.mark.parametrize(
    ("header", "cell", "kilograms"),
    [
        ("车货总重", "46101", 46101),
        ("车货总重(kg)", "46101", 46101),
        ("车货总重（吨）", "46.101", 46101),
        ("车货总重(T)", "46.1015", 46102),
        ("车货总重 [单位：吨]", "46.101", 46101),
        ("车货总重吨", "0.1", 100),
        ("车货总重(吨)", "46101kg", 46101),
        ("车货总重(kg)", "46.101吨", 46101),
        ("车货总重", "46.101 t", 46101),
        ("车货总重", "46,101 千克", 46101),
        ("车货总重", "４６１０１公斤", 46101),
        ("车货总重(吨)", "46.100999999999999", 46101),
        ("车货总重(吨)", "1,046.5", 1046500),
        ("gross_weight_kg", "28700.4", 28700),
    ],
)
def test_weights_become_whole_kilograms_without_float_errors(
    read: Read, header: str, cell: str, kilograms: int
) -> None:
    assert values(read("记录编号", header, cell), "detections", "gross_weight_kg") == [kilograms]


def test_weights_in_tonnes_are_exact(read: Read) -> None:
    kilograms = list(range(1, 60_000, 7))
    taken = read("记录编号", "总重(t)", *(f"{each // 1000}.{each % 1000:03}" for each in kilograms))
    assert values(taken, "detections", "gross_weight_kg") == kilograms


@pytest.mark.parametrize(
    ("header", "cell", "column", "value"),
    [
        ("车货总长(m)", "18.1", "length_mm", 18100),
        ("车货总长（米）", "1810cm", "length_mm", 18100),
        ("车货总宽(cm)", "255", "width_mm", 2550),
        ("车货总高", "4.01米", "height_mm", 4010),
        ("车速(km/h)", "80.5", "speed_kmh", 80.5),
        ("车速", "80km/h", "speed_kmh", 80.0),
        ("车速(m/s)", "10", "speed_kmh", 36.0),
        ("轴数", "6轴", "axle_count", 6),
        ("轴数", "6.0", "axle_count", 6),
        ("照片数量", "3张", "photo_count", 3),
    ],
)
def test_units_in_headers_convert_and_units_in_cells_override(
    read: Read, header: str, cell: str, column: str, value: float
) -> None:
    assert values(read("记录编号", header, cell), "detections", column) == [value]


@pytest.mark.parametrize(
    ("header", "cell", "column"),
    [
        ("车货总重", "三十吨", "gross_weight_kg"),
        ("车货总重", "--kg", "gross_weight_kg"),
        ("车货总重", "30 kg/m", "gross_weight_kg"),
        ("车货总重", "46,1", "gross_weight_kg"),
        ("车货总重", "0x1F", "gross_weight_kg"),
        ("轴数", "3.5", "axle_count"),
        ("车速", "nan", "speed_kmh"),
        ("车速", "inf", "speed_kmh"),
        ("车速", "-inf", "speed_kmh"),
        ("车速", "看不清", "speed_kmh"),
        ("车货总重", "99999999999999999999999", "gross_weight_kg"),
    ],
)
def test_what_is_no_number_is_unknown(read: Read, header: str, cell: str, column: str) -> None:
    taken = read("记录编号", header, cell)
    assert values(taken, "detections", column) == [None]
    assert taken.is_unknown("detections", column) == [True]
    assert [issue["text"] for issue in taken.issues()] == [cell]


@pytest.mark.parametrize(
    ("header", "cell", "yuan"),
    [
        ("罚款金额", "1500", "1500.00"),
        ("罚款金额（元）", "1,500.50", "1500.50"),
        ("罚款金额", "￥1500", "1500.00"),
        ("罚款金额", "¥1,500.00元", "1500.00"),
        ("罚款金额", "1500元", "1500.00"),
        ("罚款金额(万元)", "1.5", "15000.00"),
        ("罚款金额(万元)", "12345678.95", "123456789500.00"),
        ("罚款金额", "1.5万元", "15000.00"),
        ("罚款金额(万元)", "1500元", "1500.00"),
        ("罚款金额", "2100.0200000000004", "2100.02"),
        ("罚款金额", "１５００", "1500.00"),
        ("罚款金额", "0", "0.00"),
    ],
)
def test_every_spelling_of_money_is_read(read: Read, header: str, cell: str, yuan: str) -> None:
    assert values(read("案件编号", header, cell), "cases", "fine_yuan") == [Decimal(yuan)]


@pytest.mark.parametrize(("cell", "ratio"), [("0.05", "0.05"), ("5%", "0.05"), ("±5%", "0.05"), ("５％", "0.05")])
def test_a_tolerance_is_a_ratio_or_a_percentage(read: Read, cell: str, ratio: str) -> None:
    assert values(read("设备编号", "称重允许误差", cell), "devices", "weight_tolerance") == [Decimal(ratio)]


def test_a_tolerance_of_five_is_not_guessed_at(read: Read) -> None:
    assert read("设备编号", "称重允许误差", "5").is_unknown("devices", "weight_tolerance") == [True]


def test_a_percentage_may_stand_in_the_header(read: Read) -> None:
    assert values(read("设备编号", "称重允许误差(%)", "5"), "devices", "weight_tolerance") == [Decimal("0.05")]


@pytest.mark.parametrize("cell", ["是", "有", "Y", "y", "true", "TRUE", "1", "√", "✓", "✔", " 是 ", "Ｙ", "yes"])
def test_every_yes_is_true(read: Read, cell: str) -> None:
    assert values(read("记录编号", "是否有视频", cell), "detections", "has_video") == [True]


@pytest.mark.parametrize("cell", ["否", "无", "N", "n", "false", "FALSE", "0", "×", "✗", "０", "no"])
def test_every_no_is_false(read: Read, cell: str) -> None:
    assert values(read("记录编号", "是否有视频", cell), "detections", "has_video") == [False]


def test_no_waiver_is_a_no_and_not_a_blank(read: Read) -> None:
    assert values(read("案件编号", "放弃陈述申辩", "无", "有", ""), "cases", "defence_waived") == [False, True, None]


@pytest.mark.parametrize(
    ("cell", "color"),
    [("黄", "yellow"), ("黄色", "yellow"), ("黄绿色", "yellow_green"), ("Yellow", "yellow"), (" 蓝 ", "blue")],
)
def test_words_are_read_in_every_spelling(read: Read, cell: str, color: str) -> None:
    assert values(read("记录编号", "车牌颜色", cell), "detections", "plate_color") == [color]


def test_a_word_that_is_not_known_is_unknown(read: Read) -> None:
    taken = read("记录编号", "车牌颜色", "紫")
    assert taken.is_unknown("detections", "plate_color") == [True]
    assert taken.issues()[0]["reason"] == "不是这一列的可选值"


@pytest.mark.parametrize(
    ("cell", "plate"),
    [
        ("豫M00001", "豫M00001"),
        ("豫m00001", "豫M00001"),
        ("豫Ｍ０００１０", "豫M00010"),
        ("豫M·00001", "豫M00001"),
        ("豫M-00001", "豫M00001"),
        ("豫M 00001", "豫M00001"),
        (" 豫M00001\t", "豫M00001"),
        ("豫AD12345", "豫AD12345"),
        ("无牌", "无牌"),
    ],
)
def test_plates_are_upper_case_half_width_and_without_marks(read: Read, cell: str, plate: str) -> None:
    assert values(read("记录编号", "车牌号", cell), "detections", "plate_no") == [plate]


def test_numbers_of_things_are_never_numbers(read: Read) -> None:
    taken = read("记录编号", "设备编号", "007", "12.0", "1e5", "a-01", "ＡＢ０１", "x1 ")
    assert values(taken, "detections", "device_id") == ["007", "12.0", "1e5", "a-01", "AB01", "x1"]


def test_a_key_that_excel_turned_into_a_power_of_ten_is_set_aside(tmp_path: Path) -> None:
    taken = take(write(tmp_path / "a.csv", "记录编号,车速\n1.23457E+17,60\nR1,61\n"))
    assert taken.counts() == {"a.csv": (2, 1, 0, 0, 1)}
    assert taken.issues()[0]["text"] == "1.23457E+17"


@pytest.mark.parametrize("cell", ["", " ", "-", "/", "无", "NULL", "null", "N/A", "－", "／", "\u3000"])
def test_a_blank_is_blank_and_not_unknown(tmp_path: Path, cell: str) -> None:
    header = "案件编号,立案日期,罚款金额,当事人,决定书文号,案件状态,延期天数"
    taken = take(write(tmp_path / "a.csv", f"{header}\nA1{f',{cell}' * 6}\n"))
    columns = ("filed_on", "fine_yuan", "party_name", "decision_no", "status", "extension_days")
    assert taken.rows("cases", *columns) == [(None,) * 6]
    assert [taken.is_unknown("cases", column) for column in columns] == [[False]] * 6
    assert taken.issues() == []


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!"])
def test_an_error_value_is_unreadable_and_not_a_blank(read: Read, cell: str) -> None:
    for header, column in (("立案日期", "filed_on"), ("当事人", "party_name"), ("决定书文号", "decision_no")):
        taken = read("案件编号", header, cell)
        assert taken.is_unknown("cases", column) == [True]
        assert taken.issues()[0]["text"] == cell


def test_text_keeps_its_inside(read: Read) -> None:
    taken = read("线索编号", "内容", " 甲，乙（丙）\n丁 ", "无此事", "ＡＢ")
    assert values(taken, "clues", "content") == ["甲，乙（丙）\n丁", "无此事", "ＡＢ"]
