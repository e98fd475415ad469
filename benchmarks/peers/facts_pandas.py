"""The records put together in pandas, by hand: what is known of a used detection, a notice, a case.

A comparison with a blank is False here, not unknown, so each place where a blank would turn into guilt has to be
thought of: `notna` before every `!=`, and two columns ("for certain" and "not excluded") for each gathered fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

AS_OF = pd.Timestamp("2025-12-31")
NOTICE_KINDS = ["violation_notice", "penalty_notice", "decision"]
VIOLATION_NOTICES = ["violation_notice", "penalty_notice"]

COLUMNS = {
    "detections": "record_id device_id station_id plate_no detected_at violation_type axle_count gross_weight_kg"
    " limit_weight_kg speed_kmh reviewed_at review_result permit_no length_mm width_mm height_mm",
    "devices": "device_id kind legal_review_on technical_review_on",
    "calibrations": "certificate_no device_id verified_on valid_until result kind",
    "agencies": "agency_id kind",
    "notices": "notice_id record_id case_id plate_no plate_color kind issued_at agency_id",
    "cases": "case_id record_id party_name agency_id enforcement_mode violation_type procedure filed_on officer1_id"
    " officer2_id prior_notice_on extension_approved_on extension_days decided_on penalty_type fine_yuan served_on"
    " service_method status",
    "calendar": "day working_days rolled_on",
}
"""Only these columns are read."""


@dataclass(frozen=True)
class Facts:
    """Frames, one row for each record that a rule can apply to."""

    detections: pd.DataFrame
    notices: pd.DataFrame
    cases: pd.DataFrame


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the columns that the rules need; dates become datetimes and money floats, which pandas can calculate with."""
    return {name: frame(folder / f"{name}.parquet", columns.split()) for name, columns in COLUMNS.items()}


def frame(file: Path, columns: list[str]) -> pd.DataFrame:
    """Read one file without a column of Python objects."""
    table = pq.read_table(file, columns=columns)
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(pa.float64()))
    return table.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True)


def facts(tables: dict[str, pd.DataFrame]) -> Facts:
    """Join and gather what the twelve rules ask for."""
    cases = tables["cases"]
    cases = cases[cases["status"].ne("withdrawn").fillna(True)].copy()
    return Facts(detections(tables, cases), notices(tables["notices"]), judged_cases(tables, cases))


def detections(tables: dict[str, pd.DataFrame], cases: pd.DataFrame) -> pd.DataFrame:
    """Detections that a document or a case rests on, with their device and its certificates."""
    named = tables["notices"].dropna(subset="record_id")
    uses, tells = named["kind"].isin(NOTICE_KINDS), named["kind"].isin(VIOLATION_NOTICES)
    issued_on = named["issued_at"].dt.normalize()
    on_notices = (
        named[["record_id"]]
        .assign(
            used_by_notice=uses,
            has_violation_notice=tells,
            first_notice_on=issued_on.where(uses),
            first_violation_notice_on=issued_on.where(tells),
        )
        .groupby("record_id")
        .agg({"used_by_notice": "any", "has_violation_notice": "any"}
             | dict.fromkeys(["first_notice_on", "first_violation_notice_on"], "min"))
    )  # fmt: skip
    with_case = cases.dropna(subset="record_id")
    on_cases = (
        with_case[["record_id", "filed_on", "decided_on"]]
        .assign(onsite_only=with_case["enforcement_mode"].eq("on_site").fillna(False).astype(bool))
        .groupby("record_id")
        .agg({"filed_on": "min", "decided_on": "min", "onsite_only": "all"})
    )
    on_cases["first_case_on"] = on_cases[["filed_on", "decided_on"]].min(axis=1)
    on_cases = on_cases[["first_case_on", "onsite_only"]].assign(used_by_case=True)
    used = on_notices.join(on_cases, how="outer")
    for flag in ("used_by_notice", "has_violation_notice", "used_by_case", "onsite_only"):
        used[flag] = used[flag].eq(True)
    used = used[used["used_by_notice"] | used["used_by_case"]]
    records = tables["detections"].merge(used, left_on="record_id", right_index=True)
    records["d"] = records["detected_at"].dt.normalize()
    devices = tables["devices"].rename(columns={"kind": "device_kind"}).assign(device_found=True)
    records = records.merge(devices, on="device_id", how="left")
    records["device_found"] = records["device_found"].eq(True)
    return records.merge(coverage(records, tables["calibrations"]), on=["device_id", "d"], how="left")


