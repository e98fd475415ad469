"""Made units for the methods for amounts and time: without any effect, and with one of stated size."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from analyzer.engine.statistics import METHODS


def judged(name: str, units: pl.DataFrame, **settings: Any) -> pl.DataFrame:
    """The units with the answers of a method; settings not given are its own."""
    work = METHODS[name]
    return work.judge(units, {**work.settings, **settings})


def fines(seed: int, groups: int = 40, least: int = 10, most: int = 40) -> pl.DataFrame:
    """Groups of like cases whose fines scatter evenly."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(least, most, groups)
    kin = np.repeat(np.arange(groups), sizes)
    value = rng.normal(np.repeat(rng.uniform(1000, 20000, groups), sizes), 300).round(2)
    return pl.DataFrame({"kin": kin.astype(str), "value": value, "cases": np.ones(len(kin), dtype=np.int64)})


def income(seed: int, agencies: int = 10, years: int = 3, surge: float = 1.0) -> pl.DataFrame:
    """Monthly income of agencies of unlike size with a common season and a common movement; a month of one may surge."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.4 * np.sin(np.arange(12) * np.pi / 6)
    shock = rng.lognormal(0, 0.15, 12 * years)
    rows = []
    sizes = rng.uniform(20, 200, agencies)
    sizes[3] = 100
    for agency, size in enumerate(sizes):
        for month in range(12 * years):
            level = size * season[month % 12] * shock[month] * rng.lognormal(0, 0.1)
            level *= surge if agency == 3 and month == 12 * years - 4 else 1
            amounts = rng.lognormal(7, 0.6, rng.poisson(level))
            rows.append((f"A{agency}", 12 * 2022 + month + 1, amounts.sum(), (amounts**2).sum(), len(amounts)))
    return pl.DataFrame(rows, schema=["agency", "month_no", "amount", "squares", "events"], orient="row")


def weights(seed: int, places: int = 3, devices: int = 4, drift: float = 0.0, passes: int = 400) -> pl.DataFrame:
    """Monthly medians of six-axle lorries at devices that share their traffic; one device may drift from month 8."""
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(places):
        traffic = rng.normal(0, 0.02, 24)
        for device in range(devices):
            for month in range(24):
                moved = drift * min(1.0, max(0, month % 12 - 6) / 4) if (place, device) == (1, 2) else 0.0
                seen = rng.normal(
                    45000 * np.exp(traffic[month] + moved + rng.normal(0, 0.003)),
                    4000,
                    rng.integers(passes // 4, 2 * passes),
                )
                cycle = dt.date(2023 + month // 12, 1, 1)
                low, middle, high = np.sort(seen)[[len(seen) // 4, len(seen) // 2, 3 * len(seen) // 4]]
                name = f"P{place}D{device}"
                rows.append((f"P{place}", name, cycle, 12 * 2023 + month + 1, len(seen), middle, low, high))
    names = ["neighbourhood", "device", "cycle", "month_no", "passes", "middle", "low", "high"]
    return pl.DataFrame(rows, schema=names, orient="row")


def days(seed: int, agencies: int = 12, campaign: float = 0.0) -> pl.DataFrame:
    """A year of cases of agencies; one agency may have a share of them in two weeks, and none in the month after."""
    rng = np.random.default_rng(seed)
    rows: dict[tuple[str, dt.date], int] = {}
    for agency in range(agencies):
        for place in rng.integers(0, 365, rng.poisson(120)):
            day = int(place)
            if agency == 5 and campaign and (rng.random() < campaign or 114 <= day < 146):
                day = 100 + int(rng.integers(0, 14))
            key = (f"A{agency}", dt.date(2024, 1, 1) + dt.timedelta(days=day))
            rows[key] = rows.get(key, 0) + 1
    return pl.DataFrame([(*key, n) for key, n in rows.items()], schema=["agency", "day", "records"], orient="row")


def visits(seed: int, subjects: int = 60, rate: float = 3.0, spread: float = 0.0, pestered: int = 0) -> pl.DataFrame:
    """Inspections in two years: the most of each subject in 30, 90 and 365 days; one subject may get more of them."""
    rng = np.random.default_rng(seed)
    rows = []
    for subject in range(subjects):
        own = rate * (rng.gamma(1 / spread, spread) if spread else 1.0)
        when = np.sort(rng.integers(0, 730, rng.poisson(own)))
        when = np.sort(np.concatenate([when, rng.integers(300, 390, pestered)])) if subject == 0 else when
        if not len(when):
            continue
        most = {w: int((np.searchsorted(when, when + w) - np.arange(len(when))).max()) for w in (30, 90, 365)}
        rows += [("all", f"E{subject}", w, n, most[365]) for w, n in most.items()]
    return pl.DataFrame(rows, schema=["peers", "subject", "days", "visits", "visits_in_all"], orient="row")


def counts(seed: int, units: int = 60, people: int = 6, quota: int = 0) -> pl.DataFrame:
    """Cases of officers by agency and month; in one unit all may have the same number."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"U{unit}", f"O{person}", quota if quota and unit == 7 else int(rng.poisson(20)))
        for unit in range(units)
        for person in range(people)
    ]
    return pl.DataFrame(rows, schema=["unit", "person", "count"], orient="row")
