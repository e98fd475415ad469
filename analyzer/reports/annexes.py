"""The annexes of the written report: rules with their five counts, what was read, the law, the statistical tables."""

from __future__ import annotations

from analyzer.model import Verdict
from analyzer.reports.document import Annex, Block, Grid, Paragraph
from analyzer.reports.instruments import instruments
from analyzer.reports.material import Material
from analyzer.reports.telling import grouped


def annexes(made: Material) -> list[tuple[Annex, list[Block]]]:
    """Return the annexes in their order."""
    said = made.words.t
    parts = (("rules", _rules), ("intake", _intake), ("law", _law), ("tables", _tables))
    return [(Annex(number, said(f"report.annex_{key}")), make(made)) for number, (key, make) in enumerate(parts, 1)]


def _rules(made: Material) -> list[Block]:
    said, words = made.words.t, made.words
    head = (
        said("column.rule"), said("column.rule_title"), *(said(f"verdict.{one}") for one in Verdict), said("column.total"),
        said("column.findings"),
    )  # fmt: skip
    rows = tuple(
        (
            one.rule, words.say(made.law.title(one.rule)), *(grouped(one.counts[verdict]) for verdict in Verdict),
            grouped(one.total), grouped(one.findings),
        )
        for one in made.figures.answers
    )  # fmt: skip
    widths, kinds = (9, 33, 8, 8, 9, 9, 9, 9, 8), ("center", "text", *("number",) * 7)
    return [Grid("", head, rows, widths, kinds, said("report.annex_rules_note"))]


def _intake(made: Material) -> list[Block]:
    said, words = made.words.t, made.words
    numbers = ("rows_read", "loaded", "duplicates", "replaced", "quarantined", "issues")
    head = (
        said("column.file"),
        said("column.sheet"),
        said("column.table"),
        *(said(f"column.{one}") for one in numbers),
        said("column.refused"),
    )
    rows = [
        (
            made.masked(one.file) or "", one.sheet or "", words.say(made.law.table_title(one.table)) if one.table else "",
            *(grouped(getattr(one, name) or 0) for name in numbers), made.masked(one.said(words.language)[0]) or "",
        )
        for one in made.figures.accounts
    ]  # fmt: skip
    intake = made.figures.intake
    rows.append((said("column.total"), "", "", *(grouped(getattr(intake, name)) for name in numbers), ""))
    widths, kinds = (24, 11, 11, 8, 8, 7, 7, 7, 7, 14), ("text", "text", "text", *("number",) * 6, "text")
    return [Grid("", head, tuple(rows), widths, kinds, total=True)]


def _law(made: Material) -> list[Block]:
    said = made.words.t
    head = tuple(said(f"column.{one}") for one in ("kind", "name", "document_no", "in_force", "status", "articles"))
    rows = tuple(
        (one.kind, one.name, one.number or "—", one.in_force or "—", one.status, one.places)
        for one in instruments(made)
    )
    return [Grid("", head, rows, (10, 25, 13, 11, 12, 37), ("text", "text", "text", "center", "text", "text"))]


def _tables(made: Material) -> list[Block]:
    blocks: list[Block] = [Paragraph(made.words.t("bureau.intro"))]
    for number, one in enumerate(made.bureau_tables, 1):
        caption = made.words.t("bureau.number", n=number, title=one.title)
        blocks.append(one.grid(caption, made.words.t("list.space")))
    return blocks


__all__ = ["annexes"]
