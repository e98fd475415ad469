"""A person's action on entries: may it be done, what does it change, and is the entry still the one that they saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa

from analyzer.ledger import history, reading
from analyzer.ledger.actions import (
    Action,
    Note,
    Proof,
)
from analyzer.ledger.database import Writing
from analyzer.ledger.decisions import Case, Rules, changes_of
from analyzer.ledger.entry import BulkResult, Entry, Filter
from analyzer.ledger.history import Event
from analyzer.ledger.settings import settings
from analyzer.ledger.states import State, next_state
from analyzer.ledger.tables import ENTRIES, HISTORY, PROOFS
from analyzer.ledger.words import action_title, changes_in_words
from analyzer.model import AnalyzerError, Problem, Text

_MANY = 500


class Unchanged(AnalyzerError):  # noqa: N818 - nothing went wrong
    """The entry is as the action wants it already."""


class Conflict(AnalyzerError):  # noqa: N818 - it is told to people as what it is
    """The entry is not as the person saw it any more; the problem says what changed meanwhile."""


def rules_of(write: Writing) -> Rules:
    """Return what holds in this transaction."""
    return Rules(write.today, bool(settings(write.con)["second_person"]))


def act(write: Writing, number: str, action: Action, by: str, version: int | None) -> Entry:
    """Do one action. See `book.Ledger.act`."""
    now = reading.entry(write.con, number)
    held_against(write.con, now, version)
    history.append(write, [apply(write, now, action, by, rules_of(write))])
    return reading.entry(write.con, number)


def bulk(
    write: Writing, which: Filter | Sequence[str], action: Action, by: str, versions: Mapping[str, int], skip: bool
) -> BulkResult:
    """Do one action to many. See `book.Ledger.bulk`."""
    refused: list[Problem] = []
    meant = _meant(write, which, refused)
    if not meant and not refused:
        raise AnalyzerError(Problem("--filter", Text("没有符合条件的问题", "no problem is meant by the filter")))
    events, rules, same = [], rules_of(write), list[Problem]()
    for one in meant:
        try:
            held_against(write.con, one, versions.get(one.number))
            events.append(apply(write, one, action, by, rules))
        except Unchanged as error:
            same += error.problems
        except AnalyzerError as error:
            refused += error.problems
    if refused and not skip:
        raise AnalyzerError(refused)
    if same and not events and not refused:
        raise AnalyzerError(same)
    history.append(write, events)
    return BulkResult(tuple(one.subject for one in events), tuple((one.place, one.cause) for one in refused))


def _meant(write: Writing, which: Filter | Sequence[str], refused: list[Problem]) -> list[Entry]:
    if isinstance(which, Filter):
        return list(reading.every(write.con, which, write.today))
    numbers = list(dict.fromkeys(which))
    found: dict[str, Entry] = {}
    for start in range(0, len(numbers), _MANY):
        part = Filter(numbers=tuple(numbers[start : start + _MANY]))
        found |= {one.number: one for one in reading.every(write.con, part, write.today)}
    refused += [reading.unknown(write.con, number) for number in numbers if number not in found]
    return [found[number] for number in numbers if number in found]


def held_against(con: sa.Connection, now: Entry, version: int | None) -> None:
    """Raise `Conflict` when the entry has been changed since `version`."""
    if version is None or version == now.version:
        return
    raise Conflict(conflict(con, now, version))


def conflict(con: sa.Connection, now: Entry, version: int) -> Problem:
    """The problem of an entry that was changed since `version`: by whom, when, what. No text that people wrote is in it."""
    if version > now.version:
        cause = Text(
            f"没有版本 {version}，现在是 {now.version}", f"there is no version {version}; it is {now.version} now"
        )
        return Problem(now.number, cause)
    query = sa.select(HISTORY).where(HISTORY.c.subject == now.number, HISTORY.c.version > version)
    said = [history.line(row) for row in con.execute(query.order_by(HISTORY.c.seq))]
    zh, en = [], []
    for one in said:
        title, what = action_title(one.what), changes_in_words(one.old, one.new)
        when = one.at.replace("T", " ")
        zh.append(f"{one.by} 于 {when} {title.zh}（{what.zh}）")
        en.append(f"{one.by} on {when}: {title.en} ({what.en})")
    cause = Text(
        f"其间已有改动（版本 {version} → {now.version}）：{'；'.join(zh)}",
        f"changed meanwhile (version {version} -> {now.version}): {'; '.join(en)}",
    )
    return Problem(now.number, cause, Text("请看过最新情况后再操作", "Look at it as it is now, then decide again"))


def apply(write: Writing, now: Entry, action: Action, by: str, rules: Rules) -> Event:
    """Check one action, carry it out, and return what is to be written down."""
    if not by.strip():
        raise AnalyzerError(Problem("--by", Text("没有说明是谁操作的", "who does it is not said")))
    state = next_state(action.name, now.state, now.number)
    new = changes_of(Case(now, action, state, by, rules))
    proofs: tuple[Proof, ...] = getattr(action, "proofs", ())
    note = action.text if isinstance(action, Note) else ""
    if not proofs and not note and all(value == getattr(now, name) for name, value in new.items()):
        raise Unchanged(Problem(now.number, Text("没有任何改动", "nothing would change")))
    written = Event(by, action.name, "entry", now.number, reason=getattr(action, "reason", ""))
    event = changed(write, now, new, written, counts=bool(new))  # a note or a proof gets in nobody's way
    more: dict[str, Any] = {}
    if proofs:
        _attach(write, now.number, proofs, by)
        more["proofs"] = [{"reference": one.reference, "sha256": one.sha256} for one in proofs]
    if note:
        more["note"] = note
    return Event(by, event.what, "entry", now.number, event.version, event.old, {**event.new, **more}, event.reason)


class Counted(Protocol):
    """What is changed: an entry, or as much of it as the change needs."""

    @property
    def number(self) -> str:
        """The entry's number."""

    @property
    def version(self) -> int:
        """The entry's version."""

    @property
    def record_count(self) -> int:
        """How many records the problem has."""


