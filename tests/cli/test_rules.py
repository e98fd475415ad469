"""The rule library from the command line: coverage, skeletons, checks, and the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "docs" / "examples" / "own-rule"
OPTIONS = ("--title-zh", "迟缓", "--title-en", "Slow", "--reads", "notices", "--force", "statute", "--severity", "low")


def test_coverage_lists_every_item_with_its_answer(run: Run) -> None:
    items = json.loads(run("rules", "list", "--coverage", "--json").out)
    assert {one["document"] for one in items} == {"S1", "S2"}
    assert all(one["answered_by"] or one["clues"] or one["ledger"] for one in items)
    said = run("rules", "list", "--coverage")
    assert "随意设置路障" in said.out.replace("\n", "")
    assert f"共 {len(items)} 项" in said.out


def test_a_skeleton_is_written_and_refused_until_it_is_finished(run: Run, tmp_path: Path) -> None:
    assert run("rules", "new", "notice.slow", *OPTIONS, "--law", "APL-2021", "--out", tmp_path).status == 0
    assert (tmp_path / "notice" / "slow.yaml").is_file()
    said = run("rules", "check", "--rules", tmp_path)
    assert said.status == 2
    assert "TODO" in said.err
    assert "Traceback" not in said.err


def test_a_skeleton_never_overwrites(run: Run, tmp_path: Path) -> None:
    words = ("rules", "new", "notice.slow", *OPTIONS, "--law", "APL-2021", "--out", tmp_path)
    assert run(*words).status == 0
    assert run(*words).status == 2


def test_every_mistake_of_a_skeleton_is_said_at_once(run: Run, tmp_path: Path) -> None:
    said = run("rules", "new", "Slow", *OPTIONS, "--law", "APL-2022", "--code", "NTC-05", "--out", tmp_path)
    assert said.status == 2
    assert all(word in said.err for word in ("Slow", "APL-2021", "NTC-05"))
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_can_be_asked_for_is_named(run: Run, tmp_path: Path) -> None:
    said = run("rules", "new", "notice.slow", "--reads", "notices", "--out", tmp_path)
    assert said.status == 2
    assert all(option in said.err.replace("\n", "") for option in ("--title-zh", "--force", "--law"))


def test_the_worked_example_of_the_guide_is_right(run: Run) -> None:
    said = run("rules", "check", "--rules", OWN)
    assert said.status == 0
    assert "5/5" in said.out


BROKEN = {
    "id: notice.delivered": ("id: notice.delivred", "delivered_in_fifteen_days"),
    "code: OWN-01": ("code: own1", "own1"),
    "en: A notice was slow": ("en: Check that a notice was slow", "Check"),
    "from: 2021-07-15": ("from: 2020-07-15", "2020-07-15"),
    "delivered_at: null": ('delivered_at: "2024-03-25 09:00"', "null"),
    "delivered_at: unknown": ("delivered_at: null", "unknown"),
    "zh: 核查邮寄和签收环节，缩短送达时间": ("zh: Look into it", "remedy.zh"),
    "issued_on, date(delivered_at)": ("issued_on, date(deliverd_at)", "delivered_at"),
}


@pytest.mark.parametrize("old", BROKEN)
def test_each_mistake_in_a_rule_is_named_with_its_line(run: Run, tmp_path: Path, old: str) -> None:
    new, said = BROKEN[old]
    text = next(OWN.rglob("*.yaml")).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "notice" / "delivered_in_fifteen_days.yaml"
    path.parent.mkdir()
    path.write_text(text.replace(old, new), encoding="utf-8")
    answer = run("rules", "check", "--rules", tmp_path)
    assert answer.status == 2
    assert said in answer.err.replace("\n", "")
    assert "line" in answer.err


def test_the_pages_are_written_in_both_languages(run: Run, tmp_path: Path) -> None:
    assert run("rules", "docs", "--out", tmp_path).status == 0
    for language in ("zh", "en"):
        assert "NTC-05" in (tmp_path / language / "notice.md").read_text(encoding="utf-8")
