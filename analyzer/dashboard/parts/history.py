"""What was done to a vehicle or in a case: the timeline, its sentence, the record that is picked in it, all as a table."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.apart import apart
from analyzer.dashboard.parts.folded import folded
from analyzer.dashboard.parts.reveal import is_revealed
from analyzer.dashboard.parts.states import section, sentence
from analyzer.dashboard.plots.events import KINDS, Event, undated
from analyzer.dashboard.plots.look import show as draw
from analyzer.dashboard.plots.timeline import timeline
from analyzer.dashboard.queries.places import whole_rows
from analyzer.dashboard.queries.prepared import Row
from analyzer.dashboard.queries.vehicle_events import MOST_EVENTS
from analyzer.reports.facts import Facts
from analyzer.reports.lawbook import Lawbook

_LINKS = 8


def key_of(law: Lawbook, table: str) -> str:
    """Return the key column of a table of records."""
    return law.library.vocabulary[table].key[0]


def history(
    page: Page, rows: dict[str, list[Row]], happened: list[Event], facts: Facts, key: str, reveal: str = ""
) -> None:
    """Show the timeline of a vehicle or a case, its sentence, the record that is picked in it, and it all as a table.

    `reveal` is what personal data may be shown of, while it is revealed.
    """
    words = page.words
    section(words("vehicles.history"), words("vehicles.history_note"))

    def drawn(page: Page) -> None:
        picked = draw(
            timeline(happened, words, page.source.law.setting.as_of),
            f"{key}.timeline",
            on_select="rerun",
            selection_mode="points",
        )
        sentence(said(page, rows, happened))
        points = [point for point in picked.selection.points if point.get("customdata")]
        if points:
            table, *keys = points[0]["customdata"]
            _records(page, rows, table, keys, facts, is_revealed(reveal))

    if happened:
        apart(page, drawn)
    else:
        sentence(said(page, rows, happened))
    folded(
        page,
        words("vehicles.as_table"),
        f"{key}.history",
        lambda: st.dataframe(_as_table(page, rows, happened, facts), hide_index=True, width="stretch", height=320),
    )


def said(page: Page, rows: dict[str, list[Row]], happened: list[Event]) -> str:
    """Return what the timeline shows in sentences."""
    words = page.words
    parts = []
    if happened:
        counted = Counter(one.table for one in happened)
        listed = [
            words("vehicles.said_count", lane=words(f"timeline.lane.{table}"), n=counted[table])
            for table in KINDS
            if counted[table]
        ]
        marked = Counter(one.verdict for one in happened)
        parts.append(
            words(
                "vehicles.said_history", first=happened[0].at.date().isoformat(), last=happened[-1].at.date().isoformat(),
                counts=words("list.comma").join(listed), breach=marked["breach"], review=marked["review"],
            )
        )  # fmt: skip
    if missing := undated(rows, happened):
        parts.append(words("vehicles.said_undated", n=missing))
    if any(len(some) >= MOST_EVENTS for some in rows.values()):
        parts.append(words("vehicles.said_most", n=MOST_EVENTS))
    return "\n".join(parts)


def _records(
    page: Page, rows: dict[str, list[Row]], table: str, keys: list[str], facts: Facts, show_personal: bool
) -> None:
    """The cells of the records that were picked in the chart, in words and masked."""
    law, words, key = page.source.law, page.words, key_of(page.source.law, table)
    chosen = whole_rows(page.source, table, [row for row in rows.get(table, ()) if str(row[key]) in set(keys)])
    if not chosen:
        return
    st.caption(plain(f"{words('vehicles.record')} · {words.say(law.table_title(table))}"))
    cells = {
        words.say(law.column_title(table, name)): [facts.cell(table, name, row[name], show_personal) for row in chosen]
        for name in chosen[0]
        if not name.startswith("_") and any(row[name] is not None for row in chosen)
    }
    st.dataframe(pd.DataFrame(cells), hide_index=True, width="stretch")


def _as_table(page: Page, rows: dict[str, list[Row]], happened: list[Event], facts: Facts) -> pd.DataFrame:
    law, words = page.source.law, page.words
    cells = {
        (table, str(row[key_of(law, table)])): words("list.joint").join(
            f"{words.say(law.column_title(table, name))} {facts.cell(table, name, row[name])}"
            for name in KINDS[table].told
            if row.get(name) is not None
        )
        for table, some in rows.items()
        for row in some
    }
    listed = [
        (
            one.at.isoformat(" ", "minutes") if one.at.hour or one.at.minute else one.at.date().isoformat(),
            words(f"timeline.lane.{one.table}"),
            one.key,
            words.name("verdict", one.verdict) if one.verdict else "",
            cells[one.table, one.key],
        )
        for one in happened
    ]
    head = [
        words("vehicles.when"),
        words("vehicles.lane"),
        words("column.record_key"),
        words("vehicles.named"),
        words("vehicles.content"),
    ]
    return pd.DataFrame(listed, columns=head)


def related(page: Page, rows: dict[str, list[Row]]) -> None:
    """Show links to the devices that recorded and the cases that were filed, the latest first."""
    words = page.words
    devices = list(dict.fromkeys(row["device_id"] for row in rows.get("detections", ()) if row.get("device_id")))
    cases = list(dict.fromkeys(row["case_id"] for row in rows.get("cases", ())))
    if not devices and not cases:
        return
    st.caption(plain(words("vehicles.related")))
    with st.container(horizontal=True, gap="small"):
        for one in devices[:_LINKS]:
            page.page_link("device", words("vehicles.open_device", id=one), device=one)
        for one in cases[:_LINKS]:
            page.page_link("case", words("vehicles.open_case", id=one), case=one)


__all__ = ["history", "key_of", "related", "said"]
