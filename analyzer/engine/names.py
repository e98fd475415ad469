"""The names that a rule may use over one row, and the SQL each stands for.

A name is a column of the row, a link and a column behind it (`device.kind`, `detection.permit.valid_until`), a named
expression of the facts file or the rule, a column that a gather brings, or a parameter (`p.service_days`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from sqlglot import exp

from analyzer.engine.language import LanguageError, call, parse, path
from analyzer.engine.setting import Setting
from analyzer.model import Column, Text
from analyzer.model.rule import FactBase, Gather, Link
from analyzer.model.tables import UNKNOWN

Path = tuple[str, ...]


@dataclass
class Usage:
    """What compiling touched: columns and links by the row's alias and link path, gathers, parameters."""

    columns: dict[tuple[str, Path, str], None] = field(default_factory=dict)
    links: dict[tuple[str, Path], None] = field(default_factory=dict)
    gathered: dict[tuple[str, str], None] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)

    def add(self, other: Usage) -> None:
        """Take in what another compilation touched."""
        self.columns.update(other.columns)
        self.links.update(other.links)
        self.gathered.update(other.gathered)
        self.parameters.update(other.parameters)

    @property
    def gathers(self) -> list[str]:
        """The gathers that are needed, in the order in which they were met."""
        return list(dict.fromkeys(name for name, _ in self.gathered))


@dataclass(frozen=True)
class ColumnName:
    """A canonical column, at the row itself (empty path of the scope) or behind links."""

    scope: Scope
    column: Column

    @property
    def sql(self) -> str:
        """The column's SQL."""
        return self.scope.sql(self.scope.path, self.column.name)


@dataclass(frozen=True)
class Named:
    """A named expression and the scope in which it is read."""

    scope: Scope
    name: str
    tree: exp.Expr


@dataclass(frozen=True)
class Gathered:
    """A column that a gather brings to the row."""

    scope: Scope
    gather: str
    column: str


@dataclass(frozen=True)
class Plain:
    """A column of a sub-query inside a gather: it is what it is."""

    sql: str


@dataclass(frozen=True)
class GatherShape:
    """A gather as the rules of one base see it: its table, what it returns, and what it reads."""

    gather: Gather
    table: str
    columns: tuple[str, ...]
    sources: tuple[str, ...]

    def flat(self, column: str) -> str:
        """Return what a column of the gather is called in a prepared row."""
        return f"{self.table}__{column}"


@dataclass(frozen=True)
class ParameterName:
    """A parameter of the law, resolved by the date of the row."""

    name: str


Meaning = ColumnName | Named | Gathered | ParameterName | Plain


