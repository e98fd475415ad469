"""Tails and limits of the laws of chance that the methods ask for, on SciPy's special functions.

`scipy.stats` has them all, but to load it costs more than to judge a county: two seconds of processor time a process.
The special functions that it rests on take a quarter of that; tests hold these against it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def normal_tail(score: ArrayLike) -> Floats:
    """Return the chance that a normal value exceeds `score`."""
    from scipy import special

    return np.asarray(special.ndtr(-np.asarray(score, dtype=np.float64)), dtype=np.float64)


def normal_limit(chance: float) -> float:
    """Return the score that a normal value exceeds with this chance."""
    from scipy import special

    return -float(special.ndtri(chance))


def student_tail(score: ArrayLike, freedom: ArrayLike) -> Floats:
    """Return the chance that Student's t with so many degrees of freedom exceeds `score`."""
    from scipy import special

    return np.asarray(special.stdtr(freedom, -np.asarray(score, dtype=np.float64)), dtype=np.float64)


def student_limit(chance: float, freedom: ArrayLike) -> Floats:
    """Return what Student's t exceeds with this chance."""
    from scipy import special

    return -np.asarray(special.stdtrit(freedom, chance), dtype=np.float64)


def beta_share(rate: ArrayLike, first: ArrayLike, second: ArrayLike) -> Floats:
    """Return the share of a beta law with these two parameters up to `rate`: the binomial tail, also of parts of counts."""
    from scipy import special

    return np.asarray(special.betainc(first, second, rate), dtype=np.float64)


def beta_rest(rate: ArrayLike, first: ArrayLike, second: ArrayLike) -> Floats:
    """Return the share of a beta law beyond `rate`."""
    from scipy import special

    return np.asarray(special.betaincc(first, second, rate), dtype=np.float64)


def binomial_tail(count: ArrayLike, trials: ArrayLike, rate: ArrayLike) -> Floats:
    """Return the chance of more than `count` events in so many trials."""
    known, among, share = _numbers(count, trials, rate)
    inside = (known >= 0) & (known < among)
    tail = beta_share(share, np.where(inside, known + 1, 1.0), np.where(inside, among - known, 1.0))
    return np.where(inside, tail, _beyond(known < 0, known, among, share))


def binomial_limits(chance: float, trials: ArrayLike, rate: ArrayLike) -> tuple[Floats, Floats]:
    """Return two counts in so many whole trials: the smallest whose lower tail is at least `chance`, and the smallest
    beyond which lies no more than `chance`."""
    from scipy import special

    among, share = _numbers(trials, rate)

    def at_least(guess: Floats, enough: Callable[[Floats], NDArray[np.bool_]]) -> Floats:
        # The inverse is right to a part of a unit; which whole number it is, the tails themselves say.
        start = np.where(share < 1, np.nan_to_num(guess, nan=0.0), among)
        count = np.clip(np.ceil(start) + 1, 0, among)
        for _ in range(2):
            count = np.where((count >= 1) & enough(count - 1), count - 1, count)
        return np.where(np.isnan(among) | np.isnan(share), np.nan, count)

    lower = at_least(special.bdtrik(chance, among, share), lambda count: _binomial_share(count, among, share) >= chance)
    upper = at_least(
        special.bdtrik(1 - chance, among, share), lambda count: binomial_tail(count, among, share) <= chance
    )
    return lower, upper


def negative_binomial_tail(count: ArrayLike, size: ArrayLike, chance: ArrayLike) -> Floats:
    """Return the probability of more than `count` failures before `size` successes that come with `chance` each."""
    known, successes, each = _numbers(np.floor(count), size, chance)
    inside = known >= 0
    tail = beta_rest(each, successes, np.where(inside, known + 1, 1.0))
    return np.where(inside, tail, _beyond(known < 0, known, successes, each))


def negative_binomial_limit(rate: float, size: ArrayLike, chance: ArrayLike) -> Floats:
    """Return the smallest count of failures beyond which lies no more than `rate`."""
    successes, each = _numbers(size, chance)
    known = ~np.isnan(successes) & ~np.isnan(each)
    low, high = np.full(known.shape, -1.0), np.zeros(known.shape)

    def exceeds(count: Floats) -> NDArray[np.bool_]:
        return known & (negative_binomial_tail(count, successes, each) > rate)

    while (still := exceeds(high)).any():
        low, high = np.where(still, high, low), np.where(still, 2 * high + 1, high)
    while (apart := high - low > 1).any():
        middle = np.floor((low + high) / 2)
        above = exceeds(middle)
        low, high = np.where(apart & above, middle, low), np.where(apart & ~above, middle, high)
    return np.where(known, high, np.nan)


def poisson_chances(mean: float, rest: float) -> Floats:
    """Return the chances of 0, 1, 2, ... events of a Poisson law, until beyond them lies no more than `rest`."""
    from scipy import special

    last = 0
    while special.pdtrc(last, mean) > rest:
        last += 1
    counts = np.arange(last + 2, dtype=np.float64)
    return np.asarray(np.exp(special.xlogy(counts, mean) - mean - special.gammaln(counts + 1)), dtype=np.float64)


def hypergeometric_moments(total: Floats, good: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of how many of the `good` ones are among those `drawn` from `total`."""
    mean = drawn * good / total
    variance = mean * (total - good) / total * (total - drawn) / (total - 1)
    return mean, variance


def hypergeometric_chances(count: ArrayLike, total: ArrayLike, good: ArrayLike, drawn: ArrayLike) -> Floats:
    """Return the chance that exactly `count` of the `good` ones are among those `drawn` from `total`."""
    found, everything, kind, taken = _numbers(count, total, good, drawn)
    ways = _log_ways(kind, found) + _log_ways(everything - kind, taken - found) - _log_ways(everything, taken)
    return np.asarray(np.exp(ways), dtype=np.float64)


def corrected(p_values: Floats) -> Floats:
    """Return p-values corrected by Benjamini and Hochberg (1995) over all of them."""
    order = np.argsort(p_values)
    scaled = p_values[order] * (len(p_values) / np.arange(1, len(p_values) + 1))
    result = np.empty(len(p_values))
    result[order] = np.clip(np.minimum.accumulate(scaled[::-1])[::-1], 0.0, 1.0)
    return result


def root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that rises or falls throughout is zero, to the last bit that halving can tell."""
    sign = np.sign(rising(high))
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if np.sign(rising(middle)) == sign else (middle, high)
    return high


def _binomial_share(count: Floats, trials: Floats, rate: Floats) -> Floats:
    """Return the chance of at most `count` events."""
    inside = (count >= 0) & (count < trials)
    share = beta_rest(rate, np.where(inside, count + 1, 1.0), np.where(inside, trials - count, 1.0))
    return np.where(inside, share, _beyond(count >= trials, count, trials, rate))


def _beyond(certain: NDArray[np.bool_], *known: Floats) -> Floats:
    """Return 1 where it is certain and else 0; what is not a number stays so."""
    return np.where(np.logical_or.reduce([np.isnan(one) for one in known]), np.nan, certain.astype(np.float64))


def _log_ways(among: Floats, taken: Floats) -> Floats:
    from scipy import special

    return np.asarray(-special.betaln(among - taken + 1, taken + 1) - np.log1p(among), dtype=np.float64)


def _numbers(*given: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in given)))
