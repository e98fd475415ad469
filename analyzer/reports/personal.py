"""Which facts of a finding are personal: every name that a rule shows is followed to the columns it comes from.

`vehicle` leads to `plate_no`, `case.party_name` to the name in `cases`, a gathered `one_payer` to what the query
selects under that name. What cannot be followed counts as free of personal data only where it holds no text.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import sqlglot
from sqlglot import exp

from analyzer.engine.language import LanguageError, parse, path
from analyzer.engine.names import ColumnName, Gathered, GatherShape, Named, ParameterName, Scope
from analyzer.engine.setting import Setting
from analyzer.engine.statistics import METHOD_COLUMNS
from analyzer.model.rule import Gather, Rule
from analyzer.reports.masking import FREE_TEXT

Meanings = frozenset[str | None]
"""The masks of the columns that a value may come from; None for columns that are not personal."""

_UNKNOWN: Meanings = frozenset({FREE_TEXT})


class PersonalNames:
    """What is personal in the findings of a rule."""

    def __init__(self, setting: Setting, rule: Rule | None) -> None:
        """Take the rule's names; without its file every text counts as personal."""
        self._rule, self._setting = rule, setting
        if rule is not None:
            base = setting.bases.get(rule.reads)
            gathers = {**(base.gather if base else {}), **rule.gather}
            shapes = {name: GatherShape(one, rule.reads, _selected(one), ()) for name, one in gathers.items()}
            self._scope = Scope(setting, rule.reads, "t", define=rule.define, gathers=shapes)

    def subject(self) -> Meanings:
        """What the subject's id may hold."""
        return self._of(self._rule.subject.id) if self._rule else _UNKNOWN

    def fact(self, name: str) -> Meanings:
        """What a fact of this name may hold."""
        return self._of(name) if self._rule else _UNKNOWN

    def _of(self, text: str) -> Meanings:
        try:
            return self._of_tree(self._scope, parse(text), ())
        except LanguageError:
            return _UNKNOWN

    def _of_tree(self, scope: Scope, tree: exp.Expr, seen: tuple[str, ...]) -> Meanings:
        found: set[str | None] = set()
        for parts in _names(tree):
            try:
                found |= self._of_name(scope, parts, seen)
            except LanguageError:
                found |= {None} if parts == ("as_of",) or parts[-1] in scope.links else _UNKNOWN
        return frozenset(found)

    def _of_name(self, scope: Scope, parts: tuple[str, ...], seen: tuple[str, ...]) -> Meanings:
        match scope.resolve(parts):
            case ColumnName(column=column):
                return frozenset({column.personal})
            case Named(scope=inner, name=name, tree=tree):
                return frozenset({None}) if name in seen else self._of_tree(inner, tree, (*seen, name))
            case Gathered(gather=gather, column=column):
                return self._of_gathered(scope.gathers[gather].gather, column, frozenset())
            case ParameterName():
                return frozenset({None})
        return _UNKNOWN

    def _of_gathered(self, gather: Gather, column: str, seen: frozenset[str]) -> Meanings:
        """Follow a column of a gather through its sub-queries to the canonical columns."""
        if column in seen:
            return frozenset()
        if gather.method is not None and column in METHOD_COLUMNS:
            return frozenset({None})  # a statistic names nobody
        tree = _query(gather.sql)
        tables = {one.alias_or_name: one.name for one in tree.find_all(exp.Table)}
        found: set[str | None] = set()
        for source in _selections(tree, column):
            for parts in _names(source):
                table = tables.get(parts[0]) if len(parts) > 1 else None
                if table and table in self._setting.vocabulary.tables:
                    found |= self._of_row(table, parts[1:])
                elif parts[0] != "p":
                    found |= self._of_gathered(gather, parts[-1], seen | {column})
        return frozenset(found)

    def _of_row(self, table: str, parts: tuple[str, ...]) -> Meanings:
        try:
            return self._of_name(Scope(self._setting, table, "r"), parts, ())
        except LanguageError:
            return _UNKNOWN


def _names(tree: exp.Expr) -> Iterable[tuple[str, ...]]:
    """The dotted names in a tree, each once and whole."""
    for node in tree.walk(prune=lambda node: isinstance(node, exp.Dot | exp.Column)):
        parts = path(node)
        if parts is not None:
            yield parts


@lru_cache(maxsize=512)
def _query(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="duckdb")


def _selected(gather: Gather) -> tuple[str, ...]:
    tree = _query(gather.sql)
    selected = tuple(tree.named_selects) if isinstance(tree, exp.Query) else ()
    return (*selected, *METHOD_COLUMNS) if gather.method else selected


def _selections(tree: exp.Expr, column: str) -> list[exp.Expr]:
    """Every expression that a query or a part of it selects under the name `column`."""
    return [
        projection.this if isinstance(projection, exp.Alias) else projection
        for select in tree.find_all(exp.Select)
        for projection in select.expressions
        if projection.alias_or_name == column
    ]
