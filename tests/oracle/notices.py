"""NTC-01 to 04, 09, 11: many documents at once, by groups of notices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from tests.oracle.answers import (
    IS_BREACH,
    IS_COMPLIANT,
    IS_DOUBTFUL,
    IS_OUTSIDE,
    IS_REVIEW,
    Found,
    table_rule,
)
from tests.oracle.bureau import NOTICES_OF_USE, VIOLATION_NOTICES, Bureau, Row
from tests.oracle.three_values import DAY, UNKNOWN, Test, blank, both, day_of, filled, here, one_of

Judge = Callable[[list[Row]], Found]


def vehicle_of(row: Row) -> tuple[Any, Any]:
    return row["plate_no"], row["plate_color"]


def issued_on(notice: Row) -> Any:
    return day_of(notice["issued_at"])


def in_groups(
    notices: Iterable[Row],
    joins: Callable[[Row], Test],
    needed: tuple[str, ...],
    key: Callable[[Row], Any],
    judge: Judge,
) -> dict[str, Found]:
    """Every notice with the answer of its group; one whose group key is blank or unknown joins none."""
    found: dict[str, Found] = {}
    groups: dict[Any, list[Row]] = defaultdict(list)
    for notice in notices:
        member = joins(notice)
        if member is not True:
            found[notice["notice_id"]] = (member, False, False)
        elif not all(here(notice[column]) for column in needed):
            found[notice["notice_id"]] = IS_DOUBTFUL
        else:
            groups[key(notice)].append(notice)
    for group in groups.values():
        answer = judge(group)
        found.update({notice["notice_id"]: answer for notice in group})
    return found


def of_kinds(*kinds: str) -> Callable[[Row], Test]:
    return lambda notice: one_of(notice["kind"], kinds)


def bulk(bureau: Bureau, group: list[Row], together: Test = True) -> Found:
    """10 or more documents: a breach where they are about 10 or more records from the day set by a profile.

    A notice with a blank record_id counts as a record of its own; one whose record is unknown is not counted: the
    reading that was kept.
    """
    many, start = bureau.parameter("bulk_documents"), bureau.parameter("bulk_breach_from")
    if many is None:
        return IS_DOUBTFUL
    if len(group) < many:
        return IS_COMPLIANT
    records = len({notice["record_id"] for notice in group if here(notice["record_id"])})
    records += sum(notice["record_id"] is None for notice in group)
    in_force = start is not None and issued_on(group[0]) >= start
    return IS_BREACH if records >= many and in_force and together is True else IS_REVIEW


def by_vehicle_and_day(bureau: Bureau, *kinds: str) -> dict[str, Found]:
    return in_groups(
        bureau.rows("notices"),
        of_kinds(*kinds),
        ("plate_no", "issued_at"),
        lambda notice: (notice["agency_id"], vehicle_of(notice), issued_on(notice)),
        lambda group: bulk(bureau, group),
    )


@table_rule("NTC-01", "notices")
def many_to_one_vehicle(bureau: Bureau) -> dict[str, Found]:
    return by_vehicle_and_day(bureau, *VIOLATION_NOTICES)


@table_rule("NTC-11", "notices")
def many_decisions_on_one_vehicle(bureau: Bureau) -> dict[str, Found]:
    return by_vehicle_and_day(bureau, "decision")


def too_few_vehicles(group: list[Row]) -> Found | None:
    """What fewer than two vehicles say (blank plates are no vehicle); None where there are two."""
    vehicles = len({vehicle_of(notice) for notice in group if here(notice["plate_no"])})
    perhaps = sum(notice["plate_no"] is UNKNOWN for notice in group)
    if vehicles >= 2:
        return None
    return IS_DOUBTFUL if vehicles + perhaps >= 2 else IS_OUTSIDE


@table_rule("NTC-02", "notices")
def many_to_one_party(bureau: Bureau) -> dict[str, Found]:
    many = bureau.parameter("bulk_documents")

    def judge(group: list[Row]) -> Found:
        few = too_few_vehicles(group)
        if few is not None:
            return few
        return IS_DOUBTFUL if many is None else IS_REVIEW if len(group) >= many else IS_COMPLIANT

    return in_groups(
        bureau.rows("notices"),
        lambda notice: both(one_of(notice["kind"], VIOLATION_NOTICES), blank(notice["enterprise_id"])),
        ("party_name", "issued_at"),
        lambda notice: (notice["agency_id"], notice["party_name"], issued_on(notice)),
        judge,
    )


def in_one_batch(bureau: Bureau, group: list[Row]) -> bool:
    """All in one batch_no, and no notice of that agency and batch, of any kind and date, names another enterprise."""
    batches = {notice["batch_no"] for notice in group}
    batch, agency, enterprise = (group[0][column] for column in ("batch_no", "agency_id", "enterprise_id"))
    if len(batches) != 1 or not here(batch):
        return False
    others = (row for row in bureau.rows("notices") if row["batch_no"] == batch and row["agency_id"] == agency)
    return all(row["enterprise_id"] in (None, enterprise) for row in others)


@table_rule("NTC-03", "notices")
def many_to_one_enterprise(bureau: Bureau) -> dict[str, Found]:
    return in_groups(
        bureau.rows("notices"),
        lambda notice: both(one_of(notice["kind"], VIOLATION_NOTICES), filled(notice["enterprise_id"])),
        ("enterprise_id", "issued_at"),
        lambda notice: (notice["agency_id"], notice["enterprise_id"], issued_on(notice)),
        lambda group: too_few_vehicles(group) or bulk(bureau, group, in_one_batch(bureau, group)),
    )


def fullest_week(days: Counter[date], many: int) -> date | None:
    """The first day of the fullest week without a day of 10 that has 10 together; the earliest, if equal."""
    best: tuple[int, date] | None = None
    for start in sorted(days):
        week = [number for day, number in days.items() if start <= day <= start + 6 * DAY]
        if max(week) < many <= sum(week) and (best is None or sum(week) > best[0]):
            best = sum(week), start
    return best[1] if best else None


@table_rule("NTC-04", "notices")
def spread_over_a_week(bureau: Bureau) -> dict[str, Found]:
    many = bureau.parameter("bulk_documents")
    found: dict[str, Found] = {}

    def judge(group: list[Row]) -> Found:
        start = None if many is None else fullest_week(Counter(map(issued_on, group)), many)
        for notice in group:
            inside = start is not None and start <= issued_on(notice) <= start + 6 * DAY
            found[notice["notice_id"]] = IS_DOUBTFUL if many is None else IS_REVIEW if inside else IS_COMPLIANT
        return IS_COMPLIANT

    others = in_groups(
        bureau.rows("notices"),
        of_kinds(*VIOLATION_NOTICES),
        ("plate_no", "issued_at"),
        lambda notice: (notice["agency_id"], vehicle_of(notice)),
        judge,
    )
    return {**others, **found}


@table_rule("NTC-09", "notices")
def told_twice(bureau: Bureau) -> dict[str, Found]:
    return in_groups(
        bureau.rows("notices"),
        of_kinds(*NOTICES_OF_USE),
        ("record_id", "issued_at"),
        lambda notice: (notice["record_id"], notice["kind"]),
        lambda group: IS_REVIEW if len(set(map(issued_on, group))) > 1 else IS_COMPLIANT,
    )
