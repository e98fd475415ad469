"""What the clean bureau did about its overloads: notices, cases, payments, every step in order and in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analyzer.samples.case_files import make_cases
from analyzer.samples.registers import Registers
from analyzer.samples.setting import Setting
from analyzer.samples.steps import Steps, make_steps, on_day, weekday
from analyzer.samples.traffic import Numbers, Traffic, Vehicles, moments, numbered

_DAY = 86_400
_CASE_SHARE = 0.88  # of the records with a notice


@dataclass(slots=True)
class Proceedings:
    """The three tables that follow a detection, and what became of each used detection."""

    notices: pl.DataFrame
    cases: pl.DataFrame
    payments: pl.DataFrame
    outcome: pl.DataFrame  # record_id, status


def make_proceedings(
    setting: Setting, registers: Registers, vehicles: Vehicles, traffic: Traffic, rng: np.random.Generator
) -> Proceedings:
    """Follow each used detection from its notice to its payment."""
    used = np.flatnonzero(traffic.used)
    base = _about(registers, vehicles, traffic, used)
    excess = traffic.gross[used] - traffic.limit[used]
    grave = excess * 100 >= traffic.limit[used] * 48  # grave overloads are never left without a case
    has_case = (rng.random(len(used)) < _CASE_SHARE) | grave
    chosen = np.flatnonzero(has_case)
    day = traffic.second[used] // _DAY
    steps = make_steps(setting, day[chosen], excess[chosen], grave[chosen], rng)
    told = base[chosen].with_columns(numbered(setting, "cases", len(chosen)).alias("case_id"))
    cases = make_cases(setting, registers, told, steps, rng)
    letters = _letters(cases, steps, rng)
    notices = pl.concat([_violation_notices(base, day, rng), letters], how="diagonal_relaxed").sort(
        "issued_at", "record_id", "kind"
    )
    notices = notices.with_columns(numbered(setting, "notices", notices.height).alias("notice_id"))
    status = np.full(len(used), "pending", dtype=object)
    status[chosen] = np.select(
        [steps.withdrawn, steps.is_fined, steps.is_decided], ["void", "punished", "exempted"], "filed"
    )
    outcome = base.select("record_id").with_columns(pl.Series("status", status, dtype=pl.String))
    return Proceedings(notices, cases, _payments(setting, cases, steps, rng), outcome)


def _about(registers: Registers, vehicles: Vehicles, traffic: Traffic, used: npt.NDArray[np.intp]) -> pl.DataFrame:
    """Who and where: what notices and cases of a used detection repeat of it."""
    agency = {row["station_id"]: row["agency_id"] for row in registers.rows["stations"]}
    known = vehicles.frame.select("party_name", "phone")[traffic.vehicle[used]]
    columns = ["record_id", "plate_no", "plate_color", "enterprise_id", "station_id"]
    found = traffic.frame.select(columns)[used].hstack(known)
    return found.with_columns(pl.col("station_id").replace_strict(agency, return_dtype=pl.String).alias("agency_id"))


def _violation_notices(base: pl.DataFrame, day: Numbers, rng: np.random.Generator) -> pl.DataFrame:
    count = base.height
    issued = weekday(day + rng.integers(3, 12, count)) * _DAY + rng.integers(30_600, 61_200, count)
    method = np.array(["in_person", "mail", "electronic"], dtype=object)[rng.choice(3, count, p=[0.3, 0.5, 0.2])]
    return base.drop("station_id", "phone").with_columns(
        pl.lit("violation_notice").alias("kind"),
        moments(issued).alias("issued_at"),
        moments(issued + rng.integers(1, 6, count) * _DAY).alias("delivered_at"),
        pl.Series("delivery_method", method, dtype=pl.String),
        pl.lit("1").alias("attempt_no"),
    )


def _letters(cases: pl.DataFrame, steps: Steps, rng: np.random.Generator) -> pl.DataFrame:
    """Notices before the penalty and decisions that went by mail; what is handed over is signed for in the file."""
    who = ["record_id", "case_id", "plate_no", "plate_color", "party_name", "enterprise_id", "agency_id"]
    parts = []
    for kind, day, flags in (
        ("penalty_notice", steps.told - 2, steps.mail & ~steps.withdrawn),
        ("decision", steps.decided, steps.mail & steps.is_decided),
    ):
        arrived = steps.told if kind == "penalty_notice" else steps.served
        clock = rng.integers(30_600, 61_200, cases.height)
        letters = cases.select(who).with_columns(
            pl.lit(kind).alias("kind"),
            moments(day * _DAY + clock).alias("issued_at"),
            moments(arrived * _DAY + 57_600).alias("delivered_at"),
            pl.lit("mail").alias("delivery_method"),
            pl.lit("1").alias("attempt_no"),
        )
        parts.append(letters.filter(pl.Series(flags)))
    return pl.concat(parts)


def _payments(setting: Setting, cases: pl.DataFrame, steps: Steps, rng: np.random.Generator) -> pl.DataFrame:
    channel = np.array(["bank", "electronic"], dtype=object)[rng.integers(0, 2, cases.height)]
    everyone = np.ones(cases.height, dtype=np.bool_)
    made = cases.select("case_id", "party_name", "phone", "fine_yuan").with_columns(
        on_day("due_on", steps.due, everyone),
        on_day("paid_on", steps.paid, everyone),
        pl.col("fine_yuan").alias("amount_yuan"),
        pl.lit(0).alias("surcharge_yuan"),
        pl.col("party_name").alias("payer_name"),
        pl.col("phone").alias("payer_phone"),
        pl.Series("channel", channel, dtype=pl.String),
    )
    made = made.filter(pl.Series(steps.is_paid))
    return made.with_columns(numbered(setting, "payments", made.height).alias("payment_id"))
