"""FROM clauses: the row of a base table with the rows that its links lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzer.engine.names import Path, Scope, Usage, alias_of
from analyzer.model.tables import UNKNOWN

INNER = "own"
"""The alias of the table's own row inside a prepared row."""


def link_joins(
    scope: Scope, links: Iterable[Path], is_whole: bool = True, cut: Mapping[str, str] | None = None
) -> list[str]:
    """Return one LEFT JOIN for each link path, parents first. A link leads to at most one row: it is by key.

    `is_whole` says that every row of the table is joined. A far larger table is then cut down first to the rows that
    are linked: else the engine reads the large table past the small one and hands on a few rows at a time. `cut` says
    by the names of links from which rows (SQL) alone they lead.
    """
    clauses = []
    for path in sorted(set(links), key=lambda one: (len(one), one)):
        parent = scope
        for name in path[:-1]:
            parent = parent.link(name)
        link = parent.links[path[-1]]
        key = scope.setting.vocabulary[link.table].key[0]
        alias = alias_of(scope.alias, path)
        by = f'"{alias_of(scope.alias, path[:-1])}"."{link.by}"'
        table = f'"{link.table}"'
        if len(path) == 1 and cut and path[0] in cut:
            table = f'(SELECT * FROM {table} WHERE "{key}" IN (SELECT "{link.by}" FROM {cut[path[0]]}))'
        elif is_whole and len(path) == 1 and scope.setting.supply.is_far_larger(link.table, scope.table):
            table = f'(SELECT * FROM {table} WHERE "{key}" IN (SELECT "{link.by}" FROM "{scope.table}"))'
        clauses.append(f'LEFT JOIN {table} AS "{alias}" ON "{alias}"."{key}" = {by}')
    return clauses


def flat_columns(scope: Scope, usage: Usage) -> list[str]:
    """Return the select list of a prepared row: each column and mask that was touched, under its flat name.

    `scope` is the inner row, whose links are joined; the alias in `usage` is that of the prepared row.
    """
    wanted = [(path, column) for alias, path, column in usage.columns]
    wanted += [(path, UNKNOWN) for path in dict.fromkeys(path for path, _ in wanted)]
    return [f'{scope.sql(path, column)} AS "{"__".join((*path, column))}"' for path, column in dict.fromkeys(wanted)]


def flat_source(scope: Scope, usage: Usage) -> str:
    """Return the source of a gather's row: the table itself, or a sub-query that carries its linked columns along."""
    own = Usage(
        columns={place: None for place in usage.columns if place[0] == scope.alias},
        links={place: None for place in usage.links if place[0] == scope.alias},
    )
    if not own.links:
        return f'"{scope.table}" AS "{scope.alias}"'
    inner = Scope(scope.setting, scope.table, INNER)
    columns = ", ".join(flat_columns(inner, own))
    joins = " ".join(link_joins(inner, (path for _, path in own.links)))
    return f'(SELECT {columns} FROM "{scope.table}" AS "{INNER}" {joins}) AS "{scope.alias}"'
