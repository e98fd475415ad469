"""The table of findings: one page of it at a time, gravest first, and its masked export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.export import MOST_ROWS, csv_bytes, export_button
from analyzer.dashboard.parts.picking import leads_from_row
from analyzer.dashboard.parts.states import empty
from analyzer.dashboard.queries import entries_of, short_findings
from analyzer.reports.entries import Entry

PAGE_SIZE = 50
_COLUMNS = (
    "number",
    "severity",
    "verdict",
    "problem",
    "subject_kind",
    "subject",
    "agency",
    "started_on",
    "ended_on",
    "record_count",
    "explanation",
)
_EXPORTED = (*_COLUMNS, "station", "amount_yuan", "rule", "basis", "parameters", "remedy")


def numbers_of(
    page: Page, where: str, params: Sequence[object] = (), first: int = 0, most: int = PAGE_SIZE
) -> list[int]:
    """Return the running numbers of the findings that `where` picks (`f` is `short_findings`)."""
    rows = page.source.rows(
        f"SELECT f.number FROM {short_findings(page.source)} WHERE {where}"
        f" ORDER BY f.number LIMIT {int(most)} OFFSET {int(first)}",
        params,
    )
    return [row[0] for row in rows]


def finding_table(
    page: Page, key: str, where: str = "TRUE", params: Sequence[object] = (), leads: bool = False
) -> int | None:
    """Show the findings that `where` picks and return the number of the one that was picked in the table.

    `where` is ours, with `?` for every value of a viewer's. With `leads` the one that is picked is opened instead.
    """
    total = page.source.one(f"SELECT count(*) FROM {short_findings(page.source)} WHERE {where}", params)[0]
    if not total:
        empty(page.words("dashboard.findings.none"), page.words("dashboard.findings.none_remedy"))
        return None
    pages = -(-total // PAGE_SIZE)
    left, right = st.columns([3, 1], vertical_alignment="center")
    with left:
        st.text(page.words("dashboard.findings.count", n=total))
    with right:
        export_button(page, key, "findings", lambda: _export(page, where, params))
    at = min(int(st.session_state.get(f"{key}.page") or 1), pages)
    entries = entries_of(page.source, numbers_of(page, where, params, (at - 1) * PAGE_SIZE), page.lang)
    numbers, table = [one.number for one in entries], f"{key}.table.{at}"
    picked = st.dataframe(
        frame_of(page, entries),
        hide_index=True,
        width="stretch",
        on_select=leads_from_row(page, table, "finding", lambda row: page.source.address(numbers[row]))
        if leads
        else "rerun",
        selection_mode="single-row",
        key=table,
        column_config=_config(page),
    )
    if pages > 1:
        st.pagination(pages, key=f"{key}.page")
    chosen = picked.selection.rows
    return numbers[chosen[0]] if chosen and chosen[0] < len(numbers) else None


def frame_of(page: Page, entries: Sequence[Entry]) -> pd.DataFrame:
    """Return findings as a frame with a column for each title; marks are lists of one word."""
    words = page.words
    rows = []
    for one in entries:
        row = {name: getattr(one, name) for name in _COLUMNS}
        row["severity"], row["verdict"] = [words.name("severity", one.severity)], [words.name("verdict", one.verdict)]
        rows.append(row)
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.rename(columns={name: words(f"column.{name}") for name in _COLUMNS})


def _config(page: Page) -> dict[str, Any]:
    words = page.words
    return {
        words("column.number"): st.column_config.NumberColumn(width=60, format="%d"),
        words("column.severity"): marks.severity_column(page),
        words("column.verdict"): marks.verdict_column(page),
        words("column.problem"): st.column_config.TextColumn(width="medium"),
        words("column.started_on"): st.column_config.DateColumn(format="YYYY-MM-DD", width=100),
        words("column.ended_on"): st.column_config.DateColumn(format="YYYY-MM-DD", width=100),
        words("column.record_count"): st.column_config.NumberColumn(format="localized", width=80),
        words("column.explanation"): st.column_config.TextColumn(width="large"),
    }


def _export(page: Page, where: str, params: Sequence[object]) -> bytes:
    words = page.words
    entries = entries_of(page.source, numbers_of(page, where, params, most=MOST_ROWS), page.lang)
    rows = (
        [
            words.name(name, str(getattr(one, name))) if name in ("severity", "verdict") else getattr(one, name)
            for name in _EXPORTED
        ]
        for one in entries
    )
    return csv_bytes([words(f"column.{name}") for name in _EXPORTED], rows)


__all__ = ["PAGE_SIZE", "finding_table", "frame_of", "numbers_of"]
