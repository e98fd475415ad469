"""The final report of the rectification: all problems with their measures, typical cases, accountability left to fill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.model.errors import Language
from analyzer.reports.charts import Bar, columns
from analyzer.reports.document import (
    Annex,
    Annexes,
    Block,
    Callout,
    Closing,
    Document,
    Heading,
    Paragraph,
    Picture,
    day_in_words,
)
from analyzer.reports.ledger_tables import LedgerTables
from analyzer.reports.ledger_workbook import write_ledger_workbook
from analyzer.reports.monthly import grid, groups, seal
from analyzer.reports.word import write_word
from analyzer.reports.wording import Words

if TYPE_CHECKING:
    from analyzer.ledger.progress import FinalProgress, Item, Movement

TYPICAL = 2
"""The typical cases that the plan asks for."""

MOST_LISTED = 300
"""Problems listed one by one in the annex of the written report; the workbook holds all."""

_COLUMNS = ("number", "problem", "agency", "plan", "deadline", "state", "reason", "proofs")
_WIDTHS = (9, 20, 19, 18, 9, 8, 17, 12)

MOST_ACCOUNTED = 40
"""Lines of the table of accountability in the written report."""


def write_final(
    progress: FinalProgress, folder: Path, *, language: Language = "zh", show_personal: bool = False
) -> list[Path]:
    """Write `ledger-final.docx` and `.xlsx` into `folder` and return them. What people wrote freely is masked."""
    words = Words(language)
    tables = LedgerTables(words, show_personal)
    paths = [folder / f"ledger-final.{kind}" for kind in ("docx", "xlsx")]
    document = final_report(progress, words, tables)
    write_word(document, paths[0])
    sheets = [
        tables.items("items", progress.items), tables.standing(progress.standing, None), tables.months(progress.months),
        tables.groups("by_group", progress.by_group), tables.groups("by_agency", progress.by_agency),
        tables.groups("by_severity", progress.by_severity), tables.accountability(progress.items),
        tables.clues(progress.clues),
    ]  # fmt: skip
    write_ledger_workbook(paths[1], sheets, document, words)
    return paths


def final_report(progress: FinalProgress, words: Words, tables: LedgerTables) -> Document:
    """Compose the final report."""
    said, now = words.t, progress.standing
    days = [day_in_words(day, words.language) for day in (progress.since, progress.until)]
    numbers = {
        key: f"{getattr(now, key):,}" for key in ("total", "verified", "closed", "rejected", "open", "suppressed")
    }
    rate = "—" if now.closing_rate is None else f"{100 * now.closing_rate:.1f}%"
    listed = tables.short("items", progress.items, _COLUMNS)
    left = len(progress.items) - MOST_LISTED
    blocks: list[Block] = [
        Paragraph(said("final.lead", since=days[0], until=days[1])),
        Callout(tuple((numbers[key], said(f"final.{key}")) for key in ("total", "verified", "closed", "open"))),
        Heading(1, said("final.first")),
        Paragraph(said("final.stand", rate=rate, **numbers)),
        grid(tables.standing(now, None), words, (60, 40)),
        Heading(1, said("final.second")),
        *_months(progress.months, words, tables),
        *groups(progress.by_group, words, tables, "by_group"),
        grid(tables.groups("by_agency", progress.by_agency), words),
        Heading(1, said("final.third")),
        Paragraph(said("final.measures", n=f"{len(progress.items):,}")),
        Heading(1, said("final.fourth")),
        *_typical(progress.typical[:TYPICAL], words, tables),
        Heading(1, said("final.fifth")),
        Paragraph(
            said(
                "final.accounted",
                filled=f"{progress.accountability_filled:,}",
                left=f"{progress.accountability_open:,}",
            )
        ),
        _accountability(progress, words, tables),
        Heading(1, said("final.sixth")),
        grid(tables.clues(progress.clues), words),
        Heading(1, said("final.seventh")),
        Paragraph(said("final.lessons")),
        *seal(progress.seal.lines, progress.seal.head, words),
        Annexes((said("ledger_report.items"),)),
        Closing((said("monthly.unit"), days[1])),
        Annex(1, said("ledger_report.items")),
        listed.grid("", said("list.space"), _WIDTHS, MOST_LISTED),
    ]
    if left > 0:
        blocks.append(Paragraph(said("monthly.more", n=f"{left:,}")))
    return Document(
        title=said("final.title"), blocks=blocks, language=words.language, made_on=progress.until,
        run_id=progress.seal.head, addressee=said("monthly.addressee"),
    )  # fmt: skip


def _months(months: Sequence[tuple[str, Movement]], words: Words, tables: LedgerTables) -> list[Block]:
    said = words.t
    if not months:
        return []
    rows = [Bar(month, (one.new, one.closed)) for month, one in months]
    chart = columns(
        rows,
        [(said("movement.new"), "breach"), (said("movement.closed"), "plain")],
        said("column.findings"),
        beside=True,
    )
    top = max(months, key=lambda pair: pair[1].closed)
    says = said("final.says", month=top[0], n=f"{top[1].closed:,}")
    return [
        grid(tables.months(months), words),
        Picture(chart, said("final.chart"), says if chart else says + said("document.no_font")),
    ]


def _typical(items: Sequence[Item], words: Words, tables: LedgerTables) -> list[Block]:
    said = words.t
    if not items:
        return [Paragraph(said("final.no_typical"))]
    blocks: list[Block] = [Paragraph(said("final.typical", n=len(items)))]
    for number, one in enumerate(items, 1):
        closed = day_in_words(one.closed_on, words.language) if one.closed_on else said("final.not_closed")
        proofs = said("list.joint").join(tables.masked(proof) for proof in one.proofs) or said("final.none")
        plan, reason = tables.masked(one.plan) or "—", tables.masked(one.reason) or "—"
        facts, severity = words.say(one.explanation).rstrip("。."), words.name("severity", one.severity)
        found = day_in_words(one.found_on, words.language)
        leader, responsible = one.leader or "—", one.responsible or one.unit or "—"
        texts = {
            "facts": said("final.case_facts", agency=one.agency or "—", subject=words.say(one.subject), facts=facts),
            "found": said("final.case_found", day=found, number=one.number, severity=severity),
            "plan": said("final.case_plan", leader=leader, responsible=responsible, plan=plan),
            "result": said("final.case_result", closed=closed, reason=reason, proofs=proofs),
            "lesson": said("final.to_fill"),
        }
        blocks.append(Heading(2, said("case.heading", n=number, title=words.say(one.problem))))
        blocks += [Paragraph(text, said(f"final.{key}")) for key, text in texts.items()]
    return blocks


def _accountability(progress: FinalProgress, words: Words, tables: LedgerTables) -> Block:
    table = tables.accountability(progress.items)
    return table.grid(table.title, words.t("list.space"), (15, 25, 22, 14, 24), MOST_ACCOUNTED)


__all__ = ["final_report", "write_final"]
