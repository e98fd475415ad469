"""A backup: every file of the store as it was at one moment, with its hash; and the way back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.store.contents import hashes_of, read_json, write_json
from analyzer.store.durable import sync_folder
from analyzer.store.lock import locked
from analyzer.store.places import FORMAT, Store

_LIST = "backup.json"
_LEFT_OUT = {"work", "arriving", "scan.lock"}
_SQLITE = b"SQLite format 3\x00"


def back_up(store: Store, target: Path) -> int:
    """Copy the store to a new folder and return the number of files. The lock must be held, the warehouse closed.

    What is in the inbox belongs to its senders and is not copied. The ledger may be written to meanwhile: its database
    is copied by its own means.
    """
    if target.exists() and (target.is_file() or any(target.iterdir())):
        cause = Text("这里已有文件，不会覆盖", "there is something there already, which is not overwritten")
        raise AnalyzerError(Problem(f"--out {target}", cause, Text("请换一个新目录", "Choose a new folder")))
    if target.resolve().is_relative_to(store.root.resolve()):
        cause = Text("备份不能放在库里面", "a backup cannot lie inside the store")
        raise AnalyzerError(Problem(f"--out {target}", cause))
    draft = target.parent / f".{target.name}.partial"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for entry in sorted(store.root.iterdir()):
        if entry.name in _LEFT_OUT or entry.name.endswith(("-wal", "-shm")) or entry.resolve() == store.inbox.resolve():
            continue
        if entry.is_dir():
            shutil.copytree(entry, draft / entry.name, ignore=shutil.ignore_patterns(".draft*", ".gone-*"))
        else:
            _copy(entry, draft / entry.name)
    files = hashes_of(draft)
    write_json(draft / _LIST, {"format": FORMAT, "made_at": _now(), "files": files})
    sync_folder(draft)
    with contextlib.suppress(OSError):
        target.rmdir()  # an empty folder that was made for it
    draft.rename(target)
    return len(files)


def restore(store: Store, source: Path, *, force: bool = False) -> tuple[int, Path | None]:
    """Bring a backup back; return the number of files, and where the store that stood there went to.

    Every file is held against its hash before anything is moved. With `force` the store that is there is set aside,
    never deleted.
    """
    files = _checked(source)
    if store.root.exists() and any(store.root.iterdir()) and not force:
        cause = Text("这里已有库或别的文件，不会覆盖", "there is a store or something else, which is not overwritten")
        remedy = Text(
            "确要替换请加 --force：原来的会改名保留", "--force replaces it; what is there is renamed and kept"
        )
        raise AnalyzerError(Problem(f"--store {store.root}", cause, remedy))
    draft = store.root.parent / f".{store.root.name}.restored"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft, ignore=shutil.ignore_patterns(_LIST))
    for name in ("work", "arriving"):
        (draft / name).mkdir(exist_ok=True)
    sync_folder(draft)
    aside = None
    if store.root.exists():
        held = locked(store, "restore") if store.exists else contextlib.nullcontext()
        with held:
            pass  # nobody is scanning; on Windows the lock's file must be closed before its folder is renamed
        aside = store.root.parent / f"{store.root.name}.before-restore-{datetime.now():%Y%m%d-%H%M%S}"
        store.root.rename(aside)
        if (aside / "inbox").is_dir() and not (draft / "inbox").exists():
            os.rename(aside / "inbox", draft / "inbox")  # noqa: PTH104 - what waits there is still to be taken in
    draft.rename(store.root)
    return len(files), aside


def _checked(source: Path) -> dict[str, str]:
    """The files of a backup; raise `AnalyzerError` naming every one that is not as it was."""
    if not (source / _LIST).is_file():
        raise AnalyzerError(Problem(f"--from {source}", Text("这不是备份", "this is no backup")))
    said = read_json(source / _LIST)
    expected: dict[str, str] = said["files"]
    found = hashes_of(source)
    wrong = [name for name, sha256 in expected.items() if found.get(name) != sha256]
    if wrong:
        cause = Text("备份中的文件缺失或被改动", "a file of the backup is missing or has changed")
        raise AnalyzerError([Problem(name, cause) for name in wrong])
    return expected


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        head = file.read(len(_SQLITE))
    if head != _SQLITE:
        shutil.copy2(source, target)
        return
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")


__all__ = ["back_up", "restore"]