def coverage(records: pd.DataFrame, certificates: pd.DataFrame) -> pd.DataFrame:
    """What the certificates say of each device and day: verified, covered, and what is not excluded."""
    days = records[["device_id", "d"]].dropna().drop_duplicates()
    verification = certificates["kind"].ne("calibration").fillna(True)
    failures = certificates[verification & (certificates["result"].isna() | certificates["result"].eq("failed"))]
    failures = failures[["device_id", "verified_on", "result"]]
    after = certificates[["certificate_no", "device_id", "verified_on"]].merge(
        failures, on="device_id", suffixes=("", "_failed")
    )
    after = after[after["verified_on_failed"] > after["verified_on"]]
    after["failed_on"] = after["verified_on_failed"].where(after["result"].notna())
    ends = after.groupby(["certificate_no", "device_id"], as_index=False).agg(
        failed_on=("failed_on", "min"), maybe_failed_on=("verified_on_failed", "min")
    )
    own = certificates.merge(ends, on=["certificate_no", "device_id"], how="left")
    own["until"] = own["valid_until"].fillna(own["verified_on"] + pd.DateOffset(months=12))
    own["proper"] = own["valid_until"].notna() & own["kind"].ne("calibration").fillna(True)
    own["passed"], own["maybe_passed"] = (
        own["result"].eq("passed").fillna(False),
        own["result"].ne("failed").fillna(True),
    )
    pairs = days.merge(own, on="device_id", how="left")
    d = pairs["d"]
    runs = (pairs["verified_on"] <= d) & (d <= pairs["until"])
    stands = runs & pairs["passed"].eq(True) & ~(pairs["maybe_failed_on"] <= d)
    may_stand = runs & pairs["maybe_passed"].eq(True) & ~(pairs["failed_on"] <= d)
    proper = pairs["proper"].eq(True)
    said = {
        "covered": stands,
        "maybe_covered": may_stand,
        "verified": stands & proper,
        "maybe_verified": may_stand & proper,
    }
    return pairs[["device_id", "d"]].assign(**said).groupby(["device_id", "d"], as_index=False).any()


def notices(table: pd.DataFrame) -> pd.DataFrame:
    """Notices of a violation with the number of documents of that agency, vehicle and day."""
    that_day = ["agency_id", "plate_no", "plate_color", "issued_on"]
    own = table.loc[table["kind"].isin(VIOLATION_NOTICES), ["notice_id", "record_id", *that_day[:3], "issued_at"]]
    own = own.assign(issued_on=own["issued_at"].dt.normalize()).dropna(subset=["plate_no", "issued_on"])
    own = own[own.duplicated(that_day, keep=False)]
    groups = own.groupby(that_day, dropna=False)
    own["documents"] = groups["notice_id"].transform("nunique")
    own["records_behind"] = groups["record_id"].transform("nunique") + own["record_id"].isna().groupby(
        [own[name] for name in that_day], dropna=False
    ).transform("sum")
    return own


