"""Shares against a share that is known beforehand: from the calendar, or from the law and the facts."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.rates import (
    Answers,
    Flags,
    Floats,
    adjusted,
    counts,
    deviance_scores,
    limits,
    number,
    tails,
)


@method(
    "known_share",
    "a share against a share that is known beforehand: exact binomial test, false discovery over all units",
    ("events", "trials", "share"),
    min_sample=10,
    fdr=0.05,
    share_min=0.0,
    difference_min=0.0,
    per=1,
)
def known_share(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Say where `events / trials` lies above `share`, the value expected for that row.

    Gives both shares and the upper limit at `fdr` (`per` so many trials), the score in standard deviations and
    the exact p-value, corrected over all rows. Flagged: p_adjusted <= `fdr`, the share at least `share_min` and at least
    `difference_min` above what was expected. Not tested: fewer than `min_sample` trials, or no expected share.
    Assumes independent trials.
    """
    return _judge(units, counts(units, "share"), np.ones(units.height), settings, "exact binomial test")


@method(
    "calendar_share",
    "share of the events on certain days against the share of these days: exact binomial, clustering by day",
    ("events", "trials", "days_in", "days", "squares_in", "squares"),
    min_sample=50,
    fdr=0.05,
    share_min=0.0,
    difference_min=0.0,
    per=1,
)
def calendar_share(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Say where more of `trials` fell on certain days (`events`) than the share of these days, `days_in / days`.

    `squares_in` and `squares` are the sums of the squared counts of a day, over the certain days and over all: they
    say how far decisions come in batches, and a batch counts as much less than its size. Gives and flags the same as
    `known_share`. Assumes that without an effect every day is alike and days are independent of one another; the
    factor is the quasi-Poisson index of dispersion of the daily counts, measured within either kind of day so that
    an effect does not hide itself (McCullagh and Nelder, *Generalized Linear Models*, 1989, 4.5 and 6.2.3).
    """
    events, trials = counts(units, "events"), counts(units, "trials")
    days_in, days = counts(units, "days_in"), counts(units, "days")
    squares_in, squares = counts(units, "squares_in"), counts(units, "squares")
    days_out = days - days_in
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = squares_in - events**2 / days_in
        outside = squares - squares_in - (trials - events) ** 2 / days_out
        dispersion = (inside + outside) / (days - 2) / (trials / days)
        share = np.where((days_in > 0) & (days_out > 0), days_in / days, np.nan)
    factor = np.where(np.isfinite(dispersion), np.maximum(dispersion, 1.0), 1.0)
    return _judge(units, share, factor, settings, "exact binomial test, clustering by day")


def _judge(units: pl.DataFrame, share: Floats, factor: Floats, settings: Settings, text: str) -> pl.DataFrame:
    """Test all rows above their expected share; `factor` is by how much the variance exceeds the binomial one."""
    events, trials = counts(units, "events"), counts(units, "trials")
    fdr = number(settings, "fdr")
    tested: Flags = (np.nan_to_num(trials, nan=-1.0) >= max(number(settings, "min_sample"), 1)) & np.isfinite(share)
    at, size, seen = np.where(tested, share, 0.5), np.where(tested, trials, 1.0), np.where(tested, events, 0.0)
    p_value, _ = tails(seen / factor, size / factor, at)
    p_adjusted = adjusted(p_value, tested)
    observed = seen / size
    far = (observed >= number(settings, "share_min")) & (observed - at >= number(settings, "difference_min"))
    flagged = tested & far & (np.nan_to_num(p_adjusted, nan=1.0) <= fdr)
    columns = {
        "observed": observed,
        "expected": at,
        "statistic": deviance_scores(seen, size, at) / np.sqrt(factor),
        "p_value": p_value,
        "upper": limits(size / factor, at, fdr)[1],
    }
    shown = {name: np.where(tested, values, np.nan) for name, values in columns.items()}
    answers = Answers(flagged, tested, {**shown, "p_adjusted": p_adjusted}, trials, f"{text}, Benjamini-Hochberg")
    return answers.add_to(units, number(settings, "per"))
