"""The canonical tables of a lake: a folder of Parquet for each table, or tables of a catalogue, as Spark sees them.

The tables are looked at twice before anything is judged: once for what is unknown in them (and a hash of all their
cells, so that the same lake gives the same run id), and once for their keys, which have to name each row. Each look is
one query over all tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.engine.setting import Supply
from analyzer.engine.spark.kept import keep
from analyzer.engine.spark.kinds import as_ours, spark_type
from analyzer.engine.spark.session import compiling, in_one_piece
from analyzer.model import AnalyzerError, Problem, Table, Text, Vocabulary
from analyzer.model.tables import UNKNOWN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CATALOGUE = "catalog://"
"""How the tables of a catalogue are asked for: `catalog://name` or `catalog://name.schema`."""

LARGE = 20_000_000
"""Bytes of files from which on the look at them is worth compiling."""

_NOT_OURS = Text(
    "每张表应为 <表名>/ 目录或 <表名>.parquet，可用 analyzer lake export 生成",
    "Each table is a folder <table>/ or a file <table>.parquet; analyzer lake export writes them",
)


@dataclass(frozen=True)
class Lake:
    """An opened lake: where it is, what was supplied, and the size and a hash of the content of each table."""

    place: str
    supply: Supply
    rows: Mapping[str, int]
    contents: Mapping[str, str]


@dataclass(frozen=True)
class _Look:
    """What one look at a table says: rows, hash, the columns known in some row, and those unknown in some row."""

    rows: int
    content: str
    known: frozenset[str]
    unknown: frozenset[str]


def is_lake(place: str) -> bool:
    """Whether an input is the address of something that only Spark can open."""
    return "://" in place


def open_lake(spark: SparkSession, place: str, vocabulary: Vocabulary) -> Lake:
    """Make a view of every canonical table of the lake and return what was supplied.

    `place` is a folder, an address that Spark can read (`hdfs://...`, `s3a://...`) or `catalog://name`. Raises
    `AnalyzerError` with every mistake: no table of ours, a column of another type, a key that is blank or twice there.
    """
    frames: dict[str, DataFrame] = {}
    problems: list[Problem] = []
    for table in vocabulary.tables.values():
        frame = _frame(spark, place, table.name)
        if frame is None:
            _empty(spark, table)
        elif mistakes := _mistakes(place, table, frame):
            problems += mistakes
        else:
            frames[table.name] = frame
            frame.createOrReplaceTempView(_source(table))
    if not frames and not problems:
        problems.append(Problem(place, Text("这里没有一张规范表", "there is no canonical table here"), _NOT_OURS))
    tables = [vocabulary[name] for name in frames]
    with compiling(spark, _size(frames.values()) >= LARGE):
        looks = _looked_at(spark, tables, frames) if frames else {}
        for table in tables:
            spark.sql(_typed(table, frames[table.name], looks[table.name])).createOrReplaceTempView(table.name)
        problems += [_not_unique(place, vocabulary[name], doubled) for name, doubled in _doubled(spark, tables)]
    if problems:
        raise AnalyzerError(problems)
    supply = Supply(
        {name: look.known for name, look in looks.items()}, {name: look.unknown for name, look in looks.items()}
    )
    rows = {name: look.rows for name, look in looks.items()}
    return Lake(place, supply, rows, {name: look.content for name, look in looks.items()})


@contextmanager
def held(spark: SparkSession, lake: Lake) -> Iterator[None]:
    """Hold the tables of a lake of few rows in memory, each in one piece: files are opened once for all queries."""
    kept = []
    if in_one_piece(sum(lake.rows.values())):
        for name in lake.rows:
            kept.append(keep(spark, spark.table(name).coalesce(1), fill=False))
            kept[-1].leaf.createOrReplaceTempView(name)
    try:
        yield
    finally:
        for one in kept:
            one.free()


def _frame(spark: SparkSession, place: str, name: str) -> DataFrame | None:
    """The table as the lake has it, or None when it is not there."""
    if place.startswith(CATALOGUE):
        named = f"{place.removeprefix(CATALOGUE).strip('/').replace('/', '.')}.{name}"
        return spark.table(named) if spark.catalog.tableExists(named) else None
    if not is_lake(place):
        for path in (Path(place) / name, Path(place) / f"{name}.parquet"):
            if path.is_file() or (path.is_dir() and any(path.rglob("*.parquet"))):
                return spark.read.parquet(path.resolve().as_uri())
        return None
    from pyspark.errors import AnalysisException

    for ending in ("", ".parquet"):
        try:
            return spark.read.parquet(f"{place.rstrip('/')}/{name}{ending}")
        except AnalysisException as error:
            if "PATH_NOT_FOUND" not in str(error.getCondition()):
                raise
    return None


def _mistakes(place: str, table: Table, frame: DataFrame) -> list[Problem]:
    """What is wrong with the columns of a table, before a row of it is read."""
    problems = []
    for key in table.key:
        if key not in frame.columns:
            cause = Text(f"缺主键列 {key}", f"it lacks its key {key}")
            problems.append(Problem(f"{place}: {table.name}", cause))
    for name, column in table.columns.items():
        if name in frame.columns and as_ours(frame.schema[name].dataType, column.kind, name) is None:
            theirs = frame.schema[name].dataType.simpleString()
            cause = Text(
                f"列的类型是 {theirs}，应为 {spark_type(column.kind)}",
                f"the column is {theirs}, it should be {spark_type(column.kind)}",
            )
            problems.append(Problem(f"{place}: {table.name}.{name}", cause))
    if UNKNOWN in frame.columns and frame.schema[UNKNOWN].dataType.simpleString() != "array<string>":
        cause = Text("该列应为列名的列表", "this column should be a list of column names")
        problems.append(Problem(f"{place}: {table.name}.{UNKNOWN}", cause))
    return problems


def _size(frames: Iterable[DataFrame]) -> int:
    """The bytes of the files, as Spark plans with them; 0 where it does not say."""
    try:
        return sum(int(one._jdf.queryExecution().optimizedPlan().stats().sizeInBytes().longValue()) for one in frames)
    except (AttributeError, TypeError):
        return 0


def _source(table: Table) -> str:
    """The view of a table as the lake has it."""
    return f"lake_{table.name}"


def _looked_at(spark: SparkSession, tables: Sequence[Table], frames: Mapping[str, DataFrame]) -> dict[str, _Look]:
    """One pass over all tables, grouped by the list of unknown columns: few lists, however many rows."""
    legs = []
    for table in tables:
        columns = frames[table.name].columns
        names = f"coalesce(`{UNKNOWN}`, array())" if UNKNOWN in columns else "CAST(array() AS ARRAY<STRING>)"
        cells = ", ".join(f"`{name}`" for name in table.columns if name in columns)
        legs.append(
            f"SELECT '{table.name}' AS of, {names} AS names, xxhash64({cells}, {names}) AS cells FROM `{_source(table)}`"
        )
    found: dict[str, list[tuple[list[str], int, int]]] = {table.name: [] for table in tables}
    query = f"SELECT of, names, count(*), sum(cells) FROM ({' UNION ALL '.join(legs)}) GROUP BY of, names"
    for of, names, rows, cells in spark.sql(query).collect():
        found[of].append((names, rows, cells))
    return {table.name: _look(table, set(frames[table.name].columns), found[table.name]) for table in tables}


def _look(table: Table, columns: Set[str], lists: Sequence[tuple[list[str], int, int]]) -> _Look:
    """What the lists of unknown columns in a table say of it; each with its rows and the sum of their hashes."""
    held = [name for name in table.columns if name in columns]
    total = sum(rows for _, rows, _ in lists)
    content = f"{sum(cells for *_, cells in lists) % (1 << 64):016x}"
    known = {name for name in held for names, *_ in lists if name not in names} if total else set(held)
    unknown = {name for name in table.columns for names, *_ in lists if name in names or name not in held}
    return _Look(total, f"xxhash64:{total}:{content}", frozenset(known), frozenset(unknown))


def _doubled(spark: SparkSession, tables: Sequence[Table]) -> list[tuple[str, int]]:
    """The tables whose key does not name each row, with the rows that have no key of their own."""
    legs = []
    for table in tables:
        blank = " OR ".join(f"`{key}` IS NULL" for key in table.key)
        parts = ", ".join(f"CAST(`{key}` AS STRING)" for key in table.key)
        legs.append(
            f"SELECT '{table.name}' AS of, CASE WHEN {blank} THEN NULL ELSE array({parts}) END AS k FROM `{table.name}`"
        )
    if not legs:
        return []
    by_key = f"SELECT of, k, count(*) AS n FROM ({' UNION ALL '.join(legs)}) GROUP BY of, k"
    counted = spark.sql(f"SELECT of, sum(n) - count(k) AS doubled FROM ({by_key}) GROUP BY of HAVING sum(n) > count(k)")
    found: dict[str, int] = {row[0]: row[1] for row in counted.collect()}
    return [(table.name, found[table.name]) for table in tables if table.name in found]


def _typed(table: Table, frame: DataFrame, look: _Look) -> str:
    """The view of a table: our columns in our types, and the mask of what is unknown in each row."""
    typed = [
        f"{as_ours(frame.schema[name].dataType, column.kind, name)} AS `{name}`"
        if name in frame.columns
        else f"CAST(NULL AS {spark_type(column.kind)}) AS `{name}`"
        for name, column in table.columns.items()
    ]
    lacking = sum(table.bit(name) for name in table.columns if name not in frame.columns)
    named = [name for name in table.columns if name in look.unknown and name in frame.columns]
    bits = "".join(
        f" + CASE WHEN array_contains(`{UNKNOWN}`, '{name}') THEN {table.bit(name)}L ELSE 0L END" for name in named
    )
    mask = f"{lacking}L"
    if bits:
        mask = f"CASE WHEN size(`{UNKNOWN}`) > 0 THEN {lacking}L{bits} ELSE {lacking}L END"
    return f"SELECT {', '.join(typed)}, {mask} AS `{UNKNOWN}` FROM `{_source(table)}`"


def _not_unique(place: str, table: Table, doubled: int) -> Problem:
    keys = " + ".join(table.key)
    cause = Text(
        f"有 {doubled} 行的主键（{keys}）为空或与别的行相同",
        f"{doubled} rows have no key of their own ({keys} is blank or the same as another row's)",
    )
    remedy = Text("每个主键只保留最后的一行，再审核", "Keep the last row of each key, then audit again")
    return Problem(f"{place}: {table.name}", cause, remedy)


def _empty(spark: SparkSession, table: Table) -> None:
    """A table that the lake does not have is there, without rows, for what looks something up in it."""
    typed: Iterable[str] = (f"CAST(NULL AS {spark_type(one.kind)}) AS `{one.name}`" for one in table.columns.values())
    spark.sql(f"SELECT {', '.join(typed)}, 0L AS `{UNKNOWN}` WHERE false").createOrReplaceTempView(table.name)


__all__ = ["CATALOGUE", "Lake", "held", "is_lake", "open_lake"]
