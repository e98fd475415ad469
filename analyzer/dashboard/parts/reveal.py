"""Showing personal data: to a role that may, with a reason that is written into the ledger first."""

from __future__ import annotations

import time

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.ledger import Ledger
from analyzer.model import AnalyzerError

SECONDS = 600
"""How long something stays revealed."""

LEAST_REASON = 4
"""The characters of a reason that says something."""


def revealed(page: Page, key: str, kind: str, finding_id: str | None = None) -> bool:
    """Return whether personal data of `key` may be shown now, and offer to ask for it with a reason.

    `kind` says what is shown (plate, name, finding ...); the value itself is never written down.
    """
    if is_revealed(key):
        st.caption(plain(page.words("dashboard.reveal.shown")))
        return True
    if not page.viewer.may_reveal:
        return False
    if page.ledger is None:
        st.caption(plain(page.words("dashboard.reveal.no_ledger")))
        return False
    reason = asked_reason(
        page, f"reveal.{key}", page.words("dashboard.reveal.button"), page.words("dashboard.reveal.show")
    )
    if reason is None or not written_down(page, page.ledger, kind, reason, finding_id):
        return False
    st.session_state[_state(key)] = time.monotonic() + SECONDS
    st.rerun()
    return True


def is_revealed(key: str) -> bool:
    """Whether personal data of `key` may be shown now."""
    return bool(st.session_state.get(_state(key), 0.0) > time.monotonic())


def _state(key: str) -> str:
    return f"revealed.{key}"


def asked_reason(page: Page, key: str, button: str, send: str) -> str | None:
    """Ask for a reason behind a button, and return it when it was sent and says something."""
    words = page.words
    with st.popover(plain(button)), st.form(key, border=False):
        reason = st.text_area(
            plain(words("dashboard.reveal.reason")), key=f"{key}.reason", help=plain(words("dashboard.reveal.help"))
        )
        sent = st.form_submit_button(plain(send), type="primary")
    if not sent:
        return None
    if len((reason or "").strip()) < LEAST_REASON:
        st.error(plain(words("dashboard.reveal.no_reason")))
        return None
    return reason.strip()


def written_down(page: Page, ledger: Ledger, kind: str, reason: str, finding_id: str | None = None) -> bool:
    """Write into the ledger who is shown what kind of personal data, and why; say it when that cannot be done."""
    try:
        ledger.log_reveal(by=page.viewer.name, kind=kind, reason=reason, finding_id=finding_id)
    except AnalyzerError as error:
        st.error(plain(page.words("dashboard.state.cannot")))
        st.text(error.say(page.lang))
        return False
    return True


__all__ = ["LEAST_REASON", "SECONDS", "asked_reason", "is_revealed", "revealed", "written_down"]
