"""The monthly report to the special office (by the 23rd): progress against last month, new, closed, overdue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.model.errors import Language
from analyzer.reports.charts import Bar, bars
from analyzer.reports.document import (
    Block,
    Callout,
    Closing,
    Document,
    Grid,
    Heading,
    Paragraph,
    Picture,
    day_in_words,
)
from analyzer.reports.figure_table import FigureTable
from analyzer.reports.ledger_tables import LedgerTables
from analyzer.reports.ledger_workbook import write_ledger_workbook
from analyzer.reports.plan import without_number
from analyzer.reports.word import write_word
from analyzer.reports.wording import Words

if TYPE_CHECKING:
    from analyzer.ledger.progress import GroupLine, Item, MonthlyProgress

MOST_ITEMS = 30
"""Problems listed one by one in a part of the written report; the workbook holds all."""

_NEW = ("number", "problem", "severity", "agency", "deadline")
_CLOSED = ("number", "problem", "agency", "closed_on", "reason", "proofs")
_OVERDUE = ("number", "problem", "agency", "leader", "responsible", "deadline", "overdue_days")
_REPEATED = ("number", "problem", "agency", "times", "state")
_LISTED = ("number", "problem", "agency", "leader", "deadline", "state")
_SUPPRESSED = ("number", "problem", "agency", "reason", "until")
PARTS = (
    ("new", _NEW, (16, 36, 12, 21, 15)),
    ("closed", _CLOSED, (15, 22, 17, 15, 18, 13)),
    ("overdue", _OVERDUE, (15, 22, 18, 11, 11, 15, 8)),
    ("repeated", _REPEATED, (17, 37, 20, 12, 14)),
    ("listed", _LISTED, (16, 27, 19, 12, 15, 11)),
    ("suppressed", _SUPPRESSED, (16, 27, 18, 24, 15)),
)
"""The lists of the report: the field of `MonthlyProgress`, its columns, and their widths."""


def write_monthly(
    progress: MonthlyProgress, folder: Path, *, language: Language = "zh", show_personal: bool = False
) -> list[Path]:
    """Write `ledger-<month>.docx` and `.xlsx` into `folder` and return them. What people wrote freely is masked."""
    words = Words(language)
    tables = LedgerTables(words, show_personal)
    paths = [folder / f"ledger-{progress.month}.{kind}" for kind in ("docx", "xlsx")]
    document = monthly_report(progress, words, tables)
    write_word(document, paths[0])
    sheets = [
        tables.standing(progress.standing, progress.standing_before),
        tables.movement(progress.movement, progress.movement_before),
        tables.groups("by_group", progress.by_group), tables.groups("by_agency", progress.by_agency),
        tables.groups("by_severity", progress.by_severity),
        *(tables.items(key, getattr(progress, key)) for key, _, _ in PARTS),
        tables.clues(progress.clues),
    ]  # fmt: skip
    write_ledger_workbook(paths[1], sheets, document, words)
    return paths


def monthly_report(progress: MonthlyProgress, words: Words, tables: LedgerTables) -> Document:
    """Compose the report of a month."""
    said, now = words.t, progress.standing
    year, month = progress.month.split("-")
    blocks: list[Block] = [
        Paragraph(_lead(progress, words)),
        Callout(tuple((f"{number:,}", said(f"standing.{key}")) for key, number in (
            ("total", now.total), ("open", now.open), ("closed", now.closed), ("overdue", now.overdue), ("listed", now.listed),
        ))),
        Heading(1, said("monthly.first")),
        Paragraph(_stand(progress, words)),
        grid(tables.standing(now, progress.standing_before), words, (40, 20, 20, 20)),
        Heading(1, said("monthly.second")),
        grid(tables.movement(progress.movement, progress.movement_before), words, (50, 25, 25)),
        Heading(1, said("monthly.third")),
        *groups(progress.by_group, words, tables, "by_group"),
        grid(tables.groups("by_agency", progress.by_agency), words),
        grid(tables.groups("by_severity", progress.by_severity), words),
        Heading(1, said("monthly.fourth")),
    ]  # fmt: skip
    for key, names, widths in PARTS:
        blocks += _list(key, getattr(progress, key), names, widths, words, tables)
    blocks += [
        Heading(1, said("monthly.fifth")),
        grid(tables.clues(progress.clues), words),
        Heading(1, said("monthly.sixth")),
        Paragraph(_next(progress, words)),
        *seal(progress.seal.lines, progress.seal.head, words),
        Closing((said("monthly.unit"), day_in_words(progress.until, words.language))),
    ]
    return Document(
        title=said("monthly.title", year=year, month=int(month) if words.language == "zh" else month),
        blocks=blocks,
        language=words.language,
        made_on=progress.until,
        run_id=progress.seal.head,
        addressee=said("monthly.addressee"),
    )


def _lead(progress: MonthlyProgress, words: Words) -> str:
    days = [day_in_words(day, words.language) for day in (progress.since, progress.until, progress.due_on)]
    text = words.t("monthly.lead", since=days[0], until=days[1], due=days[2])
    return text if progress.is_complete else text + words.t("monthly.running", until=days[1])


def _stand(progress: MonthlyProgress, words: Words) -> str:
    now, moved = progress.standing, progress.movement
    rate = words.t("monthly.no_rate")
    if now.closing_rate is not None:
        rate = words.t(
            "monthly.rate",
            rate=f"{100 * now.closing_rate:.1f}%",
            closed=f"{now.closed:,}",
            verified=f"{now.verified:,}",
        )
    return words.t(
        "monthly.stand", total=f"{now.total:,}", open=f"{now.open:,}", new=f"{moved.new:,}", closed=f"{moved.closed:,}",
        late=f"{moved.closed_late:,}", overdue=f"{now.overdue:,}", suppressed=f"{now.suppressed:,}", rate=rate,
    )  # fmt: skip


def _next(progress: MonthlyProgress, words: Words) -> str:
    now = progress.standing
    parts = [words.t(f"monthly.next_{key}", n=f"{n:,}") for key, n in (
        ("overdue", now.overdue), ("pending", now.pending + now.checking), ("unassigned", now.unassigned),
        ("repeated", now.repeated),
    ) if n]  # fmt: skip
    return words.t("list.space").join(parts) if parts else words.t("monthly.next_none")


def _list(
    key: str,
    items: tuple[Item, ...],
    names: tuple[str, ...],
    widths: tuple[int, ...],
    words: Words,
    tables: LedgerTables,
) -> list[Block]:
    heading = Heading(2, words.t(f"ledger_report.{key}"))
    if not items:
        return [heading, Paragraph(words.t(f"monthly.no_{key}"))]
    table = tables.short(key, items, names)
    left = len(items) - MOST_ITEMS
    more = [Paragraph(words.t("monthly.more", n=f"{left:,}"))] if left > 0 else []
    count = Paragraph(words.t("monthly.count", n=f"{len(items):,}"))
    return [heading, count, table.grid("", words.t("list.space"), widths, MOST_ITEMS), *more]


def groups(lines: tuple[GroupLine, ...], words: Words, tables: LedgerTables, key: str) -> list[Block]:
    """The groups of the plan in a table and a chart of what is open and what is closed."""
    said = words.t
    blocks: list[Block] = [grid(tables.groups(key, lines), words)]
    some = [one for one in lines if one.standing.total]
    if not some:
        return blocks
    kinds = [
        (said("standing.open"), "breach"),
        (said("standing.closed"), "plain"),
        (said("ledger_report.set_aside"), "late"),
    ]
    rows = [
        Bar(
            without_number(words.say(one.title)),
            (one.standing.open, one.standing.closed, one.standing.rejected + one.standing.suppressed),
        )
        for one in some
    ]
    chart = bars(rows, kinds, said("column.findings"))
    top = max(some, key=lambda one: one.standing.open)
    says = said("monthly.says", name=without_number(words.say(top.title)), n=f"{top.standing.open:,}")
    return [*blocks, Picture(chart, said("monthly.chart"), says if chart else says + said("document.no_font"))]


def grid(table: FigureTable, words: Words, widths: tuple[float, ...] | None = None) -> Grid:
    """A table of figures under its own title."""
    return table.grid(table.title, words.t("list.space"), widths)


def seal(lines: int, head: str, words: Words) -> list[Block]:
    """By what the report can later be held against the history of the ledger."""
    return [Paragraph(words.t("monthly.seal_text", lines=f"{lines:,}", head=head), words.t("monthly.seal"))]


__all__ = ["MOST_ITEMS", "grid", "groups", "monthly_report", "seal", "write_monthly"]
