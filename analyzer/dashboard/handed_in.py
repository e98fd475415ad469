"""Files that somebody hands in on the page: kept in a folder of their own, audited, and deleted."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from analyzer.engine.audit import Order, run_audit
from analyzer.model import AnalyzerError, Problem, Text
from analyzer.model.errors import Language
from analyzer.reports.writing import FILES, write_reports
from analyzer.store.package import Package, drafting, write_package

MOST_FILES, MOST_MEGABYTES = 200, 1_000
"""The files of one audit and their size together; the size of one file is streamlit's `server.maxUploadSize`."""

_turn = threading.Lock()
_NAME = re.compile(r"[\x00-\x1f/\\:*?\"<>|]")


class Handed(Protocol):
    """A file as the upload widget gives it."""

    name: str
    size: int

    def getbuffer(self) -> memoryview:
        """The bytes of the file."""


@dataclass
class Desk:
    """The result of one audit of handed-in files. Its folder goes when the session ends or the next audit begins."""

    folder: tempfile.TemporaryDirectory[str]
    package: Path
    archive: Path

    def close(self) -> None:
        """Delete everything."""
        self.folder.cleanup()


def audit_files(
    files: Sequence[Handed], profile: str, as_of: date, language: Language, tell: Callable[[str, int, int], None]
) -> Desk:
    """Audit handed-in files and return where the results lie; the files themselves are deleted before this returns.

    Raises `AnalyzerError` for what a person has to mend, and when another audit is under way.
    """
    check_sizes(files)
    with _my_turn():
        folder = tempfile.TemporaryDirectory(prefix="analyzer-desk-", ignore_cleanup_errors=True)
        try:
            out = Path(folder.name) / "package"
            with tempfile.TemporaryDirectory(prefix="inputs-", dir=folder.name) as inputs:
                put_down(files, Path(inputs))
                _audit(Path(inputs), out, profile, as_of, language, tell)
            archive = _pack(out, Path(folder.name) / "package.zip")
        except BaseException:
            folder.cleanup()
            raise
    return Desk(folder, out, archive)


def check_sizes(files: Sequence[Handed]) -> None:
    """Raise `AnalyzerError` for too many files, or more than the page takes."""
    remedy = Text(
        "请用命令行 analyzer audit 审核大批文件", "Use the command line, analyzer audit, for many or large files"
    )
    if len(files) > MOST_FILES:
        cause = Text(f"一次最多 {MOST_FILES} 个文件", f"at most {MOST_FILES} files at a time")
        raise AnalyzerError(Problem(str(len(files)), cause, remedy))
    size = sum(one.size for one in files) / 1e6
    if size > MOST_MEGABYTES:
        cause = Text(f"一次合计不超过 {MOST_MEGABYTES} MB", f"at most {MOST_MEGABYTES} MB together")
        raise AnalyzerError(Problem(f"{size:,.0f} MB", cause, remedy))


def put_down(files: Sequence[Handed], folder: Path) -> None:
    """Write the files into `folder` under their own names; two of one name are kept apart."""
    for number, one in enumerate(files, 1):
        name = _NAME.sub("_", one.name).strip(" .")[-120:] or "file"
        place = folder / name
        if place.exists():
            place = folder / f"{number}_{name}"
        place.write_bytes(one.getbuffer())


@contextlib.contextmanager
def _my_turn() -> Iterator[None]:
    """One audit at a time: two would need twice the memory."""
    if not _turn.acquire(blocking=False):
        cause = Text("另一个审核正在进行", "another audit is under way")
        raise AnalyzerError(Problem("analyzer", cause, Text("请稍后再试", "Try again in a while")))
    try:
        yield
    finally:
        _turn.release()


def _audit(inputs: Path, out: Path, profile: str, as_of: date, language: Language, tell: Any) -> None:
    order = Order(inputs=(inputs,), as_of=as_of, profile=profile)
    with drafting(out) as draft, run_audit(order, tell, writable=[draft]) as done:
        tell("findings.xlsx", 1, 1)

        def reports(folder: Path) -> None:
            write_reports(Package(folder, drafted=True), tuple(FILES), folder, language=language)

        write_package(done, draft, out, reports)


def _pack(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stored = path.suffix in (".parquet", ".xlsx", ".docx", ".duckdb")
                kind = zipfile.ZIP_STORED if stored and path.suffix != ".duckdb" else zipfile.ZIP_DEFLATED
                file.write(path, path.relative_to(folder).as_posix(), kind)
    return archive


__all__ = ["MOST_FILES", "MOST_MEGABYTES", "Desk", "audit_files", "check_sizes", "put_down"]
