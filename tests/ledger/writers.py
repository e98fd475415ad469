"""What one of many writers does to a shared ledger, in a process or thread of its own."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.ledger import Assign, Note, open_ledger
from analyzer.ledger.deciding import Conflict

SHARED = "shared"


@dataclass
class Wrote:
    """How many decisions were taken, and how many conflicts were told on the way."""

    decisions: int
    conflicts: int
    shared: str


def write(where: str, name: str, shared: str, own: str, decisions: int) -> Wrote:
    """Take decisions on an entry that all writers fight for, and note each on an entry of this writer's own."""
    conflicts = 0
    with open_ledger(where) as ledger:
        for number in range(decisions):
            while True:
                seen = ledger.entry(shared)
                try:
                    ledger.act(shared, Assign(leader=f"{name}-{number}"), by=name, version=seen.version)
                    break
                except Conflict as conflict:
                    assert "assign" in str(conflict), "a conflict says what was done meanwhile"
                    conflicts += 1
            ledger.act(own, Note(f"{name}-{number}"), by=name)
    return Wrote(decisions, conflicts, shared)


def write_job(job: tuple[str, str, str, str, int]) -> Wrote:
    """The same, for a pool of processes."""
    return write(*job)
