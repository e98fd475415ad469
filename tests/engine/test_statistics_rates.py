"""Methods for rates: known answers straight from SciPy and statsmodels, order, minimum samples, false alarms."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from analyzer.engine.statistics import METHODS, funnel
from analyzer.engine.statistics.rates import limits, tails

NOMINAL = 0.05
SEEDS = 200


def judged(name: str, units: pl.DataFrame, **settings: Any) -> pl.DataFrame:
    work = METHODS[name]
    return work.judge(units, {**work.settings, **settings})


def share(answers: pl.DataFrame) -> float:
    """The share of units flagged; every unit must have been tested, or it says nothing."""
    assert answers["flagged"].null_count() == 0
    return float(answers["flagged"].to_numpy().mean())


def rates(
    seed: int, units: int = 40, rate: float = 0.1, rho: float = 0.0, planted: float | None = None
) -> pl.DataFrame:
    """Units of 50 to 2000 trials whose rates spread (beta) around one rate; the first may have a rate of its own."""
    rng = np.random.default_rng(seed)
    trials = np.exp(rng.uniform(np.log(50), np.log(2000), units)).astype(int)
    own = rng.beta(rate * (1 / rho - 1), (1 - rate) * (1 / rho - 1), units) if rho else np.full(units, rate)
    if planted is not None:
        own[0], trials[0] = planted, 300
    return pl.DataFrame({"unit": np.arange(units), "events": rng.binomial(trials, own), "trials": trials})


def filings(seed: int, groups: int = 20, planted: float = 0.0) -> pl.DataFrame:
    """Records of groups in bands of excess with filing rates of their own; groups carry unlike excess.

    The first group may be filed less often by `planted` at equal excess.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for group in range(groups):
        for band in range(5):
            trials = int(rng.poisson(30 if band % 2 == group % 2 else 8))
            rate = 0.35 + 0.12 * band - (planted if group == 0 else 0)
            rows.append((f"E{group}", band, int(rng.binomial(trials, rate)), trials))
    return pl.DataFrame(rows, schema=["group", "band", "events", "trials"], orient="row")


def months(seed: int, agencies: int = 10, batch: float = 1.0, planted: float = 0.0) -> pl.DataFrame:
    """Decisions of agencies on 250 days, 36 of them at an end of month; `batch` of them come together."""
    rng = np.random.default_rng(seed)
    rows = []
    for agency in range(agencies):
        days = np.zeros(250)
        for _ in range(int(300 / batch)):
            late = agency == 0 and rng.random() < planted
            days[rng.integers(0, 36) if late else rng.integers(0, 250)] += 1 + rng.poisson(batch - 1)
        squares, late_days = days**2, days[:36]
        rows.append((int(late_days.sum()), int(days.sum()), 36, 250, squares[:36].sum(), squares.sum()))
    names = ["events", "trials", "days_in", "days", "squares_in", "squares"]
    return pl.DataFrame(rows, schema=names, orient="row")


def test_without_over_dispersion_the_tails_are_those_of_the_binomial() -> None:
    events, trials = np.array([0.0, 3.0, 10.0, 40.0]), np.array([30.0, 30.0, 50.0, 40.0])
    high, low = tails(events, trials, 0.13)
    assert high == pytest.approx(stats.binom.sf(events - 1, trials, 0.13))
    assert low == pytest.approx(stats.binom.cdf(events, trials, 0.13))


def test_limits_are_whole_counts_for_whole_trials_and_leave_the_tail_beyond() -> None:
    trials = np.array([30.0, 200.0, 1000.0])
    lower, upper = limits(trials, 0.13, 0.00135)
    assert upper * trials == pytest.approx(stats.binom.isf(0.00135, trials, 0.13))
    assert lower * trials == pytest.approx(stats.binom.ppf(0.00135, trials, 0.13))
    parts = np.array([12.4, 77.7])
    lower, upper = limits(parts, 0.4, 0.00135)
    assert tails(upper * parts, parts, 0.4)[0] == pytest.approx(0.00135)
    assert tails(lower * parts, parts, 0.4)[1][1] == pytest.approx(0.00135)
    assert lower[0] == 0 and tails(np.zeros(1), parts[:1], 0.4)[1] > 0.00135  # nothing lies so low


