"""The part of the records that the answers of some rows rest on, laid over the canonical tables for one judging.

A slice is a temporary table with the name of its canonical table and the columns that are read of it, so that the
rules' own SQL reads it instead. It holds the rows that are judged and every row that their answers depend on; `_at` is a row's place in
the warehouse. Small tables are not sliced: they are seen whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from analyzer.engine.night.ranges import of_places
from analyzer.engine.night.steps import Step, values
from analyzer.engine.night.ties import OTHER, Tie

_Children = Mapping["Tie | None", Sequence[Tie]]
_Giver = tuple[str, "Tie | None", _Children]

_NAME = re.compile(r"\w+")

_ASKED = re.compile(rf'"{OTHER}"\."(\w+)"')
"""A column of the row on a tie's other side."""


@dataclass
class Slices:
    """Collects what is needed of each large table, lays the slices, and takes them away again."""

    con: duckdb.DuckDBPyConnection
    home: str
    large: frozenset[str]
    read: frozenset[str]
    before: Mapping[str, str] = field(default_factory=dict)
    """Tables with older versions of rows, by canonical table: what these rest on is taken in as well."""
    laid: list[str] = field(default_factory=list)
    _needs: dict[str, list[str]] = field(default_factory=dict)
    _number: int = 0

    def add(self, table: str, rows: str) -> None:
        """Take rows of a table in; `rows` is a query of their places `r`."""
        if table in self.large:
            self._needs.setdefault(table, []).append(rows)

    def add_context(self, groups: Sequence[tuple[str, str, Sequence[Tie]]]) -> None:
        """Take in every row that the answers of some rows rest on.

        A group is a base table, SQL of the places `r` of its rows, and their ties. What several groups look up in one
        table by the same columns is looked up once.
        """
        trees = [(table, places, _children(ties)) for table, places, ties in groups]
        by_table: dict[str, list[tuple[str, _Children]]] = {}
        for table, places, children in trees:
            by_table.setdefault(table, []).append((places, children))
        givers: list[_Giver] = []
        for table, some in by_table.items():
            every = " UNION ".join(f"SELECT r FROM {places}" for places, _ in some)
            asked = [tie for _, children in some for tie in children.get(None, ())]
            held = self._rows(table, f"({every})", f"night_held_{table}", asked)
            givers += [(_at(held, places), None, children) for places, children in some]
            givers += self._older(table, [(None, children) for _, children in some])
        self._descend(givers)

    def _older(self, table: str, askers: Sequence[tuple[Tie | None, _Children]]) -> list[_Giver]:
        """The older versions of the rows of a table, as givers."""
        rows = self.before.get(table)
        return [] if rows is None else [(f'"{rows}"', of, children) for of, children in askers]

    def _descend(self, givers: Sequence[_Giver]) -> None:
        """Look up what the givers (rows, the tie that found them, all ties of their group) rest on, level by level."""
        shared: dict[object, list[tuple[str, Tie, _Children]]] = {}
        for rows, parent, children in givers:
            for tie in children.get(parent, ()):
                if self._leads_to_large(tie, children):
                    shared.setdefault(_look_up(tie), []).append((rows, tie, children))
        for askers in shared.values():
            tie = askers[0][1]
            self._number += 1
            name = f"night_need_{self._number}"
            step = Step(self.con, f'{self.home}."{tie.table}"', self.home)
            named = {rows: step.named(tie, rows, f"{name}_{number}") for number, rows in enumerate(_rows_of(askers))}
            given = list(dict.fromkeys(values(one, named[rows], from_source=False) for rows, one, _ in askers))
            step.find(tie, given, name, to_source=True)
            self.add(tie.table, f'SELECT r FROM "{name}"')
            asked = [one for _, of, children in askers for one in children.get(of, ())]
            if asked:
                held = self._rows(tie.table, f'"{name}"', f"{name}_held", asked)
                older = self._older(tie.table, [(one, children) for _, one, children in askers])
                self._descend([*((held, one, children) for _, one, children in askers), *older])

    def _rows(self, table: str, places: str, name: str, ties: Sequence[Tie]) -> str:
        """Make the table `name` of the rows at some places `r`, with what the ties ask of them; return its SQL."""
        texts = [pair[1] for tie in ties for pair in (*tie.pairs, *tie.within, *tie.beside)]
        columns = dict.fromkeys(column for text in texts for column in _ASKED.findall(text))
        columns.update((column, None) for tie in ties for _, column in tie.named_in)
        wanted = "".join(f', x."{column}"' for column in columns)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE night_places AS SELECT DISTINCT r FROM {places}")
        self.con.execute(
            f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT x.rowid AS "_at"{wanted} FROM {self.home}."{table}" AS x'
            f" SEMI JOIN night_places AS e ON x.rowid = e.r WHERE {of_places(self.con, 'night_places')}"
        )
        return f'"{name}"'

    def _leads_to_large(self, tie: Tie, children: _Children) -> bool:
        return tie.table in self.large or any(self._leads_to_large(one, children) for one in children.get(tie, ()))

    def lay(self) -> None:
        """Lay a slice over every large table; one of which nothing is needed is empty."""
        for table in sorted(self.large):
            needs = " UNION ALL ".join(self._needs.get(table, ())) or "SELECT -1 AS r"
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE night_needs AS SELECT DISTINCT r FROM ({needs})")
            wanted = ", ".join(f'x."{column}"' for column in self.columns(table))
            self.con.execute(
                f'CREATE TEMP TABLE "{table}" AS SELECT {wanted}, x.rowid AS "_at" FROM {self.home}."{table}" AS x'
                f" SEMI JOIN night_needs AS n ON x.rowid = n.r WHERE {of_places(self.con, 'night_needs')}"
            )
            self.laid.append(table)

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table that something reads, in their order, and those that are not of the records."""
        names = [str(name) for name, *_ in self.con.execute(f'DESCRIBE {self.home}."{table}"').fetchall()]
        return [name for name in names if name in self.read or name.startswith("_")]

    def place(self, table: str) -> str:
        """The SQL of a row's place in the warehouse, as the rules' SQL sees the table."""
        return '"_at"' if table in self.laid else "rowid"

    def lift(self) -> None:
        """Take the slices away: the names mean the canonical tables again."""
        for table in self.laid:
            self.con.execute(f'DROP TABLE temp."{table}"')
        self.laid.clear()


def names_in(text: str) -> set[str]:
    """Return every name that stands in SQL: the columns that it reads are among them."""
    return set(_NAME.findall(text))


def _at(held: str, places: str) -> str:
    """The SQL of the rows of a held table at some places."""
    return f'(SELECT h.* FROM {held} AS h SEMI JOIN {places} AS p ON p.r = h."_at")'


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
    return tie.table, asked, lengths, tuple(pair[0] for pair in tie.beside), tie.one_way, tie.named_in


def _rows_of(askers: Sequence[tuple[str, Tie, _Children]]) -> list[str]:
    """The rows that ask, each once."""
    return list(dict.fromkeys(rows for rows, _, _ in askers))
