"""Entries read from the database: one, a page of a filter, all, and how many stand where."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from analyzer.ledger.entry import Entry, Filter, Page, ProofLine
from analyzer.ledger.states import OPEN_STATES, Presence, State
from analyzer.ledger.tables import ENTRIES, PROOFS
from analyzer.model import AnalyzerError, Problem, Text

_E = ENTRIES.c
_MANY = 500
_OPEN = tuple(str(one) for one in OPEN_STATES)
_PROOFS = sa.select(sa.func.count()).where(PROOFS.c.entry_id == _E.id).scalar_subquery().label("proof_count")
_SELECT = sa.select(ENTRIES, _PROOFS)


def entry(con: sa.Connection, number: str) -> Entry:
    """Return the entry of a number; raise `AnalyzerError` when there is none."""
    row = con.execute(_SELECT.where(_E.number == number.strip())).first()
    if row is None:
        raise AnalyzerError(unknown(con, number))
    return as_entry(row)


def unknown(con: sa.Connection, number: str) -> Problem:
    """The problem of a number that the ledger does not have."""
    highest = con.execute(sa.select(_E.number).order_by(_E.id.desc()).limit(1)).scalar()
    cause = Text("台账里没有这个编号", "the ledger has no such number")
    if highest is None:
        remedy = Text(
            "台账还是空的：先运行 analyzer ledger follow", "The ledger is empty: run analyzer ledger follow first"
        )
    else:
        remedy = Text(
            f"编号如 {highest}，用 analyzer ledger list 查看", f"Numbers look like {highest}; see analyzer ledger list"
        )
    return Problem(number, cause, remedy)


def page(con: sa.Connection, which: Filter, today: date, number: int, size: int, order: str) -> Page:
    """Return one page. See `book.Ledger.entries`."""
    number, size = max(1, number), max(1, min(size, 10_000))
    condition = conditions(which, today)
    total = con.execute(sa.select(sa.func.count()).select_from(ENTRIES).where(*condition)).scalar() or 0
    chosen = sa.select(_E.id).where(*condition).order_by(*_order(order, today)).limit(size).offset((number - 1) * size)
    ids = list(con.execute(chosen).scalars())  # first: by the index alone, without the entries' own texts
    rows = {row.id: as_entry(row) for row in con.execute(_SELECT.where(_E.id.in_(ids)))}
    return Page(tuple(rows[one] for one in ids if one in rows), total, number, size)


def every(con: sa.Connection, which: Filter, today: date) -> tuple[Entry, ...]:
    """Return all entries of a filter, by number."""
    rows = con.execute(_SELECT.where(*conditions(which, today)).order_by(_E.id))
    return tuple(as_entry(row) for row in rows)


def counts(con: sa.Connection, which: Filter, today: date) -> dict[State, int]:
    """Return how many entries stand in each state."""
    query = sa.select(_E.state, sa.func.count()).where(*conditions(which, today)).group_by(_E.state)
    found = {row[0]: row[1] for row in con.execute(query)}
    return {state: found.get(str(state), 0) for state in State}


def of_findings(con: sa.Connection, finding_ids: Collection[str]) -> dict[str, Entry]:
    """Return the entries of findings by finding id."""
    wanted, found = list(finding_ids), {}
    for start in range(0, len(wanted), _MANY):
        for row in con.execute(_SELECT.where(_E.finding_id.in_(wanted[start : start + _MANY]))):
            found[str(row.finding_id)] = as_entry(row)
    return found


def fingerprints(con: sa.Connection) -> dict[str, str]:
    """Return the fingerprint of each finding."""
    rows = con.execute(sa.select(_E.finding_id, _E.fingerprint).where(_E.finding_id.is_not(None)))
    return {row.finding_id: row.fingerprint for row in rows}


def proofs(con: sa.Connection, number: str) -> tuple[ProofLine, ...]:
    """Return the proofs of an entry, oldest first."""
    joined = sa.join(PROOFS, ENTRIES, PROOFS.c.entry_id == _E.id)
    columns = (PROOFS.c.at, PROOFS.c.by, PROOFS.c.reference, PROOFS.c.sha256)
    rows = con.execute(sa.select(*columns).select_from(joined).where(_E.number == number).order_by(PROOFS.c.id))
    return tuple(ProofLine(*row) for row in rows)


def conditions(which: Filter, today: date) -> list[sa.ColumnElement[bool]]:
    """Return a filter as conditions; every value is bound, none becomes text of a statement."""
    found: list[sa.ColumnElement[bool]] = []
    if which.rules:
        families = [one for one in which.rules if "-" not in one]
        found.append(sa.or_(_E.rule.in_([one for one in which.rules if "-" in one]), _E.family.in_(families)))
    listed: tuple[tuple[sa.Column[Any], tuple[str, ...]], ...] = (
        (_E.agency_id, which.agencies),
        (_E.severity, which.severities),
        (_E.state, tuple(str(one) for one in which.states)),
        (_E.verdict, which.verdicts),
        (_E.number, which.numbers),
        (_E.finding_id, which.finding_ids),
    )
    found += [column.in_(values) for column, values in listed if values]
    if which.presence is not None:
        found.append(_E.presence == str(which.presence))
    if which.responsible:
        found.append(
            sa.or_(_E.responsible == which.responsible, _E.unit == which.responsible, _E.leader == which.responsible)
        )
    flags = (
        (which.overdue, sa.and_(_E.state.in_(_OPEN), _E.deadline.is_not(None), _E.deadline < today)),
        (which.listed, _E.listed_on.is_not(None)),
        (which.repeated, _E.times_repeated > 0),
    )
    for wanted, condition in flags:
        if wanted is not None:
            found.append(condition if wanted else sa.not_(sa.func.coalesce(condition, sa.false())))
    return found


def _order(order: str, today: date) -> tuple[Any, ...]:
    if order == "number":
        return (_E.id,)
    if order == "newest":
        return (_E.id.desc(),)
    if order == "deadline":
        return (sa.case((_E.deadline.is_(None), 1), else_=0), _E.deadline, _E.id)
    is_open = sa.case((_E.state.in_(_OPEN), 0), else_=1)
    is_late = sa.case((sa.and_(_E.deadline.is_not(None), _E.deadline < today), 0), else_=1)
    is_listed = sa.case((_E.listed_on.is_not(None), 0), else_=1)
    return (is_open, is_listed, is_late, _E.severity_rank, _E.id)


def as_entry(row: Any) -> Entry:
    """Return a row of the table as an entry."""
    r = row
    settled = r.settled_records if r.state in (State.CLOSED, State.REJECTED) else None
    return Entry(
        number=r.number,
        version=r.version,
        state=State(r.state),
        presence=Presence(r.presence),
        origin=r.origin,
        finding_id=r.finding_id,
        rule=r.rule,
        family=r.family,
        category=r.category,
        verdict=r.verdict,
        severity=r.severity,
        force=r.force,
        subject_kind=r.subject_kind,
        subject=Text(r.subject_zh, r.subject_en),
        agency_id=r.agency_id,
        agency=r.agency,
        station_id=r.station_id,
        started_on=r.started_on,
        ended_on=r.ended_on,
        record_count=r.record_count,
        amount_fen=r.amount_fen,
        problem=Text(r.problem_zh, r.problem_en),
        explanation=Text(r.explanation_zh, r.explanation_en),
        remedy=Text(r.remedy_zh, r.remedy_en),
        record_keys=tuple(json.loads(r.record_keys)) if r.record_keys else (),
        found_on=r.found_on,
        last_seen_on=r.last_seen_on,
        gone_on=r.gone_on,
        leader=r.leader,
        responsible=r.responsible,
        unit=r.unit,
        plan=r.plan,
        deadline=r.deadline,
        accountability=r.accountability,
        reason=r.reason,
        decided_by=r.decided_by,
        decided_at=r.decided_at,
        closed_on=r.closed_on,
        suppressed_until=r.suppressed_until,
        listed_on=r.listed_on,
        times_repeated=r.times_repeated,
        repeated_on=r.repeated_on,
        grown_by=max(0, r.record_count - settled) if settled is not None else 0,
        proofs=r.proof_count,
    )


__all__ = ["conditions", "counts", "entry", "every", "fingerprints", "of_findings", "page", "proofs", "unknown"]
