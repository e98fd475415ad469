"""`--reports` as every command that makes a package understands it, and what writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analyzer.cli.language import LANGUAGE, say
from analyzer.model import Problem, Text

DEFAULT = "xlsx,docx,html"
HELP = say("写哪些报表：xlsx,docx,html，或 none", "which reports: xlsx,docx,html, or none")
_KINDS = ("xlsx", "docx", "html")


def report_problems(reports: str) -> list[Problem]:
    """Return what is wrong with the words of `--reports`."""
    if reports == "none":
        return []
    remedy = Text("可用：xlsx、docx、html（逗号分隔），或 none", "There are: xlsx, docx, html (with commas), or none")
    causes = [
        Text(f"不认识的报表 `{one}`", f"the report `{one}` is unknown") for one in _words(reports) if one not in _KINDS
    ]
    if not _words(reports):
        causes = [Text("没有给出报表", "no report is named")]
    return [Problem("--reports", cause, remedy) for cause in causes]


def wanted_reports(reports: str) -> tuple[str, ...]:
    """Return the kinds that `--reports` names; none for `none`."""
    return () if reports == "none" else tuple(_words(reports))


def report_writer(kinds: tuple[str, ...], *, show_personal: bool = False) -> Callable[[Path], None] | None:
    """Return what writes these reports into a package that is being drafted; None where none is wanted."""
    if not kinds:
        return None

    def write(folder: Path) -> None:
        from analyzer.reports.writing import write_reports
        from analyzer.store.package import Package

        write_reports(Package(folder, drafted=True), kinds, folder, language=LANGUAGE, show_personal=show_personal)

    return write


def _words(reports: str) -> list[str]:
    return [word.strip() for word in reports.split(",") if word.strip()]


__all__ = ["DEFAULT", "HELP", "report_problems", "report_writer", "wanted_reports"]
