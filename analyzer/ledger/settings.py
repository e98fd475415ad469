"""The settings of a ledger. They live in its database: everyone who writes to it works by the same ones."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import sqlalchemy as sa

from analyzer.ledger.database import Writing
from analyzer.ledger.history import Event, append
from analyzer.ledger.tables import SETTINGS
from analyzer.model import AnalyzerError, Problem, Text

DEFAULTS: dict[str, Any] = {"second_person": False, "report_day": 23}
_KEY = "reference_key"
_WORDS = dict.fromkeys(("true", "yes", "on", "1", "是"), True) | dict.fromkeys(("false", "no", "off", "0", "否"), False)


def settings(con: sa.Connection) -> dict[str, Any]:
    """Return every setting with its value."""
    rows = {row.name: row.value for row in con.execute(sa.select(SETTINGS)) if row.name != _KEY}
    return {name: _read(name, rows[name]) if name in rows else value for name, value in DEFAULTS.items()}


def change(write: Writing, name: str, value: str, by: str, reason: str) -> dict[str, Any]:
    """Change one setting and write it down."""
    if name not in DEFAULTS:
        cause = Text(f"没有设置 `{name}`", f"there is no setting `{name}`")
        raise AnalyzerError(
            Problem(name, cause, Text(f"可用：{'、'.join(DEFAULTS)}", f"There are: {', '.join(DEFAULTS)}"))
        )
    old, new = settings(write.con)[name], _read(name, value)
    if old != new:
        _put(write.con, name, str(new).lower())
        append(write, [Event(by, "setting", "setting", name, old={name: old}, new={name: new}, reason=reason)])
    return settings(write.con)


def keyed_hash(write: Writing, value: str) -> str:
    """Return the hash of a value under the ledger's own key: it matches here and can be guessed back nowhere else."""
    key = write.con.execute(sa.select(SETTINGS.c.value).where(SETTINGS.c.name == _KEY)).scalar()
    if key is None:
        key = secrets.token_hex(32)
        _put(write.con, _KEY, key)
    return hmac.new(bytes.fromhex(key), value.encode(), hashlib.sha256).hexdigest()


def _put(con: sa.Connection, name: str, value: str) -> None:
    if con.execute(SETTINGS.update().where(SETTINGS.c.name == name).values(value=value)).rowcount == 0:
        con.execute(SETTINGS.insert().values(name=name, value=value))


def _read(name: str, text: str) -> Any:
    word = text.strip().lower()
    if name == "report_day":
        if word.isdecimal() and 1 <= int(word) <= 28:
            return int(word)
        raise AnalyzerError(Problem(name, Text("写 1 到 28 的一个日子", "Write a day from 1 to 28")))
    if word in _WORDS:
        return _WORDS[word]
    raise AnalyzerError(Problem(name, Text("写 true 或 false", "Write true or false")))


__all__ = ["DEFAULTS", "change", "keyed_hash", "settings"]
