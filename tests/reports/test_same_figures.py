"""The same number on the screen, in Excel, in Word and on the page, and it is that of summary.json."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from analyzer.reports import make_figures
from analyzer.reports.wording import Words
from tests.reports.conftest import Written

Tally = dict[str, tuple[int, int, int]]


def severities_of_the_workbook(path: Path) -> Tally:
    sheet = openpyxl.load_workbook(path)["统计"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    return {row[1]: (row[2], row[3], row[4]) for row in rows if row[0] == "严重程度"}


def severities_of_word(path: Path) -> Tally:
    table = next(table for table in docx.Document(str(path)).tables if table.cell(0, 0).text == "严重程度")
    return {row.cells[0].text: tuple(map(number, row.cells[1:4])) for row in table.rows[1:-1]}  # type: ignore[misc]


def severities_of_the_page(path: Path) -> Tally:
    html = path.read_text(encoding="utf-8")
    table = next(one for one in re.findall(r"<table.*?</table>", html) if '<th class="center">严重程度' in one)
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)[1:-1]]
    return {row[0]: tuple(int(cell.replace(",", "")) for cell in row[1:4]) for row in rows}  # type: ignore[misc]


def number(cell: Any) -> int:
    return int(cell.text.replace(",", ""))


def test_severities_agree_everywhere(written: Written) -> None:
    totals = written.package.summary["totals"]
    words = Words("zh")
    screen = {
        words.name("severity", one.key): (one.breach, one.review, one.total)
        for one in make_figures(written.package).by_severity
    }
    assert {key: numbers[2] for key, numbers in screen.items()} == {
        words.name("severity", key): count for key, count in totals["by_severity"].items()
    }
    assert sum(numbers[0] for numbers in screen.values()) == totals["by_verdict"]["breach"] == 6
    assert severities_of_word(written.path("docx")) == screen
    assert severities_of_the_page(written.path("html")) == screen
    in_excel = severities_of_the_workbook(written.path("xlsx"))
    assert in_excel == screen


def test_the_sentence_at_the_top_says_the_totals(written: Written) -> None:
    totals = written.package.summary["totals"]
    said = (
        f"对 {totals['files']} 个导出文件的 {totals['rows_read']} 行记录审核，共发现问题 {totals['findings']} 个，"
        f"其中违规 {totals['by_verdict']['breach']} 个、待核 {totals['by_verdict']['review']} 个"
    )
    assert said in "".join(one.text for one in docx.Document(str(written.path("docx"))).paragraphs)
    assert said in written.path("html").read_text(encoding="utf-8")


def test_groups_of_the_plan_add_up_in_every_file(written: Written) -> None:
    total = written.package.summary["totals"]["findings"]
    sheet = openpyxl.load_workbook(written.path("xlsx"))["统计表5 问题与整改"]
    counts = {
        row[0].value: row[1].value
        for row in sheet.iter_rows(min_row=2, max_row=12)
        if row[0].value and row[1].value is not None
    }
    whole = counts.pop("合计")
    assert sum(counts.values()) == whole == total
    tables = docx.Document(str(written.path("docx"))).tables
    table = next(one for one in tables if [cell.text for cell in one.rows[0].cells[:2]] == ["类别", "违规"])
    assert {row.cells[0].text: number(row.cells[3]) for row in table.rows[1:]} == {**counts, "合计": total}


def test_the_lists_of_agencies_hold_every_finding_once(written: Written) -> None:
    book = openpyxl.load_workbook(written.path("xlsx"))
    listed = [row[0].value for row in book["问题清单"].iter_rows(min_row=2)]
    handed_out = [
        row[0].value for name in ("三门峡市交通运输执法支队", "02") for row in book[name].iter_rows(min_row=2)
    ]
    assert sorted(handed_out) == listed == [row[0].value for row in book["整治台账"].iter_rows(min_row=2)]


@pytest.mark.slow
def test_the_screen_says_the_same(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    from analyzer.dashboard.place import PACKAGE

    monkeypatch.setenv(PACKAGE, str(written.package.folder))
    page = AppTest.from_function(_overview, default_timeout=60).run()
    shown = {one.label: one.value for one in page.metric}
    totals = written.package.summary["totals"]
    assert (shown["违规问题"], shown["待核问题"]) == ("6", "2")
    in_word = severities_of_word(written.path("docx"))
    assert int(shown["违规问题"]) == sum(numbers[0] for numbers in in_word.values()) == totals["by_verdict"]["breach"]
    assert int(shown["待核问题"]) == sum(numbers[1] for numbers in in_word.values()) == totals["by_verdict"]["review"]


def _overview() -> None:
    from analyzer.dashboard import frame

    frame.run(start="overview")
