"""Rules are judged in as many shares as memory asks for, and answer the same in each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analyzer.engine import bench, setting, shares
from analyzer.engine.connect import Limits, connect
from analyzer.engine.judge import plan_rules
from analyzer.rulebook.library import Library, load_library
from tests.engine.nights import Nights, made_rows

DAY = date(2025, 6, 30)
CODES = ["EVD-06", "EVD-07", "DEV-01", "NTC-05", "DEC-02", "DEC-05", "DEC-11", "PER-02", "FAI-05"]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def rows() -> Mapping[str, pl.DataFrame]:
    return made_rows(30, 3)


def plans(library: Library, rows: Mapping[str, pl.DataFrame]) -> list:
    nights = Nights(library, [library.rules[code] for code in CODES])
    nights.night(DAY, rows)
    return plan_rules(nights.setting(DAY), library, nights.rules)


def test_every_rule_is_in_one_share_and_each_share_fits(library: Library, rows: Mapping[str, pl.DataFrame]) -> None:
    for plan in plans(library, rows):
        for part in plan.parts():
            whole = shares.shares(part, lambda _: 10_000, 10**9)
            assert [rule.name for one in whole for rule in one.rules] == [rule.name for rule in part.rules]
            cut = shares.shares(part, lambda _: 10_000, 1)
            assert sorted(rule.name for one in cut for rule in one.rules) == sorted(rule.name for rule in part.rules)
            assert all(one.only_few is part.only_few and one.gathers is part.gathers for one in cut)
            looking = [rule for rule in part.rules if shares._wants(rule, part.carries())]
            assert len(cut) == len(looking) + (len(looking) < len(part.rules)), part.table


def test_what_is_carried_along_by_the_few_rows_takes_no_room(
    library: Library, rows: Mapping[str, pl.DataFrame]
) -> None:
    part = next(part for plan in plans(library, rows) for part in plan.parts() if part.only_few)
    assert part.carries()
    carried = {table for table in part.gathers if any(flat.startswith(f"{table}__") for flat in part.carries())}
    wanted = {name for rule in part.rules for name in shares._wants(rule, part.carries())}
    assert carried and not carried & wanted
    assert carried <= {name for rule in part.rules for name in shares._wants(rule, frozenset())}


@pytest.mark.parametrize("limit", ["256MB", "2GB", "1500MB"])
def test_the_room_is_a_part_of_the_memory(limit: str, tmp_path: Path) -> None:
    con = connect(tmp_path, Limits(limit, 1))
    megabytes = float(limit.removesuffix("MB").removesuffix("GB")) * (1000 if limit.endswith("GB") else 1)
    assert shares.room_of(con) == pytest.approx(megabytes * 1e6 / 4, rel=0.08)


def test_shares_answer_as_one_pass_does(
    library: Library, rows: Mapping[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_pass = Nights(library, [library.rules[code] for code in CODES])
    one_pass.night(DAY, rows)
    monkeypatch.setattr(setting, "MANY", 0)
    monkeypatch.setattr(bench, "room_of", lambda con: 1)
    monkeypatch.setattr(shares, "LEAST", 150)
    in_shares = Nights(library, one_pass.rules)
    in_shares.night(DAY, rows)
    assert in_shares.results() == one_pass.results()
    assert any(one_pass.results()["findings"])
    in_shares.assert_equals_full(DAY)
