"""The program `analyzer`: its commands, its help, and the last net under every error."""

from __future__ import annotations

import os
import sys

import typer

from analyzer.cli import (
    audit_command,
    compare_command,
    dashboard_command,
    explain_command,
    lake_command,
    ledger_command,
    review_command,
    rules_command,
    scan_command,
    schedule_command,
    schema_command,
    store_command,
)
from analyzer.cli.console import CANNOT, err, print_problems
from analyzer.cli.language import say
from analyzer.model import AnalyzerError, Problem, Text

app = typer.Typer(
    name="analyzer",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=say(
        "检查执法者：按有日期的法律，逐条审核非现场执法的导出数据。\n\n"
        "先试：`analyzer demo`。审核一个目录：`analyzer audit 导出目录 --out 结果目录`。`--lang en` for English.",
        "Checks the enforcer: judges exported records of non-site enforcement by dated law.\n\n"
        "Try `analyzer demo` first. Audit a folder: `analyzer audit EXPORTS --out RESULTS --lang en`.",
    ),
)


@app.callback()
def _common(
    lang: str = typer.Option("zh", "--lang", help=say("语言：zh 或 en", "language: zh or en")),
) -> None:
    """Options that every command takes; `--lang` is read before the help is made, see `language`."""
    if lang not in ("zh", "en"):
        cause = Text(f"没有语言 `{lang}`", f"there is no language `{lang}`")
        raise AnalyzerError(Problem("--lang", cause, Text("可用：zh、en", "There are: zh, en")))


audit_command.add_to(app)
compare_command.add_to(app)
dashboard_command.add_to(app)
explain_command.add_to(app)
lake_command.add_to(app)
ledger_command.add_to(app)
review_command.add_to(app)
rules_command.add_to(app)
scan_command.add_to(app)
store_command.add_to(app)
schedule_command.add_to(app)
schema_command.add_to(app)


def main() -> None:
    """Run the program. A mistake of the user's shows its place, cause and remedy, never a traceback."""
    try:
        app(args=_language_first(sys.argv[1:]), standalone_mode=True)
    except AnalyzerError as error:
        print_problems(error)
        sys.exit(CANNOT)
    except KeyboardInterrupt:
        err.print(say("已中断，没有留下不完整的结果。", "Interrupted; no half result was left behind."))
        sys.exit(CANNOT)
    except Exception as error:
        if os.environ.get("ANALYZER_DEBUG"):
            raise
        # The text of an unforeseen error may hold a plate or a name, so only its kind is shown.
        kind = type(error).__name__
        err.print(say(f"程序内部出错（{kind}）。", f"An error inside the program ({kind})."), style="bold red")
        err.print(
            say(
                "设置环境变量 ANALYZER_DEBUG=1 再运行可看到细节（其中可能含个人信息）。",
                "Set ANALYZER_DEBUG=1 and run again to see the details (they may hold personal data).",
            )
        )
        sys.exit(CANNOT)


def _language_first(arguments: list[str]) -> list[str]:
    """Let `--lang` stand anywhere: typer knows it before the command only."""
    rest: list[str] = []
    lang: list[str] = []
    skip = False
    for number, word in enumerate(arguments):
        if skip:
            skip = False
        elif word == "--lang" and number + 1 < len(arguments):
            lang = [word, arguments[number + 1]]
            skip = True
        elif word.startswith("--lang="):
            lang = ["--lang", word.removeprefix("--lang=")]
        else:
            rest.append(word)
    return [*lang, *rest]
