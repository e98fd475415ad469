"""Sentences of findings: words in the form that their number asks for, and days that are said once."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.engine.check import check_rules
from analyzer.engine.compile import PLACEHOLDER
from analyzer.engine.examples import ExampleRunner
from analyzer.model.rule import ExampleCase, Examples
from analyzer.rulebook.library import RuleFile
from tests.engine.conftest import SmallRules

OLD = '"{records} records"'


def told(rules: SmallRules, sentence: str, cases: list[dict[str, Any]]) -> list[str]:
    """The English sentences of the findings on these cases, all of one agency and its own story for each."""
    code = rules.write("breach: fine_yuan > 0", subject="agency_id")
    path = rules.folder / f"{code}.yaml"
    text = path.read_text(encoding="utf-8").replace(OLD, f'"{sentence}"')
    chinese = "".join(f"{{{name}}}" for name in PLACEHOLDER.findall(sentence))
    path.write_text(text.replace("共{records}条", f"共{chinese}"), encoding="utf-8")
    library = rules.library()
    one = library.rules[code]
    case = ExampleCase(name="test", given={"cases": cases}, expect="breach")
    runner = ExampleRunner(library)
    rule = one.rule.model_copy(update={"examples": Examples(base={}, cases=[case])})
    outcome = runner.run(RuleFile(rule, one.document))[0]
    assert outcome.problem is None, outcome.problem
    return [row[0] for row in runner.con.execute("SELECT explanation_en FROM findings").fetchall()]


def case(number: int, fine: float) -> dict[str, Any]:
    return {
        "case_id": f"C{number}",
        "agency_id": "A",
        "fine_yuan": fine,
        "status": "closed",
        "decided_on": "2024-01-02",
    }


SENTENCE = "{records} {records|case was|cases were} fined {fine_yuan} {fine_yuan|yuan only|yuan}"


@pytest.mark.parametrize(
    ("fines", "said"),
    [
        ((1,), "1 case was fined 1 yuan only"),
        ((2,), "1 case was fined 2 yuan"),
        ((1.5,), "1 case was fined 1.5 yuan"),
        ((1, 1), "2 cases were fined 1 yuan only"),
        ((1, 2), "2 cases were fined 1 to 2 yuan"),
    ],
)
def test_a_word_takes_the_form_of_its_number(rules: SmallRules, fines: tuple[float, ...], said: str) -> None:
    assert told(rules, SENTENCE, [case(number, fine) for number, fine in enumerate(fines)]) == [said]


@pytest.mark.parametrize("name", ["fine_yuan", "subject", "first"])
def test_a_form_follows_a_number_that_the_sentence_gives(rules: SmallRules, name: str) -> None:
    code = rules.write("breach: fine_yuan > 0")
    path = rules.folder / f"{code}.yaml"
    sentence = f'"{{records}} {{subject}} {{first}} {{{name}|a|b}}"'
    path.write_text(path.read_text(encoding="utf-8").replace(OLD, sentence), encoding="utf-8")
    library = rules.library()
    text = "\n".join(one.say("en") for one in check_rules(library, [library.rules[code]]))
    assert f"has a form for {name}, whose number it does not give" in text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2024-01-02",), "on 2024-01-02 (2024-01-02)"),
        (("2024-01-02", "2024-01-02"), "on 2024-01-02 (2024-01-02)"),
        (("2024-01-03", "2024-01-02"), "between 2024-01-02 and 2024-01-03 (2024-01-02 to 2024-01-03)"),
    ],
)
def test_a_single_day_is_said_once(rules: SmallRules, days: tuple[str, ...], said: str) -> None:
    cases = [case(number, 1) | {"decided_on": day} for number, day in enumerate(days)]
    assert told(rules, "{records}{fine_yuan} {span} ({dates})", cases) == [f"{len(days)}1 {said}"]
