"""Filing away: the originals of a run to their place by hash, what was refused to where it stays in sight.

A file leaves the inbox only when its copy lies in its place, so a kill at any moment leaves it in one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analyzer.store.contents import file_hash
from analyzer.store.durable import put, remove_file
from analyzer.store.inbox import Arrival, take_away
from analyzer.store.places import Store
from analyzer.store.warehouse import TAKEN, Filed

REASON = ".reason.txt"
"""What is added to the name of a refused file for the file that says why."""


def file_away(store: Store, files: list[Filed], inbox: Path, arrivals: Mapping[str, Arrival]) -> None:
    """File the copies of a run and take the files out of the inbox. Doing it again is harmless.

    `arrivals` are those of this very scan by label; of an earlier one's files only their hashes are known.
    """
    for one in files:
        copy = store.arriving / one.copy
        target = filed_as(store, one)
        if copy.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            put(copy, target)
        if one.why_zh:
            note = store.refused / f"{target_name(one)}{REASON}"
            note.write_text(f"{one.why_zh}\n{one.why_en or ''}\n", encoding="utf-8")
        if one.state == TAKEN:
            _forget_refusal(store, one)
        if target.is_file():
            _take_out(inbox / one.label, one, arrivals.get(one.label))


def filed_as(store: Store, one: Filed) -> Path:
    """Return where a settled file lies."""
    if one.state == TAKEN:
        return store.originals / one.sha256 / one.name
    return store.refused / target_name(one)


def target_name(one: Filed) -> str:
    """Return the name of a refused file in the folder of refused files: its hash tells apart files of one name."""
    return f"{one.sha256[:12]}-{one.name}"


def is_filed(store: Store, sha256: str) -> bool:
    """Whether an original lies in its place."""
    folder = store.originals / sha256
    return folder.is_dir() and any(folder.iterdir())


def refused_files(store: Store) -> list[tuple[str, str]]:
    """Return the files that are refused and still in sight: name and reason (Chinese, then English)."""
    if not store.refused.is_dir():
        return []
    notes = sorted(store.refused.glob(f"*{REASON}"))
    return [(one.name.removesuffix(REASON), one.read_text(encoding="utf-8").strip()) for one in notes]


def _forget_refusal(store: Store, one: Filed) -> None:
    """A file that was refused before and is taken in now needs no reason any more, unless a part of it is refused."""
    remove_file(store.refused / target_name(one))
    if not one.why_zh:
        remove_file(store.refused / f"{target_name(one)}{REASON}")


def _take_out(path: Path, one: Filed, arrival: Arrival | None) -> None:
    if arrival is not None and arrival.sha256 == one.sha256 and take_away(arrival):
        return
    if arrival is None and path.is_file() and path.stat().st_size == one.size and file_hash(path) == one.sha256:
        remove_file(path)


__all__ = ["file_away", "filed_as", "is_filed", "refused_files"]
