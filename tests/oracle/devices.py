"""DEV: the devices and stations behind the records that are used."""

from __future__ import annotations

import datetime as dt

from tests.oracle.answers import IS_OUTSIDE, Found, row_rule, unless
from tests.oracle.bureau import LAW_OF_2021, Bureau, Row, detected_on, of
from tests.oracle.three_values import (
    Cell,
    Test,
    blank,
    blank_or_later,
    both,
    days_after,
    days_between,
    either,
    equal,
    fact_one_of,
    filled,
    from_on,
    here,
    holds,
    less,
    months_after,
    more,
    negated,
    up_to,
)


def of_verification(certificate: Row) -> Test:
    """A blank kind counts as verification."""
    return fact_one_of(certificate["kind"], (None, "verification"))


def ended_by_failure(bureau: Bureau, certificate: Row, day: Cell) -> Test:
    """A failed verification that came later, up to the day, ends the validity."""
    return either(
        *(
            both(
                equal(failed["result"], "failed"),
                of_verification(failed),
                less(certificate["verified_on"], failed["verified_on"]),
                up_to(failed["verified_on"], day),
            )
            for failed in bureau.naming("calibrations", "device_id", certificate["device_id"])
        )
    )


def standing(bureau: Bureau, certificate: Row, day: Cell) -> tuple[Test, Test]:
    """Does a certificate cover a day: as one of verification with an end; in any way (12 months, kind calibration)?"""
    begun = both(
        equal(certificate["result"], "passed"),
        up_to(certificate["verified_on"], day),
        negated(ended_by_failure(bureau, certificate, day)),
    )
    endless = blank(certificate["valid_until"])
    to_its_end = both(negated(endless), up_to(day, certificate["valid_until"]))
    months = bureau.parameter("verification_months")
    twelve_months = both(endless, up_to(day, months_after(certificate["verified_on"], months)))
    return both(begun, to_its_end, of_verification(certificate)), both(begun, either(to_its_end, twelve_months))


def covered(bureau: Bureau, device: Cell, day: Cell) -> tuple[Test, Test]:
    """Covered by a verification certificate with an end; covered in any way."""
    if not bureau.has("calibrations") or not here(device):
        return None, None
    stands = [standing(bureau, certificate, day) for certificate in bureau.naming("calibrations", "device_id", device)]
    return either(*(fully for fully, _ in stands)), either(*(anyhow for _, anyhow in stands))


def used_measurement(bureau: Bureau, detection: Row) -> Test:
    """Used, of a weight or a speed, by a device that is no camera; one in no register counts as none."""
    found, device = bureau.look_up("devices", detection["device_id"])
    not_camera = True if found is False else negated(equal(device["kind"], "camera")) if device else None
    return both(bureau.used(detection), fact_one_of(detection["violation_type"], ("overload", "speeding")), not_camera)


def registered_device(bureau: Bureau, detection: Row) -> tuple[Test, Row]:
    """Used since the law of 2021 with a device that is in the register; its row is empty of use otherwise."""
    found, device = bureau.look_up("devices", detection["device_id"])
    return both(bureau.used(detection), from_on(detected_on(detection), LAW_OF_2021), found), device or {}


@row_rule("DEV-01", "detections")
def verified(bureau: Bureau, detection: Row) -> Found:
    fully, anyhow = covered(bureau, detection["device_id"], detected_on(detection))
    return used_measurement(bureau, detection), negated(anyhow), both(anyhow, negated(fully))


@row_rule("DEV-02", "detections")
def reviewed_before_use(bureau: Bureau, detection: Row) -> Found:
    applies, device = registered_device(bureau, detection)
    if applies is not True:
        return applies, False, False
    day = detected_on(detection)
    bad = either(blank_or_later(device["legal_review_on"], day), blank_or_later(device["technical_review_on"], day))
    return unless(applies, bad, bureau.only_on_site(detection["record_id"]))


@row_rule("DEV-03", "detections")
def in_service(bureau: Bureau, detection: Row) -> Found:
    used, day = bureau.used(detection), detected_on(detection)
    found, device = bureau.look_up("devices", detection["device_id"])
    if device is None:
        return (used, False, True) if found is False else (used, None, None)
    retired = device["retired_on"]
    too_late = False if retired is None else more(day, retired)
    return used, either(less(day, device["commissioned_on"]), too_late), False


