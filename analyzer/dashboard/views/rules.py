"""规则 Rules: the library with its law, numbers, examples and counts, and what another number would change."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.back import back, keep_filters
from analyzer.dashboard.parts.export import csv_bytes, export_button
from analyzer.dashboard.parts.picking import leads_from_row
from analyzer.dashboard.parts.rule_detail import rule_detail
from analyzer.dashboard.parts.states import empty, title
from analyzer.model import Force, Verdict
from analyzer.model.rule import Rule
from analyzer.reports.figures import Answers


def render(page: Page) -> None:
    """Show the library, or the rule that the address names."""
    words = page.words
    code = page.asked("rule")
    if code:
        back(page, "rules", words("dashboard.rules.back"))
        rule_detail(page, code.upper())
        return
    rules = [one.rule for one in page.source.law.library.rules.values()]
    title(words("dashboard.page.rules"), words("dashboard.rules.lead", n=len(rules)))
    found = _filtered(page, rules)
    keep_filters("rules")
    _list(page, found)


def _filtered(page: Page, rules: list[Rule]) -> list[Rule]:
    words, filters = page.words, page.filters
    first, second, third, fourth = st.columns([2, 2, 2, 3])
    with first:
        families = list(dict.fromkeys(sorted(one.family for one in rules)))
        family = filters.many(
            "family", words("dashboard.filter.family"), families, lambda one: words.name("family", one)
        )
    with second:
        force = filters.many(
            "force", words("dashboard.filter.force"), [one.value for one in Force], lambda one: words.name("force", one)
        )
    with third:
        ways = ("found", "undecided", "silent")
        way = filters.one(
            "answered", words("dashboard.rules.answered"), ways, lambda one: words(f"dashboard.rules.{one}")
        )
    with fourth:
        asked = filters.text("rules", words("dashboard.rules.search")).casefold()
    counts = {one.rule: one for one in page.source.figures().answers}
    return [
        one
        for one in rules
        if (not family or one.family in family)
        and (not force or one.force.value in force)
        and (way is None or _is(way, counts.get(one.code)))
        and (not asked or asked in f"{one.code} {one.id} {one.title.zh} {one.title.en} {one.requirement.zh}".casefold())
    ]


def _is(way: str, one: Answers | None) -> bool:
    if one is None or not one.total:
        return way == "silent"
    return bool(one.findings) if way == "found" else way == "undecided" and one.undecided > 0


def _list(page: Page, rules: list[Rule]) -> None:
    words = page.words
    if not rules:
        empty(words("dashboard.rules.none"), words("dashboard.findings.none_remedy"))
        return
    counts = {one.rule: one for one in page.source.figures().answers}
    head = [words(f"column.{name}") for name in ("rule", "rule_title")]
    head += [words("dashboard.filter.family"), words("dashboard.filter.force"), words("column.severity")]
    verdicts = list(Verdict)[:2] if page.source.limited else list(Verdict)
    numbers = [words("column.findings"), *(words.name("verdict", one.value) for one in verdicts)]
    rows = []
    for one in sorted(rules, key=lambda rule: rule.code):
        of = counts.get(one.code)
        grade = [words.name("force", one.force.value), words.name("severity", one.severity.value)]
        answered = [of.findings, *(of.counts[verdict] for verdict in verdicts)] if of else [None] * len(numbers)
        rows.append([one.code, words.say(one.title.text), words.name("family", one.family), *grade, *answered])
    frame = pd.DataFrame(rows, columns=[*head, *numbers])
    frame[head[4]] = [[value] for value in frame[head[4]]]
    st.text(words("dashboard.rules.count", n=len(rows)))
    st.dataframe(
        frame.astype(dict.fromkeys(numbers, "Int64")),
        hide_index=True,
        width="stretch",
        height=560,
        on_select=leads_from_row(page, "rules.table", "rule", [str(row[0]) for row in rows]),
        selection_mode="single-row",
        key="rules.table",
        column_config={
            head[4]: marks.severity_column(page),
            **{name: st.column_config.NumberColumn(format="localized", width=80) for name in numbers},
        },
    )
    export_button(page, "rules", "rules", lambda: csv_bytes([*head, *numbers], rows))
