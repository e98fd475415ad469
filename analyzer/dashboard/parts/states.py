"""What a page says when there is nothing to show, when something went wrong, and what a chart shows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import streamlit as st

from analyzer.dashboard.page import Page, plain
from analyzer.model import AnalyzerError

_log = logging.getLogger(__name__)


def title(text: str, said: str = "") -> None:
    """Show the heading of a page and a quiet line below it; neither is read as Markdown."""
    st.title(plain(text), anchor=False)
    if said:
        st.caption(plain(said))


def section(text: str, said: str = "") -> None:
    """Show the heading of a part of a page, and a quiet line below it."""
    st.subheader(plain(text), anchor=False)
    if said:
        st.caption(plain(said))


def sentence(text: str) -> None:
    """Say in a sentence what a chart shows; it stands under the chart, and whoever cannot see the chart reads it."""
    st.text(text)


def empty(text: str, remedy: str = "") -> None:
    """Say that there is nothing, and what one can do."""
    with st.container(border=True):
        st.text(text)
        if remedy:
            st.text(remedy)


def in_lake(page: Page, *tables: str) -> bool:
    """Whether one of these tables stayed in a lake; then say that what needs all of its rows is not here."""
    there = [one for one in tables if one in page.source.in_lake]
    if there:
        empty(
            page.words("dashboard.lake.not_here", tables=tables_named(page, there)), page.words("dashboard.lake.remedy")
        )
    return bool(there)


def tables_named(page: Page, tables: Sequence[str]) -> str:
    """Return what tables are called, in one line."""
    words = page.words
    return words.t("list.comma").join(words.say(page.source.law.table_title(one)) for one in tables)


def failure(page: Page, error: Exception) -> None:
    """Say what went wrong: what a person can mend in its own words, anything else without its details."""
    if isinstance(error, AnalyzerError):
        st.error(page.words("dashboard.state.cannot"), icon=None)
        st.text(error.say(page.lang))
        return
    _log.warning("page failed: %s", type(error).__name__)  # its text may hold a plate or a name
    st.error(page.words("dashboard.state.failed", kind=type(error).__name__))


def guarded(page: Page, show: Callable[[Page], None]) -> None:
    """Show a page; an error becomes words. What streamlit itself raises to stop or switch passes through."""
    from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException

    try:
        show(page)
    except (RerunException, StopException):
        raise
    except Exception as error:  # whatever it is, a reader is told so and sees no stack trace
        if page.has_data and page.source.is_outdated():
            st.rerun()  # a newly published run took the old one's place in the middle of the page
        failure(page, error)


__all__ = ["empty", "failure", "guarded", "in_lake", "section", "sentence", "tables_named", "title"]
