"""Packages of a tiny export."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import analyzer
from tests.small_export import write_export

CASES = """\
案件编号,记录编号,车牌号,车牌颜色,当事人,立案日期,决定日期,送达日期,案件状态,程序类型,处罚种类,罚款金额,送达方式
C1,R2,豫M00002,黄,张三,2024-03-08,2024-04-01,2024-04-30,已结案,普通程序,罚款,2000,直接送达
C2,R1,豫M00001,黄,李四,2024-03-08,2024-04-01,,已结案,普通程序,罚款,1000,
"""


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
