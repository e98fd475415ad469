"""The examples of every rule as rows that can be changed, and the cells whose blank may lawfully speak against someone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from analyzer.engine.examples import ExampleRunner
from analyzer.engine.judge import plan_rules
from analyzer.engine.names import ColumnName
from analyzer.engine.reach import ASKS_FOR_BLANK, ASKS_FOR_UNKNOWN, Reach, reach_of
from analyzer.engine.setting import Setting, Supply
from analyzer.model.rule import ExampleCase
from analyzer.rulebook.library import Library, RuleFile, load_library
from analyzer.rulebook.rulings import resolve

Rows = dict[str, list[dict[str, Any]]]


EARLIEST_THAT_IS_THERE = {
    ("NTC-05", "notices", "issued_at"),
    ("NTC-05", "notices", "kind"),
}
"""Cells that may speak although they are blank or unknown: the catalogue counts from the earliest day that is there, so
an undated earlier notice leaves the later one to decide. The list may only shrink."""


@dataclass(frozen=True)
class Place:
    """One cell of one example: the example's number, the table, the row's number, the column."""

    case: int
    table: str
    row: int
    column: str


class Proof:
    """One rule with its examples, judged again as often as a property asks."""

    def __init__(self, runner: ExampleRunner, rule_file: RuleFile) -> None:
        self.runner, self.file = runner, rule_file
        self.rule = rule_file.rule
        self.cases = rule_file.rule.examples.cases
        compiled = plan_rules(everything(), runner.library, [rule_file])[0].rules[0]
        self.reach: Reach = reach_of(compiled)
        names = [compiled.scope.resolve(tuple(name.split("."))) for name in self.rule.blank_is_proof]
        self.proof = {(name.scope.table, name.column.name) for name in names if isinstance(name, ColumnName)}
        self._before: dict[int, dict[str, str]] = {}

    def rows(self, number: int) -> Rows:
        """The rows of an example, free to be changed."""
        return self.runner.tables(self.file, self.cases[number])

    def judged(self, number: int, rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, str]:
        """The answers when the rows of an example are these."""
        return self.runner.answers(self.file, self.cases[number], rows)

    def before(self, number: int) -> dict[str, str]:
        """The answers to an example as it stands."""
        if number not in self._before:
            self._before[number] = self.judged(number, self.rows(number))
        return self._before[number]

    def places(self) -> Iterator[Place]:
        """Every cell of every example that is no key: rows without a key are never loaded."""
        for number in range(len(self.cases)):
            for table, rows in self.rows(number).items():
                keys = self.runner.library.vocabulary[table].key
                for at, row in enumerate(rows):
                    yield from (Place(number, table, at, column) for column in row if column not in keys)

    def after(self, place: Place, value: object) -> dict[str, str]:
        """The answers once one cell holds `value`."""
        rows = self.rows(place.case)
        rows[place.table][place.row][place.column] = value
        return self.judged(place.case, rows)

    def blank_may_speak(self, place: Place) -> bool:
        """Whether a blank in this cell may turn an answer into a breach."""
        cell = (place.table, place.column)
        column = self.runner.library.vocabulary[place.table].columns[place.column]
        return (
            cell in self.proof
            or column.blank_is_fact
            or column.blank_is is not None
            or self.reach.is_asked(cell, ASKS_FOR_BLANK)
            or self.is_link_elsewhere(place)
            or (self.rule.code, *cell) in EARLIEST_THAT_IS_THERE
        )

    def unknown_may_speak(self, place: Place) -> bool:
        """Whether an unreadable cell here may turn an answer into a breach."""
        cell = (place.table, place.column)
        return (
            self.reach.is_asked(cell, ASKS_FOR_UNKNOWN)
            or self.is_link_elsewhere(place)
            or (self.rule.code, *cell) in EARLIEST_THAT_IS_THERE
        )

    def is_link_elsewhere(self, place: Place) -> bool:
        """Whether the cell links a row of another table: blank or unknown it links to nothing."""
        return place.table != self.rule.reads and (place.table, place.column) in self.reach.links

    def accused_by(self, place: Place, value: object) -> list[str]:
        """The rows that become a breach when one cell holds `value`.

        A link of another row of the judged table links to nothing too: then only the row itself is looked at.
        """
        before, after = self.before(place.case), self.after(place, value)
        found = [key for key, verdict in after.items() if verdict == "breach" and before.get(key) != "breach"]
        if (place.table, place.column) in self.reach.links and place.table == self.rule.reads:
            row = self.rows(place.case)[place.table][place.row]
            own = "|".join(str(row[key]) for key in self.runner.library.vocabulary[place.table].key)
            return [key for key in found if key == own]
        return found


@cache
def library() -> Library:
    """The library as shipped."""
    return load_library()


@cache
def everything() -> Setting:
    """The default law, with every table and column supplied."""
    lib = library()
    rulings = resolve(lib.parameters, lib.profiles, lib.laws)
    supply = Supply({name: frozenset(table.columns) for name, table in lib.vocabulary.tables.items()})
    return Setting(lib.vocabulary, lib.bases, rulings.parameters, rulings.chain, date(2025, 12, 31), supply)


@cache
def runner() -> ExampleRunner:
    """One connection for all tests of a process.

    Planning costs more than judging a few rows, so these plans are not optimised; `rules check` judges the same
    examples with DuckDB as it judges exports, and so both ways have to agree.
    """
    made = ExampleRunner(library())
    made.con.execute("PRAGMA disable_optimizer")
    return made


@cache
def proof(code: str) -> Proof:
    """The proof of a rule by its code."""
    return Proof(runner(), library().rules[code])


CODES = list(library().rules)

__all__ = ["CODES", "ExampleCase", "Place", "Proof", "everything", "library", "proof", "runner"]
