"""Clues: entered, taken over, handled, linked to problems."""

from __future__ import annotations

from datetime import date

import pytest

from analyzer.ledger import ClueState, Ledger, Reported
from analyzer.model import AnalyzerError
from tests.ledger.conftest import Scans, make_found

SAID = Reported("12328", date(2023, 5, 1), "stops", "被拦", "01", "X1", "办理中", "随意拦车")


def test_taking_over_again_keeps_what_people_noted(ledger: Ledger) -> None:
    done = Reported("petition", date(2023, 5, 1), "other", "已答复", None, "X2", "已办结")
    assert ledger.import_clues([SAID, done], by="li") == (2, 0, 0)
    one, two = ledger.clues()
    assert (one.number, one.state, one.category_said) == ("XS2023-0001", ClueState.HANDLING, "随意拦车")
    assert two.state is ClueState.CONCLUDED
    ledger.handle_clue(one.number, by="li", handler="赵六", category="manner")
    changed = Reported("12328", date(2023, 5, 1), "stops", "被拦两次", "01", "X1", "待办", "随意拦车")
    assert ledger.import_clues([changed, done], by="li") == (0, 1, 1)
    one = ledger.clue(one.number)
    assert (one.content, one.handler, one.category, one.state) == ("被拦两次", "赵六", "manner", ClueState.HANDLING)
    assert ledger.verify().holds


def test_handling(ledger: Ledger) -> None:
    clue = ledger.add_clue(SAID, by="li")
    with pytest.raises(AnalyzerError, match="needs a result"):
        ledger.handle_clue(clue.number, by="li", state="concluded")
    clue = ledger.handle_clue(clue.number, by="li", version=1, state="concluded", result="属实", is_satisfied=True)
    assert (clue.concluded_on, clue.is_satisfied, clue.version) == (date(2023, 5, 2), True, 2)
    with pytest.raises(AnalyzerError, match="changed meanwhile"):
        ledger.handle_clue(clue.number, by="wang", version=1, result="不属实")
    with pytest.raises(AnalyzerError, match="before the day"):
        ledger.handle_clue(clue.number, by="li", replied_on=date(2023, 4, 1))
    assert ledger.handle_clue(clue.number, by="li", state="handling").concluded_on is None
    with pytest.raises(AnalyzerError, match="ledger has this clue"):
        ledger.add_clue(SAID, by="li")
    with pytest.raises(AnalyzerError, match="no source"):
        ledger.add_clue(Reported("radio", None, "other", "x"), by="li")


def test_links_go_both_ways(ledger: Ledger, scan: Scans) -> None:
    scan(make_found("a"))
    clue = ledger.add_clue(SAID, by="li")
    assert ledger.link_clue(clue.number, "2023-0001", by="li").entries == ("2023-0001",)
    assert ledger.link_clue(clue.number, "2023-0001", by="li").entries == ("2023-0001",), "once"
    assert [one.number for one in ledger.clues(entry="2023-0001")] == [clue.number]
    assert ledger.history("2023-0001")[-1].new == {"clue": clue.number}
    proved = ledger.add("随意拦车", by="li", category="stops", clue=clue.number)
    assert proved.origin == "clue"
    assert ledger.clue(clue.number).entries == ("2023-0001", proved.number)
    with pytest.raises(AnalyzerError):
        ledger.link_clue("XS2023-0009", "2023-0001", by="li")
