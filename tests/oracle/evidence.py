"""EVD: the records that serve as evidence."""

from __future__ import annotations

import datetime as dt
import math
import string
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

from tests.oracle.answers import IS_DOUBTFUL, IS_OUTSIDE, Found, row_rule, table_rule
from tests.oracle.bureau import NOTICES_OF_USE, Bureau, Row, detected_on, fined, live, of
from tests.oracle.three_values import (
    UNKNOWN,
    Cell,
    Test,
    blank,
    both,
    day_of,
    either,
    equal,
    fact_one_of,
    filled,
    from_on,
    here,
    holds,
    less,
    more,
    negated,
    one_of,
    otherwise,
    working_days_between,
)


def after_the_first(reviewed: Cell, days: list[dt.date]) -> Test:
    """Reviewed after the earliest day that is there; unknown where none is dated. Not reviewed is not late."""
    if reviewed is None:
        return False
    return None if reviewed is UNKNOWN or not days else reviewed > min(days)


@row_rule("EVD-01", "detections")
def reviewed_and_passed(bureau: Bureau, detection: Row) -> Found:
    record, reviewed = detection["record_id"], day_of(detection["reviewed_at"])
    has_case, has_notice = bureau.has_case(record), bureau.has_notice(record, NOTICES_OF_USE)
    not_passed = either(fact_one_of(detection["review_result"], (None, "failed")), blank(reviewed))
    cases = [case for case in bureau.naming("cases", "record_id", record) if live(case) is not False]
    case_days = [case[step] for case in cases for step in ("filed_on", "decided_on") if here(case[step])]
    notices = bureau.naming("notices", "record_id", record)
    notice_days = [
        day_of(notice["issued_at"])
        for notice in notices
        if one_of(notice["kind"], NOTICES_OF_USE) is True and here(notice["issued_at"])
    ]
    after_case = both(has_case, after_the_first(reviewed, case_days))
    after_notice = both(has_notice, after_the_first(reviewed, notice_days))
    bad = both(has_case, either(not_passed, after_the_first(reviewed, case_days)))
    on_site = bureau.only_on_site(record)
    notices_only = both(negated(has_case), has_notice, not_passed)
    review = either(both(bad, on_site), notices_only, both(after_notice, negated(after_case)))
    return bureau.used(detection), both(bad, not on_site), review


@row_rule("EVD-02", "detections")
def reviewed_in_time(bureau: Bureau, detection: Row) -> Found:
    day, applies = detected_on(detection), filled(detection["violation_type"])
    days = bureau.parameter("review_deadline", day)
    if not here(days):
        return applies, None, None
    waited = working_days_between(day, day_of(otherwise(detection["reviewed_at"], bureau.as_of)))
    return applies, more(waited, days), False


@row_rule("EVD-03", "detections")
def complete(bureau: Bureau, detection: Row) -> Found:
    def any_blank(*columns: str) -> Test:
        return either(*(blank(detection[column]) for column in columns))

    kind = detection["violation_type"]
    weights = any_blank("gross_weight_kg", "limit_weight_kg", "axle_count")
    return (
        bureau.used(detection),
        either(
            any_blank("plate_no", "detected_at", "station_id"),
            both(fact_one_of(kind, ("overload",)), weights),
            both(fact_one_of(kind, ("speeding",)), any_blank("speed_kmh")),
        ),
        False,
    )


@row_rule("EVD-04", "detections")
def photographed(bureau: Bureau, detection: Row) -> Found:
    photos = detection["photo_count"]
    too_few = bureau.whatever_the_day("min_photos", detected_on(detection), lambda fewest: less(photos, fewest))
    return bureau.used(detection), equal(photos, 0), too_few


@row_rule("EVD-05", "detections")
def credible(bureau: Bureau, detection: Row) -> Found:
    gross, axles, speed = (detection[column] for column in ("gross_weight_kg", "axle_count", "speed_kmh"))
    if not (here(gross) or here(axles) or here(speed)):
        return bureau.used(detection), None, None
    tests = (  # only values that are there are tested
        holds(lambda kg: kg <= 0 or kg > 200_000, gross),
        holds(lambda kg, count: kg > 30_000 * count, gross, axles),
        holds(lambda count: count < 2, axles),
        holds(lambda kmh: kmh <= 0 or kmh > 250, speed),
    )
    return bureau.used(detection), any(test is True for test in tests), False


def passes(bureau: Bureau) -> list[list[Row]]:
    """The records of each vehicle in their order; a record without plate or moment is nobody's predecessor."""
    vehicles: dict[tuple[Cell, Cell], list[Row]] = defaultdict(list)
    for row in bureau.rows("detections"):
        if here(row["plate_no"]) and here(row["detected_at"]):
            vehicles[row["plate_no"], row["plate_color"]].append(row)
    return [sorted(rows, key=lambda row: (row["detected_at"], row["record_id"])) for rows in vehicles.values()]


def seconds_between(earlier: Row, later: Row) -> float:
    return float((later["detected_at"] - earlier["detected_at"]).total_seconds())


def kilometres(one: Row | None, other: Row | None) -> float | None:
    """Great-circle distance of two stations, R = 6371 km; None unless both have coordinates."""
    degrees = [of(station, column) for column in ("latitude", "longitude") for station in (one, other)]
    if not all(here(cell) for cell in degrees):
        return None
    latitude, other_latitude, longitude, other_longitude = map(math.radians, degrees)
    across = math.sin((other_longitude - longitude) / 2) ** 2
    half = math.sin((other_latitude - latitude) / 2) ** 2 + math.cos(latitude) * math.cos(other_latitude) * across
    return 2 * 6371 * math.asin(min(1, math.sqrt(half)))


