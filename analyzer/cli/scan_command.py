"""`analyzer scan`: the nightly job. One line says each morning what changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analyzer.cli import console, order_options, report_options
from analyzer.cli.language import LANGUAGE, say
from analyzer.cli.order_options import make_order, order_problems
from analyzer.model import AnalyzerError, Problem, Severity, Text

if TYPE_CHECKING:
    from analyzer.store.outcome import Outcome
    from analyzer.store.scan import Request

_HELP = say(
    "夜间扫描：接收收件目录里的新文件，判定受影响的记录，发布新增、未改、已消除和复现的问题。\n\n例：\n\n"
    "    analyzer scan --store 库\n\n"
    "    analyzer scan --store 库 --inbox 收件 --memory-limit 2GB --keep 30\n\n"
    "退出码：0 完成；2 无法完成（例如另一次扫描正在进行）；3 完成，但有文件被拒收。",
    "The nightly job: takes in what arrived, judges what it touches, publishes what is new, open, resolved, reopened.\n\n"
    "Examples:\n\n    analyzer scan --store store\n\n"
    "    analyzer scan --store store --inbox exports --memory-limit 2GB --keep 30\n\n"
    "Exit status: 0 done; 2 cannot be done (another scan is running, say); 3 done, but some input was refused.",
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("scan", help=_HELP)(scan)


def scan(
    store: Path = typer.Option(
        ..., "--store", help=say("库的目录，没有就新建", "the folder of the store; made if new")
    ),
    inbox: Path = typer.Option(None, "--inbox", help=say("收件目录，默认 库/inbox", "the inbox; default STORE/inbox")),
    full: bool = typer.Option(False, "--full", help=say("全部重新判定", "judge everything anew")),
    dry_run: bool = typer.Option(False, "--dry-run", help=say("只说会做什么", "only say what would be done")),
    profile: str = order_options.PROFILE,
    settings: list[str] = order_options.SETTINGS,
    as_of: str = order_options.AS_OF,
    mapping: list[Path] = order_options.MAPPING,
    rules: list[Path] = order_options.RULES,
    select: list[str] = order_options.SELECT,
    reports: str = typer.Option("xlsx", help=report_options.HELP),
    memory_limit: str = order_options.MEMORY,
    threads: int = order_options.THREADS,
    settle: float = typer.Option(
        10.0, "--settle", min=0.0, help=say("文件多少秒未变才算传完", "seconds a file must be unchanged to be complete")
    ),
    keep: int = typer.Option(30, "--keep", min=1, help=say("保留最近几个结果包", "how many packages are kept")),
    notify_command: str = typer.Option(
        "",
        "--notify-command",
        metavar="CMD",
        help=say("有新问题时执行，标准输入为 JSON 摘要", "run on new findings; JSON on stdin"),
    ),
    notify_severity: str = typer.Option(
        "", "--notify-severity", metavar="SEVERITY", help=say("从此严重程度起才执行", "only from this severity on")
    ),
    as_json: bool = typer.Option(False, "--json", help=say("只输出 JSON 摘要", "print the summary as JSON only")),
    quiet: bool = typer.Option(False, "--quiet", "-q", help=say("不显示进度和摘要", "no progress, no summary")),
) -> None:
    """Do one night's work."""
    from analyzer.store.notify import Notice
    from analyzer.store.places import Store
    from analyzer.store.scan import Request

    problems = order_problems(as_of, memory_limit) + report_options.report_problems(reports)
    if problems := problems + _problems(notify_severity):
        raise AnalyzerError(problems)
    order = make_order(
        (), profile=profile, settings=settings, as_of=as_of, mapping=mapping, rules=rules, select=select,
        memory_limit=memory_limit, threads=threads,
    )  # fmt: skip
    notice = Notice(notify_command, notify_severity) if notify_command else None
    writer = report_options.report_writer(report_options.wanted_reports(reports))
    place = Store(store)
    request = Request(place, inbox or place.inbox, order, full, settle, keep, notice, writer)
    if dry_run:
        _preview(request, as_json)
    else:
        _scan(request, as_json, quiet)


def _scan(request: Request, as_json: bool, quiet: bool) -> None:
    from analyzer.store.scan import scan as do_scan

    with console.progress(quiet or as_json) as tell:
        outcome = do_scan(request, tell)
    is_followed = not outcome.run_id or _follow(request.store.root)
    if as_json:
        console.print_json(outcome.as_data())
    elif not quiet:
        print_outcome(outcome)
    raise typer.Exit(console.OK if outcome.is_complete and is_followed else console.REFUSED)


