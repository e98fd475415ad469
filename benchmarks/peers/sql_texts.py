"""The SQL of the dbt project for tools that take SQL but have no models of their own."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent / "dbt"
MODELS = ("cases_judged", "certificates", "detections_used", "notices_that_day")
TABLES = ("detections", "devices", "calibrations", "agencies", "notices", "cases", "calendar")

_CONFIG = re.compile(r"\{\{ config\(.*?\) \}\}\s*")
_NAME = re.compile(r"\{\{ (?:ref\(|source\('records', )'(\w+)'\) \}\}")


def plain(text: str) -> str:
    """Return a file of the project as plain SQL: names in place of what dbt would fill in."""
    return _NAME.sub(r"\1", _CONFIG.sub("", text))


def test_texts(codes: list[str]) -> dict[tuple[str, str], str]:
    """Return the query of each test, by rule code and verdict; its rows are the failing records."""
    texts = {}
    for file in sorted((PROJECT / "tests").glob("*.sql")):
        family, number, verdict = file.stem.split("_")
        code = f"{family.upper()}-{number}"
        if code in codes:
            texts[code, verdict] = plain(file.read_text(encoding="utf-8")).strip()
    return texts


def model_of(query: str) -> str:
    """Return the model that a test reads."""
    return query.split("from ", 1)[1].split(maxsplit=1)[0]


def prepare(folder: Path, database: Path) -> None:
    """Make the models over the Parquet files of `folder` in a new DuckDB file."""
    with duckdb.connect(str(database)) as con:
        for table in TABLES:
            con.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{folder / table}.parquet')")
        for model in MODELS:
            text = (PROJECT / "models" / f"{model}.sql").read_text(encoding="utf-8")
            con.execute(f"CREATE TABLE {model} AS {plain(text)}")
