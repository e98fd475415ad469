"""What the rules answered, and what they could not judge and why: silence is never a pass."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts.export import csv_bytes, export_button
from analyzer.dashboard.parts.states import empty, section
from analyzer.dashboard.plots import counts
from analyzer.dashboard.plots.look import show as draw
from analyzer.model import Verdict
from analyzer.reports.figures import Answers
from analyzer.reports.missing import describe_all

_KINDS = ("found", "undecided", "all")


def show(page: Page) -> None:
    """Show each rule's five answers as one bar, and below what was missing."""
    if page.source.limited:
        empty(page.words("dashboard.coverage.limited"))
        return
    _answers(page)
    _missing(page)


def rule_name(page: Page, code: str) -> str:
    """Return a rule's code and what it is called."""
    return f"{code} {page.words.say(page.source.law.title(code))}"


def _answers(page: Page) -> None:
    words, figures = page.words, page.source.figures()
    section(words("dashboard.coverage.answers"), words("dashboard.coverage.answers_note"))
    kind = page.filters.part(
        "rules",
        words("dashboard.coverage.which"),
        _KINDS,
        lambda one: words(f"dashboard.coverage.which_{one}"),
        label_visibility="collapsed",
    )
    chosen = [one for one in figures.answers if one.total and _wanted(one, kind)]
    if not chosen:
        empty(words("dashboard.coverage.none"))
        return
    chosen.sort(key=lambda one: (-one.counts[Verdict.BREACH], -one.counts[Verdict.REVIEW], one.rule))
    said = words(
        "dashboard.coverage.said",
        rules=len(figures.answers),
        found=sum(1 for one in figures.answers if one.findings),
        undecided=len(figures.undecided_rules),
        silent=sum(1 for one in figures.answers if not one.total),
    )
    draw(
        counts.answers(chosen, words, lambda code: rule_name(page, code), words.t("dashboard.coverage.hover")),
        said=said,
    )


def _wanted(one: Answers, kind: str) -> bool:
    if kind == "found":
        return one.findings > 0
    return kind == "all" or one.counts[Verdict.NOT_ASSESSABLE] > 0


def _missing(page: Page) -> None:
    words = page.words
    section(words("dashboard.coverage.missing"), words("dashboard.coverage.missing_note"))
    gaps = describe_all(page.source.figures().lacks, page.source.law, words)
    if not gaps:
        empty(words("dashboard.coverage.nothing_missing"))
        return
    gaps.sort(key=lambda one: (-one.rows, one.rule, one.place))
    head = [
        words(f"column.{name}") for name in ("rule", "missing_kind", "missing_place", "missing_rows", "missing_remedy")
    ]
    rows = [(rule_name(page, one.rule), one.kind, one.place, one.rows, one.remedy) for one in gaps]
    st.dataframe(
        pd.DataFrame(rows, columns=head),
        hide_index=True,
        width="stretch",
        column_config={head[3]: st.column_config.NumberColumn(format="localized")},
    )
    export_button(page, "missing", "not_assessable", lambda: csv_bytes(head, rows))


__all__ = ["rule_name", "show"]