def changed(write: Writing, now: Counted, new: Mapping[str, Any], event: Event, *, counts: bool = True) -> Event:
    """Write the fields that differ into the entry; return the event with their old and new values and the version.

    `counts=False` leaves the version: the change is no decision and must not get in anyone's way.
    """
    old = {name: getattr(now, name) for name in new}
    differing = {name: value for name, value in new.items() if value != old[name]}
    version = now.version + 1 if counts else now.version
    values: dict[str, Any] = {**differing, "version": version}
    if "state" in differing:
        values |= {"decided_by": event.by, "decided_at": write.at, "settled_records": _settled(now, differing["state"])}
    values = {name: str(value) if isinstance(value, StrEnum) else value for name, value in values.items()}
    write.con.execute(ENTRIES.update().where(ENTRIES.c.number == now.number).values(values))
    return Event(
        event.by, event.what, event.about, event.subject, version,
        {name: old[name] for name in differing}, differing, event.reason, event.run_id,
    )  # fmt: skip


def _settled(now: Counted, state: State) -> int | None:
    return now.record_count if state in (State.CLOSED, State.REJECTED) else None


def _attach(write: Writing, number: str, proofs: Sequence[Proof], by: str) -> None:
    entry = sa.select(ENTRIES.c.id).where(ENTRIES.c.number == number).scalar_subquery()
    rows = [
        {"at": write.at, "by": by, "reference": one.reference.strip(), "sha256": one.sha256, "entry_id": entry}
        for one in proofs
    ]
    for row in rows:
        write.con.execute(PROOFS.insert().values(row))


__all__ = ["Conflict", "Unchanged", "act", "apply", "bulk", "changed", "conflict", "held_against", "rules_of"]
