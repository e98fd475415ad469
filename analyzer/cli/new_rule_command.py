"""`analyzer rules new FAMILY.NAME`: the first draft of a rule file, asked for on a terminal or given by options."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from analyzer.cli import console
from analyzer.cli.language import say
from analyzer.model import AnalyzerError, Force, Problem, Severity, Text

_HELP = say(
    "写出一条新规则的完整骨架，再按其中的 TODO 逐处填写。\n\n例：analyzer rules new notice.sent_by_post --out 我的规则",
    "Write a complete skeleton of a new rule; then fill in every TODO.\n\n"
    "Example: analyzer rules new notice.sent_by_post --out my-rules",
)
_QUESTIONS = {
    "--title-zh": ("问题的中文标题（如：告知超期）", "the problem in Chinese"),
    "--title-en": ("问题的英文标题（如：The party was told late）", "the problem in English, such as: The party was told late"),
    "--reads": ("所看的表（如 cases、notices、detections）", "the table that it reads, such as cases, notices, detections"),
    "--force": (f"性质：{'、'.join(Force)}", f"force: {', '.join(Force)}"),
    "--severity": (f"严重程度：{'、'.join(Severity)}", f"severity: {', '.join(Severity)}"),
    "--law": ("依据的法规（rules/law 中的名称，如 APL-2021）", "the law, by its id in rules/law, such as APL-2021"),
}  # fmt: skip


def add_to(rules: typer.Typer) -> None:
    """Add the command to the group of rule commands."""
    rules.command("new", help=_HELP)(new)


def new(
    name: str = typer.Argument(metavar="FAMILY.NAME", help=say("类别.合法的状态", "family.lawful_state")),
    out: Path = typer.Option(Path("my-rules"), "--out", metavar="DIR", help=say("规则目录", "folder of rules")),
    title_zh: str = typer.Option("", "--title-zh"),
    title_en: str = typer.Option("", "--title-en"),
    reads: str = typer.Option("", "--reads", help=say("所看的表", "the table that it reads")),
    force: str = typer.Option("", "--force", help=", ".join(Force)),
    severity: str = typer.Option("", "--severity", help=", ".join(Severity)),
    law: str = typer.Option("", "--law", help=say("法规", "the law")),
    code: str = typer.Option("", "--code", help=say("规则代码，不给则取下一个", "rule code; else the next free one")),
) -> None:
    """Write the skeleton of a rule."""
    from analyzer.rulebook.library import load_library
    from analyzer.rulebook.skeleton import Draft, write_skeleton

    given = [title_zh, title_en, reads, force, severity, law]
    title_zh, title_en, reads, force, severity, law = _complete(given)
    library = load_library([out] if out.is_dir() else [])
    draft = Draft(name, Text(title_zh, title_en), reads, force, severity, law, code.upper())
    path = write_skeleton(library, draft, out)
    console.out.print(say(f"已写出 {path.as_posix()}", f"written: {path.as_posix()}"), markup=False, soft_wrap=True)
    console.out.print(
        say(
            f"把每个 TODO 写完，再运行：analyzer rules check --rules {out.as_posix()}",
            f"Fill in every TODO, then run: analyzer rules check --rules {out.as_posix()}",
        ),
        markup=False,
        soft_wrap=True,
    )


def _complete(given: Sequence[str]) -> list[str]:
    """Ask for what was not given; where nobody can be asked, say all that is missing."""
    missing = [option for option, value in zip(_QUESTIONS, given, strict=True) if not value]
    if missing and not sys.stdin.isatty():
        cause = Text(f"缺少 {'、'.join(missing)}", f"missing: {', '.join(missing)}")
        remedy = Text("在终端里运行会逐项提问", "On a terminal each is asked for")
        raise AnalyzerError(Problem("analyzer rules new", cause, remedy))
    answers = []
    for option, value in zip(_QUESTIONS, given, strict=True):
        answers.append(value or str(typer.prompt(say(*_QUESTIONS[option]))))
    return answers
