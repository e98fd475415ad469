"""FROM clauses: the row of a base table with the rows that its links lead to."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.engine.names import Path, Scope, Usage, alias_of
from analyzer.model.tables import UNKNOWN


def link_joins(scope: Scope, links: Iterable[Path]) -> list[str]:
    """Return one LEFT JOIN for each link path, parents first. A link leads to at most one row: it is by key."""
    clauses = []
    for path in sorted(set(links), key=lambda one: (len(one), one)):
        parent = scope
        for name in path[:-1]:
            parent = parent.link(name)
        link = parent.links[path[-1]]
        key = scope.setting.vocabulary[link.table].key[0]
        alias = alias_of(scope.alias, path)
        by = f'"{alias_of(scope.alias, path[:-1])}"."{link.by}"'
        clauses.append(f'LEFT JOIN "{link.table}" AS "{alias}" ON "{alias}"."{key}" = {by}')
    return clauses


def flat_source(scope: Scope, usage: Usage) -> str:
    """Return the source of a gather's row: the table itself, or a sub-query that carries its linked columns along."""
    links = [path for alias, path in usage.links if alias == scope.alias]
    if not links:
        return f'"{scope.table}" AS "{scope.alias}"'
    wanted = [(path, column) for alias, path, column in usage.columns if alias == scope.alias]
    wanted += [(path, UNKNOWN) for path in dict.fromkeys(path for path, _ in wanted)]
    inner = Scope(scope.setting, scope.table, "own")
    columns = ", ".join(
        f'{inner.sql(path, column)} AS "{"__".join((*path, column))}"' for path, column in dict.fromkeys(wanted)
    )
    joins = " ".join(link_joins(inner, links))
    return f'(SELECT {columns} FROM "{scope.table}" AS "own" {joins}) AS "{scope.alias}"'
