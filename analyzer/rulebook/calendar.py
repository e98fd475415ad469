"""The calendar of working days: `rules/calendar/<year>.csv` over the plain rule of weekdays and weekends.

The State Council's yearly notice moves days off and makes Saturdays and Sundays working days (调休), so no
formula gives them. A year without a file is not known, and nothing is guessed about it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.law import Calendar

_HEADER = ["day", "kind", "name"]
_KINDS = {"off": False, "work": True}
_REMEDY = Text(
    "每行写作 2024-02-04,work,春节调休：off 为放假，work 为周末上班；只列与平常不同的日子",
    "Write 2024-02-04,work,name: off is a day off, work a weekend worked; list only the days that differ",
)


def load_calendar(folder: Path) -> Calendar:
    """Read every year of `folder` (`rules/calendar`); raise `AnalyzerError` naming every mistake at once."""
    problems: list[Problem] = []
    years: dict[int, dict[date, bool]] = {}
    for path in sorted(folder.glob("*.csv")):
        if path.stem.isdigit() and len(path.stem) == 4:
            years[int(path.stem)] = _read_year(path, problems)
        else:
            cause = Text("文件名应是年份，如 2024.csv", "the file's name must be a year, like 2024.csv")
            problems.append(Problem(path.as_posix(), cause))
    problems.extend(_gaps(folder, sorted(years)))
    if problems:
        raise AnalyzerError(problems)
    moved = {day: works for days in years.values() for day, works in days.items()}
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    return Calendar.of(first, (moved.get(day, day.weekday() < 5) for day in _days(first, last)))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=place) for place in range((last - first).days + 1))


def _gaps(folder: Path, years: list[int]) -> Iterator[Problem]:
    if not years:
        yield Problem(folder.as_posix(), Text("没有任何年份", "there is no year here"))
        return
    for year in range(years[0], years[-1]):
        if year not in years:
            cause = Text(f"缺少 {year} 年", f"the year {year} is missing")
            remedy = Text("年份必须连续", "The years must follow one another")
            yield Problem(folder.as_posix(), cause, remedy)


def _read_year(path: Path, problems: list[Problem]) -> dict[date, bool]:
    found: dict[date, bool] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        if next(rows, None) != _HEADER:
            wrong = Text("表头应是 day,kind,name", "the header must be day,kind,name")
            problems.append(Problem(f"{path.as_posix()}, line 1", wrong))
            return found
        for row in rows:
            cause = _read_row(row, int(path.stem), found)
            if cause is not None:
                problems.append(Problem(f"{path.as_posix()}, line {rows.line_num}", cause, _REMEDY))
    return found


def _read_row(row: list[str], year: int, found: dict[date, bool]) -> Text | None:
    """Put the day of a row into `found`, or return what is wrong with the row."""
    if len(row) != len(_HEADER) or row[1] not in _KINDS:
        line = ",".join(row)
        return Text(f"读不懂 `{line}`", f"`{line}` cannot be understood")
    try:
        day = date.fromisoformat(row[0])
    except ValueError:
        return Text(f"`{row[0]}` 不是日期", f"`{row[0]}` is not a date")
    if day.year != year or day in found:
        return Text(f"{day} 不在 {year} 年，或写了两次", f"{day} is not in {year}, or stands here twice")
    if _KINDS[row[1]] and day.weekday() < 5:
        return Text(f"{day} 本来就是工作日", f"{day} is a working day anyway")
    found[day] = _KINDS[row[1]]
    return None
