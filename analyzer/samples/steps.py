"""When each step of a clean case was taken, and what was decided: every deadline is kept with room.

`make_steps` is longer than usual because it is one list of days, in the order of the procedure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analyzer.samples.setting import Setting
from analyzer.samples.traffic import Flags, Numbers

_MAIL_SHARE = 0.15
_CEILING = 30_000  # yuan, for overload (公路法 第76条)


@dataclass(slots=True)
class Steps:
    """The days of each case as days of the epoch; `mail` and the rest are choices made for it."""

    filed: Numbers
    told: Numbers
    decided: Numbers
    served: Numbers
    due: Numbers
    paid: Numbers
    closed: Numbers
    fine: Numbers
    is_decided: Flags
    is_fined: Flags
    is_paid: Flags
    is_closed: Flags
    withdrawn: Flags
    light: Flags
    mail: Flags


def make_steps(setting: Setting, day: Numbers, excess: Numbers, grave: Flags, rng: np.random.Generator) -> Steps:
    """Make the steps of cases whose detection fell on `day`.

    There are 18 days and more to plead, the decision comes within 50 days of filing; a grave case is not withdrawn.
    """
    count = len(day)
    as_of = int(np.datetime64(setting.as_of).astype(np.int64))
    withdrawn = (rng.random(count) < 0.01) & ~grave
    filed = weekday(day + rng.integers(5, 20, count))
    told = weekday(filed + rng.integers(3, 10, count))
    decided = weekday(told + rng.integers(18, 30, count))
    served = weekday(decided + rng.integers(1, 4, count))
    paid = served + rng.integers(1, 15, count)
    is_decided = (decided <= as_of - 19) & ~withdrawn
    exempt = rng.random(count) < 0.03
    light = ~exempt & (rng.random(count) < 0.06)
    full = np.minimum(_CEILING, excess // 1_000 * 500)
    fine = np.where(exempt, 0, np.where(light, full * 8 // 10, full))
    is_fined = is_decided & ~exempt
    is_paid = is_fined & (paid <= as_of - 5)
    ended = np.where(exempt, served, paid) + rng.integers(1, 4, count)
    return Steps(
        filed=filed,
        told=told,
        decided=decided,
        served=served,
        due=served + rng.integers(15, 21, count),
        paid=paid,
        closed=ended,
        fine=fine,
        is_decided=is_decided,
        is_fined=is_fined,
        is_paid=is_paid,
        is_closed=is_paid | (is_decided & exempt),
        withdrawn=withdrawn,
        light=light,
        mail=rng.random(count) < _MAIL_SHARE,
    )


def weekday(day: Numbers) -> Numbers:
    """Move Saturdays and Sundays to the Monday after; day 0 of the epoch was a Thursday."""
    place = (day + 3) % 7
    return day + np.where(place == 5, 2, np.where(place == 6, 1, 0))


def on_day(name: str, day: Numbers, flags: Flags) -> pl.Series:
    """A column of days, blank where the flag is down."""
    made = pl.DataFrame({"day": day.astype(np.int32), "flag": flags})
    return made.select(pl.when("flag").then(pl.col("day").cast(pl.Date)).alias(name)).to_series()
