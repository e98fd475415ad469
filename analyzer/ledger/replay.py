"""The history read again: what happened in each period, and where every problem stood at the end of a day."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from analyzer.ledger.progress import Movement, PlanGroups, Standing
from analyzer.ledger.states import Presence, State
from analyzer.ledger.tables import ENTRIES, HISTORY

Key = tuple[str, str | None]
"""A group of problems: (`group`, its key), (`agency`, its number), (`severity`, its word), (`all`, None)."""

_DAYS = ("deadline", "closed_on", "suppressed_until", "listed_on", "gone_on", "repeated_on")


@dataclass(slots=True)
class Told:
    """One problem as the history has told it so far."""

    number: str
    fixed: Any
    found_on: date
    fields: dict[str, Any] = field(default_factory=dict)
    proofs: list[str] = field(default_factory=list)
    clues: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.fields.get("state", "pending"))

    @property
    def presence(self) -> Presence:
        """Whether the data shows it."""
        return Presence(self.fields.get("presence", "present"))

    def day(self, name: str) -> date | None:
        """Return one of the dates."""
        value = self.fields.get(name)
        return date.fromisoformat(value) if value else None

    def text(self, name: str) -> str:
        """Return one of the texts."""
        return str(self.fields.get(name) or "")

    def overdue_on(self, day: date) -> int:
        """Return the days past the deadline at the end of a day; 0 when it is not open or not late."""
        deadline = self.day("deadline")
        return max(0, (day - deadline).days) if deadline and self.state.is_open else 0

    @property
    def is_filled(self) -> bool:
        """Whether leader, responsible, plan and deadline are all there."""
        return bool(
            self.text("leader")
            and (self.text("responsible") or self.text("unit"))
            and self.text("plan")
            and self.day("deadline")
        )


@dataclass
class Replay:
    """What replaying gave: movements by period and group, the standing at each boundary, the problems at the end."""

    movements: dict[str, dict[Key, Counter[str]]]
    standings: dict[date, dict[Key, Standing]]
    problems: dict[str, Told]
    changed_in: dict[str, dict[str, set[str]]]
    """period -> movement -> numbers."""
    lines: int
    head: str

    def movement(self, period: str, key: Key) -> Movement:
        """Return what happened to a group in a period."""
        found = self.movements.get(period, {}).get(key)
        return Movement(**found) if found else Movement()

    def standing(self, day: date, key: Key) -> Standing:
        """Return where a group stood at the end of a boundary day."""
        return self.standings[day].get(key, Standing())


def replay(
    con: sa.Connection,
    until: date,
    boundaries: Sequence[date],
    period_of: Callable[[date], str],
    groups: PlanGroups,
    agencies: frozenset[str] = frozenset(),
) -> Replay:
    """Read the history up to the end of `until`; `boundaries` are days whose standing is wanted (`until` among them)."""
    fixed = {row.number: row for row in con.execute(sa.select(ENTRIES)) if not agencies or row.agency_id in agencies}
    made = Replay(defaultdict(lambda: defaultdict(Counter)), {}, {}, defaultdict(lambda: defaultdict(set)), 0, "0" * 64)
    waiting = sorted(set(boundaries))
    keys = _Keys(groups)
    for day, row in _lines(con, until):
        while waiting and day > waiting[0]:
            _take_standing(made, waiting.pop(0), keys, period_of)
        made.lines, made.head = row.seq, row.hash
        if row.about == "entry" and row.subject in fixed:
            _tell(made, fixed[row.subject], row, day, period_of(day), keys)
    for boundary in waiting:
        _take_standing(made, boundary, keys, period_of)
    return made


def _lines(con: sa.Connection, until: date) -> Iterator[tuple[date, Any]]:
    after = (until + timedelta(days=1)).isoformat()
    query = sa.select(HISTORY).where(HISTORY.c.at < after).order_by(HISTORY.c.seq)
    for row in con.execution_options(yield_per=2_000).execute(query):
        yield date.fromisoformat(row.at[:10]), row


class _Keys:
    """The groups that a problem belongs to."""

    def __init__(self, groups: PlanGroups) -> None:
        self._groups = groups

    def group(self, fixed: Any) -> str | None:
        """The group of the rectification plan."""
        return self._groups.of_rule.get(fixed.rule or "") or self._groups.of_category.get(fixed.category or "")

    def of(self, one: Told) -> tuple[Key, ...]:
        """All of them."""
        severity = one.text("severity") or one.fixed.severity
        return (
            ("all", None),
            ("group", self.group(one.fixed)),
            ("agency", one.fixed.agency_id),
            ("severity", severity),
        )


def _tell(made: Replay, fixed: Any, row: Any, day: date, period: str, keys: _Keys) -> None:
    new: dict[str, Any] = json.loads(row.new)
    one = made.problems.get(row.subject)
    happened: list[str] = []
    if one is None:
        one = made.problems[row.subject] = Told(row.subject, fixed, day)
        happened.append("new")
    before = one.state
    late = one.overdue_on(day) > 0
    one.proofs += [str(proof["reference"]) for proof in new.pop("proofs", ())]
    if clue := new.pop("clue", None):
        one.clues.append(str(clue))
    new.pop("note", None)
    one.fields.update(new)
    happened += _movements(row.what, before, one.state, new, late)
    for key in keys.of(one):
        made.movements[period][key].update(happened)
    for name in happened:
        made.changed_in[period][name].add(row.subject)


def _movements(what: str, before: State, after: State, new: Mapping[str, Any], late: bool) -> Iterable[str]:
    if new.get("listed_on"):
        yield "listed"
    if before is after:
        return
    entered = {State.CONFIRMED: "confirmed", State.REJECTED: "rejected", State.RECTIFYING: "started", State.SUPPRESSED: "suppressed"}  # fmt: skip
    if what == "came_back":
        yield "repeated"
    elif what == "expired":
        yield "expired"
    elif what == "reopen":
        yield "reopened"
    elif after is State.CLOSED:
        yield "closed"
        if late:
            yield "closed_late"
    elif after in entered:
        yield entered[after]


def _take_standing(made: Replay, day: date, keys: _Keys, period_of: Callable[[date], str]) -> None:
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for one in made.problems.values():
        marks = _marks(one, day)
        deadline = one.day("deadline")
        became_late = bool(deadline) and "overdue" in marks and period_of(_next(deadline)) == period_of(day)
        for key in keys.of(one):
            counts[key].update(marks)
            if became_late:
                made.movements[period_of(day)][key]["became_overdue"] += 1
    made.standings[day] = {key: Standing(**found) for key, found in counts.items()}


def _next(day: date | None) -> date:
    assert day is not None
    return day + timedelta(days=1)


def _marks(one: Told, day: date) -> list[str]:
    marks = [str(one.state)]
    if not one.state.is_open:
        return marks
    flags = {
        "overdue": one.overdue_on(day) > 0,
        "listed": bool(one.day("listed_on")),
        "repeated": int(one.fields.get("times_repeated") or 0) > 0,
        "gone": one.presence is Presence.GONE,
        "unassigned": not one.is_filled,
    }
    return marks + [name for name, holds in flags.items() if holds]


__all__ = ["Key", "Replay", "Told", "replay"]
