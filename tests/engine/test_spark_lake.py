"""Spark itself: our named functions at their edges, what a lake may be, and the package of an audit there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analyzer import audit
from analyzer.engine.connect import connect, teach
from analyzer.engine.spark.dialect import SparkDialect
from analyzer.engine.spark.home import bring_home
from analyzer.engine.spark.lake import open_lake
from analyzer.engine.spark.session import FITTED
from analyzer.model import AnalyzerError
from analyzer.rulebook.library import rules_folder
from analyzer.samples import make_bureau, write_canonical
from analyzer.store.contents import RESULTS
from analyzer.store.package import Package
from analyzer.store.reopen import Reopened
from tests.engine.spark_lakes import Engines, need_spark

need_spark()
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

D, T = "DATE '{}'", "TIMESTAMP '{}'"
_FIRST, _LAST = "DATE '2003-12-31'", "DATE '2027-01-01'"
EDGES = [
    *(f"{name}({a}, {b})" for name in ("cd", "wd") for a, b in [
        ("DATE '2024-02-28'", "DATE '2024-03-01'"), ("DATE '2024-10-01'", "DATE '2024-10-08'"),
        ("DATE '2024-03-05'", "DATE '2024-03-05'"), ("DATE '2024-03-05'", "DATE '2024-03-04'"),
        ("DATE '2023-12-29'", "DATE '2024-01-02'"), ("CAST(NULL AS DATE)", "DATE '2024-01-01'"),
        ("TIMESTAMP '2024-03-05 23:59:59'", "TIMESTAMP '2024-03-06 00:00:01'"), (_FIRST, "DATE '2004-02-01'"),
        ("DATE '2026-12-01'", _LAST), ("DATE '2004-01-01'", "DATE '2026-12-31'"),
    ]),
    *(f"roll({day})" for day in (
        "DATE '2024-10-01'", "DATE '2024-09-29'", "DATE '2024-02-10'", "DATE '2024-03-05'", _FIRST, _LAST,
        "DATE '2026-12-31'", "CAST(NULL AS DATE)",
    )),
    *(f"months_after({day}, {n})" for day, n in [
        ("DATE '2024-01-31'", 1), ("DATE '2023-01-31'", 1), ("DATE '2024-02-29'", 12), ("DATE '2024-02-29'", 1),
        ("DATE '2024-03-31'", -1), ("DATE '2023-02-28'", 12), ("CAST(NULL AS DATE)", 1),
    ]),
    *(f"add_days({day}, {n})" for day, n in [("DATE '2024-02-28'", 2), ("DATE '2024-01-01'", -1), ("CAST(NULL AS DATE)", 1)]),
    *(f"seconds_between(TIMESTAMP '{a}', TIMESTAMP '{b}')" for a, b in [
        ("2024-03-05 08:00:00", "2024-03-05 08:01:00"), ("2024-03-05 08:00:00.9", "2024-03-05 08:00:01.1"),
        ("2024-03-05 08:00:00.1", "2024-03-05 08:00:00.9"), ("2024-03-06 00:00:00", "2024-03-05 00:00:00"),
        ("1969-12-31 23:59:59.5", "1970-01-01 00:00:00.5"), ("1986-05-04 00:30:00", "1986-05-04 02:30:00"),
    ]),
    "add_seconds(TIMESTAMP '2024-02-28 23:59:59', 2)", "add_seconds(TIMESTAMP '2024-03-01 00:00:00', -1)",
    *(f"{name}({a}, {b})" for name in ("div_up", "div_down") for a, b in [
        (1500, 1000), (1000, 1000), (1001, 1000), (0, 1000), (-1, 1000), ("1500.01", "1000"), ("CAST(NULL AS BIGINT)", 5),
        ("CAST(7.5 AS DOUBLE)", "2.5"),
    ]),
    "abs(great_circle_km(34.77, 111.19, 34.75, 113.62) - 222.0) < 3", "great_circle_km(34.77, 111.19, 34.77, 111.19)",
    "great_circle_km(0.0, 0.0, 0.0, 180.0) > 20015",
    *(f"regexp_full_match({text}, {pattern})" for text, pattern in [
        ("'豫M12345'", "'豫[A-Z][0-9]{5}'"), ("'豫M12345 '", "'豫[A-Z][0-9]{5}'"), ("'a' || chr(10)", "'a'"),
        ("'闯岗检测'", "'.*闯岗.*'"), ("'ab'", "'a|ab'"), ("CAST(NULL AS VARCHAR)", "'a'"), ("'1.5'", "'\\d+\\.\\d'"),
    ]),
    "least(30000, NULL)", "greatest(DATE '2024-01-01', NULL)", "left('豫M12345', 2)", "substring('豫M12345', 1, 2)",
    "7 / 2", "CAST(1 AS DECIMAL(14,2)) / 3", "1.10 + 2.20 = 3.3", "CAST(CAST(2.50 AS DECIMAL(14,2)) AS VARCHAR)",
    "CAST(TIMESTAMP '2024-03-05 08:00:00' AS VARCHAR)", "CAST(DATE '2024-03-05' AS VARCHAR)", "CAST(1.5 AS DOUBLE) = 1.5",
    "CAST(TIMESTAMP '2024-03-05 23:59:59' AS DATE)", "TIMESTAMP '2024-03-05 00:00:01' > DATE '2024-03-05'",
    "'Ａ' < 'B'", "'豫A' < '豫a'", "NULL IS NOT DISTINCT FROM NULL", "(NULL AND FALSE) IS NULL", "NOT (NULL OR TRUE)",
    "1 IN (2, NULL)", "(5 & 4) <> 0", "'a' || NULL", "year(DATE '2024-12-31')", "month(DATE '2024-12-31')",
]  # fmt: skip
"""Values at the edges of our functions, and of what rules say besides; each is asked of both engines."""


def test_our_functions_mean_the_same_at_their_edges(two: Engines) -> None:
    con = connect()
    teach(con, two.library.calendar)
    dialect = SparkDialect(two.library.vocabulary)
    query = "SELECT " + ", ".join(f"{text} AS e{number}" for number, text in enumerate(EDGES))
    ours = con.execute(query).fetchall()[0]
    theirs = tuple(two.spark.sql(dialect.text(query)).first())
    assert [
        (text, a, b) for text, a, b in zip(EDGES, ours, theirs, strict=True) if a != b or (a is None) != (b is None)
    ] == []


def test_medians_and_fractions_that_become_whole_numbers(two: Engines) -> None:
    con = connect()
    dialect = SparkDialect(two.library.vocabulary)
    query = """
        SELECT g, low, middle, m.quarters[1] AS first, m.quarters[3] AS last, part, yuan, whole FROM (
        SELECT g, quantile_cont(kg, 0.25) AS low, median(kg) AS middle, quantile_cont(kg, [0.25, 0.5, 0.75]) AS quarters,
               CAST(max(part) AS DOUBLE) AS part, sum(yuan) AS yuan, min(w) AS whole
        FROM (SELECT g, kg, part, yuan, CAST(r.part AS BIGINT) AS w FROM
              (VALUES (1, 10, 0.5, 1.10), (1, 11, 1.5, 2.20), (1, 13, 2.5, 3.30), (1, 20, -0.5, NULL), (2, 7, 3.49, 0.01))
              AS r(g, kg, part, yuan)) AS x GROUP BY g) AS m ORDER BY g"""
    query = query.replace("0.5, 1.10", "CAST(0.5 AS DOUBLE), 1.10")
    assert [tuple(row) for row in two.spark.sql(dialect.text(query)).collect()] == con.execute(query).fetchall()


def row(**cells: Any) -> dict[str, Any]:
    return {"case_id": "C1", "record_id": "R1", "filed_on": date(2024, 3, 5), "_unknown": [], **cells}


def written(folder: Path, rows: list[dict[str, Any]], name: str = "cases", **kinds: Any) -> Path:
    target = folder / name
    target.mkdir(parents=True)
    schema = {"_unknown": pl.List(pl.String), **kinds}
    pl.DataFrame(rows, schema_overrides=schema).write_parquet(target / "part-0.parquet")
    return folder


def test_a_lake_says_what_it_holds_and_what_is_unknown(two: Engines, tmp_path: Path) -> None:
    lake = written(tmp_path, [row(), row(case_id="C2", record_id=None, _unknown=["record_id"])])
    opened = open_lake(two.spark, str(lake), two.library.vocabulary)
    assert opened.rows == {"cases": 2}
    assert opened.supply.columns["cases"] == {"case_id", "record_id", "filed_on"}
    unknown = (opened.supply.unknown or {})["cases"]
    assert "record_id" in unknown and "decided_on" in unknown and "filed_on" not in unknown
    bit = two.library.vocabulary["cases"].bit("record_id")
    masks = dict(two.spark.sql("SELECT case_id, _unknown FROM cases").collect())
    assert masks["C2"] & bit and not masks["C1"] & bit
    assert two.spark.sql("SELECT count(*) FROM notices").first()[0] == 0


def test_the_same_rows_in_other_files_are_the_same_content(two: Engines, tmp_path: Path) -> None:
    rows = [row(case_id=f"C{number}") for number in range(20)]
    one = open_lake(two.spark, str(written(tmp_path / "a", rows)), two.library.vocabulary)
    other = open_lake(two.spark, str(written(tmp_path / "b", rows[::-1])), two.library.vocabulary)
    changed = open_lake(
        two.spark, str(written(tmp_path / "c", [*rows[1:], row(case_id="C0", record_id="R2")])), two.library.vocabulary
    )
    assert one.contents == other.contents != changed.contents


def test_a_key_that_is_blank_or_twice_there_is_refused(two: Engines, tmp_path: Path) -> None:
    lake = written(tmp_path, [row(), row(), row(case_id=None)])
    with pytest.raises(AnalyzerError) as caught:
        open_lake(two.spark, str(lake), two.library.vocabulary)
    assert "2 rows have no key of their own" in caught.value.problems[0].cause.en


def test_every_mistake_in_a_lake_is_told_at_once(two: Engines, tmp_path: Path) -> None:
    written(tmp_path, [row(filed_on="2024-03-05")])
    written(tmp_path, [{"record_id": "R1", "_unknown": []}], "notices")
    with pytest.raises(AnalyzerError) as caught:
        open_lake(two.spark, str(tmp_path), two.library.vocabulary)
    said = [one.say("en") for one in caught.value.problems]
    assert any("cases.filed_on" in one and "it should be DATE" in one for one in said)
    assert any("notices" in one and "notice_id" in one for one in said)


def test_a_folder_without_tables_of_ours_is_no_lake(two: Engines, tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError) as caught:
        open_lake(two.spark, str(tmp_path), two.library.vocabulary)
    assert "analyzer lake export" in caught.value.problems[0].remedy.en


def test_the_tables_of_a_catalogue_are_a_lake(two: Engines, tmp_path: Path) -> None:
    lake = written(tmp_path, [row()])
    two.spark.sql(f"CREATE DATABASE province LOCATION '{tmp_path / 'warehouse'}'")
    two.spark.sql(f"CREATE TABLE province.cases USING parquet LOCATION '{lake / 'cases'}'")
    assert open_lake(two.spark, "catalog://province", two.library.vocabulary).rows == {"cases": 1}
    assert open_lake(two.spark, "catalog://spark_catalog.province", two.library.vocabulary).rows == {"cases": 1}


def test_months_are_folders_and_files_may_lack_a_column(two: Engines, tmp_path: Path) -> None:
    for month, cells in (("2024-03", {}), ("none", {"case_id": "C2", "filed_on": None})):
        written(tmp_path / "cases", [row(**cells)], f"month={month}", filed_on=pl.Date)
    assert open_lake(two.spark, str(tmp_path), two.library.vocabulary).rows == {"cases": 2}


def test_a_lake_of_few_rows_is_held_in_one_piece_and_let_go(two: Engines, tmp_path: Path) -> None:
    lake = written(tmp_path, [row(), row(case_id="C2")])
    kept = two.spark.sparkContext._jsc.getPersistentRDDs
    at_first = kept().size()
    before = [two.spark.conf.get(name) for name in FITTED]
    with two.opened(lake):
        assert two.spark.table("cases")._jdf.rdd().getNumPartitions() == 1
        assert two.spark.table("cases").count() == 2
        assert kept().size() == at_first + 1
    assert kept().size() == at_first
    assert [two.spark.conf.get(name) for name in FITTED] == before


def test_an_audit_there_writes_the_package_that_duckdb_writes(
    two: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The running session is found and left running; small tables come home whole, of large ones the findings' records."""
    write_canonical(make_bureau(300, 3, rules_folder()), tmp_path / "lake")
    asked: dict[str, Any] = {"as_of": "2025-12-31", "select": ["COE", "EXE", "SVC", "PER-03", "DEV-08"]}
    ours = audit(tmp_path / "lake", out=tmp_path / "ours", **asked)
    monkeypatch.setattr("analyzer.engine.spark.run.bring_home", lambda *given: bring_home(*given, whole_up_to=200))
    theirs = audit(tmp_path / "lake", out=tmp_path / "theirs", engine="spark", **asked)
    for name in RESULTS:
        assert theirs.polars(name).equals(ours.polars(name)), name
    assert theirs.findings.height > 10
    assert theirs.summary["tables"] == ours.summary["tables"]
    assert theirs.summary["totals"]["loaded"] == ours.summary["totals"]["loaded"]
    package = Package(tmp_path / "theirs")
    assert package.verify() == []
    partial = set(package.summary["findings_only"])
    assert "detections" in partial and "devices" not in partial
    assert not partial & set(package.tables)
    assert {path.stem for path in (tmp_path / "theirs" / "evidence").iterdir()} == partial
    table = theirs.finding_records.filter(pl.col("table_name") == "payments")["record_key"].unique().sort()
    assert (
        pl.read_parquet(tmp_path / "theirs/evidence/payments.parquet")["payment_id"].sort().to_list() == table.to_list()
    )
    with pytest.raises(AnalyzerError, match="stayed in the lake"):
        Reopened(package)
    assert two.spark.sql("SELECT 1").first()[0] == 1