def _follow(store: Path) -> bool:
    """Bring the published findings into the ledger. One that cannot be opened is told and undoes nothing of the night."""
    from analyzer.cli.ledger_follow import follow_published

    try:
        follow_published(store)
    except AnalyzerError as error:
        console.print_problems(error)
        return False
    return True


def _problems(severity: str) -> list[Problem]:
    problems = []
    words = [str(one) for one in Severity]
    if severity and severity not in words:
        cause = Text(f"`{severity}` 不是严重程度", f"`{severity}` is no severity")
        listed = ", ".join(words)
        problems.append(Problem("--notify-severity", cause, Text(f"可用：{listed}", f"There are: {listed}")))
    return problems


def print_outcome(outcome: Outcome) -> None:
    """Print the line of the morning, and what needs somebody's attention."""
    console.out.print(sentence(outcome), soft_wrap=True, markup=False)
    if outcome.how and outcome.run_no > 1 and (redone := _redone(outcome.how.redone)):
        console.err.print(
            say("全部重新判定的规则：", "rules judged anew in full: ") + redone, markup=False, style="dim"
        )
    for one in (*outcome.refused, *outcome.unreadable):
        console.err.print(
            say("拒收 ", "refused ") + f"{one.place}: {one.cause.say(LANGUAGE)}", markup=False, style="red"
        )
    for one in outcome.warnings:
        console.err.print(
            say("注意 ", "note ") + f"{one.place}: {one.cause.say(LANGUAGE)}", markup=False, style="yellow"
        )
    for name in outcome.again:
        console.err.print(say("已接收过 ", "taken in before ") + name, markup=False, style="dim")
    for name in outcome.waiting:
        console.err.print(
            say("尚未传完，下次再收 ", "still being written, left for the next scan ") + name, markup=False
        )


_REASONS = {
    "asked": ("应要求", "as asked"),
    "first": ("新规则", "new rules"),
    "program": ("程序更新", "another program version"),
    "rule": ("规则文件有改动", "their files changed"),
    "facts": ("事实文件有改动", "facts files changed"),
    "parameters": ("参数或法律配置有改动", "parameters or profile changed"),
    "calendar": ("工作日历有改动", "the calendar changed"),
    "supply": ("表或列首次提供", "a table or column came for the first time"),
    "clock": ("基准日变化", "the day moved"),
    "reach": ("无法限定受影响的记录", "what is touched cannot be narrowed down"),
    "many": ("本次新到的记录很多", "a good part of the records is new"),
}


def _redone(redone: Mapping[str, int]) -> str:
    """Say for which reasons how many rules judged all their rows."""
    words = (f"{say(*_REASONS.get(why, (why, why)))} {number}" for why, number in redone.items())
    return say("，", ", ").join(words)


def sentence(outcome: Outcome) -> str:
    """Return the line of the morning."""
    lived = outcome.lived
    if not outcome.run_id:
        return say("收件目录里还没有可接收的文件。", "There is nothing in the inbox to take in yet.")
    figures = say(
        f"新增 {lived.new}，未改 {lived.open}，已消除 {lived.resolved}，复现 {lived.reopened}",
        f"{lived.new} new, {lived.open} open, {lived.resolved} resolved, {lived.reopened} reopened",
    )
    if not outcome.judged:
        return say(
            f"没有新内容；上一次扫描 {outcome.run_id}（{outcome.as_of}）：{figures}。",
            f"Nothing new; the last scan {outcome.run_id} ({outcome.as_of}): {figures}.",
        )
    files = outcome.said["night"]["files"]
    refused = files["refused"]
    return say(
        f"扫描 {outcome.run_id}（{outcome.as_of}）：{figures}；接收 {files['taken']} 个文件"
        + (f"，拒收 {refused} 个" if refused else "") + "。",
        f"Scan {outcome.run_id} ({outcome.as_of}): {figures}; {files['taken']} files taken in"
        + (f", {refused} refused" if refused else "") + ".",
    )  # fmt: skip


def _preview(request: Request, as_json: bool) -> None:
    from analyzer.store.preview import preview

    found = preview(request)
    if as_json:
        console.print_json(found.as_data())
        return
    heads: dict[str, Any] = {
        say("将接收", "would take in"): found.new,
        say("已接收过，将移出收件目录", "taken in before, would leave the inbox"): found.again,
        say("尚未传完", "still being written"): found.waiting,
    }
    for head, names in heads.items():
        for name in names:
            console.out.print(f"{head}: {name}", markup=False)
    for text in found.why:
        console.out.print(text.say(LANGUAGE), markup=False)
    console.out.print(say("没有做任何改动。", "Nothing was changed."))
