"""The settings of a shared dashboard: a TOML file that the command or the environment names.

mode = "accounts"                 # none, accounts, proxy or oidc
hosts = ["audit.bureau.local"]    # the names that people type; loopback is always allowed
ledger = "postgresql://audit@db/ledger"   # otherwise the store's own

[proxy]
header = "X-Forwarded-User"       # what the reverse proxy on this machine sets after it signed somebody in

[oidc]                            # needs the extra `auth`
server_metadata_url = "https://id.bureau.local/.well-known/openid-configuration"
client_id = "..."
client_secret = "..."
redirect_uri = "https://audit.bureau.local/signin/back"   # as registered with the provider; the path is always this
claim = "preferred_username"      # which claim names the account
role_claim = "groups"             # for people without an account here: which claim says their role, and
agencies_claim = "agency"         # which one the agencies whose records they see; without this setting they see all

[oidc.roles]                      # what the claim says = viewer, inspector, legal or administrator; the first that fits
audit-legal = "legal"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analyzer.dashboard.viewer import Role
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.errors import NOTHING

FILE = "ANALYZER_DASHBOARD"
"""The environment variable that names the settings file."""

MODES = ("none", "accounts", "proxy", "oidc")
_KEYS = ("mode", "hosts", "ledger", "proxy", "oidc")
CALLBACK = "/signin/back"
"""The path on this server to which the identity provider leads people back."""

_OIDC = ("server_metadata_url", "client_id", "client_secret", "redirect_uri")
_OIDC_MORE = ("claim", "role_claim", "agencies_claim", "scope", "roles")


@dataclass(frozen=True)
class OpenIdSettings:
    """The organisation's identity provider, and which of its claims say what. The secret is in no text of an object."""

    server_metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = ""
    claim: str = "preferred_username"
    role_claim: str = ""
    agencies_claim: str = ""
    scope: str = "openid profile email"
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """How people come in, under which names of the server, and which ledger is theirs."""

    mode: str = "none"
    hosts: tuple[str, ...] = ()
    ledger: str = ""
    header: str = "X-Forwarded-User"
    oidc: OpenIdSettings | None = None

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
    proxy, mode = said.get("proxy", {}), said.get("mode", "none")
    return Settings(
        mode=mode,
        hosts=tuple(said.get("hosts", ())),
        ledger=str(said.get("ledger", "")),
        header=str(proxy.get("header", Settings.header)),
        oidc=OpenIdSettings(**said["oidc"]) if mode == "oidc" else None,
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
        problems += _oidc_problems(place, said.get("oidc"))
    return problems


def _oidc_problems(place: str, said: object) -> list[Problem]:
    if not isinstance(said, dict):
        said = {}
    problems = []

    def wrong(zh: str, en: str, remedy: Text = NOTHING) -> None:
        problems.append(Problem(place, Text(f"[oidc] {zh}", f"[oidc] {en}"), remedy))

    if lacking := ", ".join(name for name in _OIDC if not said.get(name)):
        wrong(f"缺少 {lacking}", f"lacks {lacking}")
    for name in said.keys() - set(_OIDC) - set(_OIDC_MORE):
        words = ", ".join((*_OIDC, *_OIDC_MORE))
        wrong(f"没有设置 `{name}`", f"has no setting `{name}`", Text(f"可用：{words}", f"There are: {words}"))
    if texts := ", ".join(sorted(name for name, one in said.items() if name != "roles" and not isinstance(one, str))):
        wrong(f"{texts} 应是文字", f"{texts} must be text")
    roles = said.get("roles", {})
    if not isinstance(roles, dict) or not all(one in tuple(Role) for one in roles.values()):
        words = ", ".join(Role)
        wrong("roles 写错了", "`roles` is wrong", Text(f"角色：{words}", f"Roles: {words}"))
    if said.get("role_claim") and not roles:
        wrong("有 role_claim 就要有 [oidc.roles]", "has role_claim, and lacks [oidc.roles]")
    if not str(said.get("redirect_uri") or CALLBACK).endswith(CALLBACK):
        wrong(f"redirect_uri 要以 {CALLBACK} 结尾", f"redirect_uri must end in {CALLBACK}")
    addresses = [name for name in ("server_metadata_url", "redirect_uri") if isinstance(said.get(name), str)]
    if open_ := ", ".join(name for name in addresses if not is_safe(said[name])):
        wrong(f"{open_} 要用 https（本机除外）", f"{open_} must be https, unless on this machine")
    return problems


def is_safe(url: str) -> bool:
    """Whether what is sent to an address is seen by nobody else: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


__all__ = ["CALLBACK", "FILE", "MODES", "OpenIdSettings", "Settings", "is_safe", "read_settings", "settings"]
