"""The overview: figures that agree with the package, its parts, and what it says when there is little to say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analyzer.dashboard.plots.counts import tallies
from analyzer.reports.figures import Tally
from analyzer.reports.wording import Words
from analyzer.store.package import Package
from tests.dashboard.conftest import Open, cells_of, words_of


def test_the_figures_are_those_of_the_package(open_page: Open, package: Path) -> None:
    totals = Package(package).summary["totals"]
    page = open_page("overview")
    numbers = {one.label: one.value for one in page.metric}
    assert numbers["违规问题"] == f"{totals['by_verdict']['breach']:,}"
    assert numbers["待核问题"] == f"{totals['by_verdict']['review']:,}"
    assert numbers["载入行数"] == f"{totals['loaded']:,}"
    said = words_of(page)
    assert "基准日 2025-12-31" in said
    assert "单独的审核" in said
    assert [one.value for one in page.subheader] == ["按严重程度", "按依据效力", "按类别", "按月份", "问题比例最高的"]


def test_it_speaks_english_and_the_address_says_so(open_page: Open) -> None:
    page = open_page("overview", lang="en")
    assert page.title[0].value == "Overview"
    assert page.metric[0].label == "Breaches"
    assert list(page.query_params["lang"]) in (["en"], list("en"))
    page.sidebar.button(key="other_language").click().run()
    assert page.title[0].value == "总览"


@pytest.mark.slow
def test_rates_have_their_denominators_and_leave_out_the_small(open_page: Open) -> None:
    small = words_of(open_page("overview", whose="device", sample="10"))
    large = words_of(open_page("overview", whose="device", sample="300"))
    assert "条记录中" in small
    assert "不足 300 条记录" in large


@pytest.mark.slow
def test_the_list_is_filtered_by_the_address(open_page: Open, package: Path) -> None:
    con = Package(package).connect()
    expected = con.execute(
        "SELECT count(*) FROM findings WHERE severity = 'critical' AND verdict = 'breach'"
    ).fetchone()
    page = open_page("overview", part="list", severity="critical", verdict="breach")
    assert f"共 {expected[0]} 个问题" in words_of(page)
    table = page.dataframe[0].value
    assert len(table) == expected[0]
    assert {one[0] for one in table["严重程度"]} == {"严重"}


@pytest.mark.slow
def test_filters_that_leave_nothing_say_so(open_page: Open) -> None:
    page = open_page("overview", part="list", severity="info", verdict="breach")
    assert "没有符合条件的问题" in words_of(page)


@pytest.mark.slow
def test_what_could_not_be_judged_is_listed(open_page: Open) -> None:
    page = open_page("overview", part="coverage", rules="undecided")
    assert "未设参数" in set(page.dataframe[0].value["缺什么"])
    assert "条有记录无法判定" in words_of(page)


@pytest.mark.slow
def test_no_plate_of_the_data_is_on_the_page(open_page: Open, package: Path) -> None:
    plates = {
        row[0]
        for row in Package(package).connect().execute("SELECT DISTINCT plate_no FROM records_cases").fetchall()
        if row[0]
    }
    said = cells_of(open_page("overview", part="list"))
    assert plates
    assert not [plate for plate in plates if plate in said]


def test_without_a_package_it_says_how_to_make_one(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_page("overview", of=tmp_path / "nothing")
    assert "这里没有审核结果包" in words_of(page)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANALYZER_PACKAGE")
    page.run()
    assert "还没有可以看的审核结果" in words_of(page)
    assert page.code[0].value.endswith("analyzer demo")


@pytest.mark.slow
def test_a_damaged_package_is_said_to_be_damaged(open_page: Open, tmp_path: Path, package: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(package, broken)
    broken.joinpath("findings.parquet").write_bytes(b"PAR1 no more")
    assert "不完整或已损坏" in words_of(open_page("overview", of=broken))


def test_a_bar_too_narrow_for_its_number_has_it_beside_the_other() -> None:
    words = Words("zh")
    chart = tallies(
        [Tally("procedure", 155, 89), Tally("complaints", 4, 38), Tally("evidence", 4, 0)], words, "family", ""
    )
    breach, review = chart.data
    assert list(breach.text) == ["155", "", "4"]
    assert list(review.text) == ["89", "违规 4 · 待核 38", ""]
