"""Rates compared at equal conditions: an exact test over strata, for each group against everybody else."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.laws import (
    hypergeometric_chances,
    hypergeometric_moments,
    normal_limit,
    normal_tail,
)
from analyzer.engine.statistics.rates import Answers, Floats, adjusted, counts, number

_EXACT_FROM = 1.5
"""Scores below this are far from any flag: their p-value stays the normal one."""

_EXACT_UP_TO = 4000
"""Widest range of possible counts for which the exact distribution is worked out; beyond, the normal one serves."""

_CELL = "cell"


@method(
    "strata_exact",
    "rate of a group against all others at equal conditions: exact conditional test over strata, false discovery",
    ("events", "trials"),
    unit=(),
    strata=(),
    min_sample=20,
    fdr=0.05,
    difference_min=0.0,
    per=1,
)
def strata_exact(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Compare each unit (equal values of `unit`) with all other rows of its strata (equal values of `strata`).

    A row is one unit in one stratum; every row of a unit gets the unit's answer: its rate, the rate that the others
    would lead to in the same strata, the range at 1 - `fdr` under equal treatment (`per` so many trials), the
    Mantel-Haenszel score and a two-sided p-value, corrected over all units. Flagged: p_adjusted <= `fdr`, and the
    rates at least `difference_min` (a share) apart. Not tested: fewer than `min_sample` trials in strata that hold
    others too, or fewer than that of others.

    Assumes independent trials and equal rates within a stratum where there is no effect. In each stratum the count of
    the unit is hypergeometric given the totals; the sum over strata is their convolution (the exact test behind
    Cochran-Mantel-Haenszel; one stratum is Fisher's test). Wide counts use the normal score of the same moments
    (Mantel and Haenszel, 1959).
    """
    names, strata = list(settings["unit"]), list(settings["strata"])
    cells = _cells(units, names, strata)
    groups = _sums(cells, names)
    sample, mean, sd = counts(groups, "n"), counts(groups, "mean"), np.sqrt(counts(groups, "variance"))
    seen, totals = counts(groups, "y"), cells.select("all_trials", "all_events", "trials").to_numpy().astype(np.float64)
    tested = (sample >= max(number(settings, "min_sample"), 1)) & (
        counts(groups, "others") >= number(settings, "min_sample")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(sd > 0, (seen - mean) / sd, 0.0)
    p_value = np.minimum(1.0, 2 * normal_tail(np.abs(score)))
    for place in np.flatnonzero(tested & (np.abs(score) >= _EXACT_FROM) & (counts(groups, "width") <= _EXACT_UP_TO)):
        p_value[place] = _exact(totals[groups.get_column(_CELL)[int(place)].to_numpy()], float(seen[place]))
    fdr, size = number(settings, "fdr"), np.where(sample > 0, sample, np.nan)
    p_adjusted = adjusted(p_value, tested)
    apart = np.abs(seen - mean) / size >= number(settings, "difference_min")
    reach = normal_limit(fdr / 2) * sd
    columns = {
        "observed": seen / size,
        "expected": mean / size,
        "statistic": score,
        "p_value": np.where(tested, p_value, np.nan),
        "p_adjusted": p_adjusted,
        "lower": np.clip((mean - reach) / size, 0.0, 1.0),
        "upper": np.clip((mean + reach) / size, 0.0, 1.0),
    }
    flagged = tested & apart & (np.nan_to_num(p_adjusted, nan=1.0) <= fdr)
    answers = Answers(flagged, tested, columns, sample, "exact test over strata, Benjamini-Hochberg")
    judged = answers.add_to(groups.select(names), number(settings, "per"))
    return units.join(judged, on=names, how="left", nulls_equal=True, maintain_order="left")


def _cells(units: pl.DataFrame, names: list[str], strata: list[str]) -> pl.DataFrame:
    """Return the rows that can be compared, in an order of their own, with totals, mean and variance by chance."""
    counted = units.select(
        *dict.fromkeys([*names, *strata]), pl.col("events").cast(pl.Int64), pl.col("trials").cast(pl.Int64)
    )
    whole = counted.drop_nulls(["events", "trials"]).with_columns(
        pl.col("events").sum().over(strata or pl.lit(0)).alias("all_events"),
        pl.col("trials").sum().over(strata or pl.lit(0)).alias("all_trials"),
    )
    cells = whole.filter(pl.col("all_trials") > pl.col("trials")).sort([*names, *strata, "trials", "events"])
    total, good, drawn = (counts(cells, name) for name in ("all_trials", "all_events", "trials"))
    width = np.minimum(drawn, good) - np.maximum(0, drawn + good - total)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, variance = hypergeometric_moments(total, good, drawn)
    return cells.with_columns(
        pl.Series("mean", mean),
        pl.Series("variance", np.where(width > 0, variance, 0.0)),
        pl.Series("width", width),
    ).with_row_index(_CELL)


def _sums(cells: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return one row a unit: what was seen, what chance gives, and the cells behind it."""
    return cells.group_by(names, maintain_order=True).agg(
        pl.col("events").sum().alias("y"),
        pl.col("trials").sum().alias("n"),
        (pl.col("all_trials") - pl.col("trials")).sum().alias("others"),
        pl.col("mean").sum(),
        pl.col("variance").sum(),
        pl.col("width").sum(),
        pl.col(_CELL),
    )


def _exact(totals: Floats, seen: float) -> float:
    """Return twice the smaller tail of the sum of the hypergeometric counts of a unit's strata.

    `totals` has a row a stratum: all trials, all events, the unit's trials.
    """
    total, good, drawn = totals.T.astype(np.int64)
    lowest, highest = np.maximum(0, drawn + good - total), np.minimum(drawn, good)
    widths = highest - lowest + 1
    ends = np.cumsum(widths)
    counts_in_order = np.arange(ends[-1]) - np.repeat(ends - widths - lowest, widths)
    each = hypergeometric_chances(counts_in_order, *(np.repeat(side, widths) for side in (total, good, drawn)))
    chances: Floats = np.ones(1)
    for piece in np.split(each, ends[:-1]):
        chances = np.convolve(chances, piece)
    place = round(seen) - int(lowest.sum())
    smaller = min(float(chances[: place + 1].sum()), float(chances[place:].sum()))
    return min(1.0, 2 * smaller)