def test_funnel_answers_are_those_of_scipy_where_peers_are_alike() -> None:
    units = pl.DataFrame({"events": [5, 6, 4, 5, 5, 6, 4, 5, 5, 40], "trials": [100] * 10})
    answers = judged("funnel", units)
    rate = answers["expected"][0]
    assert rate == pytest.approx(0.0578, abs=0.001)
    events = units["events"].to_numpy()
    assert answers["p_value"].to_numpy() == pytest.approx(stats.binom.sf(events - 1, 100, rate), abs=1e-9)
    by_hand = stats.false_discovery_control(stats.binom.sf(events - 1, 100, rate))
    assert answers["p_adjusted"].to_numpy() == pytest.approx(by_hand, abs=1e-9)
    assert answers["upper"][0] == stats.binom.isf(stats.norm.sf(3), 100, rate) / 100
    assert answers["flagged"].to_list() == [False] * 9 + [True]


def test_the_peers_rate_is_not_moved_by_one_giant() -> None:
    events, trials = np.array([50.0] * 9 + [9000.0]), np.array([1000.0] * 9 + [10000.0])
    assert funnel.peers_rate(events, trials) == pytest.approx(0.05, abs=0.01)
    assert events.sum() / trials.sum() > 0.4


def test_over_dispersion_is_that_which_was_put_in() -> None:
    rng = np.random.default_rng(5)
    trials = np.full(4000, 500.0)
    rho = 0.02
    events = rng.binomial(500, rng.beta(0.3 * (1 / rho - 1), 0.7 * (1 / rho - 1), 4000)).astype(float)
    assert funnel.over_dispersion(events, trials, 0.3)[0] == pytest.approx(1 + 499 * rho, rel=0.1)
    alike = rng.binomial(500, 0.3, 4000).astype(float)
    assert funnel.over_dispersion(alike, trials, 0.3)[0] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("side", "first", "second"), [("high", True, False), ("low", False, True), ("both", True, True)]
)
def test_funnel_looks_at_the_side_asked_for(side: str, first: bool, second: bool) -> None:
    units = pl.DataFrame({"events": [90, 5, *[50] * 10], "trials": [100] * 12})
    assert judged("funnel", units, side=side)["flagged"].to_list() == [first, second, *[False] * 10]


def test_below_the_minimum_a_unit_gets_no_answer_and_is_nobodys_peer() -> None:
    units = pl.DataFrame({"events": [9, *[5] * 5], "trials": [9, *[100] * 5]})
    answers = judged("funnel", units, min_sample=10)
    assert answers["flagged"].to_list() == [None, *[False] * 5]
    assert answers["expected"].to_list()[1] == pytest.approx(0.05)
    assert answers["p_adjusted"][0] is None
    assert answers["sample"].to_list() == [9, *[100] * 5]
    assert judged("funnel", units, peers_min=6)["flagged"].null_count() == 6


def test_groups_of_peers_are_apart_but_corrected_together() -> None:
    kinds = ["wim"] * 6 + ["camera"] * 6 + ["speed"] * 2
    units = pl.DataFrame({"kind": kinds, "events": [5] * 6 + [60] * 6 + [90] * 2, "trials": [100] * 14})
    answers = judged("funnel", units, within=["kind"])
    assert answers["flagged"].to_list() == [False] * 12 + [None] * 2
    assert answers["expected"].to_list()[:7] == pytest.approx([0.05] * 6 + [0.6])
    odd = units.with_columns(pl.Series("events", [50, *[5] * 5, *[60] * 6, *[90] * 2]))
    answers = judged("funnel", odd, within=["kind"])
    tested = answers.filter(pl.col("flagged").is_not_null())
    by_hand = stats.false_discovery_control(tested["p_value"].to_numpy())
    assert tested["p_adjusted"].to_numpy() == pytest.approx(by_hand, abs=1e-9)


