"""Which rows of a base table are judged tonight, and under which rules: a few groups, each over its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from analyzer.engine.compile import CompiledRule
from analyzer.engine.night.asking import size_of
from analyzer.engine.night.report import Why
from analyzer.engine.night.slices import names_in
from analyzer.engine.night.ties import RuleTies
from analyzer.engine.plan import BasePlan

Reach = tuple[str, int]
"""A temporary table of places `r` in a base table, and how many they are."""


@dataclass
class Asked:
    """One rule tonight: all of its rows for a reason, or those that were reached.

    `apart` are rows that nothing of tonight leads to (their clock ran out, their unit differs): they lie anywhere in the
    history, and so does whatever their answers rest on.
    """

    rule: CompiledRule
    ties: RuleTies
    why: Why | None = None
    reached: list[Reach] = field(default_factory=list)
    apart: list[Reach] = field(default_factory=list)


@dataclass
class Group:
    """Rules that are judged over the rows `rows` (a temporary table of places `r`)."""

    asked: list[Asked]
    rows: str
    size: int

    @property
    def rules(self) -> list[CompiledRule]:
        """The rules of the group."""
        return [one.rule for one in self.asked]


@dataclass
class BaseNight:
    """One base table tonight. `gone` is the table of the keys of its rows that are no more."""

    plan: BasePlan
    asked: list[Asked]
    gone: str | None = None
    groups: list[Group] = field(default_factory=list)

    @property
    def in_full(self) -> list[CompiledRule]:
        """The rules that judge every row."""
        return [one.rule for one in self.asked if one.why is not None]

    def names(self) -> set[str]:
        """Every name that stands in the SQL of the groups' rules: columns that are read are among them."""
        rules = [rule for group in self.groups for rule in group.rules]
        uses = [(rule, usage) for rule in rules for usage in (rule.verdict_usage, rule.finding_usage)]
        texts = [gathering.sql for _, gathering in self.plan.needed_gathers(rules)]
        return {name for text in (*texts, self.plan.prepared_row(uses), self.plan.key) for name in names_in(text)}

    def form_groups(self, con: duckdb.DuckDBPyConnection, own: Reach | None, shared_up_to: int) -> None:
        """Put the rules that do not judge every row into groups; none when nothing was reached.

        Rows that are reached for one rule are judged under all of them when they are no more than `shared_up_to`, or
        half the rows that changed: to ask more rules of a few rows costs less than to ask twice. Rules whose answers
        rest on dear look-ups are asked of their own rows alone, and rows that lie anywhere for the rule that needs them.
        """
        some = [one for one in self.asked if one.why is None]
        few = max(shared_up_to, own[1] // 2 if own else 0)
        changed = [own] if own else []
        shared = [reach for one in some if not _is_dear(one) for reach in one.reached if reach[1] <= few]
        by_large: dict[tuple[bool, frozenset[Reach]], list[Asked]] = {}
        for one in some:
            dear = _is_dear(one)
            large = frozenset([*(reach for reach in one.reached if dear or reach[1] > few), *one.apart])
            by_large.setdefault((dear, large), []).append(one)
        for number, ((dear, large), asked) in enumerate(by_large.items()):
            reaches = [*changed, *([] if dear else shared), *sorted(large)]
            tables = dict.fromkeys(name for name, _ in reaches)
            if tables:
                self.groups.append(_group(con, asked, f"night_rows_{self.plan.table}_{number}", list(tables)))
        self.groups = _drawn_together(con, self.groups)


def _group(con: duckdb.DuckDBPyConnection, asked: list[Asked], name: str, tables: Sequence[str]) -> Group:
    places = " UNION ".join(f'SELECT r FROM "{table}"' for table in tables)
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {places}')
    return Group(asked, name, size_of(con, f'"{name}"'))


_ROW, _LINK, _TIE, _DEAR, _GROUP = 10, 2, 8, 40, 500_000
"""What it costs to judge a row at all, to look up what a link, a tie, a dear tie leads to, and to judge a group at all;
a rule costs one."""


def _drawn_together(con: duckdb.DuckDBPyConnection, groups: Sequence[Group]) -> list[Group]:
    """Judge two groups as one wherever that costs less: where their rows are mostly the same."""
    done: list[Group] = []
    for group in sorted(groups, key=lambda one: -_cost(one.asked, one.size)):
        # What is gained at most: the rows of the two together are no fewer than those of the larger.
        gains = [_gain(group, other, max(group.size, other.size)) for other in done]
        for place in sorted((at for at, gain in enumerate(gains) if gain > 0), key=lambda at: -gains[at]):
            other = done[place]
            drawn = _group(con, [*other.asked, *group.asked], f"{group.rows}_too", [other.rows, group.rows])
            if _gain(group, other, drawn.size) > 0:
                done[place] = drawn
                break
        else:
            done.append(group)
    return done


def _gain(one: Group, other: Group, rows: int) -> int:
    """What it saves to judge two groups as one of so many rows."""
    apart = _cost(one.asked, one.size) + _cost(other.asked, other.size) + _GROUP
    return apart - _cost([*one.asked, *other.asked], rows)


def _cost(asked: Sequence[Asked], rows: int) -> int:
    ties = {tie for one in asked for tie in one.ties.ties}
    looked_up = sum(_DEAR if tie.is_dear else _TIE if len(tie.pairs) > 1 or tie.within else _LINK for tie in ties)
    return rows * (_ROW + len(asked) + looked_up)


def _is_dear(asked: Asked) -> bool:
    return any(tie.is_dear for tie in asked.ties.ties)
