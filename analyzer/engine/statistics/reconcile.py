"""Figures against figures: a total against a target, a sum against a report, counts that are too equal."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.judged import Numbers, adjusted, array, column, in_fixed_order, number
from analyzer.engine.statistics.laws import poisson_chances


@method(
    "closeness_to_target",
    "whether a total lands close to a target",
    ("total", "target", "records"),
    share=0.01,
    min_records=10,
)
def closeness_to_target(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the totals that differ from their target by at most `share` of it.

    Units: a `total`, its `target` and the number of `records` in the total. A comparison, not a test: expected is the
    target, the limits are target x (1 -+ share), statistic is total / target. Silent below `min_records` records and
    without a positive target. A total may meet a target by chance: of totals that scatter by a fifth around it, one
    in twenty-five does.
    """
    enough = (pl.col("records") >= settings["min_records"]) & (pl.col("target") > 0) & pl.col("total").is_not_null()
    away = (number("total") - number("target")).abs()
    # Money has two decimals: half a hundredth is a matter of rounding.
    close = away <= settings["share"] * number("target") + 1e-6
    return units.with_columns(
        pl.when(enough).then(close).alias("flagged"),
        number("total").alias("observed"),
        number("target").alias("expected"),
        pl.col("records").cast(pl.Int64).alias("sample"),
        pl.when(enough).then(number("total") / number("target")).alias("statistic"),
        (number("target") * (1 - settings["share"])).alias("lower"),
        (number("target") * (1 + settings["share"])).alias("upper"),
        pl.lit("total against target").alias("method"),
    )


@method(
    "reconciliation",
    "whether a sum agrees with the figure reported for it",
    ("total", "reported", "tolerance", "records"),
    rounding=1e-6,
)
def reconciliation(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the sums that differ from the figure reported for them by more than the `tolerance` of the unit.

    Units: the `total` of the records, the figure `reported`, the `tolerance` (same unit), the number of `records`.
    Arithmetic, not a test: expected is the reported figure, statistic the difference, the limits are reported -+
    tolerance. Silent where either figure is missing. Differences within `rounding` are those of floating numbers.
    """
    difference = number("total") - number("reported")
    return units.with_columns(
        (difference.abs() > number("tolerance") + settings["rounding"]).alias("flagged"),
        number("total").alias("observed"),
        number("reported").alias("expected"),
        pl.col("records").cast(pl.Int64).alias("sample"),
        difference.alias("statistic"),
        (number("reported") - number("tolerance")).alias("lower"),
        (number("reported") + number("tolerance")).alias("upper"),
        pl.lit("sum against reported figure").alias("method"),
    )


@method(
    "equal_counts",
    "whether more people than chance allows have exactly the same count",
    ("unit", "person", "count"),
    people_min=3,
    count_min=10,
    fdr=0.05,
)
@in_fixed_order
def equal_counts(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the units in which `people_min` or more people have exactly the same count of at least `count_min`.

    Rows: a unit (an agency and a period), a person, the person's count. Observed is the largest number of people with
    one count, expected the number of as large groups of people with equal counts under chance, and the p-value is its
    bound: (people choose m) times the chance that m Poisson counts around that count agree. People whose workloads
    differ agree less often, so the bound holds for them too; duty rosters that share work out evenly agree more
    often and look the same as a quota. Benjamini and Hochberg over units. Units with fewer than `people_min` people
    stay silent.
    """
    same = (
        units.filter(pl.col("person").is_not_null())
        .group_by("unit", "count")
        .agg(pl.len().alias("people"))
        .filter(pl.col("count") >= settings["count_min"])
        .sort("unit", "people", "count", descending=[False, True, True])
        .group_by("unit", maintain_order=True)
        .first()
    )
    totals = units.group_by("unit").agg(pl.len().alias("sample")).sort("unit")
    judged = totals.join(same, on="unit", how="left", maintain_order="left").with_columns(
        pl.col("people").fill_null(0).cast(pl.Float64)
    )
    expected = _expected_groups(array(judged, "sample"), array(judged, "people"), array(judged, "count"))
    p_value = np.where(array(judged, "sample") >= settings["people_min"], np.minimum(1, expected), np.nan)
    p_adjusted = adjusted(p_value)
    enough = pl.col("people") >= settings["people_min"]
    answers = judged.with_columns(
        column("expected", expected), column("p_value", p_value), column("p_adjusted", p_adjusted)
    ).select(
        "unit",
        (enough & (pl.col("p_adjusted") <= settings["fdr"])).alias("flagged"),
        pl.col("people").alias("observed"),
        "expected",
        pl.col("sample").cast(pl.Int64),
        number("count").alias("statistic"),
        "p_value",
        "p_adjusted",
    )
    silent = pl.when(pl.col("p_value").is_not_null()).then("flagged").alias("flagged")
    return units.join(answers, on="unit", how="left", maintain_order="left").with_columns(
        silent, pl.lit("equal Poisson counts, Benjamini-Hochberg").alias("method")
    )


def _expected_groups(people: Numbers, equal: Numbers, count: Numbers) -> Numbers:
    """Return how many groups of `equal` people with one count chance would make among `people`."""
    from scipy.special import comb

    result = np.ones(len(people))
    for place in np.flatnonzero(equal >= 2):
        agree = float(np.sum(poisson_chances(count[place], 1e-12) ** equal[place]))
        result[place] = comb(people[place], equal[place]) * agree
    return result