def test_one_stratum_is_fishers_test() -> None:
    units = pl.DataFrame({"group": ["E1", "E2"], "band": [1, 1], "events": [3, 38], "trials": [25, 60]})
    answers = judged("strata_exact", units, unit=["group"], strata=["band"])
    by_hand = stats.hypergeom.cdf(3, 85, 41, 25) * 2
    assert answers["p_value"].to_list() == pytest.approx([by_hand] * 2, abs=1e-9)
    assert answers["observed"].to_list() == pytest.approx([3 / 25, 38 / 60])
    assert answers["flagged"].to_list() == [True, True]


def test_the_score_over_strata_is_that_of_mantel_and_haenszel() -> None:
    units = filings(3, groups=2, planted=0.2)
    answers = judged("strata_exact", units, unit=["group"], strata=["band"])
    tables = []
    for band in range(5):
        pair = units.filter(pl.col("band") == band).sort("group")
        tables.append([[row["events"], row["trials"] - row["events"]] for row in pair.iter_rows(named=True)])
    by_hand = StratifiedTable(np.transpose(np.array(tables, dtype=float), (1, 2, 0)))
    assert answers["statistic"][0] ** 2 == pytest.approx(by_hand.test_null_odds().statistic)
    assert answers["p_value"][0] == pytest.approx(by_hand.test_null_odds(correction=True).pvalue, rel=0.1)
    assert answers.filter(pl.col("group") == "E0")["p_value"].n_unique() == 1


def test_the_exact_test_adds_up_all_counts_of_two_strata() -> None:
    units = pl.DataFrame(
        {"group": ["E1", "E1", "E2", "E2"], "band": [1, 2] * 2, "events": [1, 1, 9, 7], "trials": [12, 9, 13, 10]}
    )
    answers = judged("strata_exact", units, unit=["group"], strata=["band"])
    first, second = stats.hypergeom(25, 10, 12), stats.hypergeom(19, 8, 9)
    at_most = sum(first.pmf(i) * second.pmf(j) for i in range(13) for j in range(10) if i + j <= 2)
    assert abs(answers["statistic"][0]) > 1.5
    assert answers["p_value"][0] == pytest.approx(2 * at_most)


def test_unlike_excess_is_no_unlike_treatment() -> None:
    units = pl.DataFrame(
        {"group": ["E1", "E1", "E2", "E2"], "band": [1, 9] * 2, "events": [9, 9, 1, 81], "trials": [90, 10, 10, 90]}
    )
    answers = judged("strata_exact", units, unit=["group"], strata=["band"])
    assert answers["flagged"].to_list() == [False] * 4
    assert answers["observed"].to_list()[0] == pytest.approx(0.18)
    assert answers["expected"].to_list()[0] == pytest.approx(0.18)


def test_a_group_that_nobody_can_be_compared_with_gets_no_answer() -> None:
    units = pl.DataFrame({"group": ["E1", "E2"], "band": [1, 2], "events": [3, 38], "trials": [25, 60]})
    assert judged("strata_exact", units, unit=["group"], strata=["band"])["flagged"].to_list() == [None, None]
    small = pl.DataFrame({"group": ["E1", "E2"], "band": [1, 1], "events": [0, 50], "trials": [19, 60]})
    assert judged("strata_exact", small, unit=["group"], strata=["band"])["flagged"].to_list() == [None, None]


def test_small_differences_are_left_alone() -> None:
    units = pl.DataFrame({"group": ["E1", "E2"], "band": [1, 1], "events": [47000, 50000], "trials": [100000] * 2})
    settings: dict[str, Any] = {"unit": ["group"], "strata": ["band"]}
    assert judged("strata_exact", units, **settings)["flagged"].to_list() == [True, True]
    assert judged("strata_exact", units, **settings, difference_min=0.1)["flagged"].to_list() == [False, False]


def test_a_known_share_is_an_exact_binomial_test() -> None:
    units = pl.DataFrame({"events": [10, 30, 3, 9], "trials": [100, 100, 100, 9], "share": [0.1, 0.1, 0.1, 0.1]})
    answers = judged("known_share", units)
    by_hand = [stats.binomtest(k, 100, 0.1, alternative="greater").pvalue for k in (10, 30, 3)]
    assert answers["p_value"].to_list()[:3] == pytest.approx(by_hand, abs=1e-9)
    assert answers["flagged"].to_list() == [False, True, False, None]
    assert judged("known_share", units, share_min=0.9)["flagged"].to_list() == [False, False, False, None]


