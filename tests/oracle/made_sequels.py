"""What follows the cases of a made bureau: their notices, payments, appeals and detentions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.oracle.bureau import Row
from tests.oracle.dice import Date, Dice
from tests.oracle.made_dossiers import AGENCIES
from tests.oracle.three_values import DAY

CENT = Decimal("0.01")


def notices(dice: Dice, cases: list[Row], dense: bool) -> Iterator[Row]:
    kinds = (
        "violation_notice",
        "penalty_notice",
        "penalty_notice",
        "decision",
        "decision",
        "decision",
        "demand",
        "other",
    )
    for number in range(dice.number(50, 120)):
        case = dice.one(cases)
        day = dice.one([case[step] for step in ("decided_on", "prior_notice_on", "filed_on") if case[step]])
        kind, issued = dice.one(kinds), dice.near(day, (0, 1, -1, 3), (6, 7, 8))
        if dense and case["prior_notice_on"] and dice.chance(0.4):
            kind, issued = "penalty_notice", dice.near(case["prior_notice_on"], (-1, 0, 1))
        yield {
            "notice_id": f"W{number:04d}",
            "record_id": case["record_id"],
            "case_id": dice.pick(*[case["case_id"]] * 4, "C9999"),
            "plate_no": case["plate_no"],
            "plate_color": case["plate_color"],
            "party_name": case["party_name"],
            "kind": kind,
            "issued_at": dice.moment(issued),
            "delivery_method": dice.pick("in_person", "mail", "sms", "electronic", "public"),
            "batch_no": "B1",
            "agency_id": case["agency_id"],
            "consent_on": dice.pick(None, None, day),
        }


def payments(dice: Dice, cases: list[Row]) -> Iterator[Row]:
    """Paid about the day that is due, with surcharges about what the days late allow."""
    for number in range(dice.number(50, 110)):
        case = dice.one(cases)
        due = dice.near(case["served_on"] or dice.day(), (13, 14, 15, 16, 15))
        paid = dice.near(due, (-5, -1, 0, 1, 2, 10, 29, 30, 31, 32, 33, 34, 35, 60))
        fine = case["fine_yuan"]
        allowed = min(fine, Decimal("0.03") * fine * max(0, (paid - due).days))
        about = (allowed, allowed + CENT, allowed + 2 * CENT, allowed + 1, allowed * 2 / 3)
        asked = dice.pick(
            None, Decimal(0), dice.one(about), dice.one(about), fine, fine + CENT, CENT, 2 * CENT, fine * 2
        )
        yield {
            "payment_id": f"J{number:04d}",
            "case_id": dice.pick(*[case["case_id"]] * 6, "C9999"),
            "due_on": due,
            "paid_on": dice.day() if dice.chance(0.1) else paid,
            "amount_yuan": round(dice.pick(fine, fine, fine / 2, fine + 1, fine + allowed), 2),
            "surcharge_yuan": None if asked is None else round(asked, 2),
            "payer_name": "付",
            "payer_phone": "13900000000",
            "channel": dice.pick("bank", "electronic", "cash", "cash"),
            "collected_by": dice.pick(None, None, "F01"),
        }


def appeals(dice: Dice, cases: list[Row], paid: list[Row]) -> Iterator[Row]:
    """Appeals against the cases, often while a surcharge runs, and complaints that wait about their time limit."""
    for number in range(dice.number(50, 110)):
        case = dice.one(cases)
        payments_of_case = [row for row in paid if row["case_id"] == case["case_id"]]
        received = dice.pick(dice.day(), dice.as_of - dice.pick(59, 60, 61, 89, 90, 91) * DAY)
        concluded = dice.near(received, (0, 5, 59, 60, 61, 89, 90, 91, 120))
        if payments_of_case and dice.chance(0.7):
            received = dice.near(dice.one(payments_of_case)["due_on"], (-3, 0, 1, 3, 10, 33))
            concluded = dice.near(received, (0, 1, 5, 20, 60))
        if dice.chance(0.25):
            case["publication_withdrawn_on"] = dice.near(concluded, (0,), (2, 3, 4))
        yield {
            "appeal_id": f"Q{number:04d}",
            "case_id": dice.pick(*[case["case_id"]] * 4, "C9999"),
            "agency_id": case["agency_id"],
            "kind": dice.pick("complaint", "complaint", "reconsideration", "reconsideration", "litigation"),
            "received_on": received,
            "concluded_on": dice.maybe(0.7, concluded),
            "replied_on": dice.maybe(0.6, dice.around(received)),
            "is_satisfied": True,
            "result": dice.pick("upheld", "revoked", "changed", "illegal", "withdrawn", None),
            "forwarded_on": dice.maybe(0.6, dice.near(received, (0, 7), (4, 5, 6))),
            "extension_approved_on": dice.maybe(0.4, dice.around(received)),
        }


def detention_started(dice: Dice, case: Row) -> Date:
    if dice.chance(0.3):
        return dice.as_of - dice.pick(29, 30, 31, 59, 60, 61) * DAY
    if dice.chance(0.5):
        return dice.day()
    return (case["decided_on"] or dice.day()) - dice.pick(0, 5, 20) * DAY


def detentions(dice: Dice, cases: list[Row], paid: list[Row]) -> Iterator[Row]:
    for number in range(dice.number(25, 60)):
        case = dice.one(cases)
        start = detention_started(dice, case)
        released = dice.near(start, (29, 30, 31, 59, 60, 61, 3))
        if case["decided_on"] and dice.chance(0.4):
            days = [row["paid_on"] for row in paid if row["case_id"] == case["case_id"]]
            released = dice.near(max([case["decided_on"], *days]), (2, 3, 4))
        yield {
            "detention_id": f"K{number:04d}",
            "case_id": dice.pick(*[case["case_id"]] * 4, "C9999", None),
            "plate_no": case["plate_no"],
            "agency_id": dice.one(AGENCIES),
            "document_no": dice.maybe(0.8, f"扣{number}"),
            "detained_on": start,
            "extension_approved_on": dice.maybe(0.4, dice.near(start, (10, 29, 30, 31))),
            "released_on": dice.maybe(0.7, released),
            "approved_on": dice.maybe(0.85, dice.near(start, (-1, 0, 1, 2))),
        }
