"""The sheets that account for everything: statistics, the answers of each rule, what was missing, what was read."""

from __future__ import annotations

from typing import Any

from analyzer.model import Verdict
from analyzer.reports.figures import Tally
from analyzer.reports.masking import mask_cell
from analyzer.reports.missing import describe_all
from analyzer.reports.workbook_material import WorkbookMaterial

_BATCH = 20_000


def write_statistics(made: WorkbookMaterial) -> None:
    """The findings by agency, month and the rest, one row a figure, so that they can be filtered."""
    words, figures = made.words, made.figures
    table = made.table(
        "statistics",
        [("dimension", 18, "text"), ("item", 40, "wrap"), ("breach_count", 12, "whole"), ("review_count", 12, "whole"), ("total", 12, "whole")],
    )  # fmt: skip
    groups: list[tuple[str, tuple[Tally, ...], Any]] = [
        ("severity", figures.by_severity, lambda key: words.name("severity", key)),
        ("force", figures.by_force, lambda key: words.name("force", key)),
        ("family", figures.by_family, lambda key: f"{words.name('family', key)} ({key})"),
        ("agency", figures.by_agency, made.agency),
        ("month", figures.by_month, lambda key: key or words.t("by.undated")),
    ]
    for group, tallies, shown in groups:
        for one in tallies:
            table.write((words.t(f"by.{group}"), shown(one.key), one.breach, one.review, one.total))
    table.close()


def write_rules(made: WorkbookMaterial) -> None:
    """The five answers of every rule; they add up to the rows that it looked at."""
    words = made.words
    counts = [(f"{verdict}_count", 11, "whole") for verdict in Verdict]
    table = made.table(
        "rules",
        [("rule", 10, "center"), ("rule_title", 46, "wrap"), ("table", 14, "text"), *counts, ("total", 12, "whole"), ("findings", 10, "whole")],
    )  # fmt: skip
    for one in made.figures.answers:
        titles = words.say(made.law.title(one.rule)), words.say(made.law.table_title(one.table))
        table.write((one.rule, *titles, *(one.counts[verdict] for verdict in Verdict), one.total, one.findings))
    table.close()


def write_missing(made: WorkbookMaterial) -> None:
    """What kept rules from an answer, and how to close the gap."""
    words = made.words
    table = made.table(
        "missing",
        [
            ("rule", 10, "center"), ("rule_title", 40, "wrap"), ("missing_kind", 22, "wrap"),
            ("missing_place", 50, "wrap"), ("missing_rows", 12, "whole"), ("missing_remedy", 46, "wrap"),
        ],
    )  # fmt: skip
    for gap in describe_all(made.figures.lacks, made.law, words):
        title = words.say(made.law.title(gap.rule))
        table.write((gap.rule, title, gap.kind, gap.place, gap.rows, gap.remedy))
    table.close()


def write_intake(made: WorkbookMaterial) -> None:
    """The account of every file and sheet."""
    words = made.words
    numbers = ("rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues")
    table = made.table(
        "intake",
        [
            ("file", 34, "wrap"), ("sheet", 16, "wrap"), ("table", 16, "wrap"), *((key, 10, "whole") for key in numbers),
            ("refused", 30, "wrap"), ("notes", 34, "wrap"), ("sha256", 34, "wrap"),
        ],
    )  # fmt: skip
    for one in made.figures.accounts:
        title = words.say(made.law.table_title(one.table)) if one.table else None
        counts = (getattr(one, name) for name in numbers)
        said = map(made.masked, one.said(words.language))
        table.write((one.file, one.sheet, title, *counts, *said, one.sha256))
    table.close()


def write_issues(made: WorkbookMaterial) -> None:
    """The cells and rows that could not be read. Their text may be personal, also where a cell slipped its column."""
    words = made.words
    table = made.table(
        "issues",
        [("file", 34, "wrap"), ("sheet", 16, "wrap"), ("row", 9, "whole"), ("column", 22, "wrap"), ("text", 34, "wrap"), ("reason", 46, "wrap")],
    )  # fmt: skip
    reason = "reason" if words.language == "zh" else "reason_en"
    cursor = made.con.execute(
        f'SELECT i."file", i."sheet", i."row", i."column", i.text, i.{reason}, s.table_name, i.column_name FROM issues AS i'
        ' LEFT JOIN inputs AS s ON s.source = i.source ORDER BY i.source, i."row", i."column", i.text'
    )
    while rows := cursor.fetchmany(_BATCH):
        for file, sheet, row, column, text, why, name, column_name in rows:
            if made.show_personal:
                table.write((file, sheet, row, column, text, why))
                continue
            shown = text and mask_cell(text, made.law.personal(name, column_name))
            header = column if column_name else column and mask_cell(column, None)  # what stands there may be data
            table.write((file, sheet, row, header, shown, made.masked(why)))
    table.close()
