"""Whom a row of a gather's source can concern: through which columns the result for one key depends on it.

A gather's query is followed from its key columns down to the canonical tables: through groups that keep the key,
windows that are cut by it, unions, sub-queries, and joins that are equal in it. Where a key column reaches a table
as an expression over the table's own row, only rows with the same value there can matter to the result for a key.
Where none does, every row may matter. Nothing is guessed: what is not understood restricts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from analyzer.engine.language import path
from analyzer.engine.names import GatherShape

Place = tuple[str, ...]
"""Where in a query a table is read: the branches, sub-queries and aliases that lead there."""


@dataclass(frozen=True)
class Reading:
    """One reading of a canonical table: in which gather, under which alias."""

    gather: str
    table: str
    alias: str


@dataclass
class Lineage:
    """What the result for a key rests on: every reading by its place, and the key columns that restrict it.

    `same` holds for each place the key column and the expression over the table's row that must equal it; a place
    without any is read whole. `is_open` says that the query also reads what could not be followed.
    """

    readings: dict[Place, Reading] = field(default_factory=dict)
    same: dict[Place, dict[str, exp.Expr]] = field(default_factory=dict)
    is_open: bool = False


@dataclass(frozen=True)
class _Source:
    """One item of a FROM clause: a canonical table, or a query with the names that it may use."""

    alias: str
    reading: Reading | None = None
    query: exp.Expr | None = None
    names: _Names | None = None


@dataclass(frozen=True)
class _Names:
    """What a table's name means at some point of a query: a common table expression, a gather, a canonical table."""

    gather: str
    gathers: Mapping[str, GatherShape]
    ctes: Mapping[str, tuple[exp.Expr, _Names]]

    def source(self, node: exp.Expr) -> _Source | None:
        alias = node.alias_or_name
        if isinstance(node, exp.Subquery):
            return _Source(alias, query=node.this, names=self)
        if not isinstance(node, exp.Table):
            return None
        if node.name in self.ctes:
            query, names = self.ctes[node.name]
            return _Source(alias, query=query, names=names)
        shape = self.gathers.get(node.name)
        if shape is None:
            return _Source(alias, Reading(self.gather, node.name, alias))
        if shape.gather.method is not None:
            return None
        return _Source(alias, query=_query(shape), names=_Names(shape.table, self.gathers, {}))

    def inside(self, query: exp.Expr) -> _Names:
        names = self
        for cte in getattr(query, "ctes", []):
            names = _Names(self.gather, self.gathers, {**names.ctes, cte.alias: (cte.this, names)})
        return names


def lineage(shape: GatherShape, gathers: Mapping[str, GatherShape]) -> Lineage:
    """Return what the result of a gather rests on; `gathers` are those that it may read, by their names."""
    found = Lineage()
    names = _Names(shape.table, gathers, {})
    _read(_query(shape), names, (), found)
    for column in shape.gather.keys:
        for place, expression in _restricted(_query(shape), column, names, ()).items():
            if place in found.readings:
                found.same.setdefault(place, {})[column] = expression
    return found


def _query(shape: GatherShape) -> exp.Expr:
    return sqlglot.parse_one(shape.gather.sql, read="duckdb")


# Every reading


def _read(query: exp.Expr, names: _Names, place: Place, found: Lineage) -> None:
    """Note every reading of a canonical table; what a condition reads on its own cannot be followed."""
    names = names.inside(query)
    if isinstance(query, exp.Union):
        _read(query.left, names, (*place, "left"), found)
        _read(query.right, names, (*place, "right"), found)
        return
    if not isinstance(query, exp.Select):
        found.is_open = True
        return
    for node in _from(query):
        source = names.source(node)
        if source is None:
            found.is_open = True
        elif source.reading is not None:
            found.readings[(*place, source.alias)] = source.reading
        else:
            assert source.query is not None and source.names is not None
            _read(source.query, source.names, (*place, source.alias), found)
    if any(True for _ in _inner_queries(query)):
        found.is_open = True


