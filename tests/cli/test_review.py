"""One case's review sheet: clocks, answers, what is missing, and what is left to a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

Packages = tuple[Path, Path]


def sheet(run: Run, package: Path, case_id: str) -> dict[str, Any]:
    said = run("review", case_id, "--package", package, "--json")
    assert said.status == 0
    data: dict[str, Any] = json.loads(said.out)
    return data


def clock(data: dict[str, Any], parameter: str) -> dict[str, Any]:
    return next(one for one in data["clocks"] if one["parameter"] == parameter)


def answers(data: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(one["rule"], one["record_key"]): one["verdict"] for one in data["answers"]}


def test_a_late_service_is_counted_in_working_days(run: Run, packages: Packages) -> None:
    service = clock(sheet(run, packages[0], "C1"), "service_days")
    # 2024-04-04 and 05 were days off, 04-07 and 04-28 Sundays worked.
    assert (service["used"], service["limit"], service["left"], service["state"]) == (21, 7, -14, "late")
    assert service["last_day"] == "2024-04-11"


def test_a_decision_in_time_has_days_left(run: Run, packages: Packages) -> None:
    decision = clock(sheet(run, packages[0], "C1"), "decision_days")
    assert (decision["used"], decision["limit"], decision["left"], decision["state"]) == (24, 90, 66, "kept")


def test_a_step_not_done_is_counted_to_the_day_of_the_audit(run: Run, packages: Packages) -> None:
    service = clock(sheet(run, packages[0], "C2"), "service_days")
    assert (service["to"], service["counted_to"], service["state"]) == (None, "2025-12-31", "late")


def test_a_number_that_is_not_in_force_limits_nothing(run: Run, packages: Packages) -> None:
    assert clock(sheet(run, packages[0], "C1"), "notify_deadline")["state"] == "unlimited"
    assert clock(sheet(run, packages[1], "C1"), "notify_deadline")["limit"] == 5


def test_every_rule_answers_for_the_case_and_for_its_linked_rows(run: Run, packages: Packages) -> None:
    found = answers(sheet(run, packages[0], "C1"))
    assert found[("PRC-16", "C1")] == "breach"
    assert found[("DEV-01", "R2")] == "breach"
    assert found[("PER-01", "C1")] == "not_assessable"


def test_the_answers_are_those_of_the_audit(run: Run, packages: Packages) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(packages[0] / "finding_records.parquet").to_pylist()
    audited = {(one["rule"], one["record_key"]): one["verdict"] for one in rows}
    said = answers(sheet(run, packages[0], "C1")) | answers(sheet(run, packages[0], "C2"))
    for place, verdict in said.items():
        assert audited.get(place, verdict) == verdict
        assert (verdict in ("breach", "review")) == (place in audited)


def test_the_score_says_how_it_is_made(run: Run, packages: Packages) -> None:
    data = sheet(run, packages[0], "C1")
    verdicts = [one["verdict"] for one in data["answers"]]
    assert data["score"]["compliant"] == verdicts.count("compliant")
    assert data["score"]["scored"] == sum(one in ("compliant", "breach", "review") for one in verdicts)
    assert "不是任何官方评查标准" in data["score"]["method"]


@pytest.mark.parametrize("ending", ["md", "html", "json"])
def test_the_sheet_is_written_and_masked(run: Run, packages: Packages, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"review.{ending}"
    assert run("review", "C1", "--package", packages[0], "--out", path).status == 0
    text = path.read_text(encoding="utf-8")
    assert "决定至送达" in text
    assert "照片、视频" in text
    assert "张三" not in text
    assert "豫M00002" not in text


def test_personal_data_is_shown_when_asked_for_and_that_is_said(run: Run, packages: Packages) -> None:
    said = run("review", "C1", "--package", packages[0], "--show-personal")
    assert "张三" in said.out
    assert "个人信息" in said.err


def test_what_cannot_be_done_is_said(run: Run, packages: Packages, tmp_path: Path) -> None:
    assert run("review", "C9", "--package", packages[0]).status == 2
    said = run("review", "C1", "--package", packages[0], "--out", tmp_path / "review.pdf")
    assert said.status == 2
    assert ".html" in said.err
