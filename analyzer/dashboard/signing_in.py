"""Who is signed in; local accounts: passwords (argon2), and a pause after wrong tries.

Who is signed in is kept in this process: a restart signs everybody out. A cookie holds a random token and nothing else.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from analyzer.dashboard.books import user_named
from analyzer.ledger import Ledger, User
from analyzer.model import AnalyzerError, Problem, Text

COOKIE = "analyzer_session"
LONGEST, IDLE = 12 * 3600, 2 * 3600
"""Seconds after which one has to sign in again: since signing in, and since the last page."""

TRIES, PAUSE = 5, 300
"""Wrong passwords for one name until a pause, and its seconds."""

LEAST_PASSWORD = 10


@dataclass
class Session:
    """Somebody who is signed in."""

    name: str
    since: float
    seen: float
    role: str = ""
    agencies: tuple[str, ...] = ()
    id_token: str = field(default="", repr=False)


@dataclass
class SignedIn:
    """The sessions of this process, and the wrong tries."""

    sessions: dict[str, Session] = field(default_factory=dict)
    wrong: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sign_in(self, ledger: Ledger, name: str, password: str) -> str | None:
        """Return the token of a new session; None for a wrong name or password, or in the pause after wrong tries.

        What is wrong is not said, and a name that does not exist takes as long as one that does.
        """
        name, now = name.strip()[:200], time.monotonic()
        with self.lock:
            self.wrong = {
                key: kept for key, tries in self.wrong.items() if (kept := [one for one in tries if now - one < PAUSE])
            }
            if len(self.wrong.get(name, ())) >= TRIES:
                return None
        user = user_named(ledger, name)
        if not fits(user.password_hash if user else None, password):
            with self.lock:
                self.wrong.setdefault(name, []).append(now)
            return None
        with self.lock:
            self.wrong.pop(name, None)
        return self.admit(name)

    def admit(self, name: str, role: str = "", agencies: tuple[str, ...] = (), id_token: str = "") -> str:
        """Return the token of a new session of somebody who is known; role and agencies as the provider tells them."""
        token, now = secrets.token_urlsafe(32), time.monotonic()
        with self.lock:
            self.sessions = {key: one for key, one in self.sessions.items() if _alive(one, now)}
            self.sessions[token] = Session(name, now, now, role, agencies, id_token)
        return token

    def name_of(self, token: str | None) -> str | None:
        """Return who holds a token, and keep the session awake."""
        session = self.session_of(token)
        return session.name if session else None

    def session_of(self, token: str | None) -> Session | None:
        """Return the session of a token, and keep it awake."""
        now = time.monotonic()
        with self.lock:
            session = self.sessions.get(token or "")
            if session is None or not _alive(session, now):
                self.sessions.pop(token or "", None)
                return None
            session.seen = now
            return session

    def sign_out(self, token: str | None) -> None:
        """End a session."""
        with self.lock:
            self.sessions.pop(token or "", None)

    def sign_out_everywhere(self, name: str) -> None:
        """End every session of an account: its password or its role has changed."""
        with self.lock:
            self.sessions = {key: one for key, one in self.sessions.items() if one.name != name}


SIGNED_IN = SignedIn()
"""The sessions of this process."""


def _alive(session: Session, now: float) -> bool:
    return now - session.since < LONGEST and now - session.seen < IDLE


def hash_password(password: str) -> str:
    """Return the argon2 hash of a new password; raise `AnalyzerError` for one that is too short."""
    if len(password) < LEAST_PASSWORD:
        cause = Text(f"口令至少 {LEAST_PASSWORD} 个字符", f"a password has at least {LEAST_PASSWORD} characters")
        raise AnalyzerError(Problem("password", cause))
    return str(_hasher().hash(password))


def fits(password_hash: str | None, password: str) -> bool:
    """Whether a password fits a hash; without a hash the same work is done and the answer is no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    hasher = _hasher()
    try:
        fit = bool(hasher.verify(password_hash or _nobodys_hash(), password))
    except (VerificationError, InvalidHashError):
        return False
    return fit and password_hash is not None


@cache
def _nobodys_hash() -> str:
    """A hash that no password is meant to fit: what is unknown costs the same time as what is known."""
    return str(_hasher().hash(secrets.token_urlsafe(32)))


def make_administrator(ledger: Ledger, name: str, password: str, by: str) -> User:
    """Create an administrator, or give one a new password."""
    known = ledger.account(name)
    user = known or User(name=name, display_name=name)
    user = replace(user, role="administrator", agencies=(), active=True, password_hash=hash_password(password))
    return ledger.save_account(user, by=by)


def _hasher() -> Any:
    try:
        from argon2 import PasswordHasher
    except ImportError:
        cause = Text("没有安装登录所需的组件", "what sign-in needs is not installed")
        remedy = Text("安装附加组件 auth", "Install the extra `auth`")
        raise AnalyzerError(Problem("argon2-cffi", cause, remedy)) from None
    return PasswordHasher()


__all__ = ["COOKIE", "SIGNED_IN", "Session", "SignedIn", "fits", "hash_password", "make_administrator"]
