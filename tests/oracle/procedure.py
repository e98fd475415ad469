"""PRC: time limits, service, publication and the papers of a case, and appeals against it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.oracle.answers import Found, row_rule, unless
from tests.oracle.bureau import LAW_OF_2021, Bureau, Row, decided, decided_from, detected_on, fined, live, of, overload
from tests.oracle.three_values import (
    UNKNOWN,
    Test,
    blank,
    both,
    day_of,
    days_after,
    days_between,
    either,
    equal,
    filled,
    from_on,
    here,
    known,
    less,
    more,
    more_unless_blank,
    negated,
    one_of,
    otherwise,
    rolled,
    up_to,
    working_days_between,
    years_after,
)


@row_rule("PRC-09", "cases")
def decided_in_ninety_days(bureau: Bureau, case: Row) -> Found:
    filed, end, extended = case["filed_on"], case["decided_on"], case["extension_approved_on"]
    if end is None:
        end = bureau.as_of if known(case["status"], "open") else UNKNOWN
    days = bureau.parameter("decision_days")
    last = days_after(filed, days)
    last_extended = rolled(days_after(last, case["extension_days"]))
    excepted = False if extended is None else both(up_to(extended, last), up_to(end, last_extended))
    return unless(from_on(filed, LAW_OF_2021), more(end, rolled(last)), excepted)


@row_rule("PRC-10", "cases")
def filed_first(bureau: Bureau, case: Row) -> Found:
    filed = case["filed_on"]
    late = either(
        blank(filed), more_unless_blank(filed, case["decided_on"]), more_unless_blank(filed, case["prior_notice_on"])
    )
    return both(decided(case), equal(case["procedure"], "ordinary")), late, False


@row_rule("PRC-11", "cases")
def summary_procedure(bureau: Bureau, case: Row) -> Found:
    individual = Decimal(str(bureau.parameter("summary_individual_yuan")))
    organization = Decimal(str(bureau.parameter("summary_organization_yuan")))
    fine, party = case["fine_yuan"], case["party_type"]
    if here(party):
        above = more(fine, individual if party == "individual" else organization)
    else:  # a party of unknown kind: certain below the lower sum and above the higher
        answers = {more(fine, individual), more(fine, organization)}
        above = answers.pop() if len(answers) == 1 else None
    applies = both(fined(case), equal(case["procedure"], "summary"))
    return applies, both(from_on(case["decided_on"], LAW_OF_2021), above), equal(case["enforcement_mode"], "non_site")


@row_rule("PRC-12", "cases")
def filed_in_two_years(bureau: Bureau, case: Row) -> Found:
    detection = bureau.detection_of(case)
    last = years_after(detected_on(detection), bureau.parameter("limitation_years"))
    reviewed = day_of(of(detection, "reviewed_at"))
    return more(case["filed_on"], last), False, either(blank(reviewed), more_unless_blank(reviewed, last))


@row_rule("PRC-13", "cases")
def elements_of_a_decision(bureau: Bureau, case: Row) -> Found:
    elements = ("decision_no", "legal_basis", "party_name")
    return decided(case), either(*(blank(case[column]) for column in elements)), False


@row_rule("PRC-14", "cases")
def number_used_once(bureau: Bureau, case: Row) -> Found:
    applies = both(decided(case), filled(case["decision_no"]))
    if applies is not True:
        return applies, False, False
    there: list[Test] = []
    one_decision: list[Test] = [True]
    for other in bureau.rows("cases"):
        if other is case or not here(other["decided_on"]) or other["decision_no"] != case["decision_no"]:
            continue
        if other["agency_id"] != case["agency_id"] or other["decided_on"].year != case["decided_on"].year:
            continue
        same_party = equal(other["party_name"], case["party_name"])
        same_day = equal(other["decided_on"], case["decided_on"])
        there.append(live(other))
        one_decision.append(either(negated(live(other)), both(same_party, same_day)))
    return unless(applies, either(*there), both(*one_decision))


STEPS = (
    "filed_on",
    "prior_notice_on",
    "defence_received_on",
    "defence_reviewed_on",
    "hearing_on",
    "legal_review_on",
    "collective_discussion_on",
    "decided_on",
    "served_on",
    "closed_on",
)


@row_rule("PRC-15", "cases")
def order_of_steps(bureau: Bureau, case: Row) -> Found:
    """Compares only dates that are there."""
    days = {step: case[step] for step in STEPS} | {"detected": detected_on(bureau.detection_of(case))}

    def after(one: str, other: str) -> bool:
        return more(days[one], days[other]) is True

    breach = after("prior_notice_on", "decided_on") or after("hearing_on", "decided_on")
    reversed_steps = (
        ("defence_reviewed_on", "decided_on"),
        ("legal_review_on", "decided_on"),
        ("collective_discussion_on", "decided_on"),
        ("decided_on", "served_on"),
        ("detected", "filed_on"),
        ("served_on", "closed_on"),
    )
    there = sum(here(day) for day in days.values())
    return there >= 2, breach, any(after(*pair) for pair in reversed_steps)


@row_rule("PRC-16", "cases")
def served_in_time(bureau: Bureau, case: Row) -> Found:
    days, day = bureau.parameter("service_days"), case["decided_on"]
    late = more(working_days_between(day, otherwise(case["served_on"], bureau.as_of)), days)
    excepted: Test = None
    if bureau.has("notices"):
        notices = bureau.naming("notices", "case_id", case["case_id"])
        decisions = [(equal(row["kind"], "decision"), day_of(row["issued_at"])) for row in notices]
        none = negated(either(*(kind for kind, _ in decisions)))
        sent = (both(kind, up_to(working_days_between(day, issued), days)) for kind, issued in decisions)
        excepted = either(none, *sent)
    posted = one_of(case["service_method"], ("mail", "public"))
    return unless(decided_from(case, LAW_OF_2021), late, both(posted, excepted))


def service_on_record(case: Row) -> Test:
    """Served, as the day or the way of the service says: the reading that was kept."""
    return either(filled(case["served_on"]), filled(case["service_method"]))


@row_rule("PRC-17", "cases")
def consent_to_electronic_service(bureau: Bureau, case: Row) -> Found:
    applies = both(decided(case), service_on_record(case), one_of(case["service_method"], ("electronic", "sms")))
    if not bureau.has("notices"):
        return applies, False, None
    notices = bureau.naming("notices", "case_id", case["case_id"])
    return applies, False, negated(either(*(filled(notice["consent_on"]) for notice in notices)))


@row_rule("PRC-18", "cases")
def other_ways_before_public_notice(bureau: Bureau, case: Row) -> Found:
    applies = both(decided(case), service_on_record(case), equal(case["service_method"], "public"))
    if not bureau.has("notices"):
        return applies, False, None
    tried = (
        both(negated(equal(notice["delivery_method"], "public")), less(day_of(notice["issued_at"]), case["served_on"]))
        for notice in bureau.naming("notices", "case_id", case["case_id"])
    )
    return applies, False, negated(either(*tried))


@row_rule("PRC-19", "cases")
def closed_without_service(bureau: Bureau, case: Row) -> Found:
    return both(decided(case), equal(case["status"], "closed")), blank(case["served_on"]), False


@row_rule("PRC-20", "cases")
def published_in_time(bureau: Bureau, case: Row) -> Found:
    """A number set without a source ends in review."""
    days = bureau.parameter("publish_deadline")
    if days is None:
        return decided(case), None, None
    waited = working_days_between(case["decided_on"], otherwise(case["published_on"], bureau.as_of))
    return decided(case), False, more(waited, days)


@row_rule("PRC-22", "cases")
def left_open(bureau: Bureau, case: Row) -> Found:
    days = bureau.parameter("stale_case_days")
    return equal(case["status"], "open"), False, more(days_between(case["filed_on"], bureau.as_of), days)


@row_rule("PRC-23", "cases")
def recorded_on_site(bureau: Bureau, case: Row) -> Found:
    return equal(case["enforcement_mode"], "on_site"), blank(case["recording_no"]), False


@row_rule("PRC-27", "cases")
def unloaded(bureau: Bureau, case: Row) -> Found:
    applies = both(equal(case["enforcement_mode"], "on_site"), overload(case), fined(case))
    supplied = "unloading_record" in bureau.columns["cases"]
    return (applies, False, blank(case["unloading_record"])) if supplied else (applies, None, None)


def appealed_case(bureau: Bureau, appeal: Row) -> Row | None:
    """The case of an appeal; a withdrawn one does not exist for look-ups."""
    _, case = bureau.look_up("cases", appeal["case_id"])
    return case if case is not None and live(case) is True else None


@row_rule("PRC-21", "appeals")
def appeal_forwarded(bureau: Bureau, appeal: Row) -> Found:
    case, forwarded, received = appealed_case(bureau, appeal), appeal["forwarded_on"], appeal["received_on"]
    watched = either(equal(of(case, "procedure"), "summary"), equal(of(case, "enforcement_mode"), "non_site"))
    applies = both(equal(appeal["kind"], "reconsideration"), from_on(received, dt.date(2024, 1, 1)), watched)
    late = False if forwarded is None else more(working_days_between(received, forwarded), 5)
    return applies, both(filled(forwarded), late), blank(forwarded)


@row_rule("PRC-25", "appeals")
def corrected_decision_withdrawn(bureau: Bureau, appeal: Row) -> Found:
    case, concluded = appealed_case(bureau, appeal), appeal["concluded_on"]
    # what became of the publication is read from the case even where nobody knows whether it was withdrawn
    _, any_case = bureau.look_up("cases", appeal["case_id"])
    withdrawn = otherwise(of(any_case, "publication_withdrawn_on"), bureau.as_of)
    late = False if concluded is None else more(working_days_between(concluded, withdrawn), 3)
    if less(concluded, LAW_OF_2021) is True:
        late = None  # three days are asked for since the law of 2021
    published = filled(of(case, "published_on"))
    applies = both(one_of(appeal["result"], ("revoked", "changed", "illegal")), published)
    return unless(applies, late, equal(appeal["kind"], "litigation"))
