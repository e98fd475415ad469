"""The command line, as people and schedulers meet it: exit status, messages, and what it leaves behind."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import analyzer
from tests.conftest import Run, Said
from tests.small_export import write_export

CODES = "DEV-01,NTC-05"
RESULTS = ("findings", "finding_records", "verdict_counts", "not_assessable", "inputs", "issues")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export(tmp_path_factory.mktemp("bureau") / "exports")


@pytest.fixture(scope="module")
def package(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the tiny export, to be read only."""
    out = tmp_path_factory.mktemp("bureau") / "package"
    analyzer.audit(exports, as_of=date(2025, 12, 31), select=CODES.split(","), out=out)
    return out


@pytest.fixture
def own_package(package: Path, tmp_path: Path) -> Path:
    """A copy of the package, free to be changed."""
    return Path(shutil.copytree(package, tmp_path / "package"))


def audit(run: Run, exports: Path, out: Path, **more: object) -> Said:
    """Audit with two rules and no workbook; `fail_on="high"` stands for `--fail-on high`."""
    options: Mapping[str, object] = {"as_of": "2025-12-31", "select": CODES, "reports": "none", **more}
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
    return run("audit", exports, "--out", out, *words)


def test_findings_are_the_normal_product(run: Run, exports: Path, tmp_path: Path) -> None:
    said = audit(run, exports, tmp_path / "out")
    assert said.status == 0
    assert said.out.strip().splitlines()[-1] == "共发现违规问题 1 个、待核问题 1 个，其中严重的 0 个。"


def test_what_a_package_holds(package: Path) -> None:
    names = {path.name for path in package.iterdir()}
    assert {f"{name}.parquet" for name in RESULTS} <= names
    assert {"summary.json", "manifest.json", "audit.duckdb", "records"} <= names
    records = pq.read_table(package / "finding_records.parquet").to_pylist()
    assert {(one["rule"], one["record_key"], one["verdict"]) for one in records} == {
        ("DEV-01", "R2", "breach"),
        ("NTC-05", "R2", "review"),
    }


def test_the_five_counts_add_up_to_the_rows(package: Path) -> None:
    for row in pq.read_table(package / "verdict_counts.parquet").to_pylist():
        five = ("breach", "review", "compliant", "not_assessable", "not_applicable")
        assert sum(row[name] for name in five) == row["total"] == 3


@pytest.mark.parametrize(("severity", "status"), [("critical", 0), ("high", 1), ("info", 1)])
def test_fail_on_decides_the_exit_status(run: Run, exports: Path, tmp_path: Path, severity: str, status: int) -> None:
    assert audit(run, exports, tmp_path / "out", fail_on=severity).status == status


