"""An environment of its own for each peer, made on first use from its list of pinned packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent / "requirements"

SILENT = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
    "GX_ANALYTICS_ENABLED": "false",
    "OTEL_SDK_DISABLED": "true",
    "PYTHONUTF8": "1",
}
"""No peer reports home while it runs."""


def python_of(peer: str, work: Path) -> Path:
    """Return the interpreter of a peer; make its environment when it is not there or its list has changed.

    A peer without a list (ours) runs in the environment of this program. Raises `CalledProcessError` when a package
    cannot be installed; nothing half made is left behind.
    """
    wanted = REQUIREMENTS / f"{peer}.txt"
    if not wanted.is_file():
        return Path(sys.executable)
    place = work / "env" / peer
    made, text = place / "made-from.txt", wanted.read_text(encoding="utf-8")
    if not (made.is_file() and made.read_text(encoding="utf-8") == text):
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            make(place, wanted)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        made.write_text(text, encoding="utf-8")
    return interpreter(place)


def interpreter(place: Path) -> Path:
    """Return the interpreter of an environment."""
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make(place: Path, wanted: Path) -> None:
    """Make an environment with uv, or with venv and pip where uv is not there. Byte code is compiled ahead."""
    uv = shutil.which("uv")
    commands = (
        [
            [uv, "venv", "--quiet", "--python", sys.executable, str(place)],
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--compile-bytecode",
                "--python",
                str(interpreter(place)),
                "-r",
                str(wanted),
            ],
        ]
        if uv
        else [
            [sys.executable, "-m", "venv", str(place)],
            [str(interpreter(place)), "-m", "pip", "install", "--quiet", "-r", str(wanted)],
        ]
    )
    for command in commands:
        # Outside the project, so that its own constraints do not bind a peer.
        subprocess.run(command, check=True, cwd=place.parent)


def alone() -> list[str]:
    """Return the words that take the network away from a command, where this machine lets us."""
    words = ["unshare", "--net"]
    if not shutil.which("unshare"):
        return []
    tried = subprocess.run([*words, "true"], check=False, capture_output=True)
    return [] if tried.returncode else words


def surroundings() -> dict[str, str]:
    """Return the environment variables of a peer: ours, silent, with byte code kept where it belongs."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    }
    return kept | SILENT
