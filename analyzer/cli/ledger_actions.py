"""`analyzer ledger confirm|reject|assign|plan|close|reopen|suppress|...`: what people do to problems, one or many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say
from analyzer.cli.ledger_place import BY, FILTER, JSON, LEDGER, NUMBERS, REASON, STORE, VERSION, day, meant, opened, who
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from analyzer.ledger import Action

SKIP = typer.Option(
    False, "--skip-refused", help=say("做能做的，列出不能做的", "do those that can be done, name the others")
)
DRY = typer.Option(False, "--dry-run", help=say("只看会做哪些", "only say what would be done"))
PROOF = typer.Option(
    [], "--proof", metavar="FILE|NUMBER", help=say("凭证：文件或文号，可多次", "a proof: a file or a document number")
)


def add_to(group: typer.Typer) -> None:
    """Add these commands to the group."""
    for name, (zh, en), command in _COMMANDS:
        group.command(name, help=say(zh, en))(command)


def perform(
    action: Action, store: Path | None, ledger: str, numbers: list[str] | None, filters: list[str], by: str,
    version: int | None, skip: bool, dry: bool, as_json: bool,
) -> None:  # fmt: skip
    """Do one action to the problems that are meant and say what came of it."""
    if not numbers and not filters:
        cause = Text("没有说明是哪些问题", "which problems are meant is not said")
        raise AnalyzerError(Problem("NUMBER", cause, Text("给出编号，或用 --filter", "Give numbers, or --filter")))
    if version is not None and len(numbers or ()) != 1:
        cause = Text("--version 只能用于一个编号", "--version goes with one number")
        raise AnalyzerError(Problem("--version", cause))
    which = meant(filters, numbers)
    with opened(store, ledger) as book:
        if dry:
            _say([one.number for one in book.every(which)], [], as_json, dry=True)
            return
        versions = {numbers[0]: version} if numbers and version is not None else {}
        chosen = numbers if numbers and not filters else which
        done = book.bulk(chosen, action, by=who(by), versions=versions, skip_refused=skip)
    _say(list(done.done), [(number, text.say(LANGUAGE)) for number, text in done.refused], as_json, dry=False)
    if done.refused:
        raise typer.Exit(console.REFUSED)


def _say(done: list[str], refused: list[tuple[str, str]], as_json: bool, *, dry: bool) -> None:
    if as_json:
        console.print_json(
            {"done": done, "refused": [{"number": one, "cause": why} for one, why in refused], "dry_run": dry}
        )
        return
    shown = say("、", ", ").join(done[:20]) + (
        say(f"等 {len(done)} 个", f" ... {len(done)} in all") if len(done) > 20 else ""
    )
    lead = say("将处理", "would be done") if dry else say("已记入台账", "written into the ledger")
    console.out.print(f"{lead}: {shown or '-'}", markup=False, soft_wrap=True)
    for number, why in refused:
        console.err.print(f"{number}: {why}", markup=False, soft_wrap=True)


def confirm(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER, by: str = BY,
    reason: str = REASON, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """It is a problem."""
    from analyzer.ledger import Confirm

    perform(Confirm(reason), store, ledger, numbers, filters, by, version, skip, dry, as_json)


def reject(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER, by: str = BY,
    reason: str = REASON, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """It is not a problem."""
    from analyzer.ledger import Reject

    perform(Reject(reason), store, ledger, numbers, filters, by, version, skip, dry, as_json)


def assign(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    leader: str = typer.Option(None, "--leader", help=say("责任领导（定领导）", "who leads")),
    responsible: str = typer.Option(None, "--responsible", help=say("责任人（定责任）", "who answers: a person")),
    unit: str = typer.Option(None, "--unit", help=say("责任单位（定责任）", "who answers: a unit")),
    by: str = BY, reason: str = REASON, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Who leads and who answers."""
    from analyzer.ledger import Assign

    perform(Assign(leader, responsible, unit, reason), store, ledger, numbers, filters, by, version, skip, dry, as_json)


