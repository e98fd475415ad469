"""What a changed number would do: one rule judged again on the package's own records."""

from __future__ import annotations

import threading

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts.finding_table import frame_of
from analyzer.dashboard.parts.states import empty, in_lake, section
from analyzer.dashboard.queries import entries_of
from analyzer.model import AnalyzerError, Verdict
from analyzer.model.rule import Rule
from analyzer.reports.entries import Entries, Entry, number_findings
from analyzer.store.package import Package
from analyzer.store.reopen import Reopened
from analyzer.store.what_if import WhatIf, parameters_of, what_if

MOST_ROWS = 2_000_000
"""The records of the largest package that is judged again while somebody waits."""

_SHOWN = 50
_turn = threading.Lock()


def trial(page: Page, rule: Rule) -> None:
    """Ask for other values and show what they would change."""
    words = page.words
    section(words("dashboard.trial.title"), words("dashboard.trial.note"))
    if page.source.limited:
        empty(words("dashboard.trial.limited"))
        return
    if in_lake(page, *page.source.in_lake):
        return
    if sum(page.source.summary["tables"].values()) > MOST_ROWS:
        empty(words("dashboard.trial.large", n=MOST_ROWS), words("dashboard.trial.large_remedy"))
        return
    opened = _opened(page.source.version, _package=page.source.package)
    names = parameters_of(opened.setting, opened.library, opened.rule(rule.code))
    if not names:
        empty(words("dashboard.finding.no_values"))
        return
    settings = _ask(page, opened, rule, names)
    if settings is None:
        return
    if not settings:
        st.text(words("dashboard.trial.unchanged"))
        return
    try:
        with st.spinner(words("dashboard.trial.running")), _turn:
            result = what_if(opened, rule.code, settings)
            entries = _entries(page, opened, result)
    except AnalyzerError as error:
        st.error(words("dashboard.state.cannot"))
        st.text(error.say(page.lang))
        return
    _show(page, result, entries)


@st.cache_resource(max_entries=1, show_spinner=False)
def _opened(version: str, _package: Package) -> Reopened:  # noqa: ARG001 - it is the key
    return Reopened(_package)


def _ask(page: Page, opened: Reopened, rule: Rule, names: tuple[str, ...]) -> list[str] | None:
    """The values that differ from those in force, as `NAME=VALUE`; None before the form was sent."""
    words, law = page.words, opened.rulings
    day = opened.setting.as_of
    given: dict[str, tuple[str, str]] = {}
    with st.form(f"trial.{rule.code}"):
        for name in names:
            known = law.parameters[name]
            entry = known.at(day)
            now = "" if entry is None or entry.value is None else str(entry.value)
            label = f"{words.say(known.title)} ({name})"
            unit = words.name("dashboard.trial.unit", known.unit)
            if known.choices:
                asked = st.selectbox(plain(label), known.choices, index=_place(known.choices, now), key=f"trial.{name}")
            else:
                asked = st.text_input(plain(label), now, help=plain(unit) or None, key=f"trial.{name}")
            given[name] = (now, (asked or "").strip())
        if not st.form_submit_button(plain(words("dashboard.trial.button")), type="primary"):
            return None
    return [f"{name}={asked or 'null'}" for name, (now, asked) in given.items() if asked != now]


def _place(choices: tuple[str, ...], now: str) -> int:
    return choices.index(now) if now in choices else 0


def _entries(page: Page, opened: Reopened, result: WhatIf) -> list[Entry]:
    """The findings that would come in addition, in words, masked."""
    if not result.appeared:
        return []
    number_findings(opened.con)
    wanted = opened.con.execute(
        "SELECT number FROM numbered WHERE list_contains(?, finding_id) ORDER BY number LIMIT ?",
        [list(result.appeared), _SHOWN],
    ).fetchall()
    maker = Entries(opened.con, page.source.law, page.words, False)
    return list(maker.of(opened.con, [row[0] for row in wanted]))


def _show(page: Page, result: WhatIf, entries: list[Entry]) -> None:
    words = page.words
    st.text(
        words(
            "dashboard.trial.said",
            before=result.findings_before,
            after=result.findings_after,
            appeared=len(result.appeared),
            gone=len(result.gone),
            changed=len(result.changed),
        )
    )
    rows = [
        (
            words.name("verdict", one.value),
            result.before[one],
            result.after[one],
            result.after[one] - result.before[one],
        )
        for one in Verdict
    ]
    head = [words("column.verdict"), *(words(f"dashboard.trial.{name}") for name in ("now", "then", "difference"))]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True)
    if entries:
        section(words("dashboard.trial.appeared"))
        st.dataframe(frame_of(page, entries).iloc[:, 1:], hide_index=True, width="stretch")
    if result.gone:
        section(words("dashboard.trial.gone"))
        marks = ", ".join("?" * len(result.gone[:_SHOWN]))
        numbers = page.source.rows(
            f"SELECT number FROM numbered WHERE finding_id IN ({marks}) ORDER BY number", result.gone[:_SHOWN]
        )
        st.dataframe(
            frame_of(page, entries_of(page.source, [row[0] for row in numbers], page.lang)),
            hide_index=True,
            width="stretch",
        )


__all__ = ["trial"]
