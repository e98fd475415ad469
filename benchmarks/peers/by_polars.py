"""The twelve rules by hand in polars: lazy frames, only the columns needed, one pass over each of three tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from facts_polars import Facts, facts
from peer_report import Report, asked

KEYS = {"detections": "record_id", "notices": "notice_id", "cases": "case_id"}
DUTY_FROM = date(2021, 7, 15)

Rule = tuple[str, pl.Expr, pl.Expr]
"""The table that is judged, when a row is a breach, and when it is left for review."""


def rules() -> dict[str, Rule]:
    """Return the twelve rules by code; an expression that is null says neither."""
    return detection_rules() | notice_rules() | case_rules() | penalty_rules()


def detection_rules() -> dict[str, Rule]:
    """Rules about devices and evidence."""
    c, d, never = pl.col, pl.col("d"), pl.lit(False)
    not_camera = c("device_id").is_not_null() & (~c("device_found") | (c("device_kind") != "camera"))
    measured = c("violation_type").is_in(["overload", "speeding"]) & not_camera & d.is_not_null()
    unreviewed = pl.any_horizontal(
        c(name).is_null() | (c(name) > d) for name in ("legal_review_on", "technical_review_on")
    )
    unreviewed = c("device_found") & (d >= DUTY_FROM) & unreviewed
    reviewed_on = c("reviewed_at").dt.date()
    not_passed = c("review_result").is_null() | (c("review_result") == "failed") | c("reviewed_at").is_null()
    after_case, after_notice = reviewed_on > c("first_case_on"), reviewed_on > c("first_notice_on")
    too_soon = c("used_by_case") & (not_passed | after_case)
    before_case = c("used_by_notice") & after_notice & ~(c("used_by_case") & after_case)
    doubtful = (~c("used_by_case") & not_passed) | before_case
    lacks = pl.any_horizontal(c("plate_no", "detected_at", "station_id").is_null())
    no_weight = pl.any_horizontal(c("gross_weight_kg", "limit_weight_kg", "axle_count").is_null())
    lacks |= (c("violation_type") == "overload") & no_weight
    lacks |= (c("violation_type") == "speeding") & c("speed_kmh").is_null()
    waited = (c("first_violation_notice_on") - d).dt.total_days()
    return {
        "DEV-01": ("detections", measured & ~c("maybe_covered"), measured & c("covered") & ~c("maybe_verified")),
        "DEV-02": ("detections", unreviewed & ~c("onsite_only"), unreviewed & c("onsite_only")),
        "EVD-01": ("detections", too_soon & ~c("onsite_only"), doubtful | (too_soon & c("onsite_only"))),
        "EVD-03": ("detections", lacks, never),
        "NTC-05": ("detections", never, c("has_violation_notice") & (waited > 30)),
    }


def notice_rules() -> dict[str, Rule]:
    """The rule about ten documents at once."""
    bulk = (pl.col("documents") >= 10) & (pl.col("records_behind") >= 10) & (pl.col("issued_on") >= date(2023, 5, 11))
    return {"NTC-01": ("notices", bulk, pl.col("documents") >= 10)}


def case_rules() -> dict[str, Rule]:
    """Rules about the steps of a case and its officers."""
    c, never = pl.col, pl.lit(False)
    decided = c("decided_on").is_not_null()
    owed = decided & (c("procedure") != "summary") & c("penalty_type").is_in(["warning", "fine", "other"])
    untold = owed & (c("prior_notice_on").is_null() | (c("prior_notice_on") > c("decided_on")))
    late = (c("filed_on") >= DUTY_FROM) & (c("end_on") > c("last_day"))
    asked_in_time = (c("extension_approved_on") <= c("ninety_on")).fill_null(False)
    extended = asked_in_time & (c("end_on") <= c("extended_to"))
    late_service = (c("decided_on") >= DUTY_FROM) & (c("waited_days") > 7)
    posted = c("service_method").is_in(["mail", "public"])
    dispatched = pl.when(c("sent") | ~c("maybe_document")).then(True)
    dispatched = dispatched.when(c("has_document") & ~c("maybe_sent")).then(False)
    excused = posted & dispatched
    alone = c("officer1_id").is_null() | c("officer2_id").is_null() | (c("officer1_id") == c("officer2_id"))
    bound = ~(c("by_police") & (c("procedure") == "summary"))
    return {
        "PRC-01": ("cases", untold, never),
        "PRC-09": ("cases", late & ~extended, late & extended),
        "PRC-16": ("cases", late_service & ~excused, late_service & excused),
        "PER-01": ("cases", bound & alone, never),
    }


def penalty_rules() -> dict[str, Rule]:
    """Rules about the fine."""
    c = pl.col
    fined_again, about_another = c("fined") & c("fined_again"), c("all_about_another")
    at_stake = c("fined") & (c("violation_type") == "overload") & (c("excess_kg") > 1000)
    at_stake &= c("permit_no").is_null() & ~c("by_police")
    started, full = (-(-c("excess_kg") // 1000)) * 500, (c("excess_kg") // 1000) * 500
    above = at_stake & (c("fine_yuan") > pl.min_horizontal(started, pl.lit(30000)))
    between = at_stake & (c("fine_yuan") > pl.min_horizontal(full, pl.lit(30000)))
    sizes = (("length_mm", 18100), ("width_mm", 2550), ("height_mm", 4000))
    oversize = pl.any_horizontal((c(name) > limit).fill_null(False) for name, limit in sizes)
    return {
        "DEC-02": ("cases", above & ~oversize, between),
        "DEC-04": ("cases", fined_again & c("some_about_the_same"), fined_again & about_another),
    }


def judge(known: Facts, codes: list[str]) -> dict[str, pl.DataFrame]:
    """Return for each rule the keys that were found, with their answer."""
    found = {}
    wanted = {code: rule for code, rule in rules().items() if code in codes}
    for table, key in KEYS.items():
        of_table = {code: rule for code, rule in wanted.items() if rule[0] == table}
        answers = [
            pl.when(breach).then(pl.lit("breach")).when(review).then(pl.lit("review")).alias(code)
            for code, (_, breach, review) in of_table.items()
        ]
        judged = getattr(known, table).select(key, *answers).collect() if answers else None
        for code in of_table:
            hits = judged.filter(pl.col(code).is_not_null())
            found[code] = hits.select(rule=pl.lit(code), record_key=key, verdict=code)
    return found


def run(folder: Path, codes: list[str]) -> pl.DataFrame:
    """Judge the Parquet files of a folder; return rule, record_key and verdict of everything found."""
    return pl.concat(judge(facts(folder), codes).values())


def main() -> None:
    """Judge the tables of `--data` and leave the keys in `--out`."""
    options = asked()
    report = Report("polars", options.out)
    report.lap("start")
    found = run(options.data, options.rules.split(","))
    report.lap("judge")
    found.write_parquet(options.out / "keys.parquet")
    report.lap("write")
    report.write(note="reading is part of judging: the frames are lazy")


if __name__ == "__main__":
    main()
