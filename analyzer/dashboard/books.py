"""The ledger beside the data: opened once for all viewers."""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache

from analyzer.dashboard.settings import Settings, settings
from analyzer.dashboard.source import Place
from analyzer.ledger import Ledger, User, open_ledger
from analyzer.model import AnalyzerError, Problem, Text

URL = "ANALYZER_LEDGER_URL"


def ledger_place(place: Place | None, said: Settings) -> str:
    """Return the file or URL of the ledger: as the settings or the environment say, or the store's; else nothing."""
    if said.ledger:
        return said.ledger
    if found := os.environ.get(URL):
        return found
    if place is None or place.store is None:
        return ""
    named = place.store / "ledger.toml"
    if named.is_file():
        try:
            url = str(tomllib.loads(named.read_text(encoding="utf-8-sig")).get("url", ""))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            url = ""
        if url:
            return url
    return str(place.store / "ledger.sqlite")


def ledger_of(place: Place | None) -> Ledger | None:
    """Return the open ledger, or None where there is none: a single package has no work to follow."""
    where = ledger_place(place, settings())
    return _opened(where) if where else None


@lru_cache(maxsize=4)
def _opened(where: str) -> Ledger:
    return open_ledger(where)


def open_for_accounts(place: Place | None, said: Settings) -> Ledger:
    """Open the ledger that holds the accounts; raise `AnalyzerError` when nothing says which."""
    where = ledger_place(place, said)
    if not where:
        cause = Text("要登录就要有台账来存账户", "sign-in needs a ledger that holds the accounts")
        remedy = Text("用 --store 指定库，或在设置中写 ledger", "Give --store, or `ledger` in the settings")
        raise AnalyzerError(Problem("dashboard", cause, remedy))
    return _opened(where)


def user_named(ledger: Ledger, name: str) -> User | None:
    """Return the account of a name if it may be used."""
    found = ledger.account(name)
    return found if found is not None and found.active else None


__all__ = ["ledger_of", "ledger_place", "open_for_accounts", "user_named"]
