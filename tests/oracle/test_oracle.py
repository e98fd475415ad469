"""Made bureaus, judged by the product and by the oracle: every answer to every covered rule is the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.oracle.answers import BREACH, COMPLIANT, NOT_APPLICABLE, REVIEW, answers_of
from tests.oracle.bureau import Bureau
from tests.oracle.comparison import RULES, Difference, Said, audited, differences
from tests.oracle.made_bureau import Made, make_bureau

AT_ONCE = 259
AT_LENGTH = range(100, 118)
ALWAYS_SPEAKS = {"REV-02"}
"""Every target for fines or cases is for review at least."""


def told(seed: int, found: Iterable[Difference]) -> str:
    """What a person needs to look a difference up."""
    return "\n".join(f"bureau {seed}: {one.rule} {one.key}: ours {one.ours}, oracle {one.oracle}" for one in found)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Said]:
    """One bureau and what the product says of it."""
    made = make_bureau(AT_ONCE, tmp_path_factory.mktemp("bureau"))
    return made, audited(made)


def test_a_bureau_is_judged_alike(judged: tuple[Made, Said]) -> None:
    made, said = judged
    found = differences(said, made.bureau)
    assert not found, told(AT_ONCE, found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", AT_LENGTH)
def test_bureaus_are_judged_alike(seed: int, tmp_path: Path) -> None:
    made = make_bureau(seed, tmp_path)
    found = differences(audited(made), made.bureau)
    assert not found, told(seed, found)


def another_parameter(bureau: Bureau) -> Bureau:
    return replace(bureau, stated={**bureau.stated, "overload_cap_yuan": 1000})


def another_day(bureau: Bureau) -> Bureau:
    return replace(bureau, as_of=bureau.as_of.replace(year=bureau.as_of.year - 1))


def another_profile(bureau: Bureau) -> Bureau:
    return replace(bureau, profile="national")


def a_table_less(bureau: Bureau) -> Bureau:
    return replace(bureau, tables={name: rows for name, rows in bureau.tables.items() if name != "calibrations"})


def without_dates_of_notices(bureau: Bureau) -> Bureau:
    notices = [{**row, "issued_at": None} for row in bureau.rows("notices")]
    return replace(bureau, tables={**bureau.tables, "notices": notices})


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (another_parameter, {"DEC-01", "DEC-13"}),
        (another_day, {"NTC-06", "SVC-01", "FAI-04"}),
        (another_profile, {"REV-02", "SVC-02"}),
        (a_table_less, {"intake", "DEV-01"}),
        (without_dates_of_notices, {"NTC-05", "NTC-09"}),
    ],
)
def test_a_change_on_one_side_is_seen(
    judged: tuple[Made, Said], change: Callable[[Bureau], Bureau], rules: set[str]
) -> None:
    made, said = judged
    assert rules <= {one.rule for one in differences(said, change(made.bureau))}


def test_an_answer_that_was_not_given_is_seen(judged: tuple[Made, Said]) -> None:
    made, said = judged
    rule, answers = next((rule, answers) for rule, answers in sorted(said.records.items()) if answers)
    key = min(answers)
    without = {name: answer for name, answer in answers.items() if name != key}
    found = differences(said._replace(records={**said.records, rule: without}), made.bureau)
    assert [(one.rule, one.key, one.ours) for one in found] == [(rule, key, "no finding")]


@pytest.mark.slow
def test_every_rule_finds_something_somewhere(tmp_path: Path) -> None:
    """Made bureaus in which a rule never speaks, or always does, would prove nothing about it."""
    given: dict[str, set[str]] = defaultdict(set)
    for seed in AT_LENGTH:
        bureau = make_bureau(seed, tmp_path / str(seed)).bureau
        for rule in RULES:
            given[rule].update(answers_of(bureau, rule).values())
    assert not [rule for rule in RULES if not given[rule] & {BREACH, REVIEW}]
    assert {rule for rule in RULES if not given[rule] & {COMPLIANT, NOT_APPLICABLE}} == ALWAYS_SPEAKS
