"""The page of cases: the list, steps against their clocks, every rule's answer, and the review sheet."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analyzer.dashboard.plots.clocks import share
from analyzer.dashboard.queries import FindingFilter
from analyzer.dashboard.queries.cases import Case, case_file, case_rows, judged_case, listed
from analyzer.model import Verdict
from analyzer.reports.case_review import CaseReview
from tests.dashboard.conftest import Open, cells_of, unfold, words_of
from tests.dashboard.looking import charts_of, plates_of, shows_no_plate, source_of, without, without_findings


@pytest.fixture(scope="module")
def cases(package: Path) -> list[Case]:
    return listed(source_of(package), FindingFilter(), most=10_000)[1]


@pytest.fixture(scope="module")
def late(package: Path, cases: list[Case]) -> Case:
    """A case with a step that took too long, and a finding."""
    source = source_of(package)
    for one in cases:
        timings = case_file(source, one.case_id, case_rows(source, one.case_id)).timings
        if one.breaches and any(timing.state == "late" and share(timing) is not None for timing in timings):
            return one
    raise LookupError


def test_every_case_with_a_finding_is_listed(package: Path, cases: list[Case]) -> None:
    named = pl.read_parquet(package / "finding_records.parquet")
    own = set(named.filter(pl.col("table_name") == "cases")["record_key"])
    assert own <= {one.case_id for one in cases}
    assert len({one.case_id for one in cases}) == len(cases)


def test_the_list_filters_by_status_rule_and_number(open_page: Open, package: Path, cases: list[Case]) -> None:
    page = open_page("cases")
    assert f"{len(cases)} 件案件有符合条件的问题" in words_of(page)
    closed = sum(one.status == "closed" for one in cases)
    page = open_page("cases", status="closed")
    assert f"{closed} 件案件" in words_of(page)
    page = open_page("cases")
    page.text_input[0].set_value(cases[0].case_id.lower()).run()
    assert list(page.dataframe[0].value["案件编号"]) == [cases[0].case_id]


@pytest.mark.slow
def test_any_case_can_be_opened_by_its_number(open_page: Open, package: Path, cases: list[Case]) -> None:
    every = set(pl.read_parquet(package / "records" / "cases.parquet")["case_id"])
    untouched = sorted(every - {one.case_id for one in cases})[0]
    page = open_page("cases")
    page.text_input[0].set_value(untouched).run()
    assert "没有符合条件的案件" in words_of(page)
    assert any(f"case={untouched}" in one.proto.query_string for one in page.get("page_link"))
    assert "没有问题涉及这件案件" in words_of(open_page("cases", case=untouched))


def test_the_steps_are_drawn_against_their_limits(open_page: Open, package: Path, late: Case) -> None:
    source = source_of(package)
    timings = case_file(source, late.case_id, case_rows(source, late.case_id)).timings
    shown = [one for one in timings if one.state in ("kept", "late", "running") and share(one) is not None]
    page = open_page("cases", case=late.case_id)
    chart = charts_of(page)[0]
    assert sum(len(one["y"]) for one in chart["data"] if one["type"] == "bar") == len(shown)
    over = next(one for one in chart["data"] if one["name"] == "超期或不足")
    assert len(over["y"]) == sum(one.state == "late" for one in shown)
    assert chart["layout"]["shapes"][0]["x0"] == 1
    assert f"{len(shown)} 个步骤可以对照期限" in words_of(page)
    assert shows_no_plate(page, package)


@pytest.mark.slow
def test_a_step_that_leaves_time_to_the_party_is_read_the_other_way(package: Path, cases: list[Case]) -> None:
    source = source_of(package)
    found = [
        one
        for case in cases[:60]
        for one in case_file(source, case.case_id, case_rows(source, case.case_id)).timings
        if one.clock.at_least and share(one) is not None
    ]
    assert {one.state for one in found} == {"kept", "late"}
    assert all((share(one) or 0) >= 1 for one in found if one.state == "kept")
    assert all((share(one) or 0) <= 1 for one in found if one.state == "late")


@pytest.mark.slow
def test_every_rule_answers_when_asked_and_the_sheet_can_be_taken_along(
    open_page: Open, package: Path, late: Case
) -> None:
    page = open_page("cases", case=late.case_id)
    assert not page.get("download_button") or all("review" not in one.proto.id for one in page.get("download_button"))
    next(one for one in page.button if one.key == "judge").click()
    page.run()
    assert not page.exception
    judged = judged_case(source_of(package), late.case_id)
    counts = {verdict: len(judged.with_verdict(verdict)) for verdict in Verdict}
    assert counts[Verdict.COMPLIANT] and counts[Verdict.BREACH]
    assert f"{len(judged.answers)} 项结论：合规 {counts[Verdict.COMPLIANT]}，违规 {counts[Verdict.BREACH]}" in words_of(
        page
    )
    answers = next(one.value for one in page.dataframe if "要求" in one.value.columns)
    shown = len(judged.answers) - counts[Verdict.NOT_APPLICABLE]
    assert len(answers) == shown and answers["结论"].iloc[0] == ["违规"]
    assert [one for one in page.get("download_button") if "review" in one.proto.id]
    assert shows_no_plate(page, package)
    sheet = CaseReview(judged, "zh").html()
    assert late.case_id in sheet and not [plate for plate in plates_of(package) if plate in sheet]


@pytest.mark.slow
def test_the_light_file_reads_the_same_clocks_as_the_judged_one(package: Path, late: Case) -> None:
    source = source_of(package)
    light = case_file(source, late.case_id, case_rows(source, late.case_id))
    whole = judged_case(source, late.case_id)
    assert light.timings == whole.timings
    assert {table: len(rows) for table, rows in light.rows.items()} == {
        table: len(rows) for table, rows in whole.rows.items()
    }


def test_a_case_leads_to_its_vehicle_by_a_keyed_hash(open_page: Open, package: Path, late: Case) -> None:
    page = open_page("cases", case=late.case_id)
    leads = [one.proto.query_string for one in page.get("page_link")]
    assert any(lead.startswith("vehicle=") and len(lead) == len("vehicle=") + 20 for lead in leads)


@pytest.mark.slow
def test_what_is_missing_is_said(open_page: Open, package: Path, tmp_path: Path) -> None:
    assert "没有这件案件" in words_of(open_page("cases", case="nowhere"))
    lacking = without(package, tmp_path, ["cases"])
    assert "没有交来案件数据" in words_of(open_page("cases", of=lacking))


@pytest.mark.slow
def test_a_case_without_its_other_tables(open_page: Open, package: Path, tmp_path: Path, late: Case) -> None:
    lacking = without(package, tmp_path, ["detections", "notices", "payments", "detentions", "appeals"])
    page = open_page("cases", of=lacking, case=late.case_id)
    assert "步骤与法定期限" in [one.value for one in page.subheader]


@pytest.mark.slow
def test_without_findings_no_case_is_listed(open_page: Open, package: Path, tmp_path: Path) -> None:
    assert "没有涉及任何案件" in words_of(open_page("cases", of=without_findings(package, tmp_path)))


@pytest.mark.slow
def test_cases_in_english(open_page: Open, late: Case) -> None:
    page = open_page("cases", case=late.case_id, lang="en")
    assert page.title[0].value.replace("\\", "") == f"Case {late.case_id}"
    assert "steps can be compared" in words_of(page)
    assert "Notices" in cells_of(unfold(page))
    assert any("of at most" in said for one in charts_of(page)[0]["data"] for said in one.get("text", ()))
