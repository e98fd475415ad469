"""False alarms and hits of the methods for amounts and time, over 200 seeds of made units."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl
import pytest

from tests.engine.made_units import counts, days, fines, income, judged, visits, weights

pytestmark = pytest.mark.slow

SEEDS = range(200)
RATE = 0.05

NO_EFFECT: dict[str, tuple[str, Callable[[int], pl.DataFrame]]] = {
    "like cases, groups of 10 to 39": ("robust_spread", fines),
    "like cases, groups of 10": ("robust_spread", partial(fines, groups=100, least=10, most=11)),
    "income, 10 agencies, 3 years": ("seasonal_surge", income),
    "income, 7 agencies, 2 years": ("seasonal_surge", partial(income, agencies=7, years=2)),
    "weights, 12 devices, 2 years": ("drift_after_reference", weights),
    "weights, few passes": ("drift_after_reference", partial(weights, passes=120)),
    "cases of a year, 12 agencies": ("burst", days),
    "inspections, alike": ("frequency_peers", visits),
    "inspections, unlike": ("frequency_peers", partial(visits, rate=5.0, spread=0.5)),
    "inspections, 8 subjects": ("frequency_peers", partial(visits, subjects=8)),
    "officers' counts": ("equal_counts", counts),
}


def _one_fine_off(seed: int) -> pl.DataFrame:
    units = fines(seed, groups=40, least=20, most=40)
    middle = units.filter(pl.col("kin") == "0")["value"].median()
    return pl.concat([units, pl.DataFrame({"kin": ["0"], "value": [middle + 6000.0], "cases": [1]})])  # type: ignore[operator]


EFFECT: dict[str, tuple[str, Callable[[int], pl.DataFrame], pl.Expr, float]] = {
    "a fine twenty deviations off": ("robust_spread", _one_fine_off, pl.col("kin") == "0", 0.95),
    "three times the income, 65 payments or so": (
        "seasonal_surge", partial(income, surge=3.0), (pl.col("agency") == "A3") & (pl.col("month_no") == 12 * 2022 + 33), 0.85,
    ),
    "five per cent of drift": ("drift_after_reference", partial(weights, drift=0.05), pl.col("device") == "P1D2", 0.8),
    "sixty per cent of a year in two weeks": ("burst", partial(days, campaign=0.6), pl.col("agency") == "A5", 0.95),
    "twelve inspections more in a quarter": ("frequency_peers", partial(visits, pestered=12), pl.col("subject") == "E0", 0.95),
    "six officers with twenty cases each": ("equal_counts", partial(counts, quota=20), pl.col("unit") == "U7", 1.0),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_EFFECT)
def test_without_an_effect_few_units_are_flagged(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, make = NO_EFFECT[what]
    answers = [judged(name, make(seed))["flagged"] for seed in SEEDS]
    tested = sum(len(one) - one.null_count() for one in answers)
    flagged = sum(int(one.sum() or 0) for one in answers)
    somewhere = sum(bool(one.any()) for one in answers) / len(SEEDS)
    with capsys.disabled():
        print(
            f"\n{what}: {flagged} of {tested} units flagged ({flagged / tested:.5f}), in {somewhere:.3f} of the seeds"
        )
    assert tested
    assert flagged / tested <= RATE


@pytest.mark.parametrize("what", EFFECT)
def test_a_planted_effect_is_found(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, make, where, least = EFFECT[what]
    found = sum(bool(judged(name, make(seed)).filter(where)["flagged"].any()) for seed in SEEDS) / len(SEEDS)
    with capsys.disabled():
        print(f"\n{what}: found in {found:.3f} of the seeds")
    assert found >= least
