"""`analyzer ledger clue ...`: clues of the hotline, petitions and media, by hand or from the table of a package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say
from analyzer.cli.ledger_place import BY, JSON, LEDGER, PACKAGE, SHOW, STORE, VERSION, day, opened, package_of, who
from analyzer.cli.ledger_screen import clue_data, line_data, print_lines, say_all, shown_as
from analyzer.model import AnalyzerError, Problem, Text

if TYPE_CHECKING:
    from analyzer.ledger import Clue, Reported
    from analyzer.rulebook.coverage import ClueCategory

_HELP = say(
    "问题线索：12328、信访、媒体、督察、自查。\n\n例：\n\n    analyzer ledger clue import --store 库\n\n"
    "    analyzer ledger clue add --source 12328 --category 随意拦车 --content … --received 2026-11-02 --store 库\n\n"
    "    analyzer ledger clue handle XS2026-0001 --state concluded --result 已核实 --replied 2026-11-20 --store 库",
    "Clues: hotline 12328, petitions, media, inspections, self.\n\nExamples:\n\n"
    "    analyzer ledger clue import --store STORE\n\n"
    "    analyzer ledger clue add --source 12328 --category stops --content ... --store STORE\n\n"
    "    analyzer ledger clue handle XS2026-0001 --state concluded --result found --store STORE",
)
_NUMBER: Any = typer.Argument(metavar="NUMBER", help=say("线索编号，如 XS2026-0001", "a number such as XS2026-0001"))
_SOURCES = {
    "12328": ("12328热线", "hotline 12328"),
    "petition": ("信访", "petition"),
    "media": ("媒体", "media"),
    "inspection": ("督察", "inspection"),
    "self": ("自查", "self"),
    "other": ("其他", "other"),
}


def add_to(group: typer.Typer) -> None:
    """Add the commands of clues to the group."""
    clue = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=_HELP)
    for name, command, words, example in (
        ("list", list_clues, ("列出线索。", "List the clues."), ""),
        ("show", show, ("一条线索及其历史。", "One clue and its history."), "XS2026-0001 "),
        ("add", add, ("录入一条线索。", "Enter a clue."), "--source 12328 --content ... "),
        ("import", take_over, ("从审核结果的线索表导入。", "Take over the table of clues of a package."), ""),
        (
            "handle",
            handle,
            ("办理：状态、经办人、结果、办结和反馈日期。", "Handle a clue."),
            "XS2026-0001 --state concluded ",
        ),
        ("link", link, ("关联到台账里的问题。", "Link a clue to a problem."), "XS2026-0001 2026-0007 "),
    ):
        shown = f"analyzer ledger clue {name} {example}--store "
        help_text = say(f"{words[0]}\n\n例：\n\n    {shown}库", f"{words[1]}\n\nExample:\n\n    {shown}STORE")
        clue.command(name, help=help_text)(command)
    group.add_typer(clue, name="clue")


def categories() -> dict[str, ClueCategory]:
    """Return the categories of `rules/clues.yaml` by id."""
    from analyzer.ledger.groups import load_plan
    from analyzer.rulebook.library import rules_folder

    return dict(load_plan(rules_folder()).clues)


def category_of(word: str, known: dict[str, ClueCategory] | None = None) -> str:
    """Return the id of the category that a word names: id, title or a further spelling; raise `AnalyzerError`."""
    found = known if known is not None else categories()
    for one in found.values():
        if word.strip().casefold() in {spelling.casefold() for spelling in (one.id, *one.title, *one.also)}:
            return one.id
    titles = "、".join(f"{one.id}（{one.title.zh}）" for one in found.values())
    cause = Text(f"没有问题类别 `{word}`", f"there is no category `{word}`")
    raise AnalyzerError(Problem("--category", cause, Text(f"可用：{titles}", f"There are: {', '.join(found)}")))


def list_clues(
    store: Path = STORE,
    ledger: str = LEDGER,
    state: list[str] = typer.Option([], "--state", help="received, handling, concluded"),
    source: str = typer.Option("", "--source", help=", ".join(_SOURCES)),
    show_personal: bool = SHOW,
    as_json: bool = JSON,
) -> None:
    """List clues."""
    from analyzer.ledger import ClueState

    if wrong := [one for one in state if one not in list(ClueState)]:
        cause = Text(f"没有状态 {wrong[0]}", f"there is no state {wrong[0]}")
        words = ", ".join(ClueState)
        raise AnalyzerError(Problem("--state", cause, Text(f"可用：{words}", f"There are: {words}")))
    with opened(store, ledger) as book:
        found = book.clues(states=state, source=source)
        if show_personal:
            book.log_reveal(by=who(""), kind="clues", reason="--show-personal")
    content = _content(show_personal)
    if as_json:
        console.print_json([clue_data(one, content) for one in found])
        return
    titles = (
        ("编号", "状态", "来源", "收到", "机构", "类别", "内容", "办结", "反馈", "问题"),
        ("number", "state", "source", "received", "agency", "category", "content", "concluded", "replied", "problems"),
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in say_all(*titles):
        table.add_column(title)
    names = {one.id: one.title.say(LANGUAGE) for one in categories().values()} if found else {}
    for one in found:
        table.add_row(
            one.number, one.state.label.say(LANGUAGE), say(*_SOURCES.get(one.source, (one.source, one.source))),
            _day(one.received_on), one.agency_id or "", names.get(one.category, one.category), content(one.content),
            _day(one.concluded_on), _day(one.replied_on), ", ".join(one.entries),
        )  # fmt: skip
    console.out.print(table)


def _day(value: object) -> str:
    return "" if value is None else str(value)


def _content(show_personal: bool) -> Any:
    """What a clue says names people whom nobody can know beforehand: all of it is hidden."""
    from analyzer.reports.masking import FREE_TEXT, mask

    return str if show_personal else lambda text: mask(text, FREE_TEXT)


def show(
    number: str = _NUMBER, store: Path = STORE, ledger: str = LEDGER, show_personal: bool = SHOW, as_json: bool = JSON
) -> None:
    """Show one clue."""
    shown = shown_as(show_personal)
    with opened(store, ledger) as book:
        one, lines = book.clue(number), book.history(number)
        if show_personal:
            book.log_reveal(by=who(""), kind="clue", reason="--show-personal")
    data = clue_data(one, _content(show_personal))
    if as_json:
        console.print_json({**data, "history": [line_data(line, shown) for line in lines]})
        return
    for name, value in data.items():
        if value not in (None, "", ()):
            text = ", ".join(value) if isinstance(value, tuple) else shown(str(value))
            console.out.print(f"  {name}: {text}", markup=False, soft_wrap=True)
    print_lines(lines, shown)


def add(
    store: Path = STORE,
    ledger: str = LEDGER,
    source: str = typer.Option(..., "--source", help=", ".join(_SOURCES)),
    category: str = typer.Option("other", "--category", help=say("问题类别", "category")),
    content: str = typer.Option(..., "--content", help=say("内容", "what it says")),
    received: str = typer.Option("", "--received", metavar="DATE", help=say("收到日期，默认今天", "received; today")),
    agency: str = typer.Option("", "--agency", help=say("执法机构编号", "the agency's number")),
    clue_id: str = typer.Option("", "--clue-id", help=say("来源的线索编号", "the source's own number")),
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Enter a clue."""
    from datetime import date

    from analyzer.ledger import Reported

    said = Reported(
        source=source, received_on=day(received, "--received") or date.today(), category=category_of(category),
        content=content, agency_id=agency or None, clue_id=clue_id or None,
    )  # fmt: skip
    with opened(store, ledger, create=True) as book:
        _say_clue(book.add_clue(said, by=who(by)), as_json)


