"""What the methods for rates share: exact binomial tails and limits, false discovery, the layout of answers.

Source: Spiegelhalter, *Funnel plots for comparing institutional performance* (2005); Benjamini and Hochberg (1995).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyzer.engine.statistics.laws import beta_rest, beta_share, binomial_limits, corrected

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TINY = 1e-300

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


def tails(events: Floats, trials: Floats, rate: Floats | float) -> tuple[Floats, Floats]:
    """Return the exact binomial chances of at least and of at most so many events.

    The counts may be parts of units: `trials` that hang together count as fewer independent ones, their effective
    number, and the binomial tail between whole numbers is the incomplete beta function that it is at them.
    """
    high = np.where(events > 0, beta_share(rate, np.maximum(events, _TINY), trials - events + 1), 1.0)
    low = np.where(events < trials, beta_rest(rate, events + 1, np.maximum(trials - events, _TINY)), 1.0)
    return high, low


def limits(trials: Floats, rate: Floats | float, p_limit: float) -> tuple[Floats, Floats]:
    """Return the lower and upper limits of a rate: beyond them lies a tail of at most `p_limit`.

    Whole numbers of trials have whole counts as limits; parts of units have the limits between.
    """
    from scipy import special

    share = np.broadcast_to(np.asarray(rate, dtype=np.float64), trials.shape)
    is_whole = trials == np.round(trials)
    between = special.bdtrik(1 - p_limit, trials, share) + 1
    lowest, highest = binomial_limits(p_limit, np.round(trials), share)
    upper = np.where(is_whole, highest, between)
    below = special.bdtrik(p_limit, trials, share)
    lower = np.where(is_whole, lowest, np.nan_to_num(below, nan=0.0))
    return np.clip(lower / trials, 0.0, 1.0), np.clip(np.nan_to_num(upper / trials, nan=1.0), 0.0, 1.0)


def deviance_scores(events: Floats, trials: Floats, rate: Floats | float) -> Floats:
    """Return the signed roots of the binomial deviance: about normal by chance alone, also for small rates."""
    from scipy import special

    seen = events / trials
    deviance = 2 * trials * (special.rel_entr(seen, rate) + special.rel_entr(1 - seen, 1 - np.asarray(rate)))
    return np.asarray(np.sign(seen - rate) * np.sqrt(np.maximum(deviance, 0.0)), dtype=np.float64)


def p_on(side: str, high: Floats, low: Floats) -> Floats:
    """Return the p-value on the side asked for: `high`, `low` or `both` (twice the smaller tail)."""
    if side not in ("high", "low", "both"):
        raise ValueError(f"side is high, low or both, not {side}")
    both: Floats = np.minimum(1.0, 2 * np.minimum(high, low))
    return {"high": high, "low": low, "both": both}[side]


def adjusted(p_values: Floats, tested: Flags) -> Floats:
    """Return p-values corrected by Benjamini and Hochberg over all units that were tested."""
    result = np.full(len(p_values), np.nan)
    result[tested] = corrected(p_values[tested])
    return result


def number(settings: Mapping[str, Any], name: str) -> float:
    """Return a setting as a number; one that is null switches nothing off here and is refused."""
    if settings[name] is None:
        raise ValueError(f"the setting {name} has no value")
    return float(settings[name])
