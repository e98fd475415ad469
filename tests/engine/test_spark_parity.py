"""DuckDB and Spark say the very same of every rule: on its own examples, and on a made bureau."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.engine.spark import session
from analyzer.rulebook.library import rules_folder
from analyzer.samples import make_bureau, write_canonical
from tests.engine.spark_lakes import Engines, Law, examples_by_law, laid_together, need_spark, unequal, write_lake

need_spark()
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def test_the_examples_of_every_rule_under_the_default_law(two: Engines, tmp_path: Path) -> None:
    library = two.library
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


def test_examples_under_other_laws_and_with_tables_missing(two: Engines, tmp_path: Path) -> None:
    others = {law: found for law, found in examples_by_law(two.library).items() if law != Law()}
    assert len(others) > 80
    wrong, judged = [], set()
    for number, laid in enumerate(laid_together(two.library, others)):
        lake = write_lake(two.library, laid.tables, tmp_path / str(number))
        with two.opened(lake) as opened:
            for law, rules in laid.laws:
                ours = two.duckdb(lake, law, list(rules.values()))
                wrong += [f"{law}: {one}" for one in unequal(ours, two.on_spark(opened, law, list(rules.values())))]
                judged |= {(law.profile, law.as_of, one) for one in law.settings or ("",)}
    assert wrong == []
    # Laid together, each law has been asked for.
    assert judged >= {(law.profile, law.as_of, one) for law in others for one in law.settings}


def test_a_made_bureau_judged_as_a_large_lake_is(two: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With shuffles, copies of small tables, and plans that change on the way; few rows lie in one piece otherwise."""
    monkeypatch.setattr(session, "FEW_ROWS", 0)
    monkeypatch.setattr(session, "IN_ONE_PIECE", 0)
    write_canonical(make_bureau(900, 7, rules_folder()), tmp_path / "lake")
    ours, theirs = two.both(tmp_path / "lake", Law(), list(two.library.rules.values()))
    assert unequal(ours, theirs) == []
    assert (ours["verdict_counts"]["findings"] > 0).sum() > 80
