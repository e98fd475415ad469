"""What the methods for rates share: exact binomial tails, over-dispersed scores, false discovery, layout of answers.

Source: Spiegelhalter, *Funnel plots for comparing institutional performance* (2005) and *Statistical methods for
healthcare regulation* (2012): an exact tail becomes a z-score, the z-score is divided by the square root of the
over-dispersion, and what is left is read as a normal deviate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_DIGITS = 10
"""Decimals that are kept: the last bits of a sum depend on the order of the rows, the answer must not."""


@dataclass(frozen=True)
class Answers:
    """The answers of the units in the order of the rows; whoever was not tested has no flag."""

    flagged: Flags
    tested: Flags
    columns: Mapping[str, Floats]
    sample: Floats
    method: str

    def add_to(self, units: pl.DataFrame, per: float = 1) -> pl.DataFrame:
        """Return the units with the columns of a method; rates and their limits are given `per` so many trials."""
        scaled = {name: per if name in _RATES else 1 for name in self.columns}
        added = [
            pl.Series(name, np.round(values * scaled[name], _DIGITS), nan_to_null=True)
            for name, values in self.columns.items()
        ]
        counted = pl.Series("sample", self.sample, nan_to_null=True).cast(pl.Int64)
        flags = pl.Series("flagged", self.flagged)
        return units.with_columns(
            *added,
            counted,
            pl.when(pl.Series("tested", self.tested)).then(flags).alias("flagged"),
            pl.lit(self.method).alias("method"),
        )


_RATES = ("observed", "expected", "lower", "upper")


def counts(units: pl.DataFrame, name: str) -> Floats:
    """Return a column of counts as numbers; a blank is not a number."""
    return units.get_column(name).cast(pl.Float64).to_numpy().astype(np.float64)


def blank_columns(height: int, names: tuple[str, ...]) -> dict[str, Floats]:
    """Return columns that hold nothing yet."""
    return {name: np.full(height, np.nan) for name in names}


def binomial_scores(events: Floats, trials: Floats, rate: Floats | float) -> tuple[Floats, Floats]:
    """Return how high and how low each count is, as z-scores of its exact binomial tails (large means extreme).

    Beyond the reach of floating point the plain standardised count stands for the tail.
    """
    share = np.clip(rate, 1e-12, 1 - 1e-12)
    plain = (events - trials * share) / np.sqrt(trials * share * (1 - share))
    high = stats.norm.isf(stats.binom.sf(events - 1, trials, share))
    low = stats.norm.isf(stats.binom.cdf(events, trials, share))
    return np.where(np.isposinf(high), plain, high), np.where(np.isposinf(low), -plain, low)


def tail(high: Floats, low: Floats, side: str) -> tuple[Floats, Floats]:
    """Return score and p-value on the side asked for: `high`, `low` or `both` (twice the smaller tail)."""
    if side not in ("high", "low", "both"):
        raise ValueError(f"side is high, low or both, not {side}")
    if side == "both":
        score = np.where(high >= low, high, -low)
        return score, np.minimum(1.0, 2 * stats.norm.sf(np.maximum(high, low)))
    score = high if side == "high" else low
    return (score if side == "high" else -score), stats.norm.sf(score)


def adjusted(p_values: Floats, tested: Flags) -> Floats:
    """Return p-values corrected by Benjamini and Hochberg over all units that were tested."""
    result = np.full(len(p_values), np.nan)
    if tested.any():
        result[tested] = stats.false_discovery_control(p_values[tested], method="bh")
    return result


def number(settings: Mapping[str, Any], name: str) -> float:
    """Return a setting as a number; one that is null switches nothing off here and is refused."""
    if settings[name] is None:
        raise ValueError(f"the setting {name} has no value")
    return float(settings[name])
