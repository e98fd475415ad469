"""The proof beside each rule: every example holds, whatever rules the library comes to hold."""

from __future__ import annotations

import re
from typing import Any

import pytest

from analyzer.engine.compile import PLACEHOLDER, RESERVED
from analyzer.engine.lint import form_problems, lint
from tests.rules.proof import CODES, library, runner

UNFILLED = re.compile(r"\{[A-Za-z_][\w.]*\}")


@pytest.mark.parametrize("code", CODES)
def test_every_example_has_the_answer_that_it_expects(code: str) -> None:
    rule_file = library().rules[code]
    shown: set[str] = set()
    for case in rule_file.rule.examples.cases:
        tables = runner().tables(rule_file, case)
        answers = runner().answers(rule_file, case, tables)
        expected = dict.fromkeys(answers, case.expect) if isinstance(case.expect, str) else case.expect
        assert {key: answers.get(key) for key in expected} == expected, case.name
        assert set(answers) == keys_of(rule_file.rule.reads, tables), f"{case.name}: every row is answered"
        shown.update(answers.values())
    assert set(rule_file.rule.answers) <= shown


@pytest.mark.parametrize("code", CODES)
def test_what_is_found_is_counted_and_told_in_full_sentences(code: str) -> None:
    """The first example of each answer goes the whole way to findings; `rules check` sends all of them."""
    rule_file = library().rules[code]
    firsts = {str(case.expect): number for number, case in reversed(list(enumerate(rule_file.rule.examples.cases)))}
    for number in sorted(firsts.values()):
        outcome = runner().run_case(rule_file, number)
        assert outcome.problem is None, outcome.problem
        assert outcome.holds, f"{outcome.case}: expected {outcome.expected}, got {outcome.answers}"
        assert outcome.counted == outcome.rows, f"{outcome.case}: the five counts add up to the rows of the table"
        for text in texts():
            assert not UNFILLED.search(text), f"{outcome.case}: {text}"


def keys_of(table: str, tables: dict[str, list[dict[str, Any]]]) -> set[str]:
    """The keys of the rows of a table of an example."""
    columns = library().vocabulary[table].key
    return {"|".join(str(row[column]) for column in columns) for row in tables.get(table, ())}


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
