"""DuckDB and Spark say the very same of every rule: on its own examples, and on a made bureau."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.rulebook.library import Library, load_library, rules_folder
from analyzer.samples import make_bureau, write_canonical
from tests.engine.spark_lakes import Engines, Law, engines, examples_by_law, need_spark, unequal, write_lake

need_spark()
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def two(library: Library) -> Iterator[Engines]:
    with engines(library) as both:
        yield both


def test_the_examples_of_every_rule_under_the_default_law(two: Engines, library: Library, tmp_path: Path) -> None:
    examples = examples_by_law(library)[Law()]
    lake = write_lake(library, examples.tables, tmp_path / "lake")
    ours, theirs = two.both(lake, Law(), list(library.rules.values()))
    assert set(ours["verdict_counts"]["rule"]) == set(library.rules)
    assert unequal(ours, theirs) == []
    # Laid together, the examples still say what they say alone, so that every answer of a rule is compared.
    said = {(row["rule"], row["record_key"]): row["verdict"] for row in ours["finding_records"].iter_rows(named=True)}
    judged = [(said.get((code, key)), expected) for code, of_rule in examples.expected.items()
              for key, expected in of_rule.items() if expected in ("breach", "review")]  # fmt: skip
    assert len(judged) > 300
    assert sum(verdict == expected for verdict, expected in judged) > 0.9 * len(judged)


def test_examples_under_other_laws_and_with_tables_missing(two: Engines, library: Library, tmp_path: Path) -> None:
    wrong = []
    others = {law: found for law, found in examples_by_law(library).items() if law != Law()}
    assert len(others) > 80
    for number, (law, examples) in enumerate(others.items()):
        lake = write_lake(library, examples.tables, tmp_path / str(number))
        ours, theirs = two.both(lake, law, list(examples.rules.values()))
        wrong += [f"{law}: {one}" for one in unequal(ours, theirs)]
    assert wrong == []


def test_a_made_bureau(two: Engines, library: Library, tmp_path: Path) -> None:
    bureau = make_bureau(900, 7, rules_folder())
    write_canonical(bureau, tmp_path / "lake")
    ours, theirs = two.both(tmp_path / "lake", Law(), list(library.rules.values()))
    assert unequal(ours, theirs) == []
    assert (ours["verdict_counts"]["findings"] > 0).sum() > 80
