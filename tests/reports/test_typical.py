"""Typical cases: chosen by the stated rule, and told from the records."""

from __future__ import annotations

from datetime import date

import pytest

from analyzer.reports.material import opened
from analyzer.reports.typical import TypicalCase, TypicalCases
from analyzer.store.package import Package


def choose(package: Package, most: int = 3) -> list[TypicalCase]:
    with opened(package, "zh", False) as made:
        return TypicalCases(made.con, made.law, made.words, False).chosen(made.plan, most)


@pytest.fixture(scope="module")
def chosen(package: Package) -> list[TypicalCase]:
    return choose(package)


def test_the_gravest_breach_comes_first_and_each_rule_once(chosen: list[TypicalCase]) -> None:
    assert [(one.entry.rule, one.entry.verdict) for one in chosen] == [("TST-01", "breach"), ("TST-02", "review")]
    assert chosen[0].entry.severity == "critical"
    assert chosen[1].entry.record_count == 2, "of equal ones that with most records"


def test_no_more_than_asked_for(package: Package) -> None:
    assert len(choose(package, 1)) == 1


def test_a_lead_of_statistics_is_no_case(package: Package, chosen: list[TypicalCase]) -> None:
    with package.connect() as con:
        forces = dict(con.execute("SELECT rule, force FROM findings").fetchall())
    assert all(forces[one.entry.rule] != "indicator" for one in chosen)


def test_the_story_is_that_of_the_records(chosen: list[TypicalCase]) -> None:
    first = chosen[0]
    assert first.case_id == first.record[1] == "002"
    assert [(step.day, step.record) for step in first.steps] == [(date(2024, 3, 1), "002"), (date(2024, 3, 21), "002")]
    (clock,) = [one for one in first.timings if one.end == date(2024, 3, 21)]
    assert (clock.used, clock.limit, clock.state) == (20, 90, "kept")
    assert {fact.title: fact.value for fact in first.facts}["决定日期"] == "2024-03-21"


def test_the_story_is_masked(chosen: list[TypicalCase]) -> None:
    for one in chosen:
        told = f"{one.entry} {one.facts} {one.steps}"
        assert not any(word in told for word in ("张三", "M12345", "MD12345", "13812345678"))


def test_a_package_without_findings_has_no_case(package_without_findings: Package) -> None:
    assert choose(package_without_findings) == []
