"""The named functions that rules may use, each with one definition per engine.

A function's value is unknown when one of its arguments is. Dates are compared as dates, whatever the type of the
cell; a length of time is counted from the day after the first date, as the law counts (CPL Art. 85).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from analyzer.model.law import Calendar


@dataclass(frozen=True)
class Function:
    """A function of the rule language: its arguments in words, what it gives, and its SQL in DuckDB."""

    arity: int
    about: str
    duckdb: Callable[..., str]


def _least(*values: str) -> str:
    return _guarded("least", values)


def _greatest(*values: str) -> str:
    return _guarded("greatest", values)


def _guarded(name: str, values: tuple[str, ...]) -> str:
    # least(30000, NULL) is 30000 in every engine: a blank excess would be fined the maximum.
    missing = " OR ".join(f"({value}) IS NULL" for value in values)
    return f"CASE WHEN {missing} THEN NULL ELSE {name}({', '.join(values)}) END"


FUNCTIONS: dict[str, Function] = {
    "date": Function(1, "the day of a moment", lambda x: f"CAST({x} AS DATE)"),
    "year": Function(1, "the year of a date", lambda x: f"year({x})"),
    "month": Function(1, "the month of a date, 1 to 12", lambda x: f"month({x})"),
    "abs": Function(1, "the size of a number", lambda x: f"abs({x})"),
    "least": Function(-1, "the smallest value, unknown when one is unknown", _least),
    "greatest": Function(-1, "the largest value, unknown when one is unknown", _greatest),
    "earliest": Function(-1, "the smallest of the values that are there", lambda *v: f"least({', '.join(v)})"),
    "latest": Function(-1, "the largest of the values that are there", lambda *v: f"greatest({', '.join(v)})"),
    "cd": Function(2, "calendar days from a to b; may be negative", lambda a, b: f"cd({a}, {b})"),
    "wd": Function(
        2, "working days after a up to and including b; 0 when b is not after a", lambda a, b: f"wd({a}, {b})"
    ),
    "roll": Function(1, "the day itself, or the next working day when it is a day off", lambda x: f"roll({x})"),
    "days": Function(
        3,
        "cd or wd, as the third argument says",
        lambda a, b, unit: f"CASE {unit} WHEN 'wd' THEN wd({a}, {b}) WHEN 'cd' THEN cd({a}, {b}) END",
    ),
    "add_days": Function(2, "a date n days later", lambda x, n: f"add_days({x}, {n})"),
    "add_months": Function(
        2, "the same day n months later, or the month's end", lambda x, n: f"months_after({x}, {n})"
    ),
    "add_years": Function(
        2, "the same day n years later, or the month's end", lambda x, n: f"months_after({x}, 12 * ({n}))"
    ),
    "add_seconds": Function(2, "a moment n seconds later", lambda x, n: f"add_seconds({x}, {n})"),
    "seconds": Function(2, "seconds from a to b", lambda a, b: f"seconds_between({a}, {b})"),
    "div_up": Function(2, "whole division, rounded up", lambda a, b: f"div_up({a}, {b})"),
    "div_down": Function(2, "whole division, rounded down", lambda a, b: f"div_down({a}, {b})"),
    "starting": Function(2, "the first n characters of a text", lambda x, n: f"substring({x}, 1, {n})"),
    "matches": Function(
        2, "whether a whole text fits a regular expression", lambda x, pattern: f"regexp_full_match({x}, {pattern})"
    ),
    "km": Function(
        4,
        "great-circle kilometres between (lat, lon) and (lat, lon), R = 6371",
        lambda a, b, c, d: f"great_circle_km({a}, {b}, {c}, {d})",
    ),
}

_MACROS = """
CREATE OR REPLACE TEMP MACRO cd(a, b) AS date_diff('day', CAST(a AS DATE), CAST(b AS DATE));
CREATE OR REPLACE TEMP MACRO add_days(x, n) AS CAST(CAST(x AS DATE) + CAST(n AS INTEGER) AS DATE);
CREATE OR REPLACE TEMP MACRO months_after(x, n) AS CAST(CAST(x AS DATE) + to_months(CAST(n AS INTEGER)) AS DATE);
CREATE OR REPLACE TEMP MACRO add_seconds(x, n) AS x + to_seconds(n);
CREATE OR REPLACE TEMP MACRO seconds_between(a, b) AS date_diff('second', a, b);
CREATE OR REPLACE TEMP MACRO div_down(a, b) AS CAST(floor(a / b) AS BIGINT);
CREATE OR REPLACE TEMP MACRO div_up(a, b) AS CAST(ceil(a / b) AS BIGINT);
CREATE OR REPLACE TEMP MACRO great_circle_km(lat1, lon1, lat2, lon2) AS
  2 * 6371 * asin(sqrt(least(1.0, pow(sin(radians(lat2 - lat1) / 2), 2)
    + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2))));
