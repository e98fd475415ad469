"""One problem of the ledger: where it stands, what is to be done by whom and when, and everything that happened to it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.acting import act_on, told
from analyzer.dashboard.parts.states import empty, section
from analyzer.dashboard.queries import number_of
from analyzer.ledger import Entry, Ledger
from analyzer.ledger.states import ACTION_TITLES
from analyzer.ledger.words import changes_in_words
from analyzer.model import AnalyzerError


def ledger_entry(page: Page, ledger: Ledger, number: str) -> None:
    """Show an entry by its number."""
    words = page.words
    try:
        entry = ledger.entry(number)
    except AnalyzerError as error:
        empty(error.say(page.lang))
        return
    if not may_see(page, entry):
        empty(words("dashboard.ledger.not_yours"))
        return
    st.title(plain(f"{entry.number} {words.say(entry.problem)}"), anchor=False)
    told()
    entry_marks(page, entry)
    st.text(words.say(entry.explanation))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _facts(page, entry)
        _proofs(page, ledger, entry)
    with right:
        section(words("dashboard.ledger.handle"))
        act_on(page, ledger, [entry], f"entry.{entry.number}")
    _history(page, ledger, entry)


def may_see(page: Page, entry: Entry) -> bool:
    """Whether an entry is one of the viewer's agencies."""
    return page.viewer.agencies is None or entry.agency_id in page.viewer.agencies


def entry_marks(page: Page, entry: Entry) -> None:
    """Show state, severity and whatever stands out of an entry as marks."""
    words = page.words
    with st.container(horizontal=True, gap="small"):
        st.badge(plain(words.say(entry.state.label)), color="primary" if entry.state.is_open else "green")
        marks.badge(page, "severity", entry.severity)
        marks.badge(page, "verdict", entry.verdict)
        st.badge(plain(words.say(entry.presence.label)), color="gray")
        if entry.is_overdue(page.today):
            st.badge(plain(words("dashboard.ledger.overdue")), color="red")
        if entry.is_listed:
            st.badge(plain(words("dashboard.ledger.listed")), color="red")
        if entry.times_repeated:
            st.badge(plain(words("dashboard.ledger.repeated")), color="orange")


def _facts(page: Page, entry: Entry) -> None:
    words = page.words
    section(words("dashboard.ledger.stands"))
    days = {
        "found_on": entry.found_on,
        "deadline": entry.deadline,
        "closed_on": entry.closed_on,
        "until": entry.suppressed_until,
    }
    pairs = [
        (words.name("subject", entry.subject_kind), words.say(entry.subject)),
        (words("column.agency"), entry.agency),
        (words("column.record_count"), f"{entry.record_count:,}"),
        *((words(f"dashboard.ledger.{name}"), day.isoformat() if day else "") for name, day in days.items()),
        *(
            (words(f"dashboard.ledger.{name}"), getattr(entry, name))
            for name in ("leader", "responsible", "unit", "plan")
        ),
        (words("dashboard.ledger.last_reason"), entry.reason),
        (words("dashboard.ledger.accountability"), entry.accountability),
        (words("column.remedy"), words.say(entry.remedy)),
    ]
    for label, value in pairs:
        if value:
            first, second = st.columns([1, 3])
            first.caption(plain(label))
            second.text(value)
    number = number_of(page.source, entry.finding_id) if page.has_data and entry.finding_id else None
    if number is not None:
        page.page_link("finding", words("dashboard.ledger.to_finding"), f=page.source.address(number))


def _proofs(page: Page, ledger: Ledger, entry: Entry) -> None:
    found = ledger.proofs(entry.number)
    if not found:
        return
    words = page.words
    section(words("dashboard.ledger.proofs_title"))
    head = [words(f"dashboard.ledger.{name}") for name in ("at", "by", "proof")]
    rows = [(one.at[:16].replace("T", " "), one.by, one.reference) for one in found]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")


def _history(page: Page, ledger: Ledger, entry: Entry) -> None:
    words = page.words
    section(words("dashboard.ledger.history"))
    head = [words(f"dashboard.ledger.{name}") for name in ("at", "by", "what", "change", "reason_needed")]
    rows = [
        (
            one.at[:16].replace("T", " "),
            one.by,
            words.say(ACTION_TITLES[one.what]) if one.what in ACTION_TITLES else one.what,
            words.say(changes_in_words(one.old, one.new)),
            one.reason,
        )
        for one in reversed(ledger.history(entry.number))
    ]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")


__all__ = ["entry_marks", "ledger_entry", "may_see"]