def _from(select: exp.Select) -> list[exp.Expr]:
    first = select.args.get("from_")
    return ([first.this] if first is not None else []) + [join.this for join in select.args.get("joins") or ()]


def _inner_queries(select: exp.Select) -> Iterator[exp.Expr]:
    """Queries inside expressions: scalar ones, EXISTS, IN (SELECT ...)."""
    sources = {id(node) for node in _from(select)}
    for name, part in select.args.items():
        if name == "with_" or part is None:
            continue
        for node in part if isinstance(part, list) else [part]:
            if isinstance(node, exp.Expr):
                yield from _queries_in(node, sources)


def _queries_in(node: exp.Expr, sources: set[int]) -> Iterator[exp.Expr]:
    for one in node.walk(prune=lambda each: id(each) in sources):
        if isinstance(one, exp.Query | exp.Subquery) and id(one) not in sources:
            yield one


# What a key column restricts


def _restricted(query: exp.Expr, column: str, names: _Names, place: Place) -> dict[Place, exp.Expr]:
    """Return, by place, the expression that must equal `column` for a row to matter to the query's rows with it."""
    names = names.inside(query)
    if isinstance(query, exp.Union):
        number = query.named_selects.index(column) if column in query.named_selects else None
        found: dict[Place, exp.Expr] = {}
        for side, branch in (("left", query.left), ("right", query.right)):
            columns = branch.named_selects if isinstance(branch, exp.Query) else []
            if number is not None and number < len(columns):
                found.update(_restricted(branch, columns[number], names, (*place, side)))
        return found
    if not isinstance(query, exp.Select) or _cannot_be_followed(query):
        return {}
    expression = _projection(query, column)
    if expression is None or not _keeps(query, expression):
        return {}
    return _in_sources(query, expression, names, place)


def _cannot_be_followed(select: exp.Select) -> bool:
    if any(select.args.get(part) is not None for part in ("limit", "offset", "qualify", "laterals", "pivots")):
        return True
    distinct = select.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        return True
    sides = [str(join.side).upper() for join in select.args.get("joins") or ()]
    return any(side in ("RIGHT", "FULL") for side in sides) or any(
        join.args.get("using") or str(join.method).upper() in ("NATURAL", "ASOF")
        for join in select.args.get("joins") or ()
    )


def _projection(select: exp.Select, column: str) -> exp.Expr | None:
    """The expression behind an output column; `s.*` brings the column of that name of `s`."""
    for node in select.selects:
        if node.alias_or_name == column:
            return node.unalias()
    stars = [node for node in select.selects if isinstance(node, exp.Column) and isinstance(node.this, exp.Star)]
    return exp.column(column, table=stars[0].table) if len(stars) == 1 else None


def _keeps(select: exp.Select, expression: exp.Expr) -> bool:
    """Whether rows with different values of the expression never meet: not in a group, not in a window."""
    group = select.args.get("group")
    if group is not None:
        plain = set(group.args) <= {"expressions"} or not any(
            group.args.get(part) for part in group.args if part != "expressions"
        )
        kept = [_grouped(select, one) for one in group.expressions]
        if not plain or expression not in kept:
            return False
    elif any(_is_aggregate(node) for node in select.selects):
        return False
    equal = _equal_to(select, expression, strictly=True)
    named = {window.name: window for window in select.args.get("windows") or ()}
    for window in (node for one in select.selects for node in one.find_all(exp.Window)):
        shape = named.get(window.alias, window) if window.alias else window
        if not any(part in equal for part in shape.args.get("partition_by") or ()):
            return False
    return True


def _grouped(select: exp.Select, node: exp.Expr) -> exp.Expr:
    """A group's expression; a number stands for an output column."""
    if isinstance(node, exp.Literal) and not node.is_string:
        return select.selects[int(node.this) - 1].unalias()
    return node


