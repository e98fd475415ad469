"""The filters that vehicles, devices, cases and agencies share: which findings count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.coverage import rule_name
from analyzer.dashboard.queries import SEVERITIES, FindingFilter, findings_prepared
from analyzer.model import Verdict

_STATES = ("new", "reopened", "open")
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def finding_filter(page: Page, lead: Callable[[], str]) -> tuple[str, FindingFilter]:
    """Show the filters in two rows, the first of them the page's own, and return what was chosen.

    What is typed into `lead` stays in the session; the rest stands in the address.
    """
    words, filters = page.words, page.filters
    first, second = st.columns(4), st.columns(4)
    with first[0]:
        text = lead()
    with first[1]:
        severities = filters.many(
            "severity",
            words("column.severity"),
            [str(one) for one in SEVERITIES],
            lambda one: words.name("severity", one),
        )
    with first[2]:
        rules = filters.many("rule", words("column.rule"), rules_found(page), lambda one: rule_name(page, one))
    with first[3]:
        names = agencies_found(page)
        agencies = filters.many("agency", words("column.agency"), list(names), lambda one: names.get(one, one))
    with second[0]:
        shown = [Verdict.BREACH.value, Verdict.REVIEW.value]
        verdicts = filters.many("verdict", words("column.verdict"), shown, lambda one: words.name("verdict", one))
    with second[1]:
        from_ = _day("from", words("filter.from"))
    with second[2]:
        until = _day("until", words("filter.until"))
    states: list[str] = []
    if page.source.has("finding_life"):
        with second[3]:
            states = filters.many("life", words("dashboard.life.state"), _STATES, lambda one: words.name("life", one))
    return text, FindingFilter(severities, rules, agencies, verdicts, states, from_, until)


def _day(key: str, label: str) -> date | None:
    chosen = st.date_input(
        label, value=None, key=key, format="YYYY-MM-DD", min_value=_FIRST_DAY, max_value=_LAST_DAY, bind="query-params"
    )
    return chosen if isinstance(chosen, date) else None


def rules_found(page: Page) -> list[str]:
    """Return the codes of the rules with findings."""
    schema = findings_prepared(page.source)
    return [row[0] for row in page.source.rows(f"SELECT DISTINCT rule FROM {schema}.short_findings ORDER BY 1")]


def agencies_found(page: Page) -> dict[str, str]:
    """Return the names of the agencies that findings name, by id."""
    schema = findings_prepared(page.source)
    found = [
        row[0]
        for row in page.source.rows(
            f"SELECT DISTINCT agency_id FROM {schema}.short_findings WHERE agency_id IS NOT NULL ORDER BY 1"
        )
    ]
    return {one: names_of_agencies(page).get(one, one) for one in found}


def names_of_agencies(page: Page) -> dict[str, str]:
    """Return what the agencies of the register are called, by id."""
    if not page.source.has("records_agencies"):
        return {}
    rows = page.source.rows("SELECT agency_id, name FROM records_agencies WHERE agency_id IS NOT NULL ORDER BY 1")
    return {key: name or key for key, name in rows}


__all__ = ["agencies_found", "finding_filter", "names_of_agencies", "rules_found"]
