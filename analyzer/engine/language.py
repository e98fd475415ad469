"""The text of a rule's expression, read into a tree.

Rules speak a small part of SQL: comparisons, AND, OR, NOT, arithmetic, CASE and the named functions of
`functions`. Anything that could hide a blank (coalesce, IS NULL), read a file or see the clock is refused here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

from analyzer.model import Text
from analyzer.model.errors import NOTHING


@dataclass(eq=False)
class LanguageError(Exception):
    """An expression that says something it may not say, or that cannot be read."""

    cause: Text
    remedy: Text = NOTHING

    def __str__(self) -> str:
        return self.cause.en


_ALLOWED = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between,
    exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Case, exp.If, exp.Literal, exp.Boolean, exp.Null, exp.Column,
    exp.Identifier, exp.Anonymous, exp.Cast, exp.DataType, exp.Date, exp.Dot, exp.Tuple, exp.Star, exp.DPipe,
)  # fmt: skip
_FUNCTION_NODES: dict[type[exp.Expr], str] = {
    exp.Least: "least",
    exp.Greatest: "greatest",
    exp.Date: "date",
    exp.Year: "year",
    exp.Month: "month",
    exp.Abs: "abs",
    exp.TsOrDsToDate: "date",
    exp.AddMonths: "add_months",
}
_HIDES_BLANKS = (exp.Coalesce, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif)


@lru_cache(maxsize=8192)
def parse(text: str) -> exp.Expr:
    """Return the tree of one expression; raise `LanguageError` for what a rule may not say."""
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.ParseError as error:
        detail = error.errors[0]["description"] if error.errors else str(error)
        raise LanguageError(Text(f"表达式读不懂：{detail}", f"the expression cannot be read: {detail}")) from None
    for node in tree.walk():
        _check(node)
    return tree


def _check(node: exp.Expr) -> None:
    if isinstance(node, _HIDES_BLANKS):
        raise LanguageError(
            Text(f"`{node.sql()}` 会掩盖空白", f"`{node.sql()}` would hide a blank"),
            Text("请用 blank(x)、filled(x)、or_else(x, y)", "Use blank(x), filled(x) or or_else(x, y)"),
        )
    if isinstance(node, exp.Cast):
        literal_date = isinstance(node.this, exp.Literal) and node.to.this in (
            exp.DataType.Type.DATE,
            exp.DataType.Type.TIMESTAMP,
        )
        if not literal_date:
            raise _refused(node)
    elif not isinstance(node, _ALLOWED) and type(node) not in _FUNCTION_NODES:
        raise _refused(node)


def _refused(node: exp.Expr) -> LanguageError:
    return LanguageError(
        Text(f"规则里不能写 `{node.sql()[:60]}`", f"a rule may not say `{node.sql()[:60]}`"),
        Text(
            "只能用比较、AND/OR/NOT、四则运算、CASE 和列出的函数",
            "Use comparisons, AND/OR/NOT, arithmetic, CASE and the functions listed in the rule guide",
        ),
    )


def call(node: exp.Expr) -> tuple[str, list[exp.Expr]] | None:
    """Return the name and arguments of a function call in lower case, or None when it is no call."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower(), list(node.expressions)
    name = _FUNCTION_NODES.get(type(node))
    if name is None:
        return None
    rest = [node.args["expression"]] if node.args.get("expression") is not None else list(node.expressions)
    arguments = [node.this, *rest] if node.this is not None else rest
    return name, arguments


def path(node: exp.Expr) -> tuple[str, ...] | None:
    """Return the dotted name of a column node as its parts, or None when it is no name."""
    if isinstance(node, exp.Column):
        return tuple(part.name for part in node.parts)
    if isinstance(node, exp.Dot):
        return tuple(part.name for part in node.parts)
    return None
