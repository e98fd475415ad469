"""The part of the records that the answers of some rows rest on, laid over the canonical tables for one judging.

A slice is a temporary table with the name and the columns of its canonical table, so that the rules' own SQL reads
it instead. It holds the rows that are judged and every row that their answers depend on; `_at` is a row's place in
the warehouse. Small tables are not sliced: they are seen whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from analyzer.engine.night.steps import matching, values
from analyzer.engine.night.ties import Tie

_Children = Mapping["Tie | None", Sequence[Tie]]


@dataclass
class Slices:
    """Collects what is needed of each large table, lays the slices, and takes them away again."""

    con: duckdb.DuckDBPyConnection
    home: str
    large: frozenset[str]
    laid: list[str] = field(default_factory=list)
    _needs: dict[str, list[str]] = field(default_factory=dict)
    _number: int = 0

    def add(self, table: str, rows: str) -> None:
        """Take rows of a table in; `rows` is a query of their places `r`."""
        if table in self.large:
            self._needs.setdefault(table, []).append(rows)

    def add_context(self, groups: Sequence[tuple[str, Sequence[Tie]]]) -> None:
        """Take in every row that the answers of some rows rest on: SQL of rows of a base table, and their ties.

        What several groups look up in one table by the same columns is looked up once.
        """
        trees = [(rows, _children(ties)) for rows, ties in groups]
        self._descend([(rows, None, children) for rows, children in trees])

    def _descend(self, givers: Sequence[tuple[str, Tie | None, _Children]]) -> None:
        """Look up what the givers (rows, the tie that found them, all ties of their group) rest on, level by level."""
        shared: dict[object, list[tuple[str, Tie, _Children]]] = {}
        for rows, parent, children in givers:
            for tie in children.get(parent, ()):
                if self._leads_to_large(tie, children):
                    shared.setdefault(_look_up(tie), []).append((rows, tie, children))
        for askers in shared.values():
            tie = askers[0][1]
            target = f'{self.home}."{tie.table}"'
            given = list(dict.fromkeys(values(one, rows, from_source=False) for rows, one, _ in askers))
            self._number += 1
            name = f"night_need_{self._number}"
            query = matching(tie, given, target, self.home, to_source=True)
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
            self.add(tie.table, f'SELECT r FROM "{name}"')
            found = f'(SELECT x.* FROM {target} AS x SEMI JOIN "{name}" AS n ON x.rowid = n.r)'
            self._descend([(found, one, children) for _, one, children in askers])

    def _leads_to_large(self, tie: Tie, children: _Children) -> bool:
        return tie.table in self.large or any(self._leads_to_large(one, children) for one in children.get(tie, ()))

    def lay(self) -> None:
        """Lay a slice over every large table; one of which nothing is needed is empty."""
        for table in sorted(self.large):
            needs = " UNION ALL ".join(self._needs.get(table, ())) or "SELECT -1 AS r"
            self.con.execute(
                f'CREATE TEMP TABLE "{table}" AS SELECT x.*, x.rowid AS "_at" FROM {self.home}."{table}" AS x'
                f" SEMI JOIN ({needs}) AS n ON x.rowid = n.r"
            )
            self.laid.append(table)

    def place(self, table: str) -> str:
        """The SQL of a row's place in the warehouse, as the rules' SQL sees the table."""
        return '"_at"' if table in self.laid else "rowid"

    def lift(self) -> None:
        """Take the slices away: the names mean the canonical tables again."""
        for table in self.laid:
            self.con.execute(f'DROP TABLE temp."{table}"')
        self.laid.clear()


def _children(ties: Sequence[Tie]) -> _Children:
    """The ties of a group by the tie that they go on from, those on the way included."""
    children: dict[Tie | None, list[Tie]] = {}
    waiting = list(ties)
    while waiting:
        tie = waiting.pop(0)
        siblings = children.setdefault(tie.of, [])
        if tie not in siblings:
            siblings.append(tie)
            waiting += [tie.of] if tie.of is not None else []
    return children


def _look_up(tie: Tie) -> object:
    """What a step asks of its table: ties that ask the same can be asked together."""
    asked = tuple(pair[0] for pair in tie.pairs)
    lengths = tuple((one[0], one[2]) for one in tie.within)
    return tie.table, asked, lengths, tuple(pair[0] for pair in tie.beside), tie.named_in
