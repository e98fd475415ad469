"""Which ledger a command means, who works on it, and which problems: the options that all ledger commands share."""

from __future__ import annotations

import getpass
import os
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analyzer.cli.language import say
from analyzer.model import AnalyzerError, Problem, Severity, Text

if TYPE_CHECKING:
    from analyzer.ledger import Filter, Ledger
    from analyzer.store.package import Package

URL = "ANALYZER_LEDGER_URL"
SETTINGS_FILE = "ledger.toml"
FILE = "ledger.sqlite"

STORE: Any = typer.Option(
    None, "--store", metavar="DIR", help=say("夜间扫描的库（台账在其中）", "the store (its ledger)")
)
PACKAGE: Any = typer.Option(None, "--package", metavar="DIR", help=say("审核结果包", "a package"))
LEDGER: Any = typer.Option(
    "",
    "--ledger",
    metavar="FILE|URL",
    help=say("台账文件或 postgresql:// 地址", "the ledger: a file or a postgresql:// URL"),
)
BY: Any = typer.Option("", "--by", metavar="NAME", help=say("操作人，默认系统用户", "who does it; the OS user"))
JSON: Any = typer.Option(False, "--json", help=say("输出 JSON", "print JSON"))
FILTER: Any = typer.Option(
    [],
    "--filter",
    metavar="NAME=VALUE,…",
    help=say(
        "条件，如 rule=NTC,agency=01,severity=high|critical,state=待核查,overdue=yes",
        "conditions: rule=NTC,agency=01,severity=high|critical,state=pending,overdue=yes",
    ),
)
NUMBERS: Any = typer.Argument(None, metavar="NUMBER", help=say("编号，如 2026-0007", "numbers such as 2026-0007"))
VERSION: Any = typer.Option(
    None,
    "--version",
    metavar="N",
    help=say("所见的版本，其间有改动则拒绝", "the version you saw; refused if changed since"),
)
REASON: Any = typer.Option("", "--reason", help=say("理由", "the reason"))
SHOW: Any = typer.Option(
    False, "--show-personal", help=say("不隐去个人信息（会记入台账）", "do not mask (written into the ledger)")
)


def where(store: Path | None, ledger: str, package: Path | None = None) -> str:
    """Return the file or URL of the ledger that is meant; raise `AnalyzerError` when none is.

    In this order: `--ledger`, the environment, `ledger.toml` of the store (`url = "postgresql://..."`), its own file.
    """
    if ledger:
        return ledger
    if found := os.environ.get(URL):
        return found
    if store is not None:
        return _said(store / SETTINGS_FILE) or str(store / FILE)
    remedy = Text("请给出 --store 目录，或 --ledger 文件或地址", "Give --store DIR, or --ledger FILE or URL")
    if package is not None:
        remedy = Text(
            "结果包旁没有台账，请用 --ledger 给出台账文件", "A package has no ledger of its own: give --ledger FILE"
        )
    raise AnalyzerError(Problem("--ledger", Text("没有说明是哪个台账", "which ledger is meant is not said"), remedy))


def _said(path: Path) -> str:
    if not path.is_file():
        return ""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        cause = Text("设置文件读不懂", "the settings file cannot be read")
        remedy = Text('写成 url = "postgresql://用户@主机/库"', 'Write url = "postgresql://user@host/database"')
        raise AnalyzerError(Problem(str(path), cause, remedy)) from error
    return str(said.get("url", ""))


def opened(store: Path | None, ledger: str, *, create: bool = False) -> Ledger:
    """Open the ledger that is meant; only `follow`, `add`, clues and settings may make a new one."""
    from analyzer.ledger import open_ledger

    if store is not None and not store.is_dir() and not create:
        raise AnalyzerError(Problem(f"--store {store}", Text("没有这个目录", "there is no such folder")))
    return open_ledger(where(store, ledger), create=create)


