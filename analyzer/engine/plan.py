"""The plan of one base table: its gathers, its rules compiled, and the two queries that judge and explain.

The first query answers every rule for every row in one pass and keeps a small number for each. The second brings
subject, dates, amounts and facts for the rows that are not in order, and for those only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from analyzer.engine.compile import PARTS, ROW, CompiledRule, PartError, RuleCompiler, verdict_sql
from analyzer.engine.gathering import Gathering, compile_gather
from analyzer.engine.joins import INNER, flat_columns, link_joins
from analyzer.engine.language import LanguageError, parse
from analyzer.engine.names import Gathered, GatherShape, Scope, Usage
from analyzer.engine.setting import Setting
from analyzer.engine.statistics import METHOD_COLUMNS, check_method
from analyzer.engine.terms import Terms
from analyzer.model import Verdict
from analyzer.model.rule import Gather, Rule
from analyzer.model.tables import UNKNOWN

VERDICTS = {
    1: Verdict.BREACH,
    2: Verdict.REVIEW,
    3: Verdict.COMPLIANT,
    4: Verdict.NOT_ASSESSABLE,
    5: Verdict.NOT_APPLICABLE,
}
"""The number by which an answer is kept while judging."""


@dataclass(frozen=True)
class Piece:
    """The rows between two places of the table that a plan reads; of the tables `heavy` only what these need is joined."""

    first: int
    last: int
    heavy: frozenset[str]

    def where(self, alias: str) -> str:
        """The SQL that a row lies in the piece."""
        return f'"{alias}".rowid BETWEEN {self.first} AND {self.last}'


_ALIAS = re.compile(r'"(\w+)"\.')


@dataclass
class BasePlan:
    """How the rules that read one base table are judged.

    With `only_few` these are rules that apply to few rows. Those rows are picked out first, into the table `source`,
    and everything else is asked of them alone.
    """

    setting: Setting
    table: str
    rules: list[CompiledRule] = field(default_factory=list)
    gathers: dict[str, tuple[GatherShape, Gathering]] = field(default_factory=dict)
    only_few: bool = False

    def parts(self) -> list[BasePlan]:
        """Return the plan in parts that are judged one after the other: rules for every row, and rules for few."""
        of_few = {flag: [rule for rule in self.rules if (rule.few is not None) is flag] for flag in (False, True)}
        return [replace(self, rules=rules, only_few=flag) for flag, rules in of_few.items() if rules]

    @property
    def source(self) -> str:
        """The table that the rows are read from."""
        return f"few_{self.table}" if self.only_few else self.table

    @property
    def row_id(self) -> str:
        """The SQL of a row's place in the base table, inside a prepared row."""
        return f'"{INNER}"."row_id"' if self.only_few else f'"{INNER}".rowid'

    def few_query(self) -> str:
        """Return the query that picks out the rows to which one of the rules may apply, with all that is asked of them."""
        uses = [(rule, usage) for rule in self.rules for usage in (rule.verdict_usage, rule.finding_usage)]
        own = self._own_columns(uses)
        carried = self._carried()
        asked = [(rule, rule.few_usage) for rule in self.rules]
        asked += [(rule, Usage(gathered=dict.fromkeys(names))) for rule, names, _ in carried]
        row = replace(self, only_few=False).prepared_row(asked, None, own)
        brought = dict.fromkeys(flat for *_, names in carried for flat in names)
        columns = ", ".join(f'"{ROW}"."{column}"' for column in ["row_id", *own, *brought])
        few = " OR ".join(dict.fromkeys(f"({rule.few}) IS DISTINCT FROM FALSE" for rule in self.rules))
        return f"SELECT {columns} FROM {row} WHERE {few}"

    def carries(self) -> frozenset[str]:
        """Return what prepared columns the table of few rows holds already: nothing is joined for them."""
        return frozenset(flat for *_, names in self._carried() for flat in names) if self.only_few else frozenset()

    def _carried(self) -> list[tuple[CompiledRule, list[tuple[str, str]], list[str]]]:
        """Return what the table of few rows carries along of the gathers by which its rows are picked out.

        For each rule: names and columns of the gathers, and what the columns are called in a prepared row.
        """
        picked = {rule.scope.gathers[name].table for rule in self.rules for name in rule.few_usage.gathers}
        carried = []
        for rule in self.rules:
            touched = {**rule.few_usage.gathered, **rule.verdict_usage.gathered, **rule.finding_usage.gathered}
            names = [one for one in touched if rule.scope.gathers[one[0]].table in picked]
            carried.append((rule, names, [rule.scope.gathers[name].flat(column) for name, column in names]))
        return carried

    def _own_columns(self, uses: Sequence[tuple[CompiledRule, Usage]]) -> list[str]:
        """Return the columns of the row itself that are needed to prepare it: those used, and those it is joined by."""
        usage = Usage()
        for rule, touched in uses:
            usage.add(touched)
            inner = self._inner(rule)
            for name, column in touched.gathered:
                inner.gather_match(name)
                inner.gathered_value(Gathered(inner.scope, name, column))
            usage.add(inner.usage)
        links = Scope(self.setting, self.table, INNER).links
        own = [column for _, path, column in usage.columns if not path]
        own += [links[path[0]].by for _, path in usage.links]
        return list(dict.fromkeys([*self.setting.vocabulary[self.table].key, *own, UNKNOWN]))

    @property
    def key(self) -> str:
        """The SQL of a row's key; a key of two columns is joined with a bar."""
        columns = self.setting.vocabulary[self.table].key
        return " || '|' || ".join(f'"{ROW}"."{column}"' for column in columns)

    def needed_gathers(self, rules: Sequence[CompiledRule]) -> list[tuple[GatherShape, Gathering]]:
        """Return the gathers that the rules use and those they are built on, in the order of making."""
        wanted: set[str] = set()
        for rule in rules:
            for name in {*rule.verdict_usage.gathers, *rule.finding_usage.gathers}:
                wanted.add(rule.scope.gathers[name].table)
        for shape, gathering in reversed(self.gathers.values()):
            if shape.table in wanted:
                wanted.update(other.table for other, _ in self.gathers.values() if f'"{other.table}"' in gathering.sql)
        return [(shape, gathering) for shape, gathering in self.gathers.values() if shape.table in wanted]

    def verdicts_query(self, only: str | None = None, piece: Piece | None = None) -> str:
        """Return the query that gives each row its answer under every rule; `only` and `piece` as in `prepared_row`."""
        row = self.prepared_row([(rule, rule.verdict_usage) for rule in self.rules], only, piece=piece)
        applies = [f'{rule.applies} AS "{rule.name}_applies"' for rule in self.rules]
        legs = [
            f'CASE WHEN "{rule.name}_applies" THEN {getattr(rule, part)} END AS "{rule.name}_{part}"'
            for rule in self.rules
            for part in PARTS[1:]
            if getattr(rule, part) != "FALSE"
        ]
        answers = [f'CAST({verdict_sql(rule)} AS UTINYINT) AS "{rule.name}"' for rule in self.rules]
        # Each condition is worked out once, and what a rule asks of its rows only where it applies.
        return (
            f'SELECT "row_id", {", ".join(answers)} FROM (SELECT *, {", ".join(legs) or "1"} FROM'
            f' (SELECT "{ROW}".*, {", ".join(applies)} FROM {row}) AS "{ROW}") AS judged'
        )

    def prepared_row(
        self,
        uses: Sequence[tuple[CompiledRule, Usage]],
        only: str | None = None,
        own: Sequence[str] = (),
        *,
        are_many: bool = False,
        piece: Piece | None = None,
    ) -> str:
        """Return the sub-query `t`: the base row with every linked and gathered column that the usages touch.

        What is brought is worked out once here and not again in each rule. `only` is a sub-query with `row_id` (and
        whatever else is to be carried) to which the rows are cut down before anything is joined; `own` are further
        columns of the base row that are wanted. `are_many` says that `only` leaves a good part of the table. With `piece`
        only its rows are prepared.
        """
        usage = Usage()
        gathers: dict[str, tuple[str, dict[str, str]]] = {}
        moments: dict[str, str] = {}
        carried = self.carries()
        for rule, touched in uses:
            usage.add(touched)
            self._bring(rule, touched, usage, gathers, carried, piece)
            if rule.as_of is not None and rule.as_of[0] not in moments:
                moments[rule.as_of[0]] = self._moment(rule, rule.as_of[1], usage)
        scope = Scope(self.setting, self.table, INNER)
        for column in (*self.setting.vocabulary[self.table].key, *own):
            usage.columns[(ROW, (), column)] = None
        columns = [f'{self.row_id} AS "row_id"', *flat_columns(scope, usage)]
        columns += [f'{value} AS "{name}"' for _, brought in gathers.values() for name, value in brought.items()]
        columns += [f'{value} AS "{name}"' for name, value in moments.items()]
        is_whole = (only is None or are_many) and not self.only_few
        heavy = dict.fromkeys(piece.heavy, self._rows_of(piece)) if piece else None
        joins = link_joins(scope, [path for _, path in usage.links], is_whole, heavy)
        joins += [gathers[table][0] for table in self.gathers if table in gathers and gathers[table][0]]
        cut = ""
        if only is not None:
            cut = f'JOIN ({only}) AS "v" ON "v"."row_id" = {self.row_id}'
            columns.append('"v".* EXCLUDE ("row_id")')
        source = f'FROM "{self.source}" AS "{INNER}" {cut} {" ".join(joins)}'
        if piece is not None:
            source += f" WHERE {piece.where(INNER)}"
        return f'(SELECT {", ".join(columns)} {source}) AS "{ROW}"'

    def _bring(
        self,
        rule: CompiledRule,
        touched: Usage,
        usage: Usage,
        gathers: dict[str, tuple[str, dict[str, str]]],
        carried: Collection[str],
        piece: Piece | None,
    ) -> None:
        """Add the joins and columns of the gathers that a rule touches; their keys may need links of their own."""
        inner = self._inner(rule)
        for name, column in touched.gathered:
            shape = rule.scope.gathers[name]
            flat = shape.flat(column)
            if flat in carried:
                gathers.setdefault(shape.table, ("", {}))[1][flat] = f'"{INNER}"."{flat}"'
                continue
            match = inner.gather_match(name)
            _, brought = gathers.setdefault(
                shape.table, (f"LEFT JOIN {self._gathered(shape.table, match, piece)} ON {match}", {})
            )
            brought[flat] = inner.gathered_value(Gathered(inner.scope, name, column))
        usage.links.update({(ROW, path): None for _, path in inner.usage.links})

    def _gathered(self, table: str, match: str, piece: Piece | None) -> str:
        """The SQL of what is joined of a gather: all of it, or what a piece needs where that can be told without links."""
        if piece is None or table not in piece.heavy or set(_ALIAS.findall(match)) - {table, INNER}:
            return f'"{table}"'
        return f'(SELECT "{table}".* FROM "{table}" SEMI JOIN {self._rows_of(piece)} ON {match}) AS "{table}"'

    def _rows_of(self, piece: Piece) -> str:
        return f'(SELECT * FROM "{self.source}" AS "{INNER}" WHERE {piece.where(INNER)}) AS "{INNER}"'

    def _moment(self, rule: CompiledRule, text: str, usage: Usage) -> str:
        inner = self._inner(rule)
        value = inner.term(parse(text)).value
        usage.links.update({(ROW, path): None for _, path in inner.usage.links})
        return value

    def _inner(self, rule: CompiledRule) -> Terms:
        """Return the compiler of names over the row while it is being prepared."""
        return Terms(self.setting, replace(rule.scope, alias=INNER, flat=False), (), None, Usage())


