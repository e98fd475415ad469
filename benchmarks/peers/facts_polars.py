"""The records put together in polars, by hand: what is known of a used detection, a notice, a case.

Polars keeps three-valued logic by itself, so most of "unknown is not guilty" costs nothing here; where a fact is
gathered from many rows it has to be spelt out: `covered` says "for certain", `maybe_covered` "not excluded".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

AS_OF = date(2025, 12, 31)
NOTICE_KINDS = ["violation_notice", "penalty_notice", "decision"]
VIOLATION_NOTICES = ["violation_notice", "penalty_notice"]


@dataclass(frozen=True)
class Facts:
    """Lazy frames, one row for each record that a rule can apply to."""

    detections: pl.LazyFrame
    notices: pl.LazyFrame
    cases: pl.LazyFrame


def facts(folder: Path) -> Facts:
    """Plan the facts over the Parquet files of `folder`; nothing is read before they are collected."""
    tables = {file.stem: pl.scan_parquet(file) for file in folder.glob("*.parquet")}
    cases = tables["cases"].with_columns(
        withdrawn=pl.col("status").eq("withdrawn").fill_null(False),
        fined=pl.col("decided_on").is_not_null() & (pl.col("fine_yuan") > 0),
    )
    return Facts(detections(tables, cases), notices(tables["notices"]), judged_cases(tables, cases))


def detections(tables: dict[str, pl.LazyFrame], cases: pl.LazyFrame) -> pl.LazyFrame:
    """Detections that a document or a case rests on, with their device and its certificates."""
    kind, issued_on = pl.col("kind"), pl.col("issued_at").dt.date()
    on_notices = (
        tables["notices"]
        .filter(pl.col("record_id").is_not_null())
        .group_by("record_id")
        .agg(
            used_by_notice=kind.is_in(NOTICE_KINDS).any(),
            has_violation_notice=kind.is_in(VIOLATION_NOTICES).any(),
            first_notice_on=issued_on.filter(kind.is_in(NOTICE_KINDS)).min(),
            first_violation_notice_on=issued_on.filter(kind.is_in(VIOLATION_NOTICES)).min(),
        )
    )
    on_site = pl.col("enforcement_mode").eq("on_site").fill_null(False)
    on_cases = (
        cases.filter(pl.col("record_id").is_not_null() & ~pl.col("withdrawn"))
        .group_by("record_id")
        .agg(
            used_by_case=pl.lit(True),
            first_filed_on=pl.col("filed_on").min(),
            first_decided_on=pl.col("decided_on").min(),
            onsite_only=on_site.all(),
        )
    )
    flags = ["used_by_notice", "has_violation_notice", "used_by_case", "onsite_only"]
    used = (
        on_notices.join(on_cases, on="record_id", how="full", coalesce=True)
        .with_columns(pl.col(flags).fill_null(False))
        .with_columns(first_case_on=pl.min_horizontal("first_filed_on", "first_decided_on"))
        .filter(pl.col("used_by_notice") | pl.col("used_by_case"))
    )
    devices = tables["devices"].select(
        "device_id", "legal_review_on", "technical_review_on", device_kind="kind", device_found=pl.lit(True)
    )
    wanted = ["record_id", "device_id", "station_id", "plate_no", "detected_at", "violation_type", "axle_count"]
    wanted += ["gross_weight_kg", "limit_weight_kg", "speed_kmh", "reviewed_at", "review_result"]
    records = (
        tables["detections"]
        .select(wanted)
        .join(used, on="record_id")
        .with_columns(d=pl.col("detected_at").dt.date())
        .join(devices, on="device_id", how="left")
        .with_columns(pl.col("device_found").fill_null(False))
    )
    days = records.select("device_id", "d").unique().drop_nulls()
    states = coverage(days, tables["calibrations"])
    return records.join(states, on=["device_id", "d"], how="left")


def coverage(days: pl.LazyFrame, certificates: pl.LazyFrame) -> pl.LazyFrame:
    """What the certificates say of each device and day: verified, covered, and what is not excluded."""
    own = certificates.select("certificate_no", "device_id", "verified_on", "valid_until", "result", "kind")
    failures = own.filter(pl.col("kind").ne_missing("calibration") & pl.col("result").ne_missing("passed"))
    ends = (
        own.join(failures.select("device_id", failed_on="verified_on", failed="result"), on="device_id")
        .filter(pl.col("failed_on") > pl.col("verified_on"))
        .group_by("certificate_no", "device_id")
        .agg(
            failed_on=pl.col("failed_on").filter(pl.col("failed") == "failed").min(),
            maybe_failed_on=pl.col("failed_on").min(),
        )
    )
    d, passed = pl.col("d"), pl.col("result") == "passed"
    until = pl.coalesce("valid_until", pl.col("verified_on").dt.offset_by("12mo"))
    runs = (pl.col("verified_on") <= d) & (d <= until)
    stands = runs & passed & (pl.col("maybe_failed_on").is_null() | (d < pl.col("maybe_failed_on")))
    may_stand = runs & passed.fill_null(True) & (pl.col("failed_on").is_null() | (d < pl.col("failed_on")))
    proper = pl.col("valid_until").is_not_null() & pl.col("kind").ne_missing("calibration")
    return (
        days.join(own.join(ends, on=["certificate_no", "device_id"], how="left"), on="device_id", how="left")
        .group_by("device_id", "d")
        .agg(
            covered=stands.any(),
            maybe_covered=may_stand.any(),
            verified=(stands & proper).any(),
            maybe_verified=(may_stand & proper).any(),
        )
    )


def notices(table: pl.LazyFrame) -> pl.LazyFrame:
    """Notices of a violation with the number of documents of that agency, vehicle and day."""
    that_day = ["agency_id", "plate_no", "plate_color", "issued_on"]
    own = table.filter(pl.col("kind").is_in(VIOLATION_NOTICES)).select(
        "notice_id", "record_id", "agency_id", "plate_no", "plate_color", issued_on=pl.col("issued_at").dt.date()
    )
    groups = (
        own.filter(pl.col("plate_no").is_not_null() & pl.col("issued_on").is_not_null())
        .group_by(that_day)
        .agg(
            documents=pl.col("notice_id").n_unique(),
            records_behind=pl.col("record_id").drop_nulls().n_unique() + pl.col("record_id").null_count(),
        )
        .filter(pl.col("documents") >= 10)
    )
    return own.join(groups, on=that_day, nulls_equal=True)


def judged_cases(tables: dict[str, pl.LazyFrame], cases: pl.LazyFrame) -> pl.LazyFrame:
    """Cases that were not withdrawn, with their detection, agency, decision documents and cases on the same record."""
    weights = tables["detections"].select(
        "record_id", "permit_no", "length_mm", "width_mm", "height_mm",
        excess_kg=pl.col("gross_weight_kg") - pl.col("limit_weight_kg"), record_found=pl.lit(True),
    )  # fmt: skip
    agencies = tables["agencies"].select("agency_id", by_police=pl.col("kind") == "police")
    open_until = pl.coalesce("decided_on", pl.lit(AS_OF))
    own = (
        cases.filter(~pl.col("withdrawn"))
        .join(weights, on="record_id", how="left")
        .join(agencies, on="agency_id", how="left")
        .join(same_record(cases), on="case_id", how="left")
        .with_columns(
            pl.col("by_police", "fined_again").fill_null(False),
            end_on=pl.when(pl.col("status") == "open").then(open_until).otherwise("decided_on"),
            ninety_on=pl.col("filed_on").dt.offset_by("90d"),
            served_or_today=pl.coalesce("served_on", pl.lit(AS_OF)),
        )
        .with_columns(extended_on=pl.col("ninety_on") + pl.duration(days=pl.col("extension_days")))
    )
    calendar = tables["calendar"]
    for column, wanted in (("ninety_on", "last_day"), ("extended_on", "extended_to")):
        own = own.join(
            calendar.select(pl.col("day").alias(column), rolled_on=pl.col("rolled_on")), on=column, how="left"
        )
        own = own.rename({"rolled_on": wanted})
    own = working_days(own, calendar, "decided_on", "served_or_today").rename({"wd": "waited_days"})
    return own.join(decisions_sent(tables["notices"], own, calendar), on="case_id", how="left").with_columns(
        pl.col("has_document", "maybe_document", "sent", "maybe_sent").fill_null(False)
    )


def working_days(frame: pl.LazyFrame, calendar: pl.LazyFrame, start: str, end: str) -> pl.LazyFrame:
    """Add `wd`: working days after `start`, up to and including `end`."""
    for column, name in ((start, "_from"), (end, "_until")):
        counted = calendar.select(pl.col("day").alias(column), pl.col("working_days").alias(name))
        frame = frame.join(counted, on=column, how="left")
    wd = pl.when(pl.col(end) > pl.col(start)).then(pl.col("_until") - pl.col("_from")).otherwise(0)
    known = pl.col(start).is_not_null() & pl.col(end).is_not_null()
    return frame.with_columns(wd=pl.when(known).then(wd)).drop("_from", "_until")


def decisions_sent(notices: pl.LazyFrame, cases: pl.LazyFrame, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """Whether a decision document of the case is there, and was issued within seven working days."""
    about = notices.filter(pl.col("case_id").is_not_null()).select(
        "case_id", "kind", issued_on=pl.col("issued_at").dt.date()
    )
    dated = working_days(
        about.join(cases.select("case_id", "decided_on"), on="case_id"), calendar, "decided_on", "issued_on"
    )
    decision, in_time = pl.col("kind") == "decision", pl.col("wd") <= 7
    return dated.group_by("case_id").agg(
        has_document=decision.any(),
        maybe_document=decision.fill_null(True).any(),
        sent=(decision & in_time).any(),
        maybe_sent=(decision & in_time).fill_null(True).any(),
    )


def same_record(cases: pl.LazyFrame) -> pl.LazyFrame:
    """Of each case with a fine: is there another on the same record, and are all others about somebody else?"""
    fined = pl.col("fined")
    named = cases.filter(pl.col("record_id").is_not_null() & ~pl.col("withdrawn") & fined.fill_null(True)).select(
        "case_id", "record_id", "party_name", "violation_type", "fined"
    )
    twice = named.filter(pl.len().over("record_id") > 1)
    differs = pl.col("party_name").ne(pl.col("party_name_right")) | pl.col("violation_type").ne(
        pl.col("violation_type_right")
    )
    about_another = ~pl.col("fined_right") | differs
    return (
        twice.join(twice, on="record_id")
        .filter(pl.col("case_id") != pl.col("case_id_right"))
        .group_by("case_id")
        .agg(
            fined_again=pl.col("fined_right").any(),
            all_about_another=about_another.fill_null(False).all(),
            some_about_the_same=(~about_another).fill_null(False).any(),
        )
    )
