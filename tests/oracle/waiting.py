"""NTC-05 to 08: how long a record waited for its notice, and a notice for its delivery."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.oracle.answers import IS_COMPLIANT, IS_DOUBTFUL, Found, row_rule, table_rule, unless
from tests.oracle.bureau import VIOLATION_NOTICES, Bureau, Row, detected_on
from tests.oracle.notices import issued_on
from tests.oracle.three_values import (
    UNKNOWN,
    Cell,
    Test,
    blank,
    both,
    day_of,
    days_between,
    either,
    fact_one_of,
    filled,
    here,
    more,
    negated,
    one_of,
    up_to,
    working_days_between,
)


def dated_notices(bureau: Bureau, detection: Row) -> list[Row]:
    """The violation notices of a record that have a date: the earliest that is there counts."""
    notices = bureau.naming("notices", "record_id", detection["record_id"])
    return [row for row in notices if one_of(row["kind"], VIOLATION_NOTICES) is True and here(row["issued_at"])]


def counted(bureau: Bureau, start: Cell, end: Cell) -> Cell:
    """Days in the unit of the deadline."""
    in_working_days = bureau.parameter("notify_deadline_unit") == "wd"
    return working_days_between(start, end) if in_working_days else days_between(start, end)


def waited_too_long(bureau: Bureau, detection: Row, applies: Test, end: Cell) -> Found:
    days = bureau.parameter("notify_deadline", detected_on(detection))
    start = day_of(detection[bureau.parameter("notify_from")])
    if days is UNKNOWN:
        return applies, None, None
    if days is None:  # without a deadline only the reference value speaks, and never of a lawful wait
        reference = bureau.parameter("notify_reference_days")
        above = None if reference is None else more(days_between(start, end), reference)
        return (applies, False, True) if above is True else (applies, None, None)
    informed = up_to(counted(bureau, start, day_of(detection["onsite_informed_at"])), days) is True
    return unless(applies, more(counted(bureau, start, end), days), informed)


@row_rule("NTC-05", "detections")
def told_in_time(bureau: Bureau, detection: Row) -> Found:
    days = [issued_on(notice) for notice in dated_notices(bureau, detection)]
    applies = bureau.has_notice(detection["record_id"], VIOLATION_NOTICES)
    return waited_too_long(bureau, detection, applies, min(days, default=UNKNOWN))


@row_rule("NTC-06", "detections")
def told_at_all(bureau: Bureau, detection: Row) -> Found:
    applies = both(
        fact_one_of(detection["review_result"], ("passed",)),
        filled(detection["violation_type"]),
        negated(fact_one_of(detection["status"], ("void", "exempted"))),
        negated(bureau.has_notice(detection["record_id"], VIOLATION_NOTICES)),
    )
    return waited_too_long(bureau, detection, applies, bureau.as_of)


def saved_up(bureau: Bureau, records: list[Row], told: Any) -> Found:
    """At least 3 records first notified one day, of which the oldest waited too long.

    The deadline is the one in force on the oldest record's day: the reading that was kept.
    """
    days = [detected_on(row) for row in records]
    longest = bureau.parameter("notify_deadline", min((day for day in days if here(day)), default=UNKNOWN))
    if longest is None:
        longest = bureau.parameter("notify_reference_days")
    if longest is None:
        return IS_DOUBTFUL
    if len(records) < 3:
        return IS_COMPLIANT
    return True, False, either(*(more(days_between(day, told), longest) for day in days))


@table_rule("NTC-07", "detections")
def told_together(bureau: Bureau) -> dict[str, Found]:
    found: dict[str, Found] = {}
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in bureau.rows("detections"):
        applies = bureau.has_notice(row["record_id"], VIOLATION_NOTICES)
        notices = dated_notices(bureau, row)
        if applies is not True:
            found[row["record_id"]] = (applies, False, False)
        elif not notices or not here(row["plate_no"]):
            found[row["record_id"]] = IS_DOUBTFUL
        else:  # the first notice gives agency and date, the detection gives the vehicle
            first = min(notices, key=lambda notice: (issued_on(notice), notice["notice_id"]))
            groups[first["agency_id"], row["plate_no"], row["plate_color"], issued_on(first)].append(row)
    for key, records in groups.items():
        answer = saved_up(bureau, records, key[-1])
        found.update({row["record_id"]: answer for row in records})
    return found


@row_rule("NTC-08", "notices")
def delivered(bureau: Bureau, notice: Row) -> Found:
    applies = both(one_of(notice["kind"], VIOLATION_NOTICES), blank(notice["delivered_at"]))
    return applies, False, more(days_between(issued_on(notice), bureau.as_of), 30)
