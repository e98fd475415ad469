"""A loaded rules folder, and the text of a small made-up one to break."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.model.law import Instrument, Parameter, Profile, Rulings
from analyzer.rulebook.law import load_law
from analyzer.rulebook.parameters import load_parameters
from analyzer.rulebook.profiles import load_profiles
from analyzer.rulebook.rulings import resolve

RULES = Path(__file__).resolve().parents[2] / "rules"
Write = Callable[..., Path]


@dataclass(frozen=True)
class Book:
    """Instruments, parameters and profiles of one rules folder."""

    laws: dict[str, Instrument]
    parameters: dict[str, Parameter]
    profiles: dict[str, Profile]

    @classmethod
    def load(cls, rules: Path) -> Book:
        laws = load_law(rules / "law")
        parameters = load_parameters(rules / "parameters", laws)
        return cls(laws, parameters, load_profiles(rules / "profiles", parameters, laws))

    def resolve(self, profile: str | Path, settings: Sequence[str] = ()) -> Rulings:
        return resolve(self.parameters, self.profiles, self.laws, profile, settings)


LAW = """\
LAW-1:
  title: {zh: 某法, en: Some Law}
  from: 2021-07-15
  status: verified
"""
SERVICE = """\
parameter: service_days
title: {zh: 送达期限, en: Time to serve}
unit: wd
type: integer
values:
  - {from: 2021-07-15, value: 7, basis: {law: LAW-1, article: "61(1)"}, status: verified}
"""
UNIT = """\
parameter: notify_unit
title: {zh: 单位, en: Unit}
unit: choice
type: choice
choices: [cd, wd]
values:
  - {value: cd, status: reference}
"""
CYCLE = """\
parameter: cycle_months
title: {zh: 周期, en: Cycle}
unit: month
type: integer
status: recalled
values:
  - {value: 12, status: recalled}
"""
NATIONAL = "id: national\ntitle: {zh: 全国, en: National}\n"
CITY = """\
id: city
extends: national
parameters:
  service_days: [{from: 2022-01-01, value: 5}]
"""
