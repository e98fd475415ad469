"""The ties of a rule: through which columns rows of other tables, or other rows of its own, reach a base row's answer.

Two kinds of ties exist. A link ties a row to the one row that it names. A gather ties it to the rows that share the
gather's key, as the query's own shape shows it or as its `near` says. Links of gathered rows are ties of ties. A
table that a rule reads without a tie to the row is read whole: when it changes, the rule judges everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sqlglot import exp

from analyzer.engine.compile import ROW, CompiledRule
from analyzer.engine.gathering import Gathering
from analyzer.engine.joins import INNER
from analyzer.engine.language import LanguageError, parse
from analyzer.engine.names import GatherShape, Path, Scope, Usage
from analyzer.engine.night.lineage import Lineage, bare, joins_by_key, lineage
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting, Supply
from analyzer.engine.terms import Terms
from analyzer.model.rule import Near

SOURCE, OTHER = "s", "b"
"""The SQL aliases of a tie: the row that may change, and the row that it reaches."""


@dataclass(frozen=True)
class Tie:
    """Rows of `table` reach a row of the base table, or of the table of the tie `of`, where all `pairs` are equal.

    A pair is the SQL of the row of `table` (alias `s`) and of the other row (alias `b`). `within` adds SQL of both
    rows and how far apart they may lie; `beside` keeps of the rows with equal pairs only the next before and after,
    in the order of these pairs, or only the next before the other row when it is `one_way`. `named_in` keeps, on both
    sides, only rows that a row of a table names by a column.
    """

    table: str
    pairs: tuple[tuple[str, str], ...]
    of: Tie | None = None
    within: tuple[tuple[str, str, str], ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    one_way: bool = False
    named_in: tuple[tuple[str, str], ...] = ()

    @property
    def is_dear(self) -> bool:
        """Whether to look up what it leads to means to put rows in order, or to ask another table about them."""
        return bool(self.beside or self.named_in)


@dataclass
class RuleTies:
    """What reaches a rule's answers and findings: ties with the columns that they read, tables read whole, methods.

    `methods` are the gathers behind which a statistical method looks at all units.
    """

    ties: dict[Tie, set[str]] = field(default_factory=dict)
    whole: dict[str, set[str]] = field(default_factory=dict)
    methods: tuple[str, ...] = ()


def ties_of(plan: BasePlan, rule: CompiledRule) -> RuleTies:
    """Return the ties of a compiled rule."""
    return _Ties(plan, rule).of_rule()


def ties_of_parts(plan: BasePlan, rule: CompiledRule, shape: GatherShape) -> RuleTies | None:
    """Return the ties by which other rows reach a row of the table whose rows a gather adds up.

    None when they cannot be told: the gather reads another table on its own, or is not joined by the key of another.
    """
    return _Ties(plan, rule).of_parts(shape)


def _uses(plan: BasePlan, rule: CompiledRule) -> tuple[Usage, list[str]]:
    """Return what a rule touches on its row, the keys of its gathers included, and the gathers it uses by name."""
    usage, names = Usage(), list(dict.fromkeys((*rule.verdict_usage.gathers, *rule.finding_usage.gathers)))
    usage.add(rule.verdict_usage)
    usage.add(rule.finding_usage)
    inner = Terms(plan.setting, replace(rule.scope, alias=INNER, flat=False), (), None, Usage())
    for name in names:
        inner.gather_match(name)
    usage.columns.update({(ROW, where, column): None for _, where, column in inner.usage.columns})
    usage.links.update({(ROW, where): None for _, where in inner.usage.links})
    return usage, names


@lru_cache(maxsize=1024)
def _lineage(text: str, keys: tuple[str, ...], known: _Known) -> Lineage:
    del text, keys
    return lineage(known.shape, known.gathers)


@dataclass(frozen=True)
class _Known:
    """A gather and those that it may read, as one key of a cache: equal texts have one lineage."""

    text: str
    shape: GatherShape = field(compare=False)
    gathers: Mapping[str, GatherShape] = field(compare=False)


def lineage_of(shape: GatherShape, gathers: Mapping[str, GatherShape]) -> Lineage:
    """Return the lineage of a gather; the same texts are followed once."""
    text = "\n".join(f"{name} {one.table} {one.gather.method} {one.gather.sql}" for name, one in gathers.items())
    return _lineage(shape.gather.sql, tuple(shape.gather.keys), _Known(shape.table + "\n" + text, shape, gathers))


class _Ties:
    def __init__(self, plan: BasePlan, rule: CompiledRule) -> None:
        # A cell that is unknown in an old row may be so nowhere today: keys are told apart in every case.
        supply = Supply(plan.setting.supply.columns, None)
        self.setting: Setting = replace(plan.setting, supply=supply)
        self.plan, self.rule = plan, rule
        self.found = RuleTies()

    def of_rule(self) -> RuleTies:
        """The ties of the rule."""
        usage, names = _uses(self.plan, self.rule)
        gathers = self.rule.scope.gathers
        self._links(None, self.plan.table, ROW, usage)
        self.found.methods = tuple(name for name in names if _has_method(gathers, name))
        for name in names:
            if name not in self.found.methods:
                self._gather(gathers[name])
        return self.found

    def of_parts(self, shape: GatherShape) -> RuleTies | None:
        """The ties of the rows that a gather adds up."""
        parts, gathering = shape.gather.parts, self.plan.gathers[shape.table][1]
        if parts is None or set(gathering.sources) != {parts.of}:
            return None
        usage = gathering.usage
        for alias in sorted({alias for alias, _, _ in usage.columns} | {alias for alias, _ in usage.links}):
            self._links(None, parts.of, alias, usage)
        for name, one in self.rule.scope.gathers.items():
            if f'"{one.table}"' not in gathering.sql:
                continue
            plain = one.gather.method is None and one.gather.parts is None and one.gather.during is None
            if not plain or parts.of != self.plan.table or not joins_by_key(shape.gather.sql, name, one.gather.keys):
                return None
            self._gather(one)
        return None if self.found.whole else self.found

    def _add(self, tie: Tie, columns: Iterable[str]) -> None:
        self.found.ties.setdefault(tie, set()).update(columns)

    # Links

    def _links(self, of: Tie | None, table: str, alias: str, usage: Usage) -> None:
        """Tie the rows that the links of a row lead to, each to the row before it."""
        paths = sorted({where for one, where in usage.links if one == alias}, key=len)
        ties: dict[Path, Tie | None] = {(): of}
        scope = Scope(self.setting, table, alias)
        for where in paths:
            parent = self._scope_at(scope, where[:-1])
            link = parent.links[where[-1]]
            key = self.setting.vocabulary[link.table].key[0]
            tie = Tie(link.table, ((f'"{SOURCE}"."{key}"', f'"{OTHER}"."{link.by}"'),), ties[where[:-1]])
            ties[where] = tie
            self._add(tie, {key, *_columns_at(usage, alias, where), *self._leading_on(scope, where, paths)})

    def _scope_at(self, scope: Scope, where: Path) -> Scope:
        for name in where:
            scope = scope.link(name)
        return scope

    def _leading_on(self, scope: Scope, where: Path, paths: Iterable[Path]) -> list[str]:
        """The columns of a linked row by which further links lead on."""
        here = self._scope_at(scope, where)
        return [here.links[one[-1]].by for one in paths if len(one) == len(where) + 1 and one[:-1] == where]

    # Gathers

    def _gather(self, shape: GatherShape) -> None:
        traced = lineage_of(shape, self.rule.scope.gathers)
        near: dict[str, Tie | None] = {}
        for table in shape.gather.near:
            self._near_tie(shape, table, near)
        for place, reading in traced.readings.items():
            gathering = self.plan.gathers[reading.gather][1]
            tie = near.get(reading.table)
            if tie is None and not traced.is_open:
                pairs = self._pairs(shape, reading.table, traced.same.get(place, {}))
                tie = Tie(reading.table, pairs) if pairs else None
            self._reading(tie, reading.table, reading.alias, gathering)
        if traced.is_open and not near:
            for table in shape.sources:
                self.found.whole.setdefault(table, set()).update(self.setting.vocabulary[table].columns)

    def _reading(self, tie: Tie | None, table: str, alias: str, gathering: Gathering) -> None:
        usage = gathering.usage
        scope = Scope(self.setting, table, alias)
        paths = [where for one, where in usage.links if one == alias]
        columns = {*_columns_at(usage, alias, ()), *self._leading_on(scope, (), paths)}
        if tie is not None:
            self._add(tie, columns)
            self._links(tie, table, alias, usage)
            return
        self.found.whole.setdefault(table, set()).update(columns)
        for where in paths:
            linked = self._scope_at(scope, where).table
            self.found.whole.setdefault(linked, set()).update(self.setting.vocabulary[linked].columns)

    def _pairs(self, shape: GatherShape, table: str, same: Mapping[str, exp.Expr]) -> tuple[tuple[str, str], ...]:
        """The pairs of a reading: key columns that are expressions over the two rows alone."""
        found = []
        for column, expression in same.items():
            source = self._over(table, SOURCE, bare(expression).sql(dialect="duckdb"))
            other = self._over(self.plan.table, OTHER, shape.gather.keys[column])
            if source is not None and other is not None:
                found.append((source, other))
        return tuple(sorted(found))

    def _near_tie(self, shape: GatherShape, table: str, done: dict[str, Tie | None]) -> Tie | None:
        """The tie that `near` states for a table; None where it cannot be said in terms of the two rows."""
        if table in done or table not in shape.gather.near:
            return done.get(table)
        done[table] = None
        near = shape.gather.near[table]
        of = self._near_tie(shape, near.of, done) if near.of else None
        if near.of and of is None:
            return None
        other = near.of or self.plan.table
        pairs = [(self._over(table, SOURCE, mine), self._over(other, OTHER, its)) for mine, its in near.pairs.items()]
        within = [
            (
                self._over(table, SOURCE, moment),
                self._over(other, OTHER, moment),
                interval(self.setting, table, moment, length),
            )
            for moment, length in near.within.items()
        ]
        beside = [
            (self._over(table, SOURCE, column), self._over(other, OTHER, column))
            for column in near.beside or near.before
        ]
        parts = [part for some in (*pairs, *within, *beside) for part in some]
        if pairs and not any(part is None for part in parts):
            named = tuple(near.named_in.items())
            done[table] = Tie(table, tuple(pairs), of, tuple(within), tuple(beside), bool(near.before), named)  # type: ignore[arg-type]
        return done[table]

    def _over(self, table: str, alias: str, text: str) -> str | None:
        """The SQL of an expression over a row alone; None when it asks for more than the row."""
        define = self.rule.rule.define if table == self.plan.table else {}
        return over_row(self.setting, table, alias, text, define)


def over_row(
    setting: Setting,
    table: str,
    alias: str,
    text: str,
    define: Mapping[str, str] | None = None,
) -> str | None:
    """Return the SQL of an expression over one row; None when it needs a link, a gather, a parameter or the day."""
    terms = Terms(setting, Scope(setting, table, alias, define=define or {}))
    try:
        value = terms.term(parse(text)).value
    except LanguageError:
        return None
    usage = terms.usage
    if usage.links or usage.gathered or usage.parameters or f"'{setting.as_of.isoformat()}'" in value:
        return None
    return value


def near_mistake(setting: Setting, table: str, near: Mapping[str, Near]) -> tuple[str, str] | None:
    """Return the first part of the `near` of a gather of `table` that cannot stand: the source table and the part."""
    for source, one in near.items():
        if source not in setting.vocabulary.tables:
            return source, source
        if one.of is not None and (one.of not in near or one.of == source):
            return source, f"of: {one.of}"
        other = one.of or table
        order = one.beside or one.before
        if one.beside and one.before:
            return source, "before"
        if other != source and (order or one.named_in):
            return source, "named_in" if not order else "beside" if one.beside else "before"
        if order and not set(setting.vocabulary[source].key) <= set(order):
            return source, "beside" if one.beside else "before"
        for mine, its in [*one.pairs.items(), *((column, column) for column in (*one.within, *order))]:
            if over_row(setting, source, SOURCE, mine) is None:
                return source, mine
            if over_row(setting, other, OTHER, its) is None:
                return source, its
        for named, column in one.named_in.items():
            known = named in setting.vocabulary.tables and column in setting.vocabulary[named].columns
            if not known or column not in setting.vocabulary[source].columns:
                return source, f"named_in: {named}.{column}"
        for moment, length in one.within.items():
            if interval(setting, source, moment, length) is None:
                return source, f"within: {moment}: {length}"
    return None


def interval(setting: Setting, table: str, moment: str, length: str) -> str | None:
    """Return a length in SQL: days between dates, seconds between moments; a parameter counts with its largest value."""
    column = setting.vocabulary[table].columns.get(moment)
    unit = {"DATE": "DAYS", "TIMESTAMP": "SECONDS"}.get(column.kind.sql_type) if column is not None else None
    number = int(length) if length.isdigit() else None
    if length.startswith("p.") and (parameter := setting.parameters.get(length.removeprefix("p."))) is not None:
        values = [entry.value for entry in parameter.entries if entry.value is not None]
        whole = [value for value in values if isinstance(value, int)]
        number = max(whole, default=0) if len(whole) == len(values) else None
    return None if unit is None or number is None else f"INTERVAL {number} {unit}"


def _has_method(gathers: Mapping[str, GatherShape], name: str) -> bool:
    """Whether a gather, or one that it is built on, passes through a statistical method."""
    shape = gathers[name]
    if shape.gather.method is not None:
        return True
    return any(
        other != name and f" {other} " in f" {shape.gather.sql.replace(chr(10), ' ')} " and _has_method(gathers, other)
        for other in gathers
    )


def _columns_at(usage: Usage, alias: str, where: Path) -> list[str]:
    return [column for one, place, column in usage.columns if one == alias and place == where]


__all__ = ["OTHER", "SOURCE", "RuleTies", "Tie", "near_mistake", "ties_of", "ties_of_parts"]
