"""Plain values that the ledger takes and gives: problems found, entries, clues, accounts, lines of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analyzer.ledger.states import ClueState, Presence, State
from analyzer.model import Text


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of an audit, as the ledger keeps it. `subject` and `explanation` are masked before they come here.

    `fingerprint` is the hash of what the finding says; a finding whose fingerprint the ledger has is not told again.
    """

    finding_id: str
    rule: str
    family: str
    verdict: str
    severity: str
    force: str
    subject_kind: str
    subject: Text
    agency_id: str | None
    agency: str
    station_id: str | None
    started_on: date | None
    ended_on: date | None
    record_count: int
    amount_fen: int | None
    problem: Text
    explanation: Text
    remedy: Text
    record_keys: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """What following an audit changed in the ledger, in numbers of entries."""

    new: int
    still: int
    changed: int
    gone: int
    back: int
    came_back: int
    expired: int
    not_judged: int
    """Entries whose rule gave no answer in this audit: nothing is said of them."""
    already: bool = False
    """The audit had been followed before, nothing was changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One problem of the ledger. `version` counts the decisions; give it back with an action to have conflicts told.

    `number` (2026-0007) is for people; `finding_id` stays inside, it could be guessed back to a plate.
    `grown_by` says how many records more the data shows than when the problem was closed or rejected.
    """

    number: str
    version: int
    state: State
    presence: Presence
    origin: str
    finding_id: str | None
    rule: str | None
    family: str | None
    category: str | None
    verdict: str
    severity: str
    force: str
    subject_kind: str
    subject: Text
    agency_id: str | None
    agency: str
    station_id: str | None
    started_on: date | None
    ended_on: date | None
    record_count: int
    amount_fen: int | None
    problem: Text
    explanation: Text
    remedy: Text
    record_keys: tuple[str, ...]
    found_on: date
    last_seen_on: date | None
    gone_on: date | None
    leader: str
    responsible: str
    unit: str
    plan: str
    deadline: date | None
    accountability: str
    reason: str
    decided_by: str
    decided_at: str
    closed_on: date | None
    suppressed_until: date | None
    listed_on: date | None
    times_repeated: int
    repeated_on: date | None
    grown_by: int
    proofs: int

    @property
    def is_listed(self) -> bool:
        """Whether it is on the list for supervision (挂牌督办)."""
        return self.listed_on is not None

    def is_overdue(self, day: date) -> bool:
        """Whether it is open and its deadline lies before `day`."""
        return self.state.is_open and self.deadline is not None and self.deadline < day

    @property
    def not_filled(self) -> tuple[str, ...]:
        """Which of leader, responsible, plan, deadline (四定) are not filled; a unit answers as a person does."""
        filled = {
            "leader": bool(self.leader),
            "responsible": bool(self.responsible or self.unit),
            "plan": bool(self.plan),
            "deadline": self.deadline is not None,
        }
        return tuple(name for name, is_filled in filled.items() if not is_filled)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are meant; empty fields mean all, several values of one field mean any of them.

    `rules` takes codes and families (`NTC`). `agencies` with values limits what is seen to these agencies.
    """

    rules: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    verdicts: tuple[str, ...] = ()
    presence: Presence | None = None
    overdue: bool | None = None
    listed: bool | None = None
    repeated: bool | None = None
    responsible: str = ""
    numbers: tuple[str, ...] = ()
    finding_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of entries: `total` entries in all, `page` counted from 1, `size` entries a page."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history. `old` and `new` hold the fields that changed; `version` is the entry's after it."""

    seq: int
    at: str
    by: str
    what: str
    about: str
    subject: str
    version: int
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    reason: str
    run_id: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A proof attached to an entry."""

    at: str
    by: str
    reference: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a bulk action did: the numbers that were changed, and why each of the others was refused."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """A clue as it came: typed in, or a row of the table `clues`. `clue_id` is the number given by its source.

    `category` is an id of `rules/clues.yaml`; `category_said` is what the source wrote.
    """

    source: str
    received_on: date | None
    category: str
    content: str
    agency_id: str | None = None
    clue_id: str | None = None
    status: str = ""
    category_said: str = ""


@dataclass(frozen=True, slots=True)
class Clue:
    """One clue of the ledger. `content` is as it was told and names people: mask it before it leaves."""

    number: str
    version: int
    state: ClueState
    clue_id: str | None
    source: str
    received_on: date | None
    agency_id: str | None
    category: str
    category_said: str
    content: str
    status_said: str
    handler: str
    result: str
    concluded_on: date | None
    replied_on: date | None
    is_satisfied: bool | None
    entries: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class User:
    """An account of the dashboard. `role` is viewer, inspector, legal or administrator; no `agencies` means all."""

    name: str
    display_name: str = ""
    role: str = "viewer"
    agencies: tuple[str, ...] = ()
    active: bool = True
    password_hash: str | None = None


ROLES = ("viewer", "inspector", "legal", "administrator")


@dataclass(frozen=True, slots=True)
class Reveal:
    """Personal data was shown to someone: never the value itself. `reference` is a keyed hash of the finding's id."""

    at: str
    by: str
    kind: str
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What walking the history found: `problems` empty means that every line is as it was written."""

    lines: int
    head: str
    problems: tuple[tuple[int | None, Text], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


__all__ = [
    "ROLES",
    "BulkResult",
    "Clue",
    "Entry",
    "Filter",
    "Followed",
    "Found",
    "Line",
    "Page",
    "ProofLine",
    "Reported",
    "Reveal",
    "User",
    "Verification",
]