def take_over(
    store: Path = STORE, package: Path = PACKAGE, ledger: str = LEDGER, by: str = BY, as_json: bool = JSON
) -> None:
    """Take over the clues of a package."""
    from analyzer.cli.ledger_place import where
    from analyzer.ledger import open_ledger

    found = package_of(store, package)
    if "clues" not in found.tables:
        cause = Text("审核结果里没有线索表", "the package has no table of clues")
        raise AnalyzerError(
            Problem(str(found.folder), cause, Text("导出里须有“问题线索”表", "The exports need a table of clues"))
        )
    with open_ledger(where(store, ledger, package)) as book:
        new, changed, same = book.import_clues(list(_reported(found)), by=who(by))
    if as_json:
        console.print_json({"new": new, "changed": changed, "unchanged": same})
        return
    text = say(
        f"新线索 {new} 条，有变化 {changed} 条，不变 {same} 条。", f"{new} new, {changed} changed, {same} unchanged."
    )
    console.out.print(text)


def _reported(package: Any) -> Iterator[Reported]:
    """The clues of a package; a category that is not known is one of the others, and what was written stays beside it."""
    from analyzer.ledger import Reported

    known = categories()
    with package.connect() as con:
        rows = con.execute(
            "SELECT clue_id, source, received_on, agency_id, category, content, status FROM records_clues ORDER BY clue_id"
        ).fetchall()
    for clue_id, source, received_on, agency_id, category, content, status in rows:
        try:
            kind = category_of(category or "", known)
        except AnalyzerError:
            kind = "other"
        yield Reported(
            source or "other", received_on, kind, content or "", agency_id, clue_id, status or "", category or ""
        )


