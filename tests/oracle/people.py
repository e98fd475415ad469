"""PER: officers and the bodies they act for."""

from __future__ import annotations

from tests.oracle.answers import Found, row_rule
from tests.oracle.bureau import Bureau, Row, decided
from tests.oracle.hearings import equals_one_of
from tests.oracle.three_values import Cell, Test, blank, both, either, equal, filled, here, less, more, negated


def officers_of(row: Row) -> tuple[Cell, Cell]:
    return row["officer1_id"], row["officer2_id"]


def fewer_than_two(row: Row) -> Test:
    """One of the two is blank (blank = proof), or they are one person."""
    first, second = officers_of(row)
    return either(
        blank(first), blank(second), equal(first, second) if first is not None and second is not None else False
    )


@row_rule("PER-01", "cases")
def two_officers(bureau: Bureau, case: Row) -> Found:
    alone_is_lawful = bureau.known_police(case["agency_id"])
    excepted = equal(case["procedure"], "summary") if alone_is_lawful else False
    return negated(excepted), fewer_than_two(case), False


def unqualified(bureau: Bureau, case: Row, officer_id: Cell) -> Test:
    """Not in the register, auxiliary, or without a certificate on a day that the case has."""
    if officer_id is None:
        return False
    found, officer = bureau.look_up("officers", officer_id)
    if officer is None:
        return negated(found)
    tests = [equal(officer["kind"], "auxiliary")]
    for day in (case["filed_on"], case["decided_on"]):
        if day is not None:
            tests += [less(day, officer["certificate_from"]), more(day, officer["certificate_until"])]
    return either(*tests)


@row_rule("PER-02", "cases")
def qualified(bureau: Bureau, case: Row) -> Found:
    named = officers_of(case)
    return either(*map(filled, named)), either(*(unqualified(bureau, case, one) for one in named)), False


@row_rule("PER-03", "officers")
def certificates(bureau: Bureau, officer: Row) -> Found:
    number = officer["certificate_no"]
    shared: Test = None if not here(number) else len(bureau.naming("officers", "certificate_no", number)) > 1
    if number is None:
        shared = False
    return True, either(both(equal(officer["kind"], "auxiliary"), filled(number)), shared), False


@row_rule("PER-04", "cases")
def authority(bureau: Bureau, case: Row) -> Found:
    found, agency = bureau.look_up("agencies", case["agency_id"])
    day = case["decided_on"]
    if agency is None:
        return (decided(case), False, True) if found is False else (decided(case), None, None)
    until = agency["authority_until"]
    ended = False if until is None else more(day, until)
    return (
        decided(case),
        either(equal(agency["has_authority"], False), less(day, agency["authority_from"]), ended),
        False,
    )


@row_rule("PER-05", "cases")
def reviewer_is_not_an_officer_of_the_case(bureau: Bureau, case: Row) -> Found:
    reviewer = case["legal_reviewer_id"]
    return filled(reviewer), False, equals_one_of(reviewer, officers_of(case))


@row_rule("PER-06", "cases")
def of_the_same_agency(bureau: Bureau, case: Row) -> Found:
    there: list[Test] = []
    differs: list[Test] = []
    for officer_id in officers_of(case):
        if officer_id is None:
            continue
        found, officer = bureau.look_up("officers", officer_id)
        there.append(found)
        if officer is not None:
            differs.append(negated(equal(officer["agency_id"], case["agency_id"])))
        elif found is None:
            differs.append(None)
    return either(*there), False, either(*differs)


@row_rule("PER-07", "inspections")
def two_inspectors(bureau: Bureau, inspection: Row) -> Found:
    return True, fewer_than_two(inspection), False
