"""The meaning of an expression: its SQL value, when it is unknown, and when a blank is a plain fact.

This is where blank and unknown are told apart. A *value* is NULL for both. `unknown` says that a cell was not
supplied or could not be read; `absent` says that a blank counts as a fact here: a comparison with it is false, not
undecided. Conditions are SQL booleans of three values: NULL means that the data cannot say.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlglot import exp

from analyzer.engine.comparisons import COMPARISONS, comparison, membership
from analyzer.engine.functions import FUNCTIONS
from analyzer.engine.language import LanguageError, call, parse, path
from analyzer.engine.names import (
    ColumnName,
    Gathered,
    Named,
    ParameterName,
    Path,
    Plain,
    Scope,
    Usage,
    nearest,
)
from analyzer.engine.predicates import PREDICATES
from analyzer.engine.setting import Setting
from analyzer.engine.term import Term, any_of, both_of, combine, constant, constant_sql, parameter_term
from analyzer.model import Kind, Text
from analyzer.model.law import Parameter

_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.DPipe: "||"}


@dataclass
class Terms:
    """Compiles the expressions of one rule over one scope, noting in `usage` what they touch.

    `proof` holds the dotted names whose blank cell is evidence in this rule; `moment` is the SQL of the date that
    picks the parameters' values (None while that very date is being compiled). With `day` set they are taken as they
    stood on that day instead.
    """

    setting: Setting
    scope: Scope
    proof: Collection[str] = ()
    moment: str | None = None
    usage: Usage = field(default_factory=Usage)
    day: date | None = None

    # Conditions

    def condition(self, node: exp.Expr) -> str:
        """Return the SQL boolean (true, false or NULL) of a condition."""
        if isinstance(node, exp.Paren):
            return self.condition(node.this)
        if isinstance(node, exp.And | exp.Or):
            word = "AND" if isinstance(node, exp.And) else "OR"
            return f"({self.condition(node.left)} {word} {self.condition(node.right)})"
        if isinstance(node, exp.Not):
            return f"(NOT {self.condition(node.this)})"
        if isinstance(node, exp.Boolean):
            return "TRUE" if node.this else "FALSE"
        if type(node) in COMPARISONS:
            return comparison(self, node)
        if isinstance(node, exp.In):
            return membership(self, node)
        if isinstance(node, exp.Between):
            low = exp.GTE(this=node.this, expression=node.args["low"])
            high = exp.LTE(this=node.this, expression=node.args["high"])
            return f"({self.condition(low)} AND {self.condition(high)})"
        if (named := self._named(node)) is not None:
            return self.within(named.scope).condition(named.tree)
        if (called := call(node)) is not None and called[0] in PREDICATES:
            return PREDICATES[called[0]](self, called[1])
        return self._bare(node)

    def _bare(self, node: exp.Expr) -> str:
        term = self.term(node)
        if term.absent is None:
            return f"({term.value})"
        return f"CASE WHEN ({term.value}) IS NOT NULL THEN ({term.value}) WHEN {term.absent} THEN FALSE END"

    # Values

    def term(self, node: exp.Expr) -> Term:
        """Return the value of an expression with what its NULL may mean."""
        if isinstance(node, exp.Paren):
            return self.term(node.this)
        if isinstance(node, exp.Literal):
            text = str(node.this)
            return constant(text if node.is_string else Decimal(text))
        if isinstance(node, exp.Cast):
            return Term(node.sql(dialect="duckdb"))
        if isinstance(node, exp.Neg):
            inner = self.term(node.this)
            return Term(f"(-{inner.value})", inner.unknown, inner.absent)
        if type(node) in _ARITHMETIC:
            left, right = self.term(node.this), self.term(node.expression)
            return combine(f"({left.value} {_ARITHMETIC[type(node)]} {right.value})", (left, right))
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.Null):
            return Term("NULL")
        if (called := call(node)) is not None:
            return self._call(*called, node)
        if (parts := path(node)) is not None:
            return self.name(parts)
        return Term(self.condition(node))

    def _case(self, node: exp.Case) -> Term:
        """A CASE over a constant (a choice among parameters) is decided now; what it leaves out is not needed."""
        subject = self.term(node.this) if node.this is not None else None
        default = node.args.get("default")
        if subject is not None and subject.is_constant:
            for branch in node.args["ifs"]:
                if self.term(branch.this).constant == subject.constant:
                    return self.term(branch.args["true"])
            return self.term(default) if default is not None else Term("NULL")
        pieces = []
        results = []
        for branch in node.args["ifs"]:
            same = None if subject is None else f"{subject.value} = {self.term(branch.this).value}"
            test = same or self.condition(branch.this)
            results.append(self.term(branch.args["true"]))
            pieces.append(f"WHEN {test} THEN {results[-1].value}")
        if default is not None:
            results.append(self.term(default))
            pieces.append(f"ELSE {results[-1].value}")
        return Term(f"CASE {' '.join(pieces)} END", any_of(result.unknown for result in results))

    def _call(self, name: str, arguments: list[exp.Expr], node: exp.Expr) -> Term:
        if name in PREDICATES:
            return Term(PREDICATES[name](self, arguments))
        if name == "or_else":
            return self._or_else(arguments)
        if name == "on_day":
            return self._on_day(arguments)
        if name == "as_key":
            inner = self.term(arguments[0])
            unknown = f" WHEN {inner.unknown} THEN '?'" if inner.unknown else ""
            return Term(f"CASE WHEN {inner.value} IS NOT NULL THEN {inner.value}{unknown} ELSE '' END")
        function = FUNCTIONS.get(name)
        if function is None:
            raise _no_function(name)
        if function.arity not in (-1, len(arguments)):
            raise LanguageError(
                Text(
                    f"`{node.sql()}`：{name} 需要 {function.arity} 个参数",
                    f"`{node.sql()}`: {name} takes {function.arity} arguments",
                )
            )
        terms = [self.term(argument) for argument in arguments]
        if name == "days" and terms[2].is_constant:
            return combine(f"{terms[2].constant}({terms[0].value}, {terms[1].value})", terms[:2])
        return combine(function.duckdb(*(term.value for term in terms)), terms)

    def _on_day(self, arguments: list[exp.Expr]) -> Term:
        """`on_day(p.name, date)`: the parameter as it stood on that date, whatever date the rule goes by."""
        parts = path(arguments[0])
        meaning = self.scope.resolve(parts) if parts is not None else None
        if not isinstance(meaning, ParameterName):
            raise LanguageError(
                Text("on_day() 里要写参数 p.名称 和日期", "on_day() takes a parameter p.name and a date")
            )
        self.usage.parameters[meaning.name] = None
        return parameter_term(self.parameter(meaning.name), self.term(arguments[1]).value)

    def _or_else(self, arguments: list[exp.Expr]) -> Term:
        """`or_else(x, y)`: y where x is blank; unknown where x is unknown."""
        first, second = self.term(arguments[0]), self.term(arguments[1])
        if first.unknown is None:
            value = f"CASE WHEN {first.value} IS NOT NULL THEN {first.value} ELSE {second.value} END"
            return Term(value, second.unknown, both_of(f"{first.value} IS NULL", second.absent))
        value = (
            f"CASE WHEN {first.value} IS NOT NULL THEN {first.value} WHEN {first.unknown} THEN NULL"
            f" ELSE {second.value} END"
        )
        blank = f"({first.value} IS NULL AND NOT {first.unknown})"
        unknown = any_of((first.unknown, both_of(blank, second.unknown)))
        return Term(value, unknown, both_of(blank, second.absent))

    def _named(self, node: exp.Expr) -> Named | None:
        parts = path(node)
        if parts is None or parts == ("as_of",):
            return None
        meaning = self.scope.resolve(parts)
        return meaning if isinstance(meaning, Named) else None

    def within(self, scope: Scope) -> Terms:
        """Return the compiler for another scope (behind a link, say); it notes what it touches in the same place."""
        return self if scope is self.scope else replace(self, scope=scope)

    def on(self, day: date) -> Terms:
        """Return the compiler that takes every number of the law as it stood on one day."""
        return replace(self, day=day)

    def parameter(self, name: str) -> Parameter:
        """Return a parameter."""
        return self.setting.parameters[name]

    def name(self, parts: Path) -> Term:
        """Return the term of a dotted name."""
        if parts == ("as_of",):
            return Term(f"DATE '{self.setting.as_of.isoformat()}'")
        meaning = self.scope.resolve(parts)
        if isinstance(meaning, Named):
            return self.within(meaning.scope).term(meaning.tree)
        if isinstance(meaning, ParameterName):
            self.usage.parameters[meaning.name] = None
            parameter = self.parameter(meaning.name)
            if self.day is None:
                return parameter_term(parameter, self.moment)
            entry = parameter.at(self.day)
            return constant(None if entry is None else entry.value)
        if isinstance(meaning, Gathered):
            return self._gathered(meaning)
        return Term(meaning.sql) if isinstance(meaning, Plain) else self.column(meaning)

    def _gathered(self, name: Gathered) -> Term:
        """A gathered value; a prepared row carries it under its flat name."""
        self.usage.gathered[(name.gather, name.column)] = None
        value = self.gathered_column(name) if name.scope.flat else self.gathered_value(name)
        return Term(value, f"(({value}) IS NULL)")

    def gathered_column(self, name: Gathered) -> str:
        """Return the SQL of a gathered column of a prepared row."""
        return f'"{name.scope.alias}"."{name.scope.gathers[name.gather].flat(name.column)}"'

    def gathered_value(self, name: Gathered) -> str:
        """Return the SQL of the gathered value, or of what `none` says for a known key that finds nothing."""
        shape = name.scope.gathers[name.gather]
        value = f'"{shape.table}"."{name.column}"'
        supplied = all(self.setting.supply.has(table) for table in shape.sources)
        if name.column not in shape.gather.none or not supplied:
            return value
        default = constant_sql(shape.gather.none[name.column])
        keys = list(self.gather_keys(name.gather).values())
        if shape.gather.during is not None:
            keys.append(self.term(parse(shape.gather.during.date)).value)
        known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        return f'CASE WHEN "{shape.table}"."matched" THEN {value} WHEN {known} THEN {default} END'

    def gather_keys(self, gather: str) -> dict[str, str]:
        """Return, for each key column of a gather, the SQL of the base row that it is matched on."""
        keys = self.scope.gathers[gather].gather.keys
        return {column: self.term(parse(expression)).value for column, expression in keys.items()}

    def gather_match(self, gather: str) -> str:
        """Return the SQL of the join of the base row to a gather."""
        shape = self.scope.gathers[gather]
        matches = [f'"{shape.table}"."{column}" = {value}' for column, value in self.gather_keys(gather).items()]
        if (during := shape.gather.during) is not None:
            day = self.term(parse(during.date)).value
            matches.append(f'{day} >= "{shape.table}"."{during.from_}" AND {day} < "{shape.table}"."{during.until}"')
        return " AND ".join(matches)

    def column(self, name: ColumnName) -> Term:
        """Return the term of a canonical column: what its NULL means is decided here."""
        column, scope = name.column, name.scope
        self.touch(scope, column.name)
        is_fact = column.blank_is_fact or ".".join((*scope.path, column.name)) in self.proof
        supply = self.setting.supply
        if column.absent is not None and supply.has(scope.table) and not supply.has_column(scope.table, column.name):
            return self._ordinary(name, is_fact)
        bit = self.setting.vocabulary[scope.table].bit(column.name)
        unknown: str | None = f"(({scope.mask} & {bit}) <> 0)"
        if not supply.may_be_unknown(scope.table, column.name):
            unknown = self._present(scope, "IS NULL") if scope.path else None
        elif scope.path:
            # A link that found no row has no mask: what it would have said is unknown.
            unknown = f"coalesce({unknown}, TRUE)"
        if column.blank_is is not None:
            undecided = f" WHEN {unknown} THEN NULL" if unknown else ""
            filled = f"CASE WHEN {name.sql} IS NOT NULL THEN {name.sql}{undecided} ELSE {column.blank_is} END"
            return Term(filled, unknown)
        absent = f"({name.sql} IS NULL{f' AND NOT {unknown}' if unknown else ''})"
        return Term(name.sql, unknown, absent if is_fact else None)

    def _present(self, scope: Scope, test: str) -> str:
        """Return a test on the key of a linked row: it is null where the link found none."""
        key = self.setting.vocabulary[scope.table].key[0]
        self.touch(scope, key)
        return f"({scope.sql(scope.path, key)} {test})"

    def touch(self, scope: Scope, column: str) -> None:
        """Note that a column is needed, and the links that lead to it."""
        self.usage.columns[(scope.alias, scope.path, column)] = None
        for length in range(1, len(scope.path) + 1):
            self.usage.links[(scope.alias, scope.path[:length])] = None

    def _ordinary(self, name: ColumnName, is_fact: bool) -> Term:
        """A further column that no file of the table has counts as its ordinary value."""
        column, scope = name.column, name.scope
        if column.absent == "blank":
            literal = f"CAST(NULL AS {column.kind.sql_type})"
        else:
            literal = str(column.absent) if column.kind is Kind.BOOLEAN else f"'{column.absent}'"
        is_fact = is_fact and column.absent == "blank"
        if not scope.path:
            return Term(literal, None, "TRUE" if is_fact else None)
        present = self._present(scope, "IS NOT NULL")
        return Term(f"CASE WHEN {present} THEN {literal} END", f"(NOT {present})", present if is_fact else None)


def _no_function(name: str) -> LanguageError:
    known = [*FUNCTIONS, *PREDICATES, "or_else", "as_key", "on_day"]
    return LanguageError(Text(f"没有函数 `{name}`", f"there is no function `{name}`"), nearest(name, known))
