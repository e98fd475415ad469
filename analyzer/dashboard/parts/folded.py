"""A part of a page that is folded away: it is worked out, sent and drawn once somebody opens it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.apart import apart


def folded(page: Page, label: str, key: str, show: Callable[[], object]) -> None:
    """Show a label, and below it what `show` shows while it is open; the rest of the page stays as it is meanwhile.

    `key` is not personal: what is open stays open while the page is shown.
    """

    def part(_page: Page) -> None:
        place = st.expander(plain(label), key=f"folded.{key}", on_change="rerun")
        if place.open:
            with place:
                show()

    apart(page, part)


__all__ = ["folded"]
