"""Who comes in: the person at the PC without a question, or an account where sign-in is set up."""

from __future__ import annotations

import getpass
from typing import NoReturn

import streamlit as st

from analyzer.dashboard.books import open_for_accounts, user_named
from analyzer.dashboard.page import ScreenWords, plain
from analyzer.dashboard.place import shared_place
from analyzer.dashboard.settings import Settings, settings
from analyzer.dashboard.signing_in import COOKIE, SIGNED_IN
from analyzer.dashboard.viewer import Role, Viewer
from analyzer.ledger import Ledger
from analyzer.model import AnalyzerError

_TO_SIGN_IN = "<script>window.location.assign('signin')</script>"


def enter(words: ScreenWords) -> Viewer:
    """Return who looks; where sign-in is set up and nobody is signed in, lead there and stop the page."""
    try:
        said = settings()
        if not said.signs_in:
            return Viewer(_user_of_this_pc(), Role.ADMINISTRATOR)
        name = _name(words, said)
        user = user_named(_accounts(said), name)
    except AnalyzerError as error:
        st.error(plain(words("dashboard.state.cannot")))
        st.text(error.say(words.language))
        st.stop()
    if user is None:
        _refuse(words, "dashboard.signin.no_account")
    agencies = frozenset(user.agencies) or None
    return Viewer(user.name, Role(user.role), agencies, signed_in=True)


def sign_out() -> None:
    """End the session of this browser and lead to the sign-in."""
    if settings().mode == "oidc":
        st.logout()
        return
    SIGNED_IN.sign_out(st.context.cookies.get(COOKIE))
    _lead_to_sign_in()


def can_sign_out() -> bool:
    """Whether signing out is ours; behind a proxy it is the proxy's."""
    return settings().mode in ("accounts", "oidc")


def _name(words: ScreenWords, said: Settings) -> str:
    """The name of the account: by our cookie, the proxy's header, or the identity provider's claim."""
    if said.mode == "accounts":
        name = SIGNED_IN.name_of(st.context.cookies.get(COOKIE))
        if name is None:
            _lead_to_sign_in()
        return name
    if said.mode == "proxy":
        found = st.user.get("account")
        if not found:
            _refuse(words, "dashboard.signin.no_header")
        return str(found)
    if not st.user.is_logged_in:
        st.title(plain(words("dashboard.signin.title")), anchor=False)
        st.button(plain(words("dashboard.signin.button")), on_click=st.login, type="primary")
        st.stop()
    return str(st.user.get(said.claim) or "")


def _lead_to_sign_in() -> NoReturn:
    st.html(_TO_SIGN_IN, unsafe_allow_javascript=True)
    st.stop()


def _refuse(words: ScreenWords, key: str) -> NoReturn:
    st.title(plain(words("dashboard.signin.title")), anchor=False)
    st.text(words(key))
    st.stop()


def _accounts(said: Settings) -> Ledger:
    return open_for_accounts(shared_place(), said)


def _user_of_this_pc() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"


__all__ = ["can_sign_out", "enter", "sign_out"]
