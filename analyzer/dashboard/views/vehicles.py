"""车辆 Vehicles: the vehicles that findings touch, and all that was done to one of them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.back import back, keep_filters
from analyzer.dashboard.parts.export import MOST_ROWS, csv_bytes, export_button
from analyzer.dashboard.parts.finding_filter import finding_filter
from analyzer.dashboard.parts.picking import leads_from_row
from analyzer.dashboard.parts.states import empty, title
from analyzer.dashboard.queries import SEVERITIES, FindingFilter
from analyzer.dashboard.queries.vehicles import ORDERS, Vehicle, flagged, vehicle_of_key, vehicles_prepared
from analyzer.dashboard.views import one_vehicle
from analyzer.reports.facts import Facts

ROWS = 50
_HEAD = ("plate", "color", "worst", "findings", "breaches", "records", "first_on", "last_on")


def render(page: Page) -> None:
    """Show the vehicle that the address names, or the list."""
    with st.spinner(page.words("filter.preparing")):
        vehicles_prepared(page.source)
    key = page.asked("vehicle")
    if key is None:
        _list(page)
        return
    found = vehicle_of_key(page.source, key)
    if found is None:
        title(page.words("dashboard.page.vehicles"))
        empty(page.words("vehicles.gone"), page.words("vehicles.gone_remedy"))
        back(page, "vehicles", page.words("vehicles.back"))
        return
    one_vehicle.show(page, found)


def _list(page: Page) -> None:
    words = page.words
    title(words("dashboard.page.vehicles"), words("vehicles.said"))
    text, asked = finding_filter(
        page, lambda: page.filters.text("plate", words("vehicles.text"), help=words("vehicles.text_help"))
    )
    order = page.filters.part(
        "order",
        words("vehicles.order"),
        ORDERS,
        lambda one: words(f"vehicles.order_{one}"),
        label_visibility="collapsed",
    )
    keep_filters("vehicles")
    at = int(st.session_state.get("vehicles.page") or 1)
    total, found = flagged(page.source, asked, text, order, (at - 1) * ROWS, ROWS)
    if not total and at > 1:
        st.session_state.pop("vehicles.page", None)
        total, found = flagged(page.source, asked, text, order, 0, ROWS)
    if not total:
        _nothing(page)
        return
    head, button = st.columns([3, 1], vertical_alignment="center")
    with head:
        st.text(words("vehicles.count", n=total))
    with button:
        export_button(page, "vehicles", "vehicles", lambda: _export(page, asked, text, order))
    key = f"vehicles.table.{at}"
    st.dataframe(
        _frame(page, found),
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * len(found), 630),
        on_select=leads_from_row(page, key, "vehicle", [one.key for one in found]),
        selection_mode="single-row",
        key=key,
        column_config=_columns(page),
    )
    pages = -(-total // ROWS)
    if pages > 1:
        st.pagination(pages, key="vehicles.page")


def _nothing(page: Page) -> None:
    words = page.words
    if flagged(page.source, FindingFilter(), most=1)[0]:
        empty(words("vehicles.none"), words("vehicles.none_remedy"))
    else:
        empty(words("vehicles.nothing"), words("vehicles.nothing_remedy"))


def _cells(page: Page, found: list[Vehicle]) -> list[tuple[Any, ...]]:
    words, facts = page.words, Facts(page.source.law, page.words)
    return [
        (
            facts.cell("detections", "plate_no", one.plate_no), color_of(page, facts, one),
            words.name("severity", str(SEVERITIES[one.rank])), one.findings, one.breaches, one.records, one.first_on,
            one.last_on,
        )
        for one in found
    ]  # fmt: skip


def _frame(page: Page, found: list[Vehicle]) -> pd.DataFrame:
    frame = pd.DataFrame(_cells(page, found), columns=list(_HEAD))
    frame["worst"] = [[one] for one in frame["worst"]]
    return frame.rename(columns={name: page.words(f"vehicles.{name}") for name in _HEAD})


def _export(page: Page, asked: FindingFilter, text: str, order: str) -> bytes:
    _, found = flagged(page.source, asked, text, order, 0, MOST_ROWS)
    return csv_bytes([page.words(f"vehicles.{name}") for name in _HEAD], _cells(page, found))


def color_of(page: Page, facts: Facts, one: Vehicle) -> str:
    """Return the colour of a plate in words."""
    return (
        facts.cell("detections", "plate_color", one.plate_color)
        if one.plate_color
        else page.words("vehicles.colorless")
    )


def _columns(page: Page) -> dict[str, Any]:
    words = page.words
    numbers = {
        words(f"vehicles.{name}"): st.column_config.NumberColumn(format="localized", width=90)
        for name in ("findings", "breaches", "records")
    }
    days = {
        words(f"vehicles.{name}"): st.column_config.DateColumn(format="YYYY-MM-DD", width=110)
        for name in ("first_on", "last_on")
    }
    worst = marks.mark_column(page, "severity", words("vehicles.worst"), marks.SEVERITY_COLORS)
    return {**numbers, **days, words("vehicles.worst"): worst}
