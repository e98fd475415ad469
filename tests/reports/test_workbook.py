"""findings.xlsx, opened again: every sheet, no formula, nothing personal, both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analyzer.model.errors import Language
from analyzer.reports import agency_sheets, write_workbook
from analyzer.reports.rows import safe_cell
from analyzer.reports.sheets import Field, ReportWorkbook
from analyzer.store.package import Package
from tests.reports.conftest import Written

PERSONAL = ("张三", "李四", "王小明", "M12345", "MD12345", "A00001", "B88888", "B·88888", "13812345678", "13900001111")
Rows = dict[str, list[list[Any]]]


def sheets(package: Package, path: Path, language: Language = "zh", show_personal: bool = False) -> Rows:
    write_workbook(package, path, language=language, show_personal=show_personal)
    return read(path)


def read(path: Path) -> Rows:
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book}


def values(rows: list[list[Any]]) -> list[dict[str, Any]]:
    head = [cell.value for cell in rows[0]]
    return [{title: cell.value for title, cell in zip(head, row, strict=True)} for row in rows[1:]]


@pytest.fixture(scope="module")
def zh(written: Written) -> Rows:
    return read(written.path("xlsx"))


@pytest.fixture(scope="module")
def unmasked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return sheets(package, tmp_path_factory.mktemp("open") / "findings.xlsx", show_personal=True)


def test_the_sheets_and_their_rows(zh: Rows, package: Package) -> None:
    assert list(zh) == [
        "说明", "问题清单", "整治台账", "三门峡市交通运输执法支队", "02", "统计表1 执法卷宗统计", "统计表2 诉求统计",
        "统计表3 执法人员名录库", "统计表4 执法卷宗信息库", "统计表5 问题与整改", "统计", "记录明细", "规则结果", "未能判定",
        "数据接收", "读取问题", "依据与参数",
    ]  # fmt: skip
    assert len(values(zh["问题清单"])) == 8
    assert len(values(zh["记录明细"])) == 9
    assert [row["违规"] for row in values(zh["规则结果"])] == [6, 0, 0]
    assert len(values(zh["数据接收"])) == 3


def test_findings_stand_gravest_first_under_a_running_number(zh: Rows, package: Package) -> None:
    rows = values(zh["问题清单"])
    assert [row["序号"] for row in rows] == list(range(1, 9))
    assert [row["严重程度"] for row in rows] == ["严重"] + ["高"] * 5 + ["低"] * 2
    assert {row["序号"] for row in values(zh["记录明细"])} == set(range(1, 9))
    with package.connect() as con:
        ids = {row[0] for row in con.execute("SELECT finding_id FROM findings").fetchall()}
    assert not any(cell.value in ids for rows in zh.values() for row in rows for cell in row)


def test_the_wording_of_a_finding(zh: Rows) -> None:
    rows = values(zh["问题清单"])
    company = rows[0]
    assert company["主体"] == "甲运输有限公司"
    assert company["依据"] == "违反《行政处罚法》第四十一条第一款、第六十三条"  # the law of 2017 was over
    assert company["参数"] == "当场收缴罚款上限：100元" or company["参数"].endswith("：100元")
    assert company["执法机构"] == "三门峡市交通运输执法支队（01）"
    vehicle = next(row for row in rows if row["规则"] == "TST-02" and "M" in row["主体"])
    assert vehicle["问题"] == "下达文书（待核）"
    assert vehicle["主体"] == "豫M***45（黄牌）"
    assert vehicle["事实"] == "豫M***45（黄牌） 收到文书 2 份"
    assert vehicle["依据"].startswith("待核：对照《")
    person = next(row for row in rows if row["主体"] == "张*")
    assert person["事实"].startswith("当事人 张*（张*）的车辆 豫M***45，电话 138****5678，罚款 500 元")
    assert person["整改建议"] == "与 张* 核对"


def test_nothing_personal_stands_anywhere(zh: Rows) -> None:
    for name, rows in zh.items():
        for row in rows:
            for cell in row:
                assert not any(word in str(cell.value) for word in PERSONAL), (name, cell.coordinate, cell.value)


def test_personal_data_is_shown_when_asked_for(unmasked: Rows) -> None:
    rows = unmasked
    subjects = [row["主体"] for row in values(rows["问题清单"])]
    assert "张三" in subjects
    assert "豫M12345（黄牌）" in subjects
    assert "'=1+1" in subjects
    assert values(rows["读取问题"])[0]["原文"] == "王小明"
    assert any("不得外传" in str(cell.value) for row in rows["说明"] for cell in row)


@pytest.mark.parametrize("which", ["zh", "unmasked"])
def test_no_cell_starts_a_formula(which: str, request: pytest.FixtureRequest) -> None:
    for name, rows in request.getfixturevalue(which).items():
        for row in rows:
            for cell in row:
                assert cell.data_type != "f", (name, cell.coordinate)
                text = str(cell.value or "").lstrip()
                assert not text.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), (name, cell.coordinate)


def test_markup_in_a_name_stays_text(unmasked: Rows) -> None:
    assert "<r><t>x</t></r>" in [row["主体"] for row in values(unmasked["问题清单"])]


def test_ids_stay_text_and_numbers_and_dates_what_they_are(zh: Rows) -> None:
    keys = [row["记录编号"] for row in values(zh["记录明细"])]
    assert "001" in keys
    first = values(zh["问题清单"])[0]
    assert (first["记录数"], first["金额（元）"], first["起始日期"].isoformat()) == (1, 1500.5, "2024-03-21T00:00:00")


def test_what_was_missing_and_what_could_not_be_read(zh: Rows) -> None:
    missing = values(zh["未能判定"])
    assert {row["缺什么"] for row in missing} == {"缺列", "空白或读不出的单元格"}
    (issue,) = values(zh["读取问题"])
    assert (issue["文件"], issue["行号"], issue["列"], issue["原文"]) == ("案件.csv", 8, "罚款金额", "王*")


def test_english_is_complete(package: Package, tmp_path: Path) -> None:
    rows = sheets(package, tmp_path / "en.xlsx", language="en")
    assert list(rows)[:3] == ["About", "Findings", "Ledger"]
    first = values(rows["Findings"])[0]
    assert first["Basis"].startswith("Breach of Administrative Penalty Law, Art. 41(1)")
    assert (first["Answer"], first["Severity"]) == ("breach", "critical")
    assert next(row for row in values(rows["Findings"]) if row["Subject"] == "豫M***45 (yellow)")


def test_a_package_without_findings_gives_a_workbook(package_without_findings: Package, tmp_path: Path) -> None:
    rows = sheets(package_without_findings, tmp_path / "none.xlsx")
    assert values(rows["问题清单"]) == []
    assert values(rows["规则结果"])
    assert values(rows["未能判定"])


def test_the_same_package_gives_the_same_file(written: Written, tmp_path: Path) -> None:
    write_workbook(written.package, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == written.path("xlsx").read_bytes()


def test_the_list_is_ready_to_be_filled_in_and_printed(written: Written) -> None:
    book = openpyxl.load_workbook(written.path("xlsx"))
    sheet = book["问题清单"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:R9"
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.print_title_rows == "$1:$1"
    ledger = book["整治台账"]
    assert len(ledger.data_validations.dataValidation) == 4
    heads = [cell.value for cell in ledger[1]]
    assert [head for head in heads if head.startswith("定")] == [
        "定领导：责任领导", "定责任：责任人", "定方案：整改方案", "定时限：完成时限",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"), (" =1+1", "' =1+1"), ("＝A1", "'＝A1"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"), ("-12.5", "-12.5"), ("+86", "+86"), ("001", "001"), ("张*", "张*"), ("", ""),
        ("（空白）", "（空白）"), ("字" * 40_000, "字" * 32_766 + "…"),
    ],
)  # fmt: skip
def test_safe_cell(text: str, safe: str) -> None:
    assert safe_cell(text) == safe


def test_a_table_goes_on_on_another_sheet(tmp_path: Path) -> None:
    book = ReportWorkbook(tmp_path / "long.xlsx", {})
    table = book.table("记录明细", [Field("编号", 10), Field("备注", 10, "wrap")], "页眉", limit=4)
    for number in range(7):
        table.write((f"{number:03}", "a\x07b & <c> _x0041_\n二"))
    table.close()
    book.close()
    read = openpyxl.load_workbook(tmp_path / "long.xlsx")
    assert read.sheetnames == ["记录明细", "记录明细 2", "记录明细 3"]
    keys = [row[0] for sheet in read for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert keys == [f"{number:03}" for number in range(7)]
    assert read["记录明细 3"]["A1"].value == "编号"
    assert openpyxl.utils.escape.unescape(read["记录明细"]["B2"].value) == "a\x07b & <c> _x0041_\n二"


def test_a_long_list_goes_on_beside_its_first_sheet(package: Package, tmp_path: Path) -> None:
    write_workbook(package, tmp_path / "long.xlsx", most_rows=4)
    book = openpyxl.load_workbook(tmp_path / "long.xlsx")
    names = book.sheetnames
    assert names[1:7] == ["问题清单", "问题清单 2", "问题清单 3", "整治台账", "整治台账 2", "整治台账 3"]
    numbers = [row[0].value for name in names[1:4] for row in book[name].iter_rows(min_row=2)]
    assert numbers == list(range(1, 9))
    assert all(book[name].auto_filter.ref for name in names[1:7])


def test_names_of_sheets_are_legal_and_tell_apart(tmp_path: Path) -> None:
    book = ReportWorkbook(tmp_path / "names.xlsx", {})
    long = "某某市交通运输综合行政执法支队直属第一大队超限检测站（机关）办公室"
    given = ["a/b:c*?[d]", "'quoted'", long, long, "HISTORY", "", "A/B:C*?[D]"]
    for name in given:
        book.table(name, [Field("x", 10)], "").close()
    book.close()
    names = openpyxl.load_workbook(tmp_path / "names.xlsx").sheetnames
    assert len({name.casefold() for name in names}) == len(given)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[:3] == ["a b c d", "quoted", long[:31]]
    assert names[3].endswith("(2)") and names[3][:20] == long[:20]


def test_notes_stand_below_the_filter(zh: Rows, written: Written) -> None:
    sheet = openpyxl.load_workbook(written.path("xlsx"))["统计表2 诉求统计"]
    said = [row[0].value for row in sheet.iter_rows() if row[0].value]
    assert "未提供“诉求”表。" in said
    assert sheet.auto_filter.ref == "A1:J2", "the notes are not filtered away"


def test_agencies_beyond_the_first_share_a_sheet(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agency_sheets, "MOST", 1)
    rows = sheets(package, tmp_path / "f.xlsx")
    names = list(rows)
    assert names[3:5] == ["三门峡市交通运输执法支队", "其他机构"]
    assert {row["执法机构"] for row in values(rows["其他机构"])} == {"02"}
    assert len(values(rows["其他机构"])) + len(values(rows[names[3]])) == 8
