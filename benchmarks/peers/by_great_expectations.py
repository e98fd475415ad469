"""The twelve rules in Great Expectations: frames joined by hand in pandas, then expectations with row conditions.

Its maintainers' advice for rules over several tables is to join them outside. A condition compares a column with a
literal, never with a column, so a few helper columns are worked out in pandas as well (`helped`). Each answer of a
rule is the union of the rows that its expectations did not expect.
"""

from __future__ import annotations

import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import pandas as pd
from facts_pandas import Facts, facts, read
from great_expectations.expectations.row_conditions import Column, Condition
from peer_report import Report, asked

KEYS = {"detections": "record_id", "notices": "notice_id", "cases": "case_id"}
EITHER = "either_value_is_missing"

Expected = dict[tuple[str, str], list[gxe.Expectation]]
"""The expectations of a table by rule and answer; a row that one of them did not expect has that answer."""


def helped(known: Facts) -> Facts:
    """Add the columns that conditions cannot work out; 'unknown' is a value of its own there."""
    d, t = known.detections, known.cases
    d["reviewed_on"] = d["reviewed_at"].dt.normalize()
    d["after_case"] = three(d["reviewed_on"] > d["first_case_on"], d["reviewed_on"].isna() | d["first_case_on"].isna())
    d["told_after_days"] = (d["first_violation_notice_on"] - d["d"]).dt.days
    asked_in_time = t["extension_approved_on"] <= t["ninety_on"]
    t["extended"] = three(asked_in_time & (t["end_on"] <= t["extended_to"]), asked_in_time & t["extension_days"].isna())
    t["oversize"] = (t["length_mm"] > 18100) | (t["width_mm"] > 2550) | (t["height_mm"] > 4000)
    t["started_yuan"] = (-(-t["excess_kg"] // 1000) * 500).clip(upper=30000)
    t["full_yuan"] = (t["excess_kg"] // 1000 * 500).clip(upper=30000)
    t["above_started"] = t["fine_yuan"] > t["started_yuan"]
    return known


def three(true: pd.Series, unknown: pd.Series) -> np.ndarray:
    """Return 'yes', 'no' or 'unknown' for each row."""
    return np.select([unknown, true], ["unknown", "yes"], "no")


def holds(column: str) -> Condition:
    """Return the condition that a column of yes and no says yes."""
    return Column(column) == True  # noqa: E712


def fails(column: str) -> Condition:
    """Return the condition that a column of yes and no says no."""
    return Column(column) == False  # noqa: E712


def filled(column: str, when: Condition | None = None) -> gxe.Expectation:
    """Expect a column to be filled."""
    return gxe.ExpectColumnValuesToNotBeNull(column=column, row_condition=when)


def among(column: str, values: list[object], when: Condition) -> gxe.Expectation:
    """Expect a column to hold one of the values, where it is filled."""
    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values, row_condition=when)


def at_most(column: str, most: int, when: Condition) -> gxe.Expectation:
    """Expect a column not to be above a number."""
    return gxe.ExpectColumnValuesToBeBetween(column=column, max_value=most, row_condition=when)


def not_after(column: str, limit: str, when: Condition) -> gxe.Expectation:
    """Expect a column not to be above another one of its row, where both are filled."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=limit, column_B=column, or_equal=True, ignore_row_if=EITHER, row_condition=when
    )


def of_devices() -> Expected:
    """Rules about devices."""
    measured = (
        Column("violation_type").is_in(["overload", "speeding"])
        & Column("device_id").is_not_null()
        & Column("d").is_not_null()
    )
    unregistered = measured & fails("device_found")
    registered = (
        measured & holds("device_found") & Column("device_kind").is_not_null() & (Column("device_kind") != "camera")
    )
    legs = (unregistered, registered)
    on_duty = holds("device_found") & (Column("d") >= "2021-07-15")

    def reviews(onsite: bool) -> list[gxe.Expectation]:
        when = on_duty & (Column("onsite_only") == onsite)
        columns = ("legal_review_on", "technical_review_on")
        return [make for name in columns for make in (filled(name, when), not_after(name, "d", when))]

    return {
        ("DEV-01", "breach"): [among("maybe_covered", [True], leg) for leg in legs],
        ("DEV-01", "review"): [among("maybe_verified", [True], leg & holds("covered")) for leg in legs],
        ("DEV-02", "breach"): reviews(False),
        ("DEV-02", "review"): reviews(True),
    }


def of_evidence() -> Expected:
    """Rules about evidence and its notice."""
    by_case, by_notice = holds("used_by_case"), holds("used_by_notice")
    not_by_case = fails("used_by_case")
    passed = Column("review_result").is_not_null() & (Column("review_result") != "failed")

    def unreviewed(when: Condition) -> list[gxe.Expectation]:
        failed = gxe.ExpectColumnValuesToNotBeInSet(column="review_result", value_set=["failed"], row_condition=when)
        return [filled("review_result", when), failed, filled("reviewed_at", when)]

    def of_cases(onsite: bool) -> list[gxe.Expectation]:
        when = by_case & (Column("onsite_only") == onsite)
        return [*unreviewed(when), not_after("reviewed_on", "first_case_on", when)]

    in_between = by_notice & by_case & passed & (Column("after_case") == "no")
    after_notice = [not_after("reviewed_on", "first_notice_on", when) for when in (by_notice & not_by_case, in_between)]
    overload, speeding = Column("violation_type") == "overload", Column("violation_type") == "speeding"
    lacking = [filled(name) for name in ("plate_no", "detected_at", "station_id")]
    lacking += [filled(name, overload) for name in ("gross_weight_kg", "limit_weight_kg", "axle_count")]
    return {
        ("EVD-01", "breach"): of_cases(False),
        ("EVD-01", "review"): [*unreviewed(not_by_case), *after_notice, *of_cases(True)],
        ("EVD-03", "breach"): [*lacking, filled("speed_kmh", speeding)],
        ("NTC-05", "review"): [at_most("told_after_days", 30, holds("has_violation_notice"))],
    }


def of_notices() -> Expected:
    """The rule about ten documents at once."""
    bulk = (Column("records_behind") >= 10) & (Column("issued_on") >= "2023-05-11")
    less = (Column("records_behind") < 10) | (Column("issued_on") < "2023-05-11")
    return {
        ("NTC-01", "breach"): [at_most("documents", 9, bulk)],
        ("NTC-01", "review"): [at_most("documents", 9, less)],
    }


def of_steps() -> Expected:
    """Rules about the steps of a case and its officers."""
    owed = Column("decided_on").is_not_null() & Column("procedure").is_not_null() & (Column("procedure") != "summary")
    owed &= Column("penalty_type").is_in(["warning", "fine", "other"])
    on_duty, decided = Column("filed_on") >= "2021-07-15", Column("decided_on") >= "2021-07-15"
    posted = decided & Column("service_method").is_in(["mail", "public"])
    by_hand = decided & Column("service_method").is_not_null() & Column("service_method").is_not_in(["mail", "public"])
    kept_back = decided & holds("has_document") & fails("maybe_sent")
    sent, unknown = posted & holds("sent"), posted & fails("maybe_document")
    two = fails("by_police") | (Column("procedure").is_not_null() & (Column("procedure") != "summary"))
    officers = ["officer1_id", "officer2_id"]
    apart = gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord(
        column_list=officers, ignore_row_if="any_value_is_missing", row_condition=two
    )
    return {
        ("PRC-01", "breach"): [filled("prior_notice_on", owed), not_after("prior_notice_on", "decided_on", owed)],
        ("PRC-09", "breach"): [not_after("end_on", "last_day", on_duty & (Column("extended") == "no"))],
        ("PRC-09", "review"): [not_after("end_on", "last_day", on_duty & (Column("extended") == "yes"))],
        ("PRC-16", "breach"): [at_most("waited_days", 7, when) for when in (by_hand, kept_back)],
        ("PRC-16", "review"): [at_most("waited_days", 7, when) for when in (sent, unknown)],
        ("PER-01", "breach"): [filled(officers[0], two), filled(officers[1], two), apart],
    }


def of_fines() -> Expected:
    """Rules about the fine."""
    fined = Column("decided_on").is_not_null() & (Column("fine_yuan") > 0)
    again = fined & holds("fined_again")
    at_stake = (
        fined & (Column("violation_type") == "overload") & (Column("excess_kg") > 1000) & Column("permit_no").is_null()
    )
    at_stake &= fails("by_police")
    plain, oversize = at_stake & fails("oversize"), at_stake & holds("oversize")
    return {
        ("DEC-02", "breach"): [not_after("fine_yuan", "started_yuan", plain)],
        ("DEC-02", "review"): [
            not_after("fine_yuan", "full_yuan", plain & fails("above_started")),
            not_after("fine_yuan", "full_yuan", oversize),
        ],
        ("DEC-04", "breach"): [among("some_about_the_same", [False], again)],
        ("DEC-04", "review"): [among("all_about_another", [False], again)],
    }


def unexpected(table: str, rows: pd.DataFrame, expected: Expected) -> pd.DataFrame:
    """Return rule, record_key and verdict of the rows that were not expected."""
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("peers").add_dataframe_asset(table)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": rows})
    suite = gx.ExpectationSuite(name=table)
    for (code, verdict), expectations in expected.items():
        for place, expectation in enumerate(expectations):
            expectation.meta = {"rule": code, "verdict": verdict, "place": place}
            suite.add_expectation(expectation)
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": [KEYS[table]]}
    found = set()
    for result in batch.validate(suite, result_format=form).results:
        meta = result.expectation_config.meta
        if result.exception_info.get("raised_exception", bool(result.exception_info) and not result.result):
            raise SystemExit(f"Great Expectations could not run {meta}: {result.exception_info}")
        keys = result.result.get("unexpected_index_list") or []
        found |= {(meta["rule"], one[KEYS[table]], meta["verdict"]) for one in keys}
    return pd.DataFrame(sorted(found), columns=["rule", "record_key", "verdict"])


def main() -> None:
    """Judge the tables of `--data` and leave the keys in `--out`."""
    options = asked()
    report = Report("great_expectations", options.out)
    report.lap("start")
    tables = read(options.data)
    report.lap("read")
    known, codes = helped(facts(tables)), options.rules.split(",")
    report.lap("prepare")
    suites = {
        "detections": of_devices() | of_evidence(),
        "notices": of_notices(),
        "cases": of_steps() | of_fines(),
    }
    found = [
        unexpected(table, getattr(known, table), {name: said for name, said in suite.items() if name[0] in codes})
        for table, suite in suites.items()
    ]
    report.lap("judge")
    pd.concat(found).to_parquet(options.out / "keys.parquet", index=False)
    report.lap("write")
    report.write(note="joins, gathered facts and comparisons of columns in conditions are pandas code")


if __name__ == "__main__":
    main()
