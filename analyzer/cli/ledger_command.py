"""`analyzer ledger`: the rectification ledger (整治台账). Its commands, and those that look at it."""

from __future__ import annotations

from pathlib import Path

import typer

from analyzer.cli import console, ledger_actions, ledger_clues, ledger_files, ledger_report
from analyzer.cli.language import LANGUAGE, say
from analyzer.cli.ledger_place import (
    BY,
    FILTER,
    JSON,
    LEDGER,
    PACKAGE,
    REASON,
    SHOW,
    STORE,
    meant,
    opened,
    package_of,
    who,
)
from analyzer.cli.ledger_screen import (
    entry_data,
    line_data,
    print_counts,
    print_entry,
    print_lines,
    print_page,
    shown_as,
)
from analyzer.model import AnalyzerError, Problem, Text

_HELP = say(
    "整治台账：定领导、定责任、定方案、定时限，凭证销号。\n\n例：\n\n"
    "    analyzer ledger follow --store 库\n\n"
    "    analyzer ledger list --store 库 --filter state=待核查,severity=critical\n\n"
    "    analyzer ledger close 2026-0007 --store 库 --reason 设备已检定 --proof 检定证书.pdf\n\n"
    "台账在库目录里（ledger.sqlite）；多人同时使用时可用 --ledger postgresql://用户@主机/库。",
    "The rectification ledger: leader, responsible, plan, deadline; closed on proof.\n\nExamples:\n\n"
    "    analyzer ledger follow --store STORE\n\n"
    "    analyzer ledger list --store STORE --filter state=pending,severity=critical\n\n"
    "    analyzer ledger close 2026-0007 --store STORE --reason verified --proof certificate.pdf\n\n"
    "It lies in the store (ledger.sqlite); several writers may share --ledger postgresql://user@host/database.",
)
_ORDERS = ("urgent", "number", "newest", "deadline")


def add_to(app: typer.Typer) -> None:
    """Add the group of commands to the program."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=_HELP)
    group.command("follow", help=_FOLLOW)(follow)
    group.command("list", help=_LIST)(list_entries)
    group.command("show", help=_SHOW)(show)
    ledger_actions.add_to(group)
    ledger_clues.add_to(group)
    ledger_files.add_to(group)
    ledger_report.add_to(group)
    group.command("history", help=_HISTORY)(history)
    group.command("verify", help=_VERIFY)(verify)
    group.command("settings", help=_SETTINGS)(settings)
    app.add_typer(group, name="ledger")


_FOLLOW = say(
    "把最近的审核结果记入台账：新问题、不再出现的、屡查屡犯的。人的决定不受影响。\n\n"
    "例：analyzer ledger follow --package 结果 --ledger 台账.sqlite",
    "Bring the last audit into the ledger: new, gone, come back. No decision of a person is touched.\n\n"
    "Example: analyzer ledger follow --package results --ledger ledger.sqlite",
)
_LIST = say(
    "列出问题，紧急的在前。\n\n例：analyzer ledger list --store 库 --filter overdue=yes",
    "List the problems, the urgent ones first.\n\nExample: analyzer ledger list --store STORE --filter overdue=yes",
)
_SHOW = say(
    "一个问题的全部：事实、四定、凭证、历史。\n\n例：analyzer ledger show 2026-0007 --store 库",
    "All of one problem: facts, plan, proofs, history.\n\nExample: analyzer ledger show 2026-0007 --store STORE",
)
_HISTORY = say(
    "最近的操作：何人、何时、改了什么。\n\n例：analyzer ledger history --store 库 --limit 50",
    "What was done: who, when, what.\n\nExample: analyzer ledger history --store STORE --limit 50",
)
_VERIFY = say(
    "历史是否被改动过：逐行核对校验链，并与台账比对。有问题时退出码为 1。\n\n例：analyzer ledger verify --store 库 --expect 校验值",
    "Was the history tampered with? Walks the chain and holds the ledger against it. Exit status 1 when so.\n\n"
    "Example: analyzer ledger verify --store STORE --expect HASH",
)
_SETTINGS = say(
    "查看或更改设置：second_person（不属实须两人）、report_day（每月上报日）。\n\n"
    "例：analyzer ledger settings second_person=true --store 库 --reason 局务会决定",
    "Show or change settings: second_person (two people for “not a problem”), report_day.\n\n"
    "Example: analyzer ledger settings second_person=true --store STORE --reason decided",
)


def follow(
    store: Path = STORE,
    package: Path = PACKAGE,
    ledger: str = LEDGER,
    older: bool = typer.Option(False, "--older", help=say("跟进比已跟进的更早的审核", "follow an earlier audit")),
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Follow the audit of a package."""
    from analyzer.cli.ledger_follow import follow_package
    from analyzer.cli.ledger_place import where
    from analyzer.ledger import open_ledger

    found = package_of(store, package)
    with open_ledger(where(store, ledger, package)) as book:
        done = follow_package(book, found, by=who(by), older=older)
        counts = book.counts()
    if as_json:
        names = ("new", "still", "changed", "gone", "back", "came_back", "expired", "not_judged", "already")
        console.print_json({**{name: getattr(done, name) for name in names}, "states": dict(counts)})
        return
    if done.already:
        console.out.print(
            say("这次审核已经跟进过，没有改动。", "This audit had been followed already; nothing changed.")
        )
    else:
        console.out.print(
            say(
                f"新问题 {done.new} 个，仍在 {done.still} 个，结论变化 {done.changed} 个，数据中不再出现 {done.gone} 个，"
                f"又出现 {done.back} 个，屡查屡犯重新打开 {done.came_back} 个，暂缓到期 {done.expired} 个，"
                f"本次未能判断 {done.not_judged} 个。",
                f"{done.new} new, {done.still} still there, {done.changed} changed their answer, {done.gone} gone from the"
                f" data, {done.back} back, {done.came_back} closed ones came back and were reopened, {done.expired}"
                f" suppressions expired, {done.not_judged} not judged this time.",
            ),
            soft_wrap=True,
        )
    print_counts(counts)


