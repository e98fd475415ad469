"""DEC: the amount of the fine, fines for one and the same thing, and what had to follow from many of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.oracle.answers import IS_DOUBTFUL, IS_OUTSIDE, Found, row_rule, table_rule, unless
from tests.oracle.bureau import Bureau, Row, decided_from, detected_on, excess, fined, live, of, overload
from tests.oracle.three_values import (
    DAY,
    UNKNOWN,
    Cell,
    Test,
    blank,
    both,
    either,
    equal,
    filled,
    here,
    less,
    more,
    negated,
    one_of,
    otherwise,
    up_to,
)


def oversized(detection: Row | None) -> bool:
    """A recorded size known above 18.1 x 2.55 x 4 m."""
    limits = (("length_mm", 18_100), ("width_mm", 2_550), ("height_mm", 4_000))
    return any(more(of(detection, column), most) is True for column, most in limits)


def without_valid_permit(bureau: Bureau, detection: Row | None) -> Test:
    """A valid permit is found and covers the day, whatever the weight."""
    permit_no = of(detection, "permit_no")
    if permit_no is None:
        return True
    found, permit = bureau.look_up("permits", permit_no)
    if permit is None:
        return negated(found)
    day = detected_on(detection)
    return negated(both(up_to(permit["valid_from"], day), up_to(day, permit["valid_until"])))


def by_the_tonne(bureau: Bureau, kilograms: int) -> tuple[Decimal, Decimal]:
    """500 yuan for each full tonne and for each tonne begun, both up to the cap."""
    cap = Decimal(str(bureau.parameter("overload_cap_yuan")))
    return min(cap, Decimal(500 * (kilograms // 1000))), min(cap, Decimal(500 * -(-kilograms // 1000)))


@row_rule("DEC-01", "cases")
def below_the_cap(bureau: Bureau, case: Row) -> Found:
    return both(fined(case), overload(case)), more(case["fine_yuan"], bureau.parameter("overload_cap_yuan")), False


@row_rule("DEC-02", "cases")
def fine_by_excess(bureau: Bureau, case: Row) -> Found:
    detection, fine = bureau.detection_of(case), case["fine_yuan"]
    above = excess(detection)
    not_police = not bureau.known_police(case["agency_id"])
    no_permit = without_valid_permit(bureau, detection)
    # of a record and a decision on unknown days nobody knows what was asked for, but a tonne never sufficed
    days = (detected_on(detection), otherwise(case["decided_on"], case["filed_on"]))
    serious = both(more(above, 1000), True if any(map(here, days)) else None)
    applies = both(fined(case), overload(case), serious, no_permit, not_police)
    if not (here(above) and here(fine)):
        return applies, None, None
    full, begun = by_the_tonne(bureau, above)
    size = oversized(detection)
    return applies, fine > begun and not size, full < fine <= begun or (fine > begun and size)


@row_rule("DEC-03", "cases")
def slight_excess(bureau: Bureau, case: Row) -> Found:
    detection = bureau.detection_of(case)
    applies = both(fined(case), overload(case), not bureau.known_police(case["agency_id"]))
    return unless(applies, up_to(excess(detection), 1000), oversized(detection))


@row_rule("DEC-04", "cases")
def one_record_fined_twice(bureau: Bureau, case: Row) -> Found:
    applies = fined(case)
    if not here(case["record_id"]):
        return applies, None, None
    there: list[Test] = []
    unlike: list[Test] = [True]
    for other in bureau.naming("cases", "record_id", case["record_id"]):
        if other is case:
            continue
        counts = both(live(other), fined(other))
        differs = (negated(equal(other[column], case[column])) for column in ("party_name", "violation_type"))
        there.append(counts)
        unlike.append(either(negated(counts), *differs))
    return unless(applies, either(*there), both(*unlike))


def own_part(bureau: Bureau, case: Row) -> Test:
    """Is the judged case a fined overload of a vehicle and a moment that are known?"""
    test = both(fined(case), overload(case))
    unplaced = not here(case["plate_no"]) or not here(detected_on(bureau.detection_of(case)))
    return None if test is True and unplaced else test


def others_of_vehicle(bureau: Bureau, case: Row) -> Iterator[tuple[Row, Row, Test]]:
    """The other cases of the vehicle that are, or perhaps are, fined overloads, with their detections.

    One whose fine or kind is unknown is perhaps one: the reading that was kept. One without a known moment is in no group.
    """
    for other in bureau.naming("cases", "plate_no", case["plate_no"]):
        detection = bureau.detection_of(other)
        counts = both(live(other), fined(other), overload(other))
        if other is case or other["plate_color"] != case["plate_color"] or counts is False:
            continue
        if detection is not None and here(detected_on(detection)):
            yield other, detection, counts


def agency_kind(bureau: Bureau, agency: Cell) -> Cell:
    return of(bureau.look_up("agencies", agency)[1], "kind")


def police_and_transport(one: Cell, other: Cell) -> Test:
    return either(
        both(equal(one, "police"), equal(other, "transport")), both(equal(one, "transport"), equal(other, "police"))
    )


@row_rule("DEC-05", "cases")
def one_trip_fined_twice(bureau: Bureau, case: Row) -> Found:
    own = own_part(bureau, case)
    detection = bureau.detection_of(case)
    if own is not True or detection is None:
        return own, None, None
    there, breach, near_ones, mixed_ones = [], [], [], []
    for other, earlier, counts in others_of_vehicle(bureau, case):
        if other["record_id"] == case["record_id"]:
            continue
        seconds = (detection["detected_at"] - earlier["detected_at"]).total_seconds()
        if not 0 <= seconds <= 86_400 or (seconds == 0 and other["record_id"] > case["record_id"]):
            continue
        near = seconds <= 7_200
        mixed = police_and_transport(*(agency_kind(bureau, row["agency_id"]) for row in (case, other)))
        there.append(counts)
        breach.append(both(counts, near, mixed))
        near_ones.append(both(counts, near))
        mixed_ones.append(both(counts, mixed))
    otherwise_near = False if either(*breach) is True else either(*near_ones)
    return either(*there), either(*breach), either(otherwise_near, *mixed_ones)


def band_fits(bureau: Bureau, case: Row, band: Row) -> Test:
    """A benchmark for the kind, level and excess of a case, in force on the day of the decision; a blank end is open."""
    above, day = excess(bureau.detection_of(case)), case["decided_on"]
    return both(
        equal(band["violation_type"], case["violation_type"]),
        equal(band["discretion_level"], case["discretion_level"]),
        either(blank(band["excess_from_kg"]), up_to(band["excess_from_kg"], above)),
        either(blank(band["excess_to_kg"]), up_to(above, band["excess_to_kg"])),
        either(blank(band["valid_from"]), up_to(band["valid_from"], day)),
        either(blank(band["valid_until"]), up_to(day, band["valid_until"])),
    )


@row_rule("DEC-06", "cases")
def within_the_band(bureau: Bureau, case: Row) -> Found:
    """On the common end of two bands either will do; where no band fits nothing can be said."""
    applies, fine, there, inside = fined(case), case["fine_yuan"], [], []
    if applies is False:
        return IS_OUTSIDE
    for band in bureau.rows("benchmarks"):
        fits = band_fits(bureau, case, band)
        there.append(fits)
        inside.append(both(fits, up_to(band["min_fine_yuan"], fine), up_to(fine, band["max_fine_yuan"])))
    return applies, negated(either(*inside)) if either(*there) is True else None, False


@row_rule("DEC-08", "cases")
def fined_by_transport_on_site(bureau: Bureau, case: Row) -> Found:
    if not bureau.extends("henan"):
        return IS_OUTSIDE
    found, agency = bureau.look_up("agencies", case["agency_id"])
    transport = found if agency is None else equal(agency["kind"], "transport")
    on_site, summary = equal(case["enforcement_mode"], "on_site"), equal(case["procedure"], "summary")
    applies = both(on_site, overload(case), fined(case), decided_from(case, dt.date(2021, 1, 11)), transport)
    return applies, summary, negated(summary)


@row_rule("DEC-09", "cases")
def fined_despite_permit(bureau: Bureau, case: Row) -> Found:
    detection = bureau.detection_of(case)
    permit_no, day = of(detection, "permit_no"), detected_on(detection)
    found, permit = (False, None) if permit_no is None else bureau.look_up("permits", permit_no)
    applies = both(fined(case), overload(case), found)
    if permit is None or detection is None:
        return applies, None, False
    covered = both(
        equal(permit["plate_no"], case["plate_no"]),
        up_to(permit["valid_from"], day),
        up_to(day, permit["valid_until"]),
        up_to(detection["gross_weight_kg"], permit["approved_weight_kg"]),
    )
    return applies, covered, False


@table_rule("DEC-10", "cases")
def split_below_the_hearing(bureau: Bureau) -> dict[str, Found]:
    """Fines of one individual, agency and day, each below the threshold and together at or above it."""
    threshold, start = bureau.amount("hearing_individual_yuan"), bureau.parameter("hearing_from")
    found: dict[str, Found] = {}
    groups: dict[Any, list[Row]] = defaultdict(list)
    for case in bureau.rows("cases"):
        in_force = True if start is None else decided_from(case, start)
        applies = both(live(case), fined(case), equal(case["party_type"], "individual"), in_force)
        if start is None or threshold is None:
            found[case["case_id"]] = (applies, None, None)
        elif applies is not True:
            found[case["case_id"]] = (applies, False, False)
        elif not here(case["party_name"]):
            found[case["case_id"]] = IS_DOUBTFUL
        else:
            groups[case["party_name"], case["agency_id"], case["decided_on"]].append(case)
    for cases in groups.values():
        fines = [case["fine_yuan"] for case in cases]
        split = threshold is not None and len(fines) >= 2 and max(fines) < threshold <= sum(fines)
        found.update({case["case_id"]: (True, False, split) for case in cases})
    return found


@row_rule("DEC-11", "cases")
def vehicle_reported(bureau: Bureau, case: Row) -> Found:
    """A null number of strikes stands in what the rule applies to, and so it applies to nobody: the reading that was kept."""
    own, strikes = own_part(bureau, case), bureau.parameter("strikes")
    if own is not True:
        return own, None, None
    if strikes is None:
        return IS_OUTSIDE
    day = detected_on(bureau.detection_of(case))
    counted: list[Test] = [True]
    referred = [filled(case["referred_on"])]
    for other, earlier, counts in others_of_vehicle(bureau, case):
        if day - 365 * DAY <= detected_on(earlier) <= day:
            counted.append(counts)
            referred.append(both(counts, filled(other["referred_on"])))
    certain, perhaps = sum(one is True for one in counted), len(counted)
    applies = True if certain > strikes else None if perhaps > strikes else False
    return applies, False, negated(either(*referred))


@table_rule("DEC-12", "cases")
def enterprise_reported(bureau: Bureau) -> dict[str, Found]:
    """The vehicles of one enterprise with a fined overload, decided in one calendar year."""
    found: dict[str, Found] = {}
    groups: dict[Any, list[Row]] = defaultdict(list)
    for case in bureau.rows("cases"):
        applies = both(live(case), fined(case), overload(case), filled(case["enterprise_id"]))
        if applies is True:
            groups[case["enterprise_id"], case["decided_on"].year].append(case)
        found[case["case_id"]] = (applies, False, False)
    share = bureau.amount("enterprise_share")
    for (enterprise, _), cases in groups.items():
        vehicles = len({(case["plate_no"], case["plate_color"]) for case in cases if here(case["plate_no"])})
        perhaps = vehicles + sum(case["plate_no"] is UNKNOWN for case in cases)  # blank plates are no vehicle
        trucks = of(bureau.look_up("enterprises", enterprise)[1], "vehicle_count")
        most = share * trucks if share is not None and here(trucks) else UNKNOWN
        too_many = False if more(perhaps, most) is False else more(vehicles, most) or None
        referred = either(*(filled(case["referred_on"]) for case in cases))
        review = None if share is None else both(too_many, negated(referred))  # a rule with no leg left
        found.update({case["case_id"]: (True, False, review) for case in cases})
    return found


@row_rule("DEC-13", "cases")
def far_below_the_standard(bureau: Bureau, case: Row) -> Found:
    above, fine, cap = excess(bureau.detection_of(case)), case["fine_yuan"], bureau.parameter("overload_cap_yuan")
    applies = both(fined(case), overload(case), not bureau.known_police(case["agency_id"]))
    # whatever the weight was, a fine of the cap or more is not below min(cap, ..)
    low = less(fine, by_the_tonne(bureau, above)[0]) if here(above) else both(less(fine, cap), None)
    lenient = one_of(case["discretion_level"], ("mitigated", "light", "exempt"))
    return applies, False, both(low, negated(lenient))


@row_rule("DEC-14", "cases")
def tiers_of_size(bureau: Bureau, case: Row) -> Found:
    detection, fine = bureau.detection_of(case), case["fine_yuan"]
    applies = both(fined(case), equal(case["violation_type"], "oversize"))
    sizes = [of(detection, column) for column in ("height_mm", "width_mm", "length_mm")]
    applies = both(applies, *map(filled, sizes))
    if not all(map(here, sizes)):
        return applies, None, None

    def within(*most: int) -> bool:
        return all(size <= limit for size, limit in zip(sizes, most, strict=True))

    ceiling = 200 if within(4_200, 3_000, 20_000) else 1000 if within(4_500, 3_750, 28_000) else 3000
    return applies, more(fine, ceiling), False
