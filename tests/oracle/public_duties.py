"""SVC, FRQ, REV, FAI: complaints, inspections, money, and serious overloads that nobody filed."""

from __future__ import annotations

from tests.oracle.answers import IS_BREACH, IS_COMPLIANT, IS_DOUBTFUL, IS_REVIEW, Found, row_rule
from tests.oracle.bureau import Bureau, Row, detected_on
from tests.oracle.three_values import (
    UNKNOWN,
    Cell,
    blank,
    both,
    days_between,
    either,
    equal,
    fact_one_of,
    filled,
    here,
    holds,
    more,
    negated,
    otherwise,
)


@row_rule("SVC-01", "appeals")
def complaint_in_time(bureau: Bureau, appeal: Row) -> Found:
    extended = filled(appeal["extension_approved_on"])
    days = days_between(appeal["received_on"], otherwise(appeal["concluded_on"], bureau.as_of))
    above_60, above_90 = more(days, 60), more(days, 90)
    late = either(both(negated(extended), above_60), both(extended, above_90), both(above_60, above_90))
    return equal(appeal["kind"], "complaint"), False, late


@row_rule("SVC-02", "appeals")
def complaint_answered(bureau: Bureau, appeal: Row) -> Found:
    applies = both(equal(appeal["kind"], "complaint"), filled(appeal["concluded_on"]))
    silent = blank(appeal["replied_on"])
    return (applies, silent, False) if bureau.extends("henan") else (applies, False, silent)


def inspected(inspection: Row) -> Cell:
    """The subject: the enterprise, else the vehicle; an unknown enterprise leaves it unknown."""
    enterprise, plate = inspection["enterprise_id"], inspection["plate_no"]
    if enterprise is not None:
        return UNKNOWN if enterprise is UNKNOWN else ("enterprise", enterprise)
    return ("vehicle", plate) if here(plate) else plate


@row_rule("FRQ-02", "inspections")
def inspected_by_many(bureau: Bureau, inspection: Row) -> Found:
    subject, agency, day = inspected(inspection), inspection["agency_id"], inspection["inspected_on"]
    if not (here(subject) and here(agency) and here(day)):
        return IS_DOUBTFUL
    for other in bureau.rows("inspections"):
        if inspected(other) != subject or not here(other["agency_id"]) or not here(other["inspected_on"]):
            continue
        if other["agency_id"] != agency and abs((other["inspected_on"] - day).days) <= 7:
            return IS_REVIEW
    return IS_COMPLIANT


def parking(bureau: Bureau, fee: Row) -> Found:
    """Parking is unlawful during a detention; without one or after its end it is for review."""
    detained = filled(fee["detention_id"])
    if detained is not True:
        return (True, False, True) if detained is False else (True, None, None)
    _, detention = bureau.look_up("detentions", fee["detention_id"])
    if detention is None:  # a filled link that finds no detention is unknown
        return True, None, None
    released = detention["released_on"]
    after = False if released is None else more(fee["charged_on"], released)
    return True, negated(after), after


@row_rule("REV-01", "fees")
def lawful_fee(bureau: Bureau, fee: Row) -> Found:
    applies, kind, in_henan = negated(equal(fee["amount_yuan"], 0)), fee["kind"], bureau.extends("henan")
    if not here(kind):
        return applies, None, None
    if kind == "parking":
        return (applies, *parking(bureau, fee)[1:])
    if kind == "unloading":
        return applies, False, blank(fee["substitute_decision_no"])
    breach = kind in ("sanitation", "escort") or (kind in ("weighing", "testing") and in_henan)
    return applies, breach, not breach


@row_rule("REV-02", "targets")
def target_for_fines(bureau: Bureau, target: Row) -> Found:
    indicator = target["indicator"]
    if not here(indicator):
        return True, None, None
    breach = indicator == "fine_amount" or (indicator == "case_count" and bureau.extends("henan"))
    return IS_BREACH if breach else IS_REVIEW


@row_rule("REV-03", "budgets")
def fines_returned(bureau: Bureau, budget: Row) -> Found:
    return True, more(budget["returned_yuan"], 0), False


@row_rule("FAI-04", "detections")
def serious_and_never_filed(bureau: Bureau, detection: Row) -> Found:
    gross, limit = detection["gross_weight_kg"], detection["limit_weight_kg"]
    applies = both(
        fact_one_of(detection["violation_type"], ("overload",)),
        holds(lambda kg, most: (kg - most) * 2 >= most, gross, limit),
        fact_one_of(detection["review_result"], ("passed",)),
        negated(fact_one_of(detection["status"], ("void", "exempted"))),
    )
    old = more(days_between(detected_on(detection), bureau.as_of), 90)
    return applies, False, both(negated(bureau.has_case(detection["record_id"])), old)
