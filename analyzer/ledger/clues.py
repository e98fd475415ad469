"""Clues (问题线索): what the hotline, petitions, media and inspections say, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from analyzer.ledger import history, reading
from analyzer.ledger.database import Writing
from analyzer.ledger.entry import Clue, Reported
from analyzer.ledger.history import Event
from analyzer.ledger.numbering import next_number, numbered
from analyzer.ledger.settings import keyed_hash
from analyzer.ledger.states import ClueState
from analyzer.ledger.tables import CLUE_LINKS, CLUES, ENTRIES
from analyzer.model import AnalyzerError, Problem, Text

SOURCES = ("12328", "petition", "media", "inspection", "self", "other")
PREFIX = "XS"
_CHANGEABLE = ("state", "handler", "result", "concluded_on", "replied_on", "is_satisfied", "category")
_C = CLUES.c


def clues(con: sa.Connection, states: Collection[str], source: str, entry: str) -> tuple[Clue, ...]:
    """Return clues. See `book.Ledger.clues`."""
    query = sa.select(CLUES).order_by(_C.id)
    if states:
        query = query.where(_C.state.in_([str(one) for one in states]))
    if source:
        query = query.where(_C.source == source)
    linked = _linked(con)
    found = [_clue(row, linked.get(row.id, ())) for row in con.execute(query)]
    return tuple(one for one in found if not entry or entry in one.entries)


def clue(con: sa.Connection, number: str) -> Clue:
    """Return one clue."""
    row = con.execute(sa.select(CLUES).where(_C.number == number.strip())).first()
    if row is None:
        cause = Text("没有这条线索", "there is no such clue")
        remedy = Text("用 analyzer ledger clue list 查看", "See analyzer ledger clue list")
        raise AnalyzerError(Problem(number, cause, remedy))
    return _clue(row, _linked(con, row.id).get(row.id, ()))


def add(write: Writing, said: Reported, by: str) -> Clue:
    """Enter one clue by hand."""
    if not said.content.strip():
        raise AnalyzerError(Problem("clue", Text("没有写线索内容", "the clue has no content")))
    _known_source(said.source)
    if said.clue_id and write.con.execute(sa.select(_C.id).where(_C.clue_id == said.clue_id)).first():
        raise AnalyzerError(Problem(said.clue_id, Text("这条线索已在台账里", "the ledger has this clue already")))
    number, event = _insert(write, said, by, next_number(write, CLUES, PREFIX))
    history.append(write, [event])
    return clue(write.con, number)


def take_over(write: Writing, said: Iterable[Reported], by: str) -> tuple[int, int, int]:
    """Take clues over from a table. See `book.Ledger.import_clues`."""
    known = {row.clue_id: row for row in write.con.execute(sa.select(CLUES).where(_C.clue_id.is_not(None)))}
    running, events = next_number(write, CLUES, PREFIX), []
    new = changed = same = 0
    for one in said:
        if one.clue_id not in known:
            _, event = _insert(write, one, by, running)
            running += 1
            new += 1
            events.append(event)
        elif event_of := _renew(write, known[one.clue_id], one, by):
            changed += 1
            events.append(event_of)
        else:
            same += 1
    history.append(write, events)
    return new, changed, same


def _insert(write: Writing, said: Reported, by: str, running: int) -> tuple[str, Event]:
    number = numbered(write, running, PREFIX)
    state = _state_said(said.status)
    row = {**_told(said), "number": number, "version": 1, "clue_id": said.clue_id, "state": str(state)}
    write.con.execute(CLUES.insert().values(row))
    shown = {"state": str(state), "source": said.source, "category": said.category, "received_on": said.received_on}
    shown["content"] = keyed_hash(write, said.content)  # the chain can never forget: it holds no one's words
    return number, Event(by, "clue", "clue", number, 1, new=shown)


def _told(said: Reported) -> dict[str, Any]:
    return {
        "source": said.source,
        "received_on": said.received_on,
        "agency_id": said.agency_id,
        "category": said.category,
        "category_said": said.category_said or said.category,
        "content": said.content,
        "status_said": said.status,
    }


def _renew(write: Writing, row: Any, said: Reported, by: str) -> Event | None:
    """Take over what its source says now; state, handler, result and category are people's."""
    told = {name: value for name, value in _told(said).items() if name != "category"}
    differing = {name: value for name, value in told.items() if value != getattr(row, name)}
    if not differing:
        return None
    write.con.execute(CLUES.update().where(_C.id == row.id).values(differing))
    shown = {name: value for name, value in differing.items() if name != "content"}
    if "content" in differing:
        shown["content"] = keyed_hash(write, said.content)
    old = {name: getattr(row, name) for name in shown if name != "content"}
    return Event(by, "clue", "clue", row.number, row.version, old=old, new=shown)