def list_entries(
    store: Path = STORE,
    ledger: str = LEDGER,
    filters: list[str] = FILTER,
    page: int = typer.Option(1, "--page", min=1, help=say("第几页", "which page")),
    size: int = typer.Option(30, "--size", min=1, max=10_000, help=say("每页几个", "how many a page")),
    order: str = typer.Option("urgent", "--order", help=", ".join(_ORDERS)),
    show_personal: bool = SHOW,
    as_json: bool = JSON,
) -> None:
    """List problems."""
    from datetime import date

    if order not in _ORDERS:
        cause = Text(f"不能按 `{order}` 排序", f"`{order}` is no order")
        words = ", ".join(_ORDERS)
        raise AnalyzerError(Problem("--order", cause, Text(f"可用：{words}", f"There are: {words}")))
    which = meant(filters)
    with opened(store, ledger) as book:
        found, counts = book.entries(which, page=page, size=size, order=order), book.counts(which)
        if show_personal:
            book.log_reveal(by=who(""), kind="ledger list", reason="--show-personal")
    if as_json:
        shown = shown_as(show_personal)
        said = {"total": found.total, "page": found.page, "pages": found.pages, "states": dict(counts)}
        console.print_json({**said, "entries": [entry_data(one, shown) for one in found.entries]})
        return
    print_page(found, date.today())
    print_counts(counts)


def show(
    number: str = typer.Argument(metavar="NUMBER", help=say("编号，如 2026-0007", "a number such as 2026-0007")),
    store: Path = STORE,
    ledger: str = LEDGER,
    show_personal: bool = SHOW,
    as_json: bool = JSON,
) -> None:
    """Show one problem."""
    shown = shown_as(show_personal)
    with opened(store, ledger) as book:
        one, proofs, lines = book.entry(number), book.proofs(number), book.history(number)
        if show_personal:
            book.log_reveal(by=who(""), kind="ledger show", reason="--show-personal", finding_id=one.finding_id)
    if as_json:
        files = [{"reference": shown(p.reference), "sha256": p.sha256, "by": p.by, "at": p.at} for p in proofs]
        said = [line_data(line, shown) for line in lines]
        console.print_json({**entry_data(one, shown), "proof_list": files, "history": said})
        return
    print_entry(one, proofs, lines, shown)


def history(
    store: Path = STORE,
    ledger: str = LEDGER,
    limit: int = typer.Option(30, "--limit", min=1, help=say("最近几行", "how many lines")),
    as_json: bool = JSON,
) -> None:
    """Show the last lines of the history."""
    shown = shown_as(False)
    with opened(store, ledger) as book:
        lines = book.history(limit=limit)
    if as_json:
        console.print_json([line_data(one, shown) for one in lines])
        return
    for one in lines:
        if one.about == "entry":
            console.out.print(one.subject, end="", style="dim", markup=False)
        print_lines((one,), shown)


def verify(
    store: Path = STORE,
    ledger: str = LEDGER,
    expect: str = typer.Option("", "--expect", metavar="HASH", help=say("先前记下的校验值", "a hash noted before")),
    as_json: bool = JSON,
) -> None:
    """Walk the history."""
    with opened(store, ledger) as book:
        found, place = book.verify(expect=expect.strip().lower() or None), book.place
    if as_json:
        problems = [{"line": number, "zh": text.zh, "en": text.en} for number, text in found.problems]
        console.print_json({"holds": found.holds, "lines": found.lines, "head": found.head, "problems": problems})
    elif found.holds:
        console.out.print(
            say(
                f"历史完整：{found.lines} 行，台账与历史一致。\n校验值 {found.head}",
                f"The history is whole: {found.lines} lines, and the ledger is as it says.\nhash {found.head}",
            ),
            soft_wrap=True,
        )
    else:
        for number, text in found.problems:
            at = say(f"第 {number} 行", f"line {number}") if number else place
            console.print_problem(Problem(at, text))
    raise typer.Exit(console.OK if found.holds else console.FAIL_ON)


def settings(
    changes: list[str] = typer.Argument(None, metavar="NAME=VALUE", help=say("要改的设置", "what to change")),
    store: Path = STORE,
    ledger: str = LEDGER,
    by: str = BY,
    reason: str = REASON,
    as_json: bool = JSON,
) -> None:
    """Show or change the settings."""
    with opened(store, ledger, create=bool(changes)) as book:
        for text in changes or ():
            name, _, value = text.partition("=")
            book.set(name.strip(), value, by=who(by), reason=reason)
        found = book.settings()
    if as_json:
        console.print_json(found)
        return
    for name, value in found.items():
        console.out.print(f"{name} = {str(value).lower()}", markup=False)


__all__ = ["LANGUAGE", "add_to"]
