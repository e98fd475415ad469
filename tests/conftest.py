"""What the tests of every folder share: commands run as a shell would run them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from analyzer.cli import program


class Said(NamedTuple):
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as a shell would."""

    def call(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["analyzer", *map(str, words)])
        capsys.readouterr()
        try:
            program.main()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        said = Said(status, *capsys.readouterr())
        assert "Traceback" not in said.out + said.err
        return said

    return call
