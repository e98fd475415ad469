"""The figures of the ledger over time: the monthly report (by the 23rd) and the final report are laid out from these.

Everything is counted from the history, so the report of June made in August is the report of June. A month's period ends
on its reporting day (the 23rd unless the ledger says otherwise) and begins on the day after the one before.
`counting` makes these figures; a renderer only lays them out. Words that people wrote (measures, reasons, proofs) are
as they wrote them: mask them (`reports.masking.mask_sentence`) before they leave the bureau.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from analyzer.ledger.states import Presence, State
from analyzer.model import Text


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the problems stand at the end of one day. The seven states add up to `total`.

    `overdue`, `listed` (挂牌督办), `repeated` (屡查屡犯, open again), `gone` (still open, no longer in the data) and
    `unassigned` (open, one of leader, responsible, plan, deadline not filled) are parts of the open ones, not further ones.
    """

    pending: int = 0
    checking: int = 0
    confirmed: int = 0
    rectifying: int = 0
    closed: int = 0
    rejected: int = 0
    suppressed: int = 0
    overdue: int = 0
    listed: int = 0
    repeated: int = 0
    gone: int = 0
    unassigned: int = 0

    @property
    def total(self) -> int:
        """All problems, the suppressed ones among them."""
        return sum(self.of(one) for one in State)

    @property
    def open(self) -> int:
        """The problems that somebody still has to work on."""
        return self.pending + self.checking + self.confirmed + self.rectifying

    @property
    def verified(self) -> int:
        """The problems found true, the closed ones among them: what the closing rate is counted on."""
        return self.confirmed + self.rectifying + self.closed

    @property
    def closing_rate(self) -> float | None:
        """Closed of those found true, from 0 to 1 (销号率); None when none was found true."""
        return self.closed / self.verified if self.verified else None

    def of(self, state: State) -> int:
        """Return how many stand in a state."""
        return int(getattr(self, state.value))


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened in one period. A problem closed twice counts twice."""

    new: int = 0
    confirmed: int = 0
    rejected: int = 0
    started: int = 0
    """Brought to rectification (entered 整改中)."""
    closed: int = 0
    closed_late: int = 0
    """Of the closed ones, those closed after their deadline."""
    repeated: int = 0
    """Closed before and reopened by the scan (屡查屡犯)."""
    reopened: int = 0
    """Reopened by a person."""
    suppressed: int = 0
    expired: int = 0
    """Suppressions that ran out."""
    became_overdue: int = 0
    """Open problems whose deadline passed in this period without being closed in it."""
    listed: int = 0


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group of problems: of the rectification plan, of an agency, of a severity.

    `key` is the group's key, None for problems that belong to none; `before` are last period's movements.
    """

    key: str | None
    title: Text
    standing: Standing
    movement: Movement
    before: Movement


@dataclass(frozen=True, slots=True)
class Item:
    """One problem as a line of the ledger (整治台账) at the end of the period. Subject and facts are masked already."""

    number: str
    group: str | None
    group_title: Text
    rule: str | None
    problem: Text
    severity: str
    verdict: str
    agency_id: str | None
    agency: str
    subject: Text
    explanation: Text
    started_on: date | None
    ended_on: date | None
    record_count: int
    state: State
    presence: Presence
    listed: bool
    times_repeated: int
    found_on: date
    leader: str
    responsible: str
    unit: str
    plan: str
    deadline: date | None
    overdue_days: int
    """Days past the deadline at the end of the period, 0 when it is not overdue."""
    closed_on: date | None
    reason: str
    """The reason of the last decision: what was done (on closing), why it is no problem, until when it is put aside."""
    suppressed_until: date | None
    proofs: tuple[str, ...]
    accountability: str
    """Who was held to account and how; empty: left to fill."""
    clues: tuple[str, ...]
    """Numbers of the clues linked to the problem."""


@dataclass(frozen=True, slots=True)
class ClueCount:
    """Clues of one source or category: received and concluded in the period, and the rates up to its end."""

    key: str
    received: int
    concluded: int
    total: int
    total_concluded: int
    total_replied: int

    @property
    def conclusion_rate(self) -> float | None:
        """办结率, from 0 to 1; None without clues."""
        return self.total_concluded / self.total if self.total else None

    @property
    def reply_rate(self) -> float | None:
        """反馈率, from 0 to 1; None without clues."""
        return self.total_replied / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class ClueProgress:
    """All clues, and by source (`12328`, petition, media, inspection, self, other) and category (`rules/clues.yaml`)."""

    all: ClueCount
    by_source: tuple[ClueCount, ...]
    by_category: tuple[ClueCount, ...]
    linked: int
    """Clues that a problem of the ledger answers to."""


@dataclass(frozen=True, slots=True)
class Seal:
    """How far the history reached: the number of its lines and the hash of the last one, to be held against later."""

    lines: int
    head: str


@dataclass(frozen=True)
class MonthlyProgress:
    """The figures of one monthly report.

    `since` and `until` are the first and the last day of the period, both included; `due_on` is the reporting day;
    `is_complete` is False while the period is still running (`until` is then the day it was made).
    """

    month: str
    since: date
    until: date
    due_on: date
    is_complete: bool
    standing: Standing
    standing_before: Standing
    movement: Movement
    movement_before: Movement
    by_group: tuple[GroupLine, ...]
    by_agency: tuple[GroupLine, ...]
    by_severity: tuple[GroupLine, ...]
    new: tuple[Item, ...]
    closed: tuple[Item, ...]
    overdue: tuple[Item, ...]
    repeated: tuple[Item, ...]
    listed: tuple[Item, ...]
    suppressed: tuple[Item, ...]
    clues: ClueProgress
    seal: Seal


@dataclass(frozen=True)
class FinalProgress:
    """The figures of the final report: every problem with its measures, and the course of the months.

    `typical` are candidates for the typical cases (at least two where there are as many problems found true): the gravest
    closed with proof first; a person chooses. `accountability_open` counts problems found true whose
    accountability part is left to fill.
    """

    since: date
    until: date
    standing: Standing
    movement: Movement
    months: tuple[tuple[str, Movement], ...]
    by_group: tuple[GroupLine, ...]
    by_agency: tuple[GroupLine, ...]
    by_severity: tuple[GroupLine, ...]
    items: tuple[Item, ...]
    typical: tuple[Item, ...]
    accountability_filled: int
    accountability_open: int
    clues: ClueProgress
    seal: Seal


@dataclass(frozen=True)
class PlanGroups:
    """The groups of problems that the rectification plan names: their titles in order, and the group of each rule.

    `of_category` gives the group of a problem entered by hand, by its clue category.
    """

    titles: dict[str, Text] = field(default_factory=dict)
    of_rule: dict[str, str] = field(default_factory=dict)
    of_category: dict[str, str] = field(default_factory=dict)


NO_GROUP = Text("未列入整治方案", "Not named in the plan")

__all__ = [
    "NO_GROUP",
    "ClueCount",
    "ClueProgress",
    "FinalProgress",
    "GroupLine",
    "Item",
    "MonthlyProgress",
    "Movement",
    "PlanGroups",
    "Seal",
    "Standing",
]
