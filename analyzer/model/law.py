"""The law as data: instruments, dated parameters, the profile in force, the calendar of working days.

The values themselves are under `rules/law`, `rules/parameters`, `rules/profiles` and `rules/calendar`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate

from analyzer.model.errors import Text

Value = int | Decimal | date | str | None
"""What a parameter holds. None switches off what rests on it: no such number is in force."""

BASE = "base"
"""The origin of a value that stands in the parameter's own file."""

SET = "--set"
"""The origin of a value that was given on the command line."""


class Status(StrEnum):
    """How well a value or an instrument is known."""

    VERIFIED = "verified"  # the article was read in full
    VERIFIED_X = "verified_x"  # only an excerpt or a secondary copy was read
    RECALLED = "recalled"  # from memory: a breach that rests on it ends in review
    REFERENCE = "reference"  # ours, technical or methodological; no law says it
    SET = "set"  # stated by a profile or the command line, without word of how well it is known


@dataclass(frozen=True, slots=True)
class Instrument:
    """One law, regulation, rule or notice. `rank` is the file of `rules/law` that holds it.

    What the legal basis does not state is None: a date that nobody read is not guessed.
    """

    id: str
    rank: str
    title: Text
    status: Status
    short: Text | None = None
    issuer: Text | None = None
    number: str | None = None
    from_: date | None = None
    until: date | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """An article of an instrument, such as 41(1), or a place in words. `law` is an id, or a name in words."""

    law: str
    article: str | Text | None = None


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """One value of a parameter and what it rests on. `from_` None means from the beginning of time.

    `origin` is the profile that states the value, `BASE` for the parameter's own file, or `SET`.
    """

    from_: date | None
    value: Value
    status: Status
    basis: tuple[Citation, ...] = ()
    checked_on: date | None = None
    note: Text | None = None
    origin: str = BASE

    @property
    def recalled(self) -> bool:
        """Whether a breach that rests on this value ends in review."""
        return self.status is Status.RECALLED

    @property
    def start(self) -> date:
        """`from_`, with the beginning of time as a date."""
        return self.from_ or date.min


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the law with its dates. `entries` stand latest first, so the first that has begun holds.

    `type` is integer, decimal, date or choice. `recalled` says that a value stated without a basis of its own
    counts as recalled, because the number itself is only remembered.
    """

    name: str
    title: Text
    unit: str
    type: str
    entries: tuple[ParameterEntry, ...]
    choices: tuple[str, ...] = ()
    recalled: bool = False
    note: Text | None = None

    def at(self, day: date) -> ParameterEntry | None:
        """Return the entry in force on `day`; None before the first."""
        return next((entry for entry in self.entries if entry.start <= day), None)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a place changes: dated entries by parameter, on top of the profile that it extends."""

    id: str
    title: Text
    extends: str | None = None
    note: Text | None = None
    overrides: Mapping[str, tuple[ParameterEntry, ...]] = field(default_factory=dict)
    instruments: Mapping[str, Instrument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rulings:
    """The law of one place: every parameter with the entries in force there.

    `chain` holds the ids of the profile and of those that it extends, the most local first, so that
    `profile('henan')` is `'henan' in chain`. `instruments` includes those that the profiles bring along.
    """

    chain: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    instruments: Mapping[str, Instrument]

    @property
    def profile(self) -> str:
        """The id of the profile in force."""
        return self.chain[0]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days from `first` to `last`; nothing is known outside.

    `counts[i]` is the number of working days from `first` up to and including the day at place i, so the
    working days between two places are a subtraction. `rolls[i]` is that day or the next working day; None
    where the next one lies beyond `last`.
    """

    first: date
    last: date
    counts: tuple[int, ...]
    rolls: tuple[date | None, ...]

    @classmethod
    def of(cls, first: date, working: Iterable[bool]) -> Calendar:
        """Build the calendar from one flag a day, starting at `first`; there must be at least one day."""
        flags = list(working)
        days = [first + timedelta(days=place) for place in range(len(flags))]
        rolls: list[date | None] = []
        following: date | None = None
        for day, works in zip(reversed(days), reversed(flags), strict=True):
            following = day if works else following
            rolls.append(following)
        return cls(first, days[-1], tuple(accumulate(map(int, flags))), tuple(reversed(rolls)))

    def is_working(self, day: date) -> bool | None:
        """Whether `day` is a working day; None outside the known years."""
        place = self._place(day)
        return None if place is None else self.rolls[place] == day

    def working_days(self, a: date, b: date) -> int | None:
        """Return the working days after `a` up to and including `b`: 0 when b is not after a, None outside.

        The day of the event is not counted (CPL Art. 85). APL-2021 Art. 85 says which periods count so.
        """
        if b <= a:
            return 0
        start, end = self._place(a), self._place(b)
        return None if start is None or end is None else self.counts[end] - self.counts[start]

    def roll(self, day: date) -> date | None:
        """Return `day`, or the next working day when it is a day off (CPL Art. 85, Civil Code Art. 203)."""
        place = self._place(day)
        return None if place is None else self.rolls[place]

    def _place(self, day: date) -> int | None:
        return (day - self.first).days if self.first <= day <= self.last else None
