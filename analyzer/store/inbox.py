"""What lies in the inbox: which files are complete, and a copy of each that nobody writes to any more.

A file counts as complete when it has not been touched for a while, or when size and time are the same at a second
look. It is copied into the store while its hash is made; what is judged is the copy, and the file in the inbox is
taken away only when its copy is filed and the file is still the one that was copied.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.records import Source
from analyzer.records.sources import listed
from analyzer.store.durable import remove_file
from analyzer.store.places import Store

SETTLE = 10.0
"""Seconds that a file must have been left alone to count as complete at the first look."""

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", "~")
_PIECE = 1 << 20

_PACKED = 4
"""How much larger rows are than the packed file (Parquet, xlsx, zip) that they come in, roughly."""

Stamp = tuple[int, int]
"""Size and time of last change, by which a file is known to be the same."""


@dataclass(frozen=True)
class Arrival:
    """A file of the inbox and its copy in the store."""

    source: Source
    original: Path
    copy: Path
    sha256: str
    stamp: Stamp

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.original.name


@dataclass(frozen=True)
class Offered:
    """What the inbox offers: complete files in the order of intake, those still being written, those not readable."""

    ready: tuple[Source, ...] = ()
    waiting: tuple[str, ...] = ()
    unreadable: tuple[Problem, ...] = field(default=())


def bytes_in(inbox: Path) -> int:
    """Return about how many bytes of rows lie in the inbox; files that cannot be seen do not count."""
    size = 0
    for folder, _, names in os.walk(inbox):
        for name in names:
            with contextlib.suppress(OSError):
                size += (Path(folder) / name).stat().st_size * (
                    1 if name.lower().endswith((".csv", ".txt")) else _PACKED
                )
    return size


def look(inbox: Path, settle: float = SETTLE, wait: Callable[[float], None] = time.sleep) -> Offered:
    """Return what the inbox offers; raise `AnalyzerError` when it cannot be read at all."""
    sources = _list(inbox)
    first = {source.label: _stamp(source.path) for source in sources}
    young = [source for source in sources if _is_young(first[source.label], settle)]
    if young:
        wait(min(settle, 5.0))
    again = {source.label: _stamp(source.path) for source in young}
    moved = {label for label, stamp in again.items() if stamp != first[label]}
    gone = {label for label, stamp in (first | again).items() if stamp is None}
    ready = tuple(source for source in sources if source.label not in moved | gone)
    return Offered(ready, tuple(sorted(moved - gone)))


def _list(inbox: Path) -> list[Source]:
    def raise_(error: OSError) -> None:
        raise error

    try:
        if not inbox.is_dir():
            raise NotADirectoryError(20, "")
        for _ in os.walk(inbox, onerror=raise_):  # `listed` passes over a folder that it cannot read
            pass
    except OSError as error:
        cause = Text(f"收件目录读不了：{_reason(error)}", f"the inbox cannot be read: {_reason(error)}")
        remedy = Text("请检查目录和权限；库没有改动", "Check the folder and its permissions; the store is unchanged")
        raise AnalyzerError(Problem(f"--inbox {inbox}", cause, remedy)) from None
    return [source for source in listed([inbox]) if not source.label.lower().endswith(_UNFINISHED)]


def take_copies(store: Store, offered: Offered) -> tuple[list[Arrival], Offered]:
    """Copy every complete file into the store; return the copies, and what is left for another night."""
    taken: list[Arrival] = []
    waiting, unreadable = list(offered.waiting), list(offered.unreadable)
    for source in offered.ready:
        try:
            arrival = _copy(store, source)
        except (PermissionError, FileNotFoundError, IsADirectoryError) as error:
            cause = Text(f"读不了：{_reason(error)}", f"cannot be read: {_reason(error)}")
            remedy = Text("下次扫描再试", "It is tried again at the next scan")
            unreadable.append(Problem(source.label, cause, remedy))
            continue
        if arrival is None:
            waiting.append(source.label)
        else:
            taken.append(arrival)
    return taken, Offered((), tuple(sorted(waiting)), tuple(unreadable))


def _copy(store: Store, source: Source) -> Arrival | None:
    """Copy a file while hashing it; None when it changed under the copying."""
    before = _stamp(source.path)
    digest, draft = hashlib.sha256(), store.arriving / ".draft"
    with source.path.open("rb") as file, draft.open("wb") as out:
        while piece := file.read(_PIECE):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if before is None or _stamp(source.path) != before or draft.stat().st_size != before[0]:
        remove_file(draft)
        return None
    sha256 = digest.hexdigest()
    copy = store.arriving / f"{sha256}{source.path.suffix.lower()}"
    draft.replace(copy)
    moved = Source(source.label, copy, source.ignored, source.refused)
    return Arrival(moved, source.path, copy, sha256, before)


def take_away(arrival: Arrival) -> bool:
    """Remove from the inbox a file whose copy is filed; False when it is another by now, or is held open."""
    return _stamp(arrival.original) == arrival.stamp and remove_file(arrival.original)


def labels(sources: Sequence[Source]) -> list[str]:
    """Return the names of files as the user knows them."""
    return [source.label for source in sources]


def _stamp(path: Path) -> Stamp | None:
    try:
        said = path.stat()
    except OSError:
        return None
    return said.st_size, said.st_mtime_ns


def _is_young(stamp: Stamp | None, settle: float) -> bool:
    """Whether a file was touched lately, or, by a clock that is wrong, in the future."""
    return stamp is not None and settle > 0 and time.time() - stamp[1] / 1e9 < settle


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else type(error).__name__


__all__ = ["SETTLE", "Arrival", "Offered", "labels", "look", "take_away", "take_copies"]
