"""Killed at any moment, the next scan goes on from the last whole state: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.store.nights import Nights
from tests.store.test_scan import RESULTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks"),
]

NIGHTS, KILLS = 8, 56


def run_nights(root: Path, rules: Path, kills: int, seed: int = 0, nights: int = NIGHTS, *more: str) -> Nights:
    """Scan made-up nights in a process of their own, with so many kills."""
    words = [sys.executable, "-m", "tests.store.kills", root, rules, nights, kills, seed, *more]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["killed"] == kills
    return Nights(root)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, few_rules: Path) -> Nights:
    return run_nights(tmp_path_factory.mktemp("calm") / "store", few_rules, 0)


def state(nights: Nights) -> dict[str, Any]:
    """Everything that must not depend on what was killed on the way: all but times."""
    store, package = nights.store, nights.package
    found: dict[str, Any] = {
        name: package.path(name).read_bytes() for name in (*RESULTS, "finding_history", "resolved_findings")
    }
    found["life"] = package.path("finding_life").read_bytes()
    found["inputs"] = package.path("inputs").read_bytes()
    found["runs"] = nights.rows("SELECT * EXCLUDE (started_at) FROM runs ORDER BY run_no")
    for table in package.tables:
        found[table] = nights.rows(f"SELECT * FROM records_{table} ORDER BY _source, _row")
    for place in (store.originals, store.refused, store.inbox, store.arriving, store.segments, store.law, store.runs):
        found[place.name] = sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))
    found["packages"] = sorted(path.name for path in store.published.iterdir())
    found["summary"] = {name: package.summary[name] for name in ("totals", "life", "night", "tables")}
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1])
def test_scans_killed_at_random_end_where_an_undisturbed_store_ends(
    undisturbed: Nights, few_rules: Path, tmp_path: Path, seed: int
) -> None:
    killed = run_nights(tmp_path / "store", few_rules, KILLS, seed)
    expected, found = state(undisturbed), state(killed)
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []
    assert killed.package.verify() == []
    assert undisturbed.rows("SELECT count(*) > 0 FROM finding_life WHERE status = 'resolved'") == [(True,)]


@pytest.mark.timeout(900)
def test_the_same_under_all_rules(tmp_path: Path) -> None:
    rules = shutil.copytree(Path(__file__).resolve().parents[2] / "rules", tmp_path / "rules")
    calm = run_nights(tmp_path / "calm", rules, 0, 0, 2, "all")
    killed = run_nights(tmp_path / "killed", rules, 6, 5, 2, "all")
    expected, found = state(calm), state(killed)
    assert [name for name in expected if found[name] != expected[name]] == []
