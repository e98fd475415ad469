"""Killed just before or after each step by name, the next scan ends where an undisturbed one does."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analyzer.store import filing, publish, scan, settling, staging, warehouse
from tests.store.nights import LATE_CERTIFICATE, Nights
from tests.store.test_crash import state

FILES = {"检定证书.csv": LATE_CERTIFICATE, "坏.csv": "x,y\n1,2\n"}
DAY = date(2025, 12, 5)

STEPS = {
    "copies are made": (scan, "take_copies", True),
    "segments are written": (staging, "write_segment", True),
    "everything is staged": (scan, "stage", True),
    "the law is kept": (scan, "keep_law", True),
    "the transaction is open": (warehouse.Warehouse, "merge", True),
    "it is judged": (scan, "judge_night", True),
    "the books are written": (scan, "write_down", True),
    "it is committed": (settling.Settling, "finish", False),
    "the draft is begun": (publish, "write_run", True),
    "the draft is complete": (publish, "sync_folder", True),
    "the package has its name": (publish, "point_to", False),
    "the pointer is swapped": (settling, "file_away", False),
    "an original is filed": (filing, "_take_out", False),
    "everything is filed": (settling, "file_away", True),
    "only the note is lacking": (settling, "write_whole", False),
    "old packages are going": (scan, "retire", False),
}


def dying(act: Callable[..., Any], after: bool) -> Callable[..., Any]:
    def die(*given: Any, **named: Any) -> None:
        if after:
            act(*given, **named)
        os._exit(99)

    return die


@pytest.fixture(scope="module")
def undisturbed(first_night: Nights, few_rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    from tests.store.few_rules import use_rules

    with pytest.MonkeyPatch.context() as patch:
        use_rules(few_rules, patch)
        nights = first_night.copy(tmp_path_factory.mktemp("whole") / "store")
        nights.put(FILES)
        nights.scan(DAY)
    return nights


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(step: str, nights: Nights, undisturbed: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    home, name, after = STEPS[step]
    nights.put(FILES)
    child = os.fork()
    if not child:
        monkeypatch.setattr(home, name, dying(getattr(home, name), after))
        try:
            nights.scan(DAY)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 99, "the step was never come to"
    before = nights.package
    assert before.verify() == [], "what readers see is whole"
    nights.scan(DAY)
    expected, found = state(undisturbed), state(nights)
    assert [name for name in expected if found[name] != expected[name]] == []
