"""What people decided: the rectification ledger (整治台账), its history, clues and accounts.

May import `rulebook` and the rooms below it. Start with `open_ledger` and `book.Ledger`.

    ledger = open_ledger("store/ledger.sqlite")          # or "postgresql://user@host/db"
    page = ledger.entries(Filter(states=(State.PENDING,)), page=1, size=50)
    entry = ledger.act("2026-0007", Reject("照片齐全"), by="wang", version=3)
"""

from analyzer.ledger.actions import (
    Account,
    Action,
    Assign,
    Attach,
    Close,
    Confirm,
    Edited,
    ListForSupervision,
    Note,
    Plan,
    Proof,
    Reject,
    Reopen,
    Suppress,
    Unlist,
)
from analyzer.ledger.book import Ledger, open_ledger
from analyzer.ledger.entry import (
    ROLES,
    BulkResult,
    Clue,
    Entry,
    Filter,
    Followed,
    Found,
    Line,
    Page,
    ProofLine,
    Reported,
    Reveal,
    User,
    Verification,
)
from analyzer.ledger.states import ClueState, Presence, State

__all__ = [
    "ROLES",
    "Account",
    "Action",
    "Assign",
    "Attach",
    "BulkResult",
    "Close",
    "Clue",
    "ClueState",
    "Confirm",
    "Edited",
    "Entry",
    "Filter",
    "Followed",
    "Found",
    "Ledger",
    "Line",
    "ListForSupervision",
    "Note",
    "Page",
    "Plan",
    "Presence",
    "Proof",
    "ProofLine",
    "Reject",
    "Reopen",
    "Reported",
    "Reveal",
    "State",
    "Suppress",
    "Unlist",
    "User",
    "Verification",
    "open_ledger",
]
