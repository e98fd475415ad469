"""The audit finds what was planted, all of it, and nothing else: recall and precision of 1.0.

The truth is planted by construction; no rule had a hand in it.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import analyzer
from analyzer.api import Result
from analyzer.samples import Bureau, make_bureau, write_exports

RULES = Path(__file__).parents[2] / "rules"
Answers = set[tuple[str, str, str, str]]


def audited(bureau: Bureau, folder: Path) -> Result:
    write_exports(bureau, folder)
    truth = bureau.truth
    return analyzer.audit([folder], as_of=date.fromisoformat(truth.as_of), profile=truth.profile)


def found(result: Result, covered: tuple[str, ...]) -> Answers:
    rows = result.finding_records.filter(pl.col("rule").is_in(covered))
    return set(rows.select("rule", "verdict", "table_name", "record_key").iter_rows())


def planted(bureau: Bureau) -> Answers:
    return {(one.rule, one.verdict, one.table, one.record_key) for one in bureau.truth.expected}


@pytest.fixture(scope="module")
def audit(bureau: Bureau, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """The audit of the made bureau, and the folder of its exports."""
    folder = tmp_path_factory.mktemp("exports")
    return audited(bureau, folder), folder


def test_recall_and_precision_are_one(bureau: Bureau, audit: tuple[Result, Path]) -> None:
    nothing_else(bureau, audit[0])


@pytest.mark.slow
@pytest.mark.parametrize(("detections", "seed"), [(600, 2), (20_000, 3), (900, 4), (900, 5)])
def test_recall_and_precision_are_one_for_any_seed(detections: int, seed: int, tmp_path: Path) -> None:
    bureau = make_bureau(detections, seed, RULES)
    nothing_else(bureau, audited(bureau, tmp_path))


def nothing_else(bureau: Bureau, result: Result) -> None:
    """Every planted answer was found, and none besides."""
    answers, truth = found(result, bureau.truth.covered), planted(bureau)
    scenario = {(one.rule, one.verdict, one.table, one.record_key): one.scenario for one in bureau.truth.expected}
    assert sorted((*one, scenario[one]) for one in truth - answers) == []
    assert sorted(answers - truth) == []


def test_the_intake_accounts_for_every_row(audit: tuple[Result, Path]) -> None:
    result, folder = audit
    parts = ["rows_read", "loaded", "duplicates", "replaced", "quarantined"]
    read = result.inputs.filter(pl.col("table_name").is_not_null()).group_by("table_name").agg(pl.col(parts).sum())
    counted = {row.pop("table_name"): row for row in read.iter_rows(named=True)}
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert counted == truth["accounting"]
    assert result.issues.height == 2  # the unreadable speed and the row without a key


def test_what_is_read_is_what_was_made(bureau: Bureau, audit: tuple[Result, Path]) -> None:
    result, _ = audit
    for name, made in bureau.tables.items():
        key = list(bureau.vocabulary[name].key)
        columns = [column for column in made.columns if column != "speed_kmh"]  # one of them was made unreadable
        read = result.polars(name).select(columns).sort(key)
        wanted = made.select(columns).sort(key)
        assert read.cast(dict(wanted.schema)).equals(wanted), name
