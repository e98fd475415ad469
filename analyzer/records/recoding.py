"""Bytes of a text file as UTF-8, chunk by chunk: the same bytes that Python's codecs give, in a fraction of their time.

Most chunks need no codec: what is UTF-8 already is only looked through, and GB18030 whose every character takes two
bytes is turned by a table that the codec itself has filled. Every other chunk goes to the codec.
"""

from __future__ import annotations

import codecs
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa


class Recoder:
    """Turns one file into UTF-8."""

    def __init__(self, encoding: str, errors: str) -> None:
        """Begin a file in `encoding`; `errors` is what the codec does with bytes that it cannot read."""
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._encoding = encoding if errors == "strict" else ""
        self._held = b""
        self._started = False

    def feed(self, chunk: bytes, *, last: bool) -> bytes:
        """Return UTF-8 for the next bytes; some may be held back until more come. Raises `UnicodeDecodeError`."""
        if self._encoding in {"utf-8", "utf-8-sig"}:
            return self._looked_through(chunk, last=last)
        if self._encoding == "gb18030":
            return self._by_table(chunk, last=last)
        return self._by_codec(chunk, last=last)

    def _looked_through(self, chunk: bytes, *, last: bool) -> bytes:
        if not self._started and self._encoding == "utf-8-sig":
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        self._started = True
        seen = self._held + chunk
        # the last character may go on in the next chunk
        whole = len(seen) if last else _last_start(seen)
        if not _is_utf8(seen[:whole]):
            codecs.utf_8_decode(seen[:whole], "strict", True)
        self._held = seen[whole:]
        return chunk

    def _by_table(self, chunk: bytes, *, last: bool) -> bytes:
        chunk = self._held + chunk
        # a line end is never a part of a character
        whole = len(chunk) if last else chunk.rfind(b"\n") + 1 or len(chunk)
        chunk, self._held = chunk[:whole], chunk[whole:]
        pending = self._decoder.getstate()[0]
        raw = None if pending else _pairs_as_utf8(chunk)
        return self._by_codec(chunk, last=last) if raw is None else raw

    def _by_codec(self, chunk: bytes, *, last: bool) -> bytes:
        return self._decoder.decode(chunk, last).encode("utf-8", "replace")


def _last_start(raw: bytes) -> int:
    """Return where the last character starts if it is not ASCII, else the length."""
    for back in range(1, min(4, len(raw)) + 1):
        if raw[-back] < 0x80:
            break
        if raw[-back] >= 0xC0:
            return len(raw) - back
    return len(raw)


def _is_utf8(raw: bytes) -> bool:
    ends = pa.py_buffer(np.array([0, len(raw)], np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(raw)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _pairs_as_utf8(raw: bytes) -> bytes | None:
    """Return UTF-8 for GB18030 of ASCII and pairs of high bytes; None when anything else is in it."""
    given = np.frombuffer(raw, np.uint8)
    high = np.flatnonzero(given > 0x7F)
    first, second = high[0::2], high[1::2]
    # high bytes that all stand in pairs can be read in one way only
    if len(high) % 2 or not np.array_equal(second, first + 1):
        return None
    pair = given[first].astype(np.uint16) << 8 | given[second]
    one, two, three = _table()[:, pair]
    if not one.all():
        return None
    made = given.copy()
    made[first], made[second] = one, two
    longer = three != 0
    return bytes(np.insert(made, second[longer] + 1, three[longer]).tobytes())


@cache
def _table() -> Any:
    """Return the bytes of UTF-8, 0 where there is none, of every pair of high bytes, as three rows."""
    table = np.zeros((3, 1 << 16), np.uint8)
    for lead in range(0x80, 0x100):
        for trail in range(0x80, 0x100):
            try:
                raw = bytes((lead, trail)).decode("gb18030").encode()
            except UnicodeError:
                continue
            if 2 <= len(raw) <= 3:
                table[: len(raw), lead << 8 | trail] = list(raw)
    return table
