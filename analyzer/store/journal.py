"""The log of the scans: JSON lines through structlog, without personal data.

A file's name may hold a plate: files stand in the log as the head of their hash and their ending.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

_LARGEST = 10_000_000
"""From here on the log begins anew; the one before is kept beside it."""


@contextlib.contextmanager
def journal(path: Path) -> Iterator[Any]:
    """Open the log for appending; every entry is one line of JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.stat().st_size > _LARGEST:
        path.replace(path.with_suffix(".1.jsonl"))
    with path.open("a", encoding="utf-8") as file:
        yield structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=False),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )


def shown(sha256: str, name: str) -> str:
    """Return how a file stands in the log: the head of its hash and its ending."""
    ending = Path(name).suffix.lower()
    return sha256[:12] + (ending if ending.isascii() and len(ending) <= 8 else "")


__all__ = ["journal", "shown"]
