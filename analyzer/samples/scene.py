"""One planted chain: its rows with every expression worked out.

The language is that of `rules/samples/rows.yaml`: `= case.decided_on + 8wd`, "{agency.name}罚〔...〕". A cell is worked
out when somebody asks for it, so what a scenario sets moves all that hangs on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from analyzer.model import Vocabulary
from analyzer.samples.frames import typed
from analyzer.samples.names import carriers, long_plates, phones, plates, short_people
from analyzer.samples.scenario import Stock
from analyzer.samples.setting import Row, Setting

_EXPRESSION = re.compile(r"= (?P<name>[a-z0-9_.]+)(?: (?P<sign>[+-]) (?P<number>[\d.]+)(?P<unit>wd|d|h|min|s)?)?")
_BRACES = re.compile(r"\{(?P<name>[a-z0-9_.]+)(?::(?P<format>[^}]+))?\}")
_UNITS = {"d": "days", "h": "hours", "min": "minutes", "s": "seconds"}
_FIRST_NAME = 1_000  # short names below belong to the officers of the clean bureau
_FIRST_PHONE = 97_000_000
_FIRST_LONG_PLATE = 15_000_000


def duration(text: str) -> timedelta:
    """Return the span that `3d`, `90min` or `30s` says."""
    number, unit = re.fullmatch(r"(\d+)(d|h|min|s)", text).groups()  # type: ignore[union-attr]
    return timedelta(**{_UNITS[unit]: int(number)})


@dataclass(slots=True)
class Makings:
    """What all planted rows draw on: the words of the bureau, and running numbers that are never used twice."""

    setting: Setting
    vocabulary: Vocabulary
    stock: Stock
    serials: Counter[str] = field(default_factory=Counter)

    def serial(self, name: str) -> int:
        """The next running number of a table or of a made name."""
        self.serials[name] += 1
        return self.serials[name]

    def new(self, what: str) -> str:
        """An invented plate, person, telephone or carrier that nobody else has."""
        number = np.array([self.serial(f"new {what}")], dtype=np.int64)
        if what == "person":
            return str(short_people(self.setting, number + _FIRST_NAME)[0])
        if what == "phone":
            return str(phones(number + _FIRST_PHONE)[0])
        if what == "carrier":
            return str(carriers(self.setting, number, planted=True)[0])
        if what == "long_plate":
            return str(long_plates(self.setting, number + _FIRST_LONG_PLATE)[0])
        return str(plates(self.setting, number, planted=True)[0])


class Scene:
    """The rows of one plant, by label. `given` are rows made elsewhere: registers, earlier plants."""

    def __init__(
        self,
        makings: Makings,
        raw: Mapping[str, tuple[str | None, Row]],
        given: Mapping[str, Row],
        words: Row,
    ) -> None:
        self._makings = makings
        self._raw = raw
        self._given = given
        self._words = words
        self._done: dict[tuple[str, str], Any] = {}

    def row(self, label: str) -> Row:
        """Return the row of `label` with all its cells worked out, its key first."""
        table, cells = self._raw[label]
        key = self._makings.vocabulary[table].key if table else ()
        return {column: self.cell(label, column) for column in dict.fromkeys([*key, *cells])}

    def cell(self, label: str, column: str) -> Any:
        """Return one cell, typed as its column is."""
        place = (label, column)
        if place not in self._done:
            table, cells = self._raw[label]
            value = self._value(cells.get(column))
            if table:
                found = self._makings.vocabulary[table]
                if column not in cells and column in found.key:
                    value = self._makings.setting.number(table, self._makings.serial(table))
                value = typed(found.columns[column].kind, value)
            self._done[place] = value
        return self._done[place]

    def _value(self, raw: Any) -> Any:
        if not isinstance(raw, str):
            return raw
        if match := _EXPRESSION.fullmatch(raw):
            found = self._look_up(match["name"])
            return found if match["sign"] is None or found is None else self._moved(found, match)
        return self._filled(raw)

    def _look_up(self, name: str) -> Any:
        first, _, rest = name.partition(".")
        if first == "new":
            return self._makings.new(rest)
        if not rest:
            return self._makings.serial("serial") if first == "serial" else self._words[first]
        if first in self._raw:
            return self.cell(first, rest)
        if name.count(".") == 2:  # a row of another plant: first.detection.record_id
            label, _, rest = rest.partition(".")
            first = f"{first}.{label}"
        return self._given[first].get(rest)

    def _moved(self, value: Any, match: re.Match[str]) -> Any:
        number = Decimal(match["number"]) * (1 if match["sign"] == "+" else -1)
        if match["unit"] is None:
            return value + number if isinstance(value, Decimal) else value + int(number)
        if match["unit"] != "wd":
            return value + timedelta(**{_UNITS[match["unit"]]: float(number)})
        day: date = value.date() if isinstance(value, datetime) else value
        return value + (self._makings.setting.add_working_days(day, int(number)) - day)

    def _filled(self, text: str) -> str | None:
        """Return the text with its braces filled in, or nothing where one of them is blank."""
        blank = False

        def fill(match: re.Match[str]) -> str:
            nonlocal blank
            value = self._look_up(match["name"])
            blank = blank or value is None
            return "" if value is None else format(value, match["format"] or "")

        filled = _BRACES.sub(fill, text)
        return None if blank else filled
