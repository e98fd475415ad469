"""A made bureau as files: some cells blank or unreadable, some columns missing, some tables in two files or in none.

What is written and what the oracle reads come from one and the same draw, so that reading the files is tested too.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from analyzer.model.tables import Column, Kind, Table
from analyzer.rulebook.library import rules_folder
from analyzer.rulebook.vocabulary import load_vocabulary
from tests.oracle.bureau import Row
from tests.oracle.dice import Dice
from tests.oracle.three_values import UNKNOWN, Cell

BLANKS = ("", "", "", " ", "-", "/")
UNREADABLE: dict[Kind, tuple[str, ...]] = {
    Kind.TIMESTAMP: ("2025-13-45 10:00:00", "昨天"),
    Kind.DATE: ("2025-02-30", "不详日期"),
    Kind.INTEGER: ("三十吨", "abc"),
    Kind.NUMBER: ("abc",),
    Kind.RATIO: ("abc",),
    Kind.MONEY: ("若干", "abc"),
    Kind.ENUM: ("火星", "乱写"),
    Kind.BOOLEAN: ("也许",),
}
SMALL = 8
"""A table with fewer columns keeps them all, so that it is still told by them."""


@cache
def tables_of_the_vocabulary() -> Mapping[str, Table]:
    return load_vocabulary(rules_folder() / "tables").tables


class Files:
    """Writes the tables of a bureau into a folder and keeps what a careful reader would find in them."""

    def __init__(self, dice: Dice, folder: Path) -> None:
        self.dice, self.folder = dice, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.blank = dice.pick(0, 0.02, 0.08, 0.15)
        self.unreadable = dice.pick(0, 0.01, 0.03, 0.05)
        self.missing = dice.pick(0, 0.02, 0.06)
        self.read: dict[str, list[Row]] = {}
        self.columns: dict[str, set[str]] = {}

    def write(self, name: str, rows: list[Row]) -> None:
        """One table, in one file or two; hardly ever a header without rows."""
        dice, table = self.dice, tables_of_the_vocabulary()[name]
        rows = [] if dice.chance(0.02) else dice.sample(rows, len(rows))
        parts = 2 if len(rows) > 15 and dice.chance(0.5) else 1
        nowhere = {column.name for column in table.columns.values() if column.further and dice.chance(0.25)}
        self.read[name], self.columns[name] = [], set()
        for part in range(parts):
            self.write_part(table, rows[part::parts], nowhere, part)

    def write_part(self, table: Table, rows: list[Row], nowhere: set[str], part: int) -> None:
        small = len(table.columns) < SMALL
        gone = {
            name for name in table.columns if name not in table.key and not small and self.dice.chance(self.missing)
        }
        there = [column for name, column in table.columns.items() if name not in gone | nowhere]
        self.columns[table.name] |= {column.name for column in there}
        with (self.folder / f"{table.title.zh}_{part}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([column.title.zh for column in there])
            for row in rows:
                cells = {column.name: self.cell(column, row, table.key) for column in there}
                writer.writerow([text for text, _ in cells.values()])
                absent = dict.fromkeys(table.columns, UNKNOWN)
                self.read[table.name].append(absent | {name: value for name, (_, value) in cells.items()})

    def cell(self, column: Column, row: Row, key: tuple[str, ...]) -> tuple[str, Cell]:
        """The text of a cell, and what it means."""
        value = row.get(column.name)
        if column.name in key:
            return str(value), value
        if value is None or self.dice.chance(self.blank):
            return self.dice.one(BLANKS), None
        if column.kind in UNREADABLE and self.dice.chance(self.unreadable):
            return self.dice.one(UNREADABLE[column.kind]), UNKNOWN
        return self.text(column, value), meaning(column.kind, value)

    def text(self, column: Column, value: Any) -> str:
        """One of the ways in which bureaus write a value."""
        if column.values is not None:
            return str(self.dice.one(column.values[value]))
        if isinstance(value, bool):
            return str(self.dice.one(("是", "Y", "1") if value else ("否", "N", "0")))
        if isinstance(value, dt.datetime):
            return value.strftime(self.dice.pick("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S"))
        if isinstance(value, dt.date):
            words = (value.isoformat(), f"{value.year}/{value.month}/{value.day}")
            return self.dice.pick(*words, f"{value.year}年{value.month}月{value.day}日")
        return str(value)


def meaning(kind: Kind, value: Any) -> Any:
    """The value that the text of a cell stands for: money and ratios are exact."""
    if kind is Kind.MONEY:
        return Decimal(str(value))
    if kind is Kind.RATIO:
        return Fraction(value[:-1]) / 100 if value.endswith("%") else Fraction(value)
    return value
