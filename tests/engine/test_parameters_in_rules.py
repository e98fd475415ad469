"""Numbers of the law in rules: by date, null, recalled, bound to a place."""

from __future__ import annotations

from collections.abc import Callable

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
