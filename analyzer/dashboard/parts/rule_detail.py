"""One rule whole: what it asks, by which law, how it is judged, with which numbers, and what it found here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts import marks
from analyzer.dashboard.parts.coverage import rule_name
from analyzer.dashboard.parts.finding_table import finding_table
from analyzer.dashboard.parts.folded import folded
from analyzer.dashboard.parts.states import empty, section
from analyzer.dashboard.parts.trial import trial
from analyzer.dashboard.plots import counts
from analyzer.dashboard.plots.look import show as draw
from analyzer.model.law import BASE, SET, Citation, ParameterEntry
from analyzer.model.rule import Rule, Wording
from analyzer.reports.lawbook import Citations
from analyzer.store.what_if import parameters_of

_PARTS = ("about", "findings", "trial")
_CONDITIONS = ("applies_when", "breach", "review", "review_instead", "undecided_when")


def rule_detail(page: Page, code: str) -> None:
    """Show the rule of a code."""
    words, rule = page.words, page.source.law.rule(code)
    if rule is None:
        empty(words("dashboard.rules.unknown"))
        return
    st.title(plain(f"{rule.code} {words.say(rule.title.text)}"), anchor=False)
    with st.container(horizontal=True, gap="small"):
        marks.badge(page, "force", rule.force.value)
        marks.badge(page, "severity", rule.severity.value)
        st.caption(plain(f"{rule.id} v{rule.version} · {words.say(page.source.law.table_title(rule.reads))}"))
    st.text(words.say(rule.requirement.text))
    part = page.filters.part(
        "part", words("dashboard.overview.part"), _PARTS, lambda one: words(f"dashboard.rules.part_{one}"),
        label_visibility="collapsed",
    )  # fmt: skip
    if part == "about":
        _counts(page, rule)
        _law(page, rule)
        _numbers(page, rule)
        folded(page, page.words("dashboard.rules.judged"), "rule.judged", lambda: _judged(page, rule))
        examples = page.words("dashboard.rules.examples", n=len(rule.examples.cases))
        folded(page, examples, "rule.examples", lambda: _examples(page, rule))
    elif part == "findings":
        finding_table(page, f"rule.{rule.code}", "f.rule = ?", [rule.code], leads=True)
    else:
        trial(page, rule)


def _counts(page: Page, rule: Rule) -> None:
    words = page.words
    found = [one for one in page.source.figures().answers if one.rule == rule.code and one.total]
    section(words("dashboard.rules.counts"))
    if not found:
        empty(words("dashboard.rules.silent_here"))
        return
    one = found[0]
    said = words("dashboard.rules.said", n=one.total, findings=one.findings, undecided=one.undecided)
    if page.source.limited:
        st.text(words("dashboard.findings.count", n=one.findings))
        return
    draw(
        counts.answers(found, words, lambda code: rule_name(page, code), words.t("dashboard.coverage.hover")), said=said
    )


def _law(page: Page, rule: Rule) -> None:
    words, citations = page.words, Citations(page.source.law, page.words)
    section(words("dashboard.rules.law"))
    rows = []
    for one in rule.basis:
        where = one.article.text if isinstance(one.article, Wording) else one.article
        known = page.source.law.instruments.get(one.law)
        since = one.from_ or (known.from_ if known else None) or ""
        rows.append((citations.places([Citation(one.law, where)], marked=True), since, one.until or ""))
    head = [words("column.basis"), words("dashboard.finding.since"), words("dashboard.rules.until")]
    st.dataframe(pd.DataFrame(rows, columns=head).astype(str), hide_index=True, width="stretch")
    for name, text in (("remedy", rule.remedy), ("limits", rule.limits)):
        if text is not None:
            st.caption(plain(words(f"dashboard.rules.{name}")))
            st.text(words.say(text.text))


def _numbers(page: Page, rule: Rule) -> None:
    words, law = page.words, page.source.law
    section(words("column.parameters"))
    citations = Citations(law, words)
    rows = []
    for name in parameters_of(law.setting, law.library, law.library.rules[rule.code]):
        known = law.rulings.parameters[name]
        for entry in known.entries:
            value = citations.value(known.unit, entry.value, rule.reads)
            since = entry.from_.isoformat() if entry.from_ else ""
            status = words.name("status", entry.status.value)
            rows.append(
                (words.say(known.title), value, since, citations.places(entry.basis), status, _origin(page, entry))
            )
    if not rows:
        st.text(words("dashboard.finding.no_values"))
        return
    head = [words(f"dashboard.finding.{name}") for name in ("parameter", "value", "since")]
    head += [words("column.basis"), words("dashboard.finding.status"), words("column.source")]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")


def _origin(page: Page, entry: ParameterEntry) -> str:
    if entry.origin == BASE:
        return page.words("dashboard.rules.base")
    profile = page.source.law.library.profiles.get(entry.origin)
    if entry.origin == SET or profile is None:
        return page.words.name("status", entry.origin)
    return page.words.say(profile.title)


def _judged(page: Page, rule: Rule) -> None:
    words = page.words
    lines = [
        f"{words(f'dashboard.rules.{name}')}: {' '.join(getattr(rule, name).split())}"
        for name in _CONDITIONS
        if getattr(rule, name)
    ]
    lines += [f"{name} = {' '.join(text.split())}" for name, text in rule.define.items()]
    st.code("\n".join(lines), language=None, wrap_lines=True)
    for name, gather in rule.gather.items():
        st.text(f"{name}: {words.say(gather.about.text)}" if gather.about else name)


def _examples(page: Page, rule: Rule) -> None:
    words = page.words
    rows = []
    for case in rule.examples.cases:
        said = [case.expect] if isinstance(case.expect, str) else list(dict.fromkeys(case.expect.values()))
        rows.append((case.name, words.t("list.comma").join(words.name("verdict", one) for one in said)))
    head = [words("dashboard.rules.example"), words("column.verdict")]
    st.dataframe(pd.DataFrame(rows, columns=head), hide_index=True, width="stretch")


__all__ = ["rule_detail"]