CREATE OR REPLACE TEMP MACRO calendar_place(x) AS
  CASE WHEN CAST(x AS DATE) BETWEEN DATE '{first}' AND DATE '{last}'
       THEN CAST(date_diff('day', DATE '{first}', CAST(x AS DATE)) AS INTEGER) END;
CREATE OR REPLACE TEMP MACRO working_days_until(place) AS
  (getvariable('working_days')[(place >> {shift}) + 1] >> {bits})
  + bit_count(getvariable('working_days')[(place >> {shift}) + 1] & ((CAST(2 AS BIGINT) << (place & {last_bit})) - 1));
CREATE OR REPLACE TEMP MACRO wd(a, b) AS
  CASE WHEN a IS NULL OR b IS NULL THEN NULL
       WHEN CAST(b AS DATE) <= CAST(a AS DATE) THEN 0
       ELSE CAST(working_days_until(calendar_place(b)) - working_days_until(calendar_place(a)) AS INTEGER) END;
CREATE OR REPLACE TEMP MACRO working_days_ahead(place) AS
  (getvariable('working_days')[(place >> {shift}) + 1] & {all_bits}) >> (place & {last_bit});
CREATE OR REPLACE TEMP MACRO days_to_first(ahead) AS CASE WHEN ahead > 0 THEN bit_count((ahead & -ahead) - 1) END;
CREATE OR REPLACE TEMP MACRO roll(x) AS
  CAST(CAST(x AS DATE) + CAST(days_to_first(working_days_ahead(calendar_place(x))) AS INTEGER) AS DATE);
"""

_WORDS = (
    "fact_json(low, high, filled, records) AS"
    " CASE WHEN low IS NOT DISTINCT FROM high AND filled IN (0, records) THEN to_json(low)"
    " WHEN filled = records THEN json_object('from', low, 'to', high)"
    " ELSE json_object('from', low, 'to', high, 'without', records - filled) END",
    "said(x, blank) AS CASE WHEN x IS NULL THEN blank ELSE CAST(x AS VARCHAR) END",
    "said_yuan(x, blank) AS CASE WHEN x IS NULL THEN blank WHEN contains(CAST(x AS VARCHAR), '.')"
    r" THEN regexp_replace(CAST(x AS VARCHAR), '\.?0+$', '') ELSE CAST(x AS VARCHAR) END",
    # Four figures that count: 1500, 12.35, 0.0004.
    "said_number(x, blank) AS CASE WHEN x IS NULL THEN blank WHEN abs(x) >= 1000"
    " THEN CAST(CAST(round(x) AS BIGINT) AS VARCHAR) ELSE format('{:.4g}', x) END",
    "said_span(low, high, low_said, joint, high_said) AS"
    " CASE WHEN low IS NOT DISTINCT FROM high THEN low_said ELSE concat(low_said, joint, high_said) END",
)
"""How findings put what they found into words. To read the same text a hundred times takes longer than to work it out."""

_DAYS, _AHEAD = 32, 16
"""A block of the calendar covers so many days (a power of two), and knows which of so many more are working days."""


def duckdb_definitions(calendar: Calendar) -> list[str]:
    """Return the statements that teach a DuckDB connection our functions and the working-day calendar."""
    numbers = calendar_numbers(calendar)
    macros = _MACROS.format(**numbers)
    return [
        f"SET VARIABLE working_days = CAST([{numbers['blocks']}] AS BIGINT[])",
        *(statement for statement in macros.split(";\n") if statement.strip()),
        *(f"CREATE OR REPLACE TEMP MACRO {macro}" for macro in _WORDS),
    ]


def calendar_numbers(calendar: Calendar) -> dict[str, str]:
    """Return what the definitions of an engine are filled with: the calendar as blocks, and how they are read."""
    return {
        "first": calendar.first.isoformat(),
        "last": calendar.last.isoformat(),
        "shift": str(_DAYS.bit_length() - 1),
        "last_bit": str(_DAYS - 1),
        "bits": str(_DAYS + _AHEAD),
        "all_bits": str((1 << (_DAYS + _AHEAD)) - 1),
        "blocks": ", ".join(str(number) for number in _blocks(calendar)),
    }


def _blocks(calendar: Calendar) -> list[int]:
    """Return the calendar as one number for each block of days.

    The lower bits say which days work, those above them how many worked before the block. A list of every day would
    say the same, but a look-up takes time for each of its entries, whatever the number of rows.
    """
    works = [roll == calendar.first + timedelta(days=place) for place, roll in enumerate(calendar.rolls)]
    blocks = []
    for start in range(0, len(works), _DAYS):
        ahead = works[start : start + _DAYS + _AHEAD]
        if not any(ahead[_DAYS - 1 :]) and len(ahead) == _DAYS + _AHEAD:
            raise ValueError("the calendar has no working day for longer than a look-up reaches")
        before = calendar.counts[start - 1] if start else 0
        blocks.append(sum(1 << bit for bit, work in enumerate(ahead) if work) + (before << (_DAYS + _AHEAD)))
    return blocks
