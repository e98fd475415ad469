"""EXE and COE: payments and surcharges, and vehicles that are held."""

from __future__ import annotations

from decimal import Decimal

from tests.oracle.answers import Found, row_rule, unless
from tests.oracle.bureau import LAW_OF_2021, Bureau, Row, decided, live, of
from tests.oracle.three_values import (
    DAY,
    UNKNOWN,
    Cell,
    Test,
    blank,
    both,
    days_after,
    days_between,
    either,
    equal,
    fact_one_of,
    filled,
    from_on,
    here,
    less,
    more,
    more_unless_blank,
    negated,
    one_of,
    otherwise,
    up_to,
)

CENT = Decimal("0.01")
NEW_LIMIT_OF_CASH_SINCE = LAW_OF_2021
OLD_LIMIT_OF_CASH = 20
RATE = Decimal("0.03")


def case_of(bureau: Bureau, payment: Row) -> tuple[Row | None, Test]:
    """The case of a payment, and whether it is not withdrawn; unknown where no case is found."""
    _, case = bureau.look_up("cases", payment["case_id"])
    return case, None if case is None else live(case)


def surcharge(payment: Row) -> Cell:
    """A blank surcharge is none."""
    return otherwise(payment["surcharge_yuan"], 0)


@row_rule("EXE-01", "payments")
def fifteen_days_to_pay(bureau: Bureau, payment: Row) -> Found:
    case, counts = case_of(bureau, payment)
    due, served = payment["due_on"], of(case, "served_on")
    paid_on_the_spot = both(equal(of(case, "procedure"), "summary"), filled(payment["collected_by"]))
    applies = both(counts, filled(due), filled(served), negated(paid_on_the_spot))
    return applies, less(due, days_after(served, bureau.parameter("payment_days"))), False


@row_rule("EXE-02", "payments")
def surcharge_up_to_the_fine(bureau: Bureau, payment: Row) -> Found:
    case, counts = case_of(bureau, payment)
    return both(counts, more(surcharge(payment), 0)), more(surcharge(payment), of(case, "fine_yuan")), False


def suspends(appeal: Row) -> Test:
    return one_of(appeal["kind"], ("reconsideration", "litigation"))


def stands_still(appeals: list[Row], day: Cell, paid: Cell) -> Test:
    """Does the day lie in (received_on, concluded_on, else paid_on] of a reconsideration or litigation?"""
    spans = ((less(row["received_on"], day), up_to(day, otherwise(row["concluded_on"], paid))) for row in appeals)
    return either(*(both(*span) for span in spans))


def in_doubt(appeal: Row, due: Cell, paid: Cell) -> bool:
    """May the appeal reach into the time between the two days, and is its kind or one of its days not known?"""
    received, concluded = appeal["received_on"], appeal["concluded_on"]
    before = False if concluded is None else up_to(concluded, due)
    away = either(negated(suspends(appeal)), from_on(received, paid), before)
    certain = suspends(appeal) is True and here(received) and concluded is not UNKNOWN
    return away is not True and not certain


def late_days(bureau: Bureau, payment: Row) -> tuple[int, int] | None:
    """The fewest and the most days late that the appeals allow; None where a date is missing."""
    due, paid = payment["due_on"], payment["paid_on"]
    if not (here(due) and here(paid)):
        return None
    days = [due + n * DAY for n in range(1, (paid - due).days + 1)]
    if not bureau.has("appeals"):
        return 0, len(days)
    appeals = bureau.naming("appeals", "case_id", payment["case_id"])
    if any(
        in_doubt(appeal, due, paid) for appeal in appeals
    ):  # one leaves all days in doubt: the reading that was kept
        return 0, len(days)
    running = [appeal for appeal in appeals if suspends(appeal)]
    late = sum(not stands_still(running, day, paid) for day in days)
    return late, late


@row_rule("EXE-03", "payments")
def surcharge_by_days(bureau: Bureau, payment: Row) -> Found:
    case, counts = case_of(bureau, payment)
    asked = surcharge(payment)
    applies = both(counts, more(asked, 0))
    fine = of(case, "fine_yuan")
    if applies is not True or not here(fine):
        return applies, None, None
    days = late_days(bureau, payment)
    if days is None:  # above the fine itself it is too much, however many days there were
        return applies, asked > fine + CENT or None, False
    most = min(fine, RATE * fine * days[1]) + CENT
    return applies, True if asked > most else False if days[0] == days[1] else None, False


