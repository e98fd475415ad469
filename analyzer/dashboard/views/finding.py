"""问题 Finding: one finding whole, under an address of its own. It stands in no menu."""

from __future__ import annotations

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.acting import act_on, told
from analyzer.dashboard.parts.finding_detail import finding_detail
from analyzer.dashboard.parts.ledger_entry import entry_marks
from analyzer.dashboard.parts.reveal import revealed
from analyzer.dashboard.parts.states import empty, section, title


def render(page: Page) -> None:
    """Show the finding that the address names: `finding?f=` and its keyed hash, the same on every later run."""
    number = number_at(page, page.param("f"))
    if number is None:
        title(page.words("dashboard.page.finding"))
        empty(page.words("dashboard.finding.gone"))
        return
    finding_detail(page, number, revealed(page, f"finding.{number}", "finding", page.source.finding_id(number)))
    _work(page, number)


def _work(page: Page, number: int) -> None:
    """Show what the ledger says of the finding, and let it be decided here."""
    words, ledger = page.words, page.ledger
    if ledger is None:
        return
    section(words("dashboard.page.ledger"))
    found_id = page.source.finding_id(number)
    entry = ledger.of_findings([found_id]).get(found_id)
    if entry is None:
        empty(words("dashboard.ledger.not_followed"))
        return
    told()
    entry_marks(page, entry)
    page.page_link("entry", words("dashboard.ledger.open", number=entry.number), entry=entry.number)
    act_on(page, ledger, [entry], f"finding.{entry.number}")


def number_at(page: Page, address: str | None) -> int | None:
    """Return the running number of the finding with this address."""
    rows = page.source.rows("SELECT n.number FROM numbered AS n WHERE n.address = ?", [address or ""])
    return rows[0][0] if rows else None