def test_a_batch_counts_less_than_its_size() -> None:
    """The same share: 40 decisions on 40 late days are striking, 40 on one late day are not."""
    spread = {"events": 40, "trials": 100, "days_in": 36, "days": 250, "squares_in": 44, "squares": 104}
    batch = {**spread, "squares_in": 1600, "squares": 1660}
    answers = judged("calendar_share", pl.DataFrame([spread, batch]))
    assert answers["flagged"].to_list() == [True, False]
    assert answers["expected"].to_list() == pytest.approx([36 / 250] * 2)
    assert judged("calendar_share", pl.DataFrame([{**spread, "days_in": 0}]))["flagged"].to_list() == [None]


@pytest.mark.parametrize(
    ("name", "units", "settings"),
    [
        ("funnel", rates(1, rho=0.02), {}),
        ("strata_exact", filings(1, planted=0.3), {"unit": ["group"], "strata": ["band"]}),
        ("calendar_share", months(1), {}),
        ("known_share", rates(1).with_columns(share=pl.lit(0.1)), {}),
    ],
)
def test_the_order_of_the_rows_does_not_matter(name: str, units: pl.DataFrame, settings: dict[str, Any]) -> None:
    placed = units.with_row_index("place")
    straight = judged(name, placed, **settings)
    for seed in range(3):
        mixed = judged(name, placed.sample(fraction=1, shuffle=True, seed=seed), **settings)
        assert mixed.sort("place").equals(straight)


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "rho"), [(0.02, 0.0), (0.1, 0.0), (0.1, 0.01), (0.3, 0.05), (0.9, 0.02)])
@pytest.mark.parametrize("side", ["high", "low", "both"])
def test_without_an_effect_the_funnel_flags_no_more_than_its_rate(rate: float, rho: float, side: str) -> None:
    runs = [share(judged("funnel", rates(seed, rate=rate, rho=rho), side=side)) for seed in range(SEEDS)]
    assert np.mean(runs) <= NOMINAL


@pytest.mark.slow
@pytest.mark.parametrize(("rho", "planted", "side"), [(0.0, 0.2, "high"), (0.01, 0.5, "high"), (0.0, 0.02, "low")])
def test_the_funnel_finds_a_planted_rate(rho: float, planted: float, side: str) -> None:
    """300 trials at 0.2 or 0.02 among peers at 0.1; or at 0.5 among peers who differ (0.07 to 0.13 mostly)."""
    found = [judged("funnel", rates(s, rho=rho, planted=planted), side=side)["flagged"][0] for s in range(SEEDS)]
    assert np.mean(found) >= 0.9


@pytest.mark.slow
def test_strata_without_and_with_an_effect() -> None:
    settings: dict[str, Any] = {"unit": ["group"], "strata": ["band"]}
    alike: list[float] = []
    hits: list[bool] = []
    for seed in range(SEEDS):
        answers = judged("strata_exact", filings(seed), **settings).unique("group")
        alike.append(share(answers))
        hits.append(judged("strata_exact", filings(seed, planted=0.3), **settings)["flagged"][0])
    assert np.mean(alike) <= NOMINAL
    assert np.mean(hits) >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1.0, 5.0])
def test_month_ends_without_and_with_an_effect(batch: float) -> None:
    """A quarter of the decisions moved to month ends, or, where they come in fives, half of them."""
    alike: list[float] = []
    hits: list[bool] = []
    for seed in range(SEEDS):
        answers = judged("calendar_share", months(seed, batch=batch))
        alike.append(share(answers))
        moved = 0.25 if batch == 1 else 0.5
        hits.append(judged("calendar_share", months(seed, batch=batch, planted=moved))["flagged"][0])
    assert np.mean(alike) <= NOMINAL
    assert np.mean(hits) >= 0.9
