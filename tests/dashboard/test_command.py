"""`analyzer dashboard`: whoever ends the command ends the dashboard with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true: bool, port: int) -> None:
    until = time.monotonic() + 60
    while listens(port) is not true:
        assert time.monotonic() < until, "the dashboard is up" if not true else "the dashboard does not come up"
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_service_that_is_stopped_leaves_nothing_behind(package: Path) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = [
        str(Path(sys.executable).with_name("analyzer")),
        "dashboard",
        "--package",
        str(package),
        "--port",
        str(port),
    ]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            wait_until(True, port)
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            wait_until(False, port)
        finally:
            if listens(port):
                os.killpg(process.pid, signal.SIGKILL)
