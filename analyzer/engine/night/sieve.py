"""Which rows of a table a gather can count at all: the conditions that its query puts on the row itself.

A row that meets them neither today nor on the day before counts for nothing on either, whatever became of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from analyzer.engine.joins import INNER
from analyzer.model import Table
from analyzer.model.tables import UNKNOWN

ROW = "x"
"""The alias of the row in a sieve."""


@dataclass(frozen=True)
class Sieve:
    """The condition on a row (alias `x`) under which a query may count it, on two days."""

    now: str
    then: str
    is_moved: bool
    """Whether the two days differ in anything else: then the sieve does not tell whom the days moved."""

    @property
    def either(self) -> str:
        """The condition that a row may be counted on one of the days."""
        return self.now if self.now == self.then else f"(({self.now}) OR ({self.then}))"


def sieve_of(now: str, then: str, table: Table) -> Sieve:
    """Return the sieve of a compiled gather of a table, as it stands on two days."""
    trees = [sqlglot.parse_one(text, read="duckdb") for text in (now, then)]
    conditions = [list(_taken_out(tree, table)) for tree in trees]
    texts = [_either(one) for one in conditions]
    return Sieve(texts[0], texts[1], is_moved=trees[0] != trees[1] or len(conditions[0]) != len(conditions[1]))


def _taken_out(tree: exp.Expr, table: Table) -> Iterator[list[exp.Expr]]:
    """Take the conditions on rows of the table out of a query, reading by reading."""
    for select in list(tree.find_all(exp.Select)):
        alias = _reads(select, table.name)
        if alias is None:
            continue
        where = select.args.get("where")
        parts = list(_conjuncts(where.this)) if where is not None else []
        mine = [part for part in parts if _is_about(part, alias, table)]
        yield [_renamed(part) for part in mine]
        for part in mine:
            if part.parent is not None:
                part.replace(exp.true())
    for node in tree.find_all(exp.Table):
        if node.name == table.name and not isinstance(node.parent, exp.From):
            yield []


def _reads(select: exp.Select, table: str) -> str | None:
    """The alias under which a query reads a table first; a sub-query that only carries links along is looked through."""
    first = select.args.get("from_")
    source = first.this if first is not None else None
    if isinstance(source, exp.Table) and source.name == table and source.alias_or_name != INNER:
        return str(source.alias_or_name)
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select):
        inner = source.this.args.get("from_")
        if inner is not None and isinstance(inner.this, exp.Table):
            return str(source.alias) if (inner.this.name, inner.this.alias) == (table, INNER) else None
    return None


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Paren):
        yield from _conjuncts(node.this)
    elif isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _is_about(part: exp.Expr, alias: str, table: Table) -> bool:
    """Whether a condition asks for columns of the row alone."""
    if part.find(exp.Query, exp.Window) is not None:
        return False
    columns = list(part.find_all(exp.Column))
    own = {*table.columns, UNKNOWN}
    return bool(columns) and all(one.table == alias and one.name in own for one in columns)


def _renamed(part: exp.Expr) -> exp.Expr:
    copy = part.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", exp.to_identifier(ROW, quoted=True))
    return copy


def _either(readings: Sequence[Sequence[exp.Expr]]) -> str:
    """The SQL that one of the readings may count a row."""
    if not readings or not all(readings):
        return "TRUE"
    ways = [" AND ".join(f"({part.sql(dialect='duckdb')})" for part in one) for one in readings]
    return " OR ".join(f"({way})" for way in dict.fromkeys(ways))


__all__ = ["ROW", "Sieve", "sieve_of"]
