"""A ledger workbook that people worked on, taken in again: row by row against the version it was made from, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from analyzer.ledger import deciding, history, reading
from analyzer.ledger.actions import (
    Account,
    Action,
    Assign,
    Attach,
    Close,
    Confirm,
    Edited,
    Note,
    Plan,
    Proof,
    Reject,
    Reopen,
    Suppress,
)
from analyzer.ledger.database import Writing
from analyzer.ledger.entry import BulkResult, Entry
from analyzer.ledger.history import Event
from analyzer.ledger.states import STATE_TITLES, State
from analyzer.ledger.tables import HISTORY
from analyzer.model import AnalyzerError, Problem, Text

FIELDS = ("state", "leader", "responsible", "unit", "plan", "deadline", "suppressed_until", "accountability", "reason")
"""The fields that a row may change, besides `proofs` (new ones are added) and `note`."""

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0?0:00(?::00)?)?")
_PROOFS = re.compile(r"\s*[;；\n]\s*")
_DAYS = {"deadline", "suppressed_until"}


@dataclass(frozen=True, slots=True)
class How:
    """How cells are read: `shown` made what people saw, `proof` makes a proof of a reference."""

    shown: Callable[[str], str] = str
    proof: Callable[[str], Proof] = Proof


def take_edits(write: Writing, rows: Sequence[Edited], by: str, dry_run: bool, how: How) -> BulkResult:
    """Take rows in. See `book.Ledger.take_edits`."""
    savepoint = write.con.begin_nested()
    problems: list[Problem] = _twice(rows)
    events: list[Event] = []
    rules = deciding.rules_of(write)
    done = []
    for row in rows:
        try:
            now = _row_entry(write, row)
            edits = _edits(row, _as_it_was(write, now, row.version), _attached(write, now), how)
            if not edits:
                continue
            deciding.held_against(write.con, now, row.version)
            for action in _actions(now, edits, how):
                events.append(deciding.apply(write, now, action, by, rules))
                now = reading.entry(write.con, now.number)
            _reached(now, edits)
            done.append(now.number)
        except AnalyzerError as error:
            problems += [Problem(f"{row.place} {row.number}".strip(), one.cause, one.remedy) for one in error.problems]
    if problems:
        raise AnalyzerError(problems)
    if dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
        history.append(write, events)
    return BulkResult(tuple(done))


def _twice(rows: Sequence[Edited]) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    for row in rows:
        if row.number in seen:
            cause = Text(
                f"编号 {row.number} 在 {seen[row.number]} 已出现", f"{row.number} stands at {seen[row.number]} already"
            )
            problems.append(Problem(row.place, cause))
        seen.setdefault(row.number, row.place)
    return problems


def _row_entry(write: Writing, row: Edited) -> Entry:
    now = reading.entry(write.con, row.number)
    if row.version > now.version:
        raise deciding.Conflict(deciding.conflict(write.con, now, row.version))
    return now


def _as_it_was(write: Writing, now: Entry, version: int) -> dict[str, str]:
    """The fields of an entry at an earlier version: what was written since is taken back, newest first."""
    fields = {name: _said(getattr(now, name)) for name in FIELDS}
    if version == now.version:
        return fields
    query = sa.select(HISTORY).where(HISTORY.c.subject == now.number, HISTORY.c.version > version)
    for row in write.con.execute(query.order_by(HISTORY.c.seq.desc())):
        fields |= {name: _said(value) for name, value in history.line(row).old.items() if name in fields}
    return fields


def _said(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value).strip()


def _attached(write: Writing, now: Entry) -> frozenset[str]:
    return frozenset(one.reference for one in reading.proofs(write.con, now.number))


def _edits(row: Edited, was: Mapping[str, str], proofs: frozenset[str], how: How) -> dict[str, Any]:
    """What the row says differently from the entry that it was made from, each value read."""
    found: dict[str, Any] = {}
    for name in FIELDS:
        if name not in row.values:
            continue
        cell = row.values[name].strip()
        value = _read(name, cell)
        if _said(value) != was[name] and cell != how.shown(was[name]).strip():
            found[name] = value
    known = proofs | {how.shown(one) for one in proofs}
    if new := [one for one in _PROOFS.split(row.values.get("proofs", "").strip()) if one and one not in known]:
        found["proofs"] = new
    if note := row.values.get("note", "").strip():
        found["note"] = note
    return found


def _read(name: str, cell: str) -> Any:
    if name == "state":
        return state_of(cell)
    if name not in _DAYS:
        return cell
    if not cell:
        return None
    if match := _DAY.fullmatch(cell):
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            pass
    raise AnalyzerError(
        Problem(
            "", Text(f"`{cell}` 不是日期", f"`{cell}` is no date"), Text("写成 2026-12-31", "Write it as 2026-12-31")
        )
    )


def state_of(word: str) -> State:
    """Return the state that a word names, in either language; raise `AnalyzerError` for any other word."""
    for state, title in STATE_TITLES.items():
        if word.strip().casefold() in (state.value, title.zh, title.en.casefold()):
            return state
    words_zh, words_en = "、".join(one.zh for one in STATE_TITLES.values()), ", ".join(State)
    cause = Text(f"没有状态 `{word}`", f"there is no state `{word}`")
    raise AnalyzerError(Problem("", cause, Text(f"可用：{words_zh}", f"There are: {words_en}")))


def _actions(now: Entry, edits: Mapping[str, Any], how: How) -> list[Action]:
    """The actions that a row's edits come to, in an order in which they are possible."""
    reason = edits.get("reason", "")
    target = edits.get("state", now.state)
    proofs = tuple(how.proof(one) for one in edits.get("proofs", ()))
    actions: list[Action] = []
    if step := _step(now.state, target, reason, edits.get("suppressed_until")):
        actions.append(step)
    if people := {name: edits[name] for name in ("leader", "responsible", "unit") if name in edits}:
        actions.append(Assign(**people))
    if "plan" in edits or "deadline" in edits:
        actions.append(Plan(edits.get("plan"), edits.get("deadline"), reason))
    if "accountability" in edits:
        actions.append(Account(edits["accountability"]))
    if target is State.CLOSED and now.state is not State.CLOSED:
        actions.append(Close(reason, proofs))
    elif proofs:
        actions.append(Attach(proofs))
    if "note" in edits:
        actions.append(Note(edits["note"]))
    if not actions and "reason" in edits:
        cause = Text("只改了理由，状态没有变", "only the reason was changed, the state was not")
        raise AnalyzerError(Problem("", cause, Text("补充说明请写在备注栏", "Write a note instead")))
    return actions


