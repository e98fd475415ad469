"""The twelve rules by hand in pandas: vectorised masks over frames that hold only what the rules can apply to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from facts_pandas import Facts, facts, read
from peer_report import Report, asked

KEYS = {"detections": "record_id", "notices": "notice_id", "cases": "case_id"}
DUTY_FROM, BULK_FROM = pd.Timestamp("2021-07-15"), pd.Timestamp("2023-05-11")

Masks = tuple[pd.Series, pd.Series]
"""Which rows are a breach and which are left for review; a row in both is a breach."""


def device_verified(t: pd.DataFrame) -> Masks:
    """DEV-01: a used measurement of a device that no certificate covers on the day."""
    not_camera = t["device_id"].notna() & (
        ~t["device_found"] | (t["device_kind"].notna() & (t["device_kind"] != "camera"))
    )
    applies = t["violation_type"].isin(["overload", "speeding"]) & not_camera & t["d"].notna()
    breach = applies & ~t["maybe_covered"].eq(True)
    return breach, applies & t["covered"].eq(True) & ~t["maybe_verified"].eq(True)


def device_reviewed(t: pd.DataFrame) -> Masks:
    """DEV-02: a device without its legal or technical review on the day."""
    lacking = pd.Series(False, t.index)
    for name in ("legal_review_on", "technical_review_on"):
        lacking |= t[name].isna() | (t[name] > t["d"])
    found = t["device_found"] & (t["d"] >= DUTY_FROM) & lacking
    return found & ~t["onsite_only"], found & t["onsite_only"]


def record_reviewed(t: pd.DataFrame) -> Masks:
    """EVD-01: a record used before, or without, having passed its audit."""
    by_case, dated = t["used_by_case"], t["first_case_on"].notna()
    reviewed_on = t["reviewed_at"].dt.normalize()
    not_passed = t["review_result"].isna() | t["review_result"].eq("failed") | t["reviewed_at"].isna()
    after_case = reviewed_on > t["first_case_on"]
    breach = by_case & (not_passed | after_case)
    not_after_case = ~by_case | (dated & reviewed_on.notna() & ~after_case)
    doubtful = t["used_by_notice"] & (reviewed_on > t["first_notice_on"]) & not_after_case
    review = (~by_case & not_passed) | doubtful
    return breach & ~t["onsite_only"], review | (breach & t["onsite_only"])


def record_complete(t: pd.DataFrame) -> Masks:
    """EVD-03: plate, time, place or the measured values are blank."""
    lacks = t["plate_no"].isna() | t["detected_at"].isna() | t["station_id"].isna()
    no_weight = t["gross_weight_kg"].isna() | t["limit_weight_kg"].isna() | t["axle_count"].isna()
    lacks |= t["violation_type"].eq("overload").fillna(False) & no_weight
    lacks |= t["violation_type"].eq("speeding").fillna(False) & t["speed_kmh"].isna()
    return lacks, pd.Series(False, t.index)


def told_in_time(t: pd.DataFrame) -> Masks:
    """NTC-05: first told more than thirty days after the record; no number of days is in force, so review."""
    waited = (t["first_violation_notice_on"] - t["d"]).dt.days
    return pd.Series(False, t.index), t["has_violation_notice"] & (waited > 30)


def ten_at_once(t: pd.DataFrame) -> Masks:
    """NTC-01: ten or more documents of one agency to one vehicle on one day."""
    many = t["documents"] >= 10
    return many & (t["records_behind"] >= 10) & (t["issued_on"] >= BULK_FROM), many


def told_before(t: pd.DataFrame) -> Masks:
    """PRC-01: decided without a prior notice, or with a later one."""
    applies = t["decided_on"].notna() & t["procedure"].notna() & t["procedure"].ne("summary")
    applies &= t["penalty_type"].isin(["warning", "fine", "other"])
    breach = applies & (t["prior_notice_on"].isna() | (t["prior_notice_on"] > t["decided_on"]))
    return breach, pd.Series(False, t.index)


def decided_in_time(t: pd.DataFrame) -> Masks:
    """PRC-09: decided more than ninety days after filing, with or without an extension."""
    late = (t["filed_on"] >= DUTY_FROM) & (t["end_on"] > t["last_day"])
    asked_in_time = t["extension_approved_on"] <= t["ninety_on"]
    extended = asked_in_time & (t["end_on"] <= t["extended_to"])
    return late & ~extended & ~(asked_in_time & t["extension_days"].isna()), late & extended


def served_in_time(t: pd.DataFrame) -> Masks:
    """PRC-16: served more than seven working days after the decision."""
    late = (t["decided_on"] >= DUTY_FROM) & (t["waited_days"] > 7)
    posted = t["service_method"].isin(["mail", "public"])
    dispatched = t["sent"] | ~t["maybe_document"]
    kept_back = t["has_document"] & ~t["maybe_sent"]
    otherwise = t["service_method"].notna() & ~posted
    return late & (otherwise | kept_back), late & posted & dispatched


def two_officers(t: pd.DataFrame) -> Masks:
    """PER-01: fewer than two officers."""
    alone = t["officer1_id"].isna() | t["officer2_id"].isna() | t["officer1_id"].eq(t["officer2_id"]).fillna(False)
    bound = ~t["by_police"] | (t["procedure"].notna() & t["procedure"].ne("summary"))
    return alone & bound, pd.Series(False, t.index)


def fine_fits(t: pd.DataFrame) -> Masks:
    """DEC-02: the fine is above 500 yuan for each tonne of excess, started or full."""
    applies = t["decided_on"].notna() & (t["fine_yuan"] > 0) & t["violation_type"].eq("overload").fillna(False)
    applies &= (t["excess_kg"] > 1000) & t["permit_no"].isna() & ~t["by_police"]
    started = (-(-t["excess_kg"] // 1000) * 500).clip(upper=30000)
    full = (t["excess_kg"] // 1000 * 500).clip(upper=30000)
    oversize = (t["length_mm"] > 18100) | (t["width_mm"] > 2550) | (t["height_mm"] > 4000)
    return applies & (t["fine_yuan"] > started) & ~oversize, applies & (t["fine_yuan"] > full)


def fined_once(t: pd.DataFrame) -> Masks:
    """DEC-04: another fined case stands on the same record."""
    again = t["decided_on"].notna() & (t["fine_yuan"] > 0) & t["fined_again"]
    return again & t["some_about_the_same"], again & t["all_about_another"]


RULES: dict[str, tuple[str, Callable[[pd.DataFrame], Masks]]] = {
    "DEV-01": ("detections", device_verified),
    "DEV-02": ("detections", device_reviewed),
    "EVD-01": ("detections", record_reviewed),
    "EVD-03": ("detections", record_complete),
    "NTC-01": ("notices", ten_at_once),
    "NTC-05": ("detections", told_in_time),
    "PRC-01": ("cases", told_before),
    "PRC-09": ("cases", decided_in_time),
    "PRC-16": ("cases", served_in_time),
    "DEC-02": ("cases", fine_fits),
    "DEC-04": ("cases", fined_once),
    "PER-01": ("cases", two_officers),
}


def judge(known: Facts, codes: list[str]) -> pd.DataFrame:
    """Return rule, record_key and verdict of everything that the rules of `codes` found."""
    found = []
    for code in codes:
        table, rule = RULES[code]
        rows = getattr(known, table)
        breach, review = rule(rows)
        for verdict, mask in (("breach", breach), ("review", review & ~breach)):
            keys = rows.loc[mask, KEYS[table]]
            found.append(pd.DataFrame({"rule": code, "record_key": keys, "verdict": verdict}))
    return pd.concat(found, ignore_index=True)


def run(folder: Path, codes: list[str]) -> pd.DataFrame:
    """Judge the Parquet files of a folder."""
    return judge(facts(read(folder)), codes)


def main() -> None:
    """Judge the tables of `--data` and leave the keys in `--out`."""
    options = asked()
    report = Report("pandas", options.out)
    tables = read(options.data)
    report.lap("read")
    found = judge(facts(tables), options.rules.split(","))
    report.lap("judge")
    found.to_parquet(options.out / "keys.parquet", index=False)
    report.lap("write")
    report.write()


if __name__ == "__main__":
    main()
