"""One scan at a time."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.store import lock
from analyzer.store.lock import holder_of, locked, process_began
from analyzer.store.places import Store

HOLD = """
import sys
from pathlib import Path
from analyzer.store.lock import locked
from analyzer.store.places import Store
with locked(Store(Path(sys.argv[1])), "scan"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path)
    made.make()
    return made


def test_the_second_says_who_holds_it_and_a_dead_holder_holds_nothing(store: Store) -> None:
    words = [sys.executable, "-c", HOLD, str(store.root)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        with pytest.raises(AnalyzerError) as raised, locked(store, "backup"):
            pass
        assert f"pid {other.pid}" in raised.value.problems[0].cause.en
        holder = holder_of(store)
        assert holder is not None and holder.is_alive and holder.doing == "scan"
        other.kill()
        other.wait()
    assert holder_of(store) is not None and not holder_of(store).is_alive  # type: ignore[union-attr]
    with locked(store, "scan"):
        mine = holder_of(store)
        assert mine is not None and mine.pid == os.getpid() and mine.is_alive
    assert holder_of(store) is None


def test_the_same_process_cannot_hold_it_twice(store: Store) -> None:
    with locked(store, "scan"), pytest.raises(AnalyzerError), locked(store, "scan"):
        pass


def test_where_the_system_has_no_locks_the_process_decides(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_take", lambda file, store: False)
    said = {
        "pid": os.getpid(),
        "began": process_began(os.getpid()),
        "host": socket.gethostname(),
        "doing": "scan",
        "since": "",
    }
    store.lock.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(AnalyzerError), locked(store, "scan"):
        pass
    # the pid lives, and is another process by now
    store.lock.write_text(json.dumps(said | {"began": "1"}), encoding="utf-8")
    with locked(store, "scan"):
        pass


def test_no_process_has_no_beginning() -> None:
    assert process_began(os.getpid())
    assert process_began(2**22 + 1) == ""
