"""A ledger that people filled in elsewhere, taken in again: their edits, nobody else's undone, all of it or nothing."""

from __future__ import annotations

from datetime import date

import pytest

from analyzer.ledger import Assign, Attach, Confirm, Edited, Ledger, Note, Plan, Proof, State
from analyzer.model import AnalyzerError
from analyzer.reports.masking import mask_sentence
from tests.ledger.conftest import Scans, make_found

A, B = "2023-0001", "2023-0002"


@pytest.fixture(autouse=True)
def two_problems(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a"), make_found("b"))


def row(number: str, version: int = 1, **values: str) -> Edited:
    return Edited(f"row {number[-1]}", number, version, values)


def test_a_whole_way_in_one_row(ledger: Ledger) -> None:
    edits = {"leader": "张局长", "unit": "治超科", "plan": "补检定", "deadline": "2023年6月30日", "note": "已核实"}
    done = ledger.take_edits(
        [row(A, state="整改中", **edits), row(B, state="Not a problem", reason="照片齐全")], by="li"
    )
    assert done.done == (A, B)
    one = ledger.entry(A)
    assert (one.state, one.leader, one.unit, one.deadline) == (State.RECTIFYING, "张局长", "治超科", date(2023, 6, 30))
    assert (ledger.entry(B).state, ledger.entry(B).reason) == (State.REJECTED, "照片齐全")
    assert [line.what for line in ledger.history(A)] == ["found", "confirm", "assign", "plan", "note"]
    closed = row(A, one.version, state="已销号", reason="已检定", proofs="证书1号；回执")
    ledger.take_edits([closed], by="li")
    assert [proof.reference for proof in ledger.proofs(A)] == ["证书1号", "回执"]
    assert ledger.entry(A).state is State.CLOSED
    assert ledger.verify().holds


def test_unchanged_rows_are_no_edits_whatever_happened_since(ledger: Ledger) -> None:
    exported = row(A, 1, state="待核查", leader="", plan="", deadline="", reason="")
    ledger.act(A, Confirm(), by="wang")
    ledger.act(A, Assign(leader="张局长"), by="wang")
    assert ledger.take_edits([exported], by="li").done == ()
    assert ledger.entry(A).leader == "张局长", "what others did is not undone"


def test_conflicts_are_named_row_by_row_and_nothing_is_half_done(ledger: Ledger) -> None:
    ledger.act(B, Assign(leader="王局长"), by="wang")
    rows = [row(A, leader="张局长"), row(B, leader="李局长"), row("2023-0077", leader="x"), row(A, leader="张局长")]
    with pytest.raises(AnalyzerError) as error:
        ledger.take_edits(rows, by="li")
    places = [one.place for one in error.value.problems]
    assert places == ["row 1", "row 2 2023-0002", "row 7 2023-0077"], "0001 stands there twice"
    assert "wang" in error.value.say("zh")
    assert ledger.entry(A).version == 1
    assert ledger.verify().holds


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "已销号", "reason": "x"}, "整改中"),
        ({"state": "不属实"}, "理由"),
        ({"state": "整改中"}, "到不了"),
        ({"state": "暂缓处理", "reason": "x"}, "暂缓至"),
        ({"state": "办结"}, "没有状态"),
        ({"deadline": "下个月"}, "不是日期"),
        ({"deadline": "2023-13-01"}, "不是日期"),
        ({"reason": "只有理由"}, "只改了理由"),
        ({"deadline": "2023-06-30"}, "待核查"),
    ],
)
def test_what_a_row_cannot_do(ledger: Ledger, values: dict[str, str], said: str) -> None:
    with pytest.raises(AnalyzerError) as error:
        ledger.take_edits([row(A, **values)], by="li")
    assert said in error.value.say("zh")
    assert ledger.entry(A).version == 1


def test_a_dry_run_changes_nothing(ledger: Ledger) -> None:
    assert ledger.take_edits([row(A, leader="张局长")], by="li", dry_run=True).done == (A,)
    assert ledger.entry(A).version == 1
    assert ledger.verify().holds


def test_a_masked_cell_that_comes_back_is_no_edit(ledger: Ledger) -> None:
    ledger.act(A, Confirm(), by="li")
    ledger.act(A, Plan(plan="通知豫M12345车主"), by="li")
    ledger.act(A, Attach((Proof("豫M12345照片"),)), by="li")
    back = row(A, 3, plan=mask_sentence("通知豫M12345车主"), proofs=mask_sentence("豫M12345照片"))
    assert back.values["plan"] == "通知豫M***45车主"
    assert ledger.take_edits([back], by="li", shown=mask_sentence).done == ()
    assert ledger.entry(A).plan == "通知豫M12345车主"


def test_an_edit_on_an_older_version_is_held_against_that_version(ledger: Ledger) -> None:
    """A note since then is no change; another person's leader is."""
    ledger.act(A, Note("x"), by="wang")
    assert ledger.take_edits([row(A, 1, leader="张局长")], by="li").done == (A,)
    with pytest.raises(AnalyzerError, match="changed meanwhile"):
        ledger.take_edits([row(A, 1, leader="李局长")], by="zhao")
    assert ledger.take_edits([row(A, 1, leader="")], by="zhao").done == (), "empty then, untouched now"
