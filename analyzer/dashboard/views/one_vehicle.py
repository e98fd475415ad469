"""One vehicle: its timeline, what it leads to, and every finding that touches it."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.back import back
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.findings_here import findings_here
from analyzer.dashboard.parts.history import history, key_of, related
from analyzer.dashboard.parts.reveal import revealed
from analyzer.dashboard.parts.states import section, title
from analyzer.dashboard.plots.events import make_events
from analyzer.dashboard.queries.prepared import Row
from analyzer.dashboard.queries.vehicle_events import events, events_prepared
from analyzer.dashboard.queries.vehicles import Vehicle, findings_of, verdicts
from analyzer.reports.facts import Facts


def show(page: Page, vehicle: Vehicle) -> None:
    """Show everything of one vehicle, its plate masked."""
    words, source = page.words, page.source
    facts = Facts(source.law, words)
    plate = facts.cell("detections", "plate_no", vehicle.plate_no)
    color = (
        facts.cell("detections", "plate_color", vehicle.plate_color)
        if vehicle.plate_color
        else words("vehicles.colorless")
    )
    back(page, "vehicles", words("vehicles.back"))
    title(words("subject_of.vehicle", plate=plate, color=color))
    shown = revealed(page, f"vehicle.{vehicle.key}", "vehicle")
    if shown:
        st.text(facts.cell("detections", "plate_no", vehicle.plate_no, True))
    with st.spinner(words("filter.preparing")):
        events_prepared(source)
    rows = events(source, vehicle)
    _cards(page, vehicle, rows)
    keys = [str(row[key_of(source.law, table)]) for table, some in rows.items() for row in some]
    happened = make_events(rows, verdicts(source, vehicle, keys), source.law, words, shown)
    history(page, rows, happened, facts, "vehicle", f"vehicle.{vehicle.key}")
    related(page, rows)
    section(words("vehicles.all_findings"), words("vehicles.pick"))
    findings_here(page, f"vehicle.{vehicle.key}", findings_of(source, vehicle), reveal=f"vehicle.{vehicle.key}")


def _cards(page: Page, vehicle: Vehicle, rows: dict[str, list[Row]]) -> None:
    words = page.words
    paid = sum((row["amount_yuan"] or Decimal(0) for row in rows.get("payments", ())), Decimal(0))
    cards(
        [
            Card(words("vehicles.card_findings"), vehicle.findings, words("vehicles.card_findings_help")),
            Card(words("vehicles.card_breaches"), vehicle.breaches),
            *(
                Card(words(f"vehicles.card_{table}"), len(rows.get(table, ())))
                for table in ("detections", "notices", "cases")
            ),
            Card(words("vehicles.card_paid"), f"{paid:,.0f}", words("vehicles.card_paid_help")),
        ]
    )


__all__ = ["show"]
