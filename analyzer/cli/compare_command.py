"""`analyzer compare PACKAGE PACKAGE`: what appeared, went, changed its answer, and why the two audits may differ."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say

if TYPE_CHECKING:
    from analyzer.reports.lawbook import Lawbook
    from analyzer.store.comparison import Comparison, Moved

_HELP = say(
    "比较两个结果包：哪些问题新出现、消失、改变结论，以及两次审核的参数、规则、输入有何不同。\n\n例：\n\n"
    "    analyzer compare 上次 这次\n\n    analyzer compare 3 12 --store 库",
    "Compare two packages: which findings appear, go, change their answer, and what differs between the audits.\n\n"
    "Examples:\n\n    analyzer compare before after\n\n    analyzer compare 3 12 --store store",
)
_KINDS = {"appeared": ("新出现", "appeared"), "gone": ("消失", "gone"), "changed": ("改变结论", "changed")}
_VERDICTS = {"breach": ("违规", "breach"), "review": ("待核", "review"), None: ("无", "none")}
_WHAT = {
    "as_of": ("审核日", "as-of date"), "set": ("--set", "--set"), "profile": ("法律配置", "profile"),
    "parameter": ("参数", "parameter"), "rule": ("规则", "rule"), "input": ("输入", "input"), "version": ("版本", "version"),
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("compare", help=_HELP)(compare_packages)


def compare_packages(
    before: Path = typer.Argument(
        metavar="PACKAGE", help=say("前一个结果包，或扫描编号", "the earlier package, or run")
    ),
    after: Path = typer.Argument(metavar="PACKAGE", help=say("后一个结果包，或扫描编号", "the later package, or run")),
    store: Path = typer.Option(None, "--store", help=say("编号所属的库", "the store that the runs belong to")),
    limit: int = typer.Option(20, "--limit", help=say("最多列出多少个问题", "how many findings to list")),
    show_personal: bool = typer.Option(False, "--show-personal", help=say("不隐去个人信息", "do not mask")),
    as_json: bool = typer.Option(False, "--json", help=say("输出 JSON", "print JSON")),
) -> None:
    """Compare two packages."""
    from analyzer.reports.lawbook import Lawbook
    from analyzer.store.comparison import compare
    from analyzer.store.package import Package

    if store is not None:
        from analyzer.store.history import kept_package
        from analyzer.store.places import existing

        old, new = (kept_package(existing(store), str(one)) for one in (before, after))
    else:
        old, new = Package(before), Package(after)
    found, law = compare(old, new), Lawbook.of(new)
    if show_personal:
        console.err.print(say("注意：显示了个人信息。", "Personal data is shown."), style="yellow")
    shown = {one.finding_id: _subject(law, one, show_personal) for one in found.moved}
    if as_json:
        console.print_json(_as_data(found, shown, show_personal))
        return
    _print_differences(found)
    _print_by_rule(found, law)
    _print_findings(found, shown, limit)
    count = Counter(one.kind for one in found.moved)
    console.out.print(
        say(
            f"新出现 {count['appeared']} 个，消失 {count['gone']} 个，改变结论 {count['changed']} 个，不变 {found.same} 个问题；"
            f"记录：新 {found.records['appeared']}、消 {found.records['gone']}、变 {found.records['changed']}。",
            f"{count['appeared']} findings appeared, {count['gone']} went, {count['changed']} changed their answer,"
            f" {found.same} are the same; records: {found.records['appeared']} new, {found.records['gone']} gone,"
            f" {found.records['changed']} changed.",
        ),
        soft_wrap=True,
    )


def _subject(law: Lawbook, one: Moved, show_personal: bool) -> str:
    from analyzer.reports.masking import mask_by_meanings
    from analyzer.reports.personal import PersonalNames

    if show_personal or not one.subject_id:
        return one.subject_id or ""
    return mask_by_meanings(one.subject_id, PersonalNames(law.setting, law.rule(one.rule)).subject())


def _as_data(found: Comparison, shown: dict[str, str], show_personal: bool) -> dict[str, Any]:
    """The comparison as data. A finding's id could be guessed back to a plate: it is given with personal data only."""
    findings = []
    for number, one in enumerate(found.moved, 1):
        row: dict[str, Any] = {
            "number": number,
            "rule": one.rule,
            "kind": one.kind,
            "before": one.before,
            "after": one.after,
        }
        row |= {"subject_kind": one.subject_kind, "subject_id": shown[one.finding_id]}
        row |= {"records_before": one.records_before, "records_after": one.records_after}
        findings.append(row | ({"finding_id": one.finding_id} if show_personal else {}))
    return {
        "findings": findings,
        "same": found.same,
        "records": dict(found.records),
        "differences": [vars(one) for one in found.differences],
    }


def _print_differences(found: Comparison) -> None:
    if not found.differences:
        console.out.print(say("两次审核的参数、规则、输入都相同。", "Parameters, rules and inputs are the same."))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in (say("不同之处", "differs"), "", say("前", "before"), say("后", "after")):
        table.add_column(name)
    for one in found.differences:
        table.add_row(say(*_WHAT[one.what]), one.name, _short(one.before), _short(one.after))
    console.out.print(table)


def _short(value: Any) -> str:
    if value is None:
        return "—"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _print_by_rule(found: Comparison, law: Lawbook) -> None:
    counts = Counter((one.rule, one.kind) for one in found.moved)
    if not counts:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in (say("规则", "rule"), say("问题", "problem"), *(say(*words) for words in _KINDS.values())):
        table.add_column(name)
    for code in sorted({code for code, _ in counts}):
        numbers = (str(counts[(code, kind)] or "") for kind in _KINDS)
        table.add_row(code, law.title(code).say(LANGUAGE), *numbers)
    console.out.print(table)


def _print_findings(found: Comparison, shown: dict[str, str], limit: int) -> None:
    for number, one in enumerate(found.moved[:limit], 1):
        verdicts = " → ".join(say(*_VERDICTS[verdict]) for verdict in (one.before, one.after))
        console.out.print(
            f"{number:4} {one.rule} {say(*_KINDS[one.kind])} {verdicts} {shown[one.finding_id]}", markup=False
        )
    if len(found.moved) > limit:
        rest = len(found.moved) - limit
        console.out.print(
            say(f"……另有 {rest} 个，用 --limit 列出", f"... {rest} more; list them with --limit"), style="dim"
        )