def plan(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    text: str = typer.Option(None, "--plan", help=say("整改措施（定方案）", "the measures")),
    deadline: str = typer.Option("", "--deadline", metavar="DATE", help=say("整改时限（定时限）", "by when")),
    by: str = BY, reason: str = REASON, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """What is done by when."""
    from analyzer.ledger import Plan

    if text is None and not deadline:
        cause = Text("没有给出措施或时限", "neither measures nor a deadline are given")
        raise AnalyzerError(Problem("--plan", cause, Text("给出 --plan 或 --deadline", "Give --plan or --deadline")))
    action = Plan(text, day(deadline, "--deadline"), reason)
    perform(action, store, ledger, numbers, filters, by, version, skip, dry, as_json)


def close(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    proof: list[str] = PROOF, by: str = BY, reason: str = REASON, version: int = VERSION, skip: bool = SKIP,
    dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Rectified."""
    from analyzer.ledger import Close, Proof

    action = Close(reason, tuple(Proof.of(one) for one in proof))
    perform(action, store, ledger, numbers, filters, by, version, skip, dry, as_json)


def reopen(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER, by: str = BY,
    reason: str = REASON, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Take a decision back."""
    from analyzer.ledger import Reopen

    perform(Reopen(reason), store, ledger, numbers, filters, by, version, skip, dry, as_json)


def suppress(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    until: str = typer.Option(..., "--until", metavar="DATE", help=say("暂缓至哪一天", "the last day")),
    by: str = BY, reason: str = REASON, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Put aside until a day."""
    from analyzer.ledger import Suppress

    last = day(until, "--until")
    if last is None:
        raise AnalyzerError(Problem("--until", Text("须写明暂缓至哪一天", "a last day is needed")))
    perform(Suppress(reason, last), store, ledger, numbers, filters, by, version, skip, dry, as_json)


def note(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    text: str = typer.Option(..., "--text", help=say("备注内容", "what to write down")),
    by: str = BY, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Write something down."""
    from analyzer.ledger import Note

    perform(Note(text), store, ledger, numbers, filters, by, None, skip, dry, as_json)


def attach(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    proof: list[str] = PROOF, by: str = BY, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Attach proofs."""
    from analyzer.ledger import Attach, Proof

    action = Attach(tuple(Proof.of(one) for one in proof))
    perform(action, store, ledger, numbers, filters, by, None, skip, dry, as_json)


def supervise(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    end: bool = typer.Option(False, "--end", help=say("解除挂牌", "end it")),
    by: str = BY, reason: str = REASON, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """List for supervision, or end it."""
    from analyzer.ledger import ListForSupervision, Unlist

    action: Action = Unlist(reason) if end else ListForSupervision(reason)
    perform(action, store, ledger, numbers, filters, by, version, skip, dry, as_json)


def account(
    numbers: list[str] = NUMBERS, store: Path = STORE, ledger: str = LEDGER, filters: list[str] = FILTER,
    text: str = typer.Option(..., "--text", help=say("问责情况", "who was held to account, and how")),
    by: str = BY, version: int = VERSION, skip: bool = SKIP, dry: bool = DRY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Who was held to account."""
    from analyzer.ledger import Account

    perform(Account(text), store, ledger, numbers, filters, by, version, skip, dry, as_json)


def add(
    problem: str = typer.Argument(metavar="PROBLEM", help=say("问题", "the problem")),
    store: Path = STORE, ledger: str = LEDGER,
    severity: str = typer.Option("medium", "--severity", help="critical, high, medium, low, info"),
    category: str = typer.Option("", "--category", help=say("问题类别（rules/clues.yaml）", "a category of rules/clues.yaml")),
    agency: str = typer.Option("", "--agency", help=say("执法机构编号", "the agency's number")),
    facts: str = typer.Option("", "--facts", help=say("事实", "the facts")),
    clue: str = typer.Option("", "--clue", metavar="NUMBER", help=say("来自哪条线索", "the clue that it comes from")),
    by: str = BY, as_json: bool = JSON,
) -> None:  # fmt: skip
    """Enter a problem by hand."""
    from analyzer.cli.ledger_clues import category_of

    kind = category_of(category) if category else None
    with opened(store, ledger, create=True) as book:
        one = book.add(
            problem, by=who(by), severity=severity, category=kind, agency_id=agency or None, agency=agency,
            explanation=facts, clue=clue or None,
        )  # fmt: skip
    _say([one.number], [], as_json, dry=False)


_COMMANDS = (
    ("confirm", ("认定属实。\n\n例：analyzer ledger confirm 2026-0007 2026-0008 --store 库",
                 "It is a problem.\n\nExample: analyzer ledger confirm 2026-0007 2026-0008 --store STORE"), confirm),
    ("reject", ("认定不属实，须说明理由；设了两人复核时，另一人再执行一次。\n\n例：analyzer ledger reject 2026-0007 --reason 照片齐全 --store 库",
                "It is not a problem; a reason is needed, and another person where the ledger asks for two.\n\n"
                "Example: analyzer ledger reject 2026-0007 --reason 'photos are complete' --store STORE"), reject),
    ("assign", ("定领导、定责任。\n\n例：analyzer ledger assign --filter rule=DEV,state=属实 --leader 张局长 --unit 治超科 --store 库",
                "Who leads and who answers.\n\nExample: analyzer ledger assign --filter rule=DEV --leader Zhang --store STORE"), assign),
    ("plan", ("定方案、定时限；两者齐全即进入整改中。\n\n例：analyzer ledger plan 2026-0007 --plan 补检定 --deadline 2026-12-31 --store 库",
              "What is done by when; with both it is being rectified.\n\n"
              "Example: analyzer ledger plan 2026-0007 --plan verify --deadline 2026-12-31 --store STORE"), plan),
    ("close", ("销号：须有理由、凭证，四定齐全。\n\n例：analyzer ledger close 2026-0007 --reason 已检定 --proof 证书.pdf --store 库",
               "Rectified: needs a reason, a proof, and leader, responsible, plan, deadline.\n\n"
               "Example: analyzer ledger close 2026-0007 --reason verified --proof certificate.pdf --store STORE"), close),
    ("reopen", ("撤回决定，重新打开，须说明理由。\n\n例：analyzer ledger reopen 2026-0007 --reason 复查发现未整改 --store 库",
                "Take a decision back; a reason is needed.\n\nExample: analyzer ledger reopen 2026-0007 --reason ... --store STORE"), reopen),
    ("suppress", ("暂缓处理到某一天，到期自动回到待核查；另行统计，不从总数中隐去。\n\n"
                  "例：analyzer ledger suppress 2026-0007 --until 2026-12-31 --reason 等省厅答复 --store 库",
                  "Put aside until a day; then it is to be checked again. Counted apart, never left out.\n\n"
                  "Example: analyzer ledger suppress 2026-0007 --until 2026-12-31 --reason waiting --store STORE"), suppress),
    ("note", ("写备注。\n\n例：analyzer ledger note 2026-0007 --text 已电话核实 --store 库",
              "Write something down.\n\nExample: analyzer ledger note 2026-0007 --text 'asked by telephone' --store STORE"), note),
    ("attach", ("附凭证。\n\n例：analyzer ledger attach 2026-0007 --proof 三交〔2023〕63号 --store 库",
                "Attach a proof.\n\nExample: analyzer ledger attach 2026-0007 --proof certificate.pdf --store STORE"), attach),
    ("supervise", ("挂牌督办，或用 --end 解除，须说明理由。\n\n例：analyzer ledger supervise 2026-0007 --reason 长期未结 --store 库",
                   "List for supervision, or --end it.\n\nExample: analyzer ledger supervise 2026-0007 --reason old --store STORE"), supervise),
    ("account", ("填写问责情况。\n\n例：analyzer ledger account 2026-0007 --text 约谈站长 --store 库",
                 "Who was held to account.\n\nExample: analyzer ledger account 2026-0007 --text warned --store STORE"), account),
    ("add", ("录入数据里看不出的问题（自查、线索查实）。\n\n例：analyzer ledger add 随意拦车 --category stops --clue XS2026-0003 --store 库",
             "Enter a problem that no data shows.\n\nExample: analyzer ledger add 'Arbitrary stops' --category stops --store STORE"), add),
)  # fmt: skip

__all__ = ["add_to", "perform"]
