"""The list of findings with its filters."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.coverage import rule_name
from analyzer.dashboard.parts.finding_filter import agencies_found
from analyzer.dashboard.parts.finding_table import finding_table
from analyzer.dashboard.parts.life import STATES
from analyzer.model import Force, Severity, Verdict


def finding_list(page: Page) -> None:
    """Show filters, the findings that they leave, and go to the one that is picked."""
    conditions: list[str] = []
    params: list[object] = []
    places = [*st.columns(4), *st.columns(4)]
    for place, (key, label, options, name, condition) in zip(places, _filters(page), strict=False):
        with place:
            chosen = page.filters.many(key, label, options, name)
        if chosen:
            conditions.append(condition.format(marks=", ".join("?" * len(chosen))))
            params += chosen
    finding_table(page, "findings", " AND ".join(conditions) or "TRUE", params, leads=True)


def _filters(page: Page) -> list[tuple[str, str, list[str], Callable[[str], str], str]]:
    """The filters: key in the address, label, options, what an option is called, and the condition it makes."""
    words, figures, agencies = page.words, page.source.figures(), agencies_found(page)

    def named(group: str) -> Callable[[str], str]:
        return lambda one: words.name(group, one)

    known: list[tuple[str, str, list[str], Callable[[str], str], str]] = [
        ("severity", words("column.severity"), [one.value for one in Severity], named("severity"), "f.severity"),
        ("verdict", words("column.verdict"), [Verdict.BREACH.value, Verdict.REVIEW.value], named("verdict"), "f.verdict"),
        ("force", words("dashboard.filter.force"), [one.value for one in Force], named("force"), "f.force"),
        ("family", words("dashboard.filter.family"), [str(one.key) for one in figures.by_family], named("family"), "f.family"),
        ("rule", words("column.rule"), [one.rule for one in figures.answers if one.findings], lambda one: rule_name(page, one), "f.rule"),
        ("agency", words("column.agency"), list(agencies), lambda one: agencies[one], "f.agency_id"),
    ]  # fmt: skip
    found = [(key, label, options, name, f"{column} IN ({{marks}})") for key, label, options, name, column in known]
    if page.source.has("finding_life"):
        found.append(("life", words("dashboard.life.state"), list(STATES[:3]), named("life"), "f.state IN ({marks})"))
    return found


__all__ = ["finding_list"]
