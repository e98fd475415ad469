"""A ledger whose clock the test sets, and findings to follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from analyzer.ledger import Found, Ledger, open_ledger
from analyzer.model import Text


class Clock:
    """The time that the ledger believes in."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_to(self, day: date) -> None:
        self.now = datetime(day.year, day.month, day.day, 9, 0, 0)

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)


class Scans:
    """Follows one made audit after the other: the same findings again unless told otherwise."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger, self.clock, self.runs = ledger, clock, 0

    def __call__(self, *found: Found, **more: object):
        self.runs += 1
        options = {"run_id": f"run-{self.runs}", "as_of": self.clock.now.date(), **more}
        return self.ledger.follow(found, **options)  # type: ignore[arg-type]


def make_found(name: str, **more: object) -> Found:
    """A finding as the ledger takes it."""
    one = Found(
        finding_id=f"f-{name}",
        rule="NTC-05",
        family="NTC",
        verdict="breach",
        severity="high",
        force="statute",
        subject_kind="vehicle",
        subject=Text("豫M***45", "豫M***45"),
        agency_id="01",
        agency="甲支队（01）",
        station_id=None,
        started_on=date(2023, 1, 1),
        ended_on=date(2023, 1, 31),
        record_count=3,
        amount_fen=50_000,
        problem=Text("告知超期", "Told too late"),
        explanation=Text("豫M***45 告知超期", "豫M***45 was told too late"),
        remedy=Text("整改", "Mend it"),
    )
    return replace(one, **more)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2023, 5, 2, 9, 0, 0))


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of an empty ledger: building it takes longer than copying it."""
    path = tmp_path_factory.mktemp("empty") / "ledger.sqlite"
    open_ledger(path).close()
    return path.read_bytes()


@pytest.fixture
def path(empty_ledger: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(empty_ledger)
    return path


@pytest.fixture
def ledger(path: Path, clock: Clock) -> Iterator[Ledger]:
    with open_ledger(path, clock=clock) as opened:
        yield opened


@pytest.fixture
def scan(ledger: Ledger, clock: Clock) -> Scans:
    return Scans(ledger, clock)


Refused = Callable[..., str]
