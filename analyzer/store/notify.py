"""Telling somebody: a command of the bureau's that gets the summary of a run as JSON, without personal data."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.model import Severity

_SECONDS = 60


@dataclass(frozen=True)
class Notice:
    """Which command to call, and from which severity of new or reopened findings on (empty: after every run)."""

    command: str
    severity: str = ""

    def is_due(self, said: Mapping[str, Any]) -> bool:
        """Whether a run has something new or reopened that is grave enough."""
        if not self.severity:
            return True
        least = Severity(self.severity).rank
        return any(number for name, number in said["new_by_severity"].items() if Severity(name).rank <= least)


def notify(notice: Notice, said: Mapping[str, Any]) -> str:
    """Call the command with the summary on its standard input; return what went wrong in a word, or nothing.

    No shell takes part. A command that fails or hangs does not fail the scan.
    """
    words = shlex.split(notice.command, posix=os.name != "nt")
    try:
        done = subprocess.run(
            [word.strip('"') for word in words] if os.name == "nt" else words,
            input=json.dumps(said, ensure_ascii=False, default=str),
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "timeout"
    except (OSError, ValueError, IndexError) as error:
        return type(error).__name__
    return f"exit {done.returncode}" if done.returncode else ""


__all__ = ["Notice", "notify"]
