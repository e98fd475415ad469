"""What the made-up bureau looks like: its days, bodies, stations and words, read from `rules/samples/bureau.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.rulebook.document import read_document

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """The statutory gross limit of one kind of vehicle, and how often such a vehicle comes by."""

    axles: int
    type: str
    limit: int
    share: int
    color: str


@dataclass(frozen=True, slots=True)
class Setting:
    """The stage on which records are made; `words` holds every other entry of the file as it was written."""

    as_of: date
    profile: str
    first_day: date
    last_day: date
    quiet: tuple[tuple[date, date], ...]
    begins: tuple[tuple[date, date], ...]
    numbering: Mapping[str, str]
    limits: tuple[Limit, ...]
    words: Mapping[str, Any]

    def number(self, table: str, serial: int) -> str:
        """Return the key of the row with running number `serial` in `table`."""
        return self.numbering[table].format(serial)

    def add_working_days(self, day: date, count: int) -> date:
        """Return the day `count` working days after `day`; if negative, the working day from which `day` is that far.

        Only inside the quiet spans, where a working day is a weekday and nothing else: the sample must know
        its truth without any calendar of holidays.
        """
        step = timedelta(days=1 if count >= 0 else -1)
        end, left = day, abs(count)
        while left or (count < 0 and end.weekday() >= 5):
            left -= (end if count < 0 else end + step).weekday() < 5
            end += step
        if not any(first <= min(day, end) and max(day, end) <= last for first, last in self.quiet):
            raise AnalyzerError(_outside_quiet(day, end))
        return end


def read_setting(folder: Path) -> Setting:
    """Read `bureau.yaml` of `folder` (`rules/samples`)."""
    data = read_document(folder / "bureau.yaml").data
    return Setting(
        as_of=data["as_of"],
        profile=data["profile"],
        first_day=data["first_day"],
        last_day=data["last_day"],
        quiet=tuple((first, last) for first, last in data["quiet"]),
        begins=tuple((first, last) for first, last in data["begins"]),
        numbering=data["numbering"],
        limits=tuple(Limit(**entry) for entry in data["limits"]),
        words=data,
    )


def _outside_quiet(day: date, end: date) -> Problem:
    return Problem(
        "rules/samples",
        Text(
            f"{day} 至 {end} 之间可能有节假日，样例不能在这里数工作日",
            f"there may be holidays between {day} and {end}; samples cannot count working days here",
        ),
        Text(
            "请给场景换一个 begin，或在 bureau.yaml 里加 quiet",
            "Give the scenario another `begin`, or add a quiet span",
        ),
    )