def _step(state: State, target: State, reason: str, until: date | None) -> Action | None:
    """The decision that leads from one state to another; measures and closing come later."""
    if state is target:
        return None
    if target in (State.REJECTED, State.CHECKING):
        return Reject(reason)
    if target is State.SUPPRESSED:
        if until is None:
            raise AnalyzerError(Problem("", Text("暂缓处理须写明暂缓至哪一天", "putting aside needs a last day")))
        return Suppress(reason, until)
    if target is State.PENDING or (target is State.CONFIRMED and state is State.CLOSED):
        return Reopen(reason)
    if target in (State.CONFIRMED, State.RECTIFYING) and state in (State.PENDING, State.CHECKING):
        return Confirm(reason)
    return Confirm(reason) if target is State.CONFIRMED else None


def _reached(now: Entry, edits: Mapping[str, Any]) -> None:
    target = edits.get("state")
    if target is None or now.state is target or {now.state, target} == {State.CHECKING, State.REJECTED}:
        return
    if target is State.CONFIRMED and now.state is State.RECTIFYING:
        return  # confirmed with measures and deadline in the same row
    cause = Text(
        f"到不了“{target.label.zh}”，现在是“{now.state.label.zh}”",
        f"“{target.label.en}” is not reached; it is “{now.state.label.en}”",
    )
    remedy = Text("整改中需要整改措施和时限", "Being rectified needs measures and a deadline")
    raise AnalyzerError(Problem("", cause, remedy))


__all__ = ["FIELDS", "How", "state_of", "take_edits"]
