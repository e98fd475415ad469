"""SQL that reads a date or a moment in any of the spellings of exports, Excel serial numbers among them.

A fraction of a second is dropped; a year before 1900 is a misreading (a year of two digits) and gives null.
"""

from __future__ import annotations

from analyzer.model import Kind
from analyzer.records.sql import quoted

_YEAR = r"((?:19|[2-9]\d)\d\d)"
_DAY = _YEAR + r"\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*(?:星期|周)[一二三四五六日天])?"
_COMPACT_DAY = _YEAR + r"(\d{2})(\d{2})"
_HOUR = r"[\sT]*(\d{1,2})\s*"
_CLOCK = _HOUR + r"[:时点]\s*(\d{1,2})\s*"
_SECONDS = r"[:分]\s*(\d{1,2})(?:\.\d+)?\s*秒?"
_LOCAL = r"(?:\s*\+08:?(?:00)?)?"
_UNIVERSAL = r"(?:Z|\s*\+00:?(?:00)?)"
_FULL = r"\1-\2-\3 \4:\5:\6"
# each pattern with the text that DuckDB casts; the groups are year, month, day, hour, minute, second
_SPELLINGS = (
    (_COMPACT_DAY, r"\1-\2-\3"),
    (_COMPACT_DAY + r"[\sT]*(\d{2}):?(\d{2}):?(\d{2})", _FULL),
    (_COMPACT_DAY + r"[\sT]*(\d{2}):?(\d{2})", r"\1-\2-\3 \4:\5:00"),
    (_DAY, r"\1-\2-\3"),
    (_DAY + _CLOCK + _SECONDS + _LOCAL, _FULL),
    (_DAY + _CLOCK + "分?" + _LOCAL, r"\1-\2-\3 \4:\5:00"),
    (_DAY + _HOUR + "[时点]", r"\1-\2-\3 \4:00:00"),
)
# Excel counts days from here; five digits are 1927 to 2173
_EPOCH = "TIMESTAMP '1899-12-30'"


def usual(kind: Kind, cell: str, pattern: str | None) -> str:
    """SQL for a cell written year first, with `-` or `/`, or as digits alone; `pattern` (strptime) goes before."""
    # begins with a year, has no zone at its end: keeps `epoch`, `infinity` and the clock of Greenwich from the cast
    read = f"try_cast({cell} AS {kind.sql_type})"
    safe = f"{cell} >= '19' AND {cell} < '22' AND NOT ends_with({cell}, 'Z') AND strlen({cell})"
    length, spelt = (14, "%Y%m%d%H%M%S") if kind is Kind.TIMESTAMP else (8, "%Y%m%d")
    compact = f"try_strptime({cell}, '{spelt}')::{kind.sql_type}"
    cases = (
        f"WHEN {safe} = {19 if kind is Kind.TIMESTAMP else 10} THEN {read} "
        f"WHEN strlen({cell}) = {length} AND {cell} < ':' AND {compact} IS NOT NULL THEN {compact} "
        f"WHEN {safe} <= 19 THEN {read}"
    )
    if pattern:
        cases = (
            f"WHEN {_formatted(cell, pattern)} IS NOT NULL THEN {_formatted(cell, pattern)}::{kind.sql_type} {cases}"
        )
    return f"CASE {cases} END"


def misread(kind: Kind, value: str) -> str:
    """SQL that is true for a value that `usual` may have misread: the year 20 of `20-3-5`, 20245 of `20245-03-05`."""
    return f"{value} NOT BETWEEN {kind.sql_type} '1900-01-01' AND {kind.sql_type} '2199-12-31'"


def patient(kind: Kind, half: str, pattern: str | None) -> str:
    """SQL for a trimmed half-width cell in any other spelling; null when it is none of them or no such day exists."""
    cases = [
        f"WHEN regexp_full_match({half}, {quoted(spelling)}) THEN {_rewritten(half, spelling, cast)}"
        for spelling, cast in _SPELLINGS
    ]
    universal = _DAY + _CLOCK + _SECONDS + _UNIVERSAL
    cases.append(
        f"WHEN regexp_full_match({half}, {quoted(universal)}) "
        f"THEN {_rewritten(half, universal, _FULL)} + INTERVAL 8 HOUR"
    )
    days = f"to_seconds(round(try_cast({half} AS DOUBLE) * 86400)::BIGINT)"
    cases.append(rf"WHEN regexp_full_match({half}, '\d{{5}}(\.\d+)?') THEN {_EPOCH} + {days}")
    if pattern:
        cases.insert(0, f"WHEN {_formatted(half, pattern)} IS NOT NULL THEN {_formatted(half, pattern)}")
    return f"(CASE {' '.join(cases)} END)::{kind.sql_type}"


def _formatted(cell: str, pattern: str) -> str:
    return f"try_strptime({cell}, {quoted(pattern)})"


def _rewritten(half: str, spelling: str, cast: str) -> str:
    return f"try_cast(regexp_replace({half}, {quoted('^' + spelling + '$')}, {quoted(cast)}) AS TIMESTAMP)"
