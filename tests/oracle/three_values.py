"""Filled, blank and unknown cells; true, false and unknown tests; days of the calendar and working days.

A cell is a value, `None` where it is blank, or `UNKNOWN` where its file lacks the column or it could not be read.
A test is True, False, or None where it is unknown.
"""

from __future__ import annotations

import calendar
import datetime as dt
import operator
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import chinese_calendar

Cell = Any
Test = bool | None


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()
DAY = dt.timedelta(days=1)


def both(*tests: Test) -> Test:
    """AND of three values: false as soon as one is false."""
    if any(test is False for test in tests):
        return False
    return None if any(test is None for test in tests) else True


def either(*tests: Test) -> Test:
    """OR of three values: true as soon as one is true; false of nothing at all."""
    if any(test is True for test in tests):
        return True
    return None if any(test is None for test in tests) else False


def negated(test: Test) -> Test:
    return None if test is None else not test


def here(cell: Cell) -> bool:
    """Is there a value: neither blank nor unknown?"""
    return cell is not None and cell is not UNKNOWN


def blank(cell: Cell) -> Test:
    return None if cell is UNKNOWN else cell is None


def filled(cell: Cell) -> Test:
    return negated(blank(cell))


def holds(test: Callable[..., bool], *cells: Cell) -> Test:
    """A comparison: unknown as soon as one cell is blank or unknown."""
    return bool(test(*cells)) if all(here(cell) for cell in cells) else None


def equal(one: Cell, other: Cell) -> Test:
    return holds(operator.eq, one, other)


def less(one: Cell, other: Cell) -> Test:
    return holds(operator.lt, one, other)


def up_to(one: Cell, other: Cell) -> Test:
    return holds(operator.le, one, other)


def more(one: Cell, other: Cell) -> Test:
    return holds(operator.gt, one, other)


def from_on(one: Cell, other: Cell) -> Test:
    return holds(operator.ge, one, other)


def one_of(cell: Cell, values: Collection[Any]) -> Test:
    return holds(lambda value: value in values, cell)


def fact_one_of(cell: Cell, values: Collection[Any]) -> Test:
    """The same where a blank is an ordinary fact: it is none of the values."""
    return None if cell is UNKNOWN else cell in values


def known(cell: Cell, value: Any) -> bool:
    """Is the cell "known to be" the value? Blank and unknown count as not."""
    return cell is not UNKNOWN and cell == value


def more_unless_blank(one: Cell, other: Cell) -> Test:
    """Later than, where a blank in the first column is a fact that cannot be late."""
    return False if one is None else more(one, other)


def blank_or_later(taken: Cell, than: Cell) -> Test:
    """The step was not taken (blank = proof) or only after a day."""
    return True if taken is None else more(taken, than)


def otherwise(cell: Cell, instead: Cell) -> Cell:
    """The catalogue says "X, else Y": Y where X is blank; unknown where X is unknown."""
    return instead if cell is None else cell


def day_of(cell: Cell) -> Cell:
    """The date of a moment; a date, a blank and an unknown as they are."""
    return cell.date() if isinstance(cell, dt.datetime) else cell


def days_after(day: Cell, days: Cell) -> Cell:
    return day + days * DAY if here(day) and here(days) else UNKNOWN


def months_after(day: Cell, months: Cell) -> Cell:
    """The same day some months on; the last of the month where it has no such day."""
    if not (here(day) and here(months)):
        return UNKNOWN
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def years_after(day: Cell, years: Cell) -> Cell:
    """The same day some years on; the 28th where February has no 29th."""
    return months_after(day, years * 12) if here(years) else UNKNOWN


def days_between(start: Cell, end: Cell) -> Cell:
    """cd(a, b): calendar days; may be negative."""
    return (end - start).days if here(start) and here(end) else UNKNOWN


def in_holiday_calendar(day: dt.date) -> bool:
    return 2004 <= day.year <= 2026


@cache
def is_working_day(day: dt.date) -> bool:
    return bool(chinese_calendar.is_workday(day))


@cache
def _working_days(start: dt.date, end: dt.date) -> int:
    return sum(is_working_day(start + n * DAY) for n in range(1, (end - start).days + 1))


def working_days_between(start: Cell, end: Cell) -> Cell:
    """wd(a, b): working days after a, up to and including b; 0 where b is not after a; unknown outside the holiday calendar."""
    if not (here(start) and here(end)):
        return UNKNOWN
    if end <= start:
        return 0
    return _working_days(start, end) if in_holiday_calendar(start) and in_holiday_calendar(end) else UNKNOWN


def rolled(day: Cell) -> Cell:
    """roll(x): the day itself, or the next working day where it is a day off."""
    while here(day) and in_holiday_calendar(day):
        if is_working_day(day):
            return day
        day += DAY
    return UNKNOWN
