"""Rates of comparable units with the limits of chance: what a funnel plot draws and what its sentence says.

The comparison is the engine's `funnel`, the same that judges rules: a unit outside the limits is a lead to look at,
never an accusation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from analyzer.engine.statistics.funnel import funnel, limit_curve
from analyzer.reports.lawbook import Lawbook

INNER, OUTER = 2.0, 3.0
"""The limits that are drawn, in standard deviations."""

_STEPS = 120


@dataclass(frozen=True, slots=True)
class Unit:
    """What was counted of one agency, officer or device: so many `events` in so many `trials`."""

    key: str
    events: int
    trials: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A unit with its rate (0 to 1). `stands_out` is None where it was too small to be compared."""

    key: str
    events: int
    trials: int
    rate: float
    stands_out: bool | None
    is_above: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits (0 to 1) for a unit of so many trials, at `INNER` and `OUTER` standard deviations."""

    trials: float
    lower_inner: float
    upper_inner: float
    lower_outer: float
    upper_outer: float


@dataclass(frozen=True)
class Settings:
    """By what the units are compared: the smallest sample, the fewest peers, the false discovery rate, the limits."""

    min_sample: int
    peers_min: int
    false_discovery_rate: float
    sigma: float

    @classmethod
    def of(cls, law: Lawbook, min_sample: str) -> Settings:
        """Take the values in force on the day of the audit; `min_sample` names the parameter of the smallest sample."""
        values = {}
        for name in (min_sample, "peers_min", "false_discovery_rate", "control_limit_sigma"):
            parameter = law.rulings.parameters.get(name)
            entry = parameter.at(law.setting.as_of) if parameter else None
            values[name] = None if entry is None else entry.value
        sample, peers, rate, sigma = values.values()
        return cls(
            min_sample=int(str(sample)) if sample is not None else 20,
            peers_min=int(str(peers)) if peers is not None else 5,
            false_discovery_rate=float(str(rate)) if rate is not None else 0.05,
            sigma=float(str(sigma)) if sigma is not None else OUTER,
        )


@dataclass(frozen=True)
class Funnel:
    """Units compared. `centre` is the peers' rate, None where too few units are large enough to be compared."""

    units: tuple[Compared, ...]
    centre: float | None
    limits: tuple[Limit, ...]
    settings: Settings

    @property
    def compared(self) -> tuple[Compared, ...]:
        """The units that were large enough."""
        return tuple(one for one in self.units if one.stands_out is not None)

    @property
    def outside(self) -> tuple[Compared, ...]:
        """The units that stand out, the largest rate first."""
        found = [one for one in self.units if one.stands_out]
        return tuple(sorted(found, key=lambda one: (-one.rate, one.key)))


def make_funnel(units: Iterable[Unit], settings: Settings, side: str = "both") -> Funnel:
    """Compare units with one another; `side` is high, low or both."""
    rows = sorted((one for one in units if one.trials > 0), key=lambda one: one.key)
    frame = pl.DataFrame(
        {
            "key": [one.key for one in rows],
            "events": [one.events for one in rows],
            "trials": [one.trials for one in rows],
        },
        schema={"key": pl.String, "events": pl.Int64, "trials": pl.Int64},
    )
    asked = {
        "within": (), "side": side, "min_sample": settings.min_sample, "peers_min": settings.peers_min,
        "fdr": settings.false_discovery_rate, "sigma": settings.sigma, "per": 1,
    }  # fmt: skip
    judged = funnel(frame, asked)
    compared = tuple(
        Compared(
            key=row["key"],
            events=row["events"],
            trials=row["trials"],
            rate=row["events"] / row["trials"],
            stands_out=row["flagged"],
            is_above=row["observed"] is not None and row["observed"] > row["expected"],
        )
        for row in judged.iter_rows(named=True)
    )
    centre, limits = _limits(frame, settings)
    return Funnel(compared, centre, limits, settings)


def _limits(frame: pl.DataFrame, settings: Settings) -> tuple[float | None, tuple[Limit, ...]]:
    peers = frame.filter(pl.col("trials") >= settings.min_sample).sort("trials", "events")
    if peers.height < max(settings.peers_min, 1):
        return None, ()
    events, trials = (peers.get_column(name).cast(pl.Float64).to_numpy() for name in ("events", "trials"))
    first = max(1.0, min(float(settings.min_sample), float(trials.min())))
    sizes = np.geomspace(first, float(trials.max()) * 1.1, _STEPS) + 1e-6  # between whole counts the limits are smooth
    centre, lower_inner, upper_inner = limit_curve(events, trials, sizes, INNER)
    _, lower_outer, upper_outer = limit_curve(events, trials, sizes, OUTER)
    columns = (sizes, lower_inner, upper_inner, lower_outer, upper_outer)
    return centre, tuple(Limit(*map(float, row)) for row in zip(*columns, strict=True))


__all__ = ["INNER", "OUTER", "Compared", "Funnel", "Limit", "Settings", "Unit", "make_funnel"]
