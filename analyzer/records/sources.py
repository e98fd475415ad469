"""Which files are read, in which order, and what each one really is (by its first bytes, not by its name).

Members of an archive are unpacked one at a time into the work folder, under names of our own: a member called
`../../x` harms nothing. Limits on ratio, size, number and nesting stop archives that are made to blow up.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.records.sheets import Unreadable

READ_ENDINGS = {
    ".xlsx",
    ".xls",
    ".csv",
    ".txt",
    ".tsv",
    ".parquet",
    ".zip",
    ".xlsm",
    ".xlsb",
    ".et",
    ".htm",
    ".html",
}
MAX_RATIO = 300
MAX_UNPACKED = 16 << 30
MAX_MEMBERS = 10_000
MAX_NESTING = 2
_SMALL = 32 << 20
_PIECE = 1 << 20


class Format(Enum):
    """What a file is."""

    EMPTY = "empty"
    WORKBOOK = "workbook"
    PARQUET = "parquet"
    ARCHIVE = "archive"
    PAGE = "page"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its name as the user knows it, and where its bytes are."""

    label: str
    path: Path
    ignored: Text | None = None
    refused: Unreadable | None = None


def listed(inputs: Sequence[Path]) -> list[Source]:
    """Return the files of `inputs` in the order of intake: as given, a folder's by relative path in code-point order.

    Raises `AnalyzerError` naming every path that does not exist.
    """
    missing = [path for path in inputs if not path.exists()]
    if missing:
        cause = Text("没有这个文件或文件夹", "there is no such file or folder")
        raise AnalyzerError(Problem(path.as_posix(), cause) for path in missing)
    sources: list[Source] = []
    for path in inputs:
        sources += _folder(path) if path.is_dir() else [Source(path.name, path)]
    return sources


_PACKED, _UNPACKED = {".parquet", ".zip", ".xlsx", ".xlsm", ".xlsb", ".et"}, 8
"""Files that hold their rows packed, and how many times as long the same rows are as plain text, more or less."""


def length_as_text(inputs: Sequence[Path]) -> int:
    """Return about how many bytes the files of `inputs` would have as plain text; what is not there counts nothing."""
    files = [file for given in inputs for file in (given.rglob("*") if given.is_dir() else [given])]
    return sum(
        file.stat().st_size * (_UNPACKED if file.suffix.lower() in _PACKED else 1) for file in files if file.is_file()
    )


def _folder(folder: Path) -> list[Source]:
    names: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        names += [(Path(place) / name).relative_to(folder).as_posix() for name in files if not _is_lock(name)]
    return [Source(name, folder / name, _ignored(name)) for name in sorted(names)]


def _is_lock(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in {"thumbs.db", "desktop.ini"}


def _ignored(name: str) -> Text | None:
    if Path(name).suffix.lower() in READ_ENDINGS:
        return None
    return Text("不是要读的文件类型，已跳过", "not a kind of file that is read; skipped")


def format_of(path: Path) -> Format:
    """Return what the file is, from its first bytes."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return Format.EMPTY
    if head.startswith(b"PK"):
        return _zipped(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Format.WORKBOOK
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    if head.startswith(
        (b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x89PNG", b"\xff\xd8\xff", b"SQLite", b"BM\x00")
    ):
        return Format.OTHER
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").replace(b"\x00", b"").lower()
    if start.startswith((b"<html", b"<table", b"<?xml", b"<!doctype", b"<meta", b"<head", b"<style", b"<div", b"<!--")):
        return Format.PAGE
    return Format.TEXT if _is_text(head) else Format.OTHER


def _is_text(head: bytes) -> bool:
    """Whether bytes can be text: no control characters, or a zero in every pair as UTF-16 has."""
    controls = sum(1 for byte in head if byte < 32 and byte not in (0, 9, 10, 11, 12, 13, 26))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    zeros = head.count(0)
    # UTF-16 of Chinese has few zeros, but all on one side of each pair
    if zeros:
        return min(head[0::2].count(0), head[1::2].count(0)) == 0
    return controls * 50 <= len(head)


def _zipped(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable(
            Text("文件不完整或损坏", "the file is incomplete or damaged"),
            Text("请重新导出", "Export it again"),
        ) from None
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        return Format.WORKBOOK
    return Format.OTHER if any(name.startswith(("word/", "ppt/")) for name in names) else Format.ARCHIVE


_BOMB = (
    Text("解压后大得反常，可能是压缩炸弹", "it would unpack to an abnormal size, as a zip bomb does"),
    Text("请解压核对后再导入", "Unpack and check it by hand"),
)


@dataclass(slots=True)
class Unpacking:
    """What may still be unpacked in one intake."""

    folder: Path
    bytes_left: int = MAX_UNPACKED
    members_left: int = MAX_MEMBERS
    made: int = field(default=0)

    def guard_workbook(self, path: Path) -> None:
        """Raise `Unreadable` when a workbook would unpack to far more than any export holds."""
        if not zipfile.is_zipfile(path):
            return
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if (unpacked > _SMALL and unpacked > MAX_RATIO * max(path.stat().st_size, 1)) or unpacked > self.bytes_left:
            raise Unreadable(*_BOMB)

    def members(self, archive: Source, nesting: int = 0) -> Iterator[Source]:
        """Yield the files of an archive by name, each unpacked when its turn comes and removed afterwards."""
        with zipfile.ZipFile(archive.path) as opened:
            members = sorted(
                ((_name(member), member) for member in opened.infolist() if not member.is_dir()),
                key=lambda pair: pair[0],
            )
            for name, member in members:
                if any(_is_lock(part) or part == "__MACOSX" for part in name.split("/") if part not in (".", "..")):
                    continue
                yield from self._member(archive, opened, name, member, nesting)

    def _member(
        self, archive: Source, opened: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, nesting: int
    ) -> Iterator[Source]:
        label = f"{archive.label}/{name}"
        if ignored := _ignored(name):
            yield Source(label, archive.path, ignored)
            return
        self.made += 1
        path = self.folder / f"member{self.made}{Path(name).suffix.lower()}"
        try:
            self._unpack(opened, member, path)
            inner = Source(label, path)
            if format_of(path) is not Format.ARCHIVE:
                yield inner
            elif nesting >= MAX_NESTING:
                yield Source(label, path, refused=Unreadable(Text("压缩包套得太深", "archives nested too deeply")))
            else:
                yield from self.members(inner, nesting + 1)
        except Unreadable as refusal:
            yield Source(label, path, refused=refusal)
        finally:
            path.unlink(missing_ok=True)

    def _unpack(self, opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
        if member.flag_bits & 0x1:
            raise Unreadable(Text("压缩包有密码", "the archive is protected by a password"))
        self.members_left -= 1
        allowed = min(self.bytes_left, max(_SMALL, MAX_RATIO * max(member.compress_size, 1)))
        written = 0
        try:
            with opened.open(member) as packed, path.open("wb") as out:
                # counted while unpacking: the size that the archive states may be a lie
                while piece := packed.read(_PIECE):
                    written += len(piece)
                    if written > allowed or self.members_left < 0:
                        raise Unreadable(*_BOMB)
                    out.write(piece)
        except Unreadable:
            raise
        except Exception:  # the decompressors raise errors of their own, zlib.error and lzma.LZMAError among them
            raise Unreadable(Text("压缩包里的文件损坏", "the member is damaged")) from None
        finally:
            self.bytes_left -= written


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; without the UTF-8 flag Chinese systems wrote it in GBK."""
    name = member.filename
    if not member.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding).replace("\\", "/")
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")
