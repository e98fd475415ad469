"""The ledger on the screen and as JSON: masked, and without the ids of findings, which could be guessed back to plates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.table import Table

from analyzer.cli import console
from analyzer.cli.language import LANGUAGE, say

if TYPE_CHECKING:
    from analyzer.ledger import Clue, Entry, Line, Page, ProofLine
    from analyzer.ledger.states import State

_WRITTEN = ("plan", "reason", "accountability", "result", "status_said")
"""What people write: a plate or a number may stand in it. Who leads and who answers is what the ledger is there to name."""
_SECRET = ("finding_id",)
Shown = Callable[[str], str]


def shown_as(show_personal: bool) -> Shown:
    """Return how a text that people wrote is shown."""
    from analyzer.reports.masking import mask_sentence

    return str if show_personal else mask_sentence


def entry_data(one: Entry, shown: Shown) -> dict[str, Any]:
    """An entry as data."""
    data = {name: value for name, value in asdict(one).items() if name not in _SECRET}
    for name in _WRITTEN:
        if name in data:
            data[name] = shown(data[name])
    for name in ("subject", "problem", "explanation", "remedy"):
        data[name] = {"zh": getattr(one, name).zh, "en": getattr(one, name).en}
    data["state_title"] = one.state.label.say(LANGUAGE)
    data["amount_yuan"] = yuan(data.pop("amount_fen"))
    data["is_listed"], data["not_filled"] = one.is_listed, list(one.not_filled)
    return data


def yuan(fen: int | None) -> str | None:
    """Money as a text with two decimals."""
    return None if fen is None else str(Decimal(fen) / 100)


def line_data(one: Line, shown: Shown) -> dict[str, Any]:
    """A line of the history as data."""
    data = asdict(one)
    data["old"], data["new"], data["reason"] = _values(one.old, shown), _values(one.new, shown), shown(one.reason)
    return data


def _values(values: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    return {name: shown(value) if isinstance(value, str) else value for name, value in values.items()}


def clue_data(one: Clue, shown_content: Shown) -> dict[str, Any]:
    """A clue as data; its content is nobody knows whose, and is hidden as a whole unless it is asked for."""
    data = asdict(one)
    data["content"] = shown_content(one.content)
    data["state_title"] = one.state.label.say(LANGUAGE)
    return data


def print_counts(counts: Mapping[State, int]) -> None:
    """Print how many problems stand where; the suppressed ones are among the total and said apart."""
    from analyzer.ledger import State

    parts = [f"{state.label.say(LANGUAGE)} {number}" for state, number in counts.items() if number]
    total = sum(counts.values())
    text = say(f"共 {total} 个问题：", f"{total} problems: ") + say("，", ", ").join(parts)
    if put_aside := counts.get(State.SUPPRESSED, 0):
        text += say(f"（其中暂缓处理 {put_aside} 个，另行统计）", f" ({put_aside} of them suppressed, counted apart)")
    console.out.print(text, markup=False, soft_wrap=True)


def print_page(page: Page, today: date) -> None:
    """Print one page of problems."""
    from analyzer.reports.wording import Words

    words = Words(LANGUAGE)
    titles = ("编号", "状态", "严重", "规则", "问题", "对象", "机构", "时限", "版本"), (
        "number", "state", "severity", "rule", "problem", "subject", "agency", "deadline", "version",
    )  # fmt: skip
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in say_all(*titles):
        table.add_column(title, no_wrap=title in ("编号", "number"))
    for one in page.entries:
        table.add_row(
            one.number,
            one.state.label.say(LANGUAGE) + _marks(one, today),
            words.name("severity", one.severity),
            one.rule or "",
            one.problem.say(LANGUAGE),
            one.subject.say(LANGUAGE),
            one.agency,
            one.deadline.isoformat() if one.deadline else "",
            str(one.version),
        )
    console.out.print(table)
    if page.pages > 1:
        text = say(f"第 {page.page} 页，共 {page.pages} 页（--page）", f"page {page.page} of {page.pages} (--page)")
        console.out.print(text, style="dim")


def say_all(zh: tuple[str, ...], en: tuple[str, ...]) -> tuple[str, ...]:
    """Return the titles in the language of this run."""
    return zh if LANGUAGE == "zh" else en


def _marks(one: Entry, today: date) -> str:
    marks = {
        say("逾期", "overdue"): one.is_overdue(today),
        say("挂牌", "listed"): one.is_listed,
        say("屡查屡犯", "came back"): one.times_repeated > 0,
        say("数据已无", "gone"): one.state.is_open and one.gone_on is not None,
        say(f"多 {one.grown_by} 条", f"{one.grown_by} more"): one.grown_by > 0,
    }
    found = [mark for mark, holds in marks.items() if holds]
    return f" [{say('、', ', ').join(found)}]".replace("[", "(").replace("]", ")") if found else ""


def print_entry(one: Entry, proofs: tuple[ProofLine, ...], lines: tuple[Line, ...], shown: Shown) -> None:
    """Print one problem with its proofs and its history."""
    from analyzer.ledger.words import field_title
    from analyzer.reports.wording import Words

    words = Words(LANGUAGE)
    console.out.print(f"{one.number}  {one.problem.say(LANGUAGE)}", style="bold", markup=False)
    state = one.state.label.say(LANGUAGE) + _marks(one, date.today())
    _pair(say("状态", "state"), f"{state}  v{one.version}")
    _pair(say("规则", "rule"), f"{one.rule or '-'}  {words.name('severity', one.severity)}")
    _pair(say("对象", "subject"), one.subject.say(LANGUAGE))
    _pair(say("机构", "agency"), one.agency)
    _pair(say("事实", "facts"), one.explanation.say(LANGUAGE))
    _pair(say("记录", "records"), f"{one.record_count}: {', '.join(one.record_keys)}")
    for name in ("leader", "responsible", "unit", "plan", "deadline", "reason", "accountability", "suppressed_until"):
        value = getattr(one, name)
        _pair(field_title(name).say(LANGUAGE), shown(value) if name in _WRITTEN else str(value or ""))
    for proof in proofs:
        hashed = f" sha256 {proof.sha256[:12]}…" if proof.sha256 else ""
        _pair(say("凭证", "proof"), f"{shown(proof.reference)}{hashed} ({proof.by}, {proof.at[:10]})")
    console.out.print(say("历史", "history"), style="dim")
    print_lines(lines, shown)


def _pair(title: str, value: str) -> None:
    if value:
        console.out.print(f"  {title}: {value}", markup=False, soft_wrap=True)


def print_lines(lines: tuple[Line, ...], shown: Shown) -> None:
    """Print lines of the history."""
    from analyzer.ledger.words import action_title, field_title, value_title

    for one in lines:
        parts = [
            f"{field_title(name).say(LANGUAGE)} {value_title(name, one.old.get(name)).say(LANGUAGE)}"
            f"→{_said(name, value, shown)}"
            for name, value in one.new.items()
        ]
        text = f"  {one.at.replace('T', ' ')} {one.by} {action_title(one.what).say(LANGUAGE)}"
        if one.about != "entry":
            text += f" {one.subject}"
        if parts:
            text += f": {say('，', ', ').join(parts)}"
        if one.reason:
            text += say("；理由：", "; reason: ") + shown(one.reason)
        console.out.print(text, markup=False, soft_wrap=True)


def _said(name: str, value: Any, shown: Shown) -> str:
    from analyzer.ledger.words import value_title

    if isinstance(value, list):
        return say("、", ", ").join(
            shown(str(one.get("reference", one) if isinstance(one, dict) else one)) for one in value
        )
    return shown(value_title(name, value).say(LANGUAGE))


__all__ = [
    "Shown", "clue_data", "entry_data", "line_data", "print_counts", "print_entry", "print_lines", "print_page", "say_all",
    "shown_as", "yuan",
]  # fmt: skip
