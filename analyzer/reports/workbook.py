"""findings.xlsx: the findings as a list for rectification, with what stands behind them.

Each sheet is a function that lays out what `figures` counted and `entries` put into words.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from analyzer.model import Verdict
from analyzer.model.errors import Language
from analyzer.reports.about_sheet import write_about
from analyzer.reports.entries import Entries, number_findings
from analyzer.reports.figures import Figures, Tally, make_figures
from analyzer.reports.law_sheet import write_law
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.masking import mask_cell, mask_sentence
from analyzer.reports.missing import describe
from analyzer.reports.sheets import Field, ReportWorkbook, SheetTable
from analyzer.reports.wording import Words
from analyzer.store.package import Package

SEVERITY_FILLS = {"critical": "#F8CBAD", "high": "#FCE4D6", "medium": "#FFF2CC"}
_VERDICT_FILLS = {"breach": "#FCE4D6", "review": "#DDEBF7"}
_BATCH = 20_000
_DUCKDB_MEMORY = "384MB"


@dataclass(frozen=True)
class Report:
    """What every sheet is made from."""

    package: Package
    con: duckdb.DuckDBPyConnection
    figures: Figures
    law: Lawbook
    words: Words
    book: ReportWorkbook
    show_personal: bool

    def table(self, sheet: str, fields: Iterable[tuple[str, float, str]]) -> SheetTable:
        """Open the table of a sheet; a field is the key of its title, its width and its kind."""
        name = self.words.t(f"sheet.{sheet}")
        header = self.words.t(
            "about.header", title=self.words.t("about.title"), sheet=name, as_of=self.figures.summary["as_of"]
        )
        return self.book.table(name, [Field(self.words.t(f"column.{key}"), *rest) for key, *rest in fields], header)

    def masked(self, text: str | None) -> str | None:
        """A sentence of the intake, masked unless personal data is shown."""
        return text if text is None or self.show_personal else mask_sentence(text)


def write_workbook(
    package: Package, path: Path, *, language: Language = "zh", show_personal: bool = False
) -> Figures:
    """Write the workbook of a package to `path` and return the figures it shows.

    Plates, names, telephone and certificate numbers are masked unless `show_personal`. No cell can start a formula.
    """
    words, law = Words(language), Lawbook.of(package)
    with tempfile.TemporaryDirectory(prefix="analyzer-") as spill, package.connect() as con:
        con.execute(f"SET memory_limit = '{_DUCKDB_MEMORY}'")
        con.execute("SET temp_directory = ?", [spill])
        figures = make_figures(package, con)
        book = ReportWorkbook(path, _properties(figures, words))
        report = Report(package, con, figures, law, words, book, show_personal)
        number_findings(con)
        write_about(report)
        for write in (_findings, _records, _statistics, _rules, _missing, _intake, _issues, write_law):
            write(report)
        book.close()
    return figures


def _properties(figures: Figures, words: Words) -> dict[str, Any]:
    """The same package gives the same workbook: the time in it is the audit's."""
    return {
        "title": words.t("about.title"),
        "comments": figures.summary["run_id"],
        "created": datetime.fromisoformat(figures.summary["made_at"]),
    }


def _findings(report: Report) -> None:
    """One row a finding, with the columns that the rectifying unit fills in."""
    words = report.words
    table = report.table(
        "findings",
        [
            ("number", 6, "center"), ("problem", 22, "wrap"), ("rule", 8.5, "center"), ("verdict", 7, "center"),
            ("severity", 7, "center"), ("subject_kind", 9, "center"), ("subject", 17, "wrap"),
            ("agency", 20, "wrap"), ("station", 16, "wrap"), ("started_on", 11, "date"), ("ended_on", 11, "date"),
            ("record_count", 8, "whole"), ("amount_yuan", 12, "money"), ("explanation", 42, "wrap"),
            ("basis", 34, "wrap"), ("parameters", 36, "wrap"), ("remedy", 30, "wrap"), ("leader", 10, "fill"),
            ("officer", 10, "fill"), ("plan", 26, "fill"), ("due", 12, "due"), ("progress", 18, "fill"),
        ],
    )  # fmt: skip
    table.on_finish(lambda sheet, last: _to_fill_in(sheet, last, report))
    for one in Entries(report.con, report.law, words, report.show_personal):
        fills = {3: _VERDICT_FILLS[one.verdict]}
        if one.severity in SEVERITY_FILLS:
            fills[4] = SEVERITY_FILLS[one.severity]
        row = (
            one.number, one.problem, one.rule, words.t(f"verdict.{one.verdict}"), words.t(f"severity.{one.severity}"),
            one.subject_kind, one.subject, one.agency, one.station, one.started_on, one.ended_on, one.record_count,
            one.amount_yuan, one.explanation, one.basis, one.parameters, one.remedy, None, None, None, None, None,
        )  # fmt: skip
        table.write(row, fills)
    table.close()


def _to_fill_in(sheet: Any, last: int, report: Report) -> None:
    """Help with filling in, and print the list on two pages side by side, number and problem on both."""
    words = report.words
    sheet.freeze_panes(1, 2)
    sheet.repeat_columns(0, 1)
    sheet.set_print_scale(74)
    sheet.set_v_pagebreaks([14])
    due, progress = 20, 21
    sheet.data_validation(
        1, due, last, due,
        {
            "validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_type": "warning",
            "input_title": words.t("progress.due_title"), "input_message": words.t("progress.due_hint"),
        },
    )  # fmt: skip
    sheet.data_validation(
        1, progress, last, progress,
        {
            "validate": "list", "source": words.t("progress.choices").split(","), "error_type": "information",
            "input_title": words.t("progress.title"), "input_message": words.t("progress.hint"),
        },
    )  # fmt: skip


