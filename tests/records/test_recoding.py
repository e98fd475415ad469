"""Files as UTF-8: byte for byte what Python's codecs give, however the file falls into chunks."""

import pytest

from analyzer.records.recoding import Recoder

TEXT = "记录编号,车牌号\nR1,豫M·00001\nR2,使123456²×\nR3,朱镕𬭎㙦€\nR4,plain\n\n,(Ⅷ)\n"


def recoded(raw: bytes, encoding: str, errors: str = "strict", size: int = 5) -> bytes:
    """Return the whole of `raw` as UTF-8, fed in chunks of `size` bytes."""
    recoder = Recoder(encoding, errors)
    parts = [recoder.feed(raw[at : at + size], last=False) for at in range(0, len(raw), size)]
    return b"".join([*parts, recoder.feed(b"", last=True)])


@pytest.mark.parametrize("size", [3, 4, 7, 16, 1000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_a_file_in_chunks_gives_what_its_codec_gives(encoding: str, size: int) -> None:
    assert recoded(TEXT.encode(encoding), encoding, size=size) == TEXT.encode()


def test_every_pair_of_gb18030_is_read_as_the_codec_reads_it() -> None:
    """Pairs of high bytes, which the table reads, and those with a trail in the range of ASCII, which the codec reads."""
    for trails in (range(0x80, 0x100), range(0x40, 0x7F)):
        for lead in range(0x81, 0xFF):
            every = (bytes((lead, trail)) for trail in trails)
            raw = b"".join(b"x" + pair + b",1\n" for pair in every if _is_read(pair))
            assert recoded(raw, "gb18030", size=300) == raw.decode("gb18030").encode()


@pytest.mark.parametrize("pair", [b"\x80\x80", b"\xff\xff", b"\xfe\xff", b"\xa1\x80", b"\xa1\x20", b"\x81\x30"])
def test_a_pair_that_the_codec_refuses_is_not_made_up(pair: bytes) -> None:
    raw = b"x" + pair + b",1\n"
    if _is_read(raw):
        assert recoded(raw, "gb18030") == raw.decode("gb18030").encode()
        return
    with pytest.raises(UnicodeDecodeError):
        recoded(raw, "gb18030", size=99)


def _is_read(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("raw", [b"R1,\xff\xff\n", b"R1,\xe8\xb1", b"\xed\xa0\x80\n", b"R1\n\xc0\xaf,2\n"])
def test_what_the_codec_refuses_is_refused(encoding: str, raw: bytes) -> None:
    try:
        wanted = raw.decode(encoding).encode()
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            recoded(raw, encoding)
        assert recoded(raw, encoding, "replace") == raw.decode(encoding, "replace").encode()
    else:
        assert recoded(raw, encoding) == wanted
