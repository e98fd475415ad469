"""The roadside of a made bureau: stations, devices, certificates, records, notices, inspections, fees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count

from tests.oracle.bureau import Row
from tests.oracle.dice import Date, Dice
from tests.oracle.evidence import LIMITS
from tests.oracle.three_values import DAY

STATIONS = [f"S{number}" for number in range(6)]
DEVICES = [f"0{number:02d}D" for number in range(12)]
AGENCIES = ["A1", "A2", "A3"]
ENTERPRISES = ["E0", "E1", "E2", "E3"]
PARTIES = ["张三", "李四", "某运输公司"]
PLATES = [f"豫M{number:05d}" for number in range(10)]


def vehicle(dice: Dice) -> tuple[str, str | None]:
    number = dice.number(0, len(PLATES) - 1)
    color = "blue" if number % 3 == 0 else "yellow"
    return PLATES[number], dice.pick("blue", "yellow", None) if dice.chance(0.1) else color


def stations(dice: Dice) -> Iterator[Row]:
    """One station of the records is in no register."""
    signs = ("advance_sign_on", "info_sign_on", "unload_sign_on")
    signed = dice.chance(0.4)
    for station in STATIONS[:5]:
        row: Row = {"station_id": station, "agency_id": dice.one(AGENCIES), "contact_phone": "0398-1234567"}
        row["longitude"] = dice.pick(111.2, 111.21, 111.5, 112.9)
        row["latitude"] = dice.pick(34.7, 34.71, 34.9, 35.3)
        for sign in signs:
            row[sign] = Date(2020, 1, 1) if signed and dice.chance(0.9) else dice.day()
        yield row


def devices(dice: Dice) -> Iterator[Row]:
    """Two devices of the records are in no register."""
    for device in DEVICES[:10]:
        begun = dice.day() if dice.chance(0.3) else Date(2020, 1, 1) + dice.number(0, 500) * DAY
        yield {
            "device_id": device,
            "station_id": dice.one(STATIONS),
            "kind": dice.pick("wim", "wim", "wim", "camera", "speed"),
            "legal_review_on": dice.around(begun) if dice.chance(0.7) else dice.day(),
            "technical_review_on": dice.around(begun) if dice.chance(0.7) else dice.day(),
            "location_published_on": begun - dice.pick(14, 15, 16, 0, 30, 29, -3) * DAY,
            "sign_installed_on": dice.around(begun) if dice.chance(0.7) else dice.day(),
            "commissioned_on": begun,
            "retired_on": dice.maybe(0.4, dice.pick(dice.day(), dice.as_of)),
            "weight_tolerance": dice.pick("0.05", "5%", "0.025", "0.1", "0.03", "0"),
            "is_mobile": dice.chance(0.2),
            "evidence_system": dice.pick(None, "闯岗抓拍", "车辆闯岗抓拍系统", "不停车称重检测系统", "电子抓拍"),
        }


def calibrations(dice: Dice) -> Iterator[Row]:
    numbers = count()
    for device in DEVICES:
        for _ in range(dice.number(0, 4)):
            verified = dice.day() - dice.pick(0, 0, 1, 100, 365, 366) * DAY
            ends = (dice.day(), verified + 365 * DAY, verified + 364 * DAY, dice.as_of + dice.pick(0, 29, 30, 31) * DAY)
            yield {
                "certificate_no": f"C{next(numbers):03d}",
                "device_id": device,
                "verified_on": verified,
                "valid_until": dice.pick(*ends, None, dice.as_of + 400 * DAY),
                "result": dice.pick("passed", "passed", "passed", "passed", "failed"),
                "institute": "某院",
                "kind": dice.pick("verification", "verification", "verification", "calibration", None),
                "speed_min_kmh": dice.pick(0, 0, 0, 0.1, 5, 45.1, None),
                "speed_max_kmh": dice.pick(60, 80, 80.5, 250, 250, 250, 59.9, None),
                "max_load_kg": dice.pick(*[200_000] * 4, 49_000, 49_001, 51_449, 60_000, 199_999, None),
            }


def repairs(dice: Dice, certificates: list[Row]) -> Iterator[Row]:
    """Repairs on the day of a certificate, the day before or after it, or any day; one device was never repaired."""
    for number in range(dice.number(2, 16)):
        device, day = dice.one(DEVICES[1:]), dice.often()
        of_device = [row["verified_on"] for row in certificates if row["device_id"] == device]
        if of_device and dice.chance(0.7):
            day = dice.near(dice.one(of_device), (-1, 0, 1, -30))
        yield {
            "maintenance_id": f"M{number:02d}",
            "device_id": dice.pick(device, device, device, "999D", None),
            "repaired_on": day,
            "kind": dice.pick("传感器更换", "移动", None),
        }


def weights(dice: Dice, axles: int, kind: str) -> tuple[int, int]:
    """Gross weight and limit, at the edges of tolerance, of half the limit, of what can be believed."""
    lawful = LIMITS.get((axles, kind), 49_000)
    limit = dice.pick(lawful, lawful, lawful, lawful - 3000, lawful + 1000, 46_000, 43_000, lawful - 1)
    parts = (1, 1.025, 1.03, 1.05, 1.1, 1.5, 2)
    edges = [round(limit * part) + more for part in parts for more in (-1, 0, 1)]
    odd = (0, -5, 200_000, 200_001, 30_000 * axles, 30_000 * axles + 1, limit + 1000, limit + 1001, limit - 500)
    return dice.one(edges) if dice.chance(0.7) else dice.one(odd), limit


def detection(dice: Dice, number: int, before: list[Row]) -> Row:
    """A record; every third comes soon after another one of the same vehicle."""
    (plate, color), moment = vehicle(dice), dice.moment(dice.often())
    device, station = dice.one(DEVICES), dice.one(STATIONS)
    if before and dice.chance(0.4):
        other = dice.one(before)
        plate, color = other["plate_no"], other["plate_color"]
        step = dice.pick(0, 0, 1, 45, 59, 60, 61, 299, 300, 301, 600, 1800, 3600, -60, -61)
        moment = other["detected_at"] + dt.timedelta(seconds=step)
        device = other["device_id"] if dice.chance(0.6) else device
        station = other["station_id"] if dice.chance(0.3) else station
    axles, kind = dice.pick(0, 1, 2, 3, 4, 4, 5, 6, 6, 7), dice.pick("truck", "combination")
    gross, limit = weights(dice, axles, kind)
    reviewed = dice.day() if dice.chance(0.4) else dice.near(moment.date(), (-1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10))
    return {
        "record_id": f"R{number:04d}",
        "device_id": device,
        "station_id": station,
        "plate_no": plate,
        "plate_color": color,
        "detected_at": moment,
        "violation_type": dice.pick(*["overload"] * 6, "speeding", "speeding", "oversize", "other", None),
        "axle_count": axles,
        "vehicle_type": kind,
        "gross_weight_kg": gross,
        "limit_weight_kg": limit,
        "speed_kmh": dice.pick(60, 80.5, 0, 250, 250.1, -1, 0.1, 45),
        "photo_count": dice.number(0, 4),
        "has_video": True,
        "onsite_informed_at": dice.maybe(0.5, dice.moment(dice.around(moment.date()))),
        "reviewed_at": dice.moment(reviewed),
        "review_result": dice.pick(*["passed"] * 6, "failed", None),
        "reviewer_id": "P1",
        "entered_at": dice.moment(dice.around(moment.date())),
        "enterprise_id": dice.pick(*ENTERPRISES, None),
        "permit_no": dice.maybe(0.2, "P01"),
        "status": dice.pick("pending", "filed", "punished", "punished", "exempted", "void", None),
        "edited_weight_kg": dice.pick(None, None, gross, gross + 1),
    }


OF_OTHER_KINDS = ["豫MD12345", "豫M12345F", "豫M1234挂", "豫M1234学", "豫M1234警", "粤Z1234港", "使014578", "WJ豫12345"]
# too short, too long, letters that are not used, no such province, signs in the wrong place
MISREAD = [
    "豫M1234",
    "豫M1234567",
    "豫M1O345",
    "豫M123I5",
    "豪M12345",
    "豫M12345挂",
    "M12345",
    "豫112345",
    "豫M12挂45",
    "AB12",
]


def detections(dice: Dice) -> list[Row]:
    rows: list[Row] = []
    for number in range(dice.number(60, 130)):
        rows.append(detection(dice, number, rows))
    for row in rows:
        if dice.chance(0.08):
            row["plate_no"] = dice.one(OF_OTHER_KINDS + MISREAD)
    return rows


def cases(dice: Dice, records: list[Row]) -> Iterator[Row]:
    """Cases that rest on the records, with the few steps that the records are judged by."""
    for number in range(dice.number(30, 80)):
        record = dice.one(records)
        filed = dice.day() if dice.chance(0.3) else dice.around(record["detected_at"].date())
        if dice.chance(0.3):
            filed = dice.near(record["reviewed_at"].date(), (-1, 0, 0, 1, 3))
        decided = dice.maybe(0.8, dice.around(filed))
        yield {
            "case_id": f"K{number:03d}",
            "record_id": dice.pick("R9999", *[record["record_id"]] * 20),
            "plate_no": record["plate_no"],
            "plate_color": record["plate_color"],
            "agency_id": dice.one(AGENCIES),
            "enforcement_mode": dice.pick("non_site", "on_site", "non_site"),
            "violation_type": "overload",
            "procedure": "ordinary",
            "filed_on": filed,
            "decided_on": decided,
            "penalty_type": "fine",
            "fine_yuan": dice.pick(0, 500, 1000, 30_000) if decided else None,
            "status": dice.pick("open", "closed", "closed", "withdrawn", "closed", None),
        }


def inspections(dice: Dice) -> Iterator[Row]:
    for number in range(dice.number(15, 60)):
        yield {
            "inspection_id": f"I{number:03d}",
            "enterprise_id": dice.pick(*ENTERPRISES, None),
            "plate_no": dice.one(PLATES),
            "agency_id": dice.one(AGENCIES),
            "officer1_id": dice.pick("F00", "F01", "F02", None),
            "officer2_id": dice.pick("F00", "F01", "F02", "F03", None),
            "inspected_on": dice.near(dice.often(), (0, 1, 6, 7, 8)),
            "kind": "routine",
        }


def fees(dice: Dice, detentions: list[Row]) -> Iterator[Row]:
    kinds = ("unloading", "sanitation", "weighing", "testing", "escort", "other")
    for number in range(dice.number(20, 60)):
        detention = dice.maybe(0.7, dice.one(detentions))
        released = detention["released_on"] if detention else None
        named = detention["detention_id"] if detention else dice.pick(None, "K9999")
        yield {
            "fee_id": f"F{number:03d}",
            "plate_no": dice.one(PLATES),
            "station_id": "S1",
            "agency_id": "A1",
            "detention_id": named,
            "kind": dice.pick(*["parking"] * 5, *kinds),
            "amount_yuan": dice.pick("0", "0.00", "100", "50.5", "0.01", "-5"),
            "charged_on": dice.near(released, (-1, 0, 1)) if released else dice.day(),
            "substitute_decision_no": dice.pick(None, None, "T1"),
        }


def targets(dice: Dice) -> Iterator[Row]:
    for number in range(12):
        indicator = dice.pick("fine_amount", "case_count", "other")
        row = {"target_id": f"G{number}", "agency_id": "A1", "period": "2024", "indicator": indicator}
        yield {**row, "target_value": 100, "issued_on": dice.day()}


def budgets(dice: Dice) -> Iterator[Row]:
    for number in range(12):
        returned = dice.pick("0", "0.01", "100", "-1", "0.00")
        yield {"budget_id": f"Y{number}", "agency_id": "A1", "year": "2024", "returned_yuan": returned}
