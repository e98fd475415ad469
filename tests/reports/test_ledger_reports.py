"""The ledger in the workbook, the monthly report and the final report: figures, masks, what is left to fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from analyzer.ledger import Assign, Close, Confirm, Filter, Ledger, Plan, Proof, Reject, open_ledger
from analyzer.ledger.progress import PlanGroups
from analyzer.model import Text
from analyzer.reports import write_workbook
from analyzer.reports.final import write_final
from analyzer.reports.monthly import write_monthly
from analyzer.store.package import Package
from tests.ledger.conftest import Clock, make_found

GROUPS = PlanGroups({"S2-1": Text("二（一）逐利执法", "2 (1) Enforcement for profit")}, {"NTC-05": "S2-1"}, {})
SECRETS = ("13812345678", "豫M12345")


@dataclass(frozen=True)
class Worked:
    """A month of work: four problems, one closed on proof, one overdue, one found not to be a problem, one untouched."""

    ledger: Ledger
    clock: Clock


def act(ledger: Ledger, number: str, action: Any) -> None:
    (entry,) = ledger.entries(Filter(numbers=(number,))).entries
    ledger.act(number, action, by="wang", version=entry.version)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    clock = Clock(datetime(2023, 5, 30, 9, 0, 0))
    with open_ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite", clock=clock) as ledger:
        found = [make_found(name) for name in "abcd"]
        ledger.follow(found, run_id="run-1", as_of=date(2023, 5, 30))
        numbers = [entry.number for entry in ledger.entries(Filter()).entries]
        for number in numbers[:2]:
            act(ledger, number, Confirm("案卷核实"))
            act(ledger, number, Assign(leader="赵局长", responsible="钱科长", unit="法制科"))
            act(ledger, number, Plan(f"退还罚款，联系 {SECRETS[0]}", date(2023, 6, 10)))
        clock.go_to(date(2023, 6, 8))
        act(ledger, numbers[0], Close(f"已退款，车辆 {SECRETS[1]}", (Proof("退款凭证 2023-17"),)))
        act(ledger, numbers[2], Reject("已在现场告知"))
        clock.go_to(date(2023, 6, 26))
        yield Worked(ledger, clock)


def text_of(path: Path) -> str:
    file = docx.Document(str(path))
    cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in file.paragraphs), *cells])


def table_of(path: Path, corner: str, second: str = "") -> dict[str, list[str]]:
    tables = docx.Document(str(path)).tables
    found = next(
        one
        for one in tables
        if one.rows[0].cells[0].text == corner and (not second or one.rows[0].cells[1].text == second)
    )
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in found.rows}


@pytest.fixture(scope="module")
def month(worked: Worked, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    progress = worked.ledger.progress("2023-06", GROUPS)
    word, excel = write_monthly(progress, tmp_path_factory.mktemp("month"))
    return word, excel


def test_the_month_stands_against_the_last(month: tuple[Path, Path]) -> None:
    standing = table_of(month[0], "项目", "上期末")
    assert standing["问题总数"] == ["0", "4", "+4"]
    assert standing["已销号"] == ["0", "1", "+1"]
    assert standing["其中：逾期"] == ["0", "1", "+1"]
    moved = table_of(month[0], "项目", "上期")
    assert (moved["新增"], moved["销号"], moved["认定不属实"]) == (["0", "4"], ["0", "1"], ["0", "1"])


def test_the_month_is_an_official_letter_due_on_the_23rd(month: tuple[Path, Path]) -> None:
    text = text_of(month[0])
    assert text.startswith("2023年6月专项整治工作月报\n专项整治工作办公室：")
    assert "本期报送时间为 2023年6月23日" in text
    assert "已查实问题 2 个，已销号 1 个，销号率 50.0%" in text
    assert "对逾期的 1 个问题" in text
    assert "台账封存。" in text


def test_lists_say_who_and_by_when_and_mask_what_people_wrote(month: tuple[Path, Path]) -> None:
    overdue = table_of(month[0], "台账编号", "问题")
    assert len(overdue) == 5, "four new problems and the head"
    text = text_of(month[0])
    assert "赵局长" in text and "2023-06-10" in text and "退款凭证 2023-17" in text
    assert "已退款，车辆 豫M***45" in text
    assert not any(secret in text for secret in SECRETS)


def test_the_workbook_of_the_month_holds_every_list(month: tuple[Path, Path]) -> None:
    book = openpyxl.load_workbook(month[1])
    assert book.sheetnames == [
        "问题状态", "本期变动", "按整治方案分类", "按执法机构", "按严重程度", "新增问题", "销号问题", "逾期问题", "屡查屡犯问题",
        "挂牌督办问题", "暂缓处理问题", "线索办理",
    ]  # fmt: skip
    rows = [[cell.value for cell in row] for row in book["逾期问题"].iter_rows()]
    (line,) = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert (line["类别"], line["责任领导"], line["逾期天数"]) == ("逐利执法", "赵局长", 13)
    assert line["整改措施"] == "退还罚款，联系 138****5678"
    groups = [[cell.value for cell in row] for row in book["按整治方案分类"].iter_rows(min_row=2)]
    assert groups[0][:3] == ["逐利执法", 4, 4]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_period_that_still_runs_says_so(worked: Worked, tmp_path: Path) -> None:
    word, _ = write_monthly(worked.ledger.progress("2023-07", GROUPS), tmp_path, language="en")
    text = text_of(word)
    assert "The period has not ended" in text
    assert "There was no new problem in the period." in text


def test_the_final_report_tells_two_cases_and_leaves_accountability_to_fill(worked: Worked, tmp_path: Path) -> None:
    word, excel = write_final(worked.ledger.final(GROUPS), tmp_path)
    text = text_of(word)
    assert "台账共有问题 4 个：查实 2 个，其中已销号 1 个，销号率 50.0%" in text
    assert "（一）案例1：告知超期" in text and "（二）案例2：告知超期" in text
    assert text.count("（由报送单位填写）") == 3, "the lessons of two cases, and those of the whole"
    lines = table_of(word, "台账编号", "问题")
    assert [cells[-1] for number, cells in lines.items() if number != "台账编号"] == ["", ""], (
        "accountability is left to fill"
    )
    measures = openpyxl.load_workbook(excel)["全部问题及整改措施"]
    assert measures.max_row == 5
    assert not any(secret in text for secret in SECRETS)


def test_the_workbook_of_an_audit_is_filled_from_the_ledger(package: Package, tmp_path: Path) -> None:
    with package.connect() as con:
        (finding,) = con.execute("SELECT finding_id FROM findings WHERE severity = 'critical'").fetchone() or ("",)
    clock = Clock(datetime(2024, 12, 1, 9, 0, 0))
    with open_ledger(tmp_path / "ledger.sqlite", clock=clock) as ledger:
        gone = make_found("gone", subject=Text(f"{SECRETS[1]}", "x"))
        ledger.follow([make_found("x", finding_id=finding, rule="TST-01"), gone], run_id="r", as_of=date(2024, 12, 1))
        number = ledger.entries(Filter(finding_ids=(finding,))).entries[0].number
        act(ledger, number, Confirm("属实"))
        act(ledger, number, Assign(leader="赵局长", responsible="钱科长"))
        act(ledger, number, Plan(f"退款，电话 {SECRETS[0]}", date(2024, 12, 20)))
        entries = ledger.entries(Filter(), page=1, size=10).entries
    write_workbook(package, tmp_path / "f.xlsx", ledger=entries)
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    rows = [[cell.value for cell in row] for row in book["整治台账"].iter_rows()]
    lines = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert len(lines) == 9, "eight findings, and an entry that the data no longer shows"
    first, last = lines[0], lines[-1]
    assert (first["台账编号"], first["核查整改状态"], first["定领导：责任领导"]) == (number, "整改中", "赵局长")
    assert first["定方案：整改方案"] == "退款，电话 138****5678"
    assert first["定时限：完成时限"].date() == date(2024, 12, 20)
    assert first["备注"] == "逾期"
    assert {line["核查整改状态"] for line in lines[1:-1]} == {"待核查"}
    assert (last["序号"], last["主体"], last["备注"]) == (None, "豫M***45", "本次数据中未出现")
    total = [
        cell.value for cell in next(row for row in book["统计表5 问题与整改"].iter_rows() if row[0].value == "合计")
    ]
    heads = [cell.value for cell in book["统计表5 问题与整改"][1]]
    assert dict(zip(heads, total, strict=True))["整改中"] == 1
    assert dict(zip(heads, total, strict=True))["逾期"] == 1
