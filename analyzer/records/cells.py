"""SQL that turns the text of one cell into its typed value: one expression for each kind of column.

Each expression tries the spelling that exports use most and does the slow work only for the cells where that
failed; `coalesce` and `CASE` of DuckDB look at the remaining rows only. A cell that is neither blank nor readable
becomes null, and `is_blank` tells the two apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from analyzer.model import Column, Kind, Text
from analyzer.records.moments import moment
from analyzer.records.sql import quoted
from analyzer.records.units import is_measured, units_of

ERROR_VALUES = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!")
_SPACES = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000￥"
_HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + " ¥"
_BLANKS = ("", "-", "/", "无", "NULL", "N/A")
_TRUE = ("是", "有", "1", "Y", "√", "true", "yes", "t", "✓", "✔", "☑", "对")
_FALSE = ("否", "无", "0", "N", "×", "false", "no", "f", "✗", "✘", "✕", "╳", "没有")
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\.\d+)"


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


def is_blank(column: Column, cell: str) -> str:
    """SQL that is true when a cell that is not null stands for a blank: `-`, `/`, `无`, `NULL`, `N/A`."""
    # 无 answers 有 in every column of yes and no, also where the name has no is_ or has_ (放弃陈述申辩)
    words = [word for word in _BLANKS if not (word == "无" and column.kind is Kind.BOOLEAN)]
    return f"upper({half_width(cell)}) IN ({', '.join(map(quoted, words))})"


def reason(column: Column) -> Text:
    """Why a cell of this column could not be read, as the issue says it."""
    return _REASONS[column.kind]


def typed(column: Column, cell: str, spelling: Spelling) -> str:
    """SQL for the typed value of `cell` (text or null); null when it is blank or cannot be read."""
    if spelling.values:
        cases = " ".join(f"WHEN {quoted(old)} THEN {quoted(new)}" for old, new in spelling.values.items())
        cell = f"(CASE {trimmed(cell)} {cases} ELSE {cell} END)"
    match column.kind:
        case Kind.TEXT:
            return _text(column, cell)
        case Kind.ENUM:
            return _word(cell, _enum_words(column))
        case Kind.BOOLEAN:
            words = {word: "true" for word in _TRUE} | {word: "false" for word in _FALSE}
            return f"({_word(cell, words)})::BOOLEAN"
        case Kind.DATE | Kind.TIMESTAMP:
            return moment(column.kind, cell, half_width(cell), spelling.format)
        case _:
            return _number(column, cell, spelling.worth)


def _text(column: Column, cell: str) -> str:
    if column.personal == "plate":
        # the ordinary plate needs no work; the rest is made upper-case and half-width, and loses its marks
        usual = rf"regexp_full_match({cell}, '[\x{{4e00}}-\x{{9fff}}][A-Z][0-9A-Z]{{5,6}}')"
        value = rf"regexp_replace(upper({half_width(cell)}), '[\s·•・‧.\-]', '', 'g')"
        return f"CASE WHEN {usual} THEN {cell} ELSE {_filled(column, cell, value)} END"
    if column.name.endswith(("_id", "_no")):
        usual = f"regexp_full_match({cell}, '[0-9A-Za-z][!-*,-~]*[0-9][!-*,-~]*')"
        slow = _filled(column, cell, half_width(cell))
        # 1.23457E+17: the number is lost, and several of them would become one key
        lost = rf"regexp_full_match({half_width(cell)}, '\d(\.\d+)?[Ee]\+\d+')"
        return f"CASE WHEN {usual} THEN {cell} WHEN {lost} THEN NULL ELSE {slow} END"
    return _filled(column, cell, trimmed(cell))


def _filled(column: Column, cell: str, value: str) -> str:
    errors = ", ".join(map(quoted, ERROR_VALUES))
    return f"CASE WHEN {is_blank(column, cell)} OR upper({trimmed(cell)}) IN ({errors}) THEN NULL ELSE {value} END"


def spell(word: str) -> str:
    """Return the word as it is compared: half-width, without spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).lower()


def _enum_words(column: Column) -> dict[str, str]:
    words: dict[str, str] = {}
    for value, also in (column.values or {}).items():
        for word in (value, *also):
            words.setdefault(word, value)
            if column.name.endswith("_color"):
                words.setdefault(word + "色", value)
                words.setdefault(word + "牌", value)
    return words


def _word(cell: str, words: Mapping[str, str]) -> str:
    def cases(pairs: Mapping[str, str]) -> str:
        return " ".join(f"WHEN {quoted(word)} THEN {quoted(value)}" for word, value in pairs.items())

    loose = {spell(word): value for word, value in reversed(words.items())}
    slow = rf"lower(regexp_replace({half_width(cell)}, '\s', '', 'g'))"
    return f"coalesce(CASE {cell} {cases(words)} END, CASE {slow} {cases(loose)} END)"


def _number(column: Column, cell: str, worth: Decimal) -> str:
    fast = f"try_cast({cell} AS DECIMAL(18,6))"
    if column.kind is Kind.NUMBER and worth == 1:
        # nan and inf are numbers to a cast, and begin with a letter
        fast = f"CASE WHEN {cell} < ':' AND isfinite(try_cast({cell} AS DOUBLE)) THEN {cell}::DOUBLE END"
    elif worth != 1:
        fast = f"{fast} * {worth}::DECIMAL(12,4)"
    units = units_of(column)
    unit = "|".join(sorted(units, key=len, reverse=True)) or "$."
    bare = rf"regexp_replace({half_width(cell)}, '^(人民币|rmb)?[¥$]|^人民币|^±|\s', '', 'gi')"
    pattern = quoted(rf"(?i)^({_NUMBER})({unit})?$")
    digits = f"replace(regexp_extract({bare}, {pattern}, 1), ',', '')"
    worths = " ".join(f"WHEN {quoted(name)} THEN {value}::DECIMAL(12,4)" for name, value in units.items())
    times = f"{worth}::DECIMAL(12,4)"
    if units:
        times = f"CASE lower(regexp_extract({bare}, {pattern}, 2)) {worths} ELSE {times} END"
    slow = f"try_cast({digits} AS DECIMAL(20,8)) * ({times})"
    return f"coalesce({_shaped(column, fast)}, {_shaped(column, slow)})"


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
    Kind.TEXT: Text("单元格是错误值，或编号被改成了科学计数", "an error value, or a number spoilt by scientific notation"),
    Kind.TIMESTAMP: Text("不是能读的时间", "not a time that can be read"),
    Kind.DATE: Text("不是能读的日期", "not a date that can be read"),
    Kind.INTEGER: Text("不是能读的整数", "not a whole number that can be read"),
    Kind.NUMBER: Text("不是能读的数", "not a number that can be read"),
    Kind.RATIO: Text("不是能读的比率（如 0.05 或 5%）", "not a ratio that can be read (such as 0.05 or 5%)"),
    Kind.MONEY: Text("不是能读的金额", "not an amount that can be read"),
    Kind.BOOLEAN: Text("不是能读的“是/否”", "not a yes or no that can be read"),
    Kind.ENUM: Text("不是这一列的可选值", "not one of the values of this column"),
}
