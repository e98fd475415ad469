"""The methods for amounts and time: known answers, order of rows, silence below the minimum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analyzer.engine.statistics import METHOD_COLUMNS, METHODS
from analyzer.engine.statistics.judged import MAD_TO_SIGMA, adjusted, common_score
from tests.engine.made_units import counts, days, fines, income, judged, visits, weights

MADE: dict[str, Callable[[int], pl.DataFrame]] = {
    "robust_spread": fines,
    "seasonal_surge": income,
    "drift_after_reference": weights,
    "burst": days,
    "frequency_peers": visits,
    "equal_counts": counts,
    "connected": lambda seed: contacts({f"P{n % 7}": (None, f"V{n % 5}") for n in range(seed + 9)}),
    "closeness_to_target": lambda seed: pl.DataFrame(
        {"total": [99.0, 95.0], "target": [100, 100], "records": [20, 20]}
    ),
    "reconciliation": lambda seed: pl.DataFrame(
        {"total": [1.0, 2.0], "reported": [1.0, 2.5], "tolerance": [0.01, 0.01], "records": [1, 2]}
    ),
}


def contacts(parties: dict[str, tuple[str | None, str | None]], contact: str = "100") -> pl.DataFrame:
    """One contact with its parties, their enterprise and their vehicle."""
    rows = [(contact, party, enterprise, vehicle, 1) for party, (enterprise, vehicle) in parties.items()]
    kinds = {"contact": pl.String, "party": pl.String, "enterprise": pl.String, "vehicle": pl.String, "cases": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_order_of_the_rows_changes_nothing(name: str) -> None:
    units = MADE[name](3)
    shuffled = units.with_row_index("n").sample(fraction=1.0, shuffle=True, seed=1)
    expected = judged(name, units).select(
        pl.col(column) for column in METHOD_COLUMNS if column in judged(name, units).columns
    )
    back = judged(name, shuffled.drop("n")).with_columns(shuffled["n"]).sort("n")
    assert back.select(expected.columns).equals(expected)


@pytest.mark.parametrize("name", sorted(MADE))
def test_an_empty_column_of_values_is_silence(name: str) -> None:
    units = MADE[name](3)
    numbers = [column for column, kind in units.schema.items() if kind.is_float()]
    blank = units.with_columns(pl.lit(None, dtype=pl.Float64).alias(column) for column in numbers)
    if numbers:
        answers = judged(name, blank)
        assert "flagged" not in answers.columns or answers["flagged"].null_count() == units.height


def test_the_spread_is_that_of_scipy() -> None:
    value = np.array([1000, 1100, 900, 1050, 980, 1020, 1010, 995, 1005, 5000], dtype=float)
    units = pl.DataFrame({"kin": ["a"] * 10, "value": value, "cases": [1] * 10})
    answers = judged("robust_spread", units)
    scale = stats.median_abs_deviation(value, scale="normal")
    assert answers["statistic"].to_numpy() == pytest.approx((value - np.median(value)) / scale)
    assert answers["expected"].to_list() == [np.median(value)] * 10
    assert answers["upper"][0] == pytest.approx(np.median(value) + 3.5 * scale)
    assert answers["flagged"].to_list() == [False] * 9 + [True]
    assert pytest.approx(1 / stats.norm.ppf(0.75)) == MAD_TO_SIGMA


def test_a_group_that_is_nearly_equal_is_measured_by_its_mean_deviation() -> None:
    units = pl.DataFrame({"kin": ["a", "a"], "value": [1500, 9000], "cases": [12, 1]})
    answers = judged("robust_spread", units)
    assert answers["statistic"][1] == pytest.approx(13 / np.sqrt(np.pi / 2))
    assert answers["flagged"].to_list() == [False, True]
    assert judged("robust_spread", units, min_sample=14)["flagged"].to_list() == [None, None]


def test_the_adjustment_leaves_out_what_was_not_tested() -> None:
    p_values = np.array([0.01, np.nan, 0.02, 0.5])
    assert adjusted(p_values)[[0, 2, 3]] == pytest.approx(stats.false_discovery_control([0.01, 0.02, 0.5]))
    assert np.isnan(adjusted(p_values)[1])


def test_a_common_score_counts_known_and_common_variance() -> None:
    residuals = np.array([0.1, -0.1, 0.1, -0.1, 0.5])
    score, deviation = common_score(residuals, np.zeros(5))
    assert deviation[0] == pytest.approx(0.1 * MAD_TO_SIGMA)
    assert score[4] == pytest.approx(0.5 / deviation[0])
    assert common_score(residuals, np.ones(5))[1] == pytest.approx(np.ones(5))


def test_a_surge_is_measured_against_season_and_peers() -> None:
    rows = [(f"A{a}", 24000 + m, 100.0 * (2 if m == 13 else 1), 100.0, 50) for a in range(8) for m in range(1, 14)]
    rows[-1] = ("A7", 24013, 1000.0, 100.0, 50)
    units = pl.DataFrame(rows, schema=["agency", "month_no", "amount", "squares", "events"], orient="row")
    answers = judged("seasonal_surge", units).filter(pl.col("month_no") == 24013)
    assert answers["expected"].to_list() == pytest.approx([200.0] * 8)
    assert answers["flagged"].to_list() == [False] * 7 + [True]
    before = judged("seasonal_surge", units).filter(pl.col("month_no") < 24013)
    assert before["flagged"].null_count() == before.height
    for silent in ({"peers_min": 8}, {"min_months": 14}, {"min_events": 51}):
        assert judged("seasonal_surge", units, **silent)["flagged"].null_count() == units.height


def test_a_binomial_scan_gives_the_exact_chance() -> None:
    units = days(1, agencies=1)
    answers = judged("burst", units)
    sample, top, span = int(units["records"].sum()), answers["observed"][0], 0
    span = (units["day"].max() - units["day"].min()).days + 1  # type: ignore[operator, union-attr]
    width = 14
    chance = (span - width + 1) * stats.binom.sf(top - 1, sample, width / span)
    assert answers["p_value"][0] == pytest.approx(min(1, chance))
    day = units.sort("day")["day"]
    fullest = max(
        int(units.filter(pl.col("day").is_between(start, start + dt.timedelta(days=13)))["records"].sum())
        for start in day
    )
    assert top == fullest


def test_a_burst_needs_its_silence() -> None:
    first = dt.date(2024, 1, 1)
    made = {0: 1, 100: 30, 110: 30, 364: 1}
    units = pl.DataFrame([("A", first + dt.timedelta(days=n), k) for n, k in made.items()],
                         schema=["agency", "day", "records"], orient="row")  # fmt: skip
    assert judged("burst", units)["flagged"].to_list() == [False, True, True, False]
    loud = pl.concat([units, units[:1].with_columns(day=dt.date(2024, 5, 1), records=pl.lit(10, dtype=pl.Int64))])
    assert judged("burst", loud)["flagged"].to_list() == [False] * 5
    assert judged("burst", units, min_records=63)["flagged"].to_list() == [None] * 4
    assert judged("burst", units, min_days=400)["flagged"].to_list() == [None] * 4


def test_a_burst_whose_silence_lies_beyond_the_data_is_not_judged() -> None:
    units = pl.DataFrame(
        {"agency": ["A", "A"], "day": [dt.date(2024, 1, 1), dt.date(2024, 12, 20)], "records": [1, 60]}
    )
    assert judged("burst", units, window_days=5)["flagged"].to_list() == [False, None]


def test_the_peers_of_a_subject_leave_it_out() -> None:
    units = pl.DataFrame({
        "peers": ["all"] * 7, "subject": [f"E{n}" for n in range(7)], "days": [30] * 7,
        "visits": [2, 1, 3, 2, 1, 3, 20], "visits_in_all": [4] * 6 + [20],
    })  # fmt: skip
    answers = judged("frequency_peers", units)
    assert answers["expected"][6] == pytest.approx(2.0)
    assert answers["flagged"].to_list() == [False] * 6 + [True]
    by_law = stats.poisson.sf(18, 1.0)
    assert answers["p_value"][6] >= by_law
    assert judged("frequency_peers", units, peers_min=7)["flagged"].null_count() == 7
    assert judged("frequency_peers", units, min_visits=5)["flagged"].to_list() == [None] * 6 + [True]


@pytest.mark.parametrize(
    ("parties", "unrelated"),
    [
        ({f"P{n}": (None, f"V{n}") for n in range(5)}, 5),
        ({f"P{n}": ("E", f"V{n}") for n in range(5)}, 1),
        ({f"P{n}": (None, "V") for n in range(5)}, 1),
        ({"A": ("E", "V1"), "B": ("E", "V2"), "C": (None, "V2"), "D": (None, "V4"), "V4": (None, None)}, 3),
    ],
)
def test_related_parties_are_one(parties: dict[str, Any], unrelated: int) -> None:
    answers = judged("connected", contacts(parties))
    assert set(answers["observed"]) == {unrelated}
    assert set(answers["flagged"]) == {unrelated >= 5}
    assert set(answers["statistic"]) == {5.0}


def test_relations_hold_within_one_contact_only() -> None:
    two = pl.concat(
        [contacts({"A": ("E", "V1"), "B": (None, "V2")}, "1"), contacts({"A": ("E", "V1"), "C": (None, "V1")}, "2")]
    )
    assert judged("connected", two)["observed"].to_list() == [2, 2, 1, 1]


@pytest.mark.parametrize(
    ("total", "close"), [(99.0, True), (98.99, False), (101.0, True), (101.01, False), (None, None)]
)
def test_a_total_is_close_to_its_target(total: float | None, close: bool | None) -> None:
    units = pl.DataFrame({"total": [total], "target": [100], "records": [50]}, schema_overrides={"total": pl.Float64})
    assert judged("closeness_to_target", units)["flagged"].to_list() == [close]
    assert judged("closeness_to_target", units, min_records=51)["flagged"].to_list() == [None]


@pytest.mark.parametrize(("reported", "off"), [(100.3, False), (100.31, False), (100.32, True), (None, None)])
def test_sums_are_reconciled_within_the_tolerance(reported: float | None, off: bool | None) -> None:
    units = pl.DataFrame({"total": [100.1 + 0.2], "reported": [reported], "tolerance": [0.01], "records": [2]},
                         schema_overrides={"reported": pl.Float64})  # fmt: skip
    assert judged("reconciliation", units)["flagged"].to_list() == [off]


def test_equal_counts_have_the_chance_of_poisson_counts() -> None:
    units = pl.DataFrame({"unit": ["U"] * 5, "person": list("abcde"), "count": [20, 20, 20, 31, 12]})
    answers = judged("equal_counts", units)
    agree = 10 * np.sum(stats.poisson.pmf(np.arange(200), 20) ** 3)
    assert answers["p_value"][0] == pytest.approx(agree)
    assert set(answers["observed"]) == {3.0}
    assert set(judged("equal_counts", units, people_min=6)["flagged"]) == {None}
    all_of_them = units.with_columns(pl.lit(20).alias("count"))
    assert set(judged("equal_counts", all_of_them)["flagged"]) == {True}
    assert set(judged("equal_counts", all_of_them, count_min=21)["flagged"]) == {False}


def test_a_drift_is_measured_against_the_neighbours() -> None:
    rows = [
        ("P", f"D{d}", dt.date(2024, 1, 1), 24000 + m, 100, w, w - 2000.0, w + 2000.0)
        for d in range(4)
        for m in range(1, 7)
        for w in [45000.0 * (1.02 if m >= 3 else 1) * (1.08 if (d, m) == (2, 6) else 1)]
    ]
    names = ["neighbourhood", "device", "cycle", "month_no", "passes", "middle", "low", "high"]
    units = pl.DataFrame(rows, schema=names, orient="row")
    answers = judged("drift_after_reference", units)
    assert answers.filter("flagged").select("device", "month_no").rows() == [("D2", 24006)]
    moved = answers.filter("flagged")
    assert moved["expected"][0] == pytest.approx(45000 * 1.02)
    assert answers.filter(pl.col("month_no") == 24001)["flagged"].null_count() == 4
    for silent in ({"neighbours_min": 4}, {"min_months": 7}, {"min_passes": 101}):
        assert judged("drift_after_reference", units, **silent)["flagged"].null_count() == units.height
    assert not judged("drift_after_reference", units, change=0.1)["flagged"].any()


def test_every_method_says_what_it_reads() -> None:
    assert set(MADE) <= set(METHODS)
    assert all(METHODS[name].about and METHODS[name].reads for name in MADE)
