"""PRC-01 to 08, 24, 26: what the party is told before the decision, the hearing, and the reviews inside the bureau."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tests.oracle.answers import Found, row_rule, unless
from tests.oracle.bureau import LAW_OF_2021, Bureau, Row, decided, decided_from, fined
from tests.oracle.three_values import (
    UNKNOWN,
    Cell,
    Test,
    blank,
    blank_or_later,
    both,
    day_of,
    days_between,
    either,
    equal,
    filled,
    from_on,
    here,
    less,
    more,
    negated,
    one_of,
    up_to,
    working_days_between,
)


def amount_reaches(case: Row, threshold: Decimal) -> Test:
    """The larger of the two amounts, of those that are filled, reaches a sum; one that does so suffices."""
    amounts = [case["noticed_fine_yuan"], case["fine_yuan"]]
    there = [amount for amount in amounts if here(amount)]
    if there and max(there) >= threshold:
        return True
    if UNKNOWN in amounts:
        return None
    return False if there else None


def major(bureau: Bureau, case: Row) -> Test:
    """is_major, or an amount from the sum on that a profile sets."""
    sum_ = bureau.amount("major_decision_yuan")
    marked = case["is_major"] if here(case["is_major"]) else None
    return either(marked, False if sum_ is None else amount_reaches(case, sum_))


def thresholds(bureau: Bureau) -> tuple[Decimal | None, Decimal | None]:
    """The sums from which an individual and an organisation may ask for a hearing."""
    return bureau.amount("hearing_individual_yuan"), bureau.amount("hearing_organization_yuan")


def reaches_hearing(bureau: Bureau, case: Row) -> Test:
    """The amount reaches the threshold of the party type, or does so (or does not) whatever the party is."""
    individual, organization = thresholds(bureau)
    party = case["party_type"]
    if here(party):
        threshold = individual if party == "individual" else organization
        return None if threshold is None else amount_reaches(case, threshold)
    sums = [one for one in (individual, organization) if one is not None]
    answers = [amount_reaches(case, one) for one in sums]
    return answers[0] if len(answers) == 2 and answers[0] is answers[1] else None


@row_rule("PRC-01", "cases")
def told_before_the_decision(bureau: Bureau, case: Row) -> Found:
    ordinary = negated(equal(case["procedure"], "summary"))
    applies = both(decided(case), ordinary, one_of(case["penalty_type"], ("warning", "fine", "other")))
    return applies, blank_or_later(case["prior_notice_on"], case["decided_on"]), False


@row_rule("PRC-02", "cases")
def defence_reviewed(bureau: Bureau, case: Row) -> Found:
    received, day = case["defence_received_on"], case["decided_on"]
    applies = both(decided(case), filled(received), up_to(received, day))
    return applies, blank_or_later(case["defence_reviewed_on"], day), False


@row_rule("PRC-03", "cases")
def not_above_what_was_told(bureau: Bureau, case: Row) -> Found:
    told_again: Test = None
    if bureau.has("notices"):
        told_again = either(
            *(
                both(
                    equal(notice["kind"], "penalty_notice"),
                    more(day_of(notice["issued_at"]), case["prior_notice_on"]),
                    up_to(day_of(notice["issued_at"]), case["decided_on"]),
                )
                for notice in bureau.naming("notices", "case_id", case["case_id"])
            )
        )
    above = more(case["fine_yuan"], case["noticed_fine_yuan"])
    return unless(both(fined(case), filled(case["noticed_fine_yuan"])), above, told_again)


def not_waived(case: Row) -> Test:
    """A blank is the proof that nobody waived."""
    return None if case["defence_waived"] is UNKNOWN else case["defence_waived"] is not True


@row_rule("PRC-04", "cases")
def time_to_ask_for_a_hearing(bureau: Bureau, case: Row) -> Found:
    informed, day = case["hearing_informed_on"], case["decided_on"]
    applies = both(decided_from(case, LAW_OF_2021), filled(informed), blank(case["hearing_on"]))
    days, plea = bureau.parameter("hearing_request_days"), bureau.parameter("plea_days")
    if days is None and plea is None:
        return applies, None, None
    too_soon = False if days is None else up_to(working_days_between(informed, day), days)
    start = bureau.parameter("hearing_from")
    entitled = False if start is None else both(from_on(day, start), reaches_hearing(bureau, case))
    breach = both(too_soon, entitled, not_waived(case))
    review = too_soon if breach is not True else False  # "otherwise": wherever the breach is not true
    if plea is not None:
        within_plea = up_to(days_between(case["prior_notice_on"], day), plea)
        review = either(review, both(within_plea, not_waived(case), blank(case["defence_received_on"])))
    return applies, breach, review


@row_rule("PRC-05", "cases")
def told_of_the_hearing(bureau: Bureau, case: Row) -> Found:
    individual, organization = thresholds(bureau)
    start = bureau.parameter("hearing_from")
    if start is None:
        return decided(case), None, None
    in_force = both(decided(case), decided_from(case, start))
    if individual is None and organization is None:
        return in_force, None, None
    late = blank_or_later(case["hearing_informed_on"], case["decided_on"])
    if case["party_type"] is not None or individual is None or organization is None:
        return both(in_force, reaches_hearing(bureau, case)), late, False
    lower, higher = sorted((individual, organization))
    from_lower, from_higher = amount_reaches(case, lower), amount_reaches(case, higher)
    if from_lower is True and from_higher is False:
        return in_force, False, late
    if from_lower is True and late is False:
        return in_force, False, False
    return both(in_force, True if from_higher else False if from_lower is False else None), late, False


@row_rule("PRC-06", "cases")
def hearing_held_by_the_rules(bureau: Bureau, case: Row) -> Found:
    """Before the law of 2021 the numbers are recalled: 3 working days, and every breach is only for review.

    That ends where a bureau states both numbers itself.
    """
    held, day = case["hearing_on"], case["decided_on"]
    picks = day if here(day) else case["filed_on"]
    stated = {"hearing_request_days", "hearing_notice_days"} <= bureau.stated.keys()
    recalled = False if stated else less(picks, LAW_OF_2021)
    days, notice_days = bureau.parameter("hearing_request_days"), bureau.parameter("hearing_notice_days")
    if recalled is True and "hearing_request_days" not in bureau.stated:
        days = 3
    asked_after = working_days_between(case["hearing_informed_on"], case["hearing_requested_on"])
    asked_in_time = False if days is None else up_to(asked_after, days)
    not_held = both(asked_in_time, filled(day), blank(held))
    distance = working_days_between(case["hearing_notice_on"], held)
    unmeasured = held is None or notice_days is None
    told_late = False if unmeasured else less(distance, notice_days)
    decided_before = False if held is None or day is None else less(day, held)
    breach = either(not_held, told_late, decided_before)
    review = False if unmeasured else equal(distance, notice_days)
    if recalled is not False:  # on an unknown day too nobody can say more: the reading that was kept
        breach, review = (False if breach is not None else None), either(breach, review)
    return filled(case["hearing_requested_on"]), breach, review


@row_rule("PRC-07", "cases")
def legally_reviewed(bureau: Bureau, case: Row) -> Found:
    no_hearing, reviewed = blank(case["hearing_on"]), case["legal_review_on"]
    needed = either(negated(no_hearing), major(bureau, case))
    without_list = bureau.amount("major_decision_yuan") is None
    large = from_on(case["fine_yuan"], 5000) if without_list else False
    failed = equal(case["legal_review_result"], "failed")
    bad = either(blank_or_later(reviewed, case["decided_on"]), failed)
    in_force = both(decided(case), decided_from(case, LAW_OF_2021))
    return both(in_force, either(needed, large)), both(needed, bad), both(large, no_hearing, blank(reviewed))


@row_rule("PRC-08", "cases")
def discussed(bureau: Bureau, case: Row) -> Found:
    late = blank_or_later(case["collective_discussion_on"], case["decided_on"])
    listed = bureau.amount("major_decision_yuan") is not None
    if not listed and "is_major" not in bureau.columns["cases"]:
        return both(decided(case), None), None, None  # no leg is left
    return both(decided(case), major(bureau, case)), late, False


@row_rule("PRC-24", "cases")
def told_and_decided_in_one_day(bureau: Bureau, case: Row) -> Found:
    one_day = equal(case["prior_notice_on"], case["decided_on"])
    silent = both(not_waived(case), blank(case["defence_received_on"]))
    return both(decided(case), equal(case["procedure"], "ordinary")), False, both(one_day, silent)


def equals_one_of(cell: Cell, officers: Iterable[Cell]) -> Test:
    return either(*(equal(cell, officer) for officer in officers))


@row_rule("PRC-26", "cases")
def chair_is_not_an_officer_of_the_case(bureau: Bureau, case: Row) -> Found:
    chair = case["hearing_chair_id"]
    return filled(chair), equals_one_of(chair, (case["officer1_id"], case["officer2_id"])), False
