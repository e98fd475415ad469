"""Judging some rows of a base table under some rules: their answers as small numbers, and the stories they tell.

An answer that could not be given is kept with what was missing: 4 where nothing can be named, else a number from 10
on that stands for one set of missing things of the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from analyzer.engine.bench import DuckBench
from analyzer.engine.compile import ROW, CompiledRule
from analyzer.engine.night.asking import first_row
from analyzer.engine.plan import BasePlan
from analyzer.engine.shares import LEAST, places, room_of
from analyzer.engine.stories import create_hits

UNDECIDED, NOT_APPLICABLE = 4, 5
FIRST_PATTERN = 10


@dataclass
class Patterns:
    """The numbers of sets of missing things, by rule.

    A set holds the names of the things, not their places in the rule's `missing`: a first unknown cell of a column
    puts one more thing among them, and what was kept before must still say the same.
    """

    known: dict[str, dict[frozenset[str], int]] = field(default_factory=dict)

    def number(self, rule: str, names: frozenset[str]) -> int:
        """Return the number of a set, a new one when it was never met."""
        if not names:
            return UNDECIDED
        known = self.known.setdefault(rule, {})
        return known.setdefault(names, FIRST_PATTERN + len(known))

    def names(self, rule: str, code: int) -> frozenset[str]:
        """Return the set that a number stands for; the empty one for a number that stands for none."""
        return next((names for names, number in self.known.get(rule, {}).items() if number == code), frozenset())

    def forget(self, rule: str) -> None:
        """Forget the sets of a rule: it judges everything anew."""
        self.known.pop(rule, None)


def cut(plan: BasePlan, rules: Sequence[CompiledRule]) -> BasePlan:
    """Return the plan of some rules of a base; the gathers are shared."""
    return replace(plan, rules=list(rules))


Tell = Callable[[CompiledRule, str], None]
"""Told the story of each rule that flags a row: a query that can be run until the call ends."""


def evaluate(
    con: duckdb.DuckDBPyConnection,
    plan: BasePlan,
    name: str,
    patterns: Patterns,
    tell: Tell,
    only: str | None = None,
    keep: Callable[[Sequence[str]], None] | None = None,
) -> set[str]:
    """Judge the rows of `only` (all rows without it) under the rules of the plan; the gathers must be there.

    Makes the temporary table `name` with `record_key` and one number for each rule (or hands `keep` the queries of
    these rows, piece by piece, which can be run until it returns), and then tells the stories. Returns the names of the
    rules that flag a row.
    """
    parts = [_Part(con, part, f"{name}_{number}", patterns) for number, part in enumerate(_parts(con, plan, only))]
    for part in parts:
        part.judge(only)
    wanted = ", ".join(sql for part in parts for sql in part.numbers())
    select = f'SELECT {plan.key} AS "record_key", {wanted} FROM'
    pieces = [None] if only is not None else _pieces(con, plan.table, sum(part.width() for part in parts))
    answers = [_piece(plan.table, select, parts, piece) for piece in pieces]
    if keep is None:
        make_of(con, f'TEMP TABLE "{name}"', f'"{name}"', answers)
    else:
        keep(answers)
    flagging = set()
    for part in parts:
        flagging |= part.tell(tell)
        part.drop()
    for source in {part.plan.source for part in parts if part.plan.only_few}:
        con.execute(f'DROP TABLE "{source}"')
    return flagging


def make_of(con: duckdb.DuckDBPyConnection, made: str, name: str, queries: Sequence[str]) -> None:
    """Make a table of several queries, one after the other; `made` is what is created, as SQL says it."""
    con.execute(f"CREATE OR REPLACE {made} AS {queries[0]}")
    for query in queries[1:]:
        con.execute(f"INSERT INTO {name} {query}")


_JOINED = 32
"""Bytes of a row in a join beside its columns."""

_Piece = tuple[int, int] | None
"""The first and the last place of some rows of a table; None for all of them."""


def _pieces(con: duckdb.DuckDBPyConnection, table: str, width: int) -> Sequence[_Piece]:
    """Return the pieces in which the answers of a whole table are put together, of `width` bytes a row; often one.

    Those of a history do not fit into little memory at once.
    """
    size = max(room_of(con) // width // LEAST, 1) * LEAST
    found = places(con, table, size)
    return found if len(found) > 1 else [None]


def _piece(table: str, select: str, parts: Sequence[_Part], piece: _Piece) -> str:
    """The query of the answers of one piece."""
    joins = " ".join(part.join(piece) for part in parts)
    within = f' WHERE "{ROW}".rowid BETWEEN {piece[0]} AND {piece[1]}' if piece is not None else ""
    return f'{select} "{table}" AS "{ROW}" {joins}{within}'


def _parts(con: duckdb.DuckDBPyConnection, plan: BasePlan, only: str | None) -> list[BasePlan]:
    """Rules that apply to few rows are judged apart when all rows are asked about; a few rows are judged at once.

    Makes the tables of few rows, and cuts the rules into shares that fit into memory.
    """
    if only is not None:
        return [plan]
    found: list[BasePlan] = []
    for part in plan.parts():
        if part.only_few:
            con.execute(f'CREATE OR REPLACE TEMP TABLE "{part.source}" AS {part.few_query()}')
        found += DuckBench(con).shares(part)
    return found


class _Part:
    """Rules that are judged over the same rows; a row that is left out is one to which they do not apply."""

    def __init__(self, con: duckdb.DuckDBPyConnection, plan: BasePlan, name: str, patterns: Patterns) -> None:
        self.con, self.plan, self.patterns = con, plan, patterns
        self.verdicts, self.missing = f"{name}_verdicts", f"{name}_missing"
        self.open: list[CompiledRule] = []
        self.hit: list[CompiledRule] = []

    def judge(self, only: str | None) -> None:
        """Answer every rule for every row, and say what was missing where there is no answer."""
        plan = self.plan
        if only is None:
            DuckBench(self.con).judge_rows(self.verdicts, plan)
        else:
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{self.verdicts}" AS {plan.verdicts_query(only)}')
        asked = ", ".join(f'min("{rule.name}"), bool_or("{rule.name}" = {UNDECIDED})' for rule in plan.rules)
        row = first_row(self.con, f'SELECT {asked} FROM "{self.verdicts}"') or ()
        for rule, lowest, is_open in zip(plan.rules, row[0::2], row[1::2], strict=True):
            if lowest is not None and lowest <= 2:
                self.hit.append(rule)
            if is_open and rule.missing:
                self.open.append(rule)
        if self.open:
            self._say_what_was_missing()

    def _say_what_was_missing(self) -> None:
        names = ", ".join(f'"{rule.name}"' for rule in self.open)
        undecided = " OR ".join(f'"{rule.name}" = {UNDECIDED}' for rule in self.open)
        row = self.plan.prepared_row(
            [(rule, rule.verdict_usage) for rule in self.open],
            f'SELECT "row_id", {names} FROM "{self.verdicts}" WHERE {undecided}',
        )
        masks = ", ".join(
            f'CASE WHEN "{rule.name}" = {UNDECIDED} THEN {_mask(rule)} END AS "{rule.name}"' for rule in self.open
        )
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{self.missing}" AS SELECT "row_id", {masks} FROM {row}')

    def join(self, piece: _Piece) -> str:
        """The joins that bring the answers to the rows of the base table (alias `t`), or to a piece of them."""
        kind = "LEFT JOIN" if self.plan.only_few else "JOIN"
        tables = [(kind, self.verdicts), *([("LEFT JOIN", self.missing)] if self.open else [])]
        return " ".join(
            f'{how} {_part_of(table, piece)} ON "{table}"."row_id" = "{ROW}".rowid' for how, table in tables
        )

    def width(self) -> int:
        """About how many bytes its answers take for each row while they are joined."""
        return 2 * _JOINED + len(self.plan.rules) + 8 * len(self.open)

    def numbers(self) -> list[str]:
        """The select list of the answers as they are kept."""
        return [f'CAST({self._number(rule)} AS USMALLINT) AS "{rule.name}"' for rule in self.plan.rules]

    def _number(self, rule: CompiledRule) -> str:
        answer = f'"{self.verdicts}"."{rule.name}"'
        if self.plan.only_few:
            answer = f"coalesce({answer}, {NOT_APPLICABLE})"
        if rule not in self.open:
            return answer
        met = self.con.execute(f'SELECT DISTINCT "{rule.name}" FROM "{self.missing}" WHERE "{rule.name}" IS NOT NULL')
        sets = sorted(int(mask) for (mask,) in met.fetchall())
        cases = " ".join(f"WHEN {mask} THEN {self.patterns.number(rule.name, _names(rule, mask))}" for mask in sets)
        number = f'CASE "{self.missing}"."{rule.name}" {cases} ELSE {UNDECIDED} END' if cases else str(UNDECIDED)
        return f"CASE WHEN {answer} = {UNDECIDED} THEN {number} ELSE {answer} END"

    def tell(self, tell: Tell) -> set[str]:
        """Tell the story of each rule that flags a row."""
        if not self.hit:
            return set()
        stories = create_hits(self.con, self.plan, self.verdicts, self.hit)
        for rule in self.hit:
            tell(rule, stories[rule.name])
        self.con.execute('DROP TABLE "hits"')
        return {rule.name for rule in self.hit}

    def drop(self) -> None:
        """Take the temporary tables away."""
        for table in (self.verdicts, self.missing):
            self.con.execute(f'DROP TABLE IF EXISTS "{table}"')


def _part_of(table: str, piece: _Piece) -> str:
    """The SQL of the rows of a table of answers that belong to a piece."""
    if piece is None:
        return f'"{table}"'
    return f'(SELECT * FROM "{table}" WHERE "row_id" BETWEEN {piece[0]} AND {piece[1]}) AS "{table}"'


def _mask(rule: CompiledRule) -> str:
    """The SQL of the set of missing things: one bit for each, whether the SQL of the thing is certainly true."""
    kind = "BIGINT" if len(rule.missing) <= 62 else "HUGEINT"
    bits = [
        f"CASE WHEN {lack.sql} THEN CAST({1 << place} AS {kind}) ELSE 0 END" for place, lack in enumerate(rule.missing)
    ]
    return " + ".join(bits)


def _names(rule: CompiledRule, mask: int) -> frozenset[str]:
    """The names of the things in a set that `_mask` counted."""
    return frozenset(lack.name for place, lack in enumerate(rule.missing) if mask >> place & 1)
