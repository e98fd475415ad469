"""The summary of an audit on one screen: what was found, what could not be judged, what to open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from analyzer.cli.console import out as screen
from analyzer.cli.language import LANGUAGE, say

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
_TOP_RULES = 10
_REPORTS = (
    (
        "findings.xlsx",
        "问题清单、整治台账、统计表、记录、未能判定",
        "problems, ledger, statistics, records, what was missing",
    ),
    ("report.docx", "书面报告，可打印上报", "the written report, ready to print"),
    ("report.html", "同一份报告，用浏览器看", "the same report for a browser"),
)


def print_summary(said: dict[str, Any], out: Path) -> None:
    """Print the summary of the package at `out`; the last line is a sentence one could forward."""
    totals = said["totals"]
    profile = said["profile"]["id"]
    screen.print()
    screen.print(
        say(
            f"[bold]审核完成[/] 基准日 {said['as_of']}，法律配置 {profile}，规则 {totals['rules']} 条",
            f"[bold]Audit done[/] as of {said['as_of']}, profile {profile}, {totals['rules']} rules",
        )
    )
    _print_intake(said)
    screen.print(_severities(totals))
    _print_rules(out)
    _print_gaps(out)
    _print_files(out, said)
    screen.print(_sentence(said))


def _print_intake(said: dict[str, Any]) -> None:
    totals = said["totals"]
    numbers = [totals[name] for name in ("rows_read", "loaded", "duplicates", "replaced", "quarantined")]
    read, loaded, duplicates, replaced, quarantined = (f"{number:,}" for number in numbers)
    screen.print(
        say(
            f"接收 {totals['files']} 个文件，{read} 行 = 装入 {loaded} + 重复 {duplicates} + 被替换 {replaced}"
            f" + 隔离 {quarantined}；读不出的单元格等 {totals['issues']:,} 处",
            f"{totals['files']} files, {read} rows = {loaded} loaded + {duplicates} duplicates + {replaced} replaced"
            f" + {quarantined} quarantined; {totals['issues']:,} issues",
        )
    )
    for one in said["refused"]:
        screen.print(say("[red]拒收[/] ", "[red]refused[/] ") + f"{one['place']}: {one[LANGUAGE]}", markup=True)
    for one in said["warnings"][:5]:
        screen.print(say("[yellow]注意[/] ", "[yellow]note[/] ") + f"{one['place']}: {one[LANGUAGE]}", markup=True)


def _severities(totals: dict[str, Any]) -> Table:
    """Findings by severity and by answer, in the words of the workbook."""
    from analyzer.reports.wording import Words

    t = Words(LANGUAGE).t
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    cells = []
    for name, style in _STYLES.items():
        if number := totals["by_severity"].get(name):
            table.add_column(t(f"severity.{name}"), justify="right", style=style)
            cells.append(f"{number:,}")
    for name, number in totals["by_verdict"].items():
        table.add_column(t(f"verdict.{name}"), justify="right", style="bold")
        cells.append(f"{number:,}")
    table.add_row(*cells)
    return table


def _print_rules(out: Path) -> None:
    """The rules with most findings, breaches first."""
    from analyzer.rulebook.library import load_library
    from analyzer.store.package import Package

    con = Package(out).connect()
    rows = con.execute(
        "SELECT rule, findings, breach, review, not_assessable FROM verdict_counts WHERE findings > 0"
        f" ORDER BY breach DESC, review DESC, rule LIMIT {_TOP_RULES}"
    ).fetchall()
    con.close()
    if not rows:
        return
    rules = load_library().rules
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(say("规则", "rule"), no_wrap=True)
    table.add_column(say("问题", "problem"), max_width=52)
    for zh, en in (("发现", "findings"), ("违规记录", "breach"), ("待核记录", "review"), ("无法判定", "undecided")):
        table.add_column(say(zh, en), justify="right")
    for code, *numbers in rows:
        title = getattr(rules[code].rule.title, LANGUAGE) if code in rules else ""
        table.add_row(code, title, *(f"{number:,}" for number in numbers))
    screen.print(table)


def _print_gaps(out: Path) -> None:
    """Rules that could not say anything, and the tables that were missing."""
    from analyzer.store.package import Package

    con = Package(out).connect()
    row = con.execute(
        "SELECT count(*) FILTER (WHERE not_assessable > 0), sum(not_assessable) FROM verdict_counts"
    ).fetchone()
    tables = con.execute(
        "SELECT DISTINCT substr(missing, 7) FROM not_assessable WHERE missing LIKE 'table:%' ORDER BY 1"
    ).fetchall()
    con.close()
    rules, records = (row[0], int(row[1] or 0)) if row else (0, 0)
    if tables:
        names = "、".join(name for (name,) in tables) if LANGUAGE == "zh" else ", ".join(name for (name,) in tables)
        screen.print(say(f"[dim]未提供的表：{names}[/]", f"[dim]tables not supplied: {names}[/]"))
    if rules:
        screen.print(
            say(
                f"[dim]{rules} 条规则有记录无法判定，共 {records:,} 次；原因见“未能判定”[/]",
                f"[dim]{rules} rules could not decide {records:,} times; see the sheet of what was missing[/]",
            )
        )


def _print_files(out: Path, said: dict[str, Any]) -> None:
    for name, zh, en in _REPORTS:
        if (out / name).is_file():
            screen.print(say(f"打开 [bold]{out / name}[/]：{zh}", f"Open [bold]{out / name}[/]: {en}"))
    screen.print(say(f"[dim]{said['note']['zh']}[/]", f"[dim]{said['note']['en']}[/]"))
    example = say("analyzer explain 规则 记录编号 --package", "analyzer explain CODE KEY --package")
    screen.print(say(f"[dim]问“为什么”：{example} {out}[/]", f"[dim]To ask why: {example} {out}[/]"))


def _sentence(said: dict[str, Any]) -> str:
    totals = said["totals"]
    breach, review = totals["by_verdict"]["breach"], totals["by_verdict"]["review"]
    critical = totals["by_severity"]["critical"]
    refused = totals["refused"]
    return say(
        f"[bold]共发现违规问题 {breach:,} 个、待核问题 {review:,} 个，其中严重的 {critical:,} 个"
        + (f"；有 {refused} 个文件未能接收，需要处理" if refused else "")
        + "。[/]",
        f"[bold]{breach:,} breaches and {review:,} matters for review were found, {critical:,} of them critical"
        + (f"; {refused} files were refused and need attention" if refused else "")
        + ".[/]",
    )
