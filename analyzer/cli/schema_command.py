"""`analyzer schema`: the tables and columns that exports may hold, as text, as JSON, or as an empty workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.table import Table as Grid

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say
from analyzer.model import Vocabulary

_HELP = say(
    "可以读取的表和列。\n\n例：analyzer schema 案件；analyzer schema --template 空表.xlsx",
    "The tables and columns that are read.\n\nExamples: analyzer schema cases; analyzer schema --template empty.xlsx",
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("schema", help=_HELP)(schema)


def schema(
    table: str = typer.Argument("", metavar="[TABLE]", help=say("只看一张表", "one table only")),
    as_json: bool = typer.Option(False, "--json", help=say("输出 JSON", "print JSON")),
    template: Path = typer.Option(
        None, "--template", help=say("写一个可填写的空工作簿", "write an empty workbook to fill in")
    ),
) -> None:
    """Print the vocabulary of the exports."""
    from analyzer.rulebook.library import rules_folder
    from analyzer.rulebook.vocabulary import load_vocabulary

    vocabulary = load_vocabulary(rules_folder() / "tables")
    if template is not None:
        from analyzer.reports.template import write_template

        write_template(vocabulary, template)
        console.out.print(say(f"已写入 {template}", f"Written to {template}"))
    elif as_json:
        console.print_json(_as_data(vocabulary))
    else:
        _print(vocabulary, table)


def _as_data(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    return [
        {
            "table": table.name,
            "title": table.title._asdict(),
            "key": list(table.key),
            "columns": [
                {
                    "name": column.name,
                    "header": column.title.zh,
                    "title": column.title._asdict(),
                    "type": str(column.kind),
                    "synonyms": list(column.also),
                    "values": column.values,
                    "further": column.further,
                }
                for column in table.columns.values()
            ],
        }
        for table in vocabulary.tables.values()
    ]


def _print(vocabulary: Vocabulary, wanted: str) -> None:
    for table in vocabulary.tables.values():
        if wanted and wanted not in (table.name, table.title.zh):
            continue
        key = ", ".join(table.key)
        console.out.print(f"[bold]{table.name}[/] {table.title.say(LANGUAGE)} [dim]{say('主键', 'key')} {key}[/]")
        grid = Grid(box=None, pad_edge=False, show_header=False)
        for column in table.columns.values():
            words = "、".join(f"{name} {'/'.join(also[:1])}" for name, also in (column.values or {}).items())
            grid.add_row("  " + column.name, column.title.say(LANGUAGE), str(column.kind), words, style=None)
        console.out.print(grid)
