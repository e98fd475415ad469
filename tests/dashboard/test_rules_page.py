"""The rules: the library, one rule with its law and numbers, and what another number would change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.model import Verdict
from analyzer.store.package import Package
from analyzer.store.reopen import Reopened
from analyzer.store.what_if import parameters_of, what_if
from tests.dashboard.conftest import Open, press, unfold, words_of


@pytest.fixture(scope="module")
def opened(package: Path) -> Reopened:
    return Reopened(Package(package))


@pytest.mark.slow
def test_the_library_lists_every_rule_with_its_counts(open_page: Open, package: Path) -> None:
    said = Package(package).summary["totals"]
    table = open_page("rules").dataframe[0].value
    assert len(table) == said["rules"]
    assert table["问题数"].sum() == said["findings"]


def test_a_rule_shows_its_law_numbers_and_examples(open_page: Open) -> None:
    page = open_page("rules", rule="PRC-09")
    law, numbers = (frame.value for frame in page.dataframe)
    assert "行政处罚法" in " ".join(law["依据"])
    assert "90日" in set(numbers["值"])
    assert not page.code
    unfold(page)
    assert len(page.dataframe[2].value) > 3
    assert "适用" in page.code[0].value
    assert "PRC-09" in page.title[0].value.replace("\\", "")


@pytest.mark.slow
def test_an_unknown_rule_is_told(open_page: Open) -> None:
    assert "没有这条规则" in words_of(open_page("rules", rule="XXX-99"))


@pytest.mark.slow
def test_the_same_numbers_change_nothing(opened: Reopened) -> None:
    for code in ("PRC-09", "NTC-01", "DEC-07"):
        result = what_if(opened, code, [])
        assert dict(result.before) == dict(result.after), code
        assert (result.appeared, result.gone, result.changed) == ((), (), ())


@pytest.mark.slow
def test_a_stricter_number_finds_more_and_a_laxer_one_less(opened: Reopened) -> None:
    strict, lax = (what_if(opened, "PRC-09", [f"decision_days={days}"]) for days in (5, 4000))
    assert strict.after[Verdict.BREACH] > strict.before[Verdict.BREACH]
    assert strict.appeared
    assert lax.after[Verdict.BREACH] == 0
    assert len(lax.gone) == lax.findings_before
    assert sum(strict.after.values()) == sum(strict.before.values())


@pytest.mark.slow
def test_the_page_tries_another_number(open_page: Open) -> None:
    page = open_page("rules", rule="PRC-09", part="trial")
    page.text_input(key="trial.decision_days").set_value("5")
    press(page, "试算")
    assert not page.exception
    assert "问题从" in words_of(page)
    page.text_input(key="trial.decision_days").set_value("five")
    press(page, "试算")
    assert "decision_days" in words_of(page)


@pytest.mark.slow
def test_the_parameters_of_a_rule_are_those_of_its_findings(opened: Reopened, package: Path) -> None:
    rows = Package(package).connect().execute("SELECT rule, parameters FROM findings").fetchall()
    for rule, parameters in rows[::25]:
        said = json.loads(parameters)
        named = {name for one in (said if isinstance(said, list) else [said]) for name in one}
        assert named <= set(parameters_of(opened.setting, opened.library, opened.rule(rule))), rule
