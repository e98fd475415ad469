"""The notices of a made bureau: single ones, ten at once in several ways, and several records first told of in one day."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.oracle.bureau import Row
from tests.oracle.dice import Date, Dice
from tests.oracle.made_roadside import AGENCIES, ENTERPRISES, PARTIES, PLATES, vehicle
from tests.oracle.three_values import DAY

WAYS = (
    "vehicle",
    "vehicle",
    "party",
    "party",
    "enterprise",
    "enterprise",
    "decision",
    "decision",
    "week",
    "week",
    "weeks",
)


class NoticesMade:
    """Writes the notices on the records of the roadside."""

    def __init__(self, dice: Dice, records: list[Row]) -> None:
        self.dice, self.records = dice, records
        self.rows: list[Row] = []
        self.numbers = count()

    def write(self) -> list[Row]:
        for _ in range(self.dice.number(30, 110)):
            self.add()
        for _ in range(self.dice.number(3, 6)):
            self.many_at_once()
        for _ in range(self.dice.number(0, 5)):
            self.several_records_in_one_day()
        return self.rows

    def add(self, **stated: Any) -> None:
        dice, record = self.dice, self.dice.one(self.records)
        day = dice.around(record["detected_at"].date()) if dice.chance(0.7) else dice.day()
        kinds = (*["violation_notice"] * 5, *["penalty_notice"] * 2, "decision", "decision", "demand", "other")
        row: Row = {
            "notice_id": f"N{next(self.numbers):04d}",
            "record_id": record["record_id"] if dice.chance(0.97) else "R9999",
            "case_id": None,
            "plate_no": record["plate_no"],
            "plate_color": record["plate_color"],
            "party_name": dice.one(PARTIES),
            "enterprise_id": dice.pick(*ENTERPRISES, None, None, None, None),
            "kind": dice.one(kinds),
            "issued_at": dice.moment(day),
            "delivered_at": dice.maybe(0.7, dice.moment(dice.around(day))),
            "delivery_method": "mail",
            "batch_no": dice.pick("B1", "B2", None),
            "agency_id": dice.one(AGENCIES),
        }
        self.rows.append(row | stated)

    def many_at_once(self) -> None:
        """9 documents or more to one vehicle, party or enterprise, on one day or spread over a week or more."""
        dice, way = self.dice, self.dice.one(WAYS)
        day = dice.pick(Date(2023, 5, 10), Date(2023, 5, 11), dice.day(), dice.day())
        agency, batch = dice.pick(*AGENCIES, None), dice.pick("B7", "B8", None)
        plate, color = vehicle(dice)
        party, enterprise = dice.one(PARTIES), dice.one(ENTERPRISES)
        many = dice.pick(9, 10, 10, 11, 12, 14) + (3 if way == "week" else 0)
        few_records = dice.chance(0.25)
        records = dice.sample(self.records, 4 if few_records else many)
        for place in range(many):
            kind = (
                "decision" if way == "decision" else dice.pick("violation_notice", "violation_notice", "penalty_notice")
            )
            if place == 0 and dice.chance(0.2):
                kind = dice.pick(None, "demand", "decision")
            stated: Row = {
                "agency_id": agency,
                "kind": kind,
                "batch_no": batch,
                "plate_no": plate,
                "plate_color": color,
            }
            if way in ("party", "enterprise"):
                known = dice.chance(0.9)
                stated |= {"plate_no": dice.one(PLATES[:3]) if known else None, "plate_color": "yellow"}
                stated |= (
                    {"enterprise_id": None, "party_name": party} if way == "party" else {"enterprise_id": enterprise}
                )
            steps = {"week": (0, 1, 3, 6, 6, 7), "weeks": (0, 0, 1, 9, 10)}.get(way, (0,))
            record = records[place % len(records)]["record_id"]
            stated |= {"record_id": dice.maybe(0.9, record), "issued_at": dice.moment(day + dice.one(steps) * DAY)}
            self.add(**stated)
        if way == "enterprise" and batch and dice.chance(0.5):
            self.add(agency_id=agency, batch_no=batch, enterprise_id=dice.pick(None, "E0", enterprise))

    def several_records_in_one_day(self) -> None:
        dice = self.dice
        records = dice.sample(self.records, dice.pick(2, 3, 3, 4))
        latest = max(record["detected_at"].date() for record in records)
        day = latest if dice.chance(0.3) else dice.around(records[0]["detected_at"].date())
        agency, (plate, color) = dice.pick(*AGENCIES, None), vehicle(dice)
        for record in records:
            record |= {"plate_no": plate, "plate_color": color}
            stated = {"record_id": record["record_id"], "plate_no": plate, "plate_color": color}
            self.add(agency_id=agency, issued_at=dice.moment(day), kind="violation_notice", **stated)
