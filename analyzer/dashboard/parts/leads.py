"""Where a finding leads: its rule, its vehicles, devices, cases and its agency."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.queries.named import records_of
from analyzer.dashboard.queries.vehicles import vehicles_prepared
from analyzer.reports.masking import mask_plate

MOST = 3
"""How many vehicles, devices or cases one finding leads to; its records name all of them."""


def leads(page: Page, number: int, finding: Mapping[str, Any], show_personal: bool = False) -> None:
    """Show the links of a finding; `finding` holds its rule, agency_id and facts."""
    rule, agency, facts = (finding[name] for name in ("rule", "agency_id", "facts"))
    words = page.words
    with st.container(horizontal=True, gap="medium"):
        page.page_link("rule", words("dashboard.leads.rule", code=rule), rule=rule)
        for key, plate in _vehicles(page, number):
            shown = plate if show_personal else mask_plate(plate)
            page.page_link("vehicle", words("dashboard.leads.vehicle", plate=shown), vehicle=key)
        for table, name in (("devices", "device"), ("cases", "case")):
            for key in _keys(page, number, json.loads(facts), table, f"{name}_id"):
                page.page_link(name, words(f"dashboard.leads.{name}", id=key), **{name: key})
        if agency:
            page.page_link("agency", words("dashboard.leads.agency", id=agency), agency=agency)


def _vehicles(page: Page, number: int) -> list[tuple[str, str]]:
    if "vehicle" not in page.views:
        return []
    schema = vehicles_prepared(page.source)
    return [
        (str(key), str(plate))
        for key, plate in page.source.rows(
            f"SELECT v.key, v.plate_no FROM {schema}.vehicle_findings AS t JOIN {schema}.vehicle_list AS v"
            f" ON v.vehicle = t.vehicle WHERE t.number = ? ORDER BY v.vehicle LIMIT {MOST}",
            [number],
        )
    ]


def _keys(page: Page, number: int, facts: dict[str, object], table: str, fact: str) -> list[str]:
    """The keys of devices or cases that the finding is about: its records of that table, and what its facts name."""
    said = facts.get(fact)
    named = [said] if isinstance(said, str) else list(said.values()) if isinstance(said, dict) else []
    return list(
        dict.fromkeys(
            [*(key for _, key in records_of(page.source, number, MOST, table)), *(str(one) for one in named if one)]
        )
    )[:MOST]


__all__ = ["MOST", "leads"]
