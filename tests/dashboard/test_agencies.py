"""The page of agencies and officers: funnels with their limits, like cases, months; it never accuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analyzer.dashboard.plots.like import medians
from analyzer.dashboard.plots.months import LEAST_MONTHS, usual
from analyzer.dashboard.queries import FindingFilter
from analyzer.dashboard.queries.agencies import (
    MEASURES,
    AgencyMonth,
    LikeCell,
    like_cells,
    like_choices,
    months_of,
    units_of,
)
from analyzer.dashboard.queries.cases import case_rows
from analyzer.dashboard.queries.cases import listed as listed_cases
from analyzer.dashboard.queries.devices import listed as listed_devices
from analyzer.dashboard.queries.vehicles import flagged
from analyzer.reports.funnels import Settings, Unit, make_funnel
from tests.dashboard.conftest import Open, cells_of, words_of
from tests.dashboard.looking import charts_of, shows_no_plate, source_of, traces_of, without

PEERS = Settings(min_sample=20, peers_min=5, false_discovery_rate=0.05, sigma=3.0)
ACCUSING = ("违法乱纪", "徇私", "舞弊", "有罪", "责任人", "guilty", "corrupt", "culprit", "offender")


def test_a_unit_far_from_its_peers_stands_out_and_a_small_one_is_not_compared() -> None:
    peers = [Unit(f"A{number}", 20 + number % 3, 200) for number in range(12)]
    found = make_funnel([*peers, Unit("FAR", 90, 200), Unit("SMALL", 9, 10)], PEERS)
    assert [one.key for one in found.outside] == ["FAR"]
    small = next(one for one in found.units if one.key == "SMALL")
    assert small.stands_out is None and len(found.compared) == 13
    assert found.centre is not None and 0.09 < found.centre < 0.13


def test_the_limits_narrow_with_the_sample_and_hold_the_usual_rate() -> None:
    found = make_funnel(
        [Unit(f"A{number}", 10 * (number + 2) // 2, 100 * (number + 2) // 2) for number in range(10)], PEERS
    )
    first, last = found.limits[0], found.limits[-1]
    assert first.upper_outer - first.lower_outer > last.upper_outer - last.lower_outer
    for one in found.limits:
        assert one.lower_outer <= one.lower_inner <= (found.centre or 0) <= one.upper_inner <= one.upper_outer


def test_too_few_peers_have_no_limits() -> None:
    found = make_funnel([Unit("A", 5, 50), Unit("B", 6, 50)], PEERS)
    assert found.centre is None and not found.limits and not found.outside
    assert make_funnel([], PEERS).units == ()


def test_rates_of_agencies_are_those_of_the_records(package: Path) -> None:
    units = {one.key: one for one in units_of(source_of(package), MEASURES["flagged"])}
    cases = pl.read_parquet(package / "records" / "cases.parquet").filter(pl.col("agency_id").is_not_null())
    named = pl.read_parquet(package / "finding_records.parquet").filter(
        (pl.col("table_name") == "cases") & (pl.col("verdict") == "breach")
    )
    hit = cases.join(named, left_on="case_id", right_on="record_key", how="semi")
    for agency, count in cases.group_by("agency_id").len().iter_rows():
        assert (units[agency].trials, units[agency].events) == (count, hit.filter(pl.col("agency_id") == agency).height)


def test_both_officers_of_a_case_count(package: Path) -> None:
    units = units_of(source_of(package), MEASURES["withdrawn"])
    cases = pl.read_parquet(package / "records" / "cases.parquet").filter(pl.col("status").is_not_null())
    named = cases["officer1_id"].drop_nulls().len() + cases["officer2_id"].drop_nulls().len()
    same = cases.filter(pl.col("officer1_id") == pl.col("officer2_id")).height
    assert sum(one.trials for one in units) == named - same


@pytest.mark.parametrize(
    "rate", ["flagged", *(pytest.param(one, marks=pytest.mark.slow) for one in list(MEASURES)[1:])]
)
def test_every_comparison_says_its_smallest_sample_and_accuses_nobody(
    open_page: Open, package: Path, rate: str
) -> None:
    page = open_page("agencies", rate=rate)
    said = words_of(page)
    assert "的不比较" in said or "没有可以比较的数据" in said
    assert not [word for word in ACCUSING if word in said]
    assert shows_no_plate(page, package)


@pytest.mark.slow
def test_the_funnel_of_agencies_draws_two_pairs_of_limits(open_page: Open) -> None:
    names = traces_of(charts_of(open_page("agencies"))[0])
    assert {"2 倍标准差界限", "3 倍标准差界限", "同类通常的比率", "在界限内"} <= names.keys()


@pytest.mark.slow
def test_like_cases_are_shown_with_the_median_of_their_band(open_page: Open, package: Path) -> None:
    source = source_of(package)
    agency, year, axles, count = like_choices(source)[0]
    cells = like_cells(source, agency, year, axles)
    assert sum(one.cases for one in cells) == count
    page = open_page("agencies", part="like")
    assert "件案件分在" in words_of(page) and "情节不同，罚款可以合法地不同" in words_of(page)
    assert "同档中位数" in traces_of(charts_of(page)[0])
    assert medians([LikeCell(1000, 500, 3, 0), LikeCell(1000, 900, 1, 0), LikeCell(2000, 700, 2, 0)]) == {
        1000: 500,
        2000: 700,
    }


def test_months_are_measured_against_the_agency_itself(open_page: Open, package: Path) -> None:
    months = months_of(source_of(package))
    payments = pl.read_parquet(package / "records" / "payments.parquet").filter(pl.col("paid_on").is_not_null())
    cases = pl.read_parquet(package / "records" / "cases.parquet").filter(
        pl.col("agency_id").is_not_null() & (pl.col("status").fill_null("") != "withdrawn")
    )
    paid = payments.join(cases.select("case_id"), on="case_id", how="semi")["amount_yuan"].sum()
    assert sum(one.paid_yuan for one in months) == pytest.approx(float(paid))
    assert sum(one.filed for one in months) == cases["filed_on"].drop_nulls().len()
    page = open_page("agencies", part="months")
    assert "倍" in words_of(page)
    assert charts_of(page)[0]["data"][0]["type"] == "heatmap"


def test_an_agency_with_few_months_has_no_usual_one() -> None:
    months = [AgencyMonth("A", date(2024, number + 1, 1), 1, 1, 100.0 * (number + 1)) for number in range(LEAST_MONTHS)]
    assert usual(months, "paid") == {"A": 350.0}
    assert usual(months[:-1], "paid") == {}


def test_one_agency(open_page: Open, package: Path) -> None:
    findings = pl.read_parquet(package / "findings.parquet")
    agency = findings["agency_id"].drop_nulls().mode().sort()[0]
    page = open_page("agencies", agency=agency)
    assert f"共 {findings.filter(pl.col('agency_id') == agency).height} 个问题" in words_of(page)
    assert "没有这个机构" in words_of(open_page("agencies", agency="nowhere"))


@pytest.mark.slow
def test_leads_are_for_a_person_to_check(open_page: Open) -> None:
    page = open_page("agencies", part="leads", whose="indicator")
    assert "须由人核实" in words_of(page)
    assert set(page.dataframe[0].value["结论"].map(tuple)) == {("待核",)}


@pytest.mark.slow
def test_without_cases_there_is_nothing_to_compare(open_page: Open, package: Path, tmp_path: Path) -> None:
    lacking = without(package, tmp_path, ["cases", "detections", "agencies"])
    assert "没有可以比较的数据" in words_of(open_page("agencies", of=lacking))
    assert "没有可以比较的超限罚款案件" in words_of(open_page("agencies", of=lacking, part="like"))
    assert "没有可以按月看的数据" in words_of(open_page("agencies", of=lacking, part="months"))


@pytest.mark.slow
def test_agencies_in_english(open_page: Open) -> None:
    assert "were compared" in words_of(open_page("agencies", lang="en"))
    assert "stands out most" in words_of(open_page("agencies", part="months", lang="en"))
    assert "bands of excess" in words_of(open_page("agencies", part="like", lang="en"))
    assert "review" in cells_of(open_page("agencies", part="leads", whose="indicator", lang="en"))


def test_who_may_see_one_agency_sees_its_vehicles_cases_and_devices_only(package: Path) -> None:
    whole = source_of(package)
    limited = replace(whole, scope=frozenset({"JG02"}))
    every, own = (listed_cases(one, FindingFilter(), most=10_000)[1] for one in (whole, limited))
    assert {one.agency_id for one in own} == {"JG02"} < {one.agency_id for one in every}
    other = next(one.case_id for one in every if one.agency_id != "JG02")
    assert not case_rows(limited, other)["cases"] and case_rows(whole, other)["cases"]
    assert 0 < flagged(limited, FindingFilter())[0] < flagged(whole, FindingFilter())[0]
    assert {one.agency_id for one in listed_devices(limited, FindingFilter(), most=1_000)[1]} <= {"JG02", None}
    assert {one.agency_id for one in months_of(limited)} == {"JG02"}
    assert flagged(whole, FindingFilter())[0] == flagged(source_of(package), FindingFilter())[0]
