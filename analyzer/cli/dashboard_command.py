"""`analyzer dashboard`: the pages over a package or a store, on this machine unless said otherwise.

The dashboard runs in a process of its own; this one hands over the options and waits.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import typer

from analyzer.cli.language import LANGUAGE, say


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("dashboard", help=_HELP)(dashboard)


_HELP = say(
    "打开仪表板。默认只在本机可见，自动找空闲端口；按 Ctrl-C 结束。\n\n例：\n\n"
    "    analyzer dashboard --package 结果\n\n"
    "    analyzer dashboard --store 库 --host 10.0.0.5 --settings dashboard.toml",
    "Open the dashboard. It is seen on this machine only and finds a free port; Ctrl-C ends it.\n\nExamples:\n\n"
    "    analyzer dashboard --package results\n\n"
    "    analyzer dashboard --store DIR --host 10.0.0.5 --settings dashboard.toml",
)


def dashboard(
    store: Path | None = typer.Option(
        None, "--store", metavar="DIR", help=say("夜间扫描的库", "a store of the nightly scan")
    ),
    package: Path | None = typer.Option(None, "--package", metavar="DIR", help=say("审核结果包", "a package")),
    host: str = typer.Option(
        "127.0.0.1", help=say("监听地址；其他机器要访问须先设置登录", "where to listen; other machines need sign-in")
    ),
    port: int | None = typer.Option(
        None, min=1, max=65535, help=say("端口，默认从 8501 起找空闲的", "port; the first free one from 8501")
    ),
    settings: Path | None = typer.Option(
        None,
        "--settings",
        metavar="FILE",
        envvar="ANALYZER_DASHBOARD",
        help=say("设置文件（登录方式等）", "settings: how people sign in, and more"),
    ),
    new_administrator: str = typer.Option(
        "",
        "--new-administrator",
        metavar="NAME",
        help=say("设一个管理员账户后退出", "set up an administrator and stop"),
    ),
) -> None:
    """Start the dashboard and stay until it is interrupted."""
    given: dict[str, object] = {
        "--store": store,
        "--package": package,
        "--host": host,
        "--port": port,
        "--settings": settings,
        "--new-administrator": new_administrator or None,
        "--lang": LANGUAGE,
    }
    words = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    process = subprocess.Popen(
        [sys.executable, "-m", "analyzer.dashboard", *words], env={"STREAMLIT_LOGGER_LEVEL": "error"} | os.environ
    )
    # Whoever ends the command, a service manager say, ends the dashboard: it must not stay behind and hold the port.
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        status = process.wait()
    except KeyboardInterrupt:  # Ctrl-C reaches both; the dashboard closes its connections first
        status = _ended(process)
    finally:
        signal.signal(signal.SIGTERM, before)
    raise typer.Exit(status)


def _ended(process: subprocess.Popen[bytes]) -> int:
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        return process.wait(15)
    process.terminate()
    return process.wait(10)
