"""The list of findings with its filters."""

from __future__ import annotations

import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.coverage import rule_name
from analyzer.dashboard.parts.finding_table import finding_table
from analyzer.dashboard.parts.life import STATES
from analyzer.model import Force, Severity, Verdict


def finding_list(page: Page) -> None:
    """Show filters, the findings that they leave, and go to the one that is picked."""
    words, filters = page.words, page.filters
    conditions, params = [], []
    first, second = st.columns(4), st.columns(4)
    asked: list[tuple[str, list[str]]] = []
    with first[0]:
        options = [one.value for one in Severity]
        asked.append(
            (
                "f.severity",
                filters.many("severity", words("column.severity"), options, lambda one: words.name("severity", one)),
            )
        )
    with first[1]:
        options = [Verdict.BREACH.value, Verdict.REVIEW.value]
        asked.append(
            (
                "f.verdict",
                filters.many("verdict", words("column.verdict"), options, lambda one: words.name("verdict", one)),
            )
        )
    with first[2]:
        options = [one.value for one in Force]
        asked.append(
            (
                "f.force",
                filters.many("force", words("dashboard.filter.force"), options, lambda one: words.name("force", one)),
            )
        )
    with first[3]:
        options = [str(one.key) for one in page.source.figures().by_family]
        asked.append(
            (
                "f.family",
                filters.many(
                    "family", words("dashboard.filter.family"), options, lambda one: words.name("family", one)
                ),
            )
        )
    with second[0]:
        options = [one.rule for one in page.source.figures().answers if one.findings]
        asked.append(("f.rule", filters.many("rule", words("column.rule"), options, lambda one: rule_name(page, one))))
    with second[1]:
        names = _agencies(page)
        asked.append(("f.agency_id", filters.many("agency", words("column.agency"), list(names), names.__getitem__)))
    if page.source.has("finding_life"):
        with second[2]:
            states = filters.many(
                "life", words("dashboard.life.state"), STATES[:3], lambda one: words.name("life", one)
            )
        if states:
            marks = ", ".join("?" * len(states))
            conditions.append(f"f.finding_id IN (SELECT finding_id FROM finding_life WHERE status IN ({marks}))")
            params += states
    for column, chosen in asked:
        if chosen:
            conditions.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            params += chosen
    picked = finding_table(page, "findings", " AND ".join(conditions) or "TRUE", params)
    if picked is not None:
        page.go("finding", f=page.source.address(picked))


def _agencies(page: Page) -> dict[str, str]:
    """The agencies that findings name, by id."""
    name, join = "f.agency_id", ""
    if page.source.has("records_agencies"):
        name = "coalesce(g.name, f.agency_id)"
        join = " LEFT JOIN records_agencies AS g ON g.agency_id = f.agency_id"
    return dict(
        page.source.rows(
            f"SELECT f.agency_id, any_value({name}) FROM findings AS f{join} WHERE f.agency_id IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
    )


__all__ = ["finding_list"]
