"""A bureau as the oracle sees it: its rows, its parameters, and what several rules ask about a record or a case."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.oracle.three_values import (
    UNKNOWN,
    Cell,
    Test,
    both,
    day_of,
    either,
    equal,
    fact_one_of,
    filled,
    here,
    known,
    more,
    negated,
    one_of,
)

Row = dict[str, Any]

VIOLATION_NOTICES = ("violation_notice", "penalty_notice")
NOTICES_OF_USE = (*VIOLATION_NOTICES, "decision")
LAW_OF_2021 = dt.date(2021, 7, 15)
"""The day on which the Administrative Penalty Law of 2021 came into force."""

CHAINS = {
    "national": ("national",),
    "henan": ("henan", "national"),
    "sanmenxia": ("sanmenxia", "henan", "national"),
    "zhejiang": ("zhejiang", "national"),
    "police": ("police", "national"),
}
"""The profiles that each profile extends, itself first."""

DEFAULTS: dict[str, Any] = {
    "notify_deadline": None,
    "notify_deadline_unit": "cd",
    "notify_from": "detected_at",
    "notify_reference_days": 30,
    "review_deadline": None,
    "min_photos": None,
    "publish_lead_days": None,
    "bulk_documents": 10,
    "bulk_breach_from": None,
    "plea_days": None,
    "major_decision_yuan": None,
    "publish_deadline": None,
    "hearing_individual_yuan": None,
    "hearing_organization_yuan": None,
    "hearing_from": None,
    "hearing_request_days": 5,
    "hearing_notice_days": 7,
    "decision_days": 90,
    "summary_individual_yuan": 200,
    "summary_organization_yuan": 3000,
    "limitation_years": 2,
    "service_days": 7,
    "stale_case_days": 180,
    "overload_cap_yuan": 30000,
    "strikes": 3,
    "enterprise_share": 0.1,
    "verification_months": 12,
    "payment_days": 15,
    "cash_limit_yuan": 100,
    "installment_reply_days": 30,
    "detention_days": 30,
    "detention_extension_days": 30,
    "release_grace_days": 3,
}


@dataclass(frozen=True)
class Since:
    """A parameter with values by date: (from, value), the latest first; before the first of them it is null."""

    values: tuple[tuple[dt.date, Any], ...]

    def on(self, day: Cell) -> Any:
        if not here(day):  # of a day that nobody knows: null only if it is null whenever that was
            return None if all(value is None for _, value in self.values) else UNKNOWN
        return next((value for start, value in self.values if day >= start), None)


FIVE_WORKING_DAYS_OF_THE_POLICE = Since(((dt.date(2020, 5, 1), 5),))
OF_PROFILES: dict[str, dict[str, Any]] = {
    "henan": {
        "hearing_individual_yuan": 5000,
        "hearing_organization_yuan": 50000,
        "hearing_from": dt.date(2021, 12, 1),
    },
    "sanmenxia": {"bulk_breach_from": dt.date(2023, 5, 11)},
    "zhejiang": {"publish_lead_days": 15},
    "police": {
        "notify_deadline": FIVE_WORKING_DAYS_OF_THE_POLICE,
        "notify_deadline_unit": "wd",
        "notify_from": "entered_at",
        "review_deadline": FIVE_WORKING_DAYS_OF_THE_POLICE,
    },
}

ORDINARY_VALUES: dict[tuple[str, str], Any] = {
    ("devices", "is_mobile"): False,
    ("calibrations", "kind"): "verification",
    ("fees", "substitute_decision_no"): None,
    ("appeals", "extension_approved_on"): None,
    ("notices", "consent_on"): None,
    ("cases", "is_major"): False,
}
"""What a column counts as that no file of its table has."""

KEYS_OF_LINKS = {
    "devices": "device_id",
    "stations": "station_id",
    "detections": "record_id",
    "cases": "case_id",
    "officers": "officer_id",
    "agencies": "agency_id",
    "permits": "permit_no",
    "enterprises": "enterprise_id",
    "detentions": "detention_id",
}


@dataclass
class Bureau:
    """All that a judgement rests on. `columns` names, for each table, the columns that some file of it has."""

    tables: dict[str, list[Row]]
    columns: dict[str, set[str]]
    as_of: dt.date
    profile: str
    stated: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for (table, column), value in ORDINARY_VALUES.items():
            if table in self.tables and column not in self.columns[table]:
                for row in self.tables[table]:
                    row[column] = value

    def has(self, table: str) -> bool:
        return table in self.tables

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; none where it was not supplied."""
        return self.tables.get(table, [])

    def extends(self, profile: str) -> bool:
        return profile in CHAINS[self.profile]

    def parameter(self, name: str, day: Cell = None) -> Any:
        """The value in force on a day, `UNKNOWN` where that depends on a day that is not known, None where it is null."""
        places = [self.stated, *(OF_PROFILES.get(profile, {}) for profile in CHAINS[self.profile]), DEFAULTS]
        value = next(place[name] for place in places if name in place)
        return value.on(day) if isinstance(value, Since) else value

    def whatever_the_day(self, name: str, day: Cell, test: Callable[[Any], Test]) -> Test:
        """A test of a parameter; on a day that nobody knows, what it says of every value that the parameter ever had.

        A null parameter switches the test off.
        """
        stated = self.stated.get(name)
        unknown = isinstance(stated, Since) and not here(day)
        values = [None, *(value for _, value in stated.values)] if unknown else [self.parameter(name, day)]
        said = {False if value is None else test(value) for value in values}
        return said.pop() if len(said) == 1 else None

    def amount(self, name: str) -> Decimal | None:
        value = self.parameter(name)
        return None if value is None else Decimal(str(value))

    @cached_property
    def _by_key(self) -> dict[str, dict[str, Row]]:
        return {table: {row[key]: row for row in self.rows(table)} for table, key in KEYS_OF_LINKS.items()}

    def look_up(self, table: str, key: Cell) -> tuple[Test, Row | None]:
        """Is the row of a filled link there, and the row. Unknown: no link, or no such table."""
        if not here(key) or not self.has(table):
            return None, None
        row = self._by_key[table].get(key)
        return row is not None, row

    @cached_property
    def _naming(self) -> dict[tuple[str, str], dict[str, list[Row]]]:
        return {}

    def naming(self, table: str, column: str, key: Cell) -> list[Row]:
        """The rows of a table that name a record, a case or a device; a blank or unknown link names nothing."""
        if (table, column) not in self._naming:
            rows: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows(table):
                if here(row[column]):
                    rows[row[column]].append(row)
            self._naming[table, column] = rows
        return self._naming[table, column].get(key, []) if here(key) else []

    # What several rules ask about a record

    def has_notice(self, record: Cell, kinds: tuple[str, ...]) -> Test:
        if not self.has("notices"):
            return None
        return either(*(one_of(notice["kind"], kinds) for notice in self.naming("notices", "record_id", record)))

    def has_case(self, record: Cell) -> Test:
        if not self.has("cases"):
            return None
        return either(*(live(case) for case in self.naming("cases", "record_id", record)))

    def used(self, detection: Row) -> Test:
        """Does a notice or a case that is not withdrawn rest on the record?"""
        record = detection["record_id"]
        return either(self.has_notice(record, NOTICES_OF_USE), self.has_case(record))

    def only_on_site(self, record: Cell) -> bool:
        """At least one case, all known on site. A case of unknown status counts as a case: the reading that was kept."""
        cases = [case for case in self.naming("cases", "record_id", record) if live(case) is not False]
        return bool(cases) and all(known(case["enforcement_mode"], "on_site") for case in cases)

    def known_police(self, agency: Cell) -> bool:
        _, row = self.look_up("agencies", agency)
        return row is not None and known(row["kind"], "police")

    def detection_of(self, case: Row) -> Row | None:
        """The detection of a case; a link that finds no record is unknown."""
        return self.look_up("detections", case["record_id"])[1]


def of(row: Row | None, column: str) -> Cell:
    """A cell of a linked row; unknown where there is no such row."""
    return UNKNOWN if row is None else row[column]


def detected_on(detection: Row | None) -> Cell:
    return day_of(of(detection, "detected_at"))


def live(case: Row) -> Test:
    """Not withdrawn; a blank status is an ordinary fact."""
    return negated(fact_one_of(case["status"], ("withdrawn",)))


def decided(case: Row) -> Test:
    return filled(case["decided_on"])


def fined(case: Row) -> Test:
    return both(decided(case), more(case["fine_yuan"], 0))


def overload(case: Row) -> Test:
    return equal(case["violation_type"], "overload")


def decided_from(case: Row, day: dt.date) -> Test:
    """Decided, and on that day or later."""
    return False if case["decided_on"] is None else negated(more(day, case["decided_on"]))


def excess(detection: Row | None) -> Cell:
    """Kilograms above the limit."""
    gross, limit = of(detection, "gross_weight_kg"), of(detection, "limit_weight_kg")
    return gross - limit if here(gross) and here(limit) else UNKNOWN
