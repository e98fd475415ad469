"""The options of the law side that `audit` and `scan` share, checked and put together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analyzer.cli.language import say
from analyzer.model import Problem, Text
from analyzer.rulebook.rulings import DEFAULT_PROFILE

if TYPE_CHECKING:
    from analyzer.engine.audit import Order


PROFILE = typer.Option(DEFAULT_PROFILE, help=say("适用的法律配置：名称或文件", "law profile: a name or a file"))
SETTINGS = typer.Option([], "--set", metavar="NAME=VALUE", help=say("改一个参数", "override a parameter"))
AS_OF = typer.Option("", "--as-of", metavar="DATE", help=say("基准日，默认今天", "the day of judging; default today"))
MAPPING = typer.Option([], "--mapping", help=say("本单位表头的对应文件", "headers this bureau uses"))
RULES = typer.Option([], "--rules", help=say("另加自己的规则目录", "add rules of your own"))
SELECT = typer.Option([], "--select", help=say("只用这些规则或类别，逗号分隔", "rule codes or families"))
MEMORY = typer.Option("", "--memory-limit", metavar="2GB", help=say("内存上限", "memory limit"))
THREADS = typer.Option(0, "--threads", help=say("线程数", "threads"))


def make_order(
    inputs: Iterable[Path],
    *,
    profile: str,
    settings: Iterable[str],
    as_of: str,
    mapping: Iterable[Path],
    rules: Iterable[Path],
    select: Iterable[str],
    memory_limit: str,
    threads: int,
) -> Order:
    """Return the order that the options come to; they must have been checked."""
    from analyzer.engine.audit import Order
    from analyzer.engine.connect import Limits

    return Order(
        inputs=tuple(inputs),
        as_of=date.fromisoformat(as_of) if as_of else date.today(),
        profile=Path(profile) if profile.endswith((".yaml", ".yml")) else profile,
        settings=tuple(settings),
        mappings=tuple(mapping),
        rules=tuple(rules),
        select=tuple(word.strip() for text in select for word in text.split(",") if word.strip()),
        limits=Limits(memory_limit or None, threads or None),
    )


def order_problems(as_of: str, memory_limit: str) -> list[Problem]:
    """Return what is wrong with the date and the amount of memory."""
    problems = []
    if as_of:
        try:
            date.fromisoformat(as_of)
        except ValueError:
            cause = Text(f"`{as_of}` 不是日期", f"`{as_of}` is not a date")
            problems.append(Problem("--as-of", cause, Text("写成 2025-12-31", "Write it as 2025-12-31")))
    if memory_limit and not memory_limit.upper().rstrip("IB").endswith(("K", "M", "G", "T")):
        cause = Text(f"看不懂 `{memory_limit}`", f"`{memory_limit}` is no amount of memory")
        problems.append(Problem("--memory-limit", cause, Text("写成 2GB", "Write it as 2GB")))
    return problems
