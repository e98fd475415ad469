"""Entries brought up to date with the findings of an audit. What a person decided is theirs: the scan tells, and reopens
only what was closed and came back (屡查屡犯), and what was put aside until a day that is over.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from analyzer.ledger import deciding, history
from analyzer.ledger.database import Writing
from analyzer.ledger.entering import first_state, severity_rank
from analyzer.ledger.entry import Followed, Found
from analyzer.ledger.history import Event
from analyzer.ledger.numbering import next_number, numbered
from analyzer.ledger.states import Presence, State
from analyzer.ledger.tables import ENTRIES, RUNS
from analyzer.model import AnalyzerError, Problem, Text

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Scan:
    """The audit that is followed. `rules` are those that gave an answer; None stands for all."""

    run_id: str
    as_of: date
    rules: frozenset[str] | None
    by: str
    older: bool

    def judged(self, rule: str | None, seen: frozenset[str]) -> bool:
        """Whether the audit says anything of a rule's findings."""
        return self.rules is None or rule in self.rules or rule in seen


@dataclass
class _Tally:
    new: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0
    came_back: int = 0
    expired: int = 0
    not_judged: int = 0
    events: list[Event] = field(default_factory=list)


def follow(write: Writing, scan: Scan, found: Sequence[Found], unchanged: frozenset[str]) -> Followed:
    """Follow one audit. See `book.Ledger.follow`."""
    if write.con.execute(sa.select(RUNS.c.run_id).order_by(RUNS.c.id.desc()).limit(1)).scalar() == scan.run_id:
        return Followed(0, len(found) + len(unchanged), 0, 0, 0, 0, 0, 0, already=True)
    _not_older(write, scan)
    tally = _Tally()
    known = {one.finding_id: one for one in _read(write, ENTRIES.c.finding_id.is_not(None))}
    seen = {one.finding_id for one in found} | unchanged
    if missing := unchanged - known.keys():
        raise ValueError(f"{len(missing)} findings are called unchanged, but the ledger does not know them")
    _enter(write, scan, [one for one in found if one.finding_id not in known], tally)
    _renew(write, scan, [one for one in found if one.finding_id in known], known, tally)
    rules = frozenset(entry.rule for key, entry in known.items() if key in seen and entry.rule)
    _compare(write, scan, known, seen, rules, tally)
    _expire(write, scan, tally)
    _mark_seen(write, scan, rules)
    result = Followed(
        tally.new, len(seen) - tally.new, tally.changed, tally.gone, tally.back, tally.came_back, tally.expired,
        tally.not_judged,
    )  # fmt: skip
    write.con.execute(RUNS.insert().values(run_id=scan.run_id, as_of=scan.as_of, at=write.at))
    counts = {
        name: getattr(result, name) for name in ("new", "still", "changed", "gone", "back", "came_back", "expired")
    }
    said = Event(scan.by, "follow", "run", scan.run_id, new={"as_of": scan.as_of, **counts}, run_id=scan.run_id)
    history.append(write, [*tally.events, said])
    return result


def _not_older(write: Writing, scan: Scan) -> None:
    last = write.con.execute(sa.select(sa.func.max(RUNS.c.as_of))).scalar()
    if last is None or scan.as_of >= last or scan.older:
        return
    cause = Text(
        f"台账已跟进到 {last} 的审核，这次的基准日是 {scan.as_of}",
        f"the ledger has followed an audit as of {last}; this one is as of {scan.as_of}",
    )
    remedy = Text("确实要跟进较早的审核时加 --older", "Add --older if the earlier audit is really meant")
    raise AnalyzerError(Problem(scan.run_id, cause, remedy))


@dataclass(frozen=True, slots=True)
class _Known:
    """What of an entry the scan is held against."""

    finding_id: str
    number: str
    version: int
    rule: str | None
    state: State
    presence: Presence
    verdict: str
    severity: str
    ended_on: date | None
    record_count: int
    closed_on: date | None
    deadline: date | None
    suppressed_until: date | None
    gone_on: date | None
    times_repeated: int
    repeated_on: date | None
    reason: str


_COLUMNS = [ENTRIES.c[one.name] for one in fields(_Known)]


def _read(write: Writing, *where: sa.ColumnElement[bool]) -> list[_Known]:
    rows = write.con.execute(sa.select(*_COLUMNS).where(*where).order_by(ENTRIES.c.id))
    return [_Known(**{**row._mapping, "state": State(row.state), "presence": Presence(row.presence)}) for row in rows]


def _enter(write: Writing, scan: Scan, found: Sequence[Found], tally: _Tally) -> None:
    """New findings become entries, the gravest first."""
    running = next_number(write, ENTRIES)
    order = sorted(
        found, key=lambda one: (severity_rank(one.severity), one.rule, one.started_on or date.min, one.finding_id)
    )
    rows = []
    for one in order:
        number = numbered(write, running)
        running += 1
        rows.append(
            {**first_state(write), **_fields(one), "number": number, "origin": "finding", "last_seen_on": scan.as_of}
        )
        said = {"state": str(State.PENDING), "verdict": one.verdict, "severity": one.severity, "rule": one.rule}
        tally.events.append(Event(scan.by, "found", "entry", number, 1, new=said, run_id=scan.run_id))
        if len(rows) == _BATCH:
            write.con.execute(ENTRIES.insert(), rows)
            rows = []
    if rows:
        write.con.execute(ENTRIES.insert(), rows)
    tally.new = len(order)


