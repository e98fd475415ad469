"""Full disks, foreign locks and other trouble: said in plain words, and the store is as it was."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from analyzer.model import AnalyzerError
from analyzer.store.durable import in_plain_words, read_whole
from tests.small_export import DETECTIONS
from tests.store.nights import LATE_CERTIFICATE, Nights

resource = pytest.importorskip("resource")
DAY = date(2025, 12, 3)


def scan_with_files_of_at_most(nights: Nights, size: int) -> str:
    """Scan in a child that may write no file larger than so many bytes; return what it said."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        said = "done"
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            nights.scan(DAY)
        except AnalyzerError as error:
            said = error.say("en")
        except BaseException as error:
            said = f"unforeseen: {error!r}"
        finally:
            os.write(writer, said.encode()[:4000])
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, encoding="utf-8") as file:
        return file.read()


@pytest.mark.slow
@pytest.mark.parametrize("size", [3_000, 16_000, 30_000, 60_000, 100_000, 150_000])
def test_a_full_disk_is_said_and_the_next_scan_does_the_work(nights: Nights, size: int) -> None:
    nights.put({"检定证书.csv": LATE_CERTIFICATE, "检测记录.csv": DETECTIONS.replace("R1", "R8") * 40})
    said = scan_with_files_of_at_most(nights, size)
    assert "the disk is full" in said, said
    assert "Traceback" not in said and "豫M" not in said
    assert nights.package.verify() == [] and nights.rows("SELECT count(*) FROM runs") == [(1,)]
    outcome = nights.scan(DAY)
    assert outcome.run_no == 2 and outcome.lived.resolved == 1
    assert nights.rows("SELECT sum(rows_read) = sum(loaded + duplicates + replaced + quarantined) FROM inputs") == [
        (True,)
    ]
    assert [path for path in nights.store.inbox.rglob("*") if path.is_file()] == []


def test_a_warehouse_that_is_open_elsewhere_is_said(nights: Nights) -> None:
    hold = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", hold, str(nights.store.warehouse)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"open\n"
        with pytest.raises(AnalyzerError, match="open in another program"):
            nights.scan(DAY)
        other.kill()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "x"), "disk is full"),
        (OSError(errno.EROFS, "x"), "read-only"),
        (PermissionError(errno.EACCES, "x"), "not permitted"),
        (duckdb.IOException(f"IO Error: could not write: {os.strerror(errno.ENOSPC)}"), "disk is full"),
        (duckdb.IOException("IO Error: Could not set lock on file"), "another program"),
        (duckdb.OutOfMemoryException("x"), "not enough memory"),
        (duckdb.ConversionException("Could not convert string '豫M12345'"), "ConversionException"),
    ],
)
def test_errors_of_disk_and_database_in_plain_words(error: Exception, said: str) -> None:
    with pytest.raises(AnalyzerError, match=said) as raised, in_plain_words("--store x"):
        raise error
    assert "豫M" not in str(raised.value)


def test_a_pointer_that_is_being_replaced_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, texts = tmp_path / "current", iter(["", '{"run": ', '{"run": "1"}'])
    monkeypatch.setattr(Path, "read_text", lambda self, encoding: next(texts))
    assert read_whole(path) == {"run": "1"}
