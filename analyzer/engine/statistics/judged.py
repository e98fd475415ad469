"""What the methods share: units in a fixed order, tails of robust scores, and the correction for many comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from analyzer.engine.statistics import Settings
from analyzer.engine.statistics.laws import corrected, student_tail

Numbers = npt.NDArray[np.float64]

MAD_TO_SIGMA = 1.482602218505602
"""A median absolute deviation in standard deviations of a normal law: 1 / norm.ppf(0.75)."""

MEAN_DEVIATION_TO_SIGMA = math.sqrt(math.pi / 2)
"""The same for the mean absolute deviation."""

MAD_EFFICIENCY, MEAN_DEVIATION_EFFICIENCY = 0.37, 0.88
"""How much of a sample each of the two uses, against the standard deviation (Huber and Ronchetti, Robust Statistics)."""


LARGEST_SCORE = 1e6
"""The score of a value that differs where nothing varies: findings are written as JSON, which knows no infinity."""


def in_fixed_order(judge: Callable[[pl.DataFrame, Settings], pl.DataFrame]) -> Callable[..., pl.DataFrame]:
    """Let a method see its units sorted by all their columns, and give its answers back in the order they came in.

    Sums of floating numbers depend on the order; so the same units in any order give the same answer to the last bit.
    """

    def judged(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
        place = "place_of_the_unit"
        ordered = units.with_row_index(place).sort(units.columns, nulls_last=True)
        return judge(ordered, settings).sort(place).drop(place)

    return judged


def number(name: str) -> pl.Expr:
    """Return a column as plain numbers: money comes as decimals, counts as integers."""
    return pl.col(name).cast(pl.Float64)


def array(frame: pl.DataFrame, name: str) -> Numbers:
    """Return a column as numbers; what is missing is NaN."""
    return frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)


def column(name: str, values: Numbers) -> pl.Series:
    """Return numbers as a column; NaN is missing."""
    return pl.Series(name, values, dtype=pl.Float64).fill_nan(None)


def adjusted(p_values: Numbers) -> Numbers:
    """Return the p-values adjusted by Benjamini and Hochberg (1995) over all that are there; NaN stays NaN."""
    result = np.full(len(p_values), np.nan)
    there = ~np.isnan(p_values)
    result[there] = corrected(p_values[there])
    return result


def upper_tail(score: Numbers, size: Numbers | int, efficiency: float | Numbers = MAD_EFFICIENCY) -> Numbers:
    """Return the chance of a robust score that large when the scale was estimated from `size` values.

    Student's t with as many degrees of freedom as the estimate of scale is worth: a median absolute deviation of ten
    values knows little more than a standard deviation of four.
    """
    freedom = np.maximum(1.0, efficiency * (np.asarray(size, dtype=np.float64) - 1))
    return student_tail(score, freedom)


def common_score(residuals: Numbers, variances: Numbers) -> tuple[Numbers, Numbers]:
    """Return each residual in units of its standard deviation, and that deviation.

    A unit's own sampling variance is known; what the units vary beyond it is the same for all and comes from the
    median absolute residual, so that a few units that really moved do not hide themselves. NaN stays NaN.
    """
    there = ~np.isnan(residuals) & ~np.isnan(variances)
    if not there.any():
        return np.full(len(residuals), np.nan), np.full(len(residuals), np.nan)
    spread = float(np.median(np.abs(residuals[there]))) * MAD_TO_SIGMA
    beyond = max(0.0, spread**2 - float(np.median(variances[there])))
    deviation = np.sqrt(variances + beyond)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(deviation > 0, residuals / deviation, np.sign(residuals) * LARGEST_SCORE)
    return np.where(there, np.where(residuals == 0, 0.0, score), np.nan), np.where(there, deviation, np.nan)
