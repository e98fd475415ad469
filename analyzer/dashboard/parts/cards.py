"""Cards of key figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analyzer.dashboard.page import plain


@dataclass(frozen=True)
class Card:
    """One key figure: what it counts, the number or text, and what it means exactly."""

    label: str
    value: int | str
    help: str = ""
    delta: str | None = None


def cards(row: Sequence[Card]) -> None:
    """Show key figures side by side; whole numbers with thousands marked."""
    place = st.container(horizontal=True, gap="small")  # on a narrow screen the cards go on in the next line
    for card in row:
        shown = f"{card.value:,}" if isinstance(card.value, int) else card.value
        place.metric(
            plain(card.label),
            shown,
            delta=plain(card.delta) if card.delta else None,
            delta_color="off",
            delta_arrow="off",
            help=plain(card.help) or None,
            border=True,
        )


__all__ = ["Card", "cards"]
