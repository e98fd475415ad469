"""One finding whole: what happened, by which law, on which facts and values, in which records."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.leads import leads
from analyzer.dashboard.parts.states import empty
from analyzer.dashboard.queries import entries_of, finding_places
from analyzer.dashboard.queries.named import records_of
from analyzer.dashboard.queries.places import standing
from analyzer.dashboard.queries.prepared import look_up
from analyzer.reports.entries import Entry
from analyzer.reports.facts import Facts, parameter_rows
from analyzer.reports.lawbook import Citations

MOST_RECORDS = 500
"""The records of a finding that are shown; the workbook lists all of them."""


def finding_detail(page: Page, number: int, show_personal: bool = False) -> None:
    """Show the finding of a running number; without a reason written down it is masked."""
    entries = entries_of(page.source, [number], page.lang, show_personal)
    if not entries:
        empty(page.words("dashboard.finding.gone"))
        return
    one, words = entries[0], page.words
    raw = _raw(page, number)
    st.subheader(plain(one.problem), anchor=False)
    with st.container(horizontal=True, gap="small"):
        for group, word in (("severity", one.severity), ("verdict", one.verdict), ("force", raw["force"])):
            marks.badge(page, group, word)
    st.text(one.explanation)
    _pairs(
        [
            (one.subject_kind, one.subject),
            (words("column.agency"), one.agency),
            (words("column.station"), one.station),
            (words("dashboard.finding.period"), _period(page, one)),
            (words("column.record_count"), f"{one.record_count:,}"),
            (words("column.amount_yuan"), "" if one.amount_yuan is None else f"{one.amount_yuan:,.2f}"),
            (words("column.basis"), one.basis),
            (words("column.remedy"), one.remedy),
        ]
    )
    leads(page, number, raw, show_personal)
    facts = Facts(page.source.law, words)
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{plain(words('dashboard.finding.facts'))}**")
        _facts(page, facts, raw, show_personal)
    with right:
        st.markdown(f"**{plain(words('dashboard.finding.values'))}**")
        _values(page, raw)
    st.markdown(f"**{plain(words('dashboard.finding.records'))}**")
    records(page, number, facts, show_personal)


def _raw(page: Page, number: int) -> dict[str, Any]:
    names = ("rule", "force", "facts", "parameters", "agency_id")
    wanted = ", ".join(f"f.{name}" for name in names)
    return look_up(
        page.source, f"SELECT {wanted} FROM findings AS f WHERE {finding_places(page.source, [number])}", []
    )[0]


def _period(page: Page, one: Entry) -> str:
    if one.started_on is None:
        return page.words("by.undated")
    if one.ended_on in (None, one.started_on):
        return one.started_on.isoformat()
    return page.words("fact_value.range", first=one.started_on.isoformat(), last=one.ended_on.isoformat())


def _pairs(pairs: list[tuple[str, str]]) -> None:
    """Show what is known as label and text; what is blank is left out."""
    for label, value in pairs:
        if value:
            left, right = st.columns([1, 5])
            left.caption(plain(label))
            right.text(value)


def _facts(page: Page, facts: Facts, raw: dict[str, Any], show_personal: bool) -> None:
    rows = [(one.title, one.value) for one in facts.of(raw["rule"], raw["facts"], show_personal)]
    head = [page.words("dashboard.finding.fact"), page.words("dashboard.finding.value")]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")


def _values(page: Page, raw: dict[str, Any]) -> None:
    words, law = page.words, page.source.law
    said = Citations(law, words)
    rule = law.rule(raw["rule"])
    rows = []
    for name, entry in parameter_rows(raw["parameters"]):
        known = law.rulings.parameters.get(name)
        rows.append(
            (
                words.say(known.title) if known else name,
                said.value(entry["unit"], entry["value"], rule.reads if rule else "detections"),
                entry.get("from") or "",
                words.name("status", entry["status"]),
            )
        )
    if not rows:
        st.caption(plain(words("dashboard.finding.no_values")))
        return
    head = [words(f"dashboard.finding.{name}") for name in ("parameter", "value", "since", "status")]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")


def records(page: Page, number: int, facts: Facts, show_personal: bool = False) -> None:
    """Show the records of a finding, a table for each kind, cells in words and masked."""
    words, law = page.words, page.source.law
    keys = records_of(page.source, number, MOST_RECORDS)
    for table in dict.fromkeys(row[0] for row in keys):
        found = law.library.vocabulary.tables.get(table)
        held = page.source.records(table)
        if found is None or held is None:
            continue
        key = " || '|' || ".join(f't."{name}"' for name in found.key)
        wanted = [row[1] for row in keys if row[0] == table]
        marks_ = ", ".join("?" for _ in wanted)
        columns = list(found.columns)
        named = ", ".join(f't."{name}"' for name in columns)
        places = standing(page.source, table, wanted)
        rows = page.source.rows(f'SELECT {named} FROM "{held}" AS t WHERE {places} AND {key} IN ({marks_})', wanted)
        cells = {
            words.say(found.columns[name].title): [facts.cell(table, name, row[at], show_personal) for row in rows]
            for at, name in enumerate(columns)
            if any(row[at] is not None for row in rows)
        }
        st.caption(plain(words.say(law.table_title(table))))
        st.dataframe(pd.DataFrame(cells), hide_index=True, width="stretch")
    if len(keys) == MOST_RECORDS:
        st.caption(plain(words("dashboard.finding.more", n=MOST_RECORDS)))


__all__ = ["finding_detail", "records"]
