"""The section of the written report that answers the rectification plan, group by group and item by item."""

from __future__ import annotations

from analyzer.reports.charts import Bar, bars
from analyzer.reports.document import Block, Grid, Heading, Paragraph
from analyzer.reports.material import Material
from analyzer.reports.plan import GroupFigures, ItemFigures
from analyzer.reports.telling import grouped, kinds, percent, picture


def plan_section(made: Material) -> list[Block]:
    """All groups in a table and a chart, then each group with its items."""
    said, groups = made.words.t, made.plan.groups
    head = (
        said("doc_column.group"),
        said("verdict.breach"),
        said("verdict.review"),
        said("column.total"),
        said("problems_column.records"),
    )
    rows = [
        (
            one.said(made.words),
            grouped(one.tally.breach),
            grouped(one.tally.review),
            grouped(one.tally.total),
            grouped(one.records),
        )
        for one in groups
    ]
    total = made.figures.findings
    rows.append((said("column.total"), grouped(total.breach), grouped(total.review), grouped(total.total), "—"))
    blocks: list[Block] = [
        Heading(1, said("report.second")),
        Paragraph(said("report.groups_text")),
        Grid(
            said("report.groups_table"), head, tuple(rows), (44, 13, 13, 13, 17), ("text", *("number",) * 4), total=True
        ),
    ]
    if total.total:
        shown = [Bar(one.said(made.words), (one.tally.breach, one.tally.review)) for one in groups if one.tally.total]
        chart = bars(shown, kinds(made), said("column.findings"))
        blocks.append(picture(made, chart, "report.groups_chart", _says(made)))
    for one in groups:
        blocks += _group(made, one)
    return blocks


def _says(made: Material) -> str:
    said, groups = made.words.t, made.plan.groups
    top = max(groups, key=lambda one: one.tally.total)
    empty = sum(1 for one in groups if not one.tally.total)
    rest = said("says.groups_empty", n=empty) if empty else said("says.groups_full")
    share = percent(top.tally.total, made.figures.findings.total)
    return said("says.groups", name=top.said(made.words), top=grouped(top.tally.total), share=share, empty=rest)


def _group(made: Material, one: GroupFigures) -> list[Block]:
    said, tally = made.words.t, one.tally
    numbers = {
        "total": grouped(tally.total), "breach": grouped(tally.breach), "review": grouped(tally.review),
        "records": grouped(one.records), "agencies": grouped(one.agencies),
    }  # fmt: skip
    elsewhere = any(item.tally.total for item in one.items)
    key = "group_found" if tally.total else "group_elsewhere" if elsewhere else "group_none"
    text = said(f"report.{key}", **(numbers if tally.total else {}))
    blocks: list[Block] = [Heading(2, one.said(made.words)), Paragraph(text)]
    if one.items:
        head = tuple(said(f"doc_column.{key}") for key in ("item", "state"))
        head = (head[0], said("verdict.breach"), said("verdict.review"), head[1], said("doc_column.rules"))
        rows = tuple(_item(made, item) for item in one.items)
        kinds_of = ("text", "number", "number", "text", "codes")
        caption = said("report.items_table", group=one.said(made.words))
        blocks.append(Grid(caption, head, rows, (32, 9.5, 9.5, 20, 29), kinds_of))
    elif one.rules:
        found = {one.key for one in made.figures.by_rule}
        names = [f"{code} {made.words.say(made.law.title(code))}" for code in one.rules if code in found]
        if names:
            blocks.append(Paragraph(said("report.group_rules", rules=said("list.joint").join(names))))
    return blocks


def _item(made: Material, one: ItemFigures) -> tuple[str, ...]:
    state = made.words.t(f"item_state.{one.state}", n=grouped(one.undecided))
    counts = (grouped(one.tally.breach), grouped(one.tally.review)) if one.rules else ("—", "—")
    rules = " ".join(one.rules) or "—"
    return (made.words.say(one.item.title), *counts, state, rules)


__all__ = ["plan_section"]
