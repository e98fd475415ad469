"""The predicates that ask about blanks, links, and what was supplied: the only ways in which a rule may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sqlglot import exp

from analyzer.engine.language import LanguageError, path
from analyzer.engine.names import ColumnName, Path, Scope
from analyzer.engine.setting import Setting
from analyzer.engine.term import Term
from analyzer.model import Text


class Terms(Protocol):
    """What a predicate asks of the compiler of the rule it stands in."""

    setting: Setting
    scope: Scope

    def term(self, node: exp.Expr) -> Term:
        """Return the value of an expression with what its NULL may mean."""
        ...

    def condition(self, node: exp.Expr) -> str:
        """Return the SQL boolean of a condition."""
        ...

    def column(self, name: ColumnName) -> Term:
        """Return the term of a canonical column."""
        ...

    def name(self, parts: Path) -> Term:
        """Return the term of a dotted name."""
        ...

    def touch(self, scope: Scope, column: str) -> None:
        """Note that a column is needed."""
        ...

    def within(self, scope: Scope) -> Terms:
        """Return the compiler for another scope."""
        ...


def blank(terms: Terms, arguments: list[exp.Expr]) -> str:
    """`blank(x)`: true for a blank cell, false for a filled one, NULL for an unknown one."""
    term = _raw(terms, arguments[0])
    if term.is_constant:
        return "TRUE" if term.constant is None else "FALSE"
    if term.unknown is None:
        return f"({term.value} IS NULL)"
    return f"CASE WHEN {term.value} IS NOT NULL THEN FALSE WHEN {term.unknown} THEN NULL ELSE TRUE END"


def _raw(terms: Terms, node: exp.Expr) -> Term:
    """A column's own cell, even where a blank stands for a value elsewhere."""
    parts = path(node)
    if parts is not None and parts != ("as_of",):
        meaning = terms.scope.resolve(parts)
        if isinstance(meaning, ColumnName) and meaning.column.blank_is is not None:
            return Term(meaning.sql, terms.column(meaning).unknown)
    return terms.term(node)


def found(terms: Terms, arguments: list[exp.Expr]) -> str:
    """`found(link)`: whether the look-up found its row; NULL when the link is blank or the table is missing."""
    parts = path(arguments[0])
    if parts is None:
        raise LanguageError(Text("found() 里要写关联名", "found() takes the name of a link"))
    parent, name = terms.scope.resolve_link(parts)
    link, target = parent.links[name], parent.link(name)
    key = terms.setting.vocabulary[link.table].key[0]
    terms.touch(target, key)
    by = terms.within(parent).name((link.by,))
    missing = "FALSE" if link.missing == "fact" and terms.setting.supply.has(link.table) else "NULL"
    none = f" WHEN {by.absent} THEN FALSE" if by.absent else ""
    present = target.sql(target.path, key)
    return f"CASE WHEN {present} IS NOT NULL THEN TRUE WHEN {by.value} IS NOT NULL THEN {missing}{none} END"


def known(terms: Terms, arguments: list[exp.Expr]) -> str:
    """`known(c)`: the condition is certainly true; blank and unknown count as not."""
    return f"CASE WHEN {terms.condition(arguments[0])} THEN TRUE ELSE FALSE END"


def unknown_if(terms: Terms, arguments: list[exp.Expr]) -> str:
    """`unknown_if(c)`: NULL where c may be true, false elsewhere; to be joined with OR."""
    inner = terms.condition(arguments[0])
    return f"CASE WHEN {inner} IS DISTINCT FROM FALSE THEN NULL ELSE FALSE END"


def supplied(terms: Terms, arguments: list[exp.Expr]) -> str:
    """`supplied('table')` or `supplied('table', 'column')`: whether an export brought it."""
    names = [str(argument.this) for argument in arguments]
    supply = terms.setting.supply
    has = supply.has(names[0]) if len(names) == 1 else supply.has_column(names[0], names[1])
    return "TRUE" if has else "FALSE"


def profile(terms: Terms, arguments: list[exp.Expr]) -> str:
    """`profile('henan')`: whether the profile in force is that one or extends it."""
    return "TRUE" if str(arguments[0].this) in terms.setting.chain else "FALSE"


def _filled(terms: Terms, arguments: list[exp.Expr]) -> str:
    """`filled(x)`: the contrary of `blank(x)`; NULL for an unknown cell too."""
    term = _raw(terms, arguments[0])
    if not term.is_constant and term.unknown is None:
        return f"({term.value} IS NOT NULL)"
    return f"(NOT {blank(terms, arguments)})"


PREDICATES: dict[str, Callable[[Terms, list[exp.Expr]], str]] = {
    "blank": blank,
    "filled": _filled,
    "found": found,
    "known": known,
    "unknown_if": unknown_if,
    "supplied": supplied,
    "profile": profile,
}
"""Each predicate by the name that rules call it by."""