def _state_said(status: str) -> ClueState:
    """What the words of the source mean for the first state."""
    if any(word in status for word in ("未办结", "未结")):
        return ClueState.HANDLING
    if any(word in status for word in ("办结", "已结", "反馈", "已回复", "结案")):
        return ClueState.CONCLUDED
    return (
        ClueState.HANDLING
        if any(word in status for word in ("办理中", "在办", "调查", "核查中"))
        else ClueState.RECEIVED
    )


def handle(write: Writing, number: str, by: str, version: int | None, changes: Mapping[str, Any]) -> Clue:
    """Change one clue. See `book.Ledger.handle_clue`."""
    now = clue(write.con, number)
    if version is not None and version != now.version:
        cause = Text(
            f"其间已有改动（版本 {version} → {now.version}）", f"changed meanwhile (version {version} -> {now.version})"
        )
        raise AnalyzerError(
            Problem(number, cause, Text("请看过最新情况后再操作", "Look at it as it is now, then decide again"))
        )
    if unknown := set(changes) - set(_CHANGEABLE):
        raise ValueError(f"a clue has no {sorted(unknown)}")
    new = dict(changes)
    if "state" in new:
        new["state"] = ClueState(new["state"])
    _check(write, now, new)
    old = {name: getattr(now, name) for name in new}
    differing = {name: value for name, value in new.items() if value != old[name]}
    if not differing:
        raise AnalyzerError(Problem(number, Text("没有任何改动", "nothing would change")))
    values = {name: str(value) if name == "state" else value for name, value in differing.items()}
    write.con.execute(CLUES.update().where(_C.number == number).values(version=now.version + 1, **values))
    shown = {name: old[name] for name in differing}
    history.append(write, [Event(by, "clue", "clue", number, now.version + 1, old=shown, new=differing)])
    return clue(write.con, number)


def _check(write: Writing, now: Clue, new: dict[str, Any]) -> None:
    problems = []
    state = new.get("state", now.state)
    if state is ClueState.CONCLUDED and now.state is not ClueState.CONCLUDED:
        new.setdefault("concluded_on", write.today)
        if not (new.get("result") or now.result).strip():
            problems.append(Text("办结须写明办理结果", "concluding needs a result"))
    elif state is not ClueState.CONCLUDED and now.state is ClueState.CONCLUDED:
        new.setdefault("concluded_on", None)
    if state is not ClueState.CONCLUDED and new.get("concluded_on"):
        problems.append(Text("没有办结，不能有办结日期", "not concluded, so there is no date of it"))
    for name in ("concluded_on", "replied_on"):
        day = new.get(name)
        if isinstance(day, date) and now.received_on and day < now.received_on:
            problems.append(Text("日期早于收到日期", "the date lies before the day it was received"))
    if problems:
        raise AnalyzerError([Problem(now.number, one) for one in problems])


def link(write: Writing, number: str, entry: str, by: str) -> Clue:
    """Link a clue to an entry; both say so in the history."""
    one, problem = clue(write.con, number), reading.entry(write.con, entry)
    if problem.number in one.entries:
        return one
    ids = {
        "clue_id": sa.select(_C.id).where(_C.number == one.number).scalar_subquery(),
        "entry_id": sa.select(ENTRIES.c.id).where(ENTRIES.c.number == problem.number).scalar_subquery(),
    }
    write.con.execute(CLUE_LINKS.insert().values(ids))
    history.append(
        write,
        [
            Event(by, "link", "entry", problem.number, problem.version, new={"clue": one.number}),
            Event(by, "link", "clue", one.number, one.version, new={"entry": problem.number}),
        ],
    )
    return clue(write.con, number)


def _linked(con: sa.Connection, only: int | None = None) -> dict[int, tuple[str, ...]]:
    joined = sa.join(CLUE_LINKS, ENTRIES, CLUE_LINKS.c.entry_id == ENTRIES.c.id)
    query = sa.select(CLUE_LINKS.c.clue_id, ENTRIES.c.number).select_from(joined).order_by(ENTRIES.c.id)
    if only is not None:
        query = query.where(CLUE_LINKS.c.clue_id == only)
    found: dict[int, tuple[str, ...]] = {}
    for clue_id, number in con.execute(query):
        found[clue_id] = (*found.get(clue_id, ()), number)
    return found


def _known_source(source: str) -> None:
    if source not in SOURCES:
        words = ", ".join(SOURCES)
        cause = Text(f"没有线索来源 `{source}`", f"there is no source `{source}`")
        raise AnalyzerError(Problem("--source", cause, Text(f"可用：{words}", f"There are: {words}")))


def _clue(row: Any, entries: tuple[str, ...]) -> Clue:
    data = dict(row._mapping)
    del data["id"]
    return Clue(**{**data, "state": ClueState(row.state), "entries": entries})


__all__ = ["PREFIX", "SOURCES", "add", "clue", "clues", "handle", "link", "take_over"]
