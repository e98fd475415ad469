"""`analyzer rules docs`: the catalogue of rules as pages in both languages."""

from __future__ import annotations

from pathlib import Path

import typer

from analyzer.cli import console
from analyzer.cli.language import say

_HELP = say(
    "从规则文件生成规则目录（中英文，每类一页）：依据、判定、参数及出处、所需数据、示例、局限。\n\n例：analyzer rules docs --out docs/rules",
    "Make the catalogue of rules from the rule files (Chinese and English, a page for each family).\n\n"
    "Example: analyzer rules docs --out docs/rules",
)


def add_to(rules: typer.Typer) -> None:
    """Add the command to the group of rule commands."""
    rules.command("docs", help=_HELP)(docs)


def docs(
    out: Path = typer.Option(..., "--out", metavar="DIR", help=say("写到哪个目录", "the folder to write to")),
    rules: list[Path] = typer.Option([], "--rules", help=say("另加自己的规则目录", "add rules of your own")),
) -> None:
    """Write the pages."""
    from analyzer.reports.rule_pages import write_rule_pages
    from analyzer.rulebook.library import load_library

    written = write_rule_pages(load_library(rules), out)
    console.out.print(
        say(f"已写出 {len(written)} 页：{out.as_posix()}", f"{len(written)} pages written: {out.as_posix()}"),
        markup=False,
        soft_wrap=True,
    )