@dataclass(frozen=True)
class Mistake:
    """A rule or facts file that cannot be compiled: whose it is, the part, and the error."""

    owner: str
    is_base: bool
    part: tuple[str | int, ...]
    error: LanguageError


def plan_base(setting: Setting, table: str, rules: Sequence[Rule], mistakes: list[Mistake]) -> BasePlan:
    """Compile every rule that reads `table`; what cannot be compiled is added to `mistakes` and left out."""
    plan = BasePlan(setting, table)
    base = setting.bases.get(table)
    shared = _shapes(plan, base.gather if base else {}, table, True, {}, mistakes)
    for rule in rules:
        own = _shapes(plan, rule.gather, rule.code, False, shared, mistakes)
        try:
            plan.rules.append(RuleCompiler(setting, rule, {**shared, **own}).compile())
        except PartError as error:
            mistakes.append(Mistake(rule.code, False, error.part, error.error))
    return plan


def _shapes(
    plan: BasePlan,
    gathers: dict[str, Gather],
    owner: str,
    is_base: bool,
    earlier: dict[str, GatherShape],
    mistakes: list[Mistake],
) -> dict[str, GatherShape]:
    shapes: dict[str, GatherShape] = {}
    for name, gather in gathers.items():
        tables = {known: shape.table for known, shape in {**earlier, **shapes}.items()}
        part = ("gather", name, "sql")
        try:
            gathering = compile_gather(plan.setting, gather.sql, tables)
            if gather.method is not None:
                part = ("gather", name, "method")
                check_method(plan.setting, gather.method)
        except LanguageError as error:
            mistakes.append(Mistake(owner, is_base, part, error))
            continue
        table = f"{owner.lower().replace('-', '_')}__{name}"
        built_on = [source for known in tables.values() if f'"{known}"' in gathering.sql
                    for source in plan.gathers[known][0].sources]  # fmt: skip
        sources = tuple(dict.fromkeys((*gathering.sources, *built_on)))
        keys = set(gather.keys)
        columns = tuple(column for column in gathering.columns if column not in keys)
        if gather.method is not None:
            columns += tuple(METHOD_COLUMNS)
        shapes[name] = GatherShape(gather, table, columns, sources)
        plan.gathers[table] = (shapes[name], gathering)
    return shapes
