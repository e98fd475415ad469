"""The data: every row of every file accounted for, problems in their own words, and what was not supplied."""

from __future__ import annotations

from pathlib import Path

import pytest

import analyzer
from tests.dashboard.conftest import Open, cells_of, words_of

CASES = """案件编号,车牌号,车牌颜色,当事人,联系电话,执法机构编号,立案日期,决定日期,罚款金额,案件状态
001,豫M12345,黄,张三,13812345678,01,2024-03-01,2024-03-20,王小明,结案
002,豫M12346,黄,李四,13812345679,01,2024-03-01,豫A99999,500,结案
"""


def test_read_is_loaded_and_the_rest(open_page: Open) -> None:
    page = open_page("data")
    numbers = {one.label: int(one.value.replace(",", "")) for one in page.metric}
    assert numbers["读到行数"] == numbers["载入"] + numbers["重复"] + numbers["被替换"] + numbers["未载入"]
    files = page.dataframe[0].value
    assert files["读到行数"].sum() == numbers["读到行数"]
    assert len(files) >= 26


@pytest.mark.slow
def test_problems_stand_in_their_own_words(open_page: Open) -> None:
    page = open_page("data", part="issues")
    assert "四十二" in set(page.dataframe[0].value["原文"])


@pytest.mark.slow
def test_problems_show_no_person(open_page: Open, tmp_path: Path) -> None:
    exports = tmp_path / "案件.csv"
    exports.write_text(CASES, encoding="utf-8")
    out = tmp_path / "package"
    analyzer.audit(exports, out=out, as_of="2025-12-31", select=["PRC"])
    said = cells_of(open_page("data", of=out, part="issues"))
    assert "王*" in said
    assert "豫A***99" in said
    assert "王小明" not in said
    assert "豫A99999" not in said


@pytest.mark.slow
def test_replaced_rows_are_named_by_their_place(open_page: Open) -> None:
    page = open_page("data", part="replaced")
    assert "共 9 行" in words_of(page)
    assert set(page.dataframe[0].value.columns) == {"数据表", "记录编号", "文件", "工作表", "行号"}


@pytest.mark.slow
def test_tables_that_were_not_supplied_are_named_in_english_too(open_page: Open) -> None:
    page = open_page("data", part="missing", lang="en")
    assert "Policy documents" in set(page.dataframe[0].value["Table"])
