"""The proof beside each rule: every example holds, whatever rules the library comes to hold."""

from __future__ import annotations

import re

import pytest

from analyzer.engine.compile import PLACEHOLDER, RESERVED
from analyzer.engine.lint import form_problems, lint
from tests.rules.proof import CODES, library, runner

UNFILLED = re.compile(r"\{[A-Za-z_][\w.]*\}")


@pytest.mark.parametrize("code", CODES)
def test_every_example_holds_and_every_row_is_answered(code: str) -> None:
    rule_file = library().rules[code]
    shown = set()
    for number, case in enumerate(rule_file.rule.examples.cases):
        outcome = runner().run_case(rule_file, number)
        assert outcome.problem is None, outcome.problem
        assert outcome.holds, f"{case.name}: expected {outcome.expected}, got {outcome.answers}"
        assert outcome.counted == outcome.rows, f"{case.name}: the five counts add up to the rows of the table"
        shown.update(outcome.answers.values())
        for text in texts():
            assert not UNFILLED.search(text), f"{case.name}: {text}"
    assert set(rule_file.rule.answers) <= shown


def texts() -> list[str]:
    """Every sentence of the findings of the example that was judged last."""
    rows = runner().con.execute("SELECT explanation_zh, explanation_en, remedy_zh, remedy_en FROM findings").fetchall()
    return [text for row in rows for text in row]


@pytest.mark.parametrize("code", CODES)
def test_both_languages_are_filled_from_the_same_placeholders(code: str) -> None:
    rule = library().rules[code].rule
    for wording in (rule.explain, rule.remedy):
        zh, en = (set(PLACEHOLDER.findall(text)) for text in (wording.zh, wording.en))
        assert zh - set(RESERVED) == en - set(RESERVED)
    assert form_problems(library(), library().rules[code]) == []


def test_the_library_has_no_lint() -> None:
    assert lint(library(), list(library().rules.values())) == []
