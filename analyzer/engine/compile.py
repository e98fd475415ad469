"""From a rule's text to the SQL of its answer, its finding and what it rests on.

The compiler, not the rule, guards what every rule must keep: withdrawn cases are left out, a rule bound to a profile
applies nowhere else, a breach that rests on a recalled number ends in review, a null parameter switches off its leg
and a rule without a leg left cannot say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from sqlglot import exp

from analyzer.engine.language import LanguageError, parse, path
from analyzer.engine.legs import Legs
from analyzer.engine.names import ColumnName, GatherShape, Named, Path, Scope, Usage
from analyzer.engine.setting import Setting
from analyzer.engine.term import Term, dated
from analyzer.engine.terms import Terms
from analyzer.model import Severity, Text
from analyzer.model.rule import Rule

ROW = "t"
"""The SQL alias of the prepared row: the base row with all that its links and gathers bring."""

RESERVED = ("subject", "records", "first", "last", "span", "dates", "amount")
"""Placeholders of an explanation that the roll-up fills by itself."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*)\}")
FORM = re.compile(r"\{([A-Za-z_][\w.]*)\|([^{}|]*)\|([^{}|]*)\}")
"""`{records|record|records}`: a word that depends on a number, the form for one and the form for any other."""


@dataclass(frozen=True)
class Fact:
    """A named value that a finding rests on: its SQL, and the canonical column it is, if it is one."""

    name: str
    sql: str
    column: ColumnName | None


@dataclass(frozen=True)
class Lack:
    """Something that may keep a rule from an answer.

    `name` is its path in the rule, `label` what a count of it is called, `sql` is true where it is missing.
    """

    name: str
    label: str
    sql: str


@dataclass(frozen=True)
class CompiledRule:
    """One rule over one base table, as SQL over the prepared row `t`.

    `as_of` is the date that picks the law's numbers: its column in the prepared row, and its expression. `few` is a
    condition of the facts file that `applies` cannot do without, if the rule asks for one of them, and `few_usage` what
    it touches.
    """

    rule: Rule
    scope: Scope
    as_of: tuple[str, str] | None
    applies: str
    few: str | None
    few_usage: Usage
    breach: str
    review: str
    softer: str
    undecided: str
    subject: str
    episode: tuple[str, ...]
    day: str
    agency: str
    station: str
    amount: str
    severity: str
    facts: tuple[Fact, ...]
    missing: tuple[Lack, ...]
    parameters: Mapping[str, str]
    verdict_usage: Usage
    finding_usage: Usage

    @property
    def name(self) -> str:
        """The rule's code as a SQL name: `dev_01`."""
        return self.rule.code.lower().replace("-", "_")


def placeholders(rule: Rule) -> set[str]:
    """Return the names that the rule's texts ask to be filled."""
    texts = (rule.explain.zh, rule.explain.en, rule.remedy.zh, rule.remedy.en)
    return {name for text in texts for name in (*PLACEHOLDER.findall(text), *(form[0] for form in FORM.findall(text)))}


