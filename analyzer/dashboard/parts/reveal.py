"""Showing personal data: to a role that may, with a reason that is written into the ledger first."""

from __future__ import annotations

import time

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.model import AnalyzerError

SECONDS = 600
"""How long something stays revealed."""


def revealed(page: Page, key: str, kind: str, finding_id: str | None = None) -> bool:
    """Return whether personal data of `key` may be shown now, and offer to ask for it with a reason.

    `kind` says what is shown (plate, name, finding ...); the value itself is never written down.
    """
    state = f"revealed.{key}"
    if st.session_state.get(state, 0.0) > time.monotonic():
        st.caption(plain(page.words("dashboard.reveal.shown")))
        return True
    if not page.viewer.may_reveal:
        return False
    if page.ledger is None:
        st.caption(plain(page.words("dashboard.reveal.no_ledger")))
        return False
    with st.popover(plain(page.words("dashboard.reveal.button"))), st.form(f"reveal.{key}", border=False):
        reason = st.text_area(
            plain(page.words("dashboard.reveal.reason")),
            key=f"reveal.{key}.reason",
            help=plain(page.words("dashboard.reveal.help")),
        )
        sent = st.form_submit_button(plain(page.words("dashboard.reveal.show")), type="primary")
    if not sent:
        return False
    if len((reason or "").strip()) < 4:
        st.error(plain(page.words("dashboard.reveal.no_reason")))
        return False
    try:
        page.ledger.log_reveal(by=page.viewer.name, kind=kind, reason=reason.strip(), finding_id=finding_id)
    except AnalyzerError as error:
        st.error(plain(page.words("dashboard.state.cannot")))
        st.text(error.say(page.lang))
        return False
    st.session_state[state] = time.monotonic() + SECONDS
    st.rerun()
    return True


__all__ = ["SECONDS", "revealed"]
