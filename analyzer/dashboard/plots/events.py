"""Records as events in time: which lane, when, until when, what a finding says of it, and the words of its hover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from analyzer.dashboard.plots.look import literal
from analyzer.dashboard.queries.kinds import KINDS
from analyzer.dashboard.queries.named import Named
from analyzer.dashboard.queries.prepared import Row
from analyzer.reports.facts import Facts
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.wording import Words

ALWAYS = ("detections", "notices", "cases", "payments")
"""The lanes that are drawn even when nothing stands in them: what is missing is seen too."""


@dataclass(frozen=True)
class Event:
    """One record as an event. `verdict` is breach, review or '' where no finding names it; `hover` is escaped."""

    table: str
    key: str
    at: datetime
    until: datetime | None
    verdict: str
    numbers: tuple[int, ...]
    hover: str


def make_events(
    rows: Mapping[str, Sequence[Row]], named: Iterable[Named], law: Lawbook, words: Words, show_personal: bool = False
) -> list[Event]:
    """Return the rows of a vehicle or a case as events, by time; `named` says which of them findings name."""
    facts = Facts(law, words)
    marks = _marks(named)
    events = []
    for table, kind in KINDS.items():
        if table not in rows:
            continue
        key_column = law.library.vocabulary[table].key[0]
        for row in rows[table]:
            at = _moment(row.get(kind.begins))
            if at is None:
                continue
            key = str(row[key_column])
            verdict, numbers = marks.get((table, key), ("", ()))
            ends = [end for end in (_moment(row.get(name)) for name in kind.ends) if end is not None]
            hover = _hover(table, key, at, verdict, numbers, row, law, words, facts, show_personal)
            events.append(Event(table, key, at, ends[0] if ends else None, verdict, numbers, hover))
    return sorted(events, key=lambda one: (one.at, one.table, one.key))


def undated(rows: Mapping[str, Sequence[Row]], events: list[Event]) -> int:
    """Return how many rows have no date and so no place in time."""
    return sum(len(frame) for table, frame in rows.items() if table in KINDS) - len(events)


def _marks(named: Iterable[Named]) -> dict[tuple[str, str], tuple[str, tuple[int, ...]]]:
    found: dict[tuple[str, str], tuple[str, tuple[int, ...]]] = {}
    for one in named:
        verdict, numbers = found.get((one.table, one.key), ("", ()))
        worst = "breach" if "breach" in (verdict, one.verdict) else "review"
        found[one.table, one.key] = (worst, tuple(dict.fromkeys((*numbers, one.number))))
    return found


def _hover(
    table: str, key: str, at: datetime, verdict: str, numbers: tuple[int, ...], row: Row,
    law: Lawbook, words: Words, facts: Facts, show_personal: bool,
) -> str:  # fmt: skip
    columns = law.library.vocabulary[table].columns
    when = at.isoformat(" ", "minutes") if (at.hour or at.minute) else at.date().isoformat()
    lines = [f"<b>{literal(words.say(law.table_title(table)))} {literal(key)}</b>", when]
    for name in KINDS[table].told:
        value = row.get(name)
        if value is not None and name in columns:
            shown = facts.cell(table, name, value, show_personal)
            lines.append(f"{literal(words.say(columns[name].title))} {literal(shown)}")
    if verdict:
        listed = words.t("list.comma").join(str(number) for number in numbers[:6]) + ("…" if len(numbers) > 6 else "")
        lines.append(
            f"<b>{literal(words.t('timeline.named', verdict=words.name('verdict', verdict), numbers=listed))}</b>"
        )
    return "<br>".join(lines)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


__all__ = ["ALWAYS", "KINDS", "Event", "make_events", "undated"]