class RuleCompiler:
    """Compiles the parts of one rule; errors name the part of the rule file they stand in."""

    def __init__(self, setting: Setting, rule: Rule, gathers: Mapping[str, GatherShape]) -> None:
        self.setting, self.rule = setting, rule
        self.scope = Scope(setting, rule.reads, ROW, flat=True, define=rule.define, gathers=gathers)
        self.base = self.scope.base
        self.verdict_usage, self.finding_usage, self.few_usage = Usage(), Usage(), Usage()
        text = rule.as_of or (self.base.as_of if self.base else None)
        self.moment: str | None = None
        self.as_of: tuple[str, str] | None = None
        self.moment_usage = Usage()
        if text is not None and (value := self._value(("as_of",), text, self.moment_usage)):
            # Asked for with every number that changes by date: a column of the prepared row, not the same text again.
            self.as_of = (f"as_of_{sha256(value.encode()).hexdigest()[:8]}", text)
            self.moment = f'"{ROW}"."{self.as_of[0]}"'

    def compile(self) -> CompiledRule:
        """Return the compiled rule; raise `PartError` at the first part that cannot be compiled."""
        rule, base = self.rule, self.base
        own = base.leave_out if base and rule.withdrawn == "left_out" else None
        bound = "FALSE" if rule.profile and rule.profile not in self.setting.chain else "TRUE"
        left_out = f" AND (NOT {self._condition(('leave_out',), own)})" if own else ""
        applies = f"({bound}{left_out} AND {self._condition(('applies_when',), rule.applies_when)})"
        breach = self._condition(("breach",), rule.breach) if rule.breach else "FALSE"
        review = self._condition(("review",), rule.review) if rule.review else "FALSE"
        softer = self._condition(("review_instead",), rule.review_instead) if rule.review_instead else "FALSE"
        undecided = "FALSE"
        if rule.undecided_when:  # a row of which not even that is known is undecided too
            undecided = f"coalesce({self._condition(('undecided_when',), rule.undecided_when)}, TRUE)"
        legs = Legs(self.setting, rule, self.scope, self.moment)
        recalled = legs.recalled() if rule.breach else "FALSE"
        missing = tuple(self._missing())
        facts = tuple(self._facts())
        for usage in (self.verdict_usage, self.finding_usage, self.few_usage):
            usage.add(self.moment_usage)
        return CompiledRule(
            rule=rule,
            scope=self.scope,
            as_of=self.as_of,
            applies=applies,
            few=self._few(),
            few_usage=self.few_usage,
            breach=breach,
            review=review,
            softer=_either(softer, recalled) if breach != "FALSE" else "FALSE",
            undecided=_either(undecided, legs.no_leg()),
            subject=self._value(("subject", "id"), rule.subject.id) or "NULL",
            episode=tuple(self._value(("episode", i), text) or "NULL" for i, text in enumerate(rule.episode)),
            day=self._value(("date",), rule.date) or self.moment or "NULL",
            agency=self._value(("agency",), rule.agency or (base.agency if base else None)) or "NULL",
            station=self._value(("station",), rule.station or (base.station if base else None)) or "NULL",
            amount=self._value(("amount",), rule.amount or (base.amount if base else None)) or "NULL",
            severity=self._severity(),
            facts=facts,
            missing=missing,
            parameters=self._parameters(),
            verdict_usage=self.verdict_usage,
            finding_usage=self.finding_usage,
        )

    # Parts

    def _terms(self, usage: Usage) -> Terms:
        return Terms(self.setting, self.scope, self.rule.blank_is_proof, self.moment, usage)

    def _condition(self, part: tuple[str | int, ...], text: str) -> str:
        with _at(part):
            return self._terms(self.verdict_usage).condition(parse(text))

    def _few(self) -> str | None:
        with _at(("applies_when",)):
            asked = list(_conjuncts(parse(self.rule.applies_when), self.scope))
            for text in self.base.few if self.base else ():
                if parse(text) in asked:
                    return self._terms(self.few_usage).condition(parse(text))
        return None

    def _value(self, part: tuple[str | int, ...], text: str | None, usage: Usage | None = None) -> str | None:
        if text is None:
            return None
        with _at(part):
            return self._terms(usage if usage is not None else self.finding_usage).term(parse(text)).value

    def _severity(self) -> str:
        """The rank of the gravest severity whose condition certainly holds; lower is graver."""
        pieces = []
        for severity, text in sorted(self.rule.severity_when.items(), key=lambda item: item[0].rank):
            with _at(("severity_when", severity)):
                condition = self._terms(self.finding_usage).condition(parse(text))
            pieces.append(f"WHEN {condition} THEN {severity.rank}")
        own = Severity(self.rule.severity).rank
        return f"CASE {' '.join(pieces)} ELSE {own} END" if pieces else str(own)

    def _facts(self) -> Iterable[Fact]:
        """What the finding shows: the names that the rule lists, else those its conditions and texts use."""
        names = [*self.rule.facts, *self._spoken_names()]
        if not self.rule.facts:
            names += [*self._touched_names(), *self.rule.define]
        for name in dict.fromkeys(names):
            with _at(("explain",) if name in placeholders(self.rule) else ("facts",)):
                parts = tuple(name.split("."))
                meaning = self.scope.resolve(parts)
                column = meaning if isinstance(meaning, ColumnName) else None
                yield Fact(name, self._terms(self.finding_usage).term(parse(name)).value, column)

    def _spoken_names(self) -> list[str]:
        return sorted(name for name in placeholders(self.rule) if name not in RESERVED)

    def _touched_names(self) -> list[str]:
        """The columns that the conditions use; the key of a linked row says nothing that the link does not."""
        columns = [
            ".".join((*where, column))
            for alias, where, column in self.verdict_usage.columns
            if alias == ROW and not (where and column in self.setting.vocabulary[self._table_at(where)].key)
        ]
        return columns + [column for _, column in self.verdict_usage.gathered]

    def _missing(self) -> Iterable[Lack]:
        """What may keep the rule from an answer."""
        terms = self._terms(Usage())
        for alias, where, column in list(self.verdict_usage.columns):
            if alias != ROW:
                continue
            name = ".".join((*where, column))
            term = terms.term(parse(name))
            blank_is_plain = f" AND NOT coalesce({term.absent}, FALSE)" if term.absent else ""
            table = self._table_at(where)
            yield Lack(name, self._label(table, column), f"({term.value} IS NULL{blank_is_plain})")
        for gather, column in list(self.verdict_usage.gathered):
            shape = self.scope.gathers[gather]
            lacking = [table for table in shape.sources if not self.setting.supply.has(table)]
            label = f"table:{lacking[0]}" if lacking else f"cell:{'+'.join(shape.sources)} ({gather}.{column})"
            yield Lack(column, label, f"({terms.term(parse(column)).value} IS NULL)")
        for name in self.verdict_usage.parameters:
            term = terms.term(parse(f"p.{name}"))
            if term.absent:
                yield Lack(f"p.{name}", f"parameter:{name}", f"coalesce({term.absent}, FALSE)")

    def _label(self, table: str, column: str) -> str:
        supply = self.setting.supply
        if not supply.has(table):
            return f"table:{table}"
        return f"{'cell' if supply.has_column(table, column) else 'column'}:{table}.{column}"

    def _table_at(self, where: Path) -> str:
        scope = self.scope
        for name in where:
            scope = scope.link(name)
        return scope.table

    def _parameters(self) -> Mapping[str, str]:
        """For each parameter in use, the SQL of the number of its entry in force (0 for the latest)."""
        picks = {}
        used = {**self.verdict_usage.parameters, **self.finding_usage.parameters}
        for name in sorted(used):
            entries = self.setting.parameters[name].entries
            if len(entries) == 1:
                picks[name] = "0"
            else:
                numbered = [(entry.from_, str(number)) for number, entry in enumerate(entries)]
                picks[name] = dated(self.moment or "NULL", numbered)
        return picks


