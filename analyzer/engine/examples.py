"""The proof beside each rule: its examples, run through the very engine that judges exports.

An example is a few rows of canonical tables. A column that is not mentioned is unknown, `null` is a blank cell, the
word `unknown` an unreadable one; a table given as `unknown` was not supplied. So an example cannot pass because a
column was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from analyzer.engine.connect import Limits, connect, create_missing_tables, teach
from analyzer.engine.judge import answers_of, judge, plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting, Supply
from analyzer.model import AnalyzerError, Column, Kind, Problem, Table, Text, Verdict
from analyzer.model.rule import ExampleCase
from analyzer.rulebook.library import Library, RuleFile
from analyzer.rulebook.rulings import DEFAULT_PROFILE, resolve

Tables = Mapping[str, list[dict[str, Any]]]
"""The rows of one example by table, as plain values."""

_UNKNOWN_CELL = "unknown"
_AT_ONCE = 50
_DEFAULT_AS_OF = date(2025, 12, 31)
_TRUE = {"true": True, "false": False}


@dataclass(frozen=True)
class Outcome:
    """What became of one example: the answer of each judged row, or the problem that kept it from running.

    `counted` is what the five counts add up to, `rows` the rows of the base table.
    """

    rule: str
    case: str
    expected: str | Mapping[str, str]
    answers: Mapping[str, str]
    problem: Problem | None = None
    counted: int = 0
    rows: int = 0

    @property
    def holds(self) -> bool:
        """Whether every row has the answer that the example expects."""
        if self.problem is not None or not self.answers:
            return False
        if isinstance(self.expected, str):
            return set(self.answers.values()) == {self.expected}
        return all(self.answers.get(key) == verdict for key, verdict in self.expected.items())


class ExampleRunner:
    """Runs the examples of many rules over one connection.

    The tables are made once and emptied between examples, and one thread does the work: the rows are few.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.con = connect(limits=Limits(threads=1))
        teach(self.con, library.calendar)
        create_missing_tables(self.con, library.vocabulary)
        self._filled: list[str] = []
        self._compiled: dict[tuple[str, int], list[BasePlan]] = {}

    def of(self, library: Library) -> ExampleRunner:
        """Return this runner for the rules of another library with the same tables and calendar."""
        self.library = library
        self._compiled.clear()
        return self

    def run(self, rule_file: RuleFile) -> list[Outcome]:
        """Run every example of a rule."""
        return [self.run_case(rule_file, number) for number in range(len(rule_file.rule.examples.cases))]

    def run_case(self, rule_file: RuleFile, number: int) -> Outcome:
        """Run one example; its findings stay in the connection until the next one."""
        rule, case = rule_file.rule, rule_file.rule.examples.cases[number]
        answers: dict[str, str] = {}
        try:
            tables = self.tables(rule_file, case)
            setting = self._setting(rule_file, case, tables)
            self._fill(tables)
            counts = judge(self.con, setting, self._plans(setting, rule_file), keep_answers=answers)
        except AnalyzerError as error:
            return Outcome(rule.code, case.name, case.expect, {}, error.problems[0])
        except (ValueError, ArithmeticError, TypeError, KeyError) as error:
            cause = Text(f"示例“{case.name}”无法装入：{error}", f"the example `{case.name}` cannot be loaded: {error}")
            problem = rule_file.document.problem(cause, at=["examples", "cases", number])
            return Outcome(rule.code, case.name, case.expect, {}, problem)
        rows = len(tables.get(rule.reads, ()))
        return Outcome(rule.code, case.name, case.expect, answers, None, sum(one.total for one in counts), rows)

    def tables(self, rule_file: RuleFile, case: ExampleCase) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of an example as they are judged: those of the case laid over the base rows."""
        return _tables(rule_file.rule.examples.base, case)

    def answers(self, rule_file: RuleFile, case: ExampleCase, tables: Tables) -> dict[str, str]:
        """Return the answer of each row when the rows of an example are these; no findings are made."""
        setting = self._setting(rule_file, case, tables)
        self._fill(tables)
        found: dict[str, str] = {}
        for plan in self._plans(setting, rule_file):
            rows = answers_of(self.con, setting, plan)
            found |= {str(key): str(verdict) for key, verdicts in rows for verdict in verdicts}
        return found

    def _setting(self, rule_file: RuleFile, case: ExampleCase, tables: Tables) -> Setting:
        examples = rule_file.rule.examples
        given = {**examples.set, **case.set}
        texts = [f"{name}={'null' if value is None else value}" for name, value in given.items()]
        rulings = resolve(
            self.library.parameters,
            self.library.profiles,
            self.library.laws,
            case.profile or examples.profile or DEFAULT_PROFILE,
            texts,
        )
        columns = {
            name: frozenset(column for row in rows for column in row) | frozenset(self.library.vocabulary[name].key)
            for name, rows in tables.items()
        }
        return Setting(
            vocabulary=self.library.vocabulary,
            bases=self.library.bases,
            parameters=rulings.parameters,
            chain=rulings.chain,
            as_of=case.as_of or examples.as_of or _DEFAULT_AS_OF,
            supply=Supply(columns),
        )

    def _fill(self, tables: Tables) -> None:
        for name in self._filled:
            self.con.execute(f'DELETE FROM "{name}"')
        self._filled = list(tables)
        for name, rows in tables.items():
            insert_rows(self.con, self.library.vocabulary[name], rows)

    def _plans(self, setting: Setting, rule_file: RuleFile) -> list[BasePlan]:
        """Compile once for all examples that share law and supply; compiling costs more than judging."""
        law = repr((rule_file.rule.code, setting.as_of, setting.chain, setting.supply))
        numbers = repr([parameter.entries for parameter in setting.parameters.values()])
        key = (law, hash(numbers))
        if key not in self._compiled:
            self._compiled[key] = plan_rules(setting, self.library, [rule_file])
        return self._compiled[key]


def insert_rows(con: duckdb.DuckDBPyConnection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows given as plain values; a column that a row lacks, or says `unknown`, is unknown there."""
    bits = {name: 1 << place for place, name in enumerate(table.columns)}
    made: list[list[Any]] = []
    for number, row in enumerate(rows, start=1):
        strange = [name for name in row if name not in table.columns]
        if strange:
            raise KeyError(f"{table.name}.{strange[0]}")
        mask = sum(bit for name, bit in bits.items() if row.get(name, _UNKNOWN_CELL) == _UNKNOWN_CELL)
        made.append([*(_cell(column, row.get(column.name)) for column in table.columns.values()), mask, 0, number])
    places = f"({', '.join('?' * (len(table.columns) + 3))})"
    for start in range(0, len(made), _AT_ONCE):
        some = made[start : start + _AT_ONCE]
        values = [value for row in some for value in row]
        con.execute(f'INSERT INTO "{table.name}" VALUES {", ".join([places] * len(some))}', values)


