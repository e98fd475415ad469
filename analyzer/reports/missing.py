"""What kept a rule from an answer, in words: from the label `column:cases.hearing_on` to 缺列：案件 · 听证日期."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.model import Text
from analyzer.reports.figures import Lack
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.wording import Words

_GATHERED = re.compile(r"(?P<tables>[\w+]+) \((?P<gather>\w+)\.(?P<column>\w+)\)")


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a rule lacked: what kind of gap, where, how to close it, and in how many rows at least."""

    rule: str
    kind: str
    place: str
    remedy: str
    rows: int


def describe_all(lacks: Iterable[Lack], law: Lawbook, words: Words) -> list[Missing]:
    """Return what was missing in words; values gathered by one query are one gap."""
    gaps: dict[tuple[str, str, str], Missing] = {}
    for lack in lacks:
        gap = describe(lack, law, words)
        place = gap.rule, gap.kind, gap.place
        if place not in gaps or gaps[place].rows < gap.rows:
            gaps[place] = gap
    return list(gaps.values())


def describe(lack: Lack, law: Lawbook, words: Words) -> Missing:
    """Return one label of `not_assessable` in words."""
    kind, _, rest = lack.missing.partition(":")
    if f"missing.{kind}.kind" not in words:
        kind, rest = "value", ""
    return Missing(
        rule=lack.rule,
        kind=words.t(f"missing.{kind}.kind"),
        place=_place(kind, rest, lack.rule, law, words),
        remedy=words.t(f"missing.{kind}.remedy", name=rest),
        rows=lack.rows,
    )


def _place(kind: str, rest: str, rule: str, law: Lawbook, words: Words) -> str:
    if kind == "parameter":
        known = law.rulings.parameters.get(rest)
        return f"{words.say(known.title)} ({rest})" if known else rest
    if (gathered := _GATHERED.fullmatch(rest)) is not None:
        tables = [_title(law.table_title(table), words) for table in gathered["tables"].split("+")]
        gather = law.gather(rule, gathered["gather"])
        about = words.say(gather.about.text) if gather and gather.about else gathered["gather"]
        return words.t("missing.gathered", tables=words.t("list.comma").join(tables), about=about)
    table, _, column = rest.partition(".")
    if not column:
        return _title(law.table_title(table), words) if table else words.t("missing.unplaced")
    return f"{_title(law.table_title(table), words)} · {_title(law.column_title(table, column), words)}"


def _title(title: Text, words: Words) -> str:
    return words.say(title)