def _conjuncts(node: exp.Expr, scope: Scope) -> Iterator[exp.Expr]:
    """The conditions that a condition joins with AND, those behind the row's own named expressions included."""
    if isinstance(node, exp.Paren):
        yield from _conjuncts(node.this, scope)
    elif isinstance(node, exp.And):
        for side in (node.left, node.right):
            yield from _conjuncts(side, scope)
    else:
        yield node
        parts = path(node)
        if parts is not None and len(parts) == 1 and isinstance(meaning := scope.resolve(parts), Named):
            yield from _conjuncts(meaning.tree, scope)


def _either(first: str, second: str) -> str:
    if "FALSE" in (first, second):
        return second if first == "FALSE" else first
    return f"({first} OR {second})"


@dataclass(eq=False)
class PartError(Exception):
    """A mistake in one part of a rule: the steps to the part, and what is wrong there."""

    part: tuple[str | int, ...]
    error: LanguageError


@contextmanager
def _at(part: tuple[str | int, ...]) -> Iterator[None]:
    """Say in which part of the rule a mistake stands."""
    try:
        yield
    except LanguageError as error:
        raise PartError(part, error) from None


def verdict_sql(rule: CompiledRule) -> str:
    """Return the CASE over a rule's prepared conditions that gives its answer as a number, see `VERDICTS`.

    What a rule does not use is a constant FALSE and is left out, so that most rules come to three plain tests.
    """
    applies, breach, review, softer, undecided = (f'"{rule.name}_{part}"' for part in PARTS)
    hard = breach if rule.softer == "FALSE" else f"({breach} AND NOT {softer})"
    legs = [review] if rule.review != "FALSE" else []
    legs += [f"({breach} AND {softer})"] if rule.softer != "FALSE" else []
    soft = " OR ".join(legs)
    open_ends = [
        f"{leg} IS NULL" for leg in ([hard] if rule.breach != "FALSE" else []) + ([f"({soft})"] if soft else [])
    ]
    open_ends += [undecided] if rule.undecided != "FALSE" else []
    pieces = [f"WHEN {hard} THEN 1"] if rule.breach != "FALSE" else []
    pieces += [f"WHEN {soft} THEN 2"] if soft else []
    pieces += [f"WHEN {' OR '.join(open_ends)} THEN 4"] if open_ends else []
    return f"CASE WHEN {applies} THEN CASE {' '.join(pieces)} ELSE 3 END WHEN NOT {applies} THEN 5 ELSE 4 END"


PARTS = ("applies", "breach", "review", "softer", "undecided")
"""The conditions of a rule, in the order in which they are asked."""

__all__ = ["CompiledRule", "Fact", "PartError", "RuleCompiler", "Term", "Text", "placeholders", "verdict_sql"]
