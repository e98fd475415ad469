"""What became of findings since the last run: new, resolved, reopened. A single audit has no run before it and says so."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.coverage import rule_name
from analyzer.dashboard.parts.states import section

STATES = ("new", "reopened", "open", "resolved")
_NOW = (
    "(status <> 'resolved' OR (reason IS DISTINCT FROM 'renamed' AND since_run = (SELECT max(run_no) FROM main.runs)))"
)
"""The lives as they stand after the last run; of those resolved, the ones that this run resolved."""


def life_counts(page: Page) -> dict[str, int]:
    """Return how many findings stand in each state after the last run; empty for a single audit."""
    if not page.source.has("finding_life"):
        return {}
    return dict(page.source.rows(f"SELECT status, count(*) FROM finding_life WHERE {_NOW} GROUP BY 1"))


def life_cards(page: Page) -> None:
    """Show the cards of new, reopened, open and resolved findings."""
    words = page.words
    if not page.source.has("finding_life"):
        st.caption(plain(words("dashboard.life.single")))
        return
    counts = life_counts(page)
    cards([Card(words(f"life.{one}"), counts.get(one, 0), words(f"dashboard.life.{one}_help")) for one in STATES])


def life_changes(page: Page) -> None:
    """Show by rule what the last run changed; nothing for a single audit."""
    words = page.words
    if not page.source.has("finding_life"):
        return
    section(words("dashboard.life.changes"))
    shown = ("new", "reopened", "resolved")
    counts = ", ".join(f"count(*) FILTER (WHERE status = '{one}') AS {one}" for one in shown)
    rows = page.source.rows(
        f"SELECT rule, {counts} FROM finding_life WHERE {_NOW} AND status <> 'open' GROUP BY 1"
        " ORDER BY new + reopened DESC, resolved DESC, rule"
    )
    if not rows:
        st.text(words("dashboard.life.nothing"))
        return
    head = [words("column.rule"), *(words(f"life.{one}") for one in shown)]
    frame = pd.DataFrame([(rule_name(page, rule), *numbers) for rule, *numbers in rows], columns=head)
    st.dataframe(frame, hide_index=True, width="stretch", height=min(36 * len(rows) + 40, 320))
    counts_now = life_counts(page)
    with st.container(horizontal=True, gap="small"):
        for state in ("new", "reopened"):
            if counts_now.get(state):
                page.page_link("overview", words(f"dashboard.life.see_{state}"), part="list", life=state)


__all__ = ["STATES", "life_cards", "life_changes", "life_counts"]
