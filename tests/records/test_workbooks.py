"""Workbooks: real ones, hidden and empty sheets, error values, and what is only called a workbook."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from analyzer.model import AnalyzerError

from .exports import take, write

HEADER = ["记录编号", "车牌号", "检测时间", "车货总重(吨)", "是否有视频"]
PAGE = "<table><tr><th>记录编号</th><th>车牌号</th></tr><tr><td>R1</td><td>豫M00001</td></tr></table>"


def xlsx(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(at, place, cell)
    return path


def xls(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("检测记录")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write(at, place, cell, style)
            else:
                sheet.write(at, place, cell)
    book.save(str(path))
    return path


ROWS = [HEADER, ["R1", "豫M00001", datetime(2024, 3, 5, 7, 8, 9), 46.101, "√"], [123, "鲁C00002", 46023.5, 28.7, True]]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_dates_numbers_and_ids_of_a_workbook_are_read(tmp_path: Path, kind: str) -> None:
    file = xlsx(tmp_path / "a.xlsx", 检测=ROWS) if kind == "xlsx" else xls(tmp_path / "a.xls", ROWS)
    taken = take(file)
    assert taken.rows("detections", "_row", "record_id", "detected_at", "gross_weight_kg") == [
        (2, "R1", datetime(2024, 3, 5, 7, 8, 9), 46101),
        (3, "123", datetime(2026, 1, 1, 12), 28700),
    ]


def test_titles_empty_rows_and_footers_are_no_rows(tmp_path: Path) -> None:
    rows = [
        [],
        ["三门峡市检测记录表"],
        ["单位：测试支队"],
        HEADER[:2],
        [],
        ["R1", "豫M00001"],
        [],
        ["合 计：1条"],
        ["制表人：某"],
    ]
    taken = take(xlsx(tmp_path / "a.xlsx", 检测=rows))
    assert taken.rows("detections", "_row", "record_id") == [(6, "R1")]
    assert taken.inputs()[0]["rows_read"] == 1


@pytest.mark.parametrize("footer", ["合计", "总计", "小计", "制表人", "制表时间", "审核人"])
def test_a_footer_is_told_by_its_first_filled_cell(tmp_path: Path, footer: str) -> None:
    taken = take(xlsx(tmp_path / "a.xlsx", 检测=[HEADER[:2], ["R1", "豫M00001"], [None, f"{footer}：3"]]))
    assert taken.counts() == {"a.xlsx": (1, 1, 0, 0, 0)}


def test_error_values_are_unreadable_with_their_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["案件编号", "立案日期", "当事人"])
    sheet.append(["A1", None, "某"])
    sheet["B2"].value, sheet["B2"].data_type = "#REF!", "e"
    sheet.append(["A2", None, None])
    sheet["C3"].value, sheet["C3"].data_type = "#N/A", "e"
    book.save(tmp_path / "a.xlsx")
    taken = take(tmp_path / "a.xlsx")
    assert [(issue["row"], issue["column"], issue["text"]) for issue in taken.issues()] == [
        (2, "立案日期", "#REF!"),
        (3, "当事人", "#N/A"),
    ]
    assert taken.is_unknown("cases", "filed_on") == [True, False]


def test_hidden_sheets_are_read_and_said_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["记录编号", "车速"])
    hidden = book.create_sheet("站点")
    hidden.append(["站点编号", "站点名称"])
    hidden.append(["S1", "站"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    taken = take(tmp_path / "a.xlsx")
    assert "隐藏" in taken.inputs()[1]["notes"] and taken.inputs()[1]["loaded"] == 1


def test_empty_sheets_and_pages_of_notes_do_not_spoil_a_workbook(tmp_path: Path) -> None:
    notes = [["填写说明"], ["一、", "按月报送"], ["二、", "不得改动"]]
    taken = take(xlsx(tmp_path / "a.xlsx", 检测=ROWS, 说明=notes, Sheet3=[]))
    assert not taken.intake.refused
    assert [(entry["sheet"], entry["loaded"]) for entry in taken.inputs()] == [("检测", 2), ("Sheet3", 0), ("说明", 0)]
    assert all(entry["notes"] for entry in taken.inputs()[1:])


def test_a_header_without_rows_supplies_its_table(tmp_path: Path) -> None:
    taken = take(xlsx(tmp_path / "a.xlsx", 缴款=[["缴款编号", "案件编号", "缴款金额"]]))
    assert taken.intake.tables == ("payments",)
    assert taken.rows("payments", "payment_id") == []
    assert taken.intake.columns_supplied["payments"] == {"payment_id", "case_id", "amount_yuan"}


def test_a_header_of_two_rows_is_read_as_one(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for place, title in enumerate(["记录编号", "车牌号"]):
            sheet.merge_range(0, place, 1, place, title)
        sheet.merge_range(0, 2, 0, 4, "车货")
        sheet.write_row(1, 2, ["总长(m)", "总宽(m)", "总重(吨)"])
        sheet.write_row(2, 0, ["R1", "豫M00001", 18.1, 2.55, 46.101])
    taken = take(tmp_path / "a.xlsx")
    assert taken.rows("detections", "_row", "record_id", "length_mm", "width_mm", "gross_weight_kg") == [
        (3, "R1", 18100, 2550, 46101)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_page_called_xls_is_read(tmp_path: Path, encoding: str) -> None:
    page = f"<html><head><title>导出</title></head><body>{PAGE}</body></html>"
    assert take(write(tmp_path / "a.xls", page, encoding)).rows("detections", "_row", "plate_no") == [(2, "豫M00001")]


def test_spans_of_a_page_keep_the_columns_in_line(tmp_path: Path) -> None:
    page = (
        "<table><tr><td colspan=3>检测记录</td></tr><tr><th rowspan=2>记录编号</th><th colspan=2>车货</th></tr>"
        "<tr><th>总重(吨)</th><th>总长(m)</th></tr><tr><td>R1<td>46.101<td>18</tr></table>"
    )
    assert take(write(tmp_path / "a.xls", page)).rows("detections", "record_id", "gross_weight_kg", "length_mm") == [
        ("R1", 46101, 18000)
    ]


def test_excel_2003_xml_called_xls_is_read(tmp_path: Path) -> None:
    def cell(text: str, index: str = "") -> str:
        return f'<Cell{index}><Data ss:Type="String">{text}</Data></Cell>'

    third = cell("60", ' ss:Index="3"')
    page = (
        '<?xml version="1.0"?><Workbook xmlns:ss="x"><Worksheet ss:Name="检测"><Table>'
        f"<Row>{cell('记录编号')}{cell('车牌号')}{cell('车速')}</Row>"
        f"<Row>{cell('R1')}{third}</Row></Table></Worksheet></Workbook>"
    )
    assert take(write(tmp_path / "a.xls", page)).rows("detections", "record_id", "plate_no", "speed_kmh") == [
        ("R1", None, 60.0)
    ]


def test_tab_separated_text_called_xls_is_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.xls", "记录编号\t车牌号\nR1\t豫M00001\n", "gb18030")
    assert take(file).cell("detections", "plate_no") == "豫M00001"


def test_a_workbook_called_csv_is_read(tmp_path: Path) -> None:
    xlsx(tmp_path / "a.xlsx", 检测=ROWS).rename(tmp_path / "a.csv")
    assert take(tmp_path / "a.csv").inputs()[0]["loaded"] == 2


@pytest.mark.parametrize("rows", [65_536])
def test_a_sheet_that_is_exactly_full_is_probably_cut_off(tmp_path: Path, rows: int) -> None:
    text = "记录编号,车速\n" + "".join(f"R{n},60\n" for n in range(rows - 1))
    taken = take(write(tmp_path / "a.csv", text))
    assert taken.intake.loaded == rows - 1
    assert "截断" in taken.intake.warnings[0].cause.zh and "截断" in taken.inputs()[0]["notes"]


def encrypted(path: Path) -> Path:
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name + bytes(2000))
    return path


def test_a_workbook_with_a_password_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    encrypted(tmp_path / "a.xlsx")
    write(tmp_path / "b.csv", "记录编号,车速\nR1,60\n")
    taken = take(tmp_path)
    assert "密码" in taken.inputs()[0]["refused"] and taken.inputs()[0]["rows_read"] == 0
    assert taken.inputs()[1]["loaded"] == 1
    assert [problem.place for problem in taken.intake.refused] == ["a.xlsx"]


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    whole = xlsx(tmp_path / "whole.xlsx", 检测=ROWS).read_bytes()
    (tmp_path / "whole.xlsx").unlink()
    (tmp_path / "a.xlsx").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.xls").write_bytes(xls(tmp_path / "c.xls", ROWS).read_bytes()[:1000])
    taken = take(tmp_path)
    assert [bool(entry["refused"]) for entry in taken.inputs()] == [True, True, False]


def test_nothing_readable_at_all_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "")
    write(tmp_path / "b.csv", " \n\n")
    with pytest.raises(AnalyzerError) as raised:
        take(tmp_path)
    assert len(raised.value.problems) == 2 and "空" in raised.value.say()
