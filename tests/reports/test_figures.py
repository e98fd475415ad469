"""Figures: they add up, and they are those of the package."""

from __future__ import annotations

from analyzer.model import Verdict
from analyzer.reports import Figures, make_figures
from analyzer.reports.figures import Lack, Tally
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.missing import describe, describe_all
from analyzer.reports.wording import Words
from analyzer.store.package import Package


def test_every_breakdown_adds_up_to_the_findings(package: Package) -> None:
    figures = make_figures(package)
    assert (figures.findings.breach, figures.findings.review) == (6, 2)
    for tallies in (figures.by_severity, figures.by_force, figures.by_family, figures.by_agency, figures.by_month):
        assert sum(one.breach for one in tallies) == 6
        assert sum(one.review for one in tallies) == 2
    totals = package.summary["totals"]
    assert figures.findings.total == totals["findings"]
    assert {one.key: one.total for one in figures.by_severity} == totals["by_severity"]


def test_the_five_answers_add_up_to_the_rows_looked_at(package: Package) -> None:
    figures = make_figures(package)
    for one in figures.answers:
        assert sum(one.counts.values()) == one.total
    assert sum(figures.answered(verdict) for verdict in Verdict) == figures.rows_judged == 17
    assert [one.rule for one in figures.undecided_rules] == ["TST-01", "TST-03"]
    assert figures.flagged_records == 9


def test_the_intake_accounts_for_every_row(package: Package) -> None:
    intake = make_figures(package).intake
    assert intake.rows_read == intake.loaded + intake.duplicates + intake.replaced + intake.quarantined == 11
    assert (intake.files, intake.issues, intake.refused) == (3, 1, 0)


def test_months_and_agencies_are_keys_of_the_data(package: Package) -> None:
    figures = make_figures(package)
    assert figures.by_month == (Tally("2024-03", 5, 2), Tally("2024-04", 1, 0))
    assert figures.by_agency == (Tally("01", 2, 2), Tally("02", 4, 0))


def test_a_package_without_findings_has_figures_too(package_without_findings: Package) -> None:
    figures: Figures = make_figures(package_without_findings)
    assert figures.findings == Tally(None, 0, 0)
    assert figures.by_month == ()
    assert len(figures.by_severity) == 5


def said(package: Package, rule: str, label: str) -> tuple[str, str]:
    gap = describe(Lack(rule, label, 3), Lawbook.of(package), Words("zh"))
    return gap.kind, gap.place


def test_what_was_missing_is_said_in_words(package: Package) -> None:
    assert said(package, "TST-01", "table:calibrations") == ("缺表", "检定证书")
    assert said(package, "TST-01", "column:cases.hearing_on")[0] == "缺列"
    assert said(package, "TST-01", "cell:cases.fine_yuan") == ("空白或读不出的单元格", "案件 · 罚款金额")
    assert said(package, "TST-03", "cell:cases (of_agency.parties)")[1] == "案件（汇总：同一机构的案件）"
    assert said(package, "TST-01", "parameter:notify_deadline") == ("未设参数", "违法告知期限 (notify_deadline)")
    assert said(package, "TST-01", "value") == ("缺少数据", "判定所需的值")
    assert said(package, "NO-01", "cell:nowhere.nothing")[1] == "nowhere · nothing"


def test_values_of_one_query_are_one_gap(package: Package) -> None:
    lacks = [
        Lack("TST-03", f"cell:cases (of_agency.{name})", rows) for name, rows in (("parties", 2), ("one_party", 5))
    ]
    (gap,) = describe_all(lacks, Lawbook.of(package), Words("en"))
    assert gap.rows == 5
