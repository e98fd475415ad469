"""What every page is given: the data, the words, who looks, and addresses that can be passed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from analyzer.dashboard.books import ledger_of
from analyzer.dashboard.place import looks_at_own, shared_place
from analyzer.dashboard.source import Source
from analyzer.dashboard.viewer import Viewer
from analyzer.ledger import Ledger
from analyzer.model.errors import Language
from analyzer.reports.wording import Words

FIRST = "overview"
"""The page that an address without a name leads to."""


class ScreenWords(Words):
    """The words of the screen: whole numbers get their thousands marked, and one of a thing is said as one."""

    def __call__(self, key: str, **values: object) -> str:
        """Return the message at `key`; with `n=1` the message `key_one` where there is one."""
        if values.get("n") == 1 and f"{key}_one" in self:
            key = f"{key}_one"
        shown = {name: f"{one:,}" if type(one) is int else one for name, one in values.items()}
        return self.t(key, **shown)


@dataclass(frozen=True)
class Page:
    """One page for one viewer. `views` are the pages that an address may lead to, by name; `name` is this one's;
    `still` says whether the same person still looks, with the same role."""

    source: Source
    words: ScreenWords
    viewer: Viewer
    views: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    still: Callable[[], bool] = lambda: True

    @property
    def lang(self) -> Language:
        """The language of the screen."""
        return self.words.language

    @property
    def has_data(self) -> bool:
        """Whether there is a package to look at; `source` may be asked only then."""
        return self.source is not None

    @property
    def ledger(self) -> Ledger | None:
        """The ledger beside the data, or None where there is none; a session that looks at handed-in files has none."""
        return None if looks_at_own() else ledger_of(shared_place())

    @property
    def today(self) -> date:
        """The day by which something is overdue."""
        return date.today()

    @property
    def filters(self) -> Filters:
        """The filters of the page, kept in the address."""
        return Filters(self.words)

    def link(self, view: str, **params: str | int | None) -> str:
        """Return the address of a view, relative to the dashboard: `vehicle?vehicle=1f..&lang=en`.

        Parameters are running numbers, codes and keyed hashes, never a plate or a name.
        """
        query = urlencode(self._query(params))
        path = "." if view == FIRST else view  # streamlit serves the first page at the root only
        return f"{path}?{query}" if query else path

    def page_link(self, view: str, label: str, **params: str | int | None) -> None:
        """Show a link to a view; nothing where this viewer has no such view."""
        if view in self.views:
            st.page_link(self.views[view], label=plain(label), query_params=self._query(params))

    def go(self, view: str, **params: str | int | None) -> None:
        """Go to a view at once."""
        if view in self.views:
            st.switch_page(self.views[view], query_params=self._query(params))

    def param(self, name: str) -> str | None:
        """Return a parameter of the address."""
        return st.query_params.get(name)

    def asked(self, one: str) -> str | None:
        """Return which vehicle, device ... this page is of; None on a list.

        On the way back from one thing the browser opens its list with that thing's parameter in the address.
        """
        return self.param(one) if self.name == one else None

    def _query(self, params: Mapping[str, str | int | None]) -> dict[str, str]:
        query = {name: str(value) for name, value in params.items() if value not in (None, "")}
        return query | ({"lang": "en"} if self.lang == "en" else {})


@dataclass(frozen=True)
class Filters:
    """Filters whose state stands in the address, so that what one sees can be passed on and survives a reload.

    The address holds the options themselves, not their words: it leads to the same place in both languages. Options
    must not be personal.
    """

    words: ScreenWords

    def many(
        self, key: str, label: str, options: Sequence[str], name: Callable[[str], str] = str, **more: Any
    ) -> list[str]:
        """Let several of `options` be chosen; none chosen is no filter."""
        state = _take(key, options, several=True)
        chosen = st.multiselect(
            label, options, key=state, format_func=name, placeholder=self.words("dashboard.filter.all"), select_all=False,
            **more,
        )  # fmt: skip
        _keep(key, list(chosen))
        return list(chosen)

    def one(
        self, key: str, label: str, options: Sequence[str], name: Callable[[str], str] = str, **more: Any
    ) -> str | None:
        """Let one of `options` be chosen, or none."""
        state = _take(key, options)
        chosen: str | None = st.selectbox(
            label,
            options,
            index=None,
            key=state,
            format_func=name,
            placeholder=self.words("dashboard.filter.all"),
            **more,
        )
        _keep(key, [chosen] if chosen is not None else [])
        return chosen

    def part(
        self,
        key: str,
        label: str,
        options: Sequence[str],
        name: Callable[[str], str] = str,
        first: str = "",
        **more: Any,
    ) -> str:
        """Let one of a few `options` be chosen, side by side; `first`, or the first of them, is chosen at the beginning."""
        first = first or options[0]
        state = _take(key, options, default=first)
        chosen: str | None = st.segmented_control(label, options, key=state, format_func=name, required=True, **more)
        _keep(key, [chosen] if chosen not in (None, first) else [])
        return chosen or first

    def text(self, key: str, label: str, **more: Any) -> str:
        """Ask for a text to look for. It may be a plate, so it is not kept in the address."""
        return (st.text_input(label, key=f"text.{key}", **more) or "").strip()


def _take(key: str, options: Sequence[str], several: bool = False, default: str | None = None) -> str:
    """Bring the state of a widget in line with an address that somebody opened, and return the key of that state."""
    state, seen = f"filter.{key}", f"address.{key}"
    given = [one for one in st.query_params.get_all(key) if one in options]
    if state not in st.session_state or st.session_state.get(seen) != given:
        st.session_state[state] = given if several else given[0] if given else default
        st.session_state[seen] = given
    elif several:
        st.session_state[state] = [one for one in st.session_state[state] if one in options]
    return state


def _keep(key: str, chosen: Sequence[Any]) -> None:
    """Write what is chosen into the address."""
    given = [str(one) for one in chosen]
    if st.query_params.get_all(key) != given:
        if given:
            st.query_params[key] = given
        else:
            st.query_params.pop(key, None)
    st.session_state[f"address.{key}"] = given


_MARKUP = re.compile(r"[\\`*_\[\]~$<>]|:(?=[A-Za-z_+])|^(?=\s*(?:#|[-+=]|\d+[.)]\s))", re.MULTILINE)


def plain(text: str) -> str:
    """Return a text for a widget that reads Markdown, with every sign of Markdown taken literally.

    Signs that mean nothing where they stand are left alone: the text is also what a screen reader is given.
    """
    return _MARKUP.sub(lambda found: f"\\{found[0]}" if found[0] else "\u200b", text)


__all__ = ["Filters", "Page", "ScreenWords", "plain"]
