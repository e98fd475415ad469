"""How far the problems of the ledger are, by rule, and the entry of each finding: what the workbook is filled in from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.ledger.entry import Entry as LedgerEntry

STATES = ("pending", "checking", "confirmed", "rectifying", "closed", "rejected", "suppressed")
"""The states of the ledger in the order of its columns; they add up to all problems."""

MARKS = ("listed", "overdue")
"""What is counted beside the states, of the open ones."""


@dataclass(frozen=True)
class ProblemStates:
    """The entries of a ledger, by finding, and how many of each rule are in which state; those of no finding apart."""

    as_of: date
    of_finding: dict[str, LedgerEntry]
    by_rule: dict[str | None, tuple[int, ...]]

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry], as_of: date) -> ProblemStates:
        """Sort the entries of a ledger; `as_of` decides what is overdue."""
        of_finding: dict[str, LedgerEntry] = {}
        counts: dict[str | None, list[int]] = {}
        for number, entry in enumerate(entries):
            found = counts.setdefault(entry.rule, [0] * len(STATES + MARKS))
            found[STATES.index(entry.state.value)] += 1
            found[len(STATES)] += entry.is_listed and entry.state.is_open
            found[len(STATES) + 1] += entry.is_overdue(as_of)
            of_finding[entry.finding_id or f"#{number}"] = entry
        return cls(as_of, of_finding, {rule: tuple(found) for rule, found in counts.items()})

    def not_among(self, findings: Iterable[str]) -> list[LedgerEntry]:
        """Return the entries that no finding of the package answers to: entered by hand, or gone from the data."""
        gone = self.of_finding.keys() - set(findings)
        return sorted((self.of_finding[key] for key in gone), key=lambda entry: entry.number)


__all__ = ["MARKS", "STATES", "ProblemStates"]
