"""The package of an audit whose large tables stayed in a lake, told without Spark: who reads it is not misled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from analyzer.cli.audit_command import samples_folder
from analyzer.cli.report_options import report_writer
from analyzer.engine.audit import Elsewhere, Order, run_audit
from analyzer.model import AnalyzerError
from analyzer.store.package import Package, drafting, write_package
from analyzer.store.reopen import Reopened

pytestmark = pytest.mark.slow

PARTIAL = frozenset({"detections", "notices", "cases", "payments"})


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """The samples, as if four tables had stayed in the lake; the reports are written too."""
    out = tmp_path_factory.mktemp("lake") / "out"
    order = Order(inputs=(samples_folder(),), as_of=date(2025, 12, 31), select=("NTC", "EXE", "DEV-01"))
    with drafting(out) as draft, run_audit(order, writable=[draft]) as done:
        done.elsewhere = Elsewhere("spark", "4.3.0", {name: done.rows(name) for name in done.intake.tables}, PARTIAL)
        for name in PARTIAL:
            key = done.library.vocabulary[name].key[0]
            done.con.execute(
                f'DELETE FROM "{name}" WHERE "{key}" NOT IN (SELECT record_key FROM finding_records WHERE table_name = ?)',
                [name],
            )
        yield write_package(done, draft, out, report_writer(("xlsx", "docx", "html"), show_personal=False))


def test_a_part_of_a_table_does_not_stand_where_whole_tables_stand(package: Package) -> None:
    assert not PARTIAL & set(package.tables)
    assert "devices" in package.tables
    assert set(package.summary["findings_only"]) == PARTIAL
    assert {path.stem for path in (package.folder / "evidence").iterdir()} == PARTIAL


def test_the_summary_counts_what_was_judged_and_names_the_engine(package: Package) -> None:
    assert package.summary["tables"]["detections"] == 1200
    assert pl.read_parquet(package.folder / "evidence" / "detections.parquet").height < 1200
    assert package.summary["versions"]["spark"] == "4.3.0"


def test_the_manifest_holds_the_evidence_and_reports(package: Package) -> None:
    files = set(package.manifest["files"])
    assert {"evidence/cases.parquet", "findings.xlsx", "report.docx", "report.html"} <= files
    assert package.verify() == []


def test_single_records_are_not_judged_again_from_a_part(package: Package) -> None:
    with pytest.raises(AnalyzerError) as caught:
        Reopened(package)
    assert "stayed in the lake" in caught.value.problems[0].cause.en
    assert "cases" in caught.value.problems[0].cause.zh
