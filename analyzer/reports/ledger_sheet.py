"""The rectification ledger (整治台账) as a sheet: who leads, who answers, what plan, by when, closed on what proof.

The columns that people fill are empty, or filled from the ledger where one is given; its entries that no finding answers to
(entered by hand, gone from the data) stand below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.reports.entries import Entry
from analyzer.reports.material import SEVERITY_FILLS, VERDICT_FILLS
from analyzer.reports.sheet_help import ask_for_date, offer_choices, print_on_two_pages
from analyzer.reports.workbook_material import WorkbookMaterial

if TYPE_CHECKING:
    from analyzer.ledger.entry import Entry as LedgerEntry

_FIELDS = [
    ("number", 6, "center"), ("problem", 24, "wrap"), ("ledger_number", 12, "center"), ("group", 16, "wrap"),
    ("rule", 8.5, "center"), ("verdict", 7, "center"), ("severity", 8.5, "center"), ("subject", 16, "wrap"),
    ("agency", 18, "wrap"), ("record_count", 8, "whole"), ("amount_yuan", 12, "money"), ("found_on", 11, "date"),
    ("state", 10, "fill"), ("leader", 10, "fill"), ("unit", 16, "fill"), ("officer", 10, "fill"), ("plan", 30, "fill"),
    ("due", 12, "due"), ("progress", 22, "fill"), ("closed_on", 12, "due"), ("proof", 22, "fill"),
    ("listed", 9, "fill"), ("remark", 16, "fill"),
]  # fmt: skip
_STATE, _DUE, _CLOSED, _LISTED = 12, 17, 19, 21


class LedgerSheet:
    """Writes the ledger, one row a problem."""

    def __init__(self, made: WorkbookMaterial) -> None:
        """Open the sheet."""
        self._made = made
        self._states = made.states
        self._ids = self._finding_ids() if made.states else []
        self._left = made.states.not_among(self._ids) if made.states else []
        self._table = made.table("ledger", _FIELDS, made.figures.findings.total + len(self._left))
        self._table.on_finish(self._help)

    def _finding_ids(self) -> list[str]:
        query = "SELECT finding_id FROM numbered ORDER BY number"
        return [row[0] for row in self._made.con.execute(query).fetchall()]

    def entry_of(self, number: int) -> LedgerEntry | None:
        """Return the entry of the ledger that answers to the finding of a number."""
        return self._states.of_finding.get(self._ids[number - 1]) if self._states else None

    def write(self, one: Entry, group: str, verdict: str, severity: str) -> None:
        """Write the row of a finding."""
        entry = self.entry_of(one.number)
        found = entry.found_on if entry else self._made.as_of
        head = (
            one.number, one.problem, entry.number if entry else None, group, one.rule, verdict, severity, one.subject,
            one.agency, one.record_count, one.amount_yuan, found,
        )  # fmt: skip
        fills = {5: VERDICT_FILLS[one.verdict]}
        if one.severity in SEVERITY_FILLS:
            fills[6] = SEVERITY_FILLS[one.severity]
        self._table.write((*head, *self.filled(entry)), fills)

    def filled(self, entry: LedgerEntry | None) -> tuple[object, ...]:
        """Return what people decided: state, leader, unit, officer, plan, due, progress, closed, proof, listed, remark."""
        if entry is None:
            return (self._made.words.t("ledger_sheet.new"), *(None,) * 10)
        words, masked = self._made.words, self._made.masked
        proofs = words.t("ledger_sheet.proofs", n=entry.proofs) if entry.proofs else None
        remarks = [words.t("ledger_sheet.repeated", n=entry.times_repeated)] if entry.times_repeated else []
        remarks += [words.t("ledger_sheet.overdue")] if entry.is_overdue(self._made.as_of) else []
        if entry.suppressed_until:
            remarks.append(words.t("ledger_sheet.suppressed", day=entry.suppressed_until.isoformat()))
        return (
            words.say(entry.state.label), entry.leader or None, entry.unit or None, entry.responsible or None,
            masked(entry.plan) or None, entry.deadline, masked(entry.reason) or None, entry.closed_on, proofs,
            words.t("fact_value.yes") if entry.is_listed else None, words.t("list.joint").join(remarks) or None,
        )  # fmt: skip

    def close(self) -> None:
        """Add the entries that no finding answers to, and finish the sheet."""
        words = self._made.words
        for entry in self._left:
            amount = entry.amount_fen / 100 if entry.amount_fen is not None else None
            head = (
                None, self._made.masked(words.say(entry.problem)), entry.number, None, entry.rule,
                words.name("verdict", entry.verdict), words.name("severity", entry.severity),
                self._made.masked(words.say(entry.subject)), entry.agency, entry.record_count, amount, entry.found_on,
            )  # fmt: skip
            *filled, remark = self.filled(entry)
            where = words.t("ledger_sheet.by_hand" if entry.finding_id is None else "ledger_sheet.gone")
            remarks = [where, *([str(remark)] if remark else [])]
            self._table.write((*head, *filled, words.t("list.joint").join(remarks)))
        self._table.close()

    def _help(self, sheet: Any, last: int) -> None:
        words = self._made.words
        print_on_two_pages(sheet, _STATE)
        offer_choices(words, sheet, last, _STATE, "states")
        offer_choices(words, sheet, last, _LISTED, "yes_no")
        for column in (_DUE, _CLOSED):
            ask_for_date(words, sheet, last, column)


__all__ = ["LedgerSheet"]
