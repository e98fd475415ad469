"""How long a step of a case took, and how long the law lets it take."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from analyzer.model.law import Calendar, ParameterEntry, Rulings
from analyzer.rulebook.clocks import CaseClock

Row = Mapping[str, Any]
"""One record: its cells by column; the names of unknown columns under `_unknown`."""


@dataclass(frozen=True)
class Timing:
    """One clock read on one row: the days used and those the law names.

    `state` is `kept`, `late` (too late, or too little time left to the party), `running` (not done yet, still in time),
    `unlimited` (no number in force), or `unknown` (a date is missing or lies outside the calendar).
    """

    clock: CaseClock
    key: str
    start: date
    end: date | None
    counted_to: date | None
    used: int | None
    limit: int | None
    unit: str
    last_day: date | None
    state: str
    entry: ParameterEntry | None

    @property
    def left(self) -> int | None:
        """The days left, below zero the days over; for time left to the party, what is above the least."""
        if self.used is None or self.limit is None:
            return None
        if self.unit == "year":
            return (self.last_day - self.counted_to).days if self.last_day and self.counted_to else None
        return self.used - self.limit if self.clock.at_least else self.limit - self.used


def read_clock(
    clock: CaseClock, rows: Mapping[str, Sequence[Row]], keys: Mapping[str, str], rulings: Rulings,
    calendar: Calendar, as_of: date,
) -> list[Timing]:  # fmt: skip
    """Return the timings of a clock on the rows of a case; none where the step never began."""
    starts = [row for row in rows.get(clock.start[0], ()) if _day(row, clock.start[1])]
    if clock.start[0] == clock.end[0]:
        pairs = [(row, row) for row in starts if _is_meant(clock, row)]
    else:
        ends = [row for row in rows.get(clock.end[0], ()) if _is_meant(clock, row)]
        if clock.earliest:
            ends = sorted(ends, key=lambda row: (_day(row, clock.end[1]) or date.max, str(row[keys[clock.end[0]]])))[:1]
        pairs = [(start, end) for start in starts for end in ends]
    reading = _Reading(clock, rulings, calendar, as_of)
    return [reading.read(start, end, str(end[keys[clock.end[0]]])) for start, end in pairs]


def _is_meant(clock: CaseClock, row: Row) -> bool:
    return all(row.get(column) in values for column, values in clock.only.items())


def _day(row: Row, column: str) -> date | None:
    value = row.get(column)
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


@dataclass(frozen=True)
class _Reading:
    clock: CaseClock
    rulings: Rulings
    calendar: Calendar
    as_of: date

    def read(self, start_row: Row, end_row: Row, key: str) -> Timing:
        clock = self.clock
        start = _day(start_row, clock.start[1])
        assert start is not None
        end = _day(end_row, clock.end[1])
        parameter = self.rulings.parameters[clock.parameter]
        entry = parameter.at(start)
        limit = entry.value if entry and isinstance(entry.value, int) else None
        unit = self._unit(start, parameter.unit)
        is_unknown = end is None and clock.end[1] in (end_row.get("_unknown") or ())
        to = None if is_unknown else end or (None if clock.at_least else self.as_of)
        last = self._last_day(start, limit, unit)
        used = None if to is None else self._used(start, to, unit)
        state = self._state(end, to, used, limit, last)
        return Timing(clock, key, start, end, to, used, limit, unit, last, state, entry)

    def _unit(self, start: date, unit: str) -> str:
        if self.clock.unit_from is None:
            return unit
        chosen = self.rulings.parameters[self.clock.unit_from].at(start)
        return str(chosen.value) if chosen else unit

    def _used(self, start: date, to: date, unit: str) -> int | None:
        return self.calendar.working_days(start, to) if unit == "wd" else (to - start).days

    def _last_day(self, start: date, limit: int | None, unit: str) -> date | None:
        if limit is None:
            return None
        if unit == "year":
            year = start.year + limit
            return date(year, start.month, min(start.day, monthrange(year, start.month)[1]))
        if unit != "wd":
            last = start + timedelta(days=limit)
            return self.calendar.roll(last) if self.clock.rolls else last
        day = start
        for _ in range(limit):
            following = self.calendar.roll(day + timedelta(days=1))
            if following is None:
                return None
            day = following
        return day

    def _state(self, end: date | None, to: date | None, used: int | None, limit: int | None, last: date | None) -> str:
        if to is None or used is None:
            return "unknown"
        if limit is None:
            return "unlimited"
        if last is None:
            return "unknown"
        if self.clock.at_least:
            return "kept" if used > limit or (used == limit and not self.clock.run_out) else "late"
        if to > last:
            return "late"
        return "kept" if end else "running"


__all__ = ["Row", "Timing", "read_clock"]
