"""The made bureau holds together, is the same every time, and names nobody who exists."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analyzer.model import AnalyzerError
from analyzer.samples import Bureau, make_bureau, write_canonical, write_exports
from analyzer.samples.planting import plant_all
from analyzer.samples.registers import make_registers
from analyzer.samples.scenario import read_scenarios, read_stock
from analyzer.samples.scene import Makings
from analyzer.samples.setting import read_setting

RULES = Path(__file__).parents[2] / "rules"
SAMPLES = RULES / "samples"


def clean(bureau: Bureau, table: str) -> pl.DataFrame:
    """The rows of `table` whose keys no scenario planted: those that refer to a vehicle of the clean bureau."""
    rows = bureau.tables[table]
    return rows.filter(pl.col("plate_no").str.contains(r"^.[A-Z][A-Z]\d{4}$|^.[A-Z]\d{5}[A-J]$"))


def test_as_many_detections_as_were_asked_for(bureau: Bureau) -> None:
    assert bureau.tables["detections"].height == 1200


def test_a_bureau_too_small_for_its_scenarios_grows() -> None:
    assert make_bureau(10, 1, RULES).tables["detections"].height > 400


def test_keys_are_unique_and_filled(bureau: Bureau) -> None:
    for name, rows in bureau.tables.items():
        keys = rows.select(bureau.vocabulary[name].key)
        assert not keys.is_duplicated().any(), name
        assert not any(column.has_nulls() for column in keys), name


def test_frames_have_exactly_the_columns_of_the_vocabulary(bureau: Bureau) -> None:
    for name, rows in bureau.tables.items():
        assert rows.columns == list(bureau.vocabulary[name].columns)


def test_the_same_seed_gives_the_same_files(tmp_path: Path, bureau: Bureau) -> None:
    write_exports(bureau, tmp_path / "one")
    write_exports(make_bureau(1200, 1, RULES), tmp_path / "two")
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_another_seed_gives_another_bureau(bureau: Bureau) -> None:
    other = make_bureau(1200, 2, RULES)
    assert not other.tables["detections"].equals(bureau.tables["detections"])
    assert other.truth.covered == bureau.truth.covered


def test_canonical_parquet_carries_the_unknown_columns(tmp_path: Path, bureau: Bureau) -> None:
    write_canonical(bureau, tmp_path)
    rows = pl.read_parquet(tmp_path / "cases.parquet")
    assert rows["_unknown"].dtype == pl.List(pl.String)
    assert rows["_unknown"].list.len().max() == 0
    assert rows.drop("_unknown").equals(bureau.tables["cases"])


def test_telephones_cannot_exist(bureau: Bureau) -> None:
    for table, column in (
        ("cases", "contact_phone"),
        ("payments", "payer_phone"),
        ("stations", "contact_phone"),
    ):
        phones = bureau.tables[table][column].drop_nulls()
        assert phones.str.contains(r"^100\d{8}$").all(), table


def test_planted_people_share_no_name_with_the_clean_bureau(bureau: Bureau) -> None:
    everybody = bureau.tables["cases"].filter(pl.col("party_type") == "individual")
    usual = set(clean(bureau, "cases")["party_name"])
    planted = everybody.filter(~pl.col("party_name").is_in(usual))["party_name"].drop_nulls()
    assert planted.len() > 100
    assert planted.str.len_chars().max() == 2


def test_every_link_of_the_clean_bureau_is_found(bureau: Bureau) -> None:
    tables = bureau.tables
    for table, column, target in (
        ("detections", "device_id", "devices"),
        ("detections", "station_id", "stations"),
        ("notices", "record_id", "detections"),
        ("cases", "record_id", "detections"),
        ("cases", "agency_id", "agencies"),
        ("cases", "officer1_id", "officers"),
        ("cases", "legal_reviewer_id", "officers"),
    ):
        links = clean(bureau, table)[column].drop_nulls()
        assert links.is_in(tables[target][column if target != "officers" else "officer_id"].implode()).all(), table


def test_clean_fines_are_those_of_the_schedule(bureau: Bureau) -> None:
    weights = bureau.tables["detections"].select("record_id", "gross_weight_kg", "limit_weight_kg")
    cases = clean(bureau, "cases").join(weights, on="record_id").filter(pl.col("fine_yuan") > 0)
    excess = pl.col("gross_weight_kg") - pl.col("limit_weight_kg")
    full = pl.min_horizontal(pl.lit(30_000), excess // 1000 * 500)
    share = pl.when(pl.col("discretion_level") == "light").then(0.8).otherwise(1.0)
    assert cases.filter(excess <= 1000).is_empty()
    assert cases.filter(pl.col("fine_yuan").cast(pl.Float64) != full * share).is_empty()


def test_clean_steps_come_in_order(bureau: Bureau) -> None:
    steps = ["filed_on", "prior_notice_on", "legal_review_on", "decided_on", "served_on", "closed_on"]
    for row in clean(bureau, "cases").select(steps).iter_rows():
        days = [day for day in row if day is not None]
        assert days == sorted(days)


def test_clean_vehicles_rest_two_days_between_passes(bureau: Bureau) -> None:
    passes = clean(bureau, "detections").sort("plate_no", "detected_at")
    gaps = passes.select(pl.col("detected_at").diff().over("plate_no")).to_series()
    assert gaps.dt.total_hours().min() >= 48  # type: ignore[operator]


def test_clean_scales_are_verified_on_every_day_of_use(bureau: Bureau) -> None:
    certificates = bureau.tables["calibrations"].filter(pl.col("result") == "passed")
    used = clean(bureau, "detections").filter(pl.col("violation_type").is_not_null())
    covered = used.join(certificates, on="device_id").filter(
        pl.col("detected_at").dt.date().is_between("verified_on", "valid_until")
    )
    assert covered["record_id"].n_unique() == used.height


def test_every_expectation_points_to_a_row(bureau: Bureau) -> None:
    for one in bureau.truth.expected:
        table = bureau.vocabulary[one.table]
        keys = bureau.tables[one.table].select(pl.concat_str(table.key, separator="|")).to_series()
        assert one.record_key in keys


def test_no_row_is_expected_to_get_two_answers_of_one_rule(bureau: Bureau) -> None:
    places = [(one.rule, one.table, one.record_key) for one in bureau.truth.expected]
    assert len(places) == len(set(places))


def test_every_scenario_raises_or_comes_near(bureau: Bureau) -> None:
    for scenario in bureau.truth.scenarios:
        assert scenario.raises or scenario.near, scenario.id
        assert scenario.title.zh and scenario.title.en, scenario.id


def test_every_covered_rule_has_a_breach_or_review_and_a_near_miss(bureau: Bureau) -> None:
    raised = {item.rule for one in bureau.truth.scenarios for item in one.raises}
    near = {rule for one in bureau.truth.scenarios for rule in one.near}
    without_number = {"EVD-02", "PRC-20"}  # no number of days is in force under the default profile
    assert near - raised == without_number
    only_breaches_are_possible = {"REV-02"}
    assert raised - near <= only_breaches_are_possible


def test_no_code_of_a_rule_stands_in_the_room() -> None:
    for path in sorted((RULES.parent / "analyzer" / "samples").glob("*.py")):
        assert not re.search(r"\b[A-Z]{3}-\d\d\b", path.read_text(encoding="utf-8")), path.name


def test_working_days_are_not_counted_across_holidays() -> None:
    setting = read_setting(SAMPLES)
    assert setting.add_working_days(date(2024, 7, 5), 1) == date(2024, 7, 8)
    assert setting.add_working_days(date(2024, 7, 8), -1) == date(2024, 7, 5)
    assert setting.add_working_days(date(2024, 8, 3), -6) == date(2024, 7, 25)  # from a Saturday
    with pytest.raises(AnalyzerError, match="holidays"):
        setting.add_working_days(date(2024, 9, 27), 5)


def test_a_misspelt_scenario_names_file_line_and_word(tmp_path: Path, bureau: Bureau) -> None:
    text = (
        "scenarios:\n  - id: one\n    title: {zh: 一, en: one}\n    plants: [{chain: case, set: {case.served: null}}]\n"
    )
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AnalyzerError) as caught:
        read_scenarios(tmp_path, read_stock(SAMPLES), bureau.vocabulary)
    said = caught.value.say("en")
    assert "bad.yaml, line 4" in said
    assert "served_on" in said


def test_a_scenario_that_marks_no_row_is_refused(tmp_path: Path) -> None:
    made = make_bureau(10, 1, RULES)
    setting, stock = read_setting(SAMPLES), read_stock(SAMPLES)
    first = made.truth.scenarios[0]
    wrong = replace(first, raises=(replace(first.raises[0], rows=("detention",)),))
    registers = make_registers(setting, np.random.default_rng(1))
    with pytest.raises(AnalyzerError, match="detention"):
        plant_all(Makings(setting, made.vocabulary, stock), [wrong], registers, 1)
