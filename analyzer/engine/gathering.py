"""Gathers: the queries that collect rows by a key, with our names and functions turned into plain SQL.

A gather reads canonical tables under an alias (`FROM cases AS c`) and may ask of `c` everything that the facts file
of `cases` knows: its columns, its named expressions (`c.fined`), and what its links lead to (`c.detection.d`).
`is_any(x)` and `is_every(x)` are the aggregates of three-valued conditions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import sqlglot
from sqlglot import exp

from analyzer.engine.functions import FUNCTIONS
from analyzer.engine.joins import flat_source
from analyzer.engine.language import LanguageError, call, path
from analyzer.engine.names import Meaning, Path, Plain, Scope, Usage, nearest
from analyzer.engine.predicates import PREDICATES
from analyzer.engine.setting import Setting
from analyzer.engine.terms import Terms
from analyzer.model import Text

_REFUSED = (
    exp.Command, exp.Insert, exp.Update, exp.Delete, exp.Create, exp.Drop, exp.Copy, exp.Set, exp.Pragma,
    exp.Coalesce, exp.CurrentDate, exp.CurrentTimestamp, exp.Rand, exp.Lambda,
)  # fmt: skip
_ALLOWED_FUNCTIONS = (
    exp.And, exp.Or, exp.Not, exp.If, exp.Case, exp.Cast, exp.Count, exp.Max, exp.Min, exp.Sum, exp.Avg, exp.Lag,
    exp.Lead, exp.RowNumber, exp.Rank, exp.DenseRank, exp.FirstValue, exp.LastValue, exp.Date, exp.Year, exp.Month,
    exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Least, exp.Greatest, exp.AddMonths, exp.Quantile, exp.Median,
    exp.PercentileCont, exp.Array, exp.TsOrDsToDate, exp.Length, exp.Substring, exp.Left, exp.Exists,
)  # fmt: skip
"""SQL's own functions that mean the same on every engine. Others are refused: a gather reads rows, nothing else."""

_OURS = (*PREDICATES, "or_else", "as_key", "on_day")


@dataclass
class _Rows:
    """The aliases of a gather: canonical rows by alias, and whatever else the query builds itself."""

    setting: Setting
    scopes: dict[str, Scope] = field(default_factory=dict)

    path: Path = ()

    def resolve(self, parts: Path) -> Meaning:
        if parts[0] in self.scopes and len(parts) > 1:
            return self.scopes[parts[0]].resolve(parts[1:])
        if parts[0] == "p" and len(parts) == 2:
            return Scope(self.setting, "", "").parameter(parts[1])
        return Plain(".".join(f'"{part}"' for part in parts))

    def resolve_link(self, parts: Path) -> tuple[Scope, str]:
        if parts[0] not in self.scopes:
            raise LanguageError(Text(f"没有别名 `{parts[0]}`", f"there is no alias `{parts[0]}`"))
        return self.scopes[parts[0]].resolve_link(parts[1:])


@dataclass(frozen=True)
class Gathering:
    """A gather made ready: plain SQL, the columns it returns, the canonical tables and columns it reads."""

    sql: str
    columns: tuple[str, ...]
    sources: tuple[str, ...]
    usage: Usage


def compile_gather(setting: Setting, text: str, earlier: Mapping[str, str]) -> Gathering:
    """Turn the SQL of a gather into plain SQL.

    `earlier` maps the gathers that may be read as tables to their names in the database.
    Raises `LanguageError` for a name, a function or a statement that a gather may not use.
    """
    query = _parse(text)
    columns = tuple(query.named_selects)
    tree: exp.Expr = query
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    rows = _Rows(setting)
    sources = []
    for table in list(tree.find_all(exp.Table)):
        if table.name in ctes:
            continue
        if table.name in earlier:
            table.replace(_parse_table(f'"{earlier[table.name]}" AS "{table.alias_or_name}"'))
        elif table.name in setting.vocabulary.tables:
            rows.scopes[table.alias_or_name] = Scope(setting, table.name, table.alias_or_name, flat=True)
            sources.append(table.name)
        else:
            known = [*setting.vocabulary.tables, *earlier]
            raise LanguageError(
                Text(f"没有表 `{table.name}`", f"there is no table `{table.name}`"),
                nearest(table.name, known),
            )
    terms = Terms(setting, rows)  # type: ignore[arg-type]
    tree = tree.transform(lambda node: _translate(node, terms))
    for table in list(tree.find_all(exp.Table)):
        if table.name in setting.vocabulary.tables and table.name not in ctes:
            table.replace(_parse_table(flat_source(rows.scopes[table.alias_or_name], terms.usage)))
    return Gathering(tree.sql(dialect="duckdb"), columns, tuple(dict.fromkeys(sources)), terms.usage)


