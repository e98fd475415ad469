"""Scenarios put into practice: planted rows by table, and the answers that they must get, by construction."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from analyzer.model import AnalyzerError, Problem, Text, Vocabulary
from analyzer.samples.registers import Registers
from analyzer.samples.scenario import Plant, Raise, Scenario
from analyzer.samples.scene import Makings, Scene, duration
from analyzer.samples.setting import Row

_ALWAYS_OWN = ("vehicle", "party")


@dataclass(frozen=True, slots=True, order=True)
class Expectation:
    """One row that the audit must answer with `verdict`, and the scenario that planted it."""

    rule: str
    verdict: str
    table: str
    record_key: str
    scenario: str


@dataclass(frozen=True, slots=True)
class _Planted:
    """One row and where it comes from."""

    plant: str
    label: str
    table: str
    row: Row


@dataclass(slots=True)
class Harvest:
    """All planted rows by table, and what must be found."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    expected: list[Expectation] = field(default_factory=list)


def plant_all(makings: Makings, scenarios: Iterable[Scenario], registers: Registers, seed: int) -> Harvest:
    """Plant every scenario among the registers of the clean bureau."""
    harvest = Harvest()
    for scenario in scenarios:
        planted = _Stage(makings, registers, scenario, seed).play()
        for one in planted:
            harvest.rows.setdefault(one.table, []).append(one.row)
        for item in scenario.raises:
            harvest.expected.extend(_expected(makings.vocabulary, scenario, item, planted))
    return harvest


def _expected(
    vocabulary: Vocabulary, scenario: Scenario, item: Raise, planted: list[_Planted]
) -> Iterator[Expectation]:
    for rows in item.rows:
        plant, _, label = rows.rpartition(".")
        found = [one for one in planted if one.label == label and plant in ("", one.plant)]
        if not found:
            cause = Text(f"没有种下 `{rows}`", f"no row `{rows}` was planted")
            raise AnalyzerError(Problem(f"rules/samples, {scenario.id}", cause))
        if item.first is not None:
            found = found[: item.first]
        if item.last is not None:
            found = found[-item.last :]
        for one in found:
            key = "|".join(str(one.row[column]) for column in vocabulary[one.table].key)
            yield Expectation(item.rule, item.verdict, one.table, key, scenario.id)


class _Stage:
    """Plays one scenario: its beginning, the clean subjects it borrows, and those it has of its own."""

    def __init__(self, makings: Makings, registers: Registers, scenario: Scenario, seed: int) -> None:
        self._makings = makings
        self._registers = registers
        self._scenario = scenario
        self._rng = np.random.default_rng([seed, zlib.crc32(scenario.id.encode())])
        self._begin = self._beginning()
        self._given: dict[str, Row] = {"enterprise": {}}
        self._made: set[str] = set()
        self._planted: list[_Planted] = []

    def play(self) -> list[_Planted]:
        """Return every row of the scenario, in the order in which it was planted."""
        lent = self._lend()
        for plant in self._scenario.plants:
            self._given.update({k: v for k, v in lent[plant.agency].items() if k not in self._made})
            for index in range(plant.repeat):
                self._perform(plant, index)
        return self._planted

    def _beginning(self) -> datetime:
        clock = timedelta(seconds=int(self._rng.integers(8 * 3600, 15 * 3600)))
        named = self._scenario.begin
        if isinstance(named, datetime):
            return named
        if isinstance(named, date):
            return datetime.combine(named, time()) + clock
        spans = self._makings.setting.begins
        first, last = spans[int(self._rng.integers(0, len(spans)))]
        day = first + timedelta(days=int(self._rng.integers(0, (last - first).days + 1)))
        return datetime.combine(day, time()) + clock

    def _lend(self) -> dict[str, dict[str, Row]]:
        """Subjects of the clean bureau: a scale of it, its station and agency, officers, and the traffic police."""
        registers = self._registers
        scales = registers.scales()
        device = scales[int(self._rng.integers(0, len(scales)))]
        station = next(s for s in registers.rows["stations"] if s["station_id"] == device["station_id"])
        transport = registers.agencies("transport")
        agency = next(a for a in transport if a["agency_id"] == station["agency_id"])
        others = [a for a in transport if a is not agency]
        police = registers.agencies("police")[0]
        shared = {"device": device, "station": station, "police": police, "other_agency": others[0]}
        return {
            "transport": shared | {"agency": agency} | self._staff(agency),
            "police": shared | {"agency": police} | self._staff(police),
        }

    def _staff(self, agency: Row) -> dict[str, Row]:
        officers = self._registers.officers(agency["agency_id"])
        first = int(self._rng.integers(0, len(officers)))
        return {
            "officer1": officers[first],
            "officer2": officers[(first + 1) % len(officers)],
            "reviewer": self._registers.reviewers(agency["agency_id"])[0],
        }

    def _perform(self, plant: Plant, index: int) -> None:
        """Plant the rows of one instance, and keep the subjects it brought for those that follow."""
        stock = self._makings.stock
        fresh = [label for label in (*_ALWAYS_OWN, *plant.own) if self._is_fresh(label, plant, index)]
        chain = stock.chains[plant.chain]
        raw = {label: (stock.rows[label].table, dict(stock.rows[label].columns)) for label in (*fresh, *chain)}
        for one in plant.add:
            template = stock.rows[one.like]
            raw[one.row] = (template.table, {**template.columns, **one.set})
        for name in plant.use:
            self._change(raw, {k: v for k, v in stock.bundles[name].set.items() if k.partition(".")[0] in raw})
        self._change(raw, plant.set, strict=index == 0)
        start = self._begin + duration(plant.after) + index * duration(plant.step)
        words = {"begin": self._begin, "start": start, "as_of": self._makings.setting.as_of, "index": index}
        scene = Scene(self._makings, raw, self._given, words)
        dropped = {*plant.drop, *(label for name in plant.use for label in stock.bundles[name].drop)}
        for label, (table, _) in raw.items():
            row = scene.row(label)
            if table and label not in dropped:
                self._planted.append(_Planted(plant.name, label, table, row))
            if label in fresh:
                self._given[label] = row
                self._made.add(label)
            if index == 0:
                self._given[f"{plant.name}.{label}"] = row

    def _is_fresh(self, label: str, plant: Plant, index: int) -> bool:
        if label in plant.each:
            return True
        return index == 0 and (label in plant.own or label not in self._made)

    def _change(self, raw: dict[str, tuple[str | None, Row]], changes: Mapping[str, Any], strict: bool = True) -> None:
        for target, value in changes.items():
            label, _, column = target.partition(".")
            if label in raw:
                raw[label][1][column] = value
            elif strict:  # in a repetition the subjects of the first time are shared, and stay as they are
                cause = Text(f"这里没有 `{label}`", f"there is no `{label}` here")
                raise AnalyzerError(Problem(f"rules/samples, {self._scenario.id}", cause))
