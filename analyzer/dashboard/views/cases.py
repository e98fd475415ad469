"""案件 Cases: the cases that findings touch."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.back import back, keep_filters
from analyzer.dashboard.parts.export import MOST_ROWS, csv_bytes, export_button
from analyzer.dashboard.parts.finding_filter import finding_filter, names_of_agencies
from analyzer.dashboard.parts.picking import leads_from_row
from analyzer.dashboard.parts.states import empty, in_lake, title
from analyzer.dashboard.queries import SEVERITIES, FindingFilter
from analyzer.dashboard.queries.cases import ORDERS, Case, case_rows, cases_prepared, listed, statuses
from analyzer.dashboard.views import one_case
from analyzer.reports.facts import Facts

ROWS = 50
_HEAD = ("case_id", "agency", "status", "worst", "findings", "breaches", "filed_on", "decided_on", "fine_yuan")


def render(page: Page) -> None:
    """Show the case that the address names, or the list."""
    case_id, words = page.asked("case"), page.words
    with st.spinner(words("filter.preparing")):
        cases_prepared(page.source)
    if case_id is not None:
        rows = case_rows(page.source, case_id)
        if rows["cases"]:
            one_case.show(page, case_id, rows)
            return
        title(words("dashboard.page.cases"))
        if not in_lake(page, "cases"):
            empty(words("cases.gone"))
        back(page, "cases", words("cases.back"))
        return
    title(words("dashboard.page.cases"), words("cases.said"))
    if in_lake(page, "cases"):
        return
    if not page.source.has("records_cases"):
        empty(words("cases.no_table"), words("cases.no_table_remedy"))
        return
    _list(page)


def _list(page: Page) -> None:
    words, source = page.words, page.source
    text, asked = finding_filter(page, lambda: page.filters.text("case", words("cases.text")))
    facts = Facts(source.law, words)
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with left:
        chosen = page.filters.many(
            "status", words("cases.status"), statuses(source), lambda one: facts.cell("cases", "status", one)
        )
    with right:
        order = page.filters.part("order", words("cases.order"), ORDERS, lambda one: words(f"cases.order_{one}"))
    keep_filters("cases")
    at = int(st.session_state.get("cases.page") or 1)
    total, found = listed(source, asked, text, chosen, order, (at - 1) * ROWS, ROWS)
    if not total and at > 1:
        total, found = listed(source, asked, text, chosen, order, 0, ROWS)
    if not total:
        _nothing(page, text)
        return
    head, button = st.columns([3, 1], vertical_alignment="center")
    with head:
        st.text(words("cases.count", n=total))
    with button:
        export_button(page, "cases", "cases", lambda: _export(page, asked, text, chosen, order))
    key = f"cases.table.{at}"
    st.dataframe(
        _frame(page, found), hide_index=True, width="stretch", height=min(38 + 35 * len(found), 630),
        on_select=leads_from_row(page, key, "case", [one.case_id for one in found]),
        selection_mode="single-row", key=key, column_config=_columns(page),
    )  # fmt: skip
    if (pages := -(-total // ROWS)) > 1:
        st.pagination(pages, key="cases.page")


def _nothing(page: Page, text: str) -> None:
    words = page.words
    if not listed(page.source, FindingFilter(), most=1)[0]:
        empty(words("cases.nothing"), words("cases.nothing_remedy"))
    else:
        empty(words("cases.none"), words("cases.none_remedy"))
    if text and case_rows(page.source, text)["cases"]:
        page.page_link("case", words("cases.open_exact", id=text), case=text)


def _cells(page: Page, found: list[Case]) -> list[tuple[Any, ...]]:
    facts, names = Facts(page.source.law, page.words), names_of_agencies(page)
    return [
        (
            one.case_id, names.get(one.agency_id or "", one.agency_id or ""), facts.cell("cases", "status", one.status),
            page.words.name("severity", str(SEVERITIES[one.rank])), one.findings, one.breaches, one.filed_on,
            one.decided_on, None if one.fine_yuan is None else float(one.fine_yuan),
        )
        for one in found
    ]  # fmt: skip


def _frame(page: Page, found: list[Case]) -> pd.DataFrame:
    frame = pd.DataFrame(_cells(page, found), columns=list(_HEAD))
    frame["worst"] = [[one] for one in frame["worst"]]
    return frame.rename(columns={name: _title(page, name) for name in _HEAD})


def _title(page: Page, name: str) -> str:
    return page.words(f"cases.{name}")


def _export(page: Page, asked: FindingFilter, text: str, chosen: list[str], order: str) -> bytes:
    _, found = listed(page.source, asked, text, chosen, order, 0, MOST_ROWS)
    return csv_bytes([_title(page, name) for name in _HEAD], _cells(page, found))


def _columns(page: Page) -> dict[str, Any]:
    numbers = {
        _title(page, name): st.column_config.NumberColumn(format="localized", width=84)
        for name in ("findings", "breaches", "fine_yuan")
    }
    days = {
        _title(page, name): st.column_config.DateColumn(format="YYYY-MM-DD", width=100)
        for name in ("filed_on", "decided_on")
    }
    worst = marks.mark_column(page, "severity", page.words("cases.worst"), marks.SEVERITY_COLORS)
    widths = {"case_id": 110, "agency": 170, "status": 84}
    texts = {_title(page, name): st.column_config.TextColumn(width=width) for name, width in widths.items()}
    return {**numbers, **days, **texts, _title(page, "worst"): worst}
