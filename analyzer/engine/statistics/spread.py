"""Unlike values among like cases: how far a value lies from the median of its group, in median absolute deviations."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.judged import (
    MAD_EFFICIENCY,
    MAD_TO_SIGMA,
    MEAN_DEVIATION_EFFICIENCY,
    MEAN_DEVIATION_TO_SIGMA,
    adjusted,
    array,
    column,
    in_fixed_order,
    number,
    upper_tail,
)


@method(
    "robust_spread",
    "how far each value lies from the median of its group (median, MAD)",
    ("kin", "value", "cases"),
    score=3.5,
    min_sample=10,
    fdr=0.05,
)
@in_fixed_order
def robust_spread(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the values that lie far from the median of their group, on either side.

    Units: one row for each distinct `value` in a group `kin`, with the number of `cases` that have it.
    Statistic: the modified z-score, (value - median) / (1.4826 MAD); where more than half of the group are equal the
    MAD is zero and the mean absolute deviation takes its place (Iglewicz and Hoaglin, How to Detect and Handle
    Outliers, 1993). Flagged: the score reaches `score` and its p-value (Student's t, fewer degrees of freedom in a
    small group), adjusted by Benjamini and Hochberg over all units, is at most `fdr`. Groups of fewer than
    `min_sample` cases stay silent. Assumes that like cases scatter evenly around one value; a group with two lawful
    levels of similar weight has a wide scatter and flags nothing.
    """
    groups = _groups(units)
    joined = units.with_columns(number("value")).join(groups, on="kin", how="left", maintain_order="left")
    enough = (pl.col("size") >= settings["min_sample"]) & pl.col("value").is_not_null()
    score = np.where(
        array(joined, "scale") > 0,
        (array(joined, "value") - array(joined, "middle"))
        / np.where(array(joined, "scale") > 0, array(joined, "scale"), 1),
        0.0,
    )
    p_value = np.minimum(1, 2 * upper_tail(np.abs(score), array(joined, "size"), array(joined, "efficiency")))
    p_value = np.where(joined.select(enough.fill_null(False)).to_series().to_numpy(), p_value, np.nan)
    far = pl.col("statistic").abs() >= settings["score"]
    width = settings["score"] * pl.col("scale")
    return units.with_columns(
        joined["value"].alias("observed"),
        joined["middle"].alias("expected"),
        joined["size"].alias("sample"),
        column("statistic", score),
        column("p_value", p_value),
        column("p_adjusted", adjusted(p_value)),
        joined.select(lower=pl.col("middle") - width).to_series(),
        joined.select(upper=pl.col("middle") + width).to_series(),
        pl.lit("median, MAD, Student t, Benjamini-Hochberg").alias("method"),
    ).with_columns(
        pl.when(pl.col("p_value").is_not_null()).then(far & (pl.col("p_adjusted") <= settings["fdr"])).alias("flagged")
    )


def _groups(units: pl.DataFrame) -> pl.DataFrame:
    """Return size, median and robust scale of each group, every case counted."""
    known = units.select("kin", number("value"), pl.col("cases").cast(pl.Int64)).drop_nulls()
    cases = known[np.repeat(np.arange(known.height), known["cases"].to_numpy())]
    middle = pl.col("value").median().over("kin")
    away = cases.with_columns(middle.alias("middle"), (pl.col("value") - middle).abs().alias("away"))
    groups = away.group_by("kin").agg(
        pl.col("middle").first(),
        pl.len().cast(pl.Int64).alias("size"),
        (pl.col("away").median() * MAD_TO_SIGMA).alias("by_median"),
        (pl.col("away").mean() * MEAN_DEVIATION_TO_SIGMA).alias("by_mean"),
    )
    usable = pl.col("by_median") > 0
    return groups.select(
        "kin",
        "middle",
        "size",
        pl.when(usable).then("by_median").otherwise("by_mean").alias("scale"),
        pl.when(usable).then(MAD_EFFICIENCY).otherwise(MEAN_DEVIATION_EFFICIENCY).alias("efficiency"),
    )
