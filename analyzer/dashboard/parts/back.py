"""The way back from one vehicle, device or case to its list, with the filters that the list had."""

from __future__ import annotations

import streamlit as st

from analyzer.dashboard.page import Page, plain


def keep_filters(view: str) -> None:
    """Remember the address of a list; what was typed is not in it."""
    st.session_state[f"back.{view}"] = [(key, one) for key in st.query_params for one in st.query_params.get_all(key)]


def back(page: Page, view: str, label: str) -> None:
    """Show the link back to a list as it was last seen, in the language of now."""
    if view not in page.views:
        return
    kept = [pair for pair in st.session_state.get(f"back.{view}", []) if pair[0] != "lang"]
    language = [("lang", page.lang)] if page.lang == "en" else []
    st.page_link(page.views[view], label=plain(label), query_params=[*kept, *language])


__all__ = ["back", "keep_filters"]
