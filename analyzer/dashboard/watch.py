"""Watching for a newly published run: the pages go over to it without a restart, and say so."""

from __future__ import annotations

import streamlit as st

from analyzer.dashboard.page import ScreenWords
from analyzer.dashboard.source import Place, Source
from analyzer.model import AnalyzerError

SECONDS = 30
_SEEN, _PLACE = "version", "version_of"


def announce(words: ScreenWords, source: Source) -> None:
    """Say once that a newer run is shown than a moment ago; going over to other data is no news."""
    before, place = st.session_state.get(_SEEN), st.session_state.get(_PLACE)
    st.session_state[_SEEN], st.session_state[_PLACE] = source.version, source.place
    if before and place == source.place and before != source.version:
        st.toast(words("dashboard.state.switched", as_of=source.summary["as_of"]), duration="long")


def watch(place: Place) -> None:
    """Look every half minute whether another run was published, also while nobody touches the page."""
    if place.store is not None:
        _look(place)


@st.fragment(run_every=SECONDS)
def _look(place: Place) -> None:
    try:
        version = place.version()
    except AnalyzerError:
        return
    if version != st.session_state.get(_SEEN):
        st.rerun()


__all__ = ["SECONDS", "announce", "watch"]
