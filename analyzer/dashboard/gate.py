"""Who comes in: the person at the PC without a question, or an account where sign-in is set up."""

from __future__ import annotations

import getpass
from typing import NoReturn

import streamlit as st

from analyzer.dashboard.books import open_for_accounts
from analyzer.dashboard.page import ScreenWords, plain
from analyzer.dashboard.place import shared_place
from analyzer.dashboard.settings import Settings, settings
from analyzer.dashboard.signing_in import COOKIE, SIGNED_IN, Session
from analyzer.dashboard.viewer import Role, Viewer
from analyzer.ledger import Ledger
from analyzer.model import AnalyzerError

_TO_SIGN_IN = "<script>window.location.assign('signin')</script>"
_TO_SIGN_OUT = "<script>window.location.assign('signin/out')</script>"


def enter(words: ScreenWords) -> Viewer:
    """Return who looks; where sign-in is set up and nobody is signed in, lead there and stop the page."""
    try:
        said = settings()
        if not said.signs_in:
            return Viewer(_user_of_this_pc(), Role.ADMINISTRATOR)
        session = _session(words, said)
        viewer = viewer_of(_accounts(said), session)
    except AnalyzerError as error:
        st.error(plain(words("dashboard.state.cannot")))
        st.text(error.say(words.language))
        st.stop()
    if viewer is None:
        _refuse(words, "dashboard.signin.no_account")
    return viewer


def viewer_of(ledger: Ledger, session: Session) -> Viewer | None:
    """Return what somebody may see and do: as their account says, else as the identity provider said; None for nothing."""
    account = ledger.account(session.name)
    if account is not None:
        if not account.active:
            return None
        return Viewer(account.name, Role(account.role), frozenset(account.agencies) or None, signed_in=True)
    if not session.role:
        return None
    return Viewer(session.name, Role(session.role), frozenset(session.agencies) or None, signed_in=True)


def sign_out() -> None:
    """End the session of this browser and lead to the sign-in."""
    if settings().mode == "oidc":
        st.html(_TO_SIGN_OUT, unsafe_allow_javascript=True)
        st.stop()
    SIGNED_IN.sign_out(st.context.cookies.get(COOKIE))
    _lead_to_sign_in()


def can_sign_out() -> bool:
    """Whether signing out is ours; behind a proxy it is the proxy's."""
    return settings().mode in ("accounts", "oidc")


def _session(words: ScreenWords, said: Settings) -> Session:
    """Who is there: by the cookie of our sign-in, or by the proxy's header."""
    if said.mode == "proxy":
        found = st.user.get("account")
        if not found:
            _refuse(words, "dashboard.signin.no_header")
        return Session(str(found), 0.0, 0.0)
    session = SIGNED_IN.session_of(st.context.cookies.get(COOKIE))
    if session is None:
        _lead_to_sign_in()
    return session


def _lead_to_sign_in() -> NoReturn:
    st.html(_TO_SIGN_IN, unsafe_allow_javascript=True)
    st.stop()


def _refuse(words: ScreenWords, key: str) -> NoReturn:
    st.title(plain(words("dashboard.signin.title")), anchor=False)
    st.text(words(key))
    if can_sign_out() and st.button(plain(words("dashboard.signin.out")), key="sign_out"):
        sign_out()
    st.stop()


def _accounts(said: Settings) -> Ledger:
    return open_for_accounts(shared_place(), said)


def _user_of_this_pc() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"


__all__ = ["can_sign_out", "enter", "sign_out", "viewer_of"]
