"""A dashboard started as people start it, and a browser that notes every request that leaves the machine."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BROWSER = shutil.which("chromium")
_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_ROW, _HEADER = 35, 35


@contextlib.contextmanager
def dashboard(*words: object, **environment: str) -> Iterator[str]:
    """Start `analyzer dashboard` with these options; give its address, and end it as Ctrl-C does."""
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", "dashboard", *map(str, words)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://[\w.\[\]:]+:\d+", line)
        assert found, line
        address = found[0]
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            status = process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert status == 0, process.stdout.read()


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(url)


@contextlib.contextmanager
def browser(address: str) -> Iterator[tuple[Any, list[str]]]:
    """Open a browser; give its page and the list of requests that went anywhere but to the dashboard."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)

    outside: list[str] = []
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=BROWSER, args=_OPTIONS)
        context = chromium.new_context(
            viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda one: None if one.url.startswith(own) else outside.append(one.url))
        page.on("websocket", lambda one: None if one.url.startswith(own) else outside.append(one.url))
        yield page, outside
        chromium.close()


def settled(page: Any) -> None:
    """Wait until the page has been worked out."""
    page.wait_for_timeout(600)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=120_000)
    page.wait_for_timeout(400)


def pick_row(page: Any, table: int = 0, row: int = 0) -> None:
    """Pick a row of a table by its box: tables are drawn, not built of elements."""
    grid = page.get_by_test_id("stDataFrame").nth(table)
    grid.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + _HEADER + _ROW * row + _ROW // 2)
    settled(page)


def saved(page: Any, name: str, folder: Path) -> Path:
    """Press a download button and return the file."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
