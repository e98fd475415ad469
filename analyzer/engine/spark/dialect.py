"""Our SQL in Spark's words. What differs in meaning is a named function of ours with a definition for each engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

from analyzer.model import Vocabulary

FORMS: Mapping[type[exp.Expr], str] = {exp.RegexpFullMatch: "fits_pattern", exp.PercentileCont: "percentile"}
"""DuckDB's own functions that Spark spells otherwise: the name of the function there."""

_ONE_WORD = (
    exp.Paren, exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Case, exp.Cast, exp.Coalesce, exp.Anonymous, exp.If,
    exp.Exists,
)  # fmt: skip
"""What stands together without brackets, wherever it is said."""
_COMPARISONS = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.NullSafeEQ, exp.NullSafeNEQ,
)  # fmt: skip
"""What binds closer than NOT, AND and OR."""
_BRACKETED = (exp.Paren, exp.Case, exp.If, exp.Coalesce, exp.Anonymous, exp.Alias, exp.Where, exp.Having)
"""What says by itself where each of its parts ends."""

_WHOLE = (exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT, exp.DataType.Type.TINYINT)


class SparkDialect:
    """Turns queries over the canonical tables of a vocabulary into Spark SQL."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._keys = {name: table.key for name, table in vocabulary.tables.items()}
        self.text = lru_cache(maxsize=1024)(self._text)

    def _text(self, query: str) -> str:
        """Return the query for Spark. DuckDB's row number becomes the row's key, which names a row as well."""
        tree = sqlglot.parse_one(query, read="duckdb")
        for column in list(tree.find_all(exp.Column)):
            if column.name == "rowid":
                column.replace(self._key_of(column))
        tree = tree.transform(_spelt)
        for paren in list(tree.find_all(exp.Paren)):
            if _is_needless(paren):
                paren.replace(paren.this)
        return tree.sql(dialect="spark")

    def _key_of(self, column: exp.Column) -> exp.Expr:
        table = _table_named(column)
        pieces = [exp.column(name, table=column.table or None, quoted=True) for name in self._keys[table]]
        joined: exp.Expr = pieces[0]
        for piece in pieces[1:]:
            joined = exp.DPipe(this=exp.DPipe(this=joined, expression=exp.Literal.string("|")), expression=piece)
        return exp.paren(joined) if len(pieces) > 1 else joined


def _table_named(column: exp.Column) -> str:
    """The canonical table whose row the column's alias stands for, in the nearest SELECT that names it."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        sources = [select.args.get("from_"), *(select.args.get("joins") or [])]
        for source in sources:
            table = source.this if source is not None else None
            if isinstance(table, exp.Table) and table.alias_or_name == column.table:
                return str(table.name)
        select = select.find_ancestor(exp.Select)
    raise KeyError(column.sql())


def _is_needless(paren: exp.Paren) -> bool:
    """Whether a pair of brackets changes nothing.

    Spark's parser reads what is in brackets again for each thing that may begin with one, so that brackets inside
    brackets take it longer than all the rest.
    """
    inner, outer = paren.this, paren.parent
    if isinstance(inner, _ONE_WORD) or isinstance(outer, _BRACKETED):
        return not isinstance(inner, exp.Query)
    if isinstance(outer, exp.Not):
        return isinstance(inner, _COMPARISONS)
    if isinstance(outer, exp.And):
        return isinstance(inner, (exp.And, exp.Not, *_COMPARISONS))
    if isinstance(outer, exp.Or):
        return isinstance(inner, (exp.Or, exp.And, exp.Not, *_COMPARISONS))
    return False


def _spelt(node: exp.Expr) -> exp.Expr:
    name = FORMS.get(type(node))
    if name is not None:
        return exp.Anonymous(this=name, expressions=[node.this, node.expression])
    if isinstance(node, exp.Div):
        # DuckDB divides as fractions whatever the types; Spark would keep decimals, and round them.
        node.set("this", exp.cast(node.this, "DOUBLE"))
        node.set("expression", exp.cast(node.expression, "DOUBLE"))
    if isinstance(node, exp.Cast) and node.to.this in _WHOLE and isinstance(node.this, exp.Column):
        # DuckDB rounds a fraction that becomes a whole number, Spark would cut it off.
        node.set("this", exp.Anonymous(this="rint", expressions=[node.this]))
    return node


__all__ = ["FORMS", "SparkDialect"]
