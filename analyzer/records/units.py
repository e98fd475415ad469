"""Units of measure: what a unit is worth in a column's own unit, and which units a column understands.

A column's own unit is the end of its name (`_kg`, `_mm`, `_kmh`, `_yuan`); a header or a cell may name another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from analyzer.model import Column, Kind

_WEIGHT = {
    "kg": "1",
    "千克": "1",
    "公斤": "1",
    "t": "1000",
    "吨": "1000",
    "ton": "1000",
    "g": "0.001",
    "克": "0.001",
}
_LENGTH = {
    "mm": "1",
    "毫米": "1",
    "cm": "10",
    "厘米": "10",
    "公分": "10",
    "dm": "100",
    "m": "1000",
    "米": "1000",
}
_SPEED = {
    "km/h": "1",
    "kmh": "1",
    "kph": "1",
    "公里/小时": "1",
    "千米/小时": "1",
    "公里每小时": "1",
    "m/s": "3.6",
}
_MONEY = {"元": "1", "元整": "1", "yuan": "1", "rmb": "1", "千元": "1000", "万": "10000", "万元": "10000"}
_RATIO = {"%": "0.01", "‰": "0.001"}
_DAYS = {"天": "1", "日": "1", "工作日": "1", "d": "1"}
_YEAR = {"年": "1", "年度": "1"}
_COUNT = dict.fromkeys(("轴", "根", "个", "张", "幅", "辆", "台", "次", "条", "份", "件"), "1")
_BY_ENDING: Mapping[str, Mapping[str, str]] = {
    "_kg": _WEIGHT,
    "_mm": _LENGTH,
    "_kmh": _SPEED,
    "_yuan": _MONEY,
    "_days": _DAYS,
    "_count": _COUNT,
    "year": _YEAR,
}
_HARMLESS = {"必填", "选填", "可空", "非必填", "单位", "required", "optional"}


def units_of(column: Column) -> dict[str, Decimal]:
    """Return the units that `column` understands, each with its worth in the column's own unit."""
    if column.kind is Kind.RATIO:
        return {unit: Decimal(worth) for unit, worth in _RATIO.items()}
    if column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.MONEY}:
        return {}
    for ending, units in _BY_ENDING.items():
        if column.name.endswith(ending):
            return {unit: Decimal(worth) for unit, worth in units.items()}
    return {}


def is_measured(column: Column) -> bool:
    """Whether the column holds a measure that is rounded to whole units (a weight, a length), not a count."""
    return column.kind is Kind.INTEGER and column.name.endswith(("_kg", "_mm"))


def unit_in(note: str, units: Mapping[str, Decimal]) -> str | None:
    """Return the unit that a bracket of a header names (`kg`, `单位：吨`, `kg，必填`), or None.

    An empty string says that the note is no unit and harmless (`必填`).
    """
    words = [word for word in re.split(r"[,，;；、:：\s]|单位为?", note.casefold()) if word]
    for word in words:
        if word in units:
            return word
    return "" if all(word in _HARMLESS for word in words) else None