def test_a_refused_file_is_named_and_the_rest_is_judged(run: Run, tmp_path: Path) -> None:
    exports = write_export(tmp_path / "exports")
    exports.joinpath("照片.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(64)))
    said = audit(run, exports, tmp_path / "out")
    assert said.status == 3
    assert "照片.csv" in said.out
    assert pq.read_table(tmp_path / "out" / "findings.parquet").num_rows == 2


@pytest.mark.parametrize(
    ("option", "value", "cause"),
    [
        ("profile", "henann", "henann"),
        ("profile", "nowhere.yml", "nowhere.yml"),
        ("set", "notify_deadlin=5", "notify_deadline"),
        ("set", "notify_deadline=soon", "soon"),
        ("as_of", "2025-13-45", "2025-13-45"),
        ("select", "NTC-99", "NTC-99"),
        ("mapping", "nowhere.yml", "nowhere.yml"),
        ("rules", "nowhere", "nowhere"),
        ("fail_on", "awful", "awful"),
        ("reports", "pdf", "pdf"),
        ("memory_limit", "much", "much"),
        ("engine", "abacus", "abacus"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_left_behind(
    run: Run, exports: Path, tmp_path: Path, option: str, value: str, cause: str
) -> None:
    said = audit(run, exports, tmp_path / "out", **{option: value})
    assert said.status == 2
    assert cause in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_named(run: Run, tmp_path: Path) -> None:
    said = audit(run, tmp_path / "案件.xlsx", tmp_path / "out")
    assert said.status == 2
    assert "案件.xlsx" in said.err.replace("\n", "")


def test_every_mistake_is_said_at_once(run: Run, exports: Path, tmp_path: Path) -> None:
    said = audit(run, exports, tmp_path / "out", profile="henann", select="NTC-99", set="notify_deadlin=5")
    assert said.status == 2
    assert all(word in said.err for word in ("henann", "NTC-99", "notify_deadlin"))


def test_a_folder_with_other_files_is_not_overwritten(run: Run, exports: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("diary.txt").write_text("mine", encoding="utf-8")
    said = audit(run, exports, tmp_path)
    assert said.status == 2
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_json_is_json_and_nothing_else(run: Run, exports: Path, tmp_path: Path) -> None:
    said = run("audit", exports, "--out", tmp_path / "out", "--select", CODES, "--reports", "none", "--json")
    assert json.loads(said.out)["totals"]["by_verdict"] == {"breach": 1, "review": 1}
    assert said.err == ""


def test_quiet_says_nothing(run: Run, exports: Path, tmp_path: Path) -> None:
    said = run("audit", exports, "--out", tmp_path / "out", "--select", CODES, "--reports", "none", "--quiet")
    assert said == Said(0, "", "")


def test_the_same_audit_gives_the_same_bytes(run: Run, exports: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        audit(run, exports, tmp_path / name)
    for name in RESULTS:
        first, second = (tmp_path / run_ / f"{name}.parquet" for run_ in ("first", "second"))
        assert first.read_bytes() == second.read_bytes(), name


def test_a_package_is_replaced_by_the_next_audit(run: Run, exports: Path, own_package: Path) -> None:
    assert audit(run, exports, own_package, select="DEV-01").status == 0
    assert pq.read_table(own_package / "verdict_counts.parquet")["rule"].to_pylist() == ["DEV-01"]


def test_verify_finds_a_changed_byte(run: Run, own_package: Path) -> None:
    assert run("verify", own_package).status == 0
    path = own_package / "findings.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    said = run("verify", own_package)
    assert said.status == 1
    assert "findings.parquet" in said.err


def test_verify_finds_a_changed_input(run: Run, tmp_path: Path) -> None:
    exports = write_export(tmp_path / "exports")
    audit(run, exports, tmp_path / "out")
    exports.joinpath("设备.csv").write_text("设备编号,站点编号\nD1,S1\n", encoding="utf-8")
    said = run("verify", tmp_path / "out")
    assert said.status == 1
    assert "设备.csv" in said.err


def test_verify_looks_at_archives_whole_and_not_at_what_was_not_read(run: Run, tmp_path: Path) -> None:
    exports = write_export(tmp_path / "exports")
    with zipfile.ZipFile(exports / "设备.zip", "w") as archive:
        archive.write(exports / "设备.csv", "设备.csv")
    exports.joinpath("设备.csv").unlink()
    exports.joinpath("说明.docx").write_bytes(b"not read")
    assert audit(run, exports, tmp_path / "out").status == 0
    assert run("verify", tmp_path / "out") == Said(0, run("verify", tmp_path / "out").out, "")
    with zipfile.ZipFile(exports / "设备.zip", "a") as archive:
        archive.writestr("more.csv", "x")
    said = run("verify", tmp_path / "out")
    assert said.status == 1
    assert "设备.zip" in said.err


def test_verify_without_a_package(run: Run, tmp_path: Path) -> None:
    assert run("verify", tmp_path).status == 2


@pytest.mark.parametrize(("key", "verdict"), [("R1", "合规"), ("R2", "违规")])
def test_explain_says_why_compliant_ones_too(run: Run, package: Path, key: str, verdict: str) -> None:
    said = run("explain", "DEV-01", key, "--package", package)
    assert said.status == 0
    assert f"结论：{verdict}" in said.out
    assert "计量法" in said.out


def test_explain_as_json(run: Run, package: Path) -> None:
    answer = json.loads(run("explain", "NTC-05", "R2", "--package", package, "--json").out)
    assert answer["verdict"] == "review"
    assert answer["place"] == "检测记录.csv, 3"


def test_explain_shows_no_plate(run: Run, package: Path) -> None:
    said = run("explain", "NTC-05", "R2", "--package", package)
    assert "豫M00002" not in said.out


@pytest.mark.parametrize(("code", "key"), [("NTC-99", "R1"), ("DEV-01", "R99")])
def test_explain_of_what_is_not_there(run: Run, package: Path, code: str, key: str) -> None:
    assert run("explain", code, key, "--package", package).status == 2


def test_rules_and_schema_as_json(run: Run) -> None:
    rules = json.loads(run("rules", "list", "--json").out)
    assert {"DEV-01", "NTC-05"} <= {one["code"] for one in rules}
    tables = json.loads(run("schema", "--json").out)
    assert "detections" in {one["table"] for one in tables}


def test_rules_show_and_sql(run: Run) -> None:
    assert "第四十一条第三款" in run("rules", "show", "NTC-05").out.replace("\n", "")
    for dialect in ("duckdb", "spark"):
        assert "select" in run("rules", "sql", "NTC-05", "--dialect", dialect).out.lower()


def test_a_usage_mistake_is_status_2(run: Run) -> None:
    assert run("audit").status == 2
    assert run("no-such-command").status == 2