def judged_cases(tables: dict[str, pd.DataFrame], cases: pd.DataFrame) -> pd.DataFrame:
    """Cases that were not withdrawn, with their detection, agency, decision documents and cases on the same record."""
    weights = tables["detections"][["record_id", "permit_no", "length_mm", "width_mm", "height_mm"]].assign(
        excess_kg=tables["detections"]["gross_weight_kg"] - tables["detections"]["limit_weight_kg"]
    )
    agencies = tables["agencies"].assign(by_police=tables["agencies"]["kind"].eq("police"))[["agency_id", "by_police"]]
    weights = weights[weights["record_id"].isin(cases["record_id"])]
    own = cases.merge(weights, on="record_id", how="left").merge(agencies, on="agency_id", how="left")
    own = own.merge(same_record(cases), left_on="case_id", right_index=True, how="left")
    calendar = tables["calendar"].set_index("day")
    open_until = own["decided_on"].fillna(AS_OF)
    own["end_on"] = open_until.where(own["status"].eq("open").fillna(False), own["decided_on"])
    own["ninety_on"] = own["filed_on"] + pd.Timedelta(days=90)
    own["last_day"] = own["ninety_on"].map(calendar["rolled_on"])
    own["extended_to"] = (own["ninety_on"] + pd.to_timedelta(own["extension_days"], unit="D")).map(
        calendar["rolled_on"]
    )
    own["waited_days"] = working_days(own["decided_on"], own["served_on"].fillna(AS_OF), calendar)
    sent = decisions_sent(tables["notices"], own, calendar)
    own = own.merge(sent, left_on="case_id", right_index=True, how="left")
    for flag in ("by_police", "fined_again", "all_about_another", "some_about_the_same", *sent.columns):
        own[flag] = own[flag].eq(True)
    return own


def working_days(start: pd.Series, end: pd.Series, calendar: pd.DataFrame) -> pd.Series:
    """Return the working days after `start`, up to and including `end`; NaN where a date is blank."""
    counted = end.map(calendar["working_days"]) - start.map(calendar["working_days"])
    return counted.where((end > start) | start.isna() | end.isna(), 0)


def decisions_sent(notices: pd.DataFrame, cases: pd.DataFrame, calendar: pd.DataFrame) -> pd.DataFrame:
    """Whether a decision document of the case is there, and was issued within seven working days."""
    about = notices.loc[notices["case_id"].notna(), ["case_id", "kind", "issued_at"]]
    about = about.merge(cases[["case_id", "decided_on"]], on="case_id")
    wd = working_days(about["decided_on"], about["issued_at"].dt.normalize(), calendar)
    decision, maybe_decision = about["kind"].eq("decision").fillna(False), about["kind"].isna()
    maybe_decision |= decision
    said = {
        "has_document": decision,
        "maybe_document": maybe_decision,
        "sent": decision & (wd <= 7),
        "maybe_sent": maybe_decision & ((wd <= 7) | wd.isna()),
    }
    return about[["case_id"]].assign(**said).groupby("case_id").any()


def same_record(cases: pd.DataFrame) -> pd.DataFrame:
    """Of each case with a fine: is there another on the same record, and are all others about somebody else?"""
    may_be_fined = cases["decided_on"].notna() & ((cases["fine_yuan"] > 0) | cases["fine_yuan"].isna())
    named = cases.loc[
        cases["record_id"].notna() & may_be_fined, ["case_id", "record_id", "party_name", "violation_type", "fine_yuan"]
    ]
    twice = named[named.duplicated("record_id", keep=False)]
    pairs = twice.merge(twice, on="record_id", suffixes=("", "_b"))
    pairs = pairs[pairs["case_id"] != pairs["case_id_b"]]
    another, the_same = False, True
    for column in ("party_name", "violation_type"):
        known = pairs[column].notna() & pairs[f"{column}_b"].notna()
        differs = pairs[column].ne(pairs[f"{column}_b"]).fillna(False) & known
        another, the_same = another | differs, the_same & known & ~differs
    fined = pairs["fine_yuan_b"] > 0
    said = {"fined_again": fined, "some_about_the_same": fined & the_same}
    together = pairs[["case_id"]].assign(**said, all_about_another=another).groupby("case_id")
    return together.agg({"fined_again": "any", "some_about_the_same": "any", "all_about_another": "all"})
