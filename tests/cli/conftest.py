"""Commands run as a shell would run them, and packages of a tiny export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

import analyzer
from analyzer.cli import program
from tests.small_export import write_export

CASES = """\
案件编号,记录编号,车牌号,车牌颜色,当事人,立案日期,决定日期,送达日期,案件状态,程序类型,处罚种类,罚款金额,送达方式
C1,R2,豫M00002,黄,张三,2024-03-08,2024-04-01,2024-04-30,已结案,普通程序,罚款,2000,直接送达
C2,R1,豫M00001,黄,李四,2024-03-08,2024-04-01,,已结案,普通程序,罚款,1000,
"""


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


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two packages of one export with two cases; the second audit sets a deadline for telling the party."""
    exports = write_export(tmp_path_factory.mktemp("bureau") / "exports")
    exports.joinpath("案件.csv").write_text(CASES, encoding="utf-8")
    out = tmp_path_factory.mktemp("packages")
    select = ("DEV-01", "NTC-05", "PRC-16", "PER-01")
    for name, given in (("before", {}), ("after", {"notify_deadline": 5})):
        analyzer.audit(exports, as_of=date(2025, 12, 31), select=select, set=given, out=out / name)
    return out / "before", out / "after"
