"""设备 Devices: verification against what was recorded and fined, and the rate of fines among like devices."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.back import back, keep_filters
from analyzer.dashboard.parts.export import MOST_ROWS, csv_bytes, export_button
from analyzer.dashboard.parts.finding_filter import finding_filter, names_of_agencies
from analyzer.dashboard.parts.funnel_part import Said, funnel_part
from analyzer.dashboard.parts.picking import leads_from_row
from analyzer.dashboard.parts.states import empty, in_lake, title
from analyzer.dashboard.queries import SEVERITIES, FindingFilter
from analyzer.dashboard.queries.devices import ORDERS, Device, device_of, devices_prepared, listed, rates, sums
from analyzer.dashboard.views import one_device
from analyzer.reports.facts import Facts
from analyzer.reports.funnels import Settings, Unit

ROWS = 50
_PARTS = ("list", "rates")
_HEAD = (
    "device",
    "station",
    "agency",
    "kind",
    "worst",
    "findings",
    "breaches",
    "records",
    "outside",
    "fined",
    "fined_outside",
)


def render(page: Page) -> None:
    """Show the device that the address names, or the list."""
    device_id, words = page.asked("device"), page.words
    with st.spinner(words("filter.preparing")):
        devices_prepared(page.source)
    if device_id is not None:
        found = device_of(page.source, device_id)
        if found is not None:
            one_device.show(page, found)
            return
        title(words("dashboard.page.devices"))
        empty(words("devices.gone"))
        back(page, "devices", words("devices.back"))
        return
    title(words("dashboard.page.devices"), words("devices.said"))
    if not sums(page.source)[0]:
        empty(words("devices.nothing"), words("devices.nothing_remedy"))
        return
    part = page.filters.part(
        "part",
        words("dashboard.overview.part"),
        _PARTS,
        lambda one: words(f"devices.tab_{one}"),
        label_visibility="collapsed",
    )
    if part == "rates":
        _rates(page)
    else:
        _list(page)


def _list(page: Page) -> None:
    words, source = page.words, page.source
    st.text(_sum(page))
    text, asked = finding_filter(page, lambda: page.filters.text("device", words("devices.text")))
    facts = Facts(source.law, words)
    kinds = [row[0] for row in _kinds(page)]
    left, middle, right = st.columns([1, 2, 1.2], vertical_alignment="bottom")
    with left:
        chosen = page.filters.many("kind", words("devices.kind"), kinds, lambda one: facts.cell("devices", "kind", one))
    with middle:
        order = page.filters.part("order", words("devices.order"), ORDERS, lambda one: words(f"devices.order_{one}"))
    with right:
        only = st.toggle(words("devices.only_outside"), key="outside", bind="query-params")
    keep_filters("devices")
    at = int(st.session_state.get("devices.page") or 1)
    total, found = listed(source, asked, text, chosen, only, order, (at - 1) * ROWS, ROWS)
    if not total and at > 1:
        total, found = listed(source, asked, text, chosen, only, order, 0, ROWS)
    if not total:
        empty(words("devices.none"), words("devices.none_remedy"))
        return
    head, button = st.columns([3, 1], vertical_alignment="center")
    with head:
        st.text(words("devices.count", n=total))
    with button:
        export_button(page, "devices", "devices", lambda: _export(page, asked, text, chosen, only, order))
    key = f"devices.table.{at}"
    st.dataframe(
        _frame(page, found), hide_index=True, width="stretch", height=min(38 + 35 * len(found), 630),
        on_select=leads_from_row(page, key, "device", [one.device_id for one in found]),
        selection_mode="single-row", key=key, column_config=_columns(page),
    )  # fmt: skip
    if (pages := -(-total // ROWS)) > 1:
        st.pagination(pages, key="devices.page")


def _sum(page: Page) -> str:
    devices, outside, records, fined = sums(page.source)
    if not page.source.has("records_detections"):
        return page.words("devices.sum_no_records")
    if not page.source.has("records_calibrations"):
        return page.words("devices.sum_unknown")
    if not outside:
        return page.words("devices.sum_none", devices=devices)
    return page.words("devices.sum", devices=devices, outside=outside, records=records, fined=fined)


def _kinds(page: Page) -> list[tuple[Any, ...]]:
    if not page.source.has("records_devices"):
        return []
    return page.source.rows(
        "SELECT kind FROM records_devices WHERE kind IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
    )


def _cells(page: Page, found: list[Device]) -> list[tuple[Any, ...]]:
    facts, names = Facts(page.source.law, page.words), names_of_agencies(page)
    return [
        (
            one.device_id, one.station or one.station_id or "", names.get(one.agency_id or "", one.agency_id or ""),
            facts.cell("devices", "kind", one.kind),
            "" if one.rank is None else page.words.name("severity", str(SEVERITIES[one.rank])),
            one.findings, one.breaches, one.records, one.outside, one.fined, one.fined_outside,
        )
        for one in found
    ]  # fmt: skip


def _frame(page: Page, found: list[Device]) -> pd.DataFrame:
    frame = pd.DataFrame(_cells(page, found), columns=list(_HEAD))
    frame["worst"] = [[one] if one else [] for one in frame["worst"]]
    return frame.rename(columns={name: page.words(f"devices.{name}") for name in _HEAD})


def _columns(page: Page) -> dict[str, Any]:
    words = page.words
    numbers = {
        words(f"devices.{name}"): st.column_config.NumberColumn(format="localized", width=74)
        for name in ("findings", "breaches", "records", "outside", "fined", "fined_outside")
    }
    worst = marks.mark_column(page, "severity", words("devices.worst"), marks.SEVERITY_COLORS)
    widths = {"device": 84, "station": 130, "agency": 140, "kind": 84}
    texts = {words(f"devices.{name}"): st.column_config.TextColumn(width=width) for name, width in widths.items()}
    return {**numbers, **texts, words("devices.worst"): worst}


def _export(page: Page, asked: FindingFilter, text: str, kinds: list[str], only: bool, order: str) -> bytes:
    _, found = listed(page.source, asked, text, kinds, only, order, 0, MOST_ROWS)
    return csv_bytes([page.words(f"devices.{name}") for name in _HEAD], _cells(page, found))


def _rates(page: Page) -> None:
    words = page.words
    facts = Facts(page.source.law, words)
    kinds = [row[0] for row in _kinds(page)]
    has_all = all(page.source.has(f"records_{name}") for name in ("detections", "cases", "devices"))
    if in_lake(page, "detections", "cases", "devices"):
        return
    if not kinds or not has_all:
        empty(words("devices.rates.none"), words("devices.rates.none_remedy"))
        return
    kind = page.filters.part(
        "rated", words("devices.rates.kind"), kinds, lambda one: facts.cell("devices", "kind", one)
    )
    units = [Unit(key, int(fined), int(records)) for key, fined, records in rates(page.source, kind)]
    settings = Settings.of(page.source.law, "device_output_min_passes")
    texts = Said(words("devices.rates.note"), words("devices.rates.axis"), words("devices.rates.sample"), per=1000)
    funnel_part(page, "devices", units, {}, settings, texts, side="high", lead="device")