def _fields(one: Found) -> dict[str, Any]:
    texts = {"subject": one.subject, "problem": one.problem, "explanation": one.explanation, "remedy": one.remedy}
    return {
        "finding_id": one.finding_id,
        "fingerprint": one.fingerprint,
        "rule": one.rule,
        "family": one.family,
        "verdict": one.verdict,
        "severity": one.severity,
        "severity_rank": severity_rank(one.severity),
        "force": one.force,
        "subject_kind": one.subject_kind,
        "agency_id": one.agency_id,
        "agency": one.agency,
        "station_id": one.station_id,
        "started_on": one.started_on,
        "ended_on": one.ended_on,
        "record_count": one.record_count,
        "amount_fen": one.amount_fen,
        "record_keys": json.dumps(one.record_keys, ensure_ascii=False),
        **{f"{name}_zh": text.zh for name, text in texts.items()},
        **{f"{name}_en": text.en for name, text in texts.items()},
    }


def _renew(write: Writing, scan: Scan, found: Sequence[Found], known: dict[str, _Known], tally: _Tally) -> None:
    """Take over what the findings say now. Another answer or severity is a change that is told; more records are not."""
    rows = [{"key": known[one.finding_id].number, **_fields(one)} for one in found]
    query = ENTRIES.update().where(ENTRIES.c.number == sa.bindparam("key"))
    names = [name for name in rows[0] if name != "key"] if rows else []
    for start in range(0, len(rows), _BATCH):
        write.con.execute(query.values({name: sa.bindparam(name) for name in names}), rows[start : start + _BATCH])
    for one in found:
        before = known[one.finding_id]
        now = replace(before, ended_on=one.ended_on, record_count=one.record_count)
        if (one.verdict, one.severity) != (before.verdict, before.severity):
            new = {"verdict": one.verdict, "severity": one.severity}
            now = _after(now, tally, deciding.changed(write, now, new, _said(scan, "changed", now)))
            tally.changed += 1
        if now.state is State.CLOSED and _after_closing(before, now):
            now = _reopen(write, scan, now, tally)
        known[one.finding_id] = now


def _after(entry: _Known, tally: _Tally, event: Event) -> _Known:
    """Keep what is to be written down, and return the entry as it is after it."""
    tally.events.append(event)
    return replace(entry, version=event.version, **event.new)


def _after_closing(before: _Known, now: _Known) -> bool:
    """Whether the problem went on after it was closed: it has records that are dated after that day."""
    if now.closed_on is None or now.ended_on is None or now.ended_on <= now.closed_on:
        return False
    return before.ended_on is None or now.ended_on > before.ended_on


def _compare(
    write: Writing, scan: Scan, known: Mapping[str, _Known], seen: Collection[str], rules: frozenset[str], tally: _Tally
) -> None:
    """What is there again, and what the data does not show any more."""
    back = [one for key, one in known.items() if key in seen and one.presence is Presence.GONE]
    missed = [one for key, one in known.items() if key not in seen and one.presence is Presence.PRESENT]
    gone = [one for one in missed if scan.judged(one.rule, rules)]
    _flip(write, scan, back, Presence.PRESENT, tally)
    _flip(write, scan, gone, Presence.GONE, tally)
    for one in back:
        if one.state is State.CLOSED:
            _reopen(write, scan, one, tally)
    tally.back, tally.gone, tally.not_judged = len(back), len(gone), len(missed) - len(gone)


def _flip(write: Writing, scan: Scan, entries: Sequence[_Known], presence: Presence, tally: _Tally) -> None:
    """Note that the data shows problems again, or no longer. That is no decision: the version stays."""
    gone_on = scan.as_of if presence is Presence.GONE else None
    what = "gone" if presence is Presence.GONE else "back"
    query = ENTRIES.update().where(ENTRIES.c.number == sa.bindparam("key"))
    for start in range(0, len(entries), _BATCH):
        keys = [{"key": one.number} for one in entries[start : start + _BATCH]]
        write.con.execute(query.values(presence=str(presence), gone_on=gone_on), keys)
    for one in entries:
        old = {"presence": one.presence, "gone_on": one.gone_on}
        new = {"presence": presence, "gone_on": gone_on}
        tally.events.append(Event(scan.by, what, "entry", one.number, one.version, old, new, run_id=scan.run_id))


def _reopen(write: Writing, scan: Scan, entry: _Known, tally: _Tally) -> _Known:
    """Closed and there again: 屡查屡犯. Leader, unit and measures stay to be seen; the deadline is over and goes."""
    new = {
        "state": State.PENDING,
        "times_repeated": entry.times_repeated + 1,
        "repeated_on": scan.as_of,
        "closed_on": None,
        "deadline": None,
        "reason": "",
    }
    tally.came_back += 1
    return _after(entry, tally, deciding.changed(write, entry, new, _said(scan, "came_back", entry)))


def _expire(write: Writing, scan: Scan, tally: _Tally) -> None:
    """Suppressions whose last day is over end, those of problems entered by hand too."""
    day = max(scan.as_of, write.today)
    where = (ENTRIES.c.state == str(State.SUPPRESSED), ENTRIES.c.suppressed_until < day)
    for entry in _read(write, *where):
        new = {"state": State.PENDING, "suppressed_until": None, "reason": ""}
        tally.events.append(deciding.changed(write, entry, new, _said(scan, "expired", entry)))
        tally.expired += 1


def _mark_seen(write: Writing, scan: Scan, rules: frozenset[str]) -> None:
    query = ENTRIES.update().where(ENTRIES.c.presence == str(Presence.PRESENT), ENTRIES.c.finding_id.is_not(None))
    if scan.rules is not None:
        query = query.where(ENTRIES.c.rule.in_(scan.rules | rules))
    write.con.execute(query.values(last_seen_on=scan.as_of))


def _said(scan: Scan, what: str, entry: _Known) -> Event:
    return Event(scan.by, what, "entry", entry.number, run_id=scan.run_id)


__all__ = ["Scan", "follow"]
