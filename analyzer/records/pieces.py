"""A text file as UTF-8 pieces: cut at the end of a record, each with its place in the file.

Pieces let the file be decoded and loaded at the same time and on more than one core, and no more than a piece of it is
ever in memory. A line end inside quotation marks is no end of a record: pieces are cut where the marks are in pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analyzer.records.recoding import Recoder

_CHUNK = 1 << 21
_FIRST = 1 << 20
_PIECE = 24 << 20
_LONGEST = 96 << 20
_UNDECODED = "\ufffd".encode()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some whole records of a file: where they are, the line the first starts on, how many records there must be.

    `breaks` is the number of line ends inside quotation marks, `bad` that of places that could not be decoded;
    `records` is -1 where the marks are not in pairs, so that nobody can say.
    """

    path: Path
    first_line: int
    lines: int
    breaks: int
    bad: int
    records: int


def cut(path: Path, folder: Path, encoding: str, errors: str) -> Iterator[Piece]:
    """Yield the pieces of a text file, written to `folder` with `\\n` line ends; raises `UnicodeDecodeError`."""
    line, number, size, bad = 1, 0, 0, 0
    waiting: list[bytes] = []
    for raw, last in _as_utf8(path, encoding, errors):
        bad += raw.count(_UNDECODED) if errors == "replace" else 0
        waiting.append(raw)
        size += len(raw)
        # the first piece is small: it only shows how the file is spelt
        if size < (_PIECE if number else min(_FIRST, _PIECE)) and not last:
            continue
        whole = b"".join(waiting)
        end = len(whole) if last else _record_end(whole)
        paired = end > 0 or size < _LONGEST
        end = end if paired else size
        if end or last:
            number += 1
            piece = _written(folder / f"piece{number}.csv", whole[:end] if end < size else whole, line, bad, paired)
            yield piece
            line, bad = line + piece.lines, 0
        waiting, size = [whole[end:]], size - end


def _as_utf8(path: Path, encoding: str, errors: str) -> Iterator[tuple[bytes, bool]]:
    """Yield the file as UTF-8 with `\\n` line ends and without NUL, chunk by chunk, and whether it is the last."""
    recoder, held = Recoder(encoding, errors), b""
    with path.open("rb") as file:
        chunk, more = file.read(_CHUNK), True
        while more:
            following = file.read(_CHUNK)
            more = bool(following)
            raw = held + recoder.feed(chunk, last=not more)
            # a \r at the end may be the first half of a line end
            held = b"\r" if more and raw.endswith(b"\r") else b""
            raw = raw[: len(raw) - len(held)] if held else raw
            if b"\r" in raw:
                raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            yield raw.replace(b"\x00", b"") if b"\x00" in raw else raw, not more
            chunk = following


def _record_end(raw: bytes) -> int:
    """Return the place after the last line end that stands outside quotation marks; 0 when there is none."""
    if b'"' not in raw:
        return raw.rfind(b"\n") + 1
    before, end = raw.count(b'"'), len(raw)
    while (at := raw.rfind(b"\n", 0, end)) >= 0:
        before -= raw.count(b'"', at, end)
        if before % 2 == 0:
            return at + 1
        end = at
    return 0


def _written(path: Path, raw: bytes, line: int, bad: int, paired: bool) -> Piece:
    segments = raw.split(b'"') if b'"' in raw else [raw]
    breaks = sum(segment.count(b"\n") for segment in segments[1::2])
    ends = np.frombuffer(raw, np.uint8) == ord("\n")
    lines = int(np.count_nonzero(ends)) + (1 if raw and not raw.endswith(b"\n") else 0)
    if raw.startswith(b"\n") or (ends[1:] & ends[:-1]).any():
        # DuckDB would pass over an empty line, and every row number below it would be wrong
        segments[0::2] = [_no_empty_lines(segment) for segment in segments[0::2]]
        raw = b'"'.join(segments)
        raw = b" " + raw if raw.startswith(b"\n") else raw
    path.write_bytes(raw)
    paired = paired and len(segments) % 2 == 1
    return Piece(path, line, lines, breaks, bad, lines - breaks if paired else -1)


def _no_empty_lines(segment: bytes) -> bytes:
    while b"\n\n" in segment:
        segment = segment.replace(b"\n\n", b"\n \n")
    return segment
