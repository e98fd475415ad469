"""New entries: their running numbers, and problems that a person enters by hand."""

from __future__ import annotations

from typing import Any

from analyzer.ledger import clues, history, reading
from analyzer.ledger.database import Writing
from analyzer.ledger.entry import Entry
from analyzer.ledger.history import Event
from analyzer.ledger.numbering import next_number, numbered
from analyzer.ledger.states import Presence, State
from analyzer.ledger.tables import ENTRIES
from analyzer.model import AnalyzerError, Problem, Severity, Text


def severity_rank(severity: str) -> int:
    """Return 0 for the gravest severity; unknown ones come last."""
    return Severity(severity).rank if severity in list(Severity) else len(Severity)


def first_state(write: Writing) -> dict[str, Any]:
    """Return the fields that every new entry starts with."""
    return {"version": 1, "state": str(State.PENDING), "presence": str(Presence.PRESENT), "found_on": write.today}


def add(
    write: Writing,
    problem: str,
    by: str,
    severity: str,
    category: str | None,
    agency_id: str | None,
    agency: str,
    explanation: str,
    clue: str | None,
) -> Entry:
    """Enter a problem by hand. See `book.Ledger.add`."""
    if not problem.strip() or not by.strip():
        raise AnalyzerError(Problem("add", Text("须写明问题和录入人", "the problem and who enters it are needed")))
    if severity not in list(Severity):
        words = ", ".join(Severity)
        cause = Text(f"`{severity}` 不是严重程度", f"`{severity}` is no severity")
        raise AnalyzerError(Problem("--severity", cause, Text(f"可用：{words}", f"There are: {words}")))
    number = numbered(write, next_number(write, ENTRIES))
    row = {
        **first_state(write),
        "number": number,
        "origin": "clue" if clue else "hand",
        "category": category,
        "verdict": "review",
        "severity": severity,
        "severity_rank": severity_rank(severity),
        "force": "policy",
        "agency_id": agency_id,
        "agency": agency,
        "problem_zh": problem.strip(),
        "problem_en": problem.strip(),
        "explanation_zh": explanation.strip(),
        "explanation_en": explanation.strip(),
    }
    write.con.execute(ENTRIES.insert().values(row))
    said = {"state": str(State.PENDING), "severity": severity, "verdict": "review"}
    history.append(write, [Event(by, "add", "entry", number, 1, new=said)])
    if clue:
        clues.link(write, clue, number, by)
    return reading.entry(write.con, number)


__all__ = ["add", "first_state", "severity_rank"]
