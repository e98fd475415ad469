"""The final report's figures, counted from the history. See `progress` for what they mean."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from analyzer.ledger import counting, replay
from analyzer.ledger.entering import severity_rank
from analyzer.ledger.progress import FinalProgress, Item, Movement, PlanGroups, Seal
from analyzer.ledger.settings import settings
from analyzer.ledger.states import State
from analyzer.ledger.tables import HISTORY
from analyzer.model import AnalyzerError, Problem, Text

_TYPICAL = 6
_TRUE = (State.CONFIRMED, State.RECTIFYING, State.CLOSED)


def final(con: sa.Connection, groups: PlanGroups, now: datetime, agencies: frozenset[str]) -> FinalProgress:
    """Count everything up to today. See `book.Ledger.final`."""
    report_day, until = int(settings(con)["report_day"]), now.date()
    at = con.execute(sa.select(HISTORY.c.at).order_by(HISTORY.c.seq).limit(1)).scalar()
    if at is None:
        cause = Text("台账还是空的", "the ledger is empty")
        raise AnalyzerError(
            Problem("--final", cause, Text("先运行 analyzer ledger follow", "Run analyzer ledger follow first"))
        )
    since = date.fromisoformat(at[:10])
    ends = _ends(since, until, report_day)
    months = [counting.period_of(day, report_day) for day in ends]
    made = replay.replay(con, until, ends, lambda day: counting.period_of(day, report_day), groups, agencies)
    items = tuple(counting.item(one, until, groups) for one in made.problems.values())
    true = [one for one in items if one.state in _TRUE]
    periods = (months[-1], months[-2] if len(months) > 1 else "")
    lines = {kind: counting.group_lines(made, kind, until, periods, groups) for kind in ("group", "agency", "severity")}
    course = tuple((month, made.movement(month, counting.ALL)) for month in months)
    return FinalProgress(
        since=since,
        until=until,
        standing=made.standing(until, counting.ALL),
        movement=_sum([movement for _, movement in course]),
        months=course,
        by_group=lines["group"],
        by_agency=lines["agency"],
        by_severity=lines["severity"],
        items=items,
        typical=_typical(true),
        accountability_filled=sum(bool(one.accountability) for one in true),
        accountability_open=sum(not one.accountability for one in true),
        clues=counting.clue_progress(con, since, until, agencies),
        seal=Seal(made.lines, made.head),
    )


def _ends(since: date, until: date, report_day: int) -> list[date]:
    """The last day of every report period from the first to the last; the last one ends today."""
    ends = []
    year, month = (int(part) for part in counting.period_of(since, report_day).split("-"))
    while (end := date(year, month, report_day)) < until:
        ends.append(end)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return [*ends, until]


def _sum(movements: list[Movement]) -> Movement:
    names = Movement.__dataclass_fields__
    return Movement(**{name: sum(getattr(one, name) for one in movements) for name in names})


def _typical(true: list[Item]) -> tuple[Item, ...]:
    """Candidates for the typical cases: closed with proof first, then the gravest, each kind of problem once before any twice."""
    order = sorted(
        true,
        key=lambda one: (one.state is not State.CLOSED, severity_rank(one.severity), -one.record_count, one.number),
    )
    seen: set[str | None] = set()
    first = [one for one in order if not (one.rule in seen or seen.add(one.rule))]  # type: ignore[func-returns-value]
    rest = [one for one in order if one not in first]
    return tuple([*first, *rest][:_TYPICAL])


__all__ = ["final"]
