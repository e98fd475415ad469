"""What a rule reaches: every column that can decide its answer, and how the rule asks of it.

The texts of the rule, of the facts that it names and of the gathers that it uses are followed to canonical columns.
From this come the data that a rule needs, as documents show them, and the cells whose blank the rule itself asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from analyzer.engine.compile import CompiledRule
from analyzer.engine.language import call, parse, path
from analyzer.engine.names import ColumnName, Gathered, GatherShape, Named, ParameterName, Path, Scope

Cell = tuple[str, str]
"""A canonical column: table and name."""

ASKS_FOR_BLANK = frozenset({"blank", "filled", "known", "or_else", "as_key"})
"""The words by which a rule asks whether a cell is there."""

ASKS_FOR_UNKNOWN = frozenset({"known", "as_key"})
"""The words for which an unknown cell is an answer of its own."""

_Marks = frozenset[str]
_VERDICT_PARTS = ("applies_when", "breach", "review", "review_instead", "undecided_when", "as_of")


@dataclass
class Reach:
    """The columns that decide a rule's answer.

    `asked` holds the words around each column, `links` the columns by which rows of different tables, or of a group,
    find each other, `tables` every table that is read, `parameters` the numbers of the law.
    """

    columns: dict[Cell, None] = field(default_factory=dict)
    asked: dict[Cell, set[str]] = field(default_factory=dict)
    links: set[Cell] = field(default_factory=set)
    tables: dict[str, None] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)

    def is_asked(self, cell: Cell, words: frozenset[str]) -> bool:
        """Whether the rule asks for the column with one of these words."""
        return bool(self.asked.get(cell, set()) & words)


def reach_of(compiled: CompiledRule) -> Reach:
    """Return what decides the answers of a compiled rule."""
    rule, base = compiled.rule, compiled.scope.base
    walker = _Walker(compiled.scope)
    walker.reach.tables[rule.reads] = None
    texts = [getattr(rule, part) for part in _VERDICT_PARTS]
    if base and rule.as_of is None:
        texts.append(base.as_of)
    if base and rule.withdrawn == "left_out":
        texts.append(base.leave_out)
    for text in texts:
        if text is not None:
            walker.follow(compiled.scope, parse(text), frozenset())
    return walker.reach


def reach_of_texts(compiled: CompiledRule, texts: Iterable[str]) -> Reach:
    """Return what some expressions over a rule's row reach."""
    walker = _Walker(compiled.scope)
    for text in texts:
        walker.follow(compiled.scope, parse(text), frozenset())
    return walker.reach


