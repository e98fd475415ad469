"""The history: append-only lines, each carrying the hash of the one before it.

A line's hash is sha256 over the canonical JSON of the line without its hash: keys sorted, no blanks, UTF-8. Whoever changes,
drops or inserts a line breaks the chain there; whoever cuts off its end is found by a hash that was noted before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from analyzer.ledger.database import Writing
from analyzer.ledger.entry import Line
from analyzer.ledger.tables import HISTORY

START = "0" * 64
"""What the first line carries as the hash before it."""

_HASHED = ("seq", "at", "by", "what", "about", "subject", "version", "old", "new", "reason", "run_id", "previous")
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be written down: who did what to which subject (an entry's number, a clue's, an account's name)."""

    by: str
    what: str
    about: str
    subject: str
    version: int = 0
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    run_id: str = ""


def append(write: Writing, events: Sequence[Event]) -> None:
    """Add lines to the history, in order, inside the transaction of `write`."""
    seq, previous = head(write.con)
    rows: list[dict[str, Any]] = []
    for event in events:
        seq += 1
        row = _row(event, seq, write.at, previous)
        previous = row["hash"]
        rows.append(row)
        if len(rows) == _BATCH:
            write.con.execute(HISTORY.insert(), rows)
            rows = []
    if rows:
        write.con.execute(HISTORY.insert(), rows)


def _row(event: Event, seq: int, at: str, previous: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "seq": seq,
        "at": at,
        "by": event.by,
        "what": event.what,
        "about": event.about,
        "subject": event.subject,
        "version": event.version,
        "old": canonical(event.old),
        "new": canonical(event.new),
        "reason": event.reason,
        "run_id": event.run_id,
        "previous": previous,
    }
    row["hash"] = hash_of(row)
    return row


def hash_of(row: Mapping[str, Any]) -> str:
    """Return the hash of a line, over everything in it but the hash."""
    return hashlib.sha256(canonical({name: row[name] for name in _HASHED}).encode()).hexdigest()


def canonical(data: Mapping[str, Any]) -> str:
    """Return data as JSON of which there is one form only."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def head(con: sa.Connection) -> tuple[int, str]:
    """Return number and hash of the last line."""
    query = sa.select(HISTORY.c.seq, HISTORY.c.hash).order_by(HISTORY.c.seq.desc()).limit(1)
    row = con.execute(query).first()
    return (row.seq, row.hash) if row else (0, START)


def lines(con: sa.Connection, subject: str | None, limit: int | None) -> tuple[Line, ...]:
    """Return lines, oldest first. See `book.Ledger.history`."""
    query = sa.select(HISTORY)
    if subject is not None:
        query = query.where(HISTORY.c.subject == subject)
    if limit is not None:
        newest = query.order_by(HISTORY.c.seq.desc()).limit(limit)
        return tuple(line(row) for row in reversed(con.execute(newest).all()))
    return tuple(line(row) for row in con.execute(query.order_by(HISTORY.c.seq)))


def line(row: Any) -> Line:
    """Return a row of the table as a line."""
    data = dict(row._mapping)
    data["old"], data["new"] = json.loads(data["old"]), json.loads(data["new"])
    return Line(**data)


__all__ = ["START", "Event", "append", "canonical", "hash_of", "head", "line", "lines"]
