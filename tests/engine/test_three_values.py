"""Filled, blank, unknown: what each does to an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import SmallRules

Answer = Callable[..., str]
UNKNOWN = "unknown"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("2024-03-06", "breach"), ("2024-03-05", "compliant"), (None, "not_assessable"), (UNKNOWN, "not_assessable")],
)
def test_a_comparison_with_a_blank_or_unknown_cell_decides_nothing(answer: Answer, cell: object, expected: str) -> None:
    assert answer("breach: served_on > decided_on", {"served_on": cell}) == expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("2024-03-06", "compliant"), (None, "breach"), (UNKNOWN, "not_assessable")]
)
def test_asking_for_a_blank_takes_it_as_a_fact_but_never_an_unknown(
    answer: Answer, cell: object, expected: str
) -> None:
    assert answer("breach: blank(served_on)", {"served_on": cell}) == expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("2024-03-06", "breach"), (None, "compliant"), (UNKNOWN, "not_assessable")]
)
def test_in_a_proof_column_a_comparison_with_a_blank_is_false(answer: Answer, cell: object, expected: str) -> None:
    body = "breach: served_on > decided_on\nblank_is_proof: [served_on]"
    assert answer(body, {"served_on": cell}) == expected


def test_in_a_proof_column_not_equal_to_a_blank_is_true(answer: Answer) -> None:
    body = "breach: discretion_level <> 'light'\nblank_is_proof: [discretion_level]"
    assert answer(body, {"discretion_level": None}) == "breach"


def test_a_blank_proof_cell_against_an_unknown_one_is_still_false(answer: Answer) -> None:
    body = "breach: hearing_on > served_on\nblank_is_proof: [hearing_on]"
    assert answer(body, {"hearing_on": None, "served_on": UNKNOWN}) == "compliant"


@pytest.mark.parametrize(
    ("cell", "expected"), [(True, "compliant"), (False, "breach"), (None, "breach"), (UNKNOWN, "not_assessable")]
)
def test_a_bare_boolean_in_a_proof_column_is_false_when_blank(answer: Answer, cell: object, expected: str) -> None:
    assert answer("breach: not defence_waived\nblank_is_proof: [defence_waived]", {"defence_waived": cell}) == expected


def test_what_is_false_whatever_the_blank_would_hold_stays_false(answer: Answer) -> None:
    assert (
        answer("breach: served_on > decided_on and fine_yuan > 10", {"served_on": None, "fine_yuan": 5}) == "compliant"
    )


def test_what_is_true_whatever_the_unknown_would_hold_stays_true(answer: Answer) -> None:
    assert (
        answer("breach: served_on > decided_on or fine_yuan > 10", {"served_on": UNKNOWN, "fine_yuan": 50}) == "breach"
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("2024-01-01", None, "compliant"), (None, "2024-06-01", "breach"), (UNKNOWN, "2024-06-01", "not_assessable"),
     (None, None, "not_assessable"), (None, UNKNOWN, "not_assessable")],
)  # fmt: skip
def test_or_else_takes_the_second_only_where_the_first_is_blank(
    answer: Answer, first: object, second: object, expected: str
) -> None:
    assert (
        answer("breach: or_else(served_on, closed_on) > decided_on", {"served_on": first, "closed_on": second})
        == expected
    )


@pytest.mark.parametrize(("cell", "expected"), [("light", "breach"), (None, "compliant"), (UNKNOWN, "compliant")])
def test_known_counts_blank_and_unknown_as_not(answer: Answer, cell: object, expected: str) -> None:
    assert answer("breach: known(discretion_level = 'light')", {"discretion_level": cell}) == expected


@pytest.mark.parametrize(
    ("test", "fine", "expected"),
    [
        ("fine_yuan > least(100, noticed_fine_yuan)", 101, "breach"),
        ("fine_yuan > least(100, noticed_fine_yuan)", 100, "not_assessable"),
        ("fine_yuan >= least(100, noticed_fine_yuan)", 100, "breach"),
        ("fine_yuan < least(100, noticed_fine_yuan)", 100, "compliant"),
        ("fine_yuan <= least(100, noticed_fine_yuan)", 100, "not_assessable"),
        ("fine_yuan > greatest(100, noticed_fine_yuan)", 100, "compliant"),
        ("fine_yuan < greatest(100, noticed_fine_yuan)", 99, "breach"),
        ("least(100, noticed_fine_yuan) < fine_yuan", 101, "breach"),
        ("greatest(100, noticed_fine_yuan) < fine_yuan", 100, "compliant"),
        ("least(fine_yuan, noticed_fine_yuan) < greatest(100, noticed_fine_yuan)", 99, "breach"),
        ("fine_yuan = least(100, noticed_fine_yuan)", 101, "not_assessable"),
    ],
)
def test_a_bound_that_is_there_decides_whatever_the_other_is(
    answer: Answer, test: str, fine: int, expected: str
) -> None:
    body = f"define: {{bound: '{test}'}}\nbreach: bound"
    assert answer(body, {"fine_yuan": fine, "noticed_fine_yuan": None}) == expected


def test_a_bound_behind_a_name_decides_too(answer: Answer) -> None:
    body = "define: {most: 'least(100, noticed_fine_yuan)'}\nbreach: fine_yuan > most"
    assert answer(body, {"fine_yuan": 101, "noticed_fine_yuan": UNKNOWN}) == "breach"
    assert answer(body, {"fine_yuan": 51, "noticed_fine_yuan": 50}) == "breach"
    assert answer(body, {"fine_yuan": 50, "noticed_fine_yuan": 50}) == "compliant"


def test_a_row_of_which_not_even_that_is_known_is_undecided(answer: Answer) -> None:
    body = "breach: fine_yuan > 10\nundecided_when: blank(served_on)"
    assert answer(body, {"fine_yuan": 5, "served_on": "2024-03-06"}) == "compliant"
    assert answer(body, {"fine_yuan": 5, "served_on": UNKNOWN}) == "not_assessable"
    assert answer(body, {"fine_yuan": 50, "served_on": UNKNOWN}) == "breach"


def test_unknown_applicability_comes_before_a_certain_breach(answer: Answer) -> None:
    assert (
        answer("applies_when: fine_yuan > 0\nbreach: blank(served_on)", {"fine_yuan": None, "served_on": None})
        == "not_assessable"
    )


def test_an_unknown_exception_to_a_certain_breach_is_undecided(answer: Answer) -> None:
    body = "breach: blank(served_on)\nreview_instead: fine_yuan > 0"
    assert answer(body, {"served_on": None, "fine_yuan": 1}) == "review"
    assert answer(body, {"served_on": None, "fine_yuan": 0}) == "breach"
    assert answer(body, {"served_on": None, "fine_yuan": None}) == "not_assessable"


def test_withdrawn_cases_are_left_out_unless_the_rule_judges_them(answer: Answer) -> None:
    assert answer("breach: true", {"status": "withdrawn"}) == "not_applicable"
    assert answer("breach: true\nwithdrawn: judged", {"status": "withdrawn"}) == "breach"
    assert answer("breach: true", {"status": None}) == "breach"
    assert answer("breach: true", {"status": UNKNOWN}) == "not_assessable"


def test_a_further_column_that_no_file_has_counts_as_its_ordinary_value(answer: Answer) -> None:
    assert answer("breach: is_major", {}) == "compliant"
    assert answer("breach: is_major", {"is_major": UNKNOWN}) == "not_assessable"
    assert answer("breach: is_major", {"is_major": None}) == "not_assessable"


def test_a_blank_surcharge_is_zero(rules: SmallRules) -> None:
    given = {
        "payments": [
            {"payment_id": "P1", "case_id": "C1", "surcharge_yuan": None, "paid_on": "2024-01-01"},
            {"payment_id": "P2", "case_id": "C1", "surcharge_yuan": UNKNOWN, "paid_on": "2024-01-01"},
        ],
        "cases": [{"case_id": "C1", "status": "closed"}],
    }
    answers = rules.judge("breach: surcharge_yuan = 0", given, "payments")
    assert answers == {"P1": "breach", "P2": "not_assessable"}
