"""The dossiers of a made bureau: agencies, officers, permits, and cases with every step and its time limit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from tests.oracle.bureau import Row
from tests.oracle.dice import Date, Dice
from tests.oracle.made_roadside import DEVICES
from tests.oracle.three_values import DAY, years_after

AGENCIES = [f"A{number}" for number in range(1, 7)]
OFFICERS = [f"F{number:02d}" for number in range(12)]
PLATES = [f"豫M{number:05d}" for number in range(20, 28)]
PARTIES = ("张三", "李四", "王五", "赵六", "公司1")
SECONDS = (0, 1, 3600, 7199, 7200, 7201, 86_399, 86_400, 86_401)
"""Seconds between two records of one trip."""
DAYS = (40, 100, 364, 365, 366, -365)
FINES = (0, 20, 20.01, 50, 100, 100.01, 199.99, 200, 200.01, 1000, 2500, 2999, 3000, 3000.01, 4999.99, 5000)
LARGE_FINES = (30_000, 30_000.01, 49_999.99, 50_000, 60_000)


def agencies(dice: Dice) -> Iterator[Row]:
    """One agency of the cases is in no register."""
    for agency in AGENCIES[:5]:
        yield {
            "agency_id": agency,
            "name": "局" + agency,
            "kind": dice.pick("transport", "transport", "police"),
            "has_authority": dice.pick(True, True, True, False),
            "authority_from": dice.pick(Date(2018, 1, 1), Date(2021, 7, 15), dice.day()),
            "authority_until": dice.pick(None, None, Date(2030, 1, 1), Date(2024, 2, 8), dice.day()),
            "entrusted_by": dice.pick(None, None, "市局"),
            "region": "三门峡",
        }


def officers(dice: Dice) -> Iterator[Row]:
    """Two officers of the cases are in no register; some share a certificate."""
    for officer in OFFICERS[:10]:
        yield {
            "officer_id": officer,
            "name": "人" + officer,
            "certificate_no": dice.pick("Z" + officer, "Z" + officer, "Z" + officer, None, "ZX", "ZY"),
            "agency_id": dice.one(AGENCIES),
            "kind": dice.pick("officer", "officer", "officer", "officer", "auxiliary"),
            "certificate_from": dice.pick(Date(2015, 1, 1), Date(2019, 1, 1), Date(2021, 7, 15), dice.day()),
            "certificate_until": dice.pick(Date(2030, 12, 31), Date(2027, 12, 31), Date(2024, 2, 8), dice.day()),
            "employment": "在编",
        }


def permits(dice: Dice, records: list[Row]) -> Iterator[Row]:
    """Permits that just cover, or just miss, the day and the weight of a record that names them."""
    for permit_no in ("P0", "P1", "P2", "P3", "P4"):
        naming = [record for record in records if record["permit_no"] == permit_no]
        record = dice.one(naming or records)
        start = record["detected_at"].date() - dice.pick(-1, 0, 0, 1, 30, 365) * DAY
        yield {
            "permit_no": permit_no,
            "plate_no": record["plate_no"] if dice.chance(0.9) else dice.one(PLATES),
            "valid_from": start,
            "valid_until": start + dice.pick(0, 1, 30, 365, 2000, 4000) * DAY,
            "approved_weight_kg": record["gross_weight_kg"] + dice.pick(-1, 0, 1, 1000, 10_000),
        }


def detections(dice: Dice, plates: list[str], dense: bool) -> Iterator[Row]:
    """The records of the dossiers: often of one trip or one year, with excesses about full tonnes."""
    moments: list[dt.datetime] = []
    for number in range(60 if dense else dice.number(40, 90)):
        moment = dice.moment(dice.day())
        if moments and dice.chance(0.9 if dense else 0.45):
            step = dt.timedelta(seconds=dice.one(SECONDS)) if dice.chance(0.6) else dice.one(DAYS) * DAY
            moment = dice.one(moments) + step
        moments.append(moment)
        limit = dice.pick(18_000, 27_000, 31_000, 46_000, 49_000)
        slight = (-500, 0, 1, 999, 1000, 1001, 1500, 1999, 2000, 2001, 3000)
        above = (
            dice.one(slight) if dice.chance(0.6) else dice.pick(9999, 10_000, 59_000, 59_999, 60_000, 60_001, 61_000)
        )
        yield {
            "record_id": f"V{number:04d}",
            "device_id": dice.pick("000D", *DEVICES),
            "station_id": "S1",
            "plate_no": dice.one(plates),
            "plate_color": dice.pick("yellow", "yellow", "yellow", "blue", None),
            "detected_at": moment,
            "violation_type": dice.pick("overload", "overload", "oversize"),
            "axle_count": 6,
            "vehicle_type": "combination",
            "gross_weight_kg": limit + above,
            "limit_weight_kg": limit,
            "length_mm": dice.pick(None, 17_000, 18_100, 18_101, 20_000, 20_001, 28_000, 28_001),
            "width_mm": dice.pick(None, 2500, 2550, 2551, 3000, 3001, 3750, 3751),
            "height_mm": dice.pick(None, 3900, 4000, 4000, 4001, 4200, 4201, 4500, 4501),
            "speed_kmh": 60,
            "photo_count": 2,
            "has_video": True,
            "reviewed_at": dice.maybe(0.8, moment + dice.pick(0, 1, 5, 730, 731, 732, 800) * DAY),
            "review_result": dice.pick("passed", "failed"),
            "reviewer_id": "F01",
            "permit_no": dice.pick(None, None, None, "P0", "P1", "P2", "P3", "P4", "P9"),
            "status": dice.pick("filed", "punished"),
            "enterprise_id": dice.pick(None, "E0", "E1"),
        }


def enterprises(dice: Dice) -> Iterator[Row]:
    """Carriers of which one to five vehicles are exactly a tenth, or just above it; two of the cases are in no register."""
    for enterprise in ("E0", "E1", "E3"):
        trucks = dice.pick(10, 9, 19, 20, 21, 29, 30, 31, 40, 50, 51, 0, 100, None)
        yield {"enterprise_id": enterprise, "name": "某运输公司" + enterprise, "vehicle_count": trucks}


class Dossier:
    """One case, written step by step: each step at an edge of the time that the one before allows."""

    def __init__(self, dice: Dice, number: int, detection: Row) -> None:
        self.dice, self.number, self.detection = dice, number, detection

    def write(self) -> Row:
        case = self.parties()
        case |= self.hearing(self.filed())
        case |= self.reviews()
        case |= self.penalty()
        case |= self.service()
        return case

    def parties(self) -> Row:
        dice, detection = self.dice, self.detection
        first, second = dice.sample(OFFICERS, 2)
        record, other = detection["record_id"], dice.chance(0.1)
        return {
            "case_id": f"C{self.number:04d}",
            "record_id": dice.pick(*[record] * 7, "R9999"),
            "plate_no": dice.one(PLATES) if other else detection["plate_no"],
            "plate_color": detection["plate_color"],
            "party_name": dice.pick(*PARTIES),
            "party_type": dice.pick("individual", "individual", "organization", None),
            "enterprise_id": dice.pick(None, "E0", "E1", "E2", "E9"),
            "agency_id": dice.one(AGENCIES),
            "enforcement_mode": dice.pick("non_site", "non_site", "on_site"),
            "violation_type": dice.pick("overload", "overload", "overload", "overload", "oversize", "speeding"),
            "procedure": dice.pick("ordinary", "ordinary", "ordinary", "summary"),
            "recording_no": dice.maybe(0.6, "ZF1"),
            "contact_phone": "13800000000",
            "officer1_id": dice.pick(first, first, first, None),
            "officer2_id": dice.pick(second, second, second, first, None),
            "hearing_chair_id": dice.pick(None, first, "F11", "F05"),
            "is_major": dice.pick(True, False, None),
            "unloading_record": dice.pick("X1", None),
        }

    def filed(self) -> Date:
        dice, day = self.dice, self.detection["detected_at"].date()
        if dice.chance(0.1):
            return dice.near(years_after(day, 2), (-1, 0, 1, 2))
        return dice.near(day, (0, 1, 5, 30, -1)) if dice.chance(0.75) else dice.day()

    def hearing(self, filed: Date) -> Row:
        """From filing to the decision; the decision follows the hearing, its notice, the filing, or nothing."""
        dice = self.dice
        told = dice.near(filed, (0, 1, 3, 10, -1))
        informed = dice.near(told, (0, 1, 2))
        requested = dice.near(informed, (0, 3, 5, 7), (4, 5, 5, 6, 6))
        announced = dice.near(requested, (0, 1, 3))
        held = dice.near(announced, (7,), (6, 7, 8, 7))
        asked = dice.chance(0.35)
        self.told = told
        ninety_days = (88, 89, 90, 91, 92, 93, 95, 97, 98, 100, 104, 110, 119, 120, 121, 180)
        self.decided = dice.pick(
            dice.near(informed, (0, 1), (4, 5, 6, 5)),
            dice.near(held, (-1, 0, 1, 5)),
            dice.near(filed, ninety_days),
            dice.near(told, (0, 0, -1, 1)),
            dice.day(),
            dice.near(filed, (5, 10, 20, -1)),
        )
        extended = dice.maybe(0.25, dice.near(filed, (80, 89, 90, 91, 92)))
        return {
            "filed_on": filed,
            "prior_notice_on": dice.maybe(0.9, told),
            "hearing_informed_on": dice.maybe(0.6, informed),
            "hearing_requested_on": requested if asked else None,
            "hearing_notice_on": dice.maybe(0.85 if asked else 0.35, announced),
            "hearing_on": dice.maybe(0.7 if asked else 0.15, held),
            "decided_on": dice.maybe(0.88, self.decided),
            "extension_approved_on": extended,
            "extension_days": dice.maybe(0.9, dice.pick(0, 1, 5, 10, 30)) if extended else None,
        }

    def reviews(self) -> Row:
        dice, decided = self.dice, self.decided
        return {
            "defence_waived": dice.pick(True, False, False, None),
            "defence_received_on": dice.maybe(0.3, dice.near(self.told, (0, 1, 3, 20))),
            "defence_reviewed_on": dice.maybe(0.3, dice.near(decided, (0, 1, -1))),
            "legal_reviewer_id": dice.maybe(0.5, dice.one(OFFICERS)),
            "legal_review_on": dice.maybe(0.5, dice.near(decided, (0, 1, -1, -3))),
            "legal_review_result": dice.pick("passed", "passed", "failed", None),
            "collective_discussion_on": dice.maybe(0.4, dice.near(decided, (0, 1, -1))),
        }

    def penalty(self) -> Row:
        dice, detection = self.dice, self.detection
        above = detection["gross_weight_kg"] - detection["limit_weight_kg"]
        full, begun = 500 * max(0, above // 1000), 500 * max(0, -(-above // 1000))
        by_tonnes = (full, full, begun, begun, begun + 1, max(0, full - 1), min(30_000, full))
        fine = dice.pick(dice.one(by_tonnes), dice.one(FINES), dice.pick(*by_tonnes, *FINES, *LARGE_FINES))
        shared = f"豫交罚{dice.number(0, 3)}"
        return {
            "decision_no": shared if dice.chance(0.3) else f"决{self.number}",
            "penalty_type": dice.pick("fine", "fine", "fine", "warning", "exempt", "other"),
            "fine_yuan": fine,
            "noticed_fine_yuan": dice.pick(fine, fine, fine + 1, max(0, fine - 1), 5000, None, 50_000),
            "discretion_level": dice.pick("exempt", "mitigated", "light", "ordinary", "ordinary", "heavy"),
            "legal_basis": dice.pick("公路法第七十六条", "公路法第七十六条", None),
        }

    def service(self) -> Row:
        dice, decided = self.dice, self.decided
        served = dice.near(decided, (0, 1, 7, -1), (6, 7, 8, 7, 8))
        applied = dice.as_of - dice.pick(29, 30, 31) * DAY if dice.chance(0.1) else dice.near(decided, (1, 10))
        has_applied = dice.chance(0.35)
        return {
            "served_on": dice.maybe(0.85, served),
            "service_method": dice.pick("in_person", "mail", "sms", "electronic", "public", None),
            "published_on": dice.maybe(0.7, dice.near(decided, (1,), (6, 7, 8))),
            "installment_applied_on": applied if has_applied else None,
            "installment_replied_on": dice.maybe(0.5, applied + dice.pick(0, 29, 30, 31, 45) * DAY)
            if has_applied
            else None,
            "installment_result": dice.pick("approved", "refused", None) if has_applied else None,
            "referred_on": dice.maybe(0.15, served),
            "closed_on": dice.maybe(0.7, dice.near(served, (0, 1, 30, -1))),
            "status": dice.pick("closed", "closed", "closed", "open", "open", "withdrawn", None),
        }


def crowded(dice: Dice, case: Row) -> None:
    """Brings a case among many of one party, one day and one threshold."""
    if dice.chance(0.8):
        case |= {"violation_type": "overload", "status": dice.pick("closed", "closed", None)}
    if dice.chance(0.5) and case["decided_on"]:
        days = (Date(2021, 11, 30), Date(2021, 12, 1), Date(2024, 5, 6), Date(2024, 5, 7), Date(2025, 1, 2))
        case["decided_on"] = dice.one(days)
    if dice.chance(0.5):
        case["fine_yuan"] = dice.pick(500, 1000, 1250, 2500, 2499.99, 2500.01, 4999.99, 5000)
    if dice.chance(0.6):
        case |= {"party_name": dice.pick("张三", "李四"), "party_type": "individual"}
    if dice.chance(0.5):
        case["noticed_fine_yuan"] = dice.pick(case["fine_yuan"], max(0, case["fine_yuan"] - 1))


def cases(dice: Dice, records: list[Row], dense: bool) -> list[Row]:
    made = [Dossier(dice, number, dice.one(records)).write() for number in range(dice.number(60, 130))]
    if dense:
        for case in made:
            crowded(dice, case)
    for case in made:  # money as it stands in a file
        for column in ("fine_yuan", "noticed_fine_yuan"):
            case[column] = None if case[column] is None else Decimal(str(round(case[column], 2)))
    return made


CENT = Decimal("0.01")


def benchmarks(dice: Dice, records: list[Row], cases: list[Row]) -> Iterator[Row]:
    """Bands that a case just fits or just misses: by its excess, by the day of its decision, by its fine."""
    excesses = {record["record_id"]: record["gross_weight_kg"] - record["limit_weight_kg"] for record in records}
    for number in range(dice.number(20, 60)):
        case = dice.one(cases)
        above, fine = excesses.get(case["record_id"], 1000), case["fine_yuan"]
        day = case["decided_on"] or dice.day()
        lowest, highest = above - dice.pick(0, 0, 1, 1000, -1), above + dice.pick(0, 0, 1, 1000, 60_000)
        yield {
            "benchmark_id": f"Z{number:02d}",
            "violation_type": dice.pick(*[case["violation_type"]] * 9, "other"),
            "discretion_level": dice.pick(*[case["discretion_level"]] * 9, "light"),
            "excess_from_kg": dice.pick(lowest, lowest, None, 0),
            "excess_to_kg": dice.pick(highest, highest, None, 60_000),
            "min_fine_yuan": max(Decimal(0), fine + dice.pick(0, 0, CENT, -CENT, -500)),
            "max_fine_yuan": fine + dice.pick(0, 0, CENT, -CENT, 500),
            "valid_from": dice.pick(None, day, dice.near(day, (-1, 1, -365)), dice.day()),
            "valid_until": dice.pick(None, None, day, dice.near(day, (-1, 1, 365))),
        }
