"""The chance behind made bureaus: one seed, one bureau. Days fall on the edges of the rules far more often than chance would."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any, TypeVar

from tests.oracle.three_values import DAY, in_holiday_calendar, is_working_day

_Any = TypeVar("_Any")

Date = dt.date

EDGES = [
    *(Date(2021, 7, day) for day in (14, 15, 16)),
    *(Date(2023, 5, day) for day in (10, 11, 12)),
    *(Date(2021, 1, 10), Date(2021, 1, 11), Date(2021, 11, 30), Date(2021, 12, 1), Date(2021, 12, 2)),
    *(Date(2023, 10, 31), Date(2023, 11, 1), Date(2023, 12, 31), Date(2024, 1, 1), Date(2024, 1, 2)),
    *(Date(2020, 2, 29), Date(2024, 2, 29)),
    # days before and in long holidays, and days off that were worked
    *(Date(2021, 4, 10), Date(2021, 2, 5), Date(2022, 1, 28), Date(2022, 9, 29), Date(2023, 1, 18), Date(2023, 9, 27)),
    *(Date(2023, 9, 29), Date(2023, 10, 7), Date(2023, 10, 8), Date(2024, 2, 2), Date(2024, 2, 4), Date(2024, 2, 7)),
    *(Date(2024, 2, 8), Date(2024, 2, 10), Date(2024, 2, 18), Date(2024, 4, 26), Date(2024, 9, 13), Date(2024, 9, 29)),
    *(Date(2024, 10, 7), Date(2025, 1, 24), Date(2025, 1, 26), Date(2025, 4, 27), Date(2025, 9, 28)),
    *(Date(2025, 10, 11), Date(2025, 12, 31)),
]
BACK_FROM_THE_AUDIT = (-3, 0, 1, 5, 20, 21, 29, 30, 31, 32, 60, 61, 89, 90, 91, 180, 181, 182, 365, 366)
DAYS_OF_AUDITS = [
    *(Date(2025, 12, 31), Date(2024, 6, 30), Date(2026, 3, 1), Date(2025, 10, 9), Date(2023, 11, 15)),
    *(Date(2024, 2, 18), Date(2024, 10, 12), Date(2023, 6, 1), Date(2026, 12, 31)),
]
FIRST_DAY = Date(2020, 11, 1)


class Dice:
    """Choices, days and moments of one made bureau."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.as_of = self.pick(*DAYS_OF_AUDITS)
        self.favourites = [self.day() for _ in range(10)]

    def pick(self, *values: _Any) -> _Any:
        return self.random.choice(values)

    def one(self, values: Sequence[_Any]) -> _Any:
        return self.random.choice(values)

    def chance(self, of_one: float) -> bool:
        return self.random.random() < of_one

    def maybe(self, of_one: float, value: _Any) -> _Any | None:
        """The value, or a blank."""
        return value if self.chance(of_one) else None

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def day(self) -> Date:
        """An edge of a rule, a day at a round distance from the audit, or any day."""
        kind = self.random.random()
        if kind < 0.4:
            return self.one(EDGES)
        if kind < 0.55:
            return self.as_of - self.pick(*BACK_FROM_THE_AUDIT) * DAY
        return FIRST_DAY + self.random.randrange((self.as_of - FIRST_DAY).days + 1) * DAY

    def often(self) -> Date:
        """A day on which more than one thing happens."""
        return self.one(self.favourites) if self.chance(0.5) else self.day()

    def near(self, day: Date, days: Sequence[int] = (), working_days: Sequence[int] = ()) -> Date:
        """A day at one of the distances, in calendar days or in working days."""
        in_working_days, number = self.one([(False, n) for n in days] + [(True, n) for n in working_days])
        if not in_working_days:
            return day + number * DAY
        while number > 0:
            day += DAY
            number -= is_working_day(day) if in_holiday_calendar(day) else 1
        return day

    def around(self, day: Date) -> Date:
        return self.near(day, (-1, 0, 0, 1, 2, 5, 6, 7, 8, 20, 21, 29, 30, 31, 32, 60, 61, 90, 91))

    def moment(self, day: Date) -> dt.datetime:
        """A moment of the day: midnight, the last second, or any."""
        if self.chance(0.2):
            return dt.datetime.combine(day, dt.time())
        if self.chance(0.1):
            return dt.datetime.combine(day, dt.time(23, 59, 59))
        time = dt.time(self.random.randrange(24), self.random.randrange(60), self.random.randrange(60))
        return dt.datetime.combine(day, time)

    def sample(self, values: Sequence[Any], number: int) -> list[Any]:
        return self.random.sample(list(values), number)
