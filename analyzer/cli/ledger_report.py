"""`analyzer ledger report --month 2023-06` and `--final`: the ledger's figures, on the screen and as files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say
from analyzer.cli.ledger_place import JSON, LEDGER, STORE, opened
from analyzer.cli.ledger_screen import Shown, shown_as
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from analyzer.ledger.progress import FinalProgress, GroupLine, MonthlyProgress, Movement, PlanGroups, Standing

_HELP = say(
    "月报（每月 23 日前上报）或总结报告的数字。\n\n例：analyzer ledger report --month 2023-06 --out 月报 --store 库",
    "The figures of the monthly report (due on the 23rd) or the final one.\n\n"
    "Example: analyzer ledger report --month 2023-06 --out report --store STORE",
)
_MOVEMENTS = {
    "new": ("新增", "new"),
    "confirmed": ("认定属实", "confirmed"),
    "rejected": ("认定不属实", "not a problem"),
    "started": ("进入整改", "rectification begun"),
    "closed": ("销号", "closed"),
    "closed_late": ("其中逾期销号", "of them after the deadline"),
    "repeated": ("屡查屡犯", "came back"),
    "reopened": ("人工重开", "reopened by a person"),
    "suppressed": ("暂缓", "suppressed"),
    "expired": ("暂缓到期", "suppression expired"),
    "became_overdue": ("新逾期", "became overdue"),
    "listed": ("挂牌督办", "listed for supervision"),
}
_WRITTEN = ("plan", "reason", "accountability")


def add_to(group: typer.Typer) -> None:
    """Add the command to the group."""
    group.command("report", help=_HELP)(report)


def report(
    store: Path = STORE,
    ledger: str = LEDGER,
    month: str = typer.Option(
        "", "--month", metavar="YYYY-MM", help=say("月份，如 2023-06", "a month such as 2023-06")
    ),
    final: bool = typer.Option(False, "--final", help=say("总结报告", "the final report")),
    agency: list[str] = typer.Option([], "--agency", help=say("只统计这些机构", "only these agencies")),
    out: Path = typer.Option(None, "--out", metavar="DIR", help=say("写到哪个目录", "the folder to write to")),
    reports: bool = typer.Option(True, help=say("同时写 docx 和 xlsx", "write the .docx and .xlsx too")),
    as_json: bool = JSON,
) -> None:
    """Count a month, or all of it."""
    if bool(month) == final:
        cause = Text("请给出 --month 或 --final 之一", "give either --month or --final")
        raise AnalyzerError(Problem("--month", cause))
    groups = plan_groups_of_rules()
    with opened(store, ledger) as book:
        made: MonthlyProgress | FinalProgress = (
            book.final(groups, agencies=agency) if final else book.progress(month, groups, agencies=agency)
        )
    data = progress_data(made, shown_as(False))
    if out is not None:
        _write(out, f"ledger-{month or 'final'}.json", data)
        if reports:
            _write_reports(made, out)
    if as_json:
        console.print_json(data)
        return
    _print(made, month)
    if out is not None:
        console.out.print(say(f"已写入 {out}", f"written to {out}"), markup=False)


def plan_groups_of_rules() -> PlanGroups:
    """Return the groups of the rectification plan, from the rules folder."""
    from analyzer.ledger.groups import load_groups
    from analyzer.rulebook.library import rules_folder

    return load_groups(rules_folder())


def progress_data(made: MonthlyProgress | FinalProgress, shown: Shown) -> dict[str, Any]:
    """The figures as data; what people wrote is shown as `shown` does."""
    data = asdict(made)
    for name in ("new", "closed", "overdue", "repeated", "listed", "suppressed", "items", "typical"):
        for item in data.get(name, ()):
            item |= {field: shown(item[field]) for field in _WRITTEN}
            item["proofs"] = [shown(one) for one in item["proofs"]]
    for name, standing in (("standing", made.standing), ("standing_before", getattr(made, "standing_before", None))):
        if standing is not None:
            data[name] |= {"total": standing.total, "open": standing.open, "closing_rate": standing.closing_rate}
    return data


def _write(out: Path, name: str, data: dict[str, Any]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
        (out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        cause = Text(f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}")
        raise AnalyzerError(Problem(f"--out {out}", cause)) from None


def _write_reports(made: MonthlyProgress | FinalProgress, out: Path) -> None:
    from analyzer.ledger.progress import MonthlyProgress as Monthly
    from analyzer.reports.final import write_final
    from analyzer.reports.monthly import write_monthly

    if isinstance(made, Monthly):
        write_monthly(made, out, language=LANGUAGE)
    else:
        write_final(made, out, language=LANGUAGE)


def _print(made: MonthlyProgress | FinalProgress, month: str) -> None:
    title = say(f"{month} 整治月报", f"Rectification report of {month}") if month else say("总结报告", "Final report")
    console.out.print(f"{title}  {made.since} — {made.until}", style="bold", markup=False)
    if month and not getattr(made, "is_complete", True):
        due = getattr(made, "due_on", "")
        console.out.print(say(f"报告期到 {due} 为止，尚未结束。", f"The period runs until {due}."), style="yellow")
    _print_standing(made.standing)
    _print_movements(made.movement, getattr(made, "movement_before", None))
    _print_groups(made.by_group, say("整治方案分组", "group of the plan"))
    _print_groups(made.by_agency, say("机构", "agency"))
    clues = made.clues.all
    text = say(
        f"线索 {clues.total} 条，办结 {clues.total_concluded} 条，反馈 {clues.total_replied} 条；",
        f"{clues.total} clues, {clues.total_concluded} concluded, {clues.total_replied} replied to; ",
    )
    text += say(
        f"历史 {made.seal.lines} 行，校验值 {made.seal.head}",
        f"{made.seal.lines} lines of history, hash {made.seal.head}",
    )
    console.out.print(text, markup=False, soft_wrap=True)


def _print_standing(standing: Standing) -> None:
    from analyzer.ledger.states import STATE_TITLES

    parts = [f"{title.say(LANGUAGE)} {standing.of(state)}" for state, title in STATE_TITLES.items()]
    text = say(f"共 {standing.total} 个问题：", f"{standing.total} problems: ") + say("，", ", ").join(parts)
    rate = standing.closing_rate
    if rate is not None:
        text += say(f"；销号率 {rate:.1%}", f"; closing rate {rate:.1%}")
    text += say(
        f"；逾期 {standing.overdue}，挂牌 {standing.listed}，四定不全 {standing.unassigned}",
        f"; {standing.overdue} overdue, {standing.listed} listed, {standing.unassigned} not fully assigned",
    )
    console.out.print(text, markup=False, soft_wrap=True)


def _print_movements(now: Movement, before: Movement | None) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    heads = (say("变动", "movement"), say("本期", "this period"), *((say("上期", "last period"),) if before else ()))
    for head in heads:
        table.add_column(head)
    for name, words in _MOVEMENTS.items():
        numbers = [getattr(now, name)] + ([getattr(before, name)] if before else [])
        if any(numbers):
            table.add_row(say(*words), *(str(one) for one in numbers))
    if table.row_count:
        console.out.print(table)


def _print_groups(lines: tuple[GroupLine, ...], title: str) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    names = (
        title, say("共", "all"), say("未结", "open"), say("已销号", "closed"), say("逾期", "overdue"),
        say("本期新增", "new"), say("本期销号", "closed now"),
    )  # fmt: skip
    for name in names:
        table.add_column(name)
    for one in lines:
        if one.standing.total:
            numbers = (one.standing.total, one.standing.open, one.standing.closed, one.standing.overdue)
            table.add_row(one.title.say(LANGUAGE), *map(str, (*numbers, one.movement.new, one.movement.closed)))
    if table.row_count:
        console.out.print(table)


__all__ = ["add_to", "plan_groups_of_rules", "progress_data"]