@row_rule("DEV-04", "detections")
def marked(bureau: Bureau, detection: Row) -> Found:
    applies, device = registered_device(bureau, detection)
    if applies is not True:
        return applies, False, False
    mobile = device["is_mobile"] if here(device["is_mobile"]) else None
    bad = blank_or_later(device["sign_installed_on"], detected_on(detection))
    return unless(applies, bad, either(mobile, bureau.only_on_site(detection["record_id"])))


@row_rule("DEV-05", "detections")
def station_signed(bureau: Bureau, detection: Row) -> Found:
    if not bureau.extends("sanmenxia"):
        return IS_OUTSIDE
    day = detected_on(detection)
    found, station = bureau.look_up("stations", detection["station_id"])
    applies = both(bureau.used(detection), from_on(day, dt.date(2023, 5, 11)), found)
    if applies is not True or station is None:
        return applies, False, False
    signs = (station[column] for column in ("advance_sign_on", "info_sign_on", "unload_sign_on"))
    bad = either(*(blank_or_later(sign, day) for sign in signs), blank(station["contact_phone"]))
    return unless(applies, bad, day <= dt.date(2023, 10, 31))


@row_rule("DEV-06", "detections")
def place_published(bureau: Bureau, detection: Row) -> Found:
    applies, device = registered_device(bureau, detection)
    if applies is not True:
        return applies, False, False
    published, day = device["location_published_on"], detected_on(detection)
    days = bureau.parameter("publish_lead_days", day)
    too_short = False if days is None else less(days_between(published, device["commissioned_on"]), days)
    return unless(
        applies, either(blank_or_later(published, day), too_short), bureau.only_on_site(detection["record_id"])
    )


def within_range(detection: Row, certificate: Row) -> Test:
    """Neither speed nor weight lies outside the range on the certificate."""
    speed = detection["speed_kmh"]
    return negated(
        either(
            less(speed, certificate["speed_min_kmh"]),
            more(speed, certificate["speed_max_kmh"]),
            more(detection["gross_weight_kg"], certificate["max_load_kg"]),
        )
    )


@row_rule("DEV-07", "detections")
def measured_within_range(bureau: Bureau, detection: Row) -> Found:
    """Of several certificates in force one has to fit both speed and weight."""
    device, day = detection["device_id"], detected_on(detection)
    _, anyhow = covered(bureau, device, day)
    fits = either(
        *(
            both(standing(bureau, certificate, day)[1], within_range(detection, certificate))
            for certificate in bureau.naming("calibrations", "device_id", device)
        )
    )
    return both(used_measurement(bureau, detection), anyhow), False, negated(fits)


@row_rule("DEV-08", "devices")
def verification_ends_soon(bureau: Bureau, device: Row) -> Found:
    begun = up_to(device["commissioned_on"], bureau.as_of)
    ended = False if device["retired_on"] is None else less(device["retired_on"], bureau.as_of)
    _, now = covered(bureau, device["device_id"], bureau.as_of)
    _, then = covered(bureau, device["device_id"], days_after(bureau.as_of, 30))
    return both(begun, negated(ended)), False, both(now, negated(then))


def verified_between(bureau: Bureau, device: Cell, repaired: Cell, day: Cell) -> Test:
    """A certificate from the repair to the day, both included; one of calibration verifies nothing."""
    if not bureau.has("calibrations"):
        return None
    return either(
        *(
            both(
                of_verification(certificate),
                up_to(repaired, certificate["verified_on"]),
                up_to(certificate["verified_on"], day),
            )
            for certificate in bureau.naming("calibrations", "device_id", device)
        )
    )


@row_rule("DEV-09", "detections")
def verified_after_repair(bureau: Bureau, detection: Row) -> Found:
    used, device, day = bureau.used(detection), detection["device_id"], detected_on(detection)
    if not bureau.has("device_maintenance") or not here(device):
        return used, None, None
    since = (
        both(up_to(repair["repaired_on"], day), negated(verified_between(bureau, device, repair["repaired_on"], day)))
        for repair in bureau.naming("device_maintenance", "device_id", device)
    )
    return used, False, either(*since)


@row_rule("DEV-12", "detections")
def not_from_a_gate_capture(bureau: Bureau, detection: Row) -> Found:
    """That a device is in no register is a fact: its system is not known. A file without the column leaves it open."""
    if not bureau.extends("henan"):
        return IS_OUTSIDE
    found, device = bureau.look_up("devices", detection["device_id"])
    system = of(device, "evidence_system")
    named = False if found is False else filled(system)
    return both(bureau.used(detection), named), holds(lambda text: "闯岗" in text, system), False
