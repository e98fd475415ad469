"""`analyzer lake export`: a store's records as canonical Parquet tables, for Spark and whoever else reads them."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import say
from analyzer.cli.order_options import MEMORY, THREADS, order_problems
from analyzer.model import AnalyzerError


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode="markdown",
        help=say(
            "数据湖：把库中的记录写成规范的 Parquet 表。\n\n例：analyzer lake export --store 库 --out 数据湖",
            "The lake: a store's records as canonical Parquet tables.\n\n"
            "Example: analyzer lake export --store store --out lake",
        ),
    )
    group.command("export", help=_EXPORT)(export)
    app.add_typer(group, name="lake")


_EXPORT = say(
    "把最近一次发布的记录写成规范表：每表一个目录，大表按月分。未作隐去，只在单位内部使用。\n\n例：\n\n"
    "    analyzer lake export --store 库 --out 数据湖\n\n"
    "    analyzer audit 数据湖 --out 结果 --engine spark --master local[4]",
    "Writes the records last published as canonical tables: a folder each, large ones by month. They are not masked and "
    "stay inside the bureau.\n\nExamples:\n\n"
    "    analyzer lake export --store store --out lake\n\n"
    "    analyzer audit lake --out results --engine spark --master local[4]",
)


def export(
    store: Path = typer.Option(..., "--store", help=say("库的目录", "the folder of the store")),
    out: Path = typer.Option(..., "--out", help=say("写到哪个新目录", "a new folder for the lake")),
    memory_limit: str = MEMORY,
    threads: int = THREADS,
    as_json: bool = typer.Option(False, "--json", help=say("输出 JSON", "print JSON")),
) -> None:
    """Write the lake and say what is in it."""
    from analyzer.engine.connect import Limits
    from analyzer.store.lake import export_lake
    from analyzer.store.places import existing

    if problems := order_problems("", memory_limit):
        raise AnalyzerError(problems)
    written = export_lake(existing(store), out, Limits(memory_limit or None, threads or None))
    if as_json:
        console.print_json([{"table": one.table, "rows": one.rows, "months": one.months} for one in written])
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(say("表", "table"))
    table.add_column(say("行数", "rows"), justify="right")
    table.add_column(say("按月分", "months"), justify="right")
    for one in written:
        table.add_row(one.table, f"{one.rows:,}", str(one.months or ""))
    console.out.print(table)
    console.out.print(
        say(f"已写入 {out}：未作隐去，请勿外传。", f"Written to {out}; nothing is masked, keep it inside the bureau."),
        markup=False,
        soft_wrap=True,
    )
