"""Working days: our table against the independent one, the counting, and mistakes in the table."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from analyzer.model import AnalyzerError
from analyzer.model.law import Calendar
from analyzer.rulebook.calendar import load_calendar

from .small_law import RULES

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar(RULES / "calendar")


def test_every_day_agrees_with_chinesecalendar(calendar: Calendar) -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert (calendar.first, calendar.last) == (FIRST, LAST)
    assert [day for day in days if calendar.is_working(day) != chinese_calendar.is_workday(day)] == []


def test_the_arrays_have_one_place_a_day(calendar: Calendar) -> None:
    days = (LAST - FIRST).days + 1
    assert len(calendar.counts) == len(calendar.rolls) == days
    assert calendar.counts[0] == 0  # New Year 2004
    for place, roll in enumerate(calendar.rolls):
        day = FIRST + timedelta(days=place)
        assert roll is None or (roll >= day and calendar.is_working(roll))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("2024-03-08", "2024-03-18", 6),  # a Friday: the seventh working day is the Tuesday after next
        ("2024-03-08", "2024-03-19", 7),
        ("2024-03-08", "2024-03-20", 8),
        ("2024-02-07", "2024-02-17", 2),  # Spring Festival 10-17 February, the 18th (Sunday) is worked
        ("2024-02-07", "2024-02-18", 3),
        ("2024-02-07", "2024-02-22", 7),
        ("2024-03-08", "2024-03-09", 0),  # a Saturday
        ("2024-03-08", "2024-03-08", 0),
        ("2024-03-08", "2024-03-01", 0),
        ("2026-12-30", "2027-01-04", None),
        ("2003-12-31", "2004-01-05", None),
        ("2027-01-05", "2027-01-04", 0),
        ("2004-01-01", "2026-12-31", 5744),
    ],
)
def test_working_days(calendar: Calendar, a: str, b: str, expected: int | None) -> None:
    assert calendar.working_days(date.fromisoformat(a), date.fromisoformat(b)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-02-10", "2024-02-18"),
        ("2024-02-18", "2024-02-18"),
        ("2024-03-09", "2024-03-11"),
        ("2024-10-01", "2024-10-08"),
        ("2026-12-31", "2026-12-31"),
        ("2027-01-01", None),
        ("2003-12-31", None),
    ],
)
def test_roll(calendar: Calendar, day: str, expected: str | None) -> None:
    rolled = calendar.roll(date.fromisoformat(day))
    assert rolled == (date.fromisoformat(expected) if expected else None)


def test_outside_the_years_nothing_is_known(calendar: Calendar) -> None:
    assert calendar.is_working(date(2027, 1, 4)) is None
    assert calendar.is_working(date(2003, 12, 31)) is None


def test_a_made_up_working_saturday(tmp_path: Path) -> None:
    (tmp_path / "2030.csv").write_text("day,kind,name\n2030-06-15,work,某节调休\n2030-06-17,off,某节\n", "utf-8")
    made_up = load_calendar(tmp_path)
    assert made_up.is_working(date(2030, 6, 15))
    assert made_up.working_days(date(2030, 6, 14), date(2030, 6, 18)) == 2
    assert made_up.roll(date(2030, 6, 16)) == date(2030, 6, 18)


def test_a_day_off_at_the_very_end_rolls_nowhere(tmp_path: Path) -> None:
    (tmp_path / "2030.csv").write_text("day,kind,name\n2030-12-31,off,某节\n", "utf-8")
    assert load_calendar(tmp_path).roll(date(2030, 12, 31)) is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2030-06-31,off,某节", "`2030-06-31` is not a date"),
        ("2030-06-17,holiday,某节", "`2030-06-17,holiday,某节` cannot be understood"),
        ("2030-06-17,off", "cannot be understood"),
        ("2031-06-17,off,某节", "2031-06-17 is not in 2030"),
        ("2030-01-01,off,元旦", "stands here twice"),
        ("2030-06-17,work,某节", "2030-06-17 is a working day anyway"),
    ],
)
def test_a_bad_row_is_shown_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    (tmp_path / "2030.csv").write_text(f"day,kind,name\n2030-01-01,off,元旦\n{row}\n", "utf-8")
    with pytest.raises(AnalyzerError) as caught:
        load_calendar(tmp_path)
    assert caught.value.problems[0].place.endswith("2030.csv, line 3")
    assert words in caught.value.say("en")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"2030.csv": "date,kind\n"}, "the header must be"),
        ({"holidays.csv": "day,kind,name\n", "2030.csv": "day,kind,name\n"}, "name must be a year"),
        ({"2030.csv": "day,kind,name\n", "2032.csv": "day,kind,name\n"}, "the year 2031 is missing"),
        ({}, "there is no year here"),
    ],
)
def test_a_bad_folder(tmp_path: Path, files: dict[str, str], words: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(AnalyzerError, match=words):
        load_calendar(tmp_path)
