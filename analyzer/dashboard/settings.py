"""The settings of a shared dashboard: a TOML file that the command or the environment names.

mode = "accounts"                 # none, accounts, proxy or oidc
hosts = ["audit.bureau.local"]    # the names that people type; loopback is always allowed
ledger = "postgresql://audit@db/ledger"   # otherwise the store's own

[proxy]
header = "X-Forwarded-User"       # what the reverse proxy on this machine sets after it signed somebody in

[oidc]                            # as streamlit's st.login takes it; needs the extra `auth`
claim = "preferred_username"      # which claim names the account
redirect_uri = "https://audit.bureau.local/oauth2callback"
cookie_secret = "..."
client_id = "..."
client_secret = "..."
server_metadata_url = "https://id.bureau.local/.well-known/openid-configuration"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text

FILE = "ANALYZER_DASHBOARD"
"""The environment variable that names the settings file."""

MODES = ("none", "accounts", "proxy", "oidc")
_KEYS = ("mode", "hosts", "ledger", "proxy", "oidc")
_OIDC = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")


@dataclass(frozen=True)
class Settings:
    """How people come in, under which names of the server, and which ledger is theirs."""

    mode: str = "none"
    hosts: tuple[str, ...] = ()
    ledger: str = ""
    header: str = "X-Forwarded-User"
    claim: str = "preferred_username"
    oidc: Mapping[str, str] = field(default_factory=dict)

    @property
    def signs_in(self) -> bool:
        """Whether people have to sign in."""
        return self.mode != "none"


def settings() -> Settings:
    """Return the settings of this process; raise `AnalyzerError` for a file that is not right."""
    named = os.environ.get(FILE)
    return read_settings(Path(named)) if named else Settings()


def read_settings(path: Path) -> Settings:
    """Read a settings file; raise `AnalyzerError` naming every mistake. What it holds is never repeated in an error."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        raise AnalyzerError(
            Problem(path.name, Text("没有这个设置文件，或者读不了", "no such settings file, or it cannot be read"))
        ) from None


@lru_cache(maxsize=4)
def _read(path: Path, written: int) -> Settings:  # noqa: ARG001 - a changed file is read anew
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise AnalyzerError(Problem(path.name, Text("不是有效的 TOML 文件", "not a valid TOML file"))) from None
    problems = _problems(path.name, said)
    if problems:
        raise AnalyzerError(problems)
    proxy, oidc = said.get("proxy", {}), dict(said.get("oidc", {}))
    claim = str(oidc.pop("claim", Settings.claim))
    return Settings(
        mode=said.get("mode", "none"),
        hosts=tuple(said.get("hosts", ())),
        ledger=str(said.get("ledger", "")),
        header=str(proxy.get("header", Settings.header)),
        claim=claim,
        oidc={name: str(value) for name, value in oidc.items()},
    )


def _problems(place: str, said: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for name in said.keys() - set(_KEYS):
        words = ", ".join(_KEYS)
        cause = Text(f"没有设置 `{name}`", f"there is no setting `{name}`")
        problems.append(Problem(place, cause, Text(f"可用：{words}", f"There are: {words}")))
    if said.get("mode", "none") not in MODES:
        words = ", ".join(MODES)
        cause = Text("mode 写错了", "`mode` is wrong")
        problems.append(Problem(place, cause, Text(f"可用：{words}", f"There are: {words}")))
    hosts = said.get("hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(one, str) and one for one in hosts):
        problems.append(Problem(place, Text("hosts 应是名称的列表", "`hosts` must be a list of names")))
    if said.get("mode") == "oidc":
        lacking = [name for name in _OIDC if not (isinstance(said.get("oidc"), dict) and said["oidc"].get(name))]
        if lacking:
            words = ", ".join(lacking)
            problems.append(Problem(place, Text(f"[oidc] 缺少 {words}", f"[oidc] lacks {words}")))
    return problems


__all__ = ["FILE", "MODES", "Settings", "read_settings", "settings"]
