"""台账 Ledger: findings as work. Who leads, who answers, what is done by when, on which proof it was closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.acting import act_on, told
from analyzer.dashboard.parts.back import back, keep_filters
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.export import csv_bytes, export_button
from analyzer.dashboard.parts.ledger_entry import ledger_entry
from analyzer.dashboard.parts.states import empty, section, title
from analyzer.ledger import Entry, Filter, Ledger, Presence, State
from analyzer.ledger import Page as Found
from analyzer.model import Severity

_SIZE = 50
_FLAGS = ("overdue", "listed", "repeated")
_ORDERS = ("urgent", "newest", "deadline", "number")


def render(page: Page) -> None:
    """Show the ledger, or the entry that the address names."""
    words, ledger = page.words, page.ledger
    if ledger is None:
        title(words("dashboard.page.ledger"))
        empty(words("dashboard.ledger.none"), words("dashboard.ledger.none_remedy"))
        return
    number = page.asked("entry")
    if number:
        back(page, "ledger", words("dashboard.ledger.back"))
        ledger_entry(page, ledger, number)
        return
    title(words("dashboard.page.ledger"), words("dashboard.ledger.lead"))
    told()
    own = Filter(agencies=tuple(sorted(page.viewer.agencies or ())))
    _head(page, ledger, own)
    which, order = _filtered(page, own)
    keep_filters("ledger")
    _list(page, ledger, which, order)


def _head(page: Page, ledger: Ledger, own: Filter) -> None:
    words, (counts, late) = page.words, _counts(ledger, own, page.today)
    shown = (State.PENDING, State.CHECKING, State.CONFIRMED, State.RECTIFYING, State.CLOSED)
    row = [Card(words.say(one.label), counts.get(one, 0)) for one in shown]
    cards([*row, Card(words("dashboard.ledger.overdue"), late, words("dashboard.ledger.overdue_help"))])
    if not sum(counts.values()):
        st.caption(plain(words("dashboard.ledger.no_entries")))


def _filtered(page: Page, own: Filter) -> tuple[Filter, str]:
    words, filters = page.words, page.filters
    row = st.columns(5)
    with row[0]:
        states = filters.many(
            "state",
            words("dashboard.ledger.state"),
            [one.value for one in State],
            lambda one: words.say(State(one).label),
        )
    with row[1]:
        severities = filters.many(
            "severity",
            words("column.severity"),
            [one.value for one in Severity],
            lambda one: words.name("severity", one),
        )
    with row[2]:
        flags = filters.many(
            "flag", words("dashboard.ledger.flag"), _FLAGS, lambda one: words(f"dashboard.ledger.{one}")
        )
    with row[3]:
        presence = filters.one(
            "presence",
            words("dashboard.ledger.presence"),
            [one.value for one in Presence],
            lambda one: words.say(Presence(one).label),
        )
    with row[4]:
        order = filters.one(
            "order", words("dashboard.ledger.order"), _ORDERS, lambda one: words(f"dashboard.ledger.order_{one}")
        )
    which = Filter(
        agencies=own.agencies,
        severities=tuple(severities),
        states=tuple(State(one) for one in states),
        presence=Presence(presence) if presence else None,
        overdue=True if "overdue" in flags else None,
        listed=True if "listed" in flags else None,
        repeated=True if "repeated" in flags else None,
    )
    return which, order or "urgent"


def _list(page: Page, ledger: Ledger, which: Filter, order: str) -> None:
    words = page.words
    at = int(st.session_state.get("ledger.page") or 1)
    found = _found(ledger, which, at, order, page.today)
    if not found.entries and at > 1:
        at, found = 1, _found(ledger, which, 1, order, page.today)
    if not found.entries:
        empty(words("dashboard.ledger.no_match"), words("dashboard.findings.none_remedy"))
        return
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.text(words("dashboard.findings.count", n=found.total))
    head = _head_of(page)
    with right:
        export_button(page, "ledger", "ledger", lambda: csv_bytes(head, _rows(page, ledger.every(which), marked=False)))
    picked = st.dataframe(
        pd.DataFrame(_rows(page, found.entries), columns=head),
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="multi-row",
        key=f"ledger.table.{at}",
        column_config={
            head[2]: marks.severity_column(page),
            head[3]: st.column_config.TextColumn(width="medium"),
            head[0]: st.column_config.TextColumn(width=90),
            **{head[place]: st.column_config.DateColumn(format="YYYY-MM-DD", width=100) for place in (6, 9)},
        },
    )
    if found.pages > 1:
        st.pagination(found.pages, key="ledger.page")
    chosen = [found.entries[place] for place in picked.selection.rows if place < len(found.entries)]
    _chosen(page, ledger, chosen)


def _counts(ledger: Ledger, own: Filter, today: date) -> tuple[dict[State, int], int]:
    """How many entries stand in each state, and how many are overdue; counted anew after every change of the ledger."""
    return _kept_counts(ledger.place, ledger.head(), own, today, _ledger=ledger)


@st.cache_data(max_entries=20, show_spinner=False)
def _kept_counts(
    place: str,  # noqa: ARG001 - these are parts of the key
    head: tuple[int, str],  # noqa: ARG001
    own: Filter,
    today: date,  # noqa: ARG001
    _ledger: Ledger,
) -> tuple[dict[State, int], int]:
    return _ledger.counts(own), _ledger.entries(replace(own, overdue=True), size=1).total


def _found(ledger: Ledger, which: Filter, at: int, order: str, today: date) -> Found:
    """One page of the entries that a filter means; read anew after every change of the ledger."""
    return _kept_page(ledger.place, ledger.head(), which, at, order, today, _ledger=ledger)


@st.cache_data(max_entries=100, show_spinner=False)
def _kept_page(
    place: str,  # noqa: ARG001 - these are parts of the key
    head: tuple[int, str],  # noqa: ARG001
    which: Filter,
    at: int,
    order: str,
    today: date,  # noqa: ARG001
    _ledger: Ledger,
) -> Found:
    return _ledger.entries(which, page=at, size=_SIZE, order=order)


def _chosen(page: Page, ledger: Ledger, chosen: Sequence[Entry]) -> None:
    words = page.words
    if not chosen:
        st.caption(plain(words("dashboard.ledger.pick")))
        return
    if len(chosen) == 1:
        page.page_link("entry", words("dashboard.ledger.open", number=chosen[0].number), entry=chosen[0].number)
    section(words("dashboard.ledger.bulk", n=len(chosen)), words("dashboard.ledger.bulk_note"))
    act_on(page, ledger, chosen, "bulk")


def _head_of(page: Page) -> list[str]:
    names = ("number", "state")
    rest = ("found_on", "leader", "responsible", "deadline", "standing")
    words = page.words
    head = [words(f"dashboard.ledger.{name}") for name in names]
    head += [words(f"column.{name}") for name in ("severity", "problem", "subject", "agency")]
    return [*head, *(words(f"dashboard.ledger.{name}") for name in rest)]


def _rows(page: Page, entries: Sequence[Entry], marked: bool = True) -> list[tuple[object, ...]]:
    words = page.words
    rows: list[tuple[object, ...]] = []
    for one in entries:
        severity = words.name("severity", one.severity)
        flags = [
            words("dashboard.ledger.overdue") if one.is_overdue(page.today) else "",
            words("dashboard.ledger.listed") if one.is_listed else "",
            words("dashboard.ledger.repeated") if one.times_repeated else "",
            words.say(one.presence.label) if one.presence is Presence.GONE else "",
        ]
        rows.append((
            one.number, words.say(one.state.label), [severity] if marked else severity, words.say(one.problem),
            words.say(one.subject), one.agency, one.found_on, one.leader, one.responsible or one.unit, one.deadline,
            words.t("list.comma").join(flag for flag in flags if flag),
        ))  # fmt: skip
    return rows
