"""Our SQL in Spark's words, told from the text alone: Java is not needed here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import pytest
import sqlglot
from sqlglot import exp

from analyzer.engine.judge import plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.portable import differences
from analyzer.engine.spark import functions, session
from analyzer.engine.spark.dialect import SparkDialect
from analyzer.engine.spark.kinds import as_ours
from analyzer.engine.stories import hits_query
from analyzer.model import AnalyzerError, Kind
from analyzer.store.lake import BY_MONTH
from tests.rules.proof import everything, library

TAUGHT = {definition.partition("(")[0] for definition in functions._DEFINITIONS}
SPARKS_OWN = {"percentile"}
SAME = (
    exp.And, exp.Or, exp.Not, exp.If, exp.Case, exp.Cast, exp.Coalesce, exp.Count, exp.Max, exp.Min, exp.Sum, exp.Year,
    exp.Month, exp.Abs, exp.Least, exp.Greatest, exp.RowNumber, exp.Lag, exp.Lead, exp.Left, exp.Substring, exp.Concat,
    exp.TsOrDsToDate, exp.Date, exp.Array, exp.Exists, exp.Median, exp.Rint,
    exp.Quantile,
)  # fmt: skip


@cache
def plans() -> list[BasePlan]:
    lib = library()
    return plan_rules(everything(), lib, list(lib.rules.values()))


def queries() -> Iterator[tuple[str, str]]:
    for plan in plans():
        for shape, gathering in plan.gathers.values():
            yield shape.table, gathering.sql
        for part in plan.parts():
            if part.only_few:
                yield part.source, part.few_query()
            yield f"verdicts of {plan.table}", part.verdicts_query()
            yield f"hits of {plan.table}", hits_query(part, "verdicts", part.rules)[0]


@pytest.mark.slow
def test_every_query_becomes_sql_of_which_spark_knows_each_word() -> None:
    dialect = SparkDialect(library().vocabulary)
    seen = 0
    for name, query in queries():
        tree = sqlglot.parse_one(dialect.text(query), read="spark")
        assert not any(column.name.lower() == "rowid" for column in tree.find_all(exp.Column)), name
        for called in tree.find_all(exp.Func):
            seen += 1
            if isinstance(called, exp.Anonymous):
                assert called.name.lower() in TAUGHT | SPARKS_OWN, (name, called.name)
            else:
                assert isinstance(called, SAME), (name, called.sql())
    assert seen > 5000


def test_what_differs_in_meaning_is_spelt_out() -> None:
    spark = SparkDialect(library().vocabulary).text
    assert (
        spark("SELECT a / b AS x FROM cases AS c")
        == "SELECT CAST(a AS DOUBLE) / CAST(b AS DOUBLE) AS x FROM cases AS c"
    )
    assert "RINT(r.n)" in spark("SELECT CAST(r.n AS BIGINT) AS n FROM cases AS r")
    assert "q.parts[1]" in spark("SELECT q.parts[2] AS median FROM cases AS q")
    assert "NULLS LAST" in spark("SELECT row_number() OVER (ORDER BY c.a) AS n FROM cases AS c")
    assert "EXCEPT" in spark('SELECT "v".* EXCLUDE ("row_id") FROM cases AS v')
    assert "FITS_PATTERN" in spark("SELECT regexp_full_match(c.a, 'x.*') AS n FROM cases AS c")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("((a = 1) AND ((b) AND (c < 2)))", "a = 1 AND b AND c < 2"),
        ("a OR ((b OR (c AND d)))", "a OR b OR c AND d"),
        ("a AND (b OR c)", "a AND (b OR c)"),
        ("NOT (a AND b)", "NOT (a AND b)"),
        ("NOT (a = b)", "NOT a = b"),
        ("(a = b) = (c = d)", "(a = b) = (c = d)"),
        ("(a OR b) IS NULL", "(a OR b) IS NULL"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a + b) * c", "(a + b) * c"),
        ("CASE WHEN ((a AND b)) THEN (1) END", "CASE WHEN a AND b THEN 1 END"),
        ("coalesce((a + b), (0))", "COALESCE(a + b, 0)"),
    ],
)
def test_only_brackets_that_change_nothing_are_left_out(ours: str, theirs: str) -> None:
    spark = SparkDialect(library().vocabulary).text
    assert spark(f"SELECT ({ours}) AS x FROM cases AS c") == f"SELECT {theirs} AS x FROM cases AS c"


def test_a_row_is_named_by_its_key_whole() -> None:
    spark = SparkDialect(library().vocabulary).text
    assert "`t`.`case_id` AS id" in spark('SELECT "t".rowid AS id FROM "cases" AS "t"')
    two = spark('SELECT "t".rowid AS id FROM "calibrations" AS "t"')
    assert "`t`.`certificate_no` || '|' || `t`.`device_id`" in two


def test_every_gather_of_the_library_is_portable() -> None:
    lib = library()
    gathers = [gather for base in lib.bases.values() for gather in base.gather.values()]
    gathers += [gather for one in lib.rules.values() for gather in one.rule.gather.values()]
    assert [error.cause.en for gather in gathers for error in differences(gather.sql)] == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT x.a, avg(x.b) AS m FROM cases AS x GROUP BY x.a",
        "SELECT row_number() OVER (PARTITION BY c.a) AS n FROM cases AS c",
        "SELECT lag(c.a) OVER w AS n FROM cases AS c WINDOW w AS (PARTITION BY c.b)",
        "SELECT DISTINCT ON (c.a) c.b FROM cases AS c",
        "SELECT c.a FROM cases AS c ORDER BY c.a LIMIT 3",
        "SELECT c.a FROM cases AS c JOIN notices AS n USING (record_id)",
        "SELECT c.a % 2 AS odd FROM cases AS c",
        "SELECT c.a, count(*) AS n FROM cases AS c GROUP BY ALL",
        "SELECT quantile_disc(c.a, 0.5) AS m FROM cases AS c",
        "SELECT round(c.a, 2) AS m FROM cases AS c",
        "SELECT quantile_cont(c.a, [0.25, 0.5])[2] AS m FROM cases AS c",
    ],
)
def test_what_has_not_been_shown_equal_is_refused(text: str) -> None:
    assert list(differences(text))


def test_a_rule_that_is_not_portable_fails_the_check(rules, run, tmp_path) -> None:  # type: ignore[no-untyped-def]
    body = """
