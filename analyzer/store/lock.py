"""One scan at a time: a lock of the operating system, which goes when its holder dies, and who holds it in words.

The file stays where it is; whether it is held, the system knows. Its text says who holds it and since when, for the
second scan's message. On a file system without locks the text decides: a holder whose process is gone holds nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.store.places import Store

_FAR = 1 << 30
"""Windows locks bytes and forbids to read them: the locked one lies far behind the text."""


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: the process, when that process began, on which machine, doing what since when."""

    pid: int
    began: str
    host: str
    doing: str
    since: str

    @property
    def is_alive(self) -> bool:
        """Whether the very process still runs; one on another machine is taken to."""
        return self.host != socket.gethostname() or (bool(self.began) and process_began(self.pid) == self.began)


@contextlib.contextmanager
def locked(store: Store, doing: str) -> Iterator[None]:
    """Hold the store's lock; raise `AnalyzerError` saying who holds it when it is not free."""
    store.lock.touch()
    with store.lock.open("r+", encoding="utf-8") as file:
        has_locks = _take(file, store)
        if not has_locks:
            holder = _read(store.lock)
            if holder and holder.is_alive:
                raise _held(store, holder)
        me = Holder(os.getpid(), process_began(os.getpid()), socket.gethostname(), doing, _now())
        _write(file, json.dumps(asdict(me)))
        try:
            yield
        finally:
            _write(file, "")
            if has_locks:
                _release(file)


def holder_of(store: Store) -> Holder | None:
    """Return who holds the lock, or who held it and died; None when it was given back."""
    return _read(store.lock)


def _held(store: Store, holder: Holder | None) -> AnalyzerError:
    who = f"pid {holder.pid}, {holder.host}, {holder.doing}, {holder.since}" if holder else "?"
    cause = Text(f"另一个进程正在使用这个库（{who}）", f"another process is using this store ({who})")
    remedy = Text("等它结束后再运行；没有做任何改动", "Run again when it has ended; nothing was changed")
    return AnalyzerError(Problem(f"--store {store.root}", cause, remedy))


def _take(file: IO[str], store: Store) -> bool:
    """Take the lock of the system; return False where the file system has none."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise _held(store, _read(store.lock)) from None
    except OSError:
        return False
    return True


def _release(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_UN)


def _write(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def process_began(pid: int) -> str:
    """Return when a process began, in whatever words the system has for it; empty when there is no such process.

    A pid is given again after a while; pid and beginning together name a process.
    """
    if sys.platform == "win32":
        return _began_on_windows(pid)
    try:
        # the name of a program may hold spaces and brackets; after the last bracket the fields are plain
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    if Path("/proc/self/stat").exists():
        return ""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, timeout=10, check=False
        )
        return asked.stdout.strip()
    return ""


def _began_on_windows(pid: int) -> str:
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - not there for the type checker on other systems
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return ""
    times = [ctypes.c_ulonglong() for _ in range(4)]
    try:
        known = kernel.GetProcessTimes(handle, *(ctypes.byref(one) for one in times))
        # the time of its end is zero while it runs
        return str(times[0].value) if known and not times[1].value else ""
    finally:
        kernel.CloseHandle(handle)


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")


__all__ = ["Holder", "holder_of", "locked", "process_began"]