def _records(report: Report) -> None:
    """The records of every finding, under its number."""
    words, law = report.words, report.law
    table = report.table(
        "records",
        [("number", 8, "center"), ("rule", 10, "center"), ("table", 16, "text"), ("record_key", 34, "text"), ("verdict", 9, "center")],
    )  # fmt: skip
    verdicts = {one.value: words.t(f"verdict.{one}") for one in Verdict}
    titles = {name: words.say(law.table_title(name)) for name in law.library.vocabulary.tables}
    cursor = report.con.execute(
        "SELECT n.number, r.rule, r.table_name, r.record_key, r.verdict FROM finding_records AS r"
        " JOIN numbered AS n ON n.finding_id = r.finding_id ORDER BY n.number, r.record_key"
    )
    while rows := cursor.fetchmany(_BATCH):
        for number, rule, name, key, verdict in rows:
            table.write((number, rule, titles.get(name, name), key, verdicts[verdict]))
    table.close()


def _statistics(report: Report) -> None:
    """The findings by agency, month and the rest, one row a figure, so that they can be filtered."""
    words, figures = report.words, report.figures
    table = report.table(
        "statistics",
        [("dimension", 18, "text"), ("item", 40, "wrap"), ("breach_count", 12, "whole"), ("review_count", 12, "whole"), ("total", 12, "whole")],
    )  # fmt: skip
    agencies = {row[0]: row[1] for row in _agencies(report)}
    groups: list[tuple[str, tuple[Tally, ...], Any]] = [
        ("severity", figures.by_severity, lambda key: words.name("severity", key)),
        ("force", figures.by_force, lambda key: words.name("force", key)),
        ("family", figures.by_family, lambda key: f"{words.name('family', key)} ({key})"),
        ("agency", figures.by_agency, lambda key: agencies.get(key, key) if key else words.t("by.several")),
        ("month", figures.by_month, lambda key: key or words.t("by.undated")),
    ]
    for group, tallies, shown in groups:
        for one in tallies:
            table.write((words.t(f"by.{group}"), shown(one.key), one.breach, one.review, one.total))
    table.close()


def _agencies(report: Report) -> list[tuple[str, str]]:
    if "agencies" not in report.package.tables:
        return []
    rows = report.con.execute("SELECT agency_id, name FROM records_agencies WHERE name IS NOT NULL").fetchall()
    return [(key, report.words.t("subject_of.named", name=name, id=key)) for key, name in rows]


def _rules(report: Report) -> None:
    """The five answers of every rule; they add up to the rows that it looked at."""
    words = report.words
    counts = [(f"{verdict}_count", 11, "whole") for verdict in Verdict]
    table = report.table(
        "rules",
        [("rule", 10, "center"), ("rule_title", 46, "wrap"), ("table", 14, "text"), *counts, ("total", 12, "whole"), ("findings", 10, "whole")],
    )  # fmt: skip
    for one in report.figures.answers:
        titles = words.say(report.law.title(one.rule)), words.say(report.law.table_title(one.table))
        table.write((one.rule, *titles, *(one.counts[verdict] for verdict in Verdict), one.total, one.findings))
    table.close()


def _missing(report: Report) -> None:
    """What kept rules from an answer, and how to close the gap."""
    words = report.words
    table = report.table(
        "missing",
        [
            ("rule", 10, "center"), ("rule_title", 40, "wrap"), ("missing_kind", 22, "wrap"),
            ("missing_place", 50, "wrap"), ("missing_rows", 12, "whole"), ("missing_remedy", 46, "wrap"),
        ],
    )  # fmt: skip
    for lack in report.figures.lacks:
        gap = describe(lack, report.law, words)
        title = words.say(report.law.title(lack.rule))
        table.write((lack.rule, title, gap.kind, gap.place, lack.rows, gap.remedy))
    table.close()


def _intake(report: Report) -> None:
    """The account of every file and sheet."""
    words = report.words
    numbers = ("rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues")
    table = report.table(
        "intake",
        [
            ("file", 34, "wrap"), ("sheet", 16, "wrap"), ("table", 16, "wrap"), *((key, 10, "whole") for key in numbers),
            ("refused", 30, "wrap"), ("notes", 34, "wrap"), ("sha256", 34, "wrap"),
        ],
    )  # fmt: skip
    for one in report.figures.accounts:
        title = words.say(report.law.table_title(one.table)) if one.table else None
        counts = (getattr(one, name) for name in numbers)
        said = (report.masked(one.refused[words.language]), report.masked(one.notes[words.language]))
        table.write((one.file, one.sheet, title, *counts, *said, one.sha256))
    table.close()


def _issues(report: Report) -> None:
    """The cells and rows that could not be read. Their text may be personal, also where a cell slipped its column."""
    words = report.words
    table = report.table(
        "issues",
        [("file", 34, "wrap"), ("sheet", 16, "wrap"), ("row", 9, "whole"), ("column", 22, "wrap"), ("text", 34, "wrap"), ("reason", 46, "wrap")],
    )  # fmt: skip
    reason = "reason" if words.language == "zh" else "reason_en"
    cursor = report.con.execute(
        f'SELECT i."file", i."sheet", i."row", i."column", i.text, i.{reason}, s.table_name, i.column_name FROM issues AS i'
        ' LEFT JOIN inputs AS s ON s.source = i.source ORDER BY i.source, i."row", i."column", i.text'
    )
    while rows := cursor.fetchmany(_BATCH):
        for file, sheet, row, column, text, why, name, column_name in rows:
            shown = text
            if text is not None and not report.show_personal:
                shown = mask_cell(text, report.law.personal(name, column_name))
            table.write((file, sheet, row, column, shown, report.masked(why)))
    table.close()
