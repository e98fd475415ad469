"""Whether a gather says the same on every engine: only what has been shown equal on DuckDB and on Spark may be said.

What rules say in expressions is a small language with one meaning (`language`). A gather is SQL, where engines differ
without a word: in how they order rows that nobody ordered, round averages, or number the items of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp

from analyzer.engine.language import LanguageError
from analyzer.model import Problem, Text
from analyzer.model.rule import Gather
from analyzer.rulebook.document import Document

_SHOWN = (
    exp.Identifier, exp.Column, exp.Alias, exp.Literal, exp.Boolean, exp.Null, exp.Anonymous, exp.TableAlias, exp.Table,
    exp.Select, exp.From, exp.Where, exp.CTE, exp.With, exp.Group, exp.Having, exp.Join, exp.Union, exp.Subquery,
    exp.Distinct, exp.Star, exp.Paren, exp.Tuple, exp.Order, exp.Ordered, exp.Window, exp.WindowSpec,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Is, exp.Exists,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Case, exp.If, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.DPipe,
    exp.Cast, exp.DataType, exp.DataTypeParam, exp.Count, exp.Max, exp.Min, exp.Sum, exp.Year, exp.Month, exp.Date,
    exp.TsOrDsToDate, exp.AddMonths, exp.Abs, exp.Least, exp.Greatest, exp.Left, exp.Substring, exp.RowNumber, exp.Lag,
    exp.Lead, exp.PercentileCont, exp.Median, exp.Array, exp.Bracket, exp.Interval, exp.Var,
)  # fmt: skip
"""What the gathers of the library say; its rules are held equal on both engines by their examples."""

_NEEDS_ORDER = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue)


def not_portable(gathers: Mapping[str, Gather], document: Document) -> Iterator[Problem]:
    """Yield the places in the gathers of a file that may mean something else on another engine."""
    for name, gather in gathers.items():
        for error in differences(gather.sql):
            yield document.problem(error.cause, error.remedy, ["gather", name, "sql"])


def differences(text: str) -> Iterator[LanguageError]:
    """Yield what in the SQL of a gather may mean something else on another engine."""
    tree = sqlglot.parse_one(text, read="duckdb")
    for node in tree.walk():
        if not isinstance(node, _SHOWN) or _is_special(node):
            yield _not_shown(node)
        elif isinstance(node, exp.Window) and isinstance(node.this, _NEEDS_ORDER) and not _ordered(node, tree):
            yield LanguageError(
                Text(f"`{node.sql()[:60]}` 没有写顺序", f"`{node.sql()[:60]}` has no order"),
                Text("请写 ORDER BY，并以主键收尾", "Write ORDER BY, with the key as its last column"),
            )


def _is_special(node: exp.Expr) -> bool:
    """Whether an ordinary clause is said in a way of DuckDB's own."""
    if isinstance(node, exp.Bracket):
        # The items of a list are numbered from 0 or from 1; of a column it is known which.
        return not isinstance(node.this, exp.Column)
    special = (exp.Distinct, "on"), (exp.Group, "all"), (exp.Join, "method"), (exp.Join, "using")
    return any(isinstance(node, kind) and node.args.get(word) for kind, word in special)


def _ordered(node: exp.Window, tree: exp.Expr) -> bool:
    """Whether a window has an order, of its own or in the WINDOW clause that it names."""
    if node.args.get("order") is not None:
        return True
    named = str(node.args.get("alias") or "").lower()
    return any(
        one.args.get("order") is not None and str(one.this).lower() == named
        for select in tree.find_all(exp.Select)
        for one in select.args.get("windows") or []
    )


def _not_shown(node: exp.Expr) -> LanguageError:
    said = node.sql(dialect="duckdb")[:60]
    return LanguageError(
        Text(f"`{said}` 尚未证明在各引擎上结果相同", f"`{said}` has not been shown to give the same on every engine"),
        Text(
            "请换一种写法（规则指南列出了可用的写法），否则不能在 Spark 上运行",
            "Say it another way (the rule guide lists what may be said); as it is the rule could not run on Spark",
        ),
    )


__all__ = ["differences"]