class _Walker:
    """Follows names to canonical columns; what has been followed under the same words is not followed again."""

    def __init__(self, scope: Scope) -> None:
        self.base, self.reach = scope, Reach()
        self._seen: set[object] = set()

    def follow(self, scope: Scope, tree: exp.Expr, marks: _Marks) -> None:
        """Follow an expression over a row."""
        called = call(tree)
        if called is not None:
            self._call(scope, *called, marks)
        elif (parts := path(tree)) is not None:
            self._name(scope, parts, marks)
        else:
            for child in tree.iter_expressions():
                self.follow(scope, child, marks)

    def _call(self, scope: Scope, name: str, arguments: list[exp.Expr], marks: _Marks) -> None:
        if name in ("supplied", "profile"):
            return
        if name == "found" and (parts := path(arguments[0])) is not None:
            self._links(scope, parts, marks)
            return
        for number, argument in enumerate(arguments):
            # or_else(x, y) asks for x; y is read like any other value
            asks = name in ASKS_FOR_BLANK and (name != "or_else" or number == 0)
            self.follow(scope, argument, marks | {name} if asks else marks)

    def _name(self, scope: Scope, parts: Path, marks: _Marks) -> None:
        if parts == ("as_of",):
            return
        if parts[0] != "p":
            self._links(scope, parts[:-1], marks)
        meaning = scope.resolve(parts)
        if isinstance(meaning, ColumnName):
            self._column(meaning.scope.table, meaning.column.name, marks)
        elif isinstance(meaning, ParameterName):
            self.reach.parameters[meaning.name] = None
        elif isinstance(meaning, Named) and self._is_new((meaning.scope.table, meaning.name, marks)):
            self.follow(meaning.scope, meaning.tree, marks)
        elif isinstance(meaning, Gathered):
            self._gather(scope, scope.gathers[meaning.gather])

    def _column(self, table: str, column: str, marks: _Marks) -> None:
        self.reach.tables[table] = None
        self.reach.columns[(table, column)] = None
        self.reach.asked.setdefault((table, column), set()).update(marks)

    def _links(self, scope: Scope, parts: Path, marks: _Marks) -> None:
        """Note the columns by which a path of links finds its rows; who asks for what a link leads to asks for it."""
        for name in parts:
            link = scope.links[name]
            self._column(scope.table, link.by, marks)
            self.reach.links.add((scope.table, link.by))
            self.reach.tables[link.table] = None
            scope = scope.link(name)

    def _is_new(self, what: object) -> bool:
        if what in self._seen:
            return False
        self._seen.add(what)
        return True

    # Gathers

    def _gather(self, scope: Scope, shape: GatherShape) -> None:
        if not self._is_new(shape.table):
            return
        gather = shape.gather
        for expression in (*gather.keys.values(), *([gather.during.date] if gather.during else ())):
            self._key(scope, expression)
        query = sqlglot.parse_one(gather.sql, read="duckdb")
        ctes = {cte.alias for cte in query.find_all(exp.CTE)}
        vocabulary = scope.setting.vocabulary
        rows: dict[str, Scope] = {}
        for table in query.find_all(exp.Table):
            if table.name in vocabulary.tables and table.name not in ctes:
                rows[table.alias_or_name] = Scope(scope.setting, table.name, table.alias_or_name, flat=True)
                self.reach.tables[table.name] = None
            elif table.name in scope.gathers:
                self._gather(scope, scope.gathers[table.name])
        self._query(query, rows, frozenset(), frozenset(gather.keys))

    def _query(self, node: exp.Expr, rows: dict[str, Scope], marks: _Marks, keys: frozenset[str]) -> None:
        """Follow a query; the names by which it groups, joins or is matched are links as well."""
        if isinstance(node, exp.Group) or (isinstance(node, exp.Alias) and node.alias in keys):
            self._links_in(node, rows)
        elif isinstance(node, exp.Join) and node.args.get("on") is not None:
            self._links_in(node.args["on"], rows)
        elif isinstance(node, exp.Window):
            for part in node.args.get("partition_by") or ():
                self._links_in(part, rows)
        elif isinstance(node, exp.Column) and node.name in keys and isinstance(node.parent, exp.Select):
            self._links_in(node, rows)
        called, parts = call(node), path(node)
        if called is not None:
            name, arguments = called
            if name == "found":
                parts = path(arguments[0]) or ("",)
                if parts[0] in rows:
                    self._links(rows[parts[0]], parts[1:], marks)
                return
            for number, argument in enumerate(arguments):
                asks = name in ASKS_FOR_BLANK and (name != "or_else" or number == 0)
                self._query(argument, rows, marks | {name} if asks else marks, keys)
        elif parts is not None:
            self._gathered_name(parts, rows, marks)
        else:
            for child in node.iter_expressions():
                self._query(child, rows, marks, keys)

    def _gathered_name(self, parts: Path, rows: dict[str, Scope], marks: _Marks) -> None:
        if parts[0] in rows and len(parts) > 1:
            self._name(rows[parts[0]], parts[1:], marks)
        elif len(parts) == 2 and parts[0] == "p":
            self.reach.parameters[parts[1]] = None

    def _links_in(self, tree: exp.Expr, rows: dict[str, Scope]) -> None:
        for node in tree.walk(prune=lambda one: path(one) is not None):
            parts = path(node)
            if parts is not None and parts[0] in rows and len(parts) > 1:
                self._key(rows[parts[0]], ".".join(parts[1:]))

    def _key(self, scope: Scope, text: str) -> None:
        """Note every column of a text by which rows are matched, besides following it."""
        inner = _Walker(self.base)
        for walker in (inner, self):
            walker.follow(scope, parse(text), frozenset())
        self.reach.links.update(inner.reach.columns)


__all__ = ["ASKS_FOR_BLANK", "ASKS_FOR_UNKNOWN", "Cell", "Reach", "reach_of", "reach_of_texts"]
