"""The monthly report's figures, counted from the history. See `progress` for what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from analyzer.ledger import replay
from analyzer.ledger.progress import (
    NO_GROUP,
    ClueCount,
    ClueProgress,
    GroupLine,
    Item,
    MonthlyProgress,
    PlanGroups,
    Seal,
)
from analyzer.ledger.replay import Key, Replay, Told
from analyzer.ledger.settings import settings
from analyzer.ledger.states import ClueState, State
from analyzer.ledger.tables import CLUE_LINKS, CLUES, HISTORY
from analyzer.model import AnalyzerError, Problem, Severity, Text

ALL: Key = ("all", None)
_NO_AGENCY = Text("机构不明", "No agency")


def monthly(
    con: sa.Connection, month: str, groups: PlanGroups, now: datetime, agencies: frozenset[str]
) -> MonthlyProgress:
    """Count one month. See `book.Ledger.progress`."""
    report_day = int(settings(con)["report_day"])
    due = _due(month, report_day)
    since, before = _due_before(due) + timedelta(days=1), _due_before(due)
    today = now.date()
    first = _first_day(con)
    problem = None
    if since > today:
        problem = Text("这个月的报告期还没有开始", "the period of this month has not begun")
    elif first is None or due < first:
        began = first.isoformat() if first else "-"
        problem = Text(f"台账从 {began} 才开始记录", f"the ledger's records begin on {began}")
    if problem:
        raise AnalyzerError(Problem(f"--month {month}", problem))
    until = min(due, today)
    made = replay.replay(
        con, until, [_due_before(before), before, until], lambda day: period_of(day, report_day), groups, agencies
    )
    last = period_of(before, report_day)
    lines = {kind: group_lines(made, kind, until, (month, last), groups) for kind in ("group", "agency", "severity")}
    items = {
        name: _items(made, made.changed_in[month].get(name, ()), until, groups)
        for name in ("new", "closed", "repeated")
    }
    return MonthlyProgress(
        month=month,
        since=since,
        until=until,
        due_on=due,
        is_complete=today > due,
        standing=made.standing(until, ALL),
        standing_before=made.standing(before, ALL),
        movement=made.movement(month, ALL),
        movement_before=made.movement(last, ALL),
        by_group=lines["group"],
        by_agency=lines["agency"],
        by_severity=lines["severity"],
        new=items["new"],
        closed=items["closed"],
        overdue=_where(made, until, groups, lambda one: one.overdue_on(until) > 0),
        repeated=items["repeated"],
        listed=_where(made, until, groups, lambda one: one.state.is_open and one.day("listed_on") is not None),
        suppressed=_where(made, until, groups, lambda one: one.state is State.SUPPRESSED),
        clues=clue_progress(con, since, until, agencies),
        seal=Seal(made.lines, made.head),
    )


def period_of(day: date, report_day: int) -> str:
    """Return the month whose report a day belongs to: up to the reporting day its own, after it the next."""
    if day.day <= report_day:
        return f"{day.year}-{day.month:02d}"
    return f"{day.year + 1}-01" if day.month == 12 else f"{day.year}-{day.month + 1:02d}"


def _due(month: str, report_day: int) -> date:
    try:
        year, number = month.split("-")
        return date(int(year), int(number), report_day)
    except ValueError:
        cause = Text(f"`{month}` 不是月份", f"`{month}` is no month")
        raise AnalyzerError(Problem("--month", cause, Text("写成 2023-06", "Write it as 2023-06"))) from None


def _due_before(due: date) -> date:
    return date(due.year - 1, 12, due.day) if due.month == 1 else date(due.year, due.month - 1, due.day)


def _first_day(con: sa.Connection) -> date | None:
    at = con.execute(sa.select(HISTORY.c.at).order_by(HISTORY.c.seq).limit(1)).scalar()
    return date.fromisoformat(at[:10]) if at else None


def group_lines(
    made: Replay, kind: str, until: date, periods: tuple[str, str], groups: PlanGroups
) -> tuple[GroupLine, ...]:
    """Return the lines of one kind of group; groups of the plan without a problem are there with zeros."""
    keys = {key for key in made.standings[until] if key[0] == kind}
    if kind == "group":
        keys |= {(kind, name) for name in groups.titles}
    titles = {one.fixed.agency_id: one.fixed.agency for one in made.problems.values()} if kind == "agency" else {}
    order = list(groups.titles) if kind == "group" else [str(one) for one in Severity]

    def place(key: Key) -> tuple[bool, int, str]:
        name = key[1] or ""
        return (key[1] is None, order.index(name) if name in order else len(order), name)

    return tuple(
        GroupLine(
            key=key[1],
            title=_title(kind, key[1], groups, titles.get(key[1], "")),
            standing=made.standing(until, key),
            movement=made.movement(periods[0], key),
            before=made.movement(periods[1], key),
        )
        for key in sorted(keys, key=place)
    )


def _title(kind: str, key: str | None, groups: PlanGroups, agency: str) -> Text:
    if kind == "group":
        return groups.titles.get(key or "", NO_GROUP)
    if kind == "agency":
        return Text(agency or key or "", agency or key or "") if key else _NO_AGENCY
    return Text(key or "", key or "")


def _items(made: Replay, numbers: Iterable[str], until: date, groups: PlanGroups) -> tuple[Item, ...]:
    return tuple(item(made.problems[number], until, groups) for number in _ordered(numbers))


def _where(made: Replay, until: date, groups: PlanGroups, holds: object) -> tuple[Item, ...]:
    assert callable(holds)
    return _items(made, (number for number, one in made.problems.items() if holds(one)), until, groups)


def _ordered(numbers: Iterable[str]) -> list[str]:
    return sorted(numbers, key=lambda number: (number[:4], int(number[5:])))


def item(one: Told, until: date, groups: PlanGroups) -> Item:
    """Return a problem as a line of the ledger at the end of a day."""
    fixed = one.fixed
    group = groups.of_rule.get(fixed.rule or "") or groups.of_category.get(fixed.category or "")
    return Item(
        number=one.number,
        group=group,
        group_title=groups.titles.get(group or "", NO_GROUP),
        rule=fixed.rule,
        problem=Text(fixed.problem_zh, fixed.problem_en),
        severity=one.text("severity") or fixed.severity,
        verdict=one.text("verdict") or fixed.verdict,
        agency_id=fixed.agency_id,
        agency=fixed.agency,
        subject=Text(fixed.subject_zh, fixed.subject_en),
        explanation=Text(fixed.explanation_zh, fixed.explanation_en),
        started_on=fixed.started_on,
        ended_on=fixed.ended_on,
        record_count=fixed.record_count,
        state=one.state,
        presence=one.presence,
        listed=one.day("listed_on") is not None,
        times_repeated=int(one.fields.get("times_repeated") or 0),
        found_on=one.found_on,
        leader=one.text("leader"),
        responsible=one.text("responsible"),
        unit=one.text("unit"),
        plan=one.text("plan"),
        deadline=one.day("deadline"),
        overdue_days=one.overdue_on(until),
        closed_on=one.day("closed_on"),
        reason=one.text("reason"),
        suppressed_until=one.day("suppressed_until"),
        proofs=tuple(one.proofs),
        accountability=one.text("accountability"),
        clues=tuple(one.clues),
    )


def clue_progress(con: sa.Connection, since: date, until: date, agencies: frozenset[str]) -> ClueProgress:
    """Count the clues that were received up to `until`, by the dates that they carry.

    A clue without a date of its own counts from the day on which it was entered.
    """
    entered = sa.select(HISTORY.c.subject, sa.func.min(HISTORY.c.at)).where(HISTORY.c.about == "clue")
    days = {number: date.fromisoformat(at[:10]) for number, at in con.execute(entered.group_by(HISTORY.c.subject))}
    rows = [
        (row, row.received_on or days[row.number])
        for row in con.execute(sa.select(CLUES).order_by(CLUES.c.id))
        if not agencies or row.agency_id in agencies
    ]
    known = [(row, day) for row, day in rows if day <= until]
    linked = {row.clue_id for row in con.execute(sa.select(CLUE_LINKS.c.clue_id))}

    def count(key: str, some: list[tuple[sa.Row[tuple[object, ...]], date]]) -> ClueCount:
        concluded = [
            row for row, _ in some if row.state == str(ClueState.CONCLUDED) and (row.concluded_on or since) <= until
        ]
        return ClueCount(
            key=key,
            received=sum(since <= day for _, day in some),
            concluded=sum(row.concluded_on is not None and since <= row.concluded_on for row in concluded),
            total=len(some),
            total_concluded=len(concluded),
            total_replied=sum(row.replied_on is not None and row.replied_on <= until for row, _ in some),
        )

    def by(name: str) -> tuple[ClueCount, ...]:
        keys = sorted({str(getattr(row, name)) for row, _ in known})
        return tuple(count(key, [(row, day) for row, day in known if getattr(row, name) == key]) for key in keys)

    return ClueProgress(count("", known), by("source"), by("category"), sum(row.id in linked for row, _ in known))


__all__ = ["ALL", "clue_progress", "group_lines", "item", "monthly", "period_of"]
