"""Which encoding a text file is in.

The choice is UTF-8, GB18030 or UTF-16. GB18030 bytes of 豫, 鲁, 使 and 学 are valid UTF-8 as well, so "try UTF-8
first" is wrong for a file with ASCII headers and plates of Henan; and Latin letters in UTF-8 (Forlì) are valid
GB18030. Where both can be decoded, the reading whose letters make sense decides.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

_CHUNK = 1 << 22
_SAMPLE = 1 << 16
_CJK = re.compile("[\u3400-\u9fff\uff00-\uffef\U00020000-\U000323af]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# a Latin letter with an accent inside a word, or a mark that Western text uses after a digit or a letter
_LETTER = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_LATIN = re.compile(
    f"(?<=[A-Za-z{_LETTER}])[{_LETTER}]|[{_LETTER}](?=[a-z\u00df-\u024f])"
    "|(?<=[0-9A-Za-z ])[\u00b0\u00b2\u00b3\u00ab\u00bb]|[\u00a3\u20ac](?=\\s?\\d)|[\u2013\u2014\u2018-\u201d\u2026]"
)
_FOREIGN = re.compile("[^\x00-\x7f]")


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


def attempts(path: Path) -> list[tuple[str, str]]:
    """Return the encodings to try in turn, each with how errors are met; the last one cannot fail."""
    first = encoding_of(path)
    if "16" in first:
        return [(first, "strict"), (first, "replace")]
    others = [other for other in ("utf-8", "gb18030") if other != first.removesuffix("-sig")]
    return [(first, "strict"), *((other, "strict") for other in others), (first, "replace")]


def decoded(path: Path) -> str:
    """Return the whole text of a small file (a page), in the first encoding that fits."""
    raw = path.read_bytes()
    for encoding, errors in attempts(path):
        try:
            return raw.decode(encoding, errors)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
