"""What the clean bureau did about its overloads: notices, cases, payments, every step in order and in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analyzer.samples.registers import Registers
from analyzer.samples.setting import Row, Setting
from analyzer.samples.traffic import Flags, Numbers, Traffic, Vehicles, moments, numbered

_DAY = 86_400
_CASE_SHARE = 0.88  # of the records with a notice
_MAIL_SHARE = 0.15
_HEARING_YUAN = 5_000  # an individual is told of the right to a hearing from here on (河南省行政处罚听证办法)
_CEILING = 30_000


@dataclass(slots=True)
class Proceedings:
    """The three tables that follow a detection, and what became of each used detection."""

    notices: pl.DataFrame
    cases: pl.DataFrame
    payments: pl.DataFrame
    outcome: pl.DataFrame  # record_id, status


@dataclass(slots=True)
class _Steps:
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
    steps = _steps(setting, day[chosen], excess[chosen], grave[chosen], rng)
    told = base[chosen].with_columns(numbered(setting, "cases", len(chosen)).alias("case_id"))
    cases = _cases(setting, registers, told, steps, rng)
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


def _about(
    registers: Registers, vehicles: Vehicles, traffic: Traffic, used: npt.NDArray[np.intp]
) -> pl.DataFrame:
    """Who and where: what notices and cases of a used detection repeat of it."""
    agency = {row["station_id"]: row["agency_id"] for row in registers.rows["stations"]}
    known = vehicles.frame.select("party_name", "phone")[traffic.vehicle[used]]
    columns = ["record_id", "plate_no", "plate_color", "enterprise_id", "station_id"]
    found = traffic.frame.select(columns)[used].hstack(known)
    return found.with_columns(
        pl.col("station_id").replace_strict(agency, return_dtype=pl.String).alias("agency_id")
    )


def _steps(setting: Setting, day: Numbers, excess: Numbers, grave: Flags, rng: np.random.Generator) -> _Steps:
    """Days that keep every deadline with room: 18 days and more to plead, decided within 50 days of filing."""
    count = len(day)
    as_of = int(np.datetime64(setting.as_of).astype(np.int64))
    withdrawn = (rng.random(count) < 0.01) & ~grave
    filed = _weekday(day + rng.integers(5, 20, count))
    told = _weekday(filed + rng.integers(3, 10, count))
    decided = _weekday(told + rng.integers(18, 30, count))
    served = _weekday(decided + rng.integers(1, 4, count))
    paid = served + rng.integers(1, 15, count)
    is_decided = (decided <= as_of - 19) & ~withdrawn
    exempt = rng.random(count) < 0.03
    light = ~exempt & (rng.random(count) < 0.06)
    full = np.minimum(_CEILING, excess // 1_000 * 500)
    fine = np.where(exempt, 0, np.where(light, full * 8 // 10, full))
    is_fined = is_decided & ~exempt
    is_paid = is_fined & (paid <= as_of - 5)
    ended = np.where(exempt, served, paid) + rng.integers(1, 4, count)
    return _Steps(
        filed,
        told,
        decided,
        served,
        served + rng.integers(15, 21, count),
        paid,
        ended,
        fine,
        is_decided,
        is_fined,
        is_paid,
        is_paid | (is_decided & exempt),
        withdrawn,
        light,
        rng.random(count) < _MAIL_SHARE,
    )


def _violation_notices(base: pl.DataFrame, day: Numbers, rng: np.random.Generator) -> pl.DataFrame:
    count = base.height
    issued = _weekday(day + rng.integers(3, 12, count)) * _DAY + rng.integers(30_600, 61_200, count)
    method = np.array(["in_person", "mail", "electronic"], dtype=object)[
        rng.choice(3, count, p=[0.3, 0.5, 0.2])
    ]
    return base.drop("station_id", "phone").with_columns(
        pl.lit("violation_notice").alias("kind"),
        moments(issued).alias("issued_at"),
        moments(issued + rng.integers(1, 6, count) * _DAY).alias("delivered_at"),
        pl.Series("delivery_method", method, dtype=pl.String),
        pl.lit("1").alias("attempt_no"),
    )


def _letters(cases: pl.DataFrame, steps: _Steps, rng: np.random.Generator) -> pl.DataFrame:
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


def _cases(
    setting: Setting, registers: Registers, told: pl.DataFrame, steps: _Steps, rng: np.random.Generator
) -> pl.DataFrame:
    count = told.height
    person = told["enterprise_id"].is_null().to_numpy()
    defended = steps.is_decided & (rng.random(count) < 0.1)
    waived = ~defended & (rng.random(count) < 0.7)
    hearing = person & (steps.fine >= _HEARING_YUAN)
    serial = pl.Series(np.arange(1, count + 1)).cast(pl.String).str.zfill(7)
    days = {
        "filed_on": (steps.filed, np.ones(count, dtype=np.bool_)),
        "prior_notice_on": (steps.told, ~steps.withdrawn),
        "defence_received_on": (steps.told + 3, defended),
        "defence_reviewed_on": (steps.told + 6, defended),
        "hearing_informed_on": (steps.told, hearing & ~steps.withdrawn),
        "legal_review_on": (steps.decided - rng.integers(1, 5, count), steps.is_decided),
        "decided_on": (steps.decided, steps.is_decided),
        "served_on": (steps.served, steps.is_decided),
        "published_on": (steps.decided + rng.integers(1, 5, count), steps.is_decided),
        "closed_on": (steps.closed, steps.is_closed),
    }
    chosen = {
        "party_type": np.where(person, "individual", "organization"),
        "defence_waived": waived,
        "noticed_fine_yuan": steps.fine,
        "discretion_level": np.select([steps.fine == 0, steps.light], ["exempt", "light"], "ordinary"),
        "penalty_type": np.where(steps.fine == 0, "exempt", "fine"),
        "service_method": np.where(steps.mail, "mail", "in_person"),
        "status": np.select([steps.withdrawn, steps.is_closed], ["withdrawn", "closed"], "open"),
    }
    made = told.hstack([pl.Series(name, values) for name, values in chosen.items()])
    made = made.hstack([_on(name, day, flags) for name, (day, flags) in days.items()])
    made = _signed(setting, registers, made, serial, rng)
    return made.with_columns(
        pl.lit("non_site").alias("enforcement_mode"),
        pl.lit("overload").alias("violation_type"),
        pl.lit("ordinary").alias("procedure"),
        pl.lit(False).alias("is_major"),
        pl.col("phone").alias("contact_phone"),
        pl.Series("fine_yuan", steps.fine).alias("fine_yuan"),
        pl.lit(setting.words["legal_basis"]).alias("legal_basis"),
    ).with_columns(
        pl.when(pl.Series(steps.is_decided)).then(pl.col(name)).alias(name)
        for name in (
            "fine_yuan",
            "penalty_type",
            "discretion_level",
            "service_method",
            "legal_basis",
            "decision_no",
        )
    )


def _signed(
    setting: Setting, registers: Registers, made: pl.DataFrame, serial: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """Two officers and a legal reviewer of the case's own agency, and a decision number of its own."""
    staff = [
        row
        for agency, words in zip(registers.rows["agencies"], setting.words["agencies"], strict=True)
        for row in _pairs(registers, agency["agency_id"], words["short"])
    ]
    size = max(row["pair"] for row in staff) + 1
    pairs = pl.DataFrame(staff, schema_overrides={"pair": pl.Int64})
    made = made.with_columns(pl.Series("pair", rng.integers(0, size, made.height)))
    made = made.join(pairs, on=["agency_id", "pair"], how="left", maintain_order="left")
    year = pl.col("decided_on").dt.year().cast(pl.String)
    return made.with_columns(
        pl.concat_str(pl.col("short"), pl.lit("罚〔"), year, pl.lit("〕第"), serial, pl.lit("号")).alias(
            "decision_no"
        ),
        pl.when(pl.col("decided_on").is_not_null()).then(pl.lit("passed")).alias("legal_review_result"),
        pl.when(pl.col("decided_on").is_not_null()).then("legal_reviewer_id").alias("legal_reviewer_id"),
    )


