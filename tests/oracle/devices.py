"""DEV: the devices and stations behind the records that are used."""

from __future__ import annotations

import datetime as dt

from tests.oracle.answers import IS_OUTSIDE, Found, row_rule, unless
from tests.oracle.bureau import LAW_OF_2021, Bureau, Row, detected_on
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
    from_on,
    here,
    less,
    more,
    negated,
    up_to,
    years_after,
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


def covered(bureau: Bureau, device: Cell, day: Cell) -> tuple[Test, Test]:
    """Covered by a verification certificate with an end; covered in any way (fallback of 12 months, kind calibration)."""
    if not bureau.has("calibrations") or not here(device):
        return None, None
    fully, anyhow = [], []
    for certificate in bureau.naming("calibrations", "device_id", device):
        begun = both(
            equal(certificate["result"], "passed"),
            up_to(certificate["verified_on"], day),
            negated(ended_by_failure(bureau, certificate, day)),
        )
        endless = blank(certificate["valid_until"])
        to_its_end = both(negated(endless), up_to(day, certificate["valid_until"]))
        twelve_months = both(endless, up_to(day, years_after(certificate["verified_on"], 1)))
        fully.append(both(begun, to_its_end, of_verification(certificate)))
        anyhow.append(both(begun, either(to_its_end, twelve_months)))
    return either(*fully), either(*anyhow)


def registered_device(bureau: Bureau, detection: Row) -> tuple[Test, Row]:
    """Used since the law of 2021 with a device that is in the register; its row is empty of use otherwise."""
    found, device = bureau.look_up("devices", detection["device_id"])
    return both(bureau.used(detection), from_on(detected_on(detection), LAW_OF_2021), found), device or {}


@row_rule("DEV-01", "detections")
def verified(bureau: Bureau, detection: Row) -> Found:
    found, device = bureau.look_up("devices", detection["device_id"])
    # a device that is not in the register counts as not a camera
    not_camera = True if found is False else negated(equal(device["kind"], "camera")) if device else None
    measured = fact_one_of(detection["violation_type"], ("overload", "speeding"))
    fully, anyhow = covered(bureau, detection["device_id"], detected_on(detection))
    return both(bureau.used(detection), measured, not_camera), negated(anyhow), both(anyhow, negated(fully))


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


@row_rule("DEV-08", "devices")
def verification_ends_soon(bureau: Bureau, device: Row) -> Found:
    begun = up_to(device["commissioned_on"], bureau.as_of)
    ended = False if device["retired_on"] is None else less(device["retired_on"], bureau.as_of)
    _, now = covered(bureau, device["device_id"], bureau.as_of)
    _, then = covered(bureau, device["device_id"], days_after(bureau.as_of, 30))
    return both(begun, negated(ended)), False, both(now, negated(then))
