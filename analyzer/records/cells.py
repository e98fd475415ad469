"""SQL that turns the text of one cell into its typed value: two expressions for each kind of column.

`usual` reads the spelling that exports use most, from the cell as it stands. Only where it gives null is the cell
turned half-width and trimmed (`half`), and `patient` reads all the other spellings from that. They are layers of one
query rather than one expression, since DuckDB would draw repeated parts out of a `coalesce` and work on every row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from analyzer.model import Column, Kind, Text
from analyzer.records import moments
from analyzer.records.sql import quoted
from analyzer.records.units import is_measured, units_of

ERROR_VALUES = (
    "#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!",
)  # fmt: skip
_SPACES = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000￥"
_HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + " ¥"
_BLANKS = ("", "-", "/", "无", "NULL", "N/A")
_TRUE = ("是", "有", "1", "Y", "√", "true", "yes", "t", "✓", "✔", "☑", "对")
_FALSE = ("否", "无", "0", "N", "×", "false", "no", "f", "✗", "✘", "✕", "╳", "没有")
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\.\d+)"
_WORTH = "DECIMAL(12,4)"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one file spells a column: its unit's worth, the strptime format and the values of a mapping."""

    worth: Decimal = Decimal(1)
    format: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def trimmed(cell: str) -> str:
    """SQL for the cell without spaces, tabs, line breaks and invisible marks at its ends."""
    return f"trim({cell}, {quoted(_SPACES)})"


def half_width(cell: str) -> str:
    """SQL for the trimmed cell with full-width letters, digits and marks turned half-width."""
    return f"trim(translate({trimmed(cell)}, {quoted(_FULL)}, {quoted(_HALF)}))"


def is_blank(column: Column, half: str) -> str:
    """SQL that is true when a half-width cell stands for a blank: nothing, `-`, `/`, `无`, `NULL`, `N/A`."""
    # 无 answers 有 in every column of yes and no, also where the name has no is_ or has_ (放弃陈述申辩)
    words = [word for word in _BLANKS if not (word == "无" and column.kind is Kind.BOOLEAN)]
    return f"upper({half}) IN ({', '.join(map(quoted, words))})"


def reason(column: Column) -> Text:
    """Why a cell of this column could not be read, as the issue says it."""
    return _REASONS[Kind.NUMBER if is_measured(column) else column.kind]


def mapped(cell: str, values: Mapping[str, str]) -> str:
    """SQL for the cell with the spellings of a mapping file replaced by canonical values."""
    if not values:
        return cell
    cases = " ".join(f"WHEN {quoted(old.strip())} THEN {quoted(new)}" for old, new in values.items())
    return f"CASE {trimmed(cell)} {cases} ELSE {cell} END"


def usual(column: Column, cell: str, spelling: Spelling) -> str:
    """SQL for the value of a cell in its most frequent spelling; null for every other cell."""
    match column.kind:
        case Kind.TEXT:
            return _usual_text(column, cell)
        case Kind.ENUM:
            return _cases(cell, _enum_words(column))
        case Kind.BOOLEAN:
            return f"({_cases(cell, _yes_and_no())})::BOOLEAN"
        case Kind.DATE | Kind.TIMESTAMP:
            return moments.usual(column.kind, cell, spelling.format)
        case _:
            return _usual_number(column, cell, spelling.worth)


def unread(column: Column, cell: str, value: str) -> str:
    """SQL that is true when a cell is filled and `usual` did not read it, so that `patient` has to look."""
    if column.kind in {Kind.DATE, Kind.TIMESTAMP}:
        return f"{cell} IS NOT NULL AND ({value} IS NULL OR {moments.misread(column.kind, value)})"
    return f"{value} IS NULL AND {cell} IS NOT NULL"


def patient(column: Column, half: str, cell: str, spelling: Spelling) -> str:
    """SQL for the value of a cell in any other spelling; null when it is blank or cannot be read."""
    match column.kind:
        case Kind.TEXT:
            return _patient_text(column, half, cell)
        case Kind.ENUM:
            return _loose(half, _enum_words(column))
        case Kind.BOOLEAN:
            return f"({_loose(half, _yes_and_no())})::BOOLEAN"
        case Kind.DATE | Kind.TIMESTAMP:
            return moments.patient(column.kind, half, spelling.format)
        case _:
            return _patient_number(column, half, spelling.worth)


def _usual_text(column: Column, cell: str) -> str:
    return f"CASE WHEN {stands(column, cell)} THEN {cell} END"


def stands(column: Column, cell: str) -> str:
    """SQL that is true when the text of a cell is its value as it stands; never true of a blank or an error value."""
    if column.personal == "plate":
        return rf"regexp_full_match({cell}, '[\x{{4e00}}-\x{{9fff}}][A-Z][0-9A-Z]{{5,6}}')"
    if _is_number_of(column):
        # ASCII, begins with a letter or digit and ends with a mark: no error value; no 1.2E+17
        return (
            f"strlen({cell}) = length({cell}) AND {cell} >= '0' AND {cell}[-1] > ' ' "
            f"AND NOT contains({cell}, '+') AND {cell} NOT IN ('NULL', 'null', 'N/A', 'n/a')"
        )
    plain = r"[\x{4e00}-\x{9fff}0-9A-Za-z][^\r]*[\x{4e00}-\x{9fff}0-9A-Za-z]"
    return f"regexp_full_match({cell}, '{plain}') AND {cell} NOT IN ('NULL', 'null', 'N/A', 'n/a')"


