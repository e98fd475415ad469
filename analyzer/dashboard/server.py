"""Starting the dashboard in this process: its settings, its address, its doorkeeper."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import tempfile
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from analyzer.dashboard.books import open_for_accounts
from analyzer.dashboard.place import PACKAGE, STORE
from analyzer.dashboard.settings import FILE, Settings, read_settings
from analyzer.dashboard.source import Place
from analyzer.model import AnalyzerError, Problem, Text

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
FIRST_PORT, TRIED_PORTS = 8501, 50


@dataclass(frozen=True)
class Start:
    """What a dashboard is started with: the data, where it listens, its settings file."""

    place: Place
    host: str = "127.0.0.1"
    port: int | None = None
    settings: Path | None = None


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def prepared(start: Start) -> tuple[Settings, int]:
    """Check what can be checked before anything listens; return the settings and a free port.

    Raises `AnalyzerError`: no sign-in for an address that others reach, no ledger for accounts, nobody who could sign
    in, no free port, no such package or store.
    """
    said = read_settings(start.settings) if start.settings else Settings()
    if not is_loopback(start.host):
        _may_listen(start, said)
    if start.place.store is not None or start.place.package is not None:
        start.place.exists()
    if said.mode in ("accounts", "proxy", "oidc"):
        ledger = open_for_accounts(start.place, said)
        if not any(one.active and one.role == "administrator" for one in ledger.accounts()):
            cause = Text("还没有管理员账户", "there is no administrator yet")
            remedy = Text(
                "先运行 analyzer dashboard --new-administrator 名称（其余选项相同）",
                "Run analyzer dashboard --new-administrator NAME first, with the same options",
            )
            raise AnalyzerError(Problem("dashboard", cause, remedy))
    return said, free_port(start.host, start.port)


def _may_listen(start: Start, said: Settings) -> None:
    if not said.signs_in:
        cause = Text("没有设置登录，不能让别的机器访问", "without sign-in other machines may not reach it")
        remedy = Text(
            '在设置文件中写 mode = "accounts"，用 --settings 指定',
            'Set mode = "accounts" in a file and name it by --settings',
        )
        raise AnalyzerError(Problem(f"--host {start.host}", cause, remedy))
    if said.mode == "proxy":
        cause = Text(
            "由代理登录时只在本机监听：别的机器可以自己写请求头",
            "behind a proxy it listens on loopback only: anybody else could write the header",
        )
        remedy = Text("反向代理装在同一台机器上", "Run the reverse proxy on the same machine")
        raise AnalyzerError(Problem(f"--host {start.host}", cause, remedy))


def free_port(host: str, wanted: int | None) -> int:
    """Return the wanted port, or the first free one from 8501 on; raise `AnalyzerError` when there is none."""
    ports = [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + TRIED_PORTS)
    for port in ports:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((host.strip("[]"), port))
            except OSError:
                continue
            return port
    cause = Text("端口被占用", "the port is in use") if wanted else Text("没有空闲端口", "no port is free")
    remedy = Text("用 --port 换一个", "Choose another by --port")
    raise AnalyzerError(Problem(f"--port {wanted or FIRST_PORT}", cause, remedy))


def serve(start: Start, said: Settings, port: int) -> None:
    """Run the dashboard until it is interrupted."""
    from streamlit import App

    from analyzer.dashboard.doorkeeper import Doorkeeper

    _tell(start)
    sweep()
    hosts = _hosts(start, said)
    from starlette.middleware import Middleware

    guard = Middleware(Doorkeeper, said=said, hosts=hosts)
    app = App(door(), routes=_routes(start, said), middleware=[guard])
    app.run(config=options(start.host, port, hosts, said))


def _routes(start: Start, said: Settings) -> list[Any]:
    """The pages of the sign-in that the settings ask for."""
    if said.mode not in ("accounts", "oidc"):
        return []
    ledger = open_for_accounts(start.place, said)
    if said.oidc is not None:
        from analyzer.dashboard.openid_page import open_id_routes

        return list(open_id_routes(ledger, said.oidc))
    from analyzer.dashboard.signin_page import sign_in_routes

    return list(sign_in_routes(ledger, secure=False))


def options(host: str, port: int, hosts: tuple[str, ...], said: Settings) -> dict[str, Any]:
    """Return the options of streamlit by dotted name: ours, and where it listens."""
    known = {name: value for name, value in _flat(_own_config()) if name not in ("server.address", "server.port")}
    known |= {"server.address": host, "server.port": port, "server.allowedHosts": list(hosts)}
    if said.mode == "proxy":
        known["server.trustedUserHeaders"] = {said.header: "account"}
    return known


def door() -> Path:
    """Return the script that streamlit runs: inside the installed package, or in the checkout."""
    installed = Path(__file__).resolve().parents[1] / "_app.py"
    return installed if installed.is_file() else Path(__file__).resolve().parents[2] / "app.py"


def sweep() -> None:
    """Delete what sessions that were killed left behind of handed-in files, after a day."""
    for folder in Path(tempfile.gettempdir()).glob("analyzer-desk-*"):
        try:
            if time.time() - folder.stat().st_mtime > 86_400:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _tell(start: Start) -> None:
    """Say in the environment of this process what the pages are to show."""
    for name in (PACKAGE, STORE, FILE):
        os.environ.pop(name, None)
    if start.place.store is not None:
        os.environ[STORE] = str(start.place.store)
    elif start.place.package is not None:
        os.environ[PACKAGE] = str(start.place.package)
    if start.settings is not None:
        os.environ[FILE] = str(start.settings)


def _hosts(start: Start, said: Settings) -> tuple[str, ...]:
    own = () if start.host in ("0.0.0.0", "::") else (start.host.lower(),)
    return tuple(dict.fromkeys([*LOOPBACK, *own, *(one.lower() for one in said.hosts)]))


def _own_config() -> dict[str, Any]:
    return tomllib.loads((files("analyzer.dashboard") / "streamlit.toml").read_text(encoding="utf-8"))


def _flat(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in data.items():
        pairs += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return pairs


__all__ = ["Start", "door", "free_port", "is_loopback", "options", "prepared", "serve", "sweep"]
