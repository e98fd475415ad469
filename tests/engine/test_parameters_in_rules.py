"""Numbers of the law in rules: by date, null, recalled, bound to a place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Answer = Callable[..., str]


def test_the_number_in_force_on_the_rows_date_decides(answer: Answer) -> None:
    body = "breach: fine_yuan > p.summary_individual_yuan\nas_of: decided_on"
    assert answer(body, {"fine_yuan": 200, "decided_on": "2021-07-15"}) == "compliant"
    assert answer(body, {"fine_yuan": 200.01, "decided_on": "2021-07-15"}) == "breach"


def test_a_breach_that_rests_on_a_recalled_number_ends_in_review(answer: Answer) -> None:
    body = "breach: fine_yuan > p.summary_individual_yuan\nas_of: decided_on"
    assert answer(body, {"fine_yuan": 60, "decided_on": "2021-07-14"}) == "review"
    assert answer(body, {"fine_yuan": 50, "decided_on": "2021-07-14"}) == "compliant"


def test_a_recalled_number_behind_a_named_expression_is_found(answer: Answer) -> None:
    body = "define: {too_much: fine_yuan > p.summary_individual_yuan}\nbreach: too_much\nas_of: decided_on"
    assert answer(body, {"fine_yuan": 60, "decided_on": "2021-07-14"}) == "review"


def test_a_null_parameter_switches_off_its_leg(answer: Answer) -> None:
    body = "breach: fine_yuan > 10\nreview: extension_days > p.plea_days"
    assert answer(body, {"fine_yuan": 5, "extension_days": 99}) == "compliant"
    assert answer(body, {"fine_yuan": 5, "extension_days": 99}, set={"plea_days": 5}) == "review"


def test_a_rule_without_a_leg_left_cannot_say(answer: Answer) -> None:
    body = "breach: extension_days > p.plea_days"
    assert answer(body, {"extension_days": 99}) == "not_assessable"
    assert answer(body, {"extension_days": 99}, set={"plea_days": 5}) == "breach"


def test_a_leg_joined_by_or_keeps_the_rule_alive(answer: Answer) -> None:
    body = "breach: extension_days > p.plea_days or fine_yuan > 10"
    assert answer(body, {"extension_days": 99, "fine_yuan": 5}) == "compliant"


def test_a_rule_bound_to_a_profile_applies_under_those_that_extend_it(answer: Answer) -> None:
    body = "profile: henan\nbreach: fine_yuan > 10"
    assert answer(body, {"fine_yuan": 50}) == "breach"
    assert answer(body, {"fine_yuan": 50}, profile="national") == "not_applicable"


def test_working_days_outside_the_calendar_are_unknown(answer: Answer) -> None:
    body = "breach: wd(decided_on, served_on) > 7"
    assert answer(body, {"decided_on": "2024-03-05", "served_on": "2024-03-14"}) == "compliant"
    assert answer(body, {"decided_on": "2024-03-05", "served_on": "2024-03-15"}) == "breach"
    assert answer(body, {"decided_on": "2099-03-05", "served_on": "2099-04-14"}) == "not_assessable"


def test_a_working_saturday_counts(answer: Answer) -> None:
    # 2024-04-28 was a Sunday made a working day before Labour Day.
    body = "breach: wd(decided_on, served_on) > 2"
    assert answer(body, {"decided_on": "2024-04-26", "served_on": "2024-04-30"}) == "breach"


def test_months_end_at_the_months_end(answer: Answer) -> None:
    body = "breach: served_on = add_months(decided_on, 1)"
    assert answer(body, {"decided_on": "2024-01-31", "served_on": "2024-02-29"}) == "breach"


def test_a_day_that_nobody_knows_may_lie_in_the_time_of_a_recalled_value(answer: Callable[..., str]) -> None:
    body = "as_of: or_else(decided_on, filed_on)\nbreach: wd(hearing_notice_on, hearing_on) < p.hearing_notice_days"
    cells = {"hearing_notice_on": "2024-03-04", "hearing_on": "2024-03-08"}
    assert answer(body, cells) == "breach"
    assert answer(body, {**cells, "decided_on": "unknown"}) == "review"


DOUBT = "unknown_if(blank(served_on))"


@pytest.mark.parametrize(
    "leg",
    [
        f"extension_days > p.plea_days or {DOUBT}",
        f"{DOUBT} or extension_days > p.plea_days",
        f"extension_days > p.plea_days and not {DOUBT}",
        f"known(extension_days > p.plea_days) or {DOUBT}",
        "filled(p.plea_days) and extension_days > 5",
        "case when fine_yuan > 10 then extension_days > p.plea_days else extension_days >= p.plea_days + 1 end",
        "extension_days > or_else(p.plea_days, p.publish_deadline)",
        "extension_days > on_day(p.plea_days, served_on)",
        "not (extension_days <= 5 or extension_days <> p.plea_days)",
    ],
)
def test_a_doubt_beside_a_leg_that_is_off_is_no_leg(answer: Answer, leg: str) -> None:
    cells = {"extension_days": 99, "fine_yuan": 5, "served_on": "2024-03-06"}
    assert answer(f"breach: {leg}", cells) == "not_assessable"
    assert answer(f"breach: {leg}\nreview: fine_yuan > 10", cells) == "compliant"
    assert answer(f"breach: {leg}\nreview: fine_yuan > 4", cells) == "review"


def test_a_doubt_beside_a_leg_in_force_stays_a_doubt(answer: Answer) -> None:
    body = f"breach: extension_days > p.plea_days or {DOUBT}"
    cells = {"extension_days": 5, "served_on": "2024-03-06"}
    assert answer(body, cells, set={"plea_days": 5}) == "compliant"
    assert answer(body, {**cells, "extension_days": 6}, set={"plea_days": 5}) == "breach"
    assert answer(body, {**cells, "served_on": None}, set={"plea_days": 5}) == "not_assessable"


def test_a_leg_that_falls_back_on_another_number_is_alive(answer: Answer) -> None:
    body = "breach: extension_days > or_else(p.plea_days, 5)"
    assert answer(body, {"extension_days": 5}) == "compliant"
    assert answer(body, {"extension_days": 6}) == "breach"


@pytest.mark.parametrize(
    ("fine", "expected"), [(50, "compliant"), (50.01, "not_assessable"), (200, "not_assessable"), (200.01, "review")]
)
def test_on_an_unknown_day_what_every_value_says_is_decided(answer: Answer, fine: float, expected: str) -> None:
    body = "breach: fine_yuan > p.summary_individual_yuan\nas_of: decided_on"
    assert answer(body, {"fine_yuan": fine, "decided_on": "unknown"}) == expected


def test_on_an_unknown_day_a_leg_may_be_off(answer: Answer) -> None:
    body = "as_of: decided_on\nbreach: extension_days > p.notify_deadline"
    assert answer(body, {"extension_days": 4, "decided_on": "2020-05-01"}, profile="police") == "compliant"
    assert answer(body, {"extension_days": 4, "decided_on": "2020-04-30"}, profile="police") == "not_assessable"
    assert answer(body, {"extension_days": 4, "decided_on": "unknown"}, profile="police") == "not_assessable"
    with_another = body + "\nreview: fine_yuan > 10"
    cells = {"fine_yuan": 5, "decided_on": "unknown"}
    assert answer(with_another, {**cells, "extension_days": 5}, profile="police") == "compliant"
    assert answer(with_another, {**cells, "extension_days": 6}, profile="police") == "not_assessable"
