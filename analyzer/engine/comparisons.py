"""Comparisons: what is decided whatever a missing value would be stays decided.

Two things are asked for beyond what SQL says of a NULL. An amount above the smallest of several is above it as soon as
it exceeds one of them (`least`, `greatest`). And where the day is missing that picks a number of the law, every value
that the number ever had is tried: what they agree on does not hang on the day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlglot import exp

from analyzer.engine.language import call, path
from analyzer.engine.names import Named, Scope, parameters_in
from analyzer.engine.term import Term, starts, with_absent
from analyzer.model.law import Parameter

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_UPWARDS, _DOWNWARDS = (">", ">="), ("<", "<=")


class Terms(Protocol):
    """What a comparison asks of the compiler of the rule it stands in."""

    scope: Scope
    moment: str | None
    day: date | None

    def term(self, node: exp.Expr) -> Term:
        """Return the value of an expression with what its NULL may mean."""
        ...

    def within(self, scope: Scope) -> Terms:
        """Return the compiler for another scope."""
        ...

    def on(self, day: date) -> Terms:
        """Return the compiler that takes every number of the law as it stood on one day."""
        ...

    def parameter(self, name: str) -> Parameter:
        """Return a parameter."""
        ...


def comparison(terms: Terms, node: exp.Expr) -> str:
    """Return the SQL (true, false or NULL) of `=`, `<>`, `<`, `<=`, `>` or `>=`."""
    return _whatever_the_day(terms, node, _compared)


def membership(terms: Terms, node: exp.In) -> str:
    """Return the SQL (true, false or NULL) of `x in (..)`."""
    return _whatever_the_day(terms, node, _is_member)


def _whatever_the_day(terms: Terms, node: exp.Expr, compare: Callable[[Terms, exp.Expr], str]) -> str:
    plain = compare(terms, node)
    if terms.moment is None or terms.day is not None:
        return plain
    used = sorted(set(parameters_in(node, terms.scope, by_the_day=True)))
    days = starts(terms.parameter(name) for name in used)
    tried = list(dict.fromkeys(compare(terms.on(day or date.min), node) for day in days))
    if len(tried) < 2:
        return plain
    agreed = []
    if "FALSE" not in tried:
        agreed.append(f"WHEN {' AND '.join(one for one in tried if one != 'TRUE')} THEN TRUE")
    if "TRUE" not in tried:
        agreed.append(f"WHEN NOT ({' OR '.join(one for one in tried if one != 'FALSE')}) THEN FALSE")
    return f"CASE WHEN {terms.moment} IS NOT NULL THEN {plain} {' '.join(agreed)} END" if agreed else plain


@dataclass(frozen=True)
class _Side:
    """One side of a comparison: a value, or those of which the least or the greatest is taken."""

    members: tuple[Term, ...]
    taken: str = "least"

    def word(self, sign: str, upwards: tuple[str, ...]) -> str:
        """Whether one member suffices or all are needed, for a sign that asks whether the other side lies `upwards`."""
        return " OR " if (sign in upwards) == (self.taken == "least") else " AND "


def _compared(terms: Terms, node: exp.Expr) -> str:
    sign = COMPARISONS[type(node)]
    if sign in _UPWARDS + _DOWNWARDS:
        left, right = _side(terms, node.this), _side(terms, node.expression)
    else:
        left, right = _Side((terms.term(node.this),)), _Side((terms.term(node.expression),))
    each = [
        _joined(right.word(sign, _UPWARDS), [f"({one.value} {sign} {other.value})" for other in right.members])
        for one in left.members
    ]
    plain = _joined(left.word(sign, _DOWNWARDS), each)
    return with_absent(plain, (*left.members, *right.members), "TRUE" if sign == "<>" else "FALSE")


def _side(terms: Terms, node: exp.Expr) -> _Side:
    if isinstance(node, exp.Paren):
        return _side(terms, node.this)
    called = call(node)
    if called is not None and called[0] in ("least", "greatest"):
        return _Side(tuple(terms.term(argument) for argument in called[1]), called[0])
    parts = path(node)
    if parts is not None and parts != ("as_of",) and isinstance(meaning := terms.scope.resolve(parts), Named):
        return _side(terms.within(meaning.scope), meaning.tree)
    return _Side((terms.term(node),))


def _joined(word: str, conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"({word.join(conditions)})"


def _is_member(terms: Terms, node: exp.Expr) -> str:
    left = terms.term(node.this)
    members = [terms.term(member) for member in node.expressions]
    plain = f"({left.value} IN ({', '.join(member.value for member in members)}))"
    return with_absent(plain, (left, *members), "FALSE")