def too_fast(bureau: Bureau, earlier: Row, later: Row) -> Found:
    differs = holds(lambda one, other: one != other, earlier["station_id"], later["station_id"])
    if differs is not True:
        return differs, False, False
    seconds = seconds_between(earlier, later)
    stations = (bureau.look_up("stations", row["station_id"])[1] for row in (earlier, later))
    distance = kilometres(*stations)
    if distance is None:
        return True, False, seconds < 300
    return True, False, seconds == 0 or distance / (seconds / 3600) > 150


@table_rule("EVD-06", "detections")
def at_two_places(bureau: Bureau) -> dict[str, Found]:
    """Each record against the one immediately before it of the same vehicle."""
    found = {row["record_id"]: IS_DOUBTFUL for row in bureau.rows("detections")}
    for rows in passes(bureau):
        found[rows[0]["record_id"]] = IS_OUTSIDE
        for earlier, later in pairwise(rows):
            found[later["record_id"]] = too_fast(bureau, earlier, later)
    return found


@table_rule("EVD-07", "detections")
def one_pass_twice(bureau: Bureau) -> dict[str, Found]:
    """Any earlier record of the vehicle at the device, up to 60 seconds back, that is used too."""
    found: dict[str, Found] = {
        row["record_id"]: (both(bureau.used(row), None), None, None) for row in bureau.rows("detections")
    }
    for rows in passes(bureau):
        for place, row in enumerate(rows):
            if not here(row["device_id"]):
                continue
            twins = (
                both(equal(earlier["device_id"], row["device_id"]), bureau.used(earlier))
                for earlier in rows[:place]
                if seconds_between(earlier, row) <= 60
            )
            found[row["record_id"]] = both(bureau.used(row), either(*twins)), False, True
    return found


@row_rule("EVD-08", "detections")
def within_tolerance(bureau: Bureau, detection: Row) -> Found:
    gross, limit = detection["gross_weight_kg"], detection["limit_weight_kg"]
    _, device = bureau.look_up("devices", detection["device_id"])
    above = both(fact_one_of(detection["violation_type"], ("overload",)), more(gross, limit))
    lawful = holds(
        lambda kg, most, part: kg <= most * (1 + Fraction(part)), gross, limit, of(device, "weight_tolerance")
    )
    return both(bureau.used(detection), above), False, lawful


LIMITS = {
    (2, "truck"): 18_000,
    (3, "truck"): 25_000,
    (3, "combination"): 27_000,
    (4, "truck"): 31_000,
    (4, "combination"): 36_000,
    (5, "combination"): 43_000,
}
"""The statutory limits by axles and kind of vehicle, in kilograms; combinations of six axles and more stand apart."""
SIX_AXLES = {46_000, 49_000, 43_000}
LIMITS_IN_FORCE = dt.date(2016, 9, 21)


@row_rule("EVD-09", "detections")
def limit_of_the_vehicle(bureau: Bureau, detection: Row) -> Found:
    axles, vehicle = detection["axle_count"], detection["vehicle_type"]
    in_table = either(
        *(both(equal(axles, number), equal(vehicle, kind)) for number, kind in LIMITS),
        both(from_on(axles, 6), equal(vehicle, "combination")),
    )
    kind, permit = detection["violation_type"], detection["permit_no"]
    applies = both(bureau.used(detection), fact_one_of(kind, ("overload",)), blank(permit), in_table)
    if applies is not True:
        return applies, False, False
    if less(detected_on(detection), LIMITS_IN_FORCE) is True:  # no table in force: the reading that was kept
        return IS_DOUBTFUL
    lawful = SIX_AXLES
    if axles < 6:
        limit = LIMITS[axles, vehicle]
        lawful = {limit, limit - 3000} | ({limit + 1000} if (axles, vehicle) == (4, "combination") else set())
    return True, False, negated(one_of(detection["limit_weight_kg"], lawful))


PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
"""What follows province and office: neither I nor O."""


def made_of(text: str, *signs: str) -> bool:
    """One sign of each kind in turn, and nothing else."""
    return len(text) == len(signs) and all(one in many for one, many in zip(text, signs, strict=True))


def has_form_of_a_plate(plate: str) -> bool:
    letters = string.ascii_uppercase
    office, signs, digits = (PROVINCES, letters), [SIGNS] * 4, [string.digits] * 4
    forms = [
        (*office, *signs, SIGNS + "挂学警领"),
        (*office, "ABCDEFGHJK", SIGNS, *digits),  # new energy, small
        (*office, *digits, string.digits, "ABCDEFGHJK"),  # new energy, large
        ("粤", "Z", *signs, "港澳"),
        ("使", *digits, string.digits, string.digits),
        ("W", "J", PROVINCES, *digits, string.digits + letters),
    ]
    return any(made_of(plate, *form) for form in forms)


@row_rule("EVD-10", "detections")
def a_plate_that_exists(bureau: Bureau, detection: Row) -> Found:
    plate = detection["plate_no"]
    return both(bureau.used(detection), filled(plate)), False, negated(holds(has_form_of_a_plate, plate))


@row_rule("EVD-11", "detections")
def fined_though_void(bureau: Bureau, detection: Row) -> Found:
    applies = either(
        fact_one_of(detection["status"], ("void", "exempted")), fact_one_of(detection["review_result"], ("failed",))
    )
    if not bureau.has("cases"):
        return applies, None, None
    cases = bureau.naming("cases", "record_id", detection["record_id"])
    return applies, either(*(both(live(case), fined(case)) for case in cases)), False


@row_rule("EVD-12", "detections")
def weight_edited(bureau: Bureau, detection: Row) -> Found:
    edited = detection["edited_weight_kg"]
    return both(bureau.used(detection), filled(edited)), False, negated(equal(edited, detection["gross_weight_kg"]))