def _is_number_of(column: Column) -> bool:
    return column.name.endswith(("_id", "_no"))


def _patient_text(column: Column, half: str, cell: str) -> str:
    errors = ", ".join(map(quoted, ERROR_VALUES))
    value = rf"replace({trimmed(cell)}, chr(13) || chr(10), chr(10))"
    lost = "false"
    if column.personal == "plate":
        value = rf"regexp_replace(upper({half}), '[\s·•・‧.\-]', '', 'g')"
    elif _is_number_of(column):
        value = half
        # 1.23457E+17: the number is lost, and several of them would become one key
        lost = rf"regexp_full_match({half}, '\d(\.\d+)?[Ee]\+\d+')"
    return f"CASE WHEN {is_blank(column, half)} OR upper({half}) IN ({errors}) OR {lost} THEN NULL ELSE {value} END"


def spell(word: str) -> str:
    """Return the word as it is compared: half-width, without spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).lower()


def _yes_and_no() -> dict[str, str]:
    return dict.fromkeys(_TRUE, "true") | dict.fromkeys(_FALSE, "false")


def _enum_words(column: Column) -> dict[str, str]:
    words: dict[str, str] = {}
    for value, also in (column.values or {}).items():
        for word in (value, *also):
            words.setdefault(word, value)
            if column.name.endswith("_color"):
                words.setdefault(word + "色", value)
                words.setdefault(word + "牌", value)
    return words


def _cases(cell: str, words: Mapping[str, str]) -> str:
    return f"CASE {cell} {' '.join(f'WHEN {quoted(word)} THEN {quoted(value)}' for word, value in words.items())} END"


def _loose(half: str, words: Mapping[str, str]) -> str:
    spelt = {spell(word): value for word, value in reversed(list(words.items()))}
    return _cases(rf"lower(regexp_replace({half}, '\s', '', 'g'))", spelt)


def _usual_number(column: Column, cell: str, worth: Decimal) -> str:
    if column.kind is Kind.INTEGER and worth == 1 and not is_measured(column):
        # digits alone need no look at what follows a point
        number = _shaped(column, f"try_cast({cell} AS DECIMAL(18,6))")
        digits = f"strlen({cell}) <= 12 AND NOT {cell} GLOB '*[!0-9]*'"
        return f"CASE WHEN {digits} THEN try_cast({cell} AS BIGINT) ELSE {number} END"
    if column.kind is Kind.NUMBER and worth == 1:
        # nan and inf are numbers to a cast, and begin with a letter
        return f"CASE WHEN {cell} < ':' AND isfinite(try_cast({cell} AS DOUBLE)) THEN {cell}::DOUBLE END"
    number = f"try_cast({cell} AS DECIMAL(18,6))"
    # wider than its digits: the product of two narrow decimals overflows instead of growing
    return _shaped(column, number if worth == 1 else f"{number}::DECIMAL(24,6) * {worth}::{_WORTH}")


def _patient_number(column: Column, half: str, worth: Decimal) -> str:
    units = units_of(column)
    unit = "|".join(sorted(units, key=len, reverse=True)) or "$."
    bare = rf"regexp_replace({half}, '^(人民币|rmb)?[¥$]|^人民币|^±|\s', '', 'gi')"
    # thousands need their groups of three: 46,1 may stand for 46.1
    pattern = quoted(rf"(?i)^({_NUMBER})({unit})?$")
    digits = f"replace(regexp_extract({bare}, {pattern}, 1), ',', '')"
    times = f"{worth}::{_WORTH}"
    if units:
        worths = " ".join(f"WHEN {quoted(name)} THEN {value}::{_WORTH}" for name, value in units.items())
        times = f"CASE lower(regexp_extract({bare}, {pattern}, 2)) {worths} ELSE {times} END"
    return _shaped(column, f"try_cast({digits} AS DECIMAL(20,8)) * ({times})")


def _shaped(column: Column, value: str) -> str:
    if column.kind is Kind.INTEGER and is_measured(column):
        return f"try_cast(round({value}) AS BIGINT)"
    if column.kind is Kind.INTEGER:
        return f"CASE WHEN {value} = round({value}) THEN try_cast({value} AS BIGINT) END"
    if column.kind is Kind.RATIO:
        # 5 alone may be 5 % or 500 %: not for us to choose
        return f"CASE WHEN abs({value}) <= 1 THEN try_cast({value} AS {column.kind.sql_type}) END"
    return f"try_cast({value} AS {column.kind.sql_type})"


_REASONS = {
    Kind.TEXT: Text(
        "单元格是错误值，或编号被改成了科学计数", "an error value, or a number spoilt by scientific notation"
    ),
    Kind.TIMESTAMP: Text("不是能读的时间", "not a time that can be read"),
    Kind.DATE: Text("不是能读的日期", "not a date that can be read"),
    Kind.INTEGER: Text("不是能读的整数", "not a whole number that can be read"),
    Kind.NUMBER: Text("不是能读的数", "not a number that can be read"),
    Kind.RATIO: Text("不是能读的比率（如 0.05 或 5%）", "not a ratio that can be read (such as 0.05 or 5%)"),
    Kind.MONEY: Text("不是能读的金额", "not an amount that can be read"),
    Kind.BOOLEAN: Text("不是能读的“是/否”", "not a yes or no that can be read"),
    Kind.ENUM: Text("不是这一列的可选值", "not one of the values of this column"),
}