@row_rule("EXE-04", "payments")
def fining_apart_from_collecting(bureau: Bureau, payment: Row) -> Found:
    case, counts = case_of(bureau, payment)
    fine, paid = of(case, "fine_yuan"), payment["paid_on"]
    ordinary, summary = (equal(of(case, "procedure"), kind) for kind in ("ordinary", "summary"))
    cash, taken = equal(payment["channel"], "cash"), filled(payment["collected_by"])
    limit = bureau.parameter("cash_limit_yuan")
    old_limit = limit if "cash_limit_yuan" in bureau.stated else OLD_LIMIT_OF_CASH
    above, above_old = more(fine, limit), more(fine, old_limit)
    of_unknown_day = above if above == above_old else None  # decided where both limits say the same
    large = of_unknown_day if not here(paid) else above if paid >= NEW_LIMIT_OF_CASH_SINCE else above_old
    on_the_spot = both(summary, either(cash, taken), large)
    return counts, both(ordinary, taken), either(both(ordinary, cash, negated(taken)), on_the_spot)


@row_rule("EXE-05", "payments")
def surcharge_during_instalments(bureau: Bureau, payment: Row) -> Found:
    case, counts = case_of(bureau, payment)
    approved = fact_one_of(of(case, "installment_result"), ("approved",))
    return both(counts, approved), False, more(surcharge(payment), 0)


@row_rule("EXE-06", "cases")
def application_answered(bureau: Bureau, case: Row) -> Found:
    applied = case["installment_applied_on"]
    waited = days_between(applied, otherwise(case["installment_replied_on"], bureau.as_of))
    return filled(applied), False, more(waited, bureau.parameter("installment_reply_days"))


@row_rule("EXE-07", "payments")
def demanded(bureau: Bureau, payment: Row) -> Found:
    _, counts = case_of(bureau, payment)
    days = late_days(bureau, payment)  # the late days of EXE-03: the reading that was kept
    long = None if days is None else True if days[0] > 30 else False if days[1] <= 30 else None
    applies = both(counts, more(surcharge(payment), 0), long)
    if not bureau.has("notices") or not here(payment["case_id"]):
        return applies, False, None
    notices = bureau.naming("notices", "case_id", payment["case_id"])
    return applies, False, negated(either(*(equal(notice["kind"], "demand") for notice in notices)))


@row_rule("EXE-08", "payments")
def paid_what_was_decided(bureau: Bureau, payment: Row) -> Found:
    case, counts = case_of(bureau, payment)
    early = less(payment["paid_on"], of(case, "decided_on"))
    payments = bureau.naming("payments", "case_id", payment["case_id"])
    paid = [row["amount_yuan"] for row in payments]
    fine, surcharges = of(case, "fine_yuan"), [surcharge(row) for row in payments]
    too_much: Test = None
    if here(fine) and all(map(here, paid)):
        if all(map(here, surcharges)):
            too_much = sum(paid) > fine + sum(surcharges)
        elif sum(paid) <= fine:  # enough for the fine alone, whatever the surcharges were
            too_much = False
    return both(counts, None if case is None else decided(case)), False, either(early, too_much)


@row_rule("COE-01", "detentions")
def held_too_long(bureau: Bureau, detention: Row) -> Found:
    days, more_days = bureau.parameter("detention_days"), bureau.parameter("detention_extension_days")
    if days is None:
        return True, None, None
    last = days_after(detention["detained_on"], days)
    approved = detention["extension_approved_on"]
    extended = False if approved is None else up_to(approved, last)
    end = otherwise(detention["released_on"], bureau.as_of)
    over = both(more(end, last), either(negated(extended), more(end, days_after(last, more_days))))
    return unless(True, over, bureau.known_police(detention["agency_id"]))


@row_rule("COE-02", "detentions")
def held_with_papers(bureau: Bureau, detention: Row) -> Found:
    return True, blank(detention["document_no"]), blank(detention["case_id"])


@row_rule("COE-03", "detentions")
def held_after_the_decision(bureau: Bureau, detention: Row) -> Found:
    _, case = bureau.look_up("cases", detention["case_id"])
    applies = None if case is None else both(live(case), decided(case))
    if applies is not True or case is None:
        return applies, None, None
    paid = [row["paid_on"] for row in bureau.naming("payments", "case_id", case["case_id"])]
    last = max([case["decided_on"], *filter(here, paid)])
    end = otherwise(detention["released_on"], bureau.as_of)
    over = more(end, days_after(last, bureau.parameter("release_grace_days")))
    if UNKNOWN in paid or not bureau.has("payments"):  # a later payment may be hidden: only "not over" is certain
        over = False if over is False else None
    return applies, False, over


@row_rule("COE-04", "detentions")
def approved_by_a_lawful_body(bureau: Bureau, detention: Row) -> Found:
    unapproved: Test = False
    if "approved_on" in bureau.columns["detentions"]:
        approved = detention["approved_on"]
        late = more_unless_blank(approved, days_after(detention["detained_on"], 1))
        unapproved = either(blank(approved), late)
    found, agency = bureau.look_up("agencies", detention["agency_id"])
    # whether an agency that is in no register has authority is not known: the reading that was kept
    no_authority = equal(agency["has_authority"], False) if agency else None
    entrusted = filled(agency["entrusted_by"]) if agency else found
    return True, either(unapproved, no_authority), entrusted
