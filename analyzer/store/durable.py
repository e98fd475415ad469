"""Files written so that a crash leaves the old or the new, never half; and errors of the disk in plain words."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from analyzer.model import AnalyzerError, Problem, Text

T = TypeVar("T")

_TRIES, _PAUSE = 50, 0.1
"""A file that another program has open cannot be replaced on Windows; a reader of ours is through in no time."""


def patiently(act: Callable[[], T]) -> T:
    """Do something that another program may hold up for a moment; raise its error when it stays so."""
    for left in reversed(range(_TRIES)):
        try:
            return act()
        except PermissionError:
            if not left or os.name != "nt":
                raise
            time.sleep(_PAUSE)
    raise AssertionError


def sync(path: Path) -> None:
    """Have a file, or a folder where the system can, really on the disk."""
    if path.is_dir() and os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folder(folder: Path) -> None:
    """Have every file of a folder on the disk, and the folder itself."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def put(source: Path, target: Path) -> None:
    """Move a finished file to its name as one step; what stood there is replaced."""
    sync(source)
    patiently(lambda: source.replace(target))
    sync(target.parent)


def write_whole(path: Path, data: Mapping[str, Any]) -> None:
    """Write JSON so that a reader sees the old or the new, never half."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    put(draft, path)


def read_whole(path: Path) -> dict[str, Any] | None:
    """Read JSON that another process may be replacing just now; None when there is no such file."""
    for left in reversed(range(_TRIES)):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return data if isinstance(data, dict) else None
        except FileNotFoundError:
            return None
        except (PermissionError, ValueError):
            if not left:
                raise
            time.sleep(_PAUSE)
    return None


def remove_folder(folder: Path) -> bool:
    """Remove a folder; return False and leave it whole when somebody has a file of it open (Windows)."""
    gone = folder.with_name(f".gone-{folder.name}")
    try:
        folder.rename(gone)
    except OSError:
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True


def remove_file(path: Path) -> bool:
    """Remove a file; return False when somebody has it open (Windows)."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def in_plain_words(place: str) -> Iterator[None]:
    """Turn errors of disk and database into what a person can act on. Their own texts may hold data: left out."""
    try:
        yield
    except OSError as error:
        raise AnalyzerError(Problem(place, *_why(error.errno))) from error
    except duckdb.Error as error:
        raise AnalyzerError(Problem(place, *_why_database(error))) from error


_FULL = (
    Text("磁盘已满或超出配额，写不下去", "the disk is full, or a quota is reached"),
    Text("请腾出空间后再运行；已有结果没有改动", "Make room and run again; what was there has not changed"),
)
_READ_ONLY = (
    Text("没有写入权限，或所在磁盘只读", "writing is not permitted, or the disk is read-only"),
    Text(
        "请检查目录权限后再运行；已有结果没有改动",
        "Check its permissions and run again; what was there has not changed",
    ),
)
_LOCKED = (
    Text("仓库文件正被另一个程序打开", "the warehouse is open in another program"),
    Text("请关闭它（例如 DuckDB 客户端）后再运行", "Close it (a DuckDB client, say) and run again"),
)
_MEMORY = (
    Text("内存不够", "there is not enough memory"),
    Text("请调高 --memory-limit，或检查磁盘空间", "Raise --memory-limit, or look at the disk space"),
)


def _why(number: int | None) -> tuple[Text, Text]:
    if number in (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC, errno.EFBIG):
        return _FULL
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _READ_ONLY
    reason = os.strerror(number) if number else "-"
    return Text(f"读写失败：{reason}", f"reading or writing failed: {reason}"), Text("", "")


def _why_database(error: duckdb.Error) -> tuple[Text, Text]:
    said = str(error).lower()
    if "could not set lock" in said or "conflicting lock" in said or "being used by another" in said:
        return _LOCKED
    for number in (errno.ENOSPC, errno.EFBIG, errno.EACCES, errno.EROFS, errno.EPERM):
        if os.strerror(number).lower() in said:
            return _why(number)
    if isinstance(error, duckdb.OutOfMemoryException):
        return _MEMORY
    if "read-only" in said:
        return _READ_ONLY
    kind = type(error).__name__
    return (
        Text(f"仓库数据库出错（{kind}）", f"the warehouse reported an error ({kind})"),
        Text("请重新运行；仍出错时用备份恢复", "Run again; if it stays so, restore a backup"),
    )


__all__ = [
    "in_plain_words",
    "patiently",
    "put",
    "read_whole",
    "remove_file",
    "remove_folder",
    "sync",
    "sync_folder",
    "write_whole",
]
