"""A month of an agency against the same month of its own earlier years, and against what its peers did meanwhile."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.judged import (
    adjusted,
    array,
    column,
    common_score,
    in_fixed_order,
    number,
    upper_tail,
)
from analyzer.engine.statistics.laws import normal_limit


@method(
    "seasonal_surge",
    "a month against the same month of earlier years, corrected for the movement of the peers",
    ("agency", "month_no", "amount", "squares", "events"),
    fdr=0.05,
    peers_min=5,
    min_months=13,
    min_events=10,
)
@in_fixed_order
def seasonal_surge(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the months in which an agency took in far more than its own season and its peers let expect.

    Units: agency and month (`month_no` = 12 x year + month): the sum `amount`, the sum of the `squares` of the single
    amounts, the number of `events`. Expected: the median of the same month in earlier years, times the median growth
    of the other agencies in that month. Statistic: logarithm of observed over expected, in standard deviations; the
    sampling part of the variance is that of a compound Poisson sum (squares / amount squared), the rest is common to
    all units and robust (MAD). One-sided p-value, Benjamini and Hochberg over all units. Silent with fewer than
    `min_events` events now or then, fewer than `peers_min` comparable peers, or fewer than `min_months` months of
    its own up to this one. A month without any income, now or a year ago, is not compared.
    """
    grown = _against_own_season(units, settings)
    compared = _against_peers(grown)
    enough = (pl.col("peers") >= settings["peers_min"]) & (pl.col("months") >= settings["min_months"])
    compared = compared.with_columns(pl.when(enough).then(pl.col("growth") - pl.col("movement")).alias("residual"))
    score, deviation = common_score(array(compared, "residual"), array(compared, "variance"))
    tested = int(np.count_nonzero(~np.isnan(score)))
    p_value = np.where(np.isnan(score), np.nan, upper_tail(score, tested))
    joined = units.join(
        compared.select(
            "agency",
            "month_no",
            (pl.col("before") * pl.col("movement").exp()).alias("expected"),
            column("statistic", score),
            column("deviation", deviation),
            column("p_value", p_value),
            column("p_adjusted", adjusted(p_value)),
        ),
        on=["agency", "month_no"],
        how="left",
        maintain_order="left",
    )
    return joined.with_columns(
        number("amount").alias("observed"),
        pl.col("events").cast(pl.Int64).alias("sample"),
        (pl.col("p_adjusted") <= settings["fdr"]).alias("flagged"),
        (pl.col("expected") * (normal_limit(settings["fdr"]) * pl.col("deviation")).exp()).alias("upper"),
        pl.lit("same month of earlier years, peers' movement, robust score, Benjamini-Hochberg").alias("method"),
    )


def _against_own_season(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the growth of each month over the median of the same month in the agency's earlier years."""
    months = (
        units.select("agency", pl.col("month_no").cast(pl.Int64), number("amount"), number("squares"), number("events"))
        .drop_nulls()
        .filter(pl.col("amount") > 0)
        .with_columns((pl.col("squares") / pl.col("amount") ** 2).alias("relative"))
        .with_columns(pl.int_range(1, pl.len() + 1).over("agency", order_by="month_no").alias("months"))
    )
    usable = months.filter(pl.col("events") >= settings["min_events"])
    season = (pl.col("month_no") % 12).alias("season")
    pairs = usable.with_columns(season).join(usable.with_columns(season), on=["agency", "season"], suffix="_then")
    before = (
        pairs.filter(pl.col("month_no_then") < pl.col("month_no"))
        .sort("agency", "month_no", "month_no_then")
        .group_by("agency", "month_no", maintain_order=True)
        .agg(
            pl.col("amount_then").median().alias("before"),
            (pl.col("relative_then").mean() / pl.len()).alias("relative_before"),
        )
    )
    return (
        usable.join(before, on=["agency", "month_no"])
        .with_columns(
            (pl.col("amount").log() - pl.col("before").log()).alias("growth"),
            (pl.col("relative") + pl.col("relative_before")).alias("variance"),
        )
        .sort("month_no", "agency")
    )


def _against_peers(grown: pl.DataFrame) -> pl.DataFrame:
    """Add the median growth of the other agencies in the same month, and how many they are."""
    others = grown.select("month_no", pl.col("agency").alias("other"), pl.col("growth").alias("growth_of_other"))
    movement = (
        grown.select("agency", "month_no")
        .join(others, on="month_no")
        .filter(pl.col("other") != pl.col("agency"))
        .group_by("agency", "month_no")
        .agg(pl.col("growth_of_other").median().alias("movement"), pl.len().alias("peers"))
    )
    return grown.join(movement, on=["agency", "month_no"], how="left", maintain_order="left")
