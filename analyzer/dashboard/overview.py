"""The first page: findings by severity and family, the five answers of each rule, what was missing, what was read."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.dashboard import charts
from analyzer.dashboard.texts import TEXTS
from analyzer.model import Verdict
from analyzer.model.errors import Language
from analyzer.reports.figures import Answers, Figures, Tally, make_figures
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.missing import describe
from analyzer.reports.wording import Words
from analyzer.store.package import Package

DEFAULT_PACKAGE = "out/demo"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class View:
    """What the page shows, and the language in which it does."""

    figures: Figures
    law: Lawbook
    words: Words

    def say(self, key: str, **values: object) -> str:
        """Return a text of the page."""
        return say(self.words.language, key, **values)

    def rule(self, code: str) -> str:
        """Return a rule's code and what it is called."""
        return f"{code} {self.words.say(self.law.title(code))}"


def say(language: Language, key: str, **values: object) -> str:
    """Return a text of the page in a language; numbers come with thousands marked."""
    text = TEXTS[key].say(language)
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return text.format(**shown) if values else text


def show_overview() -> None:
    """Show the last package, or how to make one."""
    language, folder = _sidebar()
    st.title(say(language, "title"))
    if not (folder / "manifest.json").is_file():
        st.info(say(language, "no_package"))
        st.text(say(language, "make_one"))
        st.code("python -m uv run analyzer demo", language=None)
        return
    try:
        view = View(*_open(str(folder), (folder / "manifest.json").stat().st_mtime_ns), Words(language))
    except Exception as error:  # whatever is wrong with a package, a reader is told so and sees no stack trace
        _log.warning("package not readable: %s", type(error).__name__)
        st.error(say(language, "unreadable"))
        return
    _head(view)
    left, right = st.columns([2, 3])
    with left:
        st.subheader(view.say("by_severity"))
        _plot(charts.tallies(view.figures.by_severity, view.words, "severity", view.say("findings")))
    with right:
        st.subheader(view.say("by_family"))
        _plot(
            charts.tallies(
                sorted(view.figures.by_family, key=_worst_family), view.words, "family", view.say("findings")
            )
        )
    _answers(view)
    _missing(view)
    _intake(view)


def _worst_family(one: Tally) -> tuple[int, int]:
    return (-one.breach, -one.review)


def _sidebar() -> tuple[Language, Path]:
    with st.sidebar:
        english = st.radio("语言 / Language", ["中文", "English"], horizontal=True) == "English"
        language: Language = "en" if english else "zh"
        given = os.environ.get("ANALYZER_PACKAGE") or DEFAULT_PACKAGE
        folder = st.text_input(say(language, "package"), given, help=say(language, "package_help"))
    return language, Path(folder.strip() or given)


@st.cache_resource(max_entries=4, show_spinner=False)
def _open(folder: str, written: int) -> tuple[Figures, Lawbook]:  # noqa: ARG001 - it is a part of the key
    """Count a package once; `written` is the time of its manifest, so that a new audit is counted anew."""
    package = Package(Path(folder))
    return make_figures(package), Lawbook.of(package)


def _plot(figure: Any) -> None:
    st.plotly_chart(figure, width="stretch", config={"displayModeBar": False})


def _head(view: View) -> None:
    figures, said = view.figures, view.figures.summary
    profile = view.words.say(view.law.profile_title())
    st.text(view.say("run", as_of=said["as_of"], profile=profile, rules=len(figures.answers), run=said["run_id"]))
    numbers = {
        "breach": figures.findings.breach,
        "review": figures.findings.review,
        "records": figures.flagged_records,
        "undecided": figures.answered(Verdict.NOT_ASSESSABLE),
        "loaded": figures.intake.loaded,
    }
    helps = {"read": figures.intake.rows_read, "files": figures.intake.files}
    for place, (key, number) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        place.metric(view.say(key), f"{number:,}", help=view.say(f"{key}_help", **helps), border=True)
    if figures.intake.refused:
        st.error(view.say("refused", n=figures.intake.refused))


def _answers(view: View) -> None:
    st.subheader(view.say("answers"))
    kinds = ["found", "undecided", "all"]
    kind = st.radio(
        view.say("which"),
        kinds,
        format_func=lambda one: view.say(f"which.{one}"),
        horizontal=True,
        label_visibility="collapsed",
    )
    chosen = [one for one in view.figures.answers if one.total and _wanted(one, kind or "all")]
    if not chosen:
        st.text(view.say("none"))
        return
    chosen.sort(key=lambda one: (-one.counts[Verdict.BREACH], -one.counts[Verdict.REVIEW], one.rule))
    st.caption(view.say("answers_note"))
    _plot(charts.answers(chosen, view.words, view.rule, view.say("hover")))


def _wanted(one: Answers, kind: str) -> bool:
    if kind == "found":
        return one.findings > 0
    return kind == "all" or one.counts[Verdict.NOT_ASSESSABLE] > 0


def _missing(view: View) -> None:
    words = view.words
    st.subheader(view.say("missing"))
    if not view.figures.lacks:
        st.text(view.say("nothing_missing"))
        return
    st.caption(view.say("missing_note"))
    rows = []
    for lack in sorted(view.figures.lacks, key=lambda one: (-one.rows, one.rule, one.missing)):
        gap = describe(lack, view.law, words)
        rows.append(
            {
                words.t("column.rule"): view.rule(lack.rule),
                words.t("column.missing_kind"): gap.kind,
                words.t("column.missing_place"): gap.place,
                words.t("column.missing_rows"): lack.rows,
                words.t("column.missing_remedy"): gap.remedy,
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _intake(view: View) -> None:
    words, intake = view.words, view.figures.intake
    st.subheader(view.say("intake"))
    numbers = ("rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues")
    st.caption(view.say("intake_note", **{name: getattr(intake, name) for name in numbers}))
    rows = [
        {
            words.t("column.file"): one.file,
            words.t("column.sheet"): one.sheet or "",
            words.t("column.table"): words.say(view.law.table_title(one.table)) if one.table else "",
            **{words.t(f"column.{name}"): getattr(one, name) for name in numbers},
            words.t("column.refused"): one.said(words.language)[0] or "",
        }
        for one in view.figures.accounts
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
