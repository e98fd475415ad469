"""总览 Overview: what was found, what is new, where it is, and what could not be judged."""

from __future__ import annotations

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.dashboard.parts import coverage
from analyzer.dashboard.parts.cards import Card, cards
from analyzer.dashboard.parts.finding_list import finding_list
from analyzer.dashboard.parts.life import life_cards, life_changes
from analyzer.dashboard.parts.states import empty, in_lake, section, title
from analyzer.dashboard.plots import counts
from analyzer.dashboard.plots.look import show as draw
from analyzer.dashboard.queries.rates import rates_of
from analyzer.model import Verdict
from analyzer.reports.figures import Tally

PARTS = ("summary", "list", "coverage")
_MONTHS = 36
_SAMPLES, _USUAL_SAMPLE = ("10", "30", "100", "300"), "30"
_SHOWN = 10


def render(page: Page) -> None:
    """Show the overview."""
    words, said = page.words, page.source.summary
    title(
        words("dashboard.page.overview"),
        words(
            "dashboard.overview.run",
            as_of=said["as_of"],
            profile=words.say(page.source.law.profile_title()),
            n=len(page.source.figures().answers),
            run=said["run_id"],
        ),
    )
    _head(page)
    part = page.filters.part(
        "part",
        words("dashboard.overview.part"),
        PARTS,
        lambda one: words(f"dashboard.overview.part_{one}"),
        label_visibility="collapsed",
    )
    {"summary": _summary, "list": finding_list, "coverage": coverage.show}[part](page)


def _head(page: Page) -> None:
    figures, words = page.source.figures(), page.words
    numbers = {
        "breach": figures.findings.breach,
        "review": figures.findings.review,
        "records": figures.flagged_records,
    }
    if not page.source.limited:
        numbers["undecided"] = figures.answered(Verdict.NOT_ASSESSABLE)
        numbers["loaded"] = figures.intake.loaded
    helps = {"read": figures.intake.rows_read, "files": figures.intake.files}
    cards(
        [
            Card(words(f"dashboard.overview.{key}"), number, words(f"dashboard.overview.{key}_help", **helps))
            for key, number in numbers.items()
        ]
    )
    life_cards(page)
    if page.source.limited:
        st.caption(plain(words("dashboard.overview.limited")))
    elif figures.intake.refused:
        st.warning(plain(words("dashboard.overview.refused", n=figures.intake.refused)))


def _summary(page: Page) -> None:
    figures, words = page.source.figures(), page.words
    if not figures.findings.total:
        empty(words("dashboard.overview.nothing"), words("dashboard.overview.nothing_remedy"))
        life_changes(page)
        return
    life_changes(page)
    left, right = st.columns(2, gap="large")
    with left:
        section(words("dashboard.overview.by_severity"))
        _tallies(page, figures.by_severity, "severity")
        section(words("dashboard.overview.by_force"))
        _tallies(page, figures.by_force, "force")
    with right:
        section(words("dashboard.overview.by_family"))
        _tallies(page, sorted(figures.by_family, key=lambda one: (-one.breach, -one.review)), "family")
    _trend(page)
    _worst(page)


def _tallies(page: Page, rows: tuple[Tally, ...] | list[Tally], group: str) -> None:
    words = page.words
    most = max(rows, key=lambda one: one.total) if group != "severity" else next(one for one in rows if one.total)
    said = words(
        f"dashboard.overview.said_{group}", name=words.name(group, most.key), breach=most.breach, review=most.review
    )
    draw(counts.tallies(rows, words, group, words("dashboard.overview.findings")), said=said)


def _trend(page: Page) -> None:
    words = page.words
    section(words("dashboard.overview.trend"), words("dashboard.overview.trend_note"))
    rows = _every_month([one for one in page.source.figures().by_month if one.key])
    undated = sum(one.total for one in page.source.figures().by_month if not one.key)
    if not rows:
        empty(words("dashboard.overview.no_dates"))
        return
    shown = rows[-_MONTHS:]
    most = max(shown, key=lambda one: one.total)
    said = [words("dashboard.overview.said_trend", month=most.key, breach=most.breach, review=most.review)]
    if len(shown) < len(rows):
        said.append(words("dashboard.overview.said_earlier", n=sum(one.total for one in rows[:-_MONTHS])))
    if undated:
        said.append(words("dashboard.overview.said_undated", n=undated))
    draw(counts.months(shown, words, words("dashboard.overview.findings")), said=words.t("list.space").join(said))


def _every_month(rows: list[Tally]) -> list[Tally]:
    """The months from the first to the last, those without findings as zero: a gap is seen as one."""
    if not rows:
        return []
    known = {one.key: one for one in rows}
    first, last = ([int(part) for part in str(one.key).split("-")] for one in (rows[0], rows[-1]))
    every = []
    for number in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]):
        key = f"{number // 12:04d}-{number % 12 + 1:02d}"
        every.append(known.get(key) or Tally(key, 0, 0))
    return every


def _worst(page: Page) -> None:
    words = page.words
    section(words("dashboard.overview.worst"), words("dashboard.overview.worst_note"))
    if in_lake(page, "cases", "detections"):
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        kind = page.filters.part(
            "whose",
            words("dashboard.overview.whose"),
            ("agency", "station", "device"),
            lambda one: words(f"dashboard.overview.whose_{one}"),
        )
    with right:
        sample = int(
            page.filters.part(
                "sample",
                words("dashboard.overview.sample"),
                _SAMPLES,
                first=_USUAL_SAMPLE,
                help=plain(words("dashboard.overview.sample_help")),
            )
        )
    rows, fewer = rates_of(page.source, kind, sample)
    found = [one for one in rows if one.breach or one.review][:_SHOWN]
    if not found:
        empty(words("dashboard.overview.no_rates", n=fewer, sample=sample))
        return
    names = [
        one.name if one.name == one.key else words.t("subject_of.named", name=one.name, id=one.key) for one in found
    ]
    said = words(
        "dashboard.overview.said_rates",
        name=names[0],
        share=f"{found[0].breach / found[0].records:.1%}",
        breach=found[0].breach,
        records=found[0].records,
    )
    if fewer:
        said += words.t("list.space") + words("dashboard.overview.said_fewer", n=fewer, sample=sample)
    drawn = [(name, one.records, one.breach, one.review) for name, one in zip(names, found, strict=True)]
    draw(counts.rates(drawn, words, words(f"dashboard.overview.axis_{kind}")), said=said)