def _tables(base: Mapping[str, Any], case: ExampleCase) -> dict[str, list[dict[str, Any]]]:
    """Overlay the rows of a case on the base rows; a mapping changes every base row, a list replaces them."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for name in dict.fromkeys([*base, *case.given]):
        rows = _rows(base.get(name, []))
        change = case.given.get(name)
        if change == _UNKNOWN_CELL or (change is None and base.get(name) == _UNKNOWN_CELL):
            continue
        if isinstance(change, dict):
            rows = [{**row, **change} for row in rows] or [change]
        elif isinstance(change, list):
            rows = [{**(rows[0] if rows else {}), **row} for row in change]
        tables[name] = [made for row in rows for made in _repeated(row)]
    return tables


def _rows(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return [] if value == _UNKNOWN_CELL else list(value)


def _repeated(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """`repeat: 10` makes ten rows; `#` in a text becomes the number of the row."""
    times = row.get("repeat", 1)
    for number in range(1, int(times) + 1):
        yield {
            name: value.replace("#", str(number)) if isinstance(value, str) else value
            for name, value in row.items()
            if name != "repeat"
        }


def _cell(column: Column, value: Any) -> Any:
    if value is None or value == _UNKNOWN_CELL:
        return None
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return value.date() if column.kind is Kind.DATE and isinstance(value, datetime) else value
    if column.kind is Kind.BOOLEAN:
        return value if isinstance(value, bool) else _TRUE[str(value)]
    if column.kind in (Kind.MONEY, Kind.RATIO):
        return Decimal(str(value))
    if column.kind is Kind.INTEGER:
        return int(value)
    if column.kind is Kind.NUMBER:
        return float(value)
    if column.kind is Kind.ENUM and column.values and str(value) not in column.values:
        raise ValueError(f"{column.name}: {value}")
    return str(value)


__all__ = ["ExampleRunner", "Outcome", "Verdict", "insert_rows"]
