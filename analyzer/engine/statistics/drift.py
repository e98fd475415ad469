"""Whether a measuring device drifts: its months after a reference day against the first of them and its neighbours."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.judged import (
    MEAN_DEVIATION_TO_SIGMA,
    adjusted,
    array,
    column,
    common_score,
    in_fixed_order,
    number,
    upper_tail,
)
from analyzer.engine.statistics.laws import normal_limit

_KEY = ["device", "cycle", "month_no"]
_IQR_IN_SIGMAS = 1.3489795003921634  # 2 * norm.ppf(0.75)


@method(
    "drift_after_reference",
    "the months of a device after its verification against the first of them and against its neighbours",
    ("neighbourhood", "device", "cycle", "month_no", "passes", "middle", "low", "high"),
    change=0.02,
    min_passes=30,
    min_months=3,
    neighbours_min=2,
    fdr=0.05,
)
@in_fixed_order
def drift_after_reference(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the months in which a device reads otherwise than right after its verification, while its neighbours do not.

    Units: device, cycle (the day of the verification) and month (`month_no` = 12 x year + month): number of `passes`
    of one stable class, their median weight `middle`, their quartiles `low` and `high`. The reference is the first
    month of the cycle with at least `min_passes` passes. Expected: the reference times the median movement of the
    neighbours (other devices of the `neighbourhood`) between the same two months. Statistic: logarithm of observed
    over expected in standard deviations (sampling error of two medians, from the quartiles, and a robust part common
    to all units). Flagged: adjusted p-value at most `fdr`, and both the movement against the own reference and that
    against the neighbours at least `change`, in the same direction, so that one drifting neighbour does not make the
    others look as if they drifted. Silent for the reference itself, and with too few passes, months or neighbours.
    """
    own = _against_reference(units, settings)
    compared = _against_neighbours(own, units, settings)
    residual = pl.col("moved") - pl.col("movement")
    enough = (pl.col("neighbours") >= settings["neighbours_min"]) & (pl.col("months") >= settings["min_months"])
    compared = compared.with_columns(pl.when(enough).then(residual).alias("residual"))
    score, deviation = common_score(array(compared, "residual"), array(compared, "variance"))
    tested = int(np.count_nonzero(~np.isnan(score)))
    p_value = np.where(np.isnan(score), np.nan, np.minimum(1, 2 * upper_tail(np.abs(score), tested)))
    answers = compared.with_columns(
        (pl.col("reference") * pl.col("movement").exp()).alias("expected"),
        column("statistic", score),
        column("deviation", deviation),
        column("p_value", p_value),
        column("p_adjusted", adjusted(p_value)),
    ).with_columns(_flag(settings).alias("flagged"), *_limits(settings))
    wanted = [*_KEY, "flagged", "expected", "statistic", "p_value", "p_adjusted", "lower", "upper"]
    return units.join(answers.select(wanted), on=_KEY, how="left", maintain_order="left").with_columns(
        number("middle").alias("observed"),
        pl.col("passes").cast(pl.Int64).alias("sample"),
        pl.lit("median after verification, neighbours' movement, robust score, Benjamini-Hochberg").alias("method"),
    )


def _flag(settings: Settings) -> pl.Expr:
    """Significant, large against the reference and against the neighbours, and in the same direction."""
    least = math.log1p(settings["change"])
    both = pl.min_horizontal(pl.col("moved").abs(), pl.col("residual").abs()) >= least
    together = pl.col("moved") * pl.col("residual") > 0
    flagged = pl.all_horizontal(pl.col("p_adjusted") <= settings["fdr"], both, together)
    return pl.when(pl.col("p_adjusted").is_not_null()).then(flagged)


def _limits(settings: Settings) -> list[pl.Expr]:
    width = pl.max_horizontal(
        pl.lit(math.log1p(settings["change"])), normal_limit(settings["fdr"] / 2) * pl.col("deviation")
    )
    return [
        (pl.col("expected") * (-width).exp()).alias("lower"),
        (pl.col("expected") * width.exp()).alias("upper"),
    ]


def _usable(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the units with enough passes: logarithm of the median and the variance of that logarithm."""
    sigma = (number("high") - number("low")) / _IQR_IN_SIGMAS
    error = MEAN_DEVIATION_TO_SIGMA * sigma / (number("middle") * number("passes").sqrt())
    return units.filter((pl.col("passes") >= settings["min_passes"]) & (pl.col("middle") > 0)).select(
        "neighbourhood",
        *_KEY,
        "passes",
        number("middle").log().alias("level"),
        (error**2).alias("error"),
    )


def _against_reference(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return how far each later month of a cycle moved from the first one."""
    cycle = ["device", "cycle"]
    ordered = _usable(units, settings).sort(_KEY)
    first = ordered.group_by(cycle, maintain_order=True).agg(
        pl.col("month_no").first().alias("reference_month"),
        pl.col("level").first().alias("reference_level"),
        pl.col("error").first().alias("reference_error"),
        pl.len().alias("months"),
    )
    return (
        ordered.join(first, on=cycle)
        .filter(pl.col("month_no") > pl.col("reference_month"))
        .with_columns(
            (pl.col("level") - pl.col("reference_level")).alias("moved"),
            (pl.col("error") + pl.col("reference_error")).alias("variance"),
            pl.col("reference_level").exp().alias("reference"),
        )
        .sort(_KEY)
    )


def _against_neighbours(own: pl.DataFrame, units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add the median movement of the neighbours between the two months, and how many neighbours there are."""
    levels = (
        _usable(units, settings)
        .sort("passes", "cycle", descending=True)
        .unique(["device", "month_no"], keep="first", maintain_order=True)
        .select("neighbourhood", pl.col("device").alias("other"), "month_no", pl.col("level").alias("now"))
    )
    then = levels.select("other", pl.col("month_no").alias("reference_month"), pl.col("now").alias("then"))
    movement = (
        own.select("neighbourhood", *_KEY, "reference_month")
        .join(levels, on=["neighbourhood", "month_no"])
        .filter(pl.col("other") != pl.col("device"))
        .join(then, on=["other", "reference_month"])
        .group_by(_KEY)
        .agg((pl.col("now") - pl.col("then")).median().alias("movement"), pl.len().alias("neighbours"))
    )
    return own.join(movement, on=_KEY, how="left", maintain_order="left")
