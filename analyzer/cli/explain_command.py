"""`analyzer explain CODE KEY`: why this verdict, compliant ones too: facts, value, article."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say

if TYPE_CHECKING:
    from analyzer.store.reopen import Answer, Reopened

_HELP = say(
    "为什么这条记录得到这个结论（合规的也可以问）：事实、数值、法条。\n\n例：analyzer explain NTC-05 R0001 --package 结果",
    "Why this verdict, compliant ones too: facts, value, article.\n\nExample: analyzer explain NTC-05 R0001 --package results",
)
_VERDICTS = {
    "breach": ("违规", "red"),
    "review": ("待核", "yellow"),
    "compliant": ("合规", "green"),
    "not_assessable": ("无法判定", "magenta"),
    "not_applicable": ("不适用", "dim"),
}
_STEPS = {
    "applies": ("适用", "applies"),
    "breach": ("违规条件", "breach condition"),
    "review": ("待核条件", "review condition"),
    "softer": ("例外（改为待核）", "exception (for review instead)"),
    "undecided": ("缺少依据", "no number in force"),
}


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("explain", help=_HELP)(explain)


def explain(
    code: str = typer.Argument(help=say("规则代码", "rule code"), metavar="CODE"),
    key: str = typer.Argument(
        help=say("记录主键（两列的以 | 相连）", "record key (two columns joined with |)"), metavar="KEY"
    ),
    package: Path = typer.Option(..., "--package", help=say("结果包目录", "folder of the package")),
    show_personal: bool = typer.Option(False, "--show-personal", help=say("不隐去个人信息", "do not mask")),
    as_json: bool = typer.Option(False, "--json", help=say("输出 JSON", "print JSON")),
) -> None:
    """Judge one record again and show every step."""
    from analyzer.store.package import Package
    from analyzer.store.reopen import Reopened

    opened = Reopened(Package(package))
    answer = opened.answer(code, key)
    facts = answer.facts if show_personal else _masked(opened, answer)
    if show_personal:
        console.err.print(say("注意：显示了个人信息。", "Personal data is shown."), style="yellow")
    if as_json:
        console.print_json(_as_data(opened, answer, facts))
    else:
        _print(opened, answer, facts)


def _masked(opened: Reopened, answer: Answer) -> dict[str, Any]:
    """The facts as they may be shown: what may hold a plate, a name or a number of a person is hidden."""
    from analyzer.reports.masking import mask_by_meanings
    from analyzer.reports.personal import PersonalNames

    names = PersonalNames(opened.setting, answer.rule.rule)
    return {
        name: mask_by_meanings(value, names.fact(name)) if isinstance(value, str) else value
        for name, value in answer.facts.items()
    }


def _as_data(opened: Reopened, answer: Answer, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "rule": answer.rule.rule.code,
        "record_key": answer.key,
        "verdict": str(answer.verdict),
        "place": answer.place,
        "steps": answer.steps,
        "facts": facts,
        "parameters": {name: _parameter(opened, name, number) for name, number in answer.parameters.items()},
        "basis": _basis(opened, answer),
        "rule_changed_since": answer.changed,
    }


def _parameter(opened: Reopened, name: str, number: int) -> dict[str, Any]:
    from analyzer.rulebook.articles import cite

    entry = opened.rulings.parameters[name].entries[number]
    return {
        "value": entry.value,
        "from": entry.from_,
        "status": str(entry.status),
        "origin": entry.origin,
        "basis": [cite(one.law, one.article, opened.rulings.instruments).say(LANGUAGE) for one in entry.basis],
    }


def _basis(opened: Reopened, answer: Answer) -> list[str]:
    from analyzer.rulebook.articles import cite

    laws = opened.rulings.instruments
    return [cite(one.law, one.article, laws).say(LANGUAGE) for one in answer.rule.rule.basis]


def _print(opened: Reopened, answer: Answer, facts: dict[str, Any]) -> None:
    rule, screen = answer.rule.rule, console.out
    zh, style = _VERDICTS[str(answer.verdict)]
    verdict = say(zh, str(answer.verdict).replace("_", " "))
    screen.print(f"[bold]{rule.code}[/] {getattr(rule.title, LANGUAGE)}")
    screen.print(say(f"记录 {answer.key}（{answer.place}）", f"record {answer.key} ({answer.place})"), markup=False)
    screen.print(say("结论：", "verdict: ") + f"[bold {style}]{verdict}[/]")
    screen.print(say("要求：", "requirement: ") + getattr(rule.requirement, LANGUAGE), markup=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in answer.steps.items():
        table.add_row(say(*_STEPS[name]), _truth(value))
    for name, value in facts.items():
        table.add_row(name, "" if value is None else str(value), style="cyan")
    for name, number in answer.parameters.items():
        said = _parameter(opened, name, number)
        since = say(f"自 {said['from']} 起", f"from {said['from']}") if said["from"] else ""
        table.add_row(f"p.{name}", f"{said['value']} {since} [{said['origin']}] {'; '.join(said['basis'])}".strip())
    screen.print(table)
    screen.print(say("依据：", "basis: ") + "；".join(_basis(opened, answer)), markup=False)
    if answer.changed:
        screen.print(
            say("注意：规则文件在审核之后已改动。", "Note: the rule file has changed since the audit."), style="yellow"
        )


def _truth(value: bool | None) -> str:
    if value is None:
        return say("不知道", "unknown")
    return say("是", "true") if value else say("否", "false")