def _pairs(registers: Registers, agency_id: str, short: str) -> Iterator[Row]:
    """Every pair of officers that an agency sends out, with the colleague who reviews their decisions."""
    officers = [row["officer_id"] for row in registers.officers(agency_id)]
    reviewers = [row["officer_id"] for row in registers.reviewers(agency_id)]
    for first, officer in enumerate(officers):
        yield {
            "agency_id": agency_id,
            "pair": first,
            "officer1_id": officer,
            "officer2_id": officers[(first + 3) % len(officers)],
            "legal_reviewer_id": reviewers[first % len(reviewers)],
            "short": short,
        }


def _payments(setting: Setting, cases: pl.DataFrame, steps: _Steps, rng: np.random.Generator) -> pl.DataFrame:
    channel = np.array(["bank", "electronic"], dtype=object)[rng.integers(0, 2, cases.height)]
    everyone = np.ones(cases.height, dtype=np.bool_)
    made = cases.select("case_id", "party_name", "phone", "fine_yuan").with_columns(
        _on("due_on", steps.due, everyone),
        _on("paid_on", steps.paid, everyone),
        pl.col("fine_yuan").alias("amount_yuan"),
        pl.lit(0).alias("surcharge_yuan"),
        pl.col("party_name").alias("payer_name"),
        pl.col("phone").alias("payer_phone"),
        pl.Series("channel", channel, dtype=pl.String),
    )
    made = made.filter(pl.Series(steps.is_paid))
    return made.with_columns(numbered(setting, "payments", made.height).alias("payment_id"))


def _weekday(day: Numbers) -> Numbers:
    """Move Saturdays and Sundays to the Monday after; day 0 of the epoch was a Thursday."""
    place = (day + 3) % 7
    return day + np.where(place == 5, 2, np.where(place == 6, 1, 0))


def _on(name: str, day: Numbers, flags: Flags) -> pl.Series:
    made = pl.DataFrame({"day": day.astype(np.int32), "flag": flags})
    return made.select(pl.when("flag").then(pl.col("day").cast(pl.Date)).alias(name)).to_series()
