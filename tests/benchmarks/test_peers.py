"""The rules written by hand in pandas, polars and SQL find what our rule files find.

The benchmark compares times only where the findings are equal; this keeps them equal when a rule file changes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from analyzer.rulebook.library import load_library

PEERS = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "peers"
BREACH_ONLY, REVIEW_ONLY = {"EVD-03", "PRC-01", "PER-01"}, {"NTC-05"}
DETECTIONS = 25_000

Keys = set[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def peers() -> Iterator[None]:
    """Lets the scripts import each other as they do when they are run, and forgets them afterwards."""
    before, known = list(sys.path), set(sys.modules)
    sys.path.insert(0, str(PEERS))
    yield
    sys.path[:] = before
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(PEERS.parent)):
            del sys.modules[name]


def keys_in(query: str) -> Keys:
    rows = duckdb.execute(f"SELECT DISTINCT rule, verdict, record_key FROM {query}").fetchall()
    return {(rule, verdict, key) for rule, verdict, key in rows}


def keys_by_sql(records: Path, database: Path, codes: list[str]) -> Keys:
    from sql_texts import prepare, test_texts

    prepare(records, database)
    with duckdb.connect(str(database)) as con:
        return {(*name, key) for name, query in test_texts(codes).items() for (key,) in con.execute(query).fetchall()}


def test_by_hand_finds_the_same_records(tmp_path: Path) -> None:
    import by_ours
    import by_pandas
    import by_polars
    from peer_records import write_data
    from peer_report import Report
    from run import TWELVE

    codes, records, library = TWELVE.split(","), tmp_path / "records", load_library()
    write_data(records, DETECTIONS, library)
    by_ours.run(records, tmp_path, codes, Report("ours", tmp_path), library=library)
    ours = keys_in(f"read_parquet('{tmp_path / 'finding_records.parquet'}')")
    assert {rule for rule, verdict, _ in ours if verdict == "breach"} == set(codes) - REVIEW_ONLY
    assert {rule for rule, verdict, _ in ours if verdict == "review"} == set(codes) - BREACH_ONLY

    by_polars.run(records, codes).write_parquet(tmp_path / "polars.parquet")
    by_pandas.run(records, codes).to_parquet(tmp_path / "pandas.parquet")
    assert keys_in(f"read_parquet('{tmp_path / 'polars.parquet'}')") ^ ours == set()
    assert keys_in(f"read_parquet('{tmp_path / 'pandas.parquet'}')") ^ ours == set()
    assert keys_by_sql(records, tmp_path / "models.duckdb", codes) ^ ours == set()


def test_the_comparison_sees_a_key_that_is_missing_or_another(tmp_path: Path) -> None:
    from compare import compare

    found = {
        "ours": [("PER-01", "breach", "A1"), ("PER-01", "breach", "A2"), ("DEC-04", "review", "A3")],
        "missing": [("PER-01", "breach", "A1"), ("DEC-04", "review", "A3")],
        "another": [("PER-01", "breach", "A1"), ("PER-01", "breach", "A9"), ("DEC-04", "review", "A3")],
    }
    for name, keys in found.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "report.json").write_text("{}", encoding="utf-8")
        file = folder / ("finding_records.parquet" if name == "ours" else "keys.parquet")
        values = ", ".join(map(str, keys))
        duckdb.execute(f"COPY (FROM (VALUES {values}) AS k(rule, verdict, record_key)) TO '{file}' (FORMAT parquet)")
    assert {line["same"] for line in compare(tmp_path / "ours", tmp_path / "ours")} == {"keys"}
    for name in ("missing", "another"):
        lines = compare(tmp_path / "ours", tmp_path / name)
        assert [(line["rule"], line["same"]) for line in lines] == [("DEC-04", "keys"), ("PER-01", "differs")]


def test_a_peer_that_only_counts_is_compared_by_number(tmp_path: Path) -> None:
    from compare import compare

    duckdb.execute(
        "COPY (FROM (VALUES ('PER-01', 'breach', 'A1')) AS k(rule, verdict, record_key))"
        f" TO '{tmp_path / 'finding_records.parquet'}' (FORMAT parquet)"
    )
    for number, said in ((1, "count"), (2, "differs")):
        counts = tmp_path / str(number)
        counts.mkdir()
        (counts / "report.json").write_text(f'{{"counts": {{"PER-01": {{"breach": {number}}}}}}}', encoding="utf-8")
        assert [line["same"] for line in compare(tmp_path, counts)] == [said]
