"""How an export spells a table: headers with units, dates and amounts as text, words for enumerations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from analyzer.model import Column, Kind, Table

_DATES = {"dash": "%Y-%m-%d", "slash": "%Y/%-m/%-d", "compact": "%Y%m%d", "chinese": "%Y年%-m月%-d日"}
_TIMES = {
    "dash": "%Y-%m-%d %H:%M:%S",
    "slash": "%Y/%-m/%-d %-H:%M:%S",
    "compact": "%Y%m%d%H%M%S",
    "chinese": "%Y年%-m月%-d日 %-H时%-M分%-S秒",
}
_THOUSANDS = ("吨", "米")  # of kilograms and millimetres
_OWN_UNITS = {"_kg": "kg", "_mm": "mm", "_kmh": "km/h", "_yuan": "元"}


@dataclass(frozen=True, slots=True)
class Part:
    """One file or sheet of `rules/samples/exports.yaml`; see there for what each entry means."""

    table: str
    share: float = 1.0
    most: int | None = None
    optional: bool = False
    sheet: str | None = None
    title: str | None = None
    footer: str | None = None
    dates: str = "dash"
    header: str = "plain"
    units: Mapping[str, str] = field(default_factory=dict)
    yes: tuple[str, str] = ("是", "否")
    money: str = ""
    blank: str = ""
    encoding: str = "utf-8"
    separator: str = ","
    early: int = 0
    older: Mapping[str, Any] = field(default_factory=dict)
    again: int = 0
    keyless: int = 0
    smudge: Mapping[str, str] | None = None


def headers(table: Table, part: Part) -> list[str]:
    """The header row as this export writes it."""
    return [_header(table, column, part) for column in table.columns.values()]


def _header(table: Table, column: Column, part: Part) -> str:
    title = column.title.zh
    chinese = [word for word in column.also if not word.isascii()]
    if part.header == "also" and chinese:
        title = chinese[0]
    unit = part.units.get(column.name)
    if unit is None and part.header == "bracket":
        unit = next((unit for end, unit in _OWN_UNITS.items() if column.name.endswith(end)), None)
    if unit:
        title += f"（{unit}）" if part.header == "bracket" else f"({unit})"
    return f"*{title}" if part.header == "starred" and column.name in table.key else title


def spelled(table: Table, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    """The rows as text, cell by cell; columns keep their canonical names."""
    texts = rows.select(_as_text(column, part).alias(name) for name, column in table.columns.items())
    return texts.fill_null(part.blank) if part.blank else texts


def _as_text(column: Column, part: Part) -> pl.Expr:
    cell = pl.col(column.name)
    if column.kind is Kind.DATE:
        return cell.dt.strftime(_DATES[_text_dates(part)])
    if column.kind is Kind.TIMESTAMP:
        return cell.dt.strftime(_TIMES[_text_dates(part)])
    if column.kind is Kind.BOOLEAN:
        return pl.when(cell).then(pl.lit(part.yes[0])).when(~cell).then(pl.lit(part.yes[1]))
    if column.values:
        words = {value: (also[0] if also else value) for value, also in column.values.items()}
        return cell.replace_strict(words, default=cell, return_dtype=pl.String)
    if part.units.get(column.name) in _THOUSANDS:
        return (cell // 1000).cast(pl.String) + "." + (cell % 1000).cast(pl.String).str.zfill(3)
    if column.kind is Kind.MONEY and part.money:
        return _grouped(cell)
    if column.kind is Kind.RATIO:
        return (cell * 100).cast(pl.Float64).cast(pl.String).str.strip_suffix(".0") + "%"
    return cell.cast(pl.String)


def _text_dates(part: Part) -> str:
    """In a workbook with real dates the text is only a fallback."""
    return "dash" if part.dates == "cell" else part.dates


def _grouped(cell: pl.Expr) -> pl.Expr:
    """Amounts below a million with a comma before the last three digits: 30,000.00."""
    text = cell.cast(pl.String)
    return text.str.replace(r"^(\d+?)(\d{3})(\.\d+)$", "$1,$2$3").str.replace(r"^(\d+?)(\d{3}),", "$1,$2,")
