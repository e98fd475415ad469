"""The whole made-up bureau: clean records, planted breaches, and the truth about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analyzer.model import Vocabulary
from analyzer.rulebook.vocabulary import load_vocabulary
from analyzer.samples.contacts import make_contacts
from analyzer.samples.frames import conform, frame
from analyzer.samples.planting import Expectation, Harvest, plant_all
from analyzer.samples.proceedings import make_proceedings
from analyzer.samples.registers import Registers, make_registers
from analyzer.samples.scenario import Scenario, read_scenarios, read_stock
from analyzer.samples.scene import Makings
from analyzer.samples.setting import Row, Setting, read_setting
from analyzer.samples.traffic import PASSES, make_traffic, make_vehicles

_ORDER = {"detections": "detected_at", "notices": "issued_at", "cases": "filed_on", "payments": "paid_on"}
_FIRST_PLANTED = 10_000_000  # running numbers of planted detections, notices, cases begin above the clean ones


@dataclass(frozen=True, slots=True)
class Truth:
    """What an audit of the bureau must find: of the `covered` rules exactly `expected`, and nothing else."""

    as_of: str
    profile: str
    seed: int
    detections: int
    covered: tuple[str, ...]
    expected: tuple[Expectation, ...]
    scenarios: tuple[Scenario, ...]

    def document(self) -> dict[str, Any]:
        """The truth as plain data, for truth.json."""
        return {
            "as_of": self.as_of,
            "profile": self.profile,
            "seed": self.seed,
            "detections": self.detections,
            "covered": list(self.covered),
            "scenarios": {one.id: {"zh": one.title.zh, "en": one.title.en} for one in self.scenarios},
            "expected": [asdict(one) for one in self.expected],
        }


@dataclass(frozen=True, slots=True)
class Bureau:
    """Canonical frames by table, and the truth about them."""

    vocabulary: Vocabulary
    tables: Mapping[str, pl.DataFrame]
    truth: Truth
    rules_dir: Path


def make_bureau(detections: int, seed: int, rules_dir: Path) -> Bureau:
    """Make a bureau with `detections` records (more, if the scenarios alone need more); same seed, same bureau."""
    folder = rules_dir / "samples"
    setting, stock = read_setting(folder), read_stock(folder)
    vocabulary = load_vocabulary(rules_dir / "tables")
    scenarios = read_scenarios(folder, stock, vocabulary)
    rng = np.random.default_rng(seed)
    registers = make_registers(setting, rng)
    count = max(detections - _planted(Makings(setting, vocabulary, stock), scenarios, registers), 5 * PASSES)
    clean = _clean(setting, registers, vocabulary, count, rng)
    taken = {name: _last(setting, clean[name], name) for name in setting.numbering if name in clean}
    harvest = plant_all(Makings(setting, vocabulary, stock, Counter(taken)), scenarios, registers, seed)
    tables = _together(vocabulary, clean, harvest)
    truth = Truth(
        as_of=setting.as_of.isoformat(),
        profile=setting.profile,
        seed=seed,
        detections=tables["detections"].height,
        covered=_covered(scenarios),
        expected=tuple(sorted(harvest.expected)),
        scenarios=tuple(scenarios),
    )
    return Bureau(vocabulary, tables, truth, rules_dir)


def _planted(makings: Makings, scenarios: list[Scenario], registers: Registers) -> int:
    """How many detections the scenarios take: a rehearsal, its rows are thrown away."""
    return len(plant_all(makings, scenarios, registers, 0).rows.get("detections", ()))


def _covered(scenarios: list[Scenario]) -> tuple[str, ...]:
    """Every rule that a scenario raises or comes near: of these, all else in the bureau is clean."""
    raised = {item.rule for one in scenarios for item in one.raises}
    return tuple(sorted(raised | {rule for one in scenarios for rule in one.near}))


def _clean(
    setting: Setting, registers: Registers, vocabulary: Vocabulary, count: int, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """The clean bureau with `count` detections."""
    vehicles = make_vehicles(setting, -(-count // PASSES), rng)
    traffic = make_traffic(setting, registers, vehicles, count, rng)
    steps = make_proceedings(setting, registers, vehicles, traffic, rng)
    outcome = steps.outcome.rename({"status": "outcome"})
    detections = traffic.frame.join(outcome, on="record_id", how="left", maintain_order="left")
    detections = detections.with_columns(pl.coalesce("outcome", "status").alias("status"))
    made = {
        "detections": detections,
        "notices": steps.notices,
        "cases": steps.cases,
        "payments": steps.payments,
    }
    rows: dict[str, list[Row]] = {**registers.rows, "enterprises": vehicles.enterprises}
    rows |= make_contacts(setting, registers, vehicles, steps.cases, rng)
    frames = {name: conform(vocabulary[name], one) for name, one in made.items()}
    return frames | {name: frame(vocabulary[name], some) for name, some in rows.items()}


def _last(setting: Setting, clean: pl.DataFrame, table: str) -> int:
    """The highest running number in the keys of a clean table."""
    key = clean.columns[0]
    head = setting.numbering[table].partition("{")[0]
    highest = clean[key].str.strip_prefix(head).cast(pl.Int64).max()
    return int(highest) if isinstance(highest, int) else 0


def _together(vocabulary: Vocabulary, clean: Mapping[str, pl.DataFrame], harvest: Harvest) -> dict[str, pl.DataFrame]:
    tables: dict[str, pl.DataFrame] = {}
    for name in vocabulary.tables:
        if name not in clean and name not in harvest.rows:
            continue
        planted = frame(vocabulary[name], harvest.rows.get(name, []))
        both = pl.concat([clean[name], planted]) if name in clean else planted
        if name in _ORDER:
            both = both.sort(_ORDER[name], nulls_last=True, maintain_order=True)
        tables[name] = both
    return tables