def _is_aggregate(tree: exp.Expr) -> bool:
    """Whether an expression aggregates all rows of its query, outside any window."""
    for node in tree.walk(prune=lambda one: isinstance(one, exp.Window)):
        if isinstance(node, exp.Window):
            continue
        if isinstance(node, exp.AggFunc):
            return True
        if isinstance(node, exp.Anonymous) and str(node.this).lower() in ("is_any", "is_every"):
            return True
    return False


def _equal_to(select: exp.Select, expression: exp.Expr, strictly: bool = False) -> list[exp.Expr]:
    """Every expression that equals the given one; `strictly` in all rows, else at least where it is not null."""
    conditions: list[exp.Expr] = []
    where = select.args.get("where")
    if where is not None:
        conditions += _conjuncts(where.this)
    for join in select.args.get("joins") or ():
        on = join.args.get("on")
        if on is not None and not (strictly and join.side):
            conditions += _conjuncts(on)
    pairs = [(one.left, one.right) for one in conditions if isinstance(one, exp.EQ)]
    equal, grown = [expression], True
    while grown:
        grown = False
        for left, right in pairs:
            for known, other in ((left, right), (right, left)):
                if known in equal and other not in equal:
                    equal.append(other)
                    grown = True
    return equal


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Paren):
        return _conjuncts(node.this)
    if isinstance(node, exp.And):
        return _conjuncts(node.left) + _conjuncts(node.right)
    return [node]


def _in_sources(select: exp.Select, expression: exp.Expr, names: _Names, place: Place) -> dict[Place, exp.Expr]:
    found: dict[Place, exp.Expr] = {}
    equal = _equal_to(select, expression)
    for node in _from(select):
        source = names.source(node)
        if source is None:
            continue
        for member in equal:
            if _aliases(member) != {source.alias}:
                continue
            if source.reading is not None:
                found[(*place, source.alias)] = member
                break
            parts = path(member)
            if parts is not None and len(parts) == 2:
                assert source.query is not None and source.names is not None
                found.update(_restricted(source.query, parts[1], source.names, (*place, source.alias)))
                break
    return found


def joins_by_key(sql: str, name: str, keys: Mapping[str, str]) -> bool:
    """Whether a query joins the gather `name` wherever it reads it by just the keys that it has for a row.

    `keys` are the key columns of the gather and the expressions over the row that each must equal.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    found = [node for node in tree.find_all(exp.Table) if node.name == name]
    return bool(found) and all(_joined_by_key(node, keys) for node in found)


def _joined_by_key(node: exp.Table, keys: Mapping[str, str]) -> bool:
    join = node.parent
    on = join.args.get("on") if isinstance(join, exp.Join) else None
    if on is None or str(join.side).upper() in ("RIGHT", "FULL"):  # type: ignore[union-attr]
        return False
    alias, met = node.alias_or_name, {}
    for one in _conjuncts(on):
        sides = [one.left, one.right] if isinstance(one, exp.EQ) else []
        mine = [side for side in sides if _aliases(side) == {alias}]
        if len(mine) != 1 or not isinstance(mine[0], exp.Column):
            return False
        other = sides[1 - sides.index(mine[0])]
        met[mine[0].name] = bare(other)
    return met == {key: sqlglot.parse_one(text, read="duckdb") for key, text in keys.items()}


def bare(expression: exp.Expr) -> exp.Expr:
    """Return an expression over an alias as one over the row itself: `as_key(n.agency_id)` becomes `as_key(agency_id)`."""

    def strip(node: exp.Expr) -> exp.Expr:
        parts = path(node)
        if parts is None or len(parts) < 2:
            return node
        return exp.column(parts[-1], *reversed(parts[1:-1]))

    return expression.transform(strip)


def _aliases(tree: exp.Expr) -> set[str]:
    """The aliases whose rows an expression reads; a name without one belongs to nobody that is known."""
    found = set()
    for node in tree.walk(prune=lambda one: path(one) is not None):
        parts = path(node)
        if parts is not None:
            found.add(parts[0] if len(parts) > 1 else "")
    return found


__all__ = ["Lineage", "Reading", "bare", "joins_by_key", "lineage"]
