"""`--reports`: what is written, and what a wrong word leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.cli.report_options import DEFAULT, report_problems, report_writer, wanted_reports
from tests.conftest import Run
from tests.small_export import write_export


def test_the_words_of_the_option() -> None:
    assert wanted_reports(DEFAULT) == ("xlsx", "docx", "html")
    assert wanted_reports("docx, xlsx") == ("docx", "xlsx")
    assert wanted_reports("none") == ()
    assert report_writer(()) is None
    assert report_problems("none") == report_problems(DEFAULT) == []


@pytest.mark.parametrize(("reports", "count"), [("pdf", 1), ("xlsx,pdf,odt", 2), ("", 1), (" , ", 1)])
def test_every_unknown_word_is_named(reports: str, count: int) -> None:
    assert len(report_problems(reports)) == count


@pytest.mark.slow
def test_an_audit_writes_all_three_and_the_manifest_knows_them(run: Run, tmp_path: Path) -> None:
    exports = write_export(tmp_path / "exports")
    said = run("audit", exports, "--out", tmp_path / "out", "--as-of", "2025-12-31", "--select", "DEV-01,NTC-05")
    assert said.status == 0
    for name in ("findings.xlsx", "report.docx", "report.html"):
        assert (tmp_path / "out" / name).stat().st_size > 1000
        assert name in said.out.replace("\n", "")
    assert run("verify", tmp_path / "out").status == 0
