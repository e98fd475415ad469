"""The frame round every page: language, sign-in, navigation, what is shown and since when."""

from __future__ import annotations

import importlib
import importlib.util
from functools import partial
from typing import Any

import streamlit as st

from analyzer.dashboard.gate import can_sign_out, enter, sign_out
from analyzer.dashboard.page import FIRST, Page, ScreenWords, plain
from analyzer.dashboard.parts.look import dress
from analyzer.dashboard.parts.states import guarded, tables_named
from analyzer.dashboard.place import look_at, looks_at_own, place_of
from analyzer.dashboard.source import Source, open_source
from analyzer.dashboard.viewer import Role, Viewer
from analyzer.dashboard.watch import announce, watch
from analyzer.model import AnalyzerError
from analyzer.model.errors import Language

SECTIONS = {
    "look": ("overview", "vehicles", "devices", "cases", "agencies"),
    "work": ("ledger", "accounts"),
    "ground": ("rules", "data", "upload"),
}
"""The pages in the order of the menu."""

DETAILS = {
    "vehicle": "vehicles", "device": "devices", "case": "cases", "agency": "agencies", "entry": "ledger", "rule": "rules",
}  # fmt: skip
"""The page of one thing, which its parameter is called after, and the list that it is picked from."""

HIDDEN = ("finding", *DETAILS)
"""Pages that are reached by a link only: from them the menu leads back to the list."""

OF_RECORDS = frozenset({"overview", "vehicles", "devices", "cases", "agencies", "vehicle", "device", "case", "agency"})
"""The pages that need records beyond those that findings name: they say it where these stayed in a lake."""

WITHOUT_DATA = frozenset({"upload", "ledger", "entry", "accounts"})
"""The pages that need no package."""


def run(start: str = FIRST) -> None:
    """Show the dashboard; `start` is the page that an address without a name leads to."""
    words = ScreenWords(_language())
    viewer = enter(words)
    views: dict[str, Any] = {}
    menu: dict[str, list[Any]] = {}
    for section, names in {**SECTIONS, "look": (*SECTIONS["look"], *HIDDEN)}.items():
        for name in names:
            if not _offered(name, viewer):
                continue
            views[name] = st.Page(
                partial(_show, name, words, viewer, views),
                title=words(f"dashboard.page.{name}"),
                url_path=name,
                default=name == start,
                visibility="hidden" if name in HIDDEN else "visible",
            )
            menu.setdefault(words(f"dashboard.section.{section}"), []).append(views[name])
    chosen = st.navigation(menu, expanded=True)
    _keep_address()
    dress(words, DETAILS.get(chosen.url_path, ""))
    _sidebar(words, viewer)
    chosen.run()


def _offered(name: str, viewer: Viewer) -> bool:
    if importlib.util.find_spec(f"analyzer.dashboard.views.{DETAILS.get(name, name)}") is None:
        return False
    if name == "accounts":
        return viewer.signed_in and viewer.role is Role.ADMINISTRATOR
    return viewer.may_upload if name == "upload" else not (name == "data" and viewer.agencies is not None)


def _language() -> Language:
    """The language of the address; without one, that of the last page, and then Chinese."""
    asked = st.query_params.get("lang") or st.session_state.get("language", "zh")
    language: Language = "en" if asked == "en" else "zh"
    st.session_state["language"] = language
    if language == "en" and st.query_params.get("lang") != "en":
        st.query_params["lang"] = "en"
    return language


def _keep_address() -> None:
    """Write the address back when it is a new one: a link to the page that is shown leaves the browser's as it was."""
    now = st.query_params.to_dict()
    if st.session_state.get("address", now) != now:
        st.query_params.from_dict({name: st.query_params.get_all(name) for name in now})
    st.session_state["address"] = now


def _sidebar(words: ScreenWords, viewer: Viewer) -> None:
    with st.sidebar:
        if looks_at_own():
            st.text(words("dashboard.state.own"))
            if st.button(plain(words("dashboard.state.back")), key="look_back", type="tertiary"):
                look_at(None)
                st.rerun()
        other: Language = "en" if words.language == "zh" else "zh"
        if st.button(plain(words("dashboard.other_language")), key="other_language", type="tertiary"):
            st.session_state["language"] = other
            st.query_params["lang"] = other
            st.rerun()
        if viewer.signed_in:
            st.text(words("dashboard.viewer", name=viewer.name, role=words(f"dashboard.role.{viewer.role}")))
            if can_sign_out() and st.button(plain(words("dashboard.signin.out")), key="sign_out", type="tertiary"):
                sign_out()


def _show(name: str, words: ScreenWords, viewer: Viewer, views: dict[str, Any]) -> None:
    source = _source(words, viewer, needed=name not in WITHOUT_DATA)
    if source is None and name not in WITHOUT_DATA:
        return
    page = Page(source, words, viewer, views, name, lambda: enter(words) == viewer)  # type: ignore[arg-type]
    if name in OF_RECORDS and source is not None and source.in_lake:
        st.info(plain(words("dashboard.lake.part", tables=tables_named(page, source.in_lake))))
    guarded(page, importlib.import_module(f"analyzer.dashboard.views.{DETAILS.get(name, name)}").render)


def _source(words: ScreenWords, viewer: Viewer, needed: bool) -> Source | None:
    """The data, or None with words on why there is none; a newly published run is announced once."""
    place = place_of()
    try:
        if place is None:
            raise FileNotFoundError
        source = open_source(place, viewer)
    except FileNotFoundError:
        if needed:
            st.info(words("dashboard.state.no_package"))
            st.text(words("dashboard.state.make_one"))
            st.code("python -m uv run analyzer demo", language=None)
        return None
    except AnalyzerError as error:
        if needed:
            st.error(words("dashboard.state.cannot"))
            st.text(error.say(words.language))
        return None
    announce(words, source)
    watch(place)
    return source


__all__ = ["SECTIONS", "run"]
