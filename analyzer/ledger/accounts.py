"""Accounts and roles of the dashboard, and the log of personal data shown."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from analyzer.ledger import history
from analyzer.ledger.database import Writing
from analyzer.ledger.entry import ROLES, Reveal, User
from analyzer.ledger.history import Event
from analyzer.ledger.settings import keyed_hash
from analyzer.ledger.tables import ACCOUNTS, REVEALS
from analyzer.model import AnalyzerError, Problem, Text

SAID = ("display_name", "role", "agencies", "active")
"""What the history says of an account; the password's hash is never among it."""


def accounts(con: sa.Connection) -> tuple[User, ...]:
    """Return all accounts by name."""
    return tuple(_user(row) for row in con.execute(sa.select(ACCOUNTS).order_by(ACCOUNTS.c.name)))


def account(con: sa.Connection, name: str) -> User | None:
    """Return one account."""
    row = con.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.name == name)).first()
    return _user(row) if row else None


def save(write: Writing, user: User, by: str) -> User:
    """Create or change an account. See `book.Ledger.save_account`."""
    problems = []
    if not user.name.strip() or user.name != user.name.strip():
        problems.append(Problem(user.name, Text("账户名为空或首尾有空格", "the name is empty or has blanks around it")))
    if user.role not in ROLES:
        words = ", ".join(ROLES)
        cause = Text(f"没有角色 `{user.role}`", f"there is no role `{user.role}`")
        problems.append(Problem(user.name, cause, Text(f"可用：{words}", f"There are: {words}")))
    if problems:
        raise AnalyzerError(problems)
    before = account(write.con, user.name)
    _keep_an_administrator(write.con, before, user)
    values = {**said(user), "agencies": json.dumps(user.agencies, ensure_ascii=False)}
    if user.password_hash is not None:
        values["password_hash"] = user.password_hash
    if before is None:
        write.con.execute(ACCOUNTS.insert().values(name=user.name, **values))
    else:
        write.con.execute(ACCOUNTS.update().where(ACCOUNTS.c.name == user.name).values(values))
    _write_down(write, before, user, by)
    saved = account(write.con, user.name)
    assert saved is not None
    return saved


def _keep_an_administrator(con: sa.Connection, before: User | None, user: User) -> None:
    """The last active administrator cannot be taken away: nobody could give the role back."""
    if before is None or not _administers(before) or _administers(user):
        return
    if sum(_administers(one) for one in accounts(con)) <= 1:
        cause = Text("这是最后一个管理员", "this is the last administrator")
        raise AnalyzerError(Problem(user.name, cause, Text("请先另设管理员", "Name another administrator first")))


def _administers(user: User) -> bool:
    return user.active and user.role == "administrator"


def said(user: User) -> dict[str, Any]:
    """Return what the history says of an account."""
    return {name: getattr(user, name) for name in SAID}


def _write_down(write: Writing, before: User | None, user: User, by: str) -> None:
    old = said(before) if before else {}
    new = {name: value for name, value in said(user).items() if name not in old or old[name] != value}
    events = []
    if new:
        shown = {name: old[name] for name in new if name in old}
        events.append(Event(by, "account_saved", "account", user.name, old=shown, new=new))
    if user.password_hash is not None and (before is None or before.password_hash != user.password_hash):
        events.append(Event(by, "password", "account", user.name))
    history.append(write, events)


def log_reveal(write: Writing, by: str, kind: str, reason: str, finding_id: str | None) -> Reveal:
    """Write a reveal down. See `book.Ledger.log_reveal`."""
    if not by.strip() or not kind.strip() or not reason.strip():
        cause = Text(
            "查看个人信息须写明何人、何种信息、何故", "who sees what kind of personal data, and why, must be said"
        )
        raise AnalyzerError(Problem("reveal", cause))
    reference = keyed_hash(write, finding_id) if finding_id else ""
    row = {"at": write.at, "by": by, "kind": kind, "reason": reason, "reference": reference}
    write.con.execute(REVEALS.insert().values(row))
    said_of = {"kind": kind, "reference": reference}
    history.append(write, [Event(by, "reveal", "reveal", by, new=said_of, reason=reason)])
    return Reveal(**row)


def reveals(con: sa.Connection, limit: int) -> tuple[Reveal, ...]:
    """Return the last reveals, newest first."""
    columns = [REVEALS.c[name] for name in ("at", "by", "kind", "reason", "reference")]
    return tuple(Reveal(*row) for row in con.execute(sa.select(*columns).order_by(REVEALS.c.id.desc()).limit(limit)))


def _user(row: Any) -> User:
    agencies = tuple(json.loads(row.agencies)) if row.agencies else ()
    return User(row.name, row.display_name, row.role, agencies, bool(row.active), row.password_hash)


__all__ = ["SAID", "account", "accounts", "log_reveal", "reveals", "said", "save"]
