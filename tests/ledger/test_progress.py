"""The figures of the reports are those of the history, whenever they are asked for."""

from __future__ import annotations

from datetime import date

import pytest

from analyzer.ledger import (
    Account,
    Assign,
    Close,
    Confirm,
    Ledger,
    Plan,
    Proof,
    Reject,
    Reopen,
    Reported,
    State,
    Suppress,
)
from analyzer.ledger.counting import period_of
from analyzer.ledger.groups import load_groups
from analyzer.ledger.progress import Movement, PlanGroups, Standing
from analyzer.model import AnalyzerError, Text
from analyzer.rulebook.library import rules_folder
from tests.ledger.conftest import Clock, Scans, make_found

GROUPS = PlanGroups(
    {"1": Text("逐利执法", "profit"), "2": Text("执法不规范", "irregular"), "3": Text("其他", "other")},
    {"DEV-01": "1", "NTC-05": "2"},
    {"stops": "2"},
)


@pytest.mark.parametrize(
    ("day", "month"),
    [("2023-06-23", "2023-06"), ("2023-06-24", "2023-07"), ("2023-12-23", "2023-12"), ("2023-12-24", "2024-01")],
)
def test_the_period_ends_on_the_reporting_day(day: str, month: str) -> None:
    assert period_of(date.fromisoformat(day), 23) == month


@pytest.fixture
def worked(ledger: Ledger, scan: Scans, clock: Clock) -> Ledger:
    """May: four problems, one rejected, two planned. June: one closed in time, one late, one back; one put aside."""
    found = [
        make_found("a"),
        make_found("b"),
        make_found("c", rule="DEV-01", family="DEV", agency_id="02"),
        make_found("d"),
    ]
    scan(*found)  # 05-02; a = 1? numbers follow rule and id: c, a, b, d
    ledger.bulk(["2023-0001", "2023-0002"], Confirm(), by="li")
    ledger.bulk(["2023-0001", "2023-0002"], Assign(leader="张局长", unit="治超科"), by="li")
    ledger.act("2023-0001", Plan("补检定", date(2023, 6, 1)), by="li")
    ledger.act("2023-0002", Plan("补告知", date(2023, 6, 20)), by="li")
    ledger.act("2023-0003", Reject("照片齐全"), by="li")
    clock.go_to(date(2023, 6, 10))
    ledger.act("2023-0001", Close("已检定", (Proof("证书1号"),)), by="li")
    ledger.act("2023-0002", Close("已补", (Proof("回执"),)), by="li")
    scan(found[0], found[1], found[3])
    ledger.act("2023-0004", Suppress("等答复", date(2023, 7, 31)), by="li")
    clock.go_to(date(2023, 6, 15))
    scan(*found)
    ledger.act("2023-0001", Account("约谈站长"), by="li")
    clock.go_to(date(2023, 7, 3))
    return ledger


def test_a_month(worked: Ledger) -> None:
    june = worked.progress("2023-06", GROUPS)
    assert (june.since, june.until, june.is_complete) == (date(2023, 5, 24), date(2023, 6, 23), True)
    assert june.movement_before == Movement(new=4, confirmed=2, rejected=1, started=2)
    assert june.movement == Movement(closed=2, closed_late=1, repeated=1, suppressed=1)
    assert june.standing_before == Standing(pending=1, rectifying=2, rejected=1, unassigned=1)
    assert june.standing == Standing(pending=1, closed=1, rejected=1, suppressed=1, repeated=1, unassigned=1)
    assert (june.standing.total, june.standing.open, june.standing.closing_rate) == (4, 1, 1.0)
    assert [(one.key, one.standing.total, one.movement.closed) for one in june.by_group] == [
        ("1", 1, 1),
        ("2", 3, 1),
        ("3", 0, 0),
    ]
    assert [(one.key, one.standing.total) for one in june.by_agency] == [("01", 3), ("02", 1)]
    assert sum(one.standing.total for one in june.by_severity) == 4
    assert [one.number for one in june.closed] == ["2023-0001", "2023-0002"]
    assert [(one.number, one.proofs) for one in june.repeated] == [("2023-0001", ("证书1号",))]
    assert [one.number for one in june.suppressed] == ["2023-0004"]


