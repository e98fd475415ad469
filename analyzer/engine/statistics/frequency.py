"""How often a subject is visited in a stretch of time, against its peers."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.judged import Numbers, adjusted, array, column, in_fixed_order
from analyzer.engine.statistics.laws import negative_binomial_limit, negative_binomial_tail, student_limit, student_tail


@method(
    "frequency_peers",
    "the most visits of a subject in a stretch of time against those of its peers (negative binomial)",
    ("peers", "subject", "days", "visits", "visits_in_all"),
    min_visits=4,
    peers_min=5,
    fdr=0.05,
)
@in_fixed_order
def frequency_peers(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the subjects that were visited far more often than their peers.

    Units: subject and length of time in `days`: `visits`, the most visits within that time; `peers`, the group that
    it is compared with; `visits_in_all`, those in the longest time. Every subject there is was visited once, so the
    visits beyond the first are compared: upper tail of a negative binomial law whose mean and dispersion are the
    moments of the other subjects of the group (Poisson where they vary no more than that). Moments of a few peers are
    uncertain, so the larger of that p-value and of Student's t for one new value (square roots, which even out the
    variance of counts) is taken, and adjusted by Benjamini and Hochberg over all units. Subjects with fewer than
    `min_visits` in all, and those with fewer than `peers_min` others in their group, stay silent, but count as peers
    and in the adjustment. Assumes that peers are exposed alike.
    """
    others = _others(units)
    by_law = _tail(array(others, "visits"), array(others, "mean"), array(others, "variance"))
    p_value = np.maximum(by_law, _new_value_tail(array(others, "visits"), others))
    enough_peers = array(others, "others") >= settings["peers_min"]
    p_value = np.where(enough_peers, p_value, np.nan)
    p_adjusted = adjusted(p_value)
    flagged = pl.Series("flagged", p_adjusted <= settings["fdr"])
    answered = pl.Series(enough_peers & (array(others, "visits_in_all") >= settings["min_visits"]))
    return units.with_columns(
        pl.select(pl.when(answered).then(flagged)).to_series().alias("flagged"),
        number_of_visits := others["visits"].cast(pl.Float64).alias("observed"),
        others["mean"].fill_nan(None).alias("expected"),
        others["others"].cast(pl.Int64).alias("sample"),
        (number_of_visits / others["mean"]).fill_nan(None).alias("statistic"),
        column("p_value", p_value),
        column("p_adjusted", p_adjusted),
        column("upper", _limit(others, settings["fdr"])),
        pl.lit("negative binomial law and Student t of the peers, Benjamini-Hochberg").alias("method"),
    )


def _others(units: pl.DataFrame) -> pl.DataFrame:
    """Add mean and variance of the visits of the other subjects of the group, and how many they are."""
    group = ["peers", "days"]
    visits = pl.col("visits").cast(pl.Float64)
    others = (pl.len().over(group) - 1).cast(pl.Float64)
    mean = (visits.sum().over(group) - visits) / others
    squares = (visits**2).sum().over(group) - visits**2
    return units.with_columns(
        others.alias("others"), mean.alias("mean"), squares.alias("squares"), *_roots(others, group)
    ).with_columns(
        ((pl.col("squares") - pl.col("others") * pl.col("mean") ** 2) / (pl.col("others") - 1)).alias("variance")
    )


def _roots(others: pl.Expr, group: list[str]) -> list[pl.Expr]:
    """Mean and standard deviation of the square roots of the others' visits."""
    visits = pl.col("visits").cast(pl.Float64)
    mean = (visits.sqrt().sum().over(group) - visits.sqrt()) / others
    squares = visits.sum().over(group) - visits
    variance = (squares - others * mean**2) / (others - 1)
    return [mean.alias("root"), pl.max_horizontal(variance, pl.lit(0.0)).sqrt().alias("root_deviation")]


def _new_value_tail(visits: Numbers, others: pl.DataFrame) -> Numbers:
    """Return the chance that one more peer has that many visits, by Student's t on square roots."""
    root, deviation, freedom = _roots_law(others)
    return student_tail((np.sqrt(visits) - root) / deviation, freedom)


def _roots_law(others: pl.DataFrame) -> tuple[Numbers, Numbers, Numbers]:
    """Return mean, deviation of one new value, and degrees of freedom of the square roots of the others' visits."""
    peers = np.maximum(array(others, "others"), 2)
    # Half the deviation of a Poisson count's root is the least: peers that agree by chance are no rule.
    deviation = np.maximum(array(others, "root_deviation"), 0.25) * np.sqrt(1 + 1 / peers)
    return array(others, "root"), deviation, peers - 1


def _law(mean: Numbers, variance: Numbers) -> tuple[Numbers, Numbers]:
    """Return size and probability of the negative binomial law with these moments of the visits beyond the first."""
    beyond = np.maximum(mean - 1, 1e-9)
    more = np.maximum(variance - beyond, 1e-9 * beyond)  # hardly more than Poisson is Poisson
    size = beyond**2 / more
    return size, size / (size + beyond)


def _tail(visits: Numbers, mean: Numbers, variance: Numbers) -> Numbers:
    size, chance = _law(mean, variance)
    return negative_binomial_tail(visits - 2, size, chance)


def _limit(others: pl.DataFrame, rate: float) -> Numbers:
    """Return the visits that one subject in `1 / rate` exceeds, by the wider of the two laws."""
    size, chance = _law(array(others, "mean"), array(others, "variance"))
    root, deviation, freedom = _roots_law(others)
    by_roots = np.maximum(0, root + student_limit(rate, freedom) * deviation) ** 2
    return np.asarray(np.maximum(negative_binomial_limit(rate, size, chance) + 1, by_roots), dtype=np.float64)
