"""Funnel limits for rates: who lies outside what chance and the ordinary spread of peers explain."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.laws import normal_limit, normal_tail, root
from analyzer.engine.statistics.rates import (
    Answers,
    Flags,
    Floats,
    adjusted,
    blank_columns,
    counts,
    deviance_scores,
    limits,
    number,
    p_on,
    tails,
)

_CENTRE_REACH = 3.0
"""A unit pulls the peers' rate by no more than so many binomial standard deviations of its own."""

_TAIL = 0.1
"""Scores are winsorised at this tail on each side when the spread of the peers is measured."""

_COLUMNS = ("observed", "expected", "statistic", "p_value", "p_adjusted", "lower", "upper")


@cache
def _winsorised() -> tuple[float, float]:
    """Where scores are cut, and what their squares are on average when there is no over-dispersion."""
    reach = normal_limit(_TAIL)
    density = math.exp(-(reach**2) / 2) / math.sqrt(2 * math.pi)
    return reach, 1 - 2 * _TAIL - 2 * reach * density + 2 * _TAIL * reach**2


@method(
    "funnel",
    "rates of comparable units: exact binomial funnel limits, over-dispersion, false discovery over all units",
    ("events", "trials"),
    least=("trials", "min_sample"),
    within=(),
    side="high",
    min_sample=10,
    peers_min=5,
    fdr=0.05,
    sigma=3.0,
    per=1,
)
def funnel(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Compare the rate `events / trials` of each unit with the rate of its peers (equal values of `within`).

    Gives the rate, the peers' rate, limits at `sigma` (all `per` so many trials), the score in standard deviations
    and the exact p-value, corrected over all units of all groups. Flagged: outside the limits on `side`, and
    p_adjusted <= `fdr`. Not tested: fewer than `min_sample` trials, or fewer than `peers_min` such units in the group.

    The rates of peers differ a little without anybody's fault. So the variance of each unit is multiplied by
    1 + (trials - 1) * rho (the over-dispersion of the beta-binomial), as if the unit had fewer, independent trials;
    rho is measured on winsorised scores. The peers' rate is a Huber-type pooled rate: no unit, however large or odd,
    moves it far. Assumes that the rates of peers spread around one typical rate by less than about its own size;
    where they spread wider, more units lie far out than the limits say. Source: see `rates`; Paule and Mandel (1982)
    for the spread.
    """
    events, trials = counts(units, "events"), counts(units, "trials")
    enough = np.nan_to_num(trials, nan=-1.0) >= max(number(settings, "min_sample"), 1)
    tested = np.zeros(units.height, dtype=bool)
    columns = blank_columns(units.height, _COLUMNS)
    outside = np.zeros(units.height, dtype=bool)
    for group in _groups(units, list(settings["within"])):
        peers = group[enough[group]]
        if len(peers) < number(settings, "peers_min"):
            continue
        peers = peers[np.lexsort((events[peers], trials[peers]))]
        tested[peers] = True
        found = _judge_peers(events[peers], trials[peers], str(settings["side"]), number(settings, "sigma"))
        outside[peers] = found.pop("outside") > 0
        for name, values in found.items():
            columns[name][peers] = values
    columns["p_adjusted"] = adjusted(columns["p_value"], tested)
    flagged = outside & (np.nan_to_num(columns["p_adjusted"], nan=1.0) <= number(settings, "fdr"))
    text = "funnel: exact binomial limits, over-dispersion, Benjamini-Hochberg"
    return Answers(flagged, tested, columns, trials, text).add_to(units, number(settings, "per"))


def peers_rate(events: Floats, trials: Floats) -> float:
    """Return the rate around which the counts lie, each pulling by at most three of its standard deviations."""
    if events.sum() in (0, trials.sum()):
        return float(events.sum() / trials.sum())

    def pull(rate: float) -> float:
        reach = _CENTRE_REACH * np.sqrt(trials * rate * (1 - rate))
        return float(np.clip(events - trials * rate, -reach, reach).sum())

    return root(pull, 1e-12, 1 - 1e-12)


def over_dispersion(events: Floats, trials: Floats, rate: float) -> Floats:
    """Return by what factor the variance of each unit exceeds the binomial one: 1 + (trials - 1) * rho, rho >= 0.

    rho is the correlation within a unit at which the winsorised scores are as wide as those of chance alone.
    """
    if rate <= 0 or rate >= 1:
        return np.ones(len(trials))
    scores = deviance_scores(events, trials, rate)
    reach, at_rest = _winsorised()

    def excess(rho: float) -> float:
        squares = np.minimum(scores**2 / (1 + (trials - 1) * rho), reach**2)
        return float(squares.mean()) - at_rest

    if excess(0.0) <= 0:
        return np.ones(len(trials))
    rho = 1.0 if excess(1.0) >= 0 else root(excess, 0.0, 1.0)
    return 1 + (trials - 1) * rho


def limit_curve(events: Floats, trials: Floats, sizes: Floats, sigma: float) -> tuple[float, Floats, Floats]:
    """Return the peers' rate, and the lower and upper limits at `sigma` for units of `sizes` trials.

    The limits are those that `funnel` judges by: exact binomial, widened by the spread that the peers themselves show.
    """
    rate = peers_rate(events, trials)
    largest = int(np.argmax(trials))
    factor = over_dispersion(events, trials, rate)[largest]
    rho = (factor - 1) / (trials[largest] - 1) if trials[largest] > 1 else 0.0
    spread = 1 + (sizes - 1) * rho
    lower, upper = limits(sizes / spread, rate, float(normal_tail(sigma)))
    return rate, lower, upper


def _judge_peers(events: Floats, trials: Floats, side: str, sigma: float) -> dict[str, Floats]:
    rate = peers_rate(events, trials)
    factor = over_dispersion(events, trials, rate)
    high, low = tails(events / factor, trials / factor, rate)
    p_limit = float(normal_tail(sigma))
    lower, upper = limits(trials / factor, rate, p_limit)
    beyond: Flags = ((high <= p_limit) & (side != "low")) | ((low <= p_limit) & (side != "high"))
    return {
        "observed": events / trials,
        "expected": np.full(len(trials), rate),
        "statistic": deviance_scores(events, trials, rate) / np.sqrt(factor),
        "p_value": p_on(side, high, low),
        "lower": lower,
        "upper": upper,
        "outside": beyond.astype(np.float64),
    }


def _groups(units: pl.DataFrame, within: list[str]) -> list[np.ndarray]:
    rows = units.with_row_index("row")
    if not within:
        return [rows.get_column("row").to_numpy()]
    return [group.to_numpy() for group in rows.group_by(within).agg("row").get_column("row")]