@dataclass(frozen=True)
class Scope:
    """The names over one row of `table`.

    `alias` is the row's name in SQL. A flat scope stands for a prepared sub-query whose linked columns carry the
    link's name (`device__kind`); otherwise every link is joined under its own alias.
    """

    setting: Setting
    table: str
    alias: str
    flat: bool = False
    path: Path = ()
    define: Mapping[str, str] = field(default_factory=dict)
    gathers: Mapping[str, GatherShape] = field(default_factory=dict)

    @property
    def base(self) -> FactBase | None:
        """The facts file of the table, if it has one."""
        return self.setting.bases.get(self.table)

    @property
    def links(self) -> Mapping[str, Link]:
        """The links of the table by name."""
        return self.base.links if self.base else {}

    @property
    def defined(self) -> dict[str, str]:
        """All named expressions that may be used here."""
        return {**(self.base.define if self.base else {}), **self.define}

    def link(self, name: str) -> Scope:
        """Return the scope of the row that the link leads to. Only plain facts are seen there, no gathers."""
        return Scope(self.setting, self.links[name].table, self.alias, self.flat, (*self.path, name))

    def resolve(self, parts: Path) -> Meaning:
        """Return what a dotted name means; raise `LanguageError` with the nearest right name."""
        head = parts[0]
        if head == "p" and len(parts) == 2:
            return self.parameter(parts[1])
        if len(parts) == 1:
            if (column := self.setting.vocabulary[self.table].columns.get(head)) is not None:
                return ColumnName(self, column)
            if head in self.defined:
                return Named(self, head, parse(self.defined[head]))
            for name, shape in self.gathers.items():
                if head in shape.columns:
                    return Gathered(self, name, head)
        elif head in self.links:
            return self.link(head).resolve(parts[1:])
        raise self._unknown_name(parts)

    def resolve_link(self, parts: Path) -> tuple[Scope, str]:
        """Return the scope in which the last link of a dotted name stands, and its name there."""
        if parts[0] not in self.links:
            cause = Text(f"没有关联 `{parts[0]}`", f"there is no link `{parts[0]}`")
            remedy = Text(f"可用的有：{'、'.join(self.links)}", f"There are: {', '.join(self.links)}")
            raise LanguageError(cause, remedy)
        return (self, parts[0]) if len(parts) == 1 else self.link(parts[0]).resolve_link(parts[1:])

    def parameter(self, name: str) -> ParameterName:
        """Return what `p.name` stands for; raise `LanguageError` naming the nearest when there is none."""
        if name not in self.setting.parameters:
            raise LanguageError(
                Text(f"没有参数 `{name}`", f"there is no parameter `{name}`"),
                nearest(name, list(self.setting.parameters)),
            )
        return ParameterName(name)

    def _unknown_name(self, parts: Path) -> LanguageError:
        word = ".".join(parts)
        known = [*self.setting.vocabulary[self.table].columns, *self.defined, *self.links]
        known += [column for shape in self.gathers.values() for column in shape.columns]
        known += [
            f"{link}.{column}"
            for link, target in self.links.items()
            for column in self.setting.vocabulary[target.table].columns
        ]
        cause = Text(
            f"用到的 `{word}` 不是表 {self.table} 的列、事实或关联",
            f"`{word}` is no column, fact or link of {self.table}",
        )
        return LanguageError(cause, nearest(word, known))

    def sql(self, path: Path, column: str) -> str:
        """Return the SQL of a column of the row at `path`."""
        if self.flat:
            return f'"{self.alias}"."{"__".join((*path, column))}"'
        return f'"{alias_of(self.alias, path)}"."{column}"'

    @property
    def mask(self) -> str:
        """The SQL of the mask of unknown columns of this row."""
        return self.sql(self.path, UNKNOWN)


def alias_of(alias: str, path: Path) -> str:
    """Return the SQL alias of the row at the end of a link path: the base alias for the row itself."""
    return "__".join(path) if path else alias


def parameters_in(tree: exp.Expr, scope: Scope, *, by_the_day: bool = False) -> Iterator[str]:
    """Yield the parameters that an expression uses, those behind named expressions included.

    With `by_the_day` only those that go by the day of the row, not those that `on_day` asks of another day.
    """
    for node in tree.walk(prune=lambda one: by_the_day and (call(one) or ("",))[0] == "on_day"):
        parts = path(node)
        if parts is None or parts == ("as_of",) or _is_link_argument(node):
            continue
        meaning = scope.resolve(parts)
        if isinstance(meaning, ParameterName):
            yield meaning.name
        elif isinstance(meaning, Named):
            yield from parameters_in(meaning.tree, meaning.scope, by_the_day=by_the_day)


def _is_link_argument(node: exp.Expr) -> bool:
    """Whether a name is the argument of found(): a link, not a value."""
    called = call(node.parent) if node.parent is not None else None
    return called is not None and called[0] == "found"


def nearest(word: str, known: list[str]) -> Text:
    """Return the question whether a known word was meant; nothing when none is like it."""
    match = process.extractOne(word, known, score_cutoff=60)
    if match is None:
        return Text("", "")
    return Text(f"是不是想写 `{match[0]}`？", f"Did you mean `{match[0]}`?")
