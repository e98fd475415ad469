"""`analyzer rules list|show|check|new|docs|sql`: the rule library."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from analyzer.cli import console, new_rule_command, rule_pages_command
from analyzer.cli.engine_options import DUCKDB, SPARK
from analyzer.cli.language import LANGUAGE, say
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from analyzer.engine.examples import Outcome
    from analyzer.rulebook.library import Library, RuleFile

_RULES = typer.Option([], "--rules", help=say("另加自己的规则目录", "add rules of your own"))

_HELP = say(
    "规则库：列出、查看、检查、看 SQL。\n\n例：analyzer rules list",
    "The rule library: list, show, check, SQL.\n\nExample: analyzer rules list",
)
_LIST_HELP = say(
    "列出规则。\n\n例：analyzer rules list --family NTC",
    "List the rules.\n\nExample: analyzer rules list --family NTC",
)
_SHOW_HELP = say(
    "一条规则的全部内容：依据、条件、示例、局限。\n\n例：analyzer rules show NTC-05",
    "Everything about one rule: law, conditions, examples, limits.\n\nExample: analyzer rules show NTC-05",
)
_CHECK_HELP = say(
    "检查全部规则并运行其中的示例；每处错误都指明文件和行。\n\n例：analyzer rules check；analyzer rules check NTC-05",
    "Check every rule and prove its examples; mistakes come with file and line.\n\nExample: analyzer rules check NTC-05",
)
_SQL_HELP = say(
    "某条规则实际运行的 SQL，参数已代入。\n\n例：analyzer rules sql NTC-05 --set notify_deadline=10",
    "The SQL that a rule runs as, parameters resolved.\n\nExample: analyzer rules sql NTC-05 --set notify_deadline=10",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    rules = typer.Typer(no_args_is_help=True, help=_HELP)
    rules.command("list", help=_LIST_HELP)(list_rules)
    rules.command("show", help=_SHOW_HELP)(show)
    rules.command("check", help=_CHECK_HELP)(check)
    rules.command("sql", help=_SQL_HELP)(sql)
    new_rule_command.add_to(rules)
    rule_pages_command.add_to(rules)
    app.add_typer(rules, name="rules")


def list_rules(
    family: str = typer.Option("", help=say("只列某一类，如 NTC", "one family, such as NTC")),
    rules: list[Path] = _RULES,
    coverage: bool = typer.Option(
        False, "--coverage", help=say("两份文件逐项由什么回应", "what answers each item of the two source documents")
    ),
    as_json: bool = typer.Option(False, "--json", help=say("输出 JSON", "print JSON")),
) -> None:
    """List code, title, force and severity."""
    from analyzer.cli.coverage_screen import print_coverage
    from analyzer.rulebook.library import load_library

    library = load_library(rules)
    if coverage:
        print_coverage(library, as_json)
        return
    chosen = [one.rule for one in library.rules.values() if family.upper() in ("", one.rule.family)]
    if as_json:
        console.print_json(
            [
                {"code": one.code, "id": one.id, "version": one.version, "status": one.status, "force": str(one.force),
                 "severity": str(one.severity), "reads": one.reads, "title": one.title.model_dump()}
                for one in chosen
            ]
        )  # fmt: skip
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for zh, en in (
        ("代码", "code"),
        ("问题", "problem"),
        ("性质", "force"),
        ("严重程度", "severity"),
        ("所看的表", "reads"),
    ):
        table.add_column(say(zh, en), no_wrap=zh != "问题")
    for one in chosen:
        table.add_row(one.code, getattr(one.title, LANGUAGE), str(one.force), str(one.severity), one.reads)
    console.out.print(table)
    console.out.print(say(f"共 {len(chosen)} 条", f"{len(chosen)} rules"))


def show(code: str = typer.Argument(metavar="CODE"), rules: list[Path] = _RULES) -> None:
    """Show one rule: law, meaning, parameters, examples."""
    from analyzer.rulebook.articles import cite
    from analyzer.rulebook.library import load_library

    library = load_library(rules)
    one = _find(library, code)
    rule, screen = one.rule, console.out
    screen.print(f"[bold]{rule.code}[/] {getattr(rule.title, LANGUAGE)} [dim]{rule.id} v{rule.version}[/]")
    rows = [
        (say("要求", "requirement"), getattr(rule.requirement, LANGUAGE)),
        (say("性质", "force"), f"{rule.force}, {rule.severity}"),
        (say("依据", "basis"), "\n".join(cite(c.law, c.article, library.laws).say(LANGUAGE) for c in rule.basis)),
        (say("所看的表", "reads"), rule.reads),
        (say("适用", "applies"), rule.applies_when),
        (say("违规", "breach"), rule.breach or "-"),
        (say("待核", "review"), rule.review or "-"),
        (say("空白即证据", "blank is proof"), ", ".join(rule.blank_is_proof) or "-"),
        (say("建议", "remedy"), getattr(rule.remedy, LANGUAGE)),
        (say("局限", "limits"), getattr(rule.limits, LANGUAGE) if rule.limits else "-"),
        (say("示例", "examples"), "\n".join(f"{case.expect}: {case.name}" for case in rule.examples.cases)),
        (say("文件", "file"), one.document.path.as_posix()),
    ]
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, text in rows:
        table.add_row(name, text)
    screen.print(table)


def check(
    codes: list[str] = typer.Argument(None, metavar="[CODE]...", help=say("只检查这些规则", "only these rules")),
    rules: list[Path] = _RULES,
    quiet: bool = typer.Option(False, "--quiet", "-q"),
) -> None:
    """Check names, texts and examples; every mistake is shown with file and line."""
    from analyzer.engine.check import check_rules
    from analyzer.engine.lint import notes
    from analyzer.rulebook.library import load_library

    library = load_library(rules)
    chosen = [_find(library, code) for code in codes or []] or _own(library, rules) or list(library.rules.values())
    totals = [0, 0]

    def tell(one: RuleFile, outcomes: Sequence[Outcome]) -> None:
        held = sum(outcome.holds for outcome in outcomes)
        totals[0] += held
        totals[1] += len(outcomes)
        if not quiet and sys.stderr.isatty():
            console.err.print(f"{one.rule.code} {held}/{len(outcomes)}")

    problems = check_rules(library, chosen, tell)
    if problems:
        raise AnalyzerError(problems)
    console.out.print(
        say(
            f"{len(chosen)} 条规则无误，{totals[0]}/{totals[1]} 个示例成立。",
            f"{len(chosen)} rules are right; {totals[0]} of {totals[1]} examples hold.",
        )
    )
    for note in [] if quiet or codes else notes(library, date.today()):
        console.err.print(say("提示：", "note: ") + note.say(LANGUAGE), style="dim", markup=False)


def sql(
    code: str = typer.Argument(metavar="CODE"),
    dialect: str = typer.Option("duckdb", help=say("duckdb 或 spark", "duckdb or spark")),
    profile: str = typer.Option("sanmenxia", help=say("法律配置", "law profile")),
    settings: list[str] = typer.Option([], "--set", metavar="NAME=VALUE"),
    as_of: str = typer.Option("", "--as-of", metavar="DATE"),
    rules: list[Path] = _RULES,
) -> None:
    """Print the gathers and the query that answer a rule, parameters resolved."""
    if dialect not in (DUCKDB, SPARK):
        cause = Text(f"没有方言 `{dialect}`", f"there is no dialect `{dialect}`")
        raise AnalyzerError(Problem("--dialect", cause, Text("可用：duckdb、spark", "There are: duckdb, spark")))
    from analyzer.engine.judge import plan_rules
    from analyzer.engine.setting import Setting, Supply
    from analyzer.rulebook.library import load_library
    from analyzer.rulebook.rulings import resolve

    library = load_library(rules)
    one = _find(library, code)
    rulings = resolve(library.parameters, library.profiles, library.laws, profile, settings)
    supply = Supply({name: frozenset(table.columns) for name, table in library.vocabulary.tables.items()})
    today = date.fromisoformat(as_of) if as_of else date.today()
    setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, today, supply)
    plan = plan_rules(setting, library, [one])[0]
    for shape, gathering in plan.needed_gathers(plan.rules):
        console.out.print(f"-- {shape.table}", style="dim")
        _print_sql(_said(gathering.sql, dialect, library))
    console.out.print("-- 1 breach, 2 review, 3 compliant, 4 not_assessable, 5 not_applicable", style="dim")
    _print_sql(_said(plan.verdicts_query(), dialect, library))


def _said(query: str, dialect: str, library: Library) -> str:
    """The very SQL that an engine is given, laid out for people."""
    import sqlglot

    if dialect == SPARK:
        from analyzer.engine.spark.dialect import SparkDialect

        query = SparkDialect(library.vocabulary).text(query)
    return sqlglot.transpile(query, read=dialect, write=dialect, pretty=True)[0]


def _own(library: Library, folders: Sequence[Path]) -> list[RuleFile]:
    """The rules of the folders given with --rules: who adds rules checks those; the library is checked without."""
    return [one for one in library.rules.values() if any(folder in one.document.path.parents for folder in folders)]


def _print_sql(text: str) -> None:
    sys.stdout.write(text + ";\n\n")


def _find(library: Library, code: str) -> Any:
    from analyzer.rulebook.document import nearest

    for one in library.rules.values():
        if code.upper() in (one.rule.code, *one.rule.formerly) or code == one.rule.id:
            return one
    cause = Text(f"没有规则 `{code}`", f"there is no rule `{code}`")
    raise AnalyzerError(Problem(code, cause, nearest(code.upper(), library.rules)))