def test_a_report_made_later_is_the_same(worked: Ledger, clock: Clock) -> None:
    june = worked.progress("2023-06", GROUPS)
    clock.go_to(date(2023, 8, 1))
    worked.act("2023-0003", Reopen("新证据"), by="wang")
    assert worked.progress("2023-06", GROUPS) == june
    assert worked.progress("2023-08", GROUPS).movement == Movement(reopened=1)


def test_overdue(ledger: Ledger, scan: Scans, clock: Clock) -> None:
    scan(make_found("a"))
    ledger.act("2023-0001", Confirm(), by="li")
    ledger.act("2023-0001", Plan("补检定", date(2023, 5, 23)), by="li")
    clock.go_to(date(2023, 6, 30))
    may, june, july = (ledger.progress(month) for month in ("2023-05", "2023-06", "2023-07"))
    assert (may.standing.overdue, june.standing.overdue, july.standing.overdue) == (0, 1, 1)
    assert [one.movement.became_overdue for one in (may, june, july)] == [0, 1, 0]
    assert [one.overdue_days for one in june.overdue] == [31]
    assert not july.is_complete
    assert july.until == date(2023, 6, 30)


def test_agencies_see_their_own(worked: Ledger) -> None:
    june = worked.progress("2023-06", GROUPS, agencies=("02",))
    assert (june.standing.total, [one.number for one in june.closed]) == (1, ["2023-0001"])


def test_the_final_report(worked: Ledger) -> None:
    final = worked.final(GROUPS)
    assert [month for month, _ in final.months] == ["2023-05", "2023-06", "2023-07"]
    assert final.movement == Movement(
        new=4, confirmed=2, rejected=1, started=2, closed=2, closed_late=1, repeated=1, suppressed=1
    )
    assert [one.number for one in final.items] == [f"2023-000{n}" for n in range(1, 5)]
    assert [one.state for one in final.typical] == [State.CLOSED]
    assert (final.accountability_filled, final.accountability_open) == (0, 1), "0001 is to be checked again"
    assert {one.plan for one in final.items} == {"补检定", "补告知", ""}
    assert final.seal.head == worked.verify().head


def test_clues_in_the_figures(ledger: Ledger, clock: Clock, scan: Scans) -> None:
    scan(make_found("a"))
    first = ledger.add_clue(Reported("12328", date(2023, 5, 3), "stops", "拦车"), by="li")
    ledger.add_clue(Reported("petition", date(2023, 5, 30), "manner", "态度"), by="li")
    ledger.link_clue(first.number, "2023-0001", by="li")
    clock.go_to(date(2023, 6, 5))
    ledger.handle_clue(first.number, by="li", state="concluded", result="属实", replied_on=date(2023, 6, 6))
    clock.go_to(date(2023, 7, 1))
    june = ledger.progress("2023-06").clues
    assert (june.all.received, june.all.concluded, june.all.total, june.linked) == (1, 1, 2, 1)
    assert (june.all.conclusion_rate, june.all.reply_rate) == (0.5, 0.5)
    assert [(one.key, one.total) for one in june.by_source] == [("12328", 1), ("petition", 1)]
    assert ledger.progress("2023-05").clues.all.total_concluded == 0, "in May it was not concluded yet"
    assert ledger.progress("2023-06").new == ()


@pytest.mark.parametrize("month", ["2023-13", "June", "2023-04", "2030-01", "202306"])
def test_a_month_that_cannot_be_counted(worked: Ledger, month: str) -> None:
    with pytest.raises(AnalyzerError):
        worked.progress(month)


def test_the_groups_of_the_plan() -> None:
    """Every rule that the plan names belongs to one group, the first that names it."""
    groups = load_groups(rules_folder())
    assert groups.of_rule["REV-02"] == "S2-1"
    assert groups.of_rule["DEC-01"] == "S2-2"
    assert set(groups.of_rule.values()) | set(groups.of_category.values()) <= set(groups.titles)
