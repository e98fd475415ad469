"""The laws of chance against `scipy.stats`, which is too slow to load for every audit."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analyzer.engine.statistics import laws

COUNTS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 7.0, 40.0, 41.0, 400.0, np.nan])
RATES = np.array([0.0, 1e-9, 0.003, 0.1, 0.5, 0.9, 1.0])


def test_normal_and_student() -> None:
    scores = np.array([-40.0, -3.0, -0.1, 0.0, 0.7, 3.0, 8.0, 37.0, np.nan, np.inf])
    np.testing.assert_allclose(laws.normal_tail(scores), stats.norm.sf(scores), rtol=1e-12)
    for chance in (1e-12, 0.001, 0.05, 0.5, 0.9):
        assert laws.normal_limit(chance) == pytest.approx(stats.norm.isf(chance), rel=1e-12)
    for freedom in (1.0, 2.59, 30.0, 1e6):
        np.testing.assert_allclose(laws.student_tail(scores, freedom), stats.t.sf(scores, freedom), rtol=1e-9)
        assert laws.student_limit(0.05, freedom) == pytest.approx(stats.t.isf(0.05, freedom), rel=1e-9)


@pytest.mark.parametrize("trials", [0, 1, 2, 41, 4000])
def test_binomial_tails_and_limits(trials: int) -> None:
    counts, rates = np.meshgrid(COUNTS, RATES)
    np.testing.assert_allclose(
        laws.binomial_tail(counts, trials, rates), stats.binom.sf(counts, trials, rates), rtol=1e-9, atol=1e-300
    )
    for chance in (0.00135, 0.05, 0.4):
        lower, upper = laws.binomial_limits(chance, np.full(RATES.shape, trials), RATES)
        np.testing.assert_array_equal(lower, np.maximum(stats.binom.ppf(chance, trials, RATES), 0))
        np.testing.assert_array_equal(upper, np.maximum(stats.binom.isf(chance, trials, RATES), 0))


@given(st.integers(1, 3000), st.floats(0.0001, 0.9999), st.sampled_from([1e-4, 0.00135, 0.01, 0.2]))
def test_a_binomial_limit_is_the_first_count_that_will_do(trials: int, rate: float, chance: float) -> None:
    (lower, upper) = (int(one) for one in laws.binomial_limits(chance, trials, rate))
    assert stats.binom.cdf(lower, trials, rate) >= chance * (1 - 1e-9)
    assert lower == 0 or stats.binom.cdf(lower - 1, trials, rate) < chance * (1 + 1e-9)
    assert stats.binom.sf(upper, trials, rate) <= chance * (1 + 1e-9)
    assert upper == 0 or stats.binom.sf(upper - 1, trials, rate) > chance * (1 - 1e-9)


def test_negative_binomial_and_poisson() -> None:
    for size, chance in ((0.3, 0.1), (2.0, 0.5), (1e9, 1 - 1e-9), (40.0, 0.02)):
        known = COUNTS[:-1]
        np.testing.assert_allclose(
            laws.negative_binomial_tail(known, size, chance), stats.nbinom.sf(known, size, chance), rtol=1e-7
        )
        for rate in (0.001, 0.05, 0.3):
            assert laws.negative_binomial_limit(rate, size, chance) == stats.nbinom.isf(rate, size, chance)
    assert np.isnan(laws.negative_binomial_limit(0.05, [np.nan], [0.5])).all()
    for mean in (0.01, 1.0, 33.3):
        chances = laws.poisson_chances(mean, 1e-12)
        assert len(chances) == stats.poisson.isf(1e-12, mean) + 2
        np.testing.assert_allclose(chances, stats.poisson.pmf(np.arange(len(chances)), mean), rtol=1e-10)


def test_hypergeometric() -> None:
    total, good, drawn = np.array([50.0, 8.0, 2000.0]), np.array([10.0, 8.0, 900.0]), np.array([7.0, 3.0, 1500.0])
    mean, variance = laws.hypergeometric_moments(total, good, drawn)
    expected = stats.hypergeom.stats(total, good, drawn, moments="mv")
    np.testing.assert_allclose((mean, variance), expected, rtol=1e-10, atol=1e-12)
    for count in (3, 7):
        np.testing.assert_allclose(
            laws.hypergeometric_chances(count, 50, 10, 7), stats.hypergeom.pmf(count, 50, 10, 7), rtol=1e-9
        )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_corrected_for_many(p_values: list[float]) -> None:
    given_values = np.array(p_values)
    np.testing.assert_allclose(
        laws.corrected(given_values), stats.false_discovery_control(given_values, method="bh"), rtol=1e-12
    )


def test_a_root_is_found_from_either_side() -> None:
    assert laws.root(lambda x: x * x - 2, 0, 2) == pytest.approx(2**0.5, rel=1e-15)
    assert laws.root(lambda x: 0.25 - x, 0, 1) == pytest.approx(0.25, rel=1e-15)


def test_an_audit_does_not_load_what_is_slow() -> None:
    work = (
        "import sys, polars as pl; from analyzer.engine.statistics import METHODS;"
        " units = pl.DataFrame({'events': [3, 1, 2, 0, 30, 2], 'trials': [50, 40, 60, 30, 90, 55]});"
        " METHODS['funnel'].judge(units, METHODS['funnel'].settings);"
        " assert 'scipy.special' in sys.modules and 'scipy.stats' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", work], check=True)
