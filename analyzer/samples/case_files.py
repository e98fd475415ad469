"""The cases of the clean bureau: two officers, prior notice, legal review, a fine by the schedule, service."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from analyzer.samples.registers import Registers
from analyzer.samples.setting import Row, Setting
from analyzer.samples.steps import Steps, on_day

_HEARING_YUAN = 5_000  # an individual is told of the right to a hearing from here on (河南省行政处罚听证办法)
_WHEN_DECIDED = [
    "fine_yuan",
    "penalty_type",
    "discretion_level",
    "service_method",
    "legal_basis",
    "decision_no",
]


def make_cases(
    setting: Setting, registers: Registers, told: pl.DataFrame, steps: Steps, rng: np.random.Generator
) -> pl.DataFrame:
    """Make one case for each row of `told`, which says who and where."""
    person = told["enterprise_id"].is_null()
    made = told.hstack(_days(steps, person, rng)).hstack(_choices(steps, person))
    waived = made["defence_received_on"].is_null() & pl.Series(rng.random(told.height) < 0.7)
    made = _signed(setting, registers, made, rng).with_columns(
        waived.alias("defence_waived"),
        pl.lit("non_site").alias("enforcement_mode"),
        pl.lit("overload").alias("violation_type"),
        pl.lit("ordinary").alias("procedure"),
        pl.lit(False).alias("is_major"),
        pl.col("phone").alias("contact_phone"),
        pl.lit(setting.words["legal_basis"]).alias("legal_basis"),
    )
    decided = pl.Series(steps.is_decided)
    return made.with_columns(pl.when(decided).then(pl.col(name)).alias(name) for name in _WHEN_DECIDED)


def _days(steps: Steps, person: pl.Series, rng: np.random.Generator) -> list[pl.Series]:
    count = len(person)
    defended = steps.is_decided & (rng.random(count) < 0.1)
    hearing = person.to_numpy() & (steps.fine >= _HEARING_YUAN)
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
    return [on_day(name, day, flags) for name, (day, flags) in days.items()]


def _choices(steps: Steps, person: pl.Series) -> list[pl.Series]:
    chosen = {
        "party_type": np.where(person.to_numpy(), "individual", "organization"),
        "noticed_fine_yuan": steps.fine,
        "fine_yuan": steps.fine,
        "discretion_level": np.select([steps.fine == 0, steps.light], ["exempt", "light"], "ordinary"),
        "penalty_type": np.where(steps.fine == 0, "exempt", "fine"),
        "service_method": np.where(steps.mail, "mail", "in_person"),
        "status": np.select([steps.withdrawn, steps.is_closed], ["withdrawn", "closed"], "open"),
    }
    return [pl.Series(name, values) for name, values in chosen.items()]


def _signed(setting: Setting, registers: Registers, made: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
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
    serial = pl.Series(np.arange(1, made.height + 1)).cast(pl.String).str.zfill(7)
    year = pl.col("decided_on").dt.year().cast(pl.String)
    return made.with_columns(
        pl.concat_str(pl.col("short"), pl.lit("罚〔"), year, pl.lit("〕第"), serial, pl.lit("号")).alias("decision_no"),
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
