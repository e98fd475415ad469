"""Two readers at work while nights are scanned never see half a package, and are never held up."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.store.kills import FIRST
from tests.store.made_nights import Maker
from tests.store.nights import Nights


@pytest.mark.slow
def test_readers_see_whole_packages_only(nights: Nights) -> None:
    words = [sys.executable, "-m", "tests.store.reader", str(nights.root)]
    readers = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    maker = Maker(11)
    try:
        for night in range(6):
            nights.put(next(maker))
            nights.scan(FIRST + timedelta(300 + night), keep=1)
    finally:
        (nights.root / "enough").touch()
        said = [reader.communicate(timeout=60) for reader in readers]
    for reader, (out, err) in zip(readers, said, strict=True):
        assert reader.returncode == 0, err[-3000:]
        seen = json.loads(out)
        assert seen["opened"] > len(seen["runs"]) > 2