def package_of(store: Path | None, package: Path | None) -> Package:
    """Open the package that is named, or the one that the store publishes now."""
    from analyzer.store.package import Package
    from analyzer.store.places import existing
    from analyzer.store.publish import open_current

    if package is not None:
        return Package(package)
    if store is None:
        cause = Text("没有说明是哪个审核结果", "which audit is meant is not said")
        raise AnalyzerError(
            Problem("--package", cause, Text("请给出 --store 或 --package", "Give --store or --package"))
        )
    return open_current(existing(store))


def who(by: str) -> str:
    """Return who does it: as said, or the user of this machine."""
    if name := by.strip():
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        cause = Text("查不到系统用户名", "the user's name is not known")
        raise AnalyzerError(Problem("--by", cause, Text("请写 --by 姓名", "Give --by NAME"))) from None


def day(text: str, option: str) -> date | None:
    """Return a date as it was typed; None for nothing."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        cause = Text(f"`{text}` 不是日期", f"`{text}` is not a date")
        raise AnalyzerError(Problem(option, cause, Text("写成 2026-12-31", "Write it as 2026-12-31"))) from None


_YES = {"yes": True, "true": True, "1": True, "是": True, "no": False, "false": False, "0": False, "否": False}
_MANY = {"rule": "rules", "agency": "agencies", "severity": "severities", "state": "states", "verdict": "verdicts"}
_FLAGS = ("overdue", "listed", "repeated")
_NAMES = (*_MANY, *_FLAGS, "presence", "responsible")


def meant(filters: list[str], numbers: list[str] | None = None) -> Filter:
    """Return the filter that `--filter` and the numbers come to; raise `AnalyzerError` naming every mistake."""
    from analyzer.ledger import Filter

    found: dict[str, Any] = {"numbers": tuple(numbers or ())}
    problems: list[Problem] = []
    for text in (part for given in filters for part in given.replace("，", ",").split(",") if part.strip()):
        name, _, value = (part.strip() for part in text.partition("="))
        try:
            _take(found, name, value)
        except AnalyzerError as error:
            problems += [Problem(f"--filter {text.strip()}", one.cause, one.remedy) for one in error.problems]
    if problems:
        raise AnalyzerError(problems)
    return Filter(**found)


def _take(found: dict[str, Any], name: str, value: str) -> None:
    from analyzer.ledger import Presence
    from analyzer.ledger.changing import state_of

    values = tuple(part.strip() for part in value.split("|") if part.strip())
    if name not in _NAMES or not values:
        words = ", ".join(_NAMES)
        cause = Text("看不懂这个条件", "this condition is not understood")
        raise AnalyzerError(
            Problem("", cause, Text(f"写成 名称=值，可用：{words}", f"Write NAME=VALUE; there are: {words}"))
        )
    if name == "state":
        found["states"] = tuple(state_of(one) for one in values)
    elif name == "severity":
        found["severities"] = tuple(_severity(one) for one in values)
    elif name == "rule":
        found["rules"] = tuple(one.upper() for one in values)
    elif name in _MANY:
        found[_MANY[name]] = values
    elif name in _FLAGS:
        if value.lower() not in _YES:
            raise AnalyzerError(Problem("", Text("写 yes 或 no", "Write yes or no")))
        found[name] = _YES[value.lower()]
    elif name == "presence":
        if value not in list(Presence):
            raise AnalyzerError(Problem("", Text("可用：present、gone", "There are: present, gone")))
        found["presence"] = Presence(value)
    else:
        found["responsible"] = value


def _severity(word: str) -> str:
    from analyzer.reports.wording import Words

    for one in Severity:
        if word.lower() in (one.value, Words("zh").t(f"severity.{one}"), Words("en").t(f"severity.{one}").lower()):
            return one.value
    words = ", ".join(Severity)
    cause = Text(f"`{word}` 不是严重程度", f"`{word}` is no severity")
    raise AnalyzerError(Problem("", cause, Text(f"可用：{words}", f"There are: {words}")))


__all__ = [
    "BY",
    "FILTER",
    "JSON",
    "LEDGER",
    "NUMBERS",
    "PACKAGE",
    "REASON",
    "SHOW",
    "STORE",
    "VERSION",
    "day",
    "meant",
    "opened",
    "package_of",
    "where",
    "who",
]
