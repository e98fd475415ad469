"""The ledger as the command line and the dashboard use it: one object, safe to share between threads and processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from analyzer.ledger import (
    accounts,
    changing,
    clues,
    counting,
    deciding,
    entering,
    finals,
    findings,
    following,
    history,
    reading,
    settings,
    verifying,
)
from analyzer.ledger.actions import Action, Edited, Proof
from analyzer.ledger.database import Database, open_database
from analyzer.ledger.entry import (
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
from analyzer.ledger.progress import FinalProgress, MonthlyProgress, PlanGroups
from analyzer.ledger.states import State

NOBODY = Filter()


def open_ledger(where: str | Path, *, clock: Callable[[], datetime] | None = None, create: bool = True) -> Ledger:
    """Open the ledger at a file (SQLite) or a URL (`postgresql://user@host/database`) and bring it up to date.

    `clock` gives the local time that is written into the history. With `create=False` a file that is not there is
    an error. Raises `AnalyzerError`: no such place, a newer program's ledger, a driver that is not installed.
    """
    return Ledger(open_database(where, clock=clock, create=create))


class Ledger:
    """An open ledger. Every method is one transaction; a decision is there when the method returns.

    Raises `AnalyzerError` for what cannot be done; `deciding.Conflict` (a kind of it) when the entry was changed meanwhile.
    """

    def __init__(self, database: Database) -> None:
        """Take an open database. See `open_ledger`."""
        self._db = database

    @property
    def place(self) -> str:
        """Where the ledger is, without any password."""
        return self._db.place

    def close(self) -> None:
        """Give the connections back."""
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- reading

    def entries(self, which: Filter = NOBODY, *, page: int = 1, size: int = 50, order: str = "urgent") -> Page:
        """Return one page of the entries that a filter means.

        `order` is `urgent` (open first, then overdue, then gravest), `number`, `newest` or `deadline`.
        """
        with self._db.read() as con:
            return reading.page(con, which, self._db.today(), page, size, order)

    def every(self, which: Filter = NOBODY) -> tuple[Entry, ...]:
        """Return all entries that a filter means, by number."""
        with self._db.read() as con:
            return reading.every(con, which, self._db.today())

    def counts(self, which: Filter = NOBODY) -> dict[State, int]:
        """Return how many entries of a filter stand in each state, zeros included; suppressed ones are counted apart."""
        with self._db.read() as con:
            return reading.counts(con, which, self._db.today())

    def entry(self, number: str) -> Entry:
        """Return the entry of a number (2026-0007); raise `AnalyzerError` when there is none."""
        with self._db.read() as con:
            return reading.entry(con, number)

    def of_findings(self, finding_ids: Collection[str]) -> dict[str, Entry]:
        """Return the entries of findings by finding id; findings that the ledger does not know are left out."""
        with self._db.read() as con:
            return reading.of_findings(con, finding_ids)

    def proofs(self, number: str) -> tuple[ProofLine, ...]:
        """Return the proofs attached to an entry."""
        with self._db.read() as con:
            return reading.proofs(con, number)

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last line of the history: while it is the same, so is everything in the ledger."""
        with self._db.read() as con:
            return history.head(con)

    def history(self, subject: str | None = None, *, limit: int | None = None) -> tuple[Line, ...]:
        """Return the lines of the history, oldest first: of one entry, clue or account, or all (the last `limit`)."""
        with self._db.read() as con:
            return history.lines(con, subject, limit)

    # ---- deciding

    def act(self, number: str, action: Action, *, by: str, version: int | None = None) -> Entry:
        """Do something to an entry and return it as it is now.

        `version` is the one that the person had before them: `deciding.Conflict` says what changed since. Without it the
        action is held against the state of this moment only.
        """
        with self._db.write() as write:
            return deciding.act(write, number, action, by, version)

    def bulk(
        self,
        which: Filter | Sequence[str],
        action: Action,
        *,
        by: str,
        versions: Mapping[str, int] | None = None,
        skip_refused: bool = False,
    ) -> BulkResult:
        """Do one thing, with one reason, to all entries of a filter or a list of numbers, all of them or none.

        Entries that are so already are passed over. Raises one `AnalyzerError` naming every entry that refuses; with
        `skip_refused` the others are done and the refused ones are in the result.
        """
        with self._db.write() as write:
            return deciding.bulk(write, which, action, by, versions or {}, skip_refused)

    def take_edits(
        self,
        rows: Sequence[Edited],
        *,
        by: str,
        dry_run: bool = False,
        shown: Callable[[str], str] = str,
        proof: Callable[[str], Proof] = Proof,
    ) -> BulkResult:
        """Take in what people changed in an exported ledger: row by row, all of it or nothing.

        A row is held against the entry at the row's version, so what others changed meanwhile is not undone; a cell that
        reads as `shown` (the mask of the export) makes the value of that version was not edited. `proof` makes a proof
        of a reference (`Proof.of` hashes files; a server must not). Raises one
        `AnalyzerError` naming every row with a conflict, an unknown number or an action that is not possible.
        """
        with self._db.write() as write:
            return changing.take_edits(write, rows, by, dry_run, changing.How(shown, proof))

    def add(
        self,
        problem: str,
        *,
        by: str,
        severity: str = "medium",
        category: str | None = None,
        agency_id: str | None = None,
        agency: str = "",
        explanation: str = "",
        clue: str | None = None,
    ) -> Entry:
        """Enter a problem that no data shows (self-inspection, a clue that proved true) and return its entry."""
        with self._db.write() as write:
            return entering.add(write, problem, by, severity, category, agency_id, agency, explanation, clue)

    # ---- the scan

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of each finding that the ledger holds: what is the same needs not be told again."""
        with self._db.read() as con:
            return reading.fingerprints(con)

    def follow(
        self,
        found: Iterable[Found] | Any,
        *,
        run_id: str,
        as_of: date,
        rules: Collection[str] | None = None,
        unchanged: Collection[str] = (),
        by: str = "scan",
        older: bool = False,
    ) -> Followed:
        """Bring the entries up to date with the findings of one audit; no decision of a person is touched by it.

        `found` are the findings that are new or changed: `Found` values, or a frame (polars, Arrow, pandas) with the
        columns of findings.parquet whose texts are masked already. `unchanged` are the ids of the others. `rules` are the
        codes that gave an answer in this audit: entries of other rules are left alone; None stands for all.

        An entry that was closed is reopened when its finding comes back after it was gone, or has records dated after
        the closing (屡查屡犯). A suppression whose day is over ends. The audit that was followed last changes
        nothing; one whose as-of date is before the last one followed is refused unless `older`.
        """
        with self._db.write() as write:
            scan = following.Scan(run_id, as_of, frozenset(rules) if rules is not None else None, by, older)
            return following.follow(write, scan, findings.as_found(found), frozenset(unchanged))

    # ---- clues

    def clues(self, *, states: Collection[str] = (), source: str = "", entry: str = "") -> tuple[Clue, ...]:
        """Return the clues, by number: all, or those in some states, of a source, or linked to an entry."""
        with self._db.read() as con:
            return clues.clues(con, states, source, entry)

    def clue(self, number: str) -> Clue:
        """Return the clue of a number (XS2026-0001); raise `AnalyzerError` when there is none."""
        with self._db.read() as con:
            return clues.clue(con, number)

    def add_clue(self, said: Reported, *, by: str) -> Clue:
        """Enter a clue by hand."""
        with self._db.write() as write:
            return clues.add(write, said, by)

    def import_clues(self, said: Iterable[Reported], *, by: str) -> tuple[int, int, int]:
        """Take clues over from the table `clues`; what people noted on them stays. Returns new, changed, unchanged."""
        with self._db.write() as write:
            return clues.take_over(write, said, by)

    def handle_clue(self, number: str, *, by: str, version: int | None = None, **changes: Any) -> Clue:
        """Change a clue: `state`, `handler`, `result`, `concluded_on`, `replied_on`, `is_satisfied`, `category`.

        Concluding (`state=ClueState.CONCLUDED`) needs a result; without a date it is today's.
        """
        with self._db.write() as write:
            return clues.handle(write, number, by, version, changes)

    def link_clue(self, number: str, entry: str, *, by: str) -> Clue:
        """Link a clue to an entry."""
        with self._db.write() as write:
            return clues.link(write, number, entry, by)

    # ---- accounts and reveals

    def accounts(self) -> tuple[User, ...]:
        """Return all accounts by name."""
        with self._db.read() as con:
            return accounts.accounts(con)

    def account(self, name: str) -> User | None:
        """Return the account of a name, or None."""
        with self._db.read() as con:
            return accounts.account(con, name)

    def save_account(self, user: User, *, by: str) -> User:
        """Create an account or change it. A `password_hash` of None leaves the password as it is.

        The hash (argon2, made by the caller) never goes into the history, only that it was changed.
        """
        with self._db.write() as write:
            return accounts.save(write, user, by)

    def log_reveal(self, *, by: str, kind: str, reason: str, finding_id: str | None = None) -> Reveal:
        """Write down that personal data was shown: who, what kind (plate, name, export ...), why; never the value."""
        with self._db.write() as write:
            return accounts.log_reveal(write, by, kind, reason, finding_id)

    def reveals(self, *, limit: int = 200) -> tuple[Reveal, ...]:
        """Return the last reveals, newest first."""
        with self._db.read() as con:
            return accounts.reveals(con, limit)

    # ---- settings

    def settings(self) -> dict[str, Any]:
        """Return the settings: `second_person` (bool), `report_day` (1 to 28)."""
        with self._db.read() as con:
            return settings.settings(con)

    def set(self, name: str, value: str, *, by: str, reason: str = "") -> dict[str, Any]:
        """Change a setting; it is written into the history."""
        with self._db.write() as write:
            return settings.change(write, name, value, by, reason)

    # ---- figures and proof

    def progress(
        self, month: str, groups: PlanGroups | None = None, *, agencies: Collection[str] = ()
    ) -> MonthlyProgress:
        """Return the figures of a monthly report (`2023-06`), of all agencies or of some."""
        with self._db.read() as con:
            return counting.monthly(con, month, groups or PlanGroups(), self._db.now(), frozenset(agencies))

    def final(self, groups: PlanGroups | None = None, *, agencies: Collection[str] = ()) -> FinalProgress:
        """Return the figures of the final report, up to this day."""
        with self._db.read() as con:
            return finals.final(con, groups or PlanGroups(), self._db.now(), frozenset(agencies))

    def verify(self, *, expect: str | None = None) -> Verification:
        """Walk the history: every line unchanged and in its place, every entry as its history says.

        `expect` is a hash noted earlier (every monthly report gives one): it must still stand in the chain.
        """
        with self._db.read() as con:
            return verifying.verify(con, expect)


__all__ = ["Ledger", "open_ledger"]
