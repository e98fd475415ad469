"""A part of a page that is worked out by itself when something in it is touched: the rest of the page stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.states import guarded

Shown = Callable[[Page], None]


@st.fragment
def apart(page: Page, show: Shown) -> None:
    """Show a part of a page. Who looks is asked again each time: somebody may have been signed out, or lost a role."""
    if not page.still():
        st.rerun()
    guarded(page, show)


__all__ = ["apart"]