gather:
  others:
    by: [record_id]
    sql: SELECT c.record_id, round(sum(c.fine_yuan)) AS fines FROM cases AS c GROUP BY c.record_id
breach: fines > 5
"""
    code = rules.write(body)
    said = run("rules", "check", code, "--rules", rules.folder)
    assert said.status == 2
    assert "尚未证明在各引擎上结果相同" in said.err.replace("\n", "")
    options = ("--engine", "spark", "--rules", rules.folder, "--out", tmp_path / "out")
    audited = run("audit", tmp_path, *options)  # told before Spark is started
    assert audited.status == 2
    assert "尚未证明在各引擎上结果相同" in audited.err.replace("\n", "")


@pytest.mark.parametrize(
    ("theirs", "kind", "said"),
    [
        ("timestamp_ntz", Kind.TIMESTAMP, "`x`"),
        ("timestamp", Kind.TIMESTAMP, "CAST(from_utc_timestamp(`x`, 'Asia/Shanghai') AS TIMESTAMP_NTZ)"),
        ("string", Kind.TIMESTAMP, None),
        ("int", Kind.INTEGER, "CAST(`x` AS BIGINT)"),
        ("double", Kind.INTEGER, None),
        ("decimal(12,2)", Kind.MONEY, "CAST(`x` AS DECIMAL(14,2))"),
        ("decimal(14,3)", Kind.MONEY, None),
        ("double", Kind.MONEY, None),
        ("bigint", Kind.TEXT, None),
        ("void", Kind.DATE, "CAST(NULL AS DATE)"),
    ],
)
def test_a_column_of_a_lake_is_taken_only_where_no_value_is_lost(theirs: str, kind: Kind, said: str | None) -> None:
    assert as_ours(SimpleNamespace(simpleString=lambda: theirs), kind, "x") == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("java", "cause"), [(None, "there is no Java"), (11, "Java 11 is too old")], ids=["none", "old"]
)
def test_java_that_is_missing_is_told_with_what_to_install(
    java: int | None, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_java_version", lambda: java)
    with pytest.raises(AnalyzerError) as caught, session.session():
        pass
    told = caught.value.problems[-1]  # where PySpark is missing too, that is told first
    assert told.cause.en == cause
    assert "Java 17" in told.remedy.en and "17" in told.remedy.zh


def test_a_java_home_without_java_is_no_java(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert session._java_version() is None


@pytest.mark.parametrize(("said", "heap"), [("2GB", "2g"), ("512MiB", "512m"), (None, "2g"), ("3 GB", "3g")])
def test_the_memory_limit_becomes_the_heap(said: str | None, heap: str) -> None:
    assert session._heap(said) == heap


def test_the_engine_options_say_what_is_wrong(run, tmp_path) -> None:  # type: ignore[no-untyped-def]
    def audit(*words: object) -> str:
        said = run("audit", *words, "--out", tmp_path / "out")
        assert said.status == 2
        return "".join(said.err.split())

    assert "没有引擎`dask`" in audit(tmp_path, "--engine", "dask")
    assert "Spark审核一个数据湖" in audit(tmp_path, tmp_path, "--engine", "spark")
    assert "只有Spark能打开这个地址" in audit("hdfs://lake")
    assert "--master只用于Spark" in audit(tmp_path, "--master", "local[2]")


def test_no_table_of_a_lake_has_a_column_that_its_folders_are_named_by() -> None:
    for name, day in BY_MONTH.items():
        columns = library().vocabulary[name].columns
        assert day in columns and "month" not in columns
