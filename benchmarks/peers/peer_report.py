"""What every peer is asked, and what it hands back: seconds by stage and the keys that it found.

Only the standard library is used, so that the file runs in the environment of each peer.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path


def asked() -> argparse.Namespace:
    """Read what the driver asks of a peer: `data` and `out` (folders), `rules` (codes); of ours, how it uses memory."""
    words = argparse.ArgumentParser()
    words.add_argument("--data", type=Path, required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--rules", required=True)
    words.add_argument("--memory-limit", default=None)
    words.add_argument("--in-memory", action="store_true")
    return words.parse_args()


class Report:
    """Seconds of each stage by the clock and of the processor, written to `report.json` of a folder."""

    def __init__(self, peer: str, folder: Path) -> None:
        """Start the clock; `folder` is there already."""
        self.peer, self.folder = peer, folder
        self.stages: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self._since, self._used = time.perf_counter(), time.process_time()

    def lap(self, stage: str) -> None:
        """End a stage: the seconds since the last one are its own."""
        now, used = time.perf_counter(), time.process_time()
        self.stages[stage] = self.stages.get(stage, 0) + now - self._since
        self.processor[stage] = self.processor.get(stage, 0) + used - self._used
        self._since, self._used = now, used

    def write(self, **said: object) -> None:
        """Write the report with whatever else the peer says."""
        content = {"peer": self.peer, "stages": self.stages, "processor": self.processor} | said
        (self.folder / "report.json").write_text(json.dumps(content, indent=1, default=str), encoding="utf-8")
