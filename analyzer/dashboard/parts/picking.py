"""What is picked in a table or a chart leads on at once: the page that it was picked on is not worked out again first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analyzer.dashboard.page import Page

Lead = Callable[[], None]


def leads_from_row(page: Page, key: str, to: str, values: Sequence[str] | Callable[[int], str]) -> Lead:
    """Return what a table of this key does when a row is picked: go to the page `to` of that row's value.

    `values` are the values of the rows shown, or what gives the value of a row. The parameter in the address is called
    after the page, or `f` for a finding.
    """

    def lead() -> None:
        rows = st.session_state[key].selection.rows
        if not rows:
            return
        if callable(values):
            _go(page, to, values(rows[0]))
        elif rows[0] < len(values):
            _go(page, to, values[rows[0]])

    return lead


def leads_from_mark(page: Page, key: str, to: str) -> Lead:
    """Return what a chart of this key does when a mark is picked: go to the page `to` of what the mark stands for."""

    def lead() -> None:
        points = [point for point in st.session_state[key].selection.points if point.get("customdata")]
        if points:
            _go(page, to, points[0]["customdata"][0])

    return lead


def _go(page: Page, to: str, value: str) -> None:
    page.go(to, **{"f" if to == "finding" else to: value})


__all__ = ["Lead", "leads_from_mark", "leads_from_row"]
