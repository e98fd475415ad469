"""Text files: which encoding they are in, and a UTF-8 copy where that is not what DuckDB reads.

The choice is UTF-8, GB18030 or UTF-16. GB18030 bytes of 豫, 鲁, 使 and 学 are valid UTF-8 as well, so "try UTF-8
first" is wrong for a file with ASCII headers and plates of Henan; and Latin letters in UTF-8 (Forlì) are valid
GB18030. Where both can be decoded, the reading whose letters make sense decides.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 22
_SAMPLE = 1 << 16
_CJK = re.compile("[\u3400-\u9fff\uff00-\uffef\U00020000-\U000323af]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# a Latin letter with an accent inside a word, or a mark that Western text uses after a digit or a letter
_LATIN = re.compile("(?<=[A-Za-z\u00c0-\u024f])[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]|[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f](?=[a-z\u00df-\u024f])|(?<=[0-9A-Za-z ])[\u00b0\u00b2\u00b3\u00ab\u00bb]|[\u00a3\u20ac](?=\\s?\\d)|[\u2013\u2014\u2018-\u201d\u2026]")
_FOREIGN = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Utf8:
    """A text file as UTF-8: where it is, what it was, how many places could not be decoded, its shape."""

    path: Path
    encoding: str
    bad: int
    lines: int
    has_quotes: bool


def sniff(raw: bytes) -> str:
    """Return the encoding of a sample of a file's bytes: utf-8, utf-8-sig, gb18030, utf-16-le or utf-16-be."""
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in raw:
        # separators and digits leave a zero byte in each pair; its side tells the byte order
        return "utf-16-le" if raw[1::2].count(0) >= raw[0::2].count(0) else "utf-16-be"
    text = _decoded(raw, "utf-8")
    if text is None:
        return "gb18030"
    if _CJK.search(text) or not _FOREIGN.search(text) or _decoded(raw, "gb18030") is None:
        return "utf-8"
    sensible = len(_LATIN.findall(text))
    return "utf-8" if sensible * 2 >= len(_FOREIGN.findall(text)) else "gb18030"


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(raw, False)
    except UnicodeDecodeError:
        return None


def encoding_of(path: Path) -> str:
    """Return the encoding of a whole file, judged from the first part that is not plain ASCII."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        if head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in head:
            return sniff(head)
        sample, start = head, head
        while sample and not _BEYOND_ASCII.search(sample):
            start, sample = sample, file.read(_CHUNK)
        if not sample:
            return "utf-8"
        first = _BEYOND_ASCII.search(sample)
        at = first.start() if first else 0
        # from the start of its line: a cut inside a character would look like another encoding
        at = max(sample.rfind(b"\n", 0, at) + 1, at - 200)
        if at == 0 and sample is not head and b"\n" not in start[-200:]:
            return sniff(start[-200:] + sample[:_SAMPLE])
        return sniff(sample[at : at + _SAMPLE])


def as_utf8(path: Path, copy: Path) -> Utf8:
    """Return `path` as UTF-8 with `\\n` line ends, itself when it is that already, else written to `copy`.

    What cannot be decoded becomes U+FFFD and is counted. The whole file is never in memory.
    """
    encoding = encoding_of(path)
    if encoding == "utf-8" and (plain := _plain(path)):
        return plain
    made = _written(path, copy, encoding, "strict")
    if made is None:
        others = [other for other in ("utf-8", "gb18030") if other != encoding] if "16" not in encoding else []
        for other in others:
            made = _written(path, copy, other, "strict")
            if made:
                return made
        made = _written(path, copy, encoding if "utf-8" not in encoding else "gb18030", "replace")
    assert made is not None  # "replace" never fails
    return made


def _plain(path: Path) -> Utf8 | None:
    """Return the shape of a file that can be read where it is; None when it has `\\r`, NUL or is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    lines, quotes, tail = 0, False, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\r" in chunk or b"\x00" in chunk:
                return None
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return None
            lines += chunk.count(b"\n")
            quotes = quotes or b'"' in chunk
            tail = (tail + chunk)[-4096:]
    return Utf8(path, "utf-8", 0, _record_lines(lines, tail), quotes)


def _written(path: Path, copy: Path, encoding: str, errors: str) -> Utf8 | None:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    bad, lines, quotes, tail, held = 0, 0, False, b"", ""
    with path.open("rb") as file, copy.open("wb") as out:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = held + decoder.decode(chunk, not chunk)
            except UnicodeDecodeError:
                return None
            # a \r at the end may be half of a line end
            held = "\r" if chunk and text.endswith("\r") else ""
            text = text[: len(text) - len(held)]
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            bad += text.count("\ufffd")
            raw = text.replace("\x00", "").encode("utf-8", "replace")
            lines += raw.count(b"\n")
            quotes = quotes or b'"' in raw
            tail = (tail + raw)[-4096:]
            out.write(raw)
            if not chunk:
                break
    return Utf8(copy, encoding, bad, _record_lines(lines, tail), quotes)


def _record_lines(breaks: int, tail: bytes) -> int:
    """Return how many lines hold something, not counting line breaks at the very end."""
    ending = len(tail) - len(tail.rstrip(b"\n"))
    return breaks - ending + (1 if tail.rstrip(b"\n") else 0)
