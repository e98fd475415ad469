"""`analyzer review CASE_ID --package DIR`: one case's review sheet (案卷评查)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from analyzer.reports.case_review import CaseReview

_HELP = say(
    "一个案件的评查表：各步骤的期限、每条规则的结论、缺少什么，以及留给评查人的项目。\n\n"
    "例：analyzer review C0001 --package 结果 --out 评查.html",
    "One case's review sheet: steps and time limits, every rule's answer, what is missing, what is left to a person.\n\n"
    "Example: analyzer review C0001 --package results --out review.html",
)
_FORMATS = (".md", ".html", ".json")


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("review", help=_HELP)(review)


def review(
    case_id: str = typer.Argument(metavar="CASE_ID", help=say("案件编号", "case number")),
    package: Path = typer.Option(..., "--package", help=say("结果包目录", "folder of the package")),
    out: Path = typer.Option(
        None, "--out", metavar="FILE", help=say("写成 .md、.html 或 .json", ".md, .html or .json")
    ),
    show_personal: bool = typer.Option(False, "--show-personal", help=say("不隐去个人信息", "do not mask")),
    as_json: bool = typer.Option(False, "--json", help=say("输出 JSON", "print JSON")),
) -> None:
    """Judge one case again and print its sheet."""
    from analyzer.reports.case_review import CaseReview
    from analyzer.store.case_file import read_case
    from analyzer.store.package import Package
    from analyzer.store.reopen import Reopened

    if out is not None and out.suffix not in _FORMATS:
        cause = Text(f"不能写成 `{out.suffix}`", f"`{out.suffix}` cannot be written")
        raise AnalyzerError(Problem(f"--out {out}", cause, Text("可用 .md、.html、.json", "Use .md, .html or .json")))
    case = read_case(Reopened(Package(package)), case_id)
    if show_personal:
        console.err.print(say("注意：显示了个人信息。", "Personal data is shown."), style="yellow")
    sheet = CaseReview(case, LANGUAGE, show_personal)
    if out is not None:
        _write(sheet, out)
    elif as_json:
        console.print_json(sheet.data())
    else:
        sys.stdout.write(sheet.markdown())


def _write(sheet: CaseReview, out: Path) -> None:
    if out.suffix == ".json":
        text = json.dumps(sheet.data(), ensure_ascii=False, indent=2) + "\n"
    else:
        text = sheet.markdown() if out.suffix == ".md" else sheet.html()
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        cause = Text(f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}")
        raise AnalyzerError(Problem(f"--out {out}", cause)) from None
    console.out.print(say(f"已写出 {out}", f"written: {out}"), markup=False, soft_wrap=True)