def _parse(text: str) -> exp.Query:
    return _parsed(text).copy()


@lru_cache(maxsize=512)
def _parsed(text: str) -> exp.Query:
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.ParseError as error:
        detail = error.errors[0]["description"] if error.errors else str(error)
        raise LanguageError(Text(f"SQL 读不懂：{detail}", f"the SQL cannot be read: {detail}")) from None
    if not isinstance(tree, exp.Query):
        raise LanguageError(Text("gather 必须是一条 SELECT", "a gather must be one SELECT"))
    for node in tree.walk():
        if isinstance(node, _REFUSED) or (isinstance(node, exp.Func) and not _is_allowed(node)):
            raise LanguageError(
                Text(f"gather 里不能写 `{node.sql()[:60]}`", f"a gather may not say `{node.sql()[:60]}`"),
                Text("请用 or_else、blank、filled；今天是 as_of", "Use or_else, blank, filled; today is as_of"),
            )
    return tree


def _is_allowed(node: exp.Func) -> bool:
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in (*FUNCTIONS, *_OURS, "is_any", "is_every")
    return isinstance(node, _ALLOWED_FUNCTIONS)


def _parse_table(text: str) -> exp.Expr:
    source = sqlglot.parse_one(f"SELECT 1 FROM {text}", read="duckdb").args["from_"].this
    assert isinstance(source, exp.Expr)
    return source


def _translate(node: exp.Expr, terms: Terms) -> exp.Expr:
    """Replace our names and functions by plain SQL; everything else is left for the next level."""
    called = call(node)
    if called is not None:
        name, arguments = called
        if name in ("is_any", "is_every"):
            inner = arguments[0].transform(lambda part: _translate(part, terms)).sql(dialect="duckdb")
            return _sql(_aggregate(name, inner))
        if name in _OURS:
            return _sql(terms.term(node).value)
        if name in FUNCTIONS:
            values = [argument.transform(lambda part: _translate(part, terms)) for argument in arguments]
            return _sql(FUNCTIONS[name].duckdb(*(value.sql(dialect="duckdb") for value in values)))
    parts = path(node)
    if parts is not None and (parts == ("as_of",) or _is_ours(parts, terms)):
        return _sql(terms.term(node).value)
    return node


def _is_ours(parts: Path, terms: Terms) -> bool:
    return not isinstance(terms.scope.resolve(parts), Plain)


def _aggregate(name: str, condition: str) -> str:
    """Three-valued any and every: unknown only where an unknown row could change the answer."""
    deciding = "TRUE" if name == "is_any" else "FALSE"
    return (
        f"CASE WHEN max(CASE WHEN ({condition}) IS NOT DISTINCT FROM {deciding} THEN 1 ELSE 0 END) = 1 THEN {deciding}"
        f" WHEN max(CASE WHEN ({condition}) IS NULL THEN 1 ELSE 0 END) = 1 THEN NULL"
        f" ELSE NOT {deciding} END"
    )


def _sql(text: str) -> exp.Expr:
    return _parsed_piece(text).copy()


@lru_cache(maxsize=4096)
def _parsed_piece(text: str) -> exp.Expr:
    parsed = sqlglot.parse_one(text, read="duckdb")
    return exp.paren(parsed) if isinstance(parsed, exp.Binary | exp.Not) else parsed
