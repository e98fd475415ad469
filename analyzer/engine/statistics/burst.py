"""A burst and then silence: the share of a year's records that fall into a short stretch of days."""

from __future__ import annotations

import numpy as np
import polars as pl

from analyzer.engine.statistics import Settings, method
from analyzer.engine.statistics.judged import Numbers, adjusted, array, column, in_fixed_order
from analyzer.engine.statistics.laws import binomial_tail


@method(
    "burst",
    "the fullest stretch of days of a year, and the silence after it (binomial scan)",
    ("agency", "day", "records"),
    window_days=14,
    silence_days=30,
    share=0.5,
    quiet=0.1,
    min_records=30,
    min_days=180,
    fdr=0.05,
)
@in_fixed_order
def burst(units: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Flag the days of a year's burst: a stretch of days that holds most of the year's records, followed by silence.

    Units: agency and `day` (a date) with the number of `records`. For each agency and calendar year the fullest
    stretch of `window_days` days is looked for. Flagged are its days where it holds at least `share` of the year,
    the `silence_days` after it bring at most `quiet` of what an even year would bring in them, and the fullness is no
    chance: exact binomial probability of that many of the year's records in one stretch, times the number of
    stretches looked at (Bonferroni, as in a scan statistic), adjusted by Benjamini and Hochberg over agencies and
    years. Silent with fewer than `min_records` records, where the data hold fewer than `min_days` days of the year,
    or where the days after the stretch lie beyond the data. Assumes that without a campaign each record falls on any
    day of the year alike; seasons and batches make stretches fuller, which is why share and silence are asked too.
    """
    dated = units.filter(pl.col("day").is_not_null()).with_columns(
        pl.col("day").dt.year().alias("year"),
        pl.col("day").dt.epoch("d").alias("number"),
        pl.col("records").cast(pl.Int64),
    )
    if dated.is_empty():
        return units
    from_day, until_day = int(dated["number"].min()), int(dated["number"].max())  # type: ignore[arg-type]
    years = _spans(dated, from_day, until_day)
    fullest = _fullest(dated, years, settings, until_day)
    judged = _judge(fullest, settings)
    return _told_to_days(units, judged, settings)


def _spans(dated: pl.DataFrame, from_day: int, until_day: int) -> pl.DataFrame:
    """Return, for each agency and year, its records and the days of that year which the data cover."""
    opens = pl.date(pl.col("year"), 1, 1).dt.epoch("d")
    closes = pl.date(pl.col("year"), 12, 31).dt.epoch("d")
    return (
        dated.group_by("agency", "year")
        .agg(pl.col("records").sum().alias("sample"))
        .with_columns(pl.max_horizontal(opens, pl.lit(from_day)).alias("opens"), pl.min_horizontal(closes, pl.lit(until_day)).alias("closes"))
        .with_columns((pl.col("closes") - pl.col("opens") + 1).alias("days"))
    )  # fmt: skip


def _fullest(dated: pl.DataFrame, years: pl.DataFrame, settings: Settings, until_day: int) -> pl.DataFrame:
    """Return the fullest stretch of each agency and year (the earliest, if equal) with what followed it."""
    width, silence = int(settings["window_days"]), int(settings["silence_days"])
    series = dated.select("agency", "year", "number", "records")
    starts = series.join(years, on=["agency", "year"])
    inside = _sums(series, starts, 0, width, "inside", same_year=True)
    top = (
        starts.with_columns(inside)
        .sort("agency", "year", "inside", "number", descending=[False, False, True, False])
        .unique(["agency", "year"], keep="first", maintain_order=True)
        .with_columns((pl.col("number") + width).alias("after"))
    )
    followed = _sums(series, top, width, width + silence, "followed", same_year=False)
    seen = (pl.col("after") + silence - 1 <= until_day).alias("is_seen")
    return top.with_columns(followed, seen)


def _sums(
    series: pl.DataFrame, starts: pl.DataFrame, first: int, last: int, name: str, *, same_year: bool
) -> pl.Series:
    """Return how many records lie in [start + first, start + last), by running totals."""
    keys = ["agency", "year"] if same_year else ["agency"]
    running = series.sort("agency", "number").with_columns(
        pl.col("records").cum_sum().over(keys).alias("running"), (pl.col("number")).alias("at")
    ).select(*keys, "at", "running").sort("at")  # fmt: skip
    ordered = starts.with_row_index("place")

    def total(before: int) -> pl.Series:
        asked = ordered.select("place", *keys, (pl.col("number") + before - 1).alias("at")).sort("at")
        found = asked.join_asof(running, on="at", by=keys, strategy="backward", check_sortedness=False)
        return found.sort("place")["running"].fill_null(0)

    return (total(last) - total(first)).alias(name)


def _judge(fullest: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    chance: Numbers = int(settings["window_days"]) / array(fullest, "days")
    stretches = np.maximum(1, array(fullest, "days") - int(settings["window_days"]) + 1)
    enough = (array(fullest, "sample") >= settings["min_records"]) & (array(fullest, "days") >= settings["min_days"])
    single = binomial_tail(array(fullest, "inside") - 1, array(fullest, "sample"), np.minimum(1, chance))
    p_value = np.where(enough, np.minimum(1, stretches * single), np.nan)
    full = pl.col("inside") >= settings["share"] * pl.col("sample")
    even = pl.col("sample") * settings["silence_days"] / pl.col("days")
    silent = pl.col("followed") <= settings["quiet"] * even
    surprising = pl.col("p_adjusted") <= settings["fdr"]
    unseen = full & surprising & ~pl.col("is_seen")
    return fullest.with_columns(
        column("expected", array(fullest, "sample") * chance),
        column("p_value", p_value),
        column("p_adjusted", adjusted(p_value)),
    ).with_columns(
        pl.when(~unseen).then(full & silent & surprising).alias("is_burst"),
        (pl.col("inside") / pl.col("expected")).alias("statistic"),
    )


def _told_to_days(units: pl.DataFrame, judged: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Give each day the answer of its year: a burst is flagged on its own days only."""
    width = int(settings["window_days"])
    answers = judged.select(
        "agency",
        "year",
        pl.col("number").alias("start"),
        "is_burst",
        "sample",
        "statistic",
        "expected",
        "p_value",
        "p_adjusted",
        pl.col("inside").alias("observed"),
    )
    joined = units.with_columns(pl.col("day").dt.year().alias("year")).join(
        answers, on=["agency", "year"], how="left", maintain_order="left"
    )
    number = pl.col("day").dt.epoch("d")
    inside = (number >= pl.col("start")) & (number < pl.col("start") + width)
    return joined.with_columns(
        pl.when(pl.col("p_value").is_not_null()).then(pl.col("is_burst") & inside).alias("flagged"),
        pl.lit("binomial scan of a year's days, Benjamini-Hochberg").alias("method"),
    )