def handle(
    number: str = _NUMBER,
    store: Path = STORE,
    ledger: str = LEDGER,
    state: str = typer.Option("", "--state", help="received, handling, concluded"),
    handler: str = typer.Option(None, "--handler", help=say("经办人", "who handles it")),
    result: str = typer.Option(None, "--result", help=say("办理结果", "what came of it")),
    concluded: str = typer.Option("", "--concluded", metavar="DATE", help=say("办结日期", "concluded on")),
    replied: str = typer.Option("", "--replied", metavar="DATE", help=say("反馈日期", "replied on")),
    satisfied: bool = typer.Option(None, "--satisfied/--not-satisfied", help=say("是否满意", "satisfied")),
    category: str = typer.Option("", "--category", help=say("问题类别", "category")),
    by: str = BY,
    version: int = VERSION,
    as_json: bool = JSON,
) -> None:
    """Handle a clue."""
    from analyzer.ledger import ClueState

    if state and state not in list(ClueState):
        words = ", ".join(ClueState)
        cause = Text(f"没有状态 {state}", f"there is no state {state}")
        raise AnalyzerError(Problem("--state", cause, Text(f"可用：{words}", f"There are: {words}")))
    given = {
        "state": state or None,
        "handler": handler,
        "result": result,
        "concluded_on": day(concluded, "--concluded"),
        "replied_on": day(replied, "--replied"),
        "is_satisfied": satisfied,
        "category": category_of(category) if category else None,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    with opened(store, ledger) as book:
        _say_clue(book.handle_clue(number, by=who(by), version=version, **changes), as_json)


def link(
    number: str = _NUMBER,
    entry: str = typer.Argument(metavar="PROBLEM", help=say("问题编号", "the problem's number")),
    store: Path = STORE,
    ledger: str = LEDGER,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Link a clue to a problem."""
    with opened(store, ledger) as book:
        _say_clue(book.link_clue(number, entry, by=who(by)), as_json)


def _say_clue(one: Clue, as_json: bool) -> None:
    if as_json:
        console.print_json(clue_data(one, _content(False)))
        return
    linked = say("，关联问题 ", ", problems ") + ", ".join(one.entries) if one.entries else ""
    console.out.print(f"{one.number}  {one.state.label.say(LANGUAGE)}{linked}", markup=False)


__all__ = ["add_to", "categories", "category_of"]
