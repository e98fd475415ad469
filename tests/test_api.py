"""The audit in a notebook: tables by name, the records of a finding, what a null means."""

from __future__ import annotations

from pathlib import Path

import pytest

import analyzer
from analyzer.model import AnalyzerError
from analyzer.rulebook.library import load_library

CASES = """案件编号,立案日期,决定日期,罚款金额,案件状态,违法类型
AJ1,2024-01-05,2024-02-01,40000,已结案,超限
AJ2,2024-01-06,2024-02-30,500,已结案,超限
AJ3,2024-01-07,,500,已立案,超限
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> analyzer.Result:
    exports = tmp_path_factory.mktemp("exports")
    (exports / "案件.csv").write_text(CASES, encoding="utf-8")
    return analyzer.audit(exports, as_of="2025-12-31", select=["DEC-01"])


def test_the_records_of_a_finding_come_by_its_id(result: analyzer.Result) -> None:
    found = result.findings.filter(result.findings["rule"] == "DEC-01")
    assert found["verdict"].to_list() == ["breach"]
    rows = result.evidence(found["finding_id"][0])
    assert rows.select("case_id", "verdict").rows() == [("AJ1", "breach")]


def test_a_bit_tells_what_is_unknown_from_what_is_blank(result: analyzer.Result) -> None:
    cases = load_library().vocabulary["cases"]
    rows = {row["case_id"]: row for row in result.polars("cases").to_dicts()}
    unknown = {key: bool(row["_unknown"] & cases.bit("decided_on")) for key, row in rows.items()}
    assert [rows[key]["decided_on"] is None for key in ("AJ1", "AJ2", "AJ3")] == [False, True, True]
    assert unknown == {"AJ1": False, "AJ2": True, "AJ3": False}


def test_a_name_that_is_no_table_is_told_with_those_that_are(result: analyzer.Result) -> None:
    with pytest.raises(AnalyzerError, match="findings"):
        result.pandas("finding")


def test_the_same_audit_leaves_a_package(tmp_path: Path) -> None:
    (tmp_path / "案件.csv").write_text(CASES, encoding="utf-8")
    analyzer.audit(tmp_path / "案件.csv", as_of="2025-12-31", select=["DEC-01"], out=tmp_path / "out")
    assert (tmp_path / "out" / "findings.parquet").exists()
