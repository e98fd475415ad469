"""SQL that reads a date or a moment in any of the spellings of exports, Excel serial numbers among them."""

from __future__ import annotations

from analyzer.model import Kind
from analyzer.records.sql import quoted

_DAY = r"((?:19|[2-9]\d)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*(?:星期|周)[一二三四五六日天])?"
_COMPACT_DAY = r"((?:19|[2-9]\d)\d\d)(\d{2})(\d{2})"
_HOUR = r"[\sT]*(\d{1,2})\s*[:时点]"
_CLOCK = _HOUR + r"\s*(\d{1,2})\s*"
_ZONE = r"(?:\s*\+08:?(?:00)?)?"
# each pattern with the text that DuckDB casts; `\4` and on are hour, minute, second
_SPELLINGS = (
    (_COMPACT_DAY, r"\1-\2-\3"),
    (_COMPACT_DAY + r"[\sT]*(\d{2}):?(\d{2}):?(\d{2})", r"\1-\2-\3 \4:\5:\6"),
    (_COMPACT_DAY + r"[\sT]*(\d{2}):?(\d{2})", r"\1-\2-\3 \4:\5:00"),
    (_DAY, r"\1-\2-\3"),
    (_DAY + _CLOCK + r"[:分]\s*(\d{1,2})(?:\.\d+)?\s*秒?" + _ZONE, r"\1-\2-\3 \4:\5:\6"),
    (_DAY + _CLOCK + "分?" + _ZONE, r"\1-\2-\3 \4:\5:00"),
    (_DAY + _HOUR.replace(":", ""), r"\1-\2-\3 \4:00:00"),
)
_UNIVERSAL = _DAY + _CLOCK + r":(\d{1,2})(?:\.\d+)?(?:Z|\+00:?00)"
# Excel counts days from here; five digits are 1927 to 2173
_EPOCH = "TIMESTAMP '1899-12-30'"


def moment(kind: Kind, cell: str, half: str, pattern: str | None) -> str:
    """SQL for `cell` as DATE or TIMESTAMP; `half` is the cell half-width, `pattern` a strptime format to try first.

    A fraction of a second is dropped; a moment before 1900 is a misreading (a year of two digits) and becomes null.
    """
    tries = [_usual(kind, cell), _slow(half)]
    if pattern:
        tries.insert(0, f"try_strptime({half}, {quoted(pattern)})")
    sql_type = kind.sql_type
    return f"coalesce({', '.join(f'try_cast({each} AS {sql_type})' for each in tries)})"


def _usual(kind: Kind, cell: str) -> str:
    # begins with a year and ends with a digit: keeps `epoch`, `infinity` and zones away from the cast
    safe = f"{cell} >= '1' AND {cell} < '3' AND length({cell}) <= 19 AND right({cell}, 1) BETWEEN '0' AND '9'"
    read = f"try_cast({cell} AS {kind.sql_type})"
    oldest, beyond = f"{kind.sql_type} '1900-01-01'", f"{kind.sql_type} '2200-01-01'"
    return f"CASE WHEN {safe} AND {read} >= {oldest} AND {read} < {beyond} THEN {read} END"


def _slow(half: str) -> str:
    cases = [
        f"WHEN regexp_full_match({half}, {quoted(pattern)}) "
        f"THEN try_cast(regexp_replace({half}, {quoted('^' + pattern + '$')}, {quoted(cast)}) AS TIMESTAMP)"
        for pattern, cast in _SPELLINGS
    ]
    universal = f"regexp_replace({half}, {quoted('^' + _UNIVERSAL + '$')}, {quoted(_SPELLINGS[1][1])})"
    cases.append(
        f"WHEN regexp_full_match({half}, {quoted(_UNIVERSAL)}) THEN try_cast({universal} AS TIMESTAMP) + INTERVAL 8 HOUR"
    )
    serial = f"to_seconds(round(try_cast({half} AS DOUBLE) * 86400)::BIGINT)"
    cases.append(rf"WHEN regexp_full_match({half}, '\d{{5}}(\.\d+)?') THEN {_EPOCH} + {serial}")
    return f"CASE {' '.join(cases)} END"
