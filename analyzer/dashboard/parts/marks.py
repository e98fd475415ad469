"""How severity, force and verdict look: always a word, and a colour that the colour-blind can tell apart."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.model import Force, Severity, Verdict

VERDICT_COLORS = {
    Verdict.BREACH: "#b4312a",
    Verdict.REVIEW: "#d99a1c",
    Verdict.COMPLIANT: "#4f8f87",
    Verdict.NOT_ASSESSABLE: "#8675ad",
    Verdict.NOT_APPLICABLE: "#d3d9e0",
}
SEVERITY_COLORS = {
    Severity.CRITICAL: "#8c1c13",
    Severity.HIGH: "#c8553d",
    Severity.MEDIUM: "#d99a1c",
    Severity.LOW: "#6b93b8",
    Severity.INFO: "#a9b4c0",
}
FORCE_COLORS = {Force.STATUTE: "#1f4e79", Force.POLICY: "#5b8db8", Force.INDICATOR: "#b9a7d6"}
_BADGES: dict[str, Any] = {
    "critical": "red",
    "high": "orange",
    "medium": "yellow",
    "low": "blue",
    "info": "gray",
    "breach": "red",
    "review": "orange",
    "compliant": "green",
    "not_assessable": "violet",
    "not_applicable": "gray",
    "statute": "primary",
    "policy": "blue",
    "indicator": "violet",
}


def badge(page: Page, group: str, word: str) -> None:
    """Show one mark: `badge(page, "severity", "high")`."""
    st.badge(plain(page.words.name(group, word)), color=_BADGES.get(word, "gray"))


def mark_column(page: Page, group: str, label: str, colors: dict[Any, str], width: Any = "small") -> Any:
    """Return the configuration of a column whose cells hold one word each in a list, shown as coloured marks."""
    return st.column_config.MultiselectColumn(
        label,
        options=[page.words.name(group, one.value) for one in colors],
        color=[colors[one] for one in colors],
        width=width,
    )


def verdict_column(page: Page) -> Any:
    """The column of verdicts: breach and review."""
    return mark_column(page, "verdict", page.words("column.verdict"), VERDICT_COLORS)


def severity_column(page: Page) -> Any:
    """The column of severities."""
    return mark_column(page, "severity", page.words("column.severity"), SEVERITY_COLORS)


__all__ = [
    "FORCE_COLORS",
    "SEVERITY_COLORS",
    "VERDICT_COLORS",
    "badge",
    "mark_column",
    "severity_column",
    "verdict_column",
]
