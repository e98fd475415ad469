"""What a person does to problems of the ledger: one form, one reason, for one entry or many at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.ledger import (
    Account,
    Action,
    Assign,
    Attach,
    Close,
    Confirm,
    Entry,
    Ledger,
    ListForSupervision,
    Note,
    Plan,
    Proof,
    Reject,
    Reopen,
    Suppress,
    Unlist,
)
from analyzer.ledger.states import ACTION_TITLES, TRANSITIONS, State
from analyzer.model import AnalyzerError

_KINDS = (Confirm, Reject, Assign, Plan, Close, Reopen, Suppress, ListForSupervision, Unlist, Note, Attach, Account)
ACTIONS = tuple(one.name for one in _KINDS)
"""What is offered, in the order in which work goes."""

_NEEDS_REASON = {one.name for one in (Reject, Close, Reopen, Suppress, ListForSupervision, Unlist)}
Given = dict[str, Any]


def act_on(page: Page, ledger: Ledger, entries: Sequence[Entry], key: str) -> None:
    """Show the form for these entries and carry out what was chosen; the page is shown anew when it is done."""
    words = page.words
    if not page.viewer.may_decide:
        st.caption(plain(words("dashboard.ledger.read_only")))
        return
    possible = _possible(entries)
    if not possible:
        st.caption(plain(words("dashboard.ledger.nothing_possible")))
        return
    chosen = st.selectbox(
        plain(words("dashboard.ledger.action")),
        possible,
        format_func=lambda one: _title(page, one),
        key=f"{key}.action",
    )
    with st.form(f"{key}.{chosen}", border=True):
        given = _fields(page, chosen, f"{key}.{chosen}", entries)
        sent = st.form_submit_button(
            plain(words("dashboard.ledger.do", action=_title(page, chosen), n=len(entries))), type="primary"
        )
    if sent:
        seen = st.session_state.get(f"{key}.seen", {})
        _carry_out(page, ledger, {one.number: seen.get(one.number, one.version) for one in entries}, chosen, given)
    else:  # what the person has before them when they decide; a change meanwhile is a conflict
        st.session_state[f"{key}.seen"] = {one.number: one.version for one in entries}


def told() -> None:
    """Say once what the last action did."""
    said = st.session_state.pop("ledger.done", None)
    if said:
        st.success(plain(said))


def _possible(entries: Sequence[Entry]) -> list[str]:
    """The actions that every one of the entries allows."""
    listed = {one.is_listed for one in entries}
    found = [name for name in ACTIONS if all(one.state in TRANSITIONS[name] for one in entries)]
    if listed != {True}:
        found = [name for name in found if name != Unlist.name]
    return [name for name in found if not (name == ListForSupervision.name and listed == {True})]


def _title(page: Page, action: str) -> str:
    return page.words.say(ACTION_TITLES[action])


def _fields(page: Page, action: str, key: str, entries: Sequence[Entry]) -> Given:
    """The fields of an action; for one entry they begin as they are."""
    words, one = page.words, entries[0] if len(entries) == 1 else None
    given: Given = {}

    def text(name: str, now: str = "", area: bool = False) -> None:
        field = st.text_area if area else st.text_input
        given[name] = field(plain(words(f"dashboard.ledger.{name}")), now, key=f"{key}.{name}")

    if action == Assign.name:
        for name in ("leader", "responsible", "unit"):
            text(name, getattr(one, name) if one else "")
    elif action == Plan.name:
        text("plan", one.plan if one else "", area=True)
        given["deadline"] = _day(page, key, "deadline", one.deadline if one else None)
    elif action == Suppress.name:
        given["until"] = _day(page, key, "until", date.today() + timedelta(days=30))
    elif action in (Note.name, Account.name):
        text("text", area=True)
    if action in (Close.name, Attach.name):
        text("proofs", area=True)
        given["files"] = st.file_uploader(
            plain(words("dashboard.ledger.proof_files")),
            accept_multiple_files=True,
            key=f"{key}.files",
            help=plain(words("dashboard.ledger.proof_files_help")),
        )
    if action not in (Note.name, Account.name):
        label = "reason_needed" if action in _NEEDS_REASON else "reason"
        given["reason"] = st.text_area(plain(words(f"dashboard.ledger.{label}")), key=f"{key}.reason", height=80)
    return given


def _day(page: Page, key: str, name: str, now: date | None) -> date | None:
    found: date | None = st.date_input(
        plain(page.words(f"dashboard.ledger.{name}")), now, format="YYYY-MM-DD", key=f"{key}.{name}"
    )
    return found


def _carry_out(page: Page, ledger: Ledger, versions: Mapping[str, int], action: str, given: Given) -> None:
    words = page.words
    if action in _NEEDS_REASON and not given["reason"].strip():
        st.error(plain(words("dashboard.ledger.no_reason")))
        return
    try:
        done = ledger.bulk(list(versions), MAKERS[action](given), by=page.viewer.name, versions=versions).done
    except AnalyzerError as error:
        st.error(plain(words("dashboard.ledger.refused")))
        st.text(error.say(page.lang))
        return
    st.session_state["ledger.done"] = words("dashboard.ledger.done", action=_title(page, action), n=len(done))
    st.rerun()


def _proofs(given: Given) -> tuple[Proof, ...]:
    """The proofs named line by line, and files by name and hash: the files themselves are not kept."""
    named = [Proof(line.strip()) for line in given["proofs"].splitlines() if line.strip()]
    files = [Proof(one.name, hashlib.sha256(one.getbuffer()).hexdigest()) for one in given["files"] or ()]
    return (*named, *files)


MAKERS: Mapping[str, Callable[[Given], Action]] = {
    Confirm.name: lambda given: Confirm(given["reason"].strip()),
    Reject.name: lambda given: Reject(given["reason"].strip()),
    Assign.name: lambda given: Assign(
        given["leader"].strip(), given["responsible"].strip(), given["unit"].strip(), given["reason"].strip()
    ),
    Plan.name: lambda given: Plan(given["plan"].strip(), given["deadline"], given["reason"].strip()),
    Close.name: lambda given: Close(given["reason"].strip(), _proofs(given)),
    Reopen.name: lambda given: Reopen(given["reason"].strip()),
    Suppress.name: lambda given: Suppress(given["reason"].strip(), given["until"]),
    ListForSupervision.name: lambda given: ListForSupervision(given["reason"].strip()),
    Unlist.name: lambda given: Unlist(given["reason"].strip()),
    Note.name: lambda given: Note(given["text"].strip()),
    Attach.name: lambda given: Attach(_proofs(given), given["reason"].strip()),
    Account.name: lambda given: Account(given["text"].strip()),
}
"""How an action is made of what was typed."""

__all__ = ["ACTIONS", "MAKERS", "State", "act_on", "told"]
