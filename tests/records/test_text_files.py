"""Delimited text: encodings, separators, line breaks, and the line on which a record starts."""

from pathlib import Path

import pytest

from .exports import take, write

HEADER = "记录编号,车牌号,车货总重\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_file_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    file = write(tmp_path / "检测记录.csv", HEADER + "R1,豫M00001,30000\nR2,鲁C00002,31000\n", encoding)
    assert take(file).rows("detections", "record_id", "plate_no") == [("R1", "豫M00001"), ("R2", "鲁C00002")]


@pytest.mark.parametrize("plate", ["豫M00001", "鲁C00002", "使123456", "豫M1234学", "鲁B·00003"])
def test_henan_and_shandong_plates_under_ascii_headers_are_gb18030(tmp_path: Path, plate: str) -> None:
    file = write(tmp_path / "a.csv", f"record_id,plate_no,speed_kmh\nR1,{plate},60\n", "gb18030")
    assert take(file).cell("detections", "plate_no") == plate.replace("·", "")


@pytest.mark.parametrize("name", ["Forlì", "Niño", "Müller GmbH", "Café 25°", "Straße"])
def test_latin_letters_in_utf8_are_not_taken_for_gb18030(tmp_path: Path, name: str) -> None:
    file = write(tmp_path / "a.csv", f"enterprise_id,name\nE1,{name}\n")
    assert take(file).cell("enterprises", "name") == name


def test_rare_characters_of_gb18030_are_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "执法人员编号,姓名\n01,朱镕\n02,𬭎㙦\n", "gb18030")
    assert take(file).rows("officers", "name") == [("朱镕",), ("𬭎㙦",)]


def test_a_plain_ascii_head_does_not_settle_the_encoding(tmp_path: Path) -> None:
    rows = "".join(f"R{n},,60\n" for n in range(20_000))
    file = write(tmp_path / "a.csv", f"record_id,plate_no,speed_kmh\n{rows}X,豫M00001,60\n", "gb18030")
    assert ("X", "豫M00001") in take(file).rows("detections", "record_id", "plate_no")


def test_what_cannot_be_decoded_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes((HEADER + "R1,豫M00001,1\n").encode("gb18030") + b"R2,\xff\xff\xff,2\n")
    [entry] = take(file).inputs()
    assert "无法解码" in entry["notes"] and entry["loaded"] == 2


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_found(tmp_path: Path, separator: str) -> None:
    file = write(tmp_path / "a.txt", (HEADER + "R1,豫M00001,30000\n").replace(",", separator))
    assert take(file).rows("detections", "record_id", "gross_weight_kg") == [("R1", 30000)]


def test_a_separator_inside_quotes_does_not_mislead(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", '案件编号;处罚依据\nA1;"甲,乙,丙,丁"\nA2;"戊,己,庚,辛"\n')
    assert take(file).rows("cases", "legal_basis") == [("甲,乙,丙,丁",), ("戊,己,庚,辛",)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(tmp_path: Path, line_end: str) -> None:
    file = write(tmp_path / "a.csv", (HEADER + "R1,豫M00001,30000\nR2,豫M00002,1\n").replace("\n", line_end))
    assert take(file).rows("detections", "_row", "record_id") == [(2, "R1"), (3, "R2")]


def test_a_row_is_the_line_on_which_its_record_starts(tmp_path: Path) -> None:
    text = '检测记录导出\n\n"记录\n编号",车牌号,备注\nR1,豫M00001,"一\n二\n三"\n\nR2,豫M00002,\n \n"R3",豫M00003,"四\n五"\nR4,豫M00004,\n'
    assert take(write(tmp_path / "a.csv", text)).rows("detections", "_row", "record_id") == [
        (5, "R1"),
        (9, "R2"),
        (11, "R3"),
        (13, "R4"),
    ]


def test_a_row_longer_than_the_header_is_loaded_and_reported(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", HEADER + "R1,豫M00001,1\nR2,豫M00002,2,多,余\nR3,豫M00003,3\n" * 30)
    taken = take(file)
    assert taken.inputs()[0]["rows_read"] == 90
    assert [issue["row"] for issue in taken.issues()][:2] == [3, 6]


def test_a_short_row_has_blanks_at_its_end(tmp_path: Path) -> None:
    taken = take(write(tmp_path / "a.csv", HEADER + "R1\n"))
    assert taken.rows("detections", "record_id", "plate_no") == [("R1", None)]
    assert taken.is_unknown("detections", "plate_no") == [False]


def test_a_quotation_mark_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    rows = "".join(f"R{n},豫M{n:05},1\n" for n in range(1000))
    file = write(tmp_path / "a.csv", HEADER + 'X,"豫M00001,1\n' + rows)
    taken = take(file)
    assert taken.inputs()[0]["loaded"] == 1001
    assert "引号" in taken.inputs()[0]["notes"]


def test_a_quotation_mark_inside_a_cell_is_text(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", '企业编号,企业名称\nE1,12" 管件\nE2,"甲""乙"\n')
    assert take(file).rows("enterprises", "name") == [('12" 管件',), ('甲"乙',)]


def test_a_file_of_many_pieces_keeps_every_row_and_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.records.pieces._PIECE", 4000)
    monkeypatch.setattr("analyzer.records.pieces._CHUNK", 1000)
    lines, expected = ["记录编号,备注"], []
    for n in range(2000):
        expected.append((len("\n".join(lines).split("\n")) + 1, f"R{n:05}"))
        lines.append(f'R{n:05},"第一行\n第二行"' if n % 7 == 0 else f"R{n:05},豫")
        if n % 11 == 0:
            lines.append("")
    for encoding in ("utf-8", "gb18030", "utf-16"):
        file = write(
            tmp_path / "检测记录.csv", "\n".join(lines).replace("备注", "违法类型,备注").replace(",", ",,", 0), encoding
        )
        assert take(file).rows("detections", "_row", "record_id") == expected


def test_cells_with_spaces_tabs_and_full_width_forms_are_trimmed(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "记录编号,车牌号,设备编号\n\tＲ００１ ,\u3000豫Ａ·12 34-5\t, 00ab\u00a0\n")
    assert take(file).rows("detections", "record_id", "plate_no", "device_id") == [("R001", "豫A12345", "00ab")]
