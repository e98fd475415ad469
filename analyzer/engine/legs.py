"""The legs of a rule and the numbers they stand on: which are only recalled, and which are switched off by null."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from analyzer.engine.language import call, parse, path
from analyzer.engine.names import Named, ParameterName, Scope
from analyzer.engine.setting import Setting
from analyzer.engine.term import dated
from analyzer.model.law import Parameter
from analyzer.model.rule import Rule


@dataclass(frozen=True)
class Legs:
    """The breach and the review of one rule, as far as parameters decide what becomes of them.

    `moment` is the SQL of the date that picks the parameters' values.
    """

    setting: Setting
    rule: Rule
    scope: Scope
    moment: str | None

    def used(self, text: str | None) -> dict[str, Parameter]:
        """Return the parameters that an expression uses, those behind named expressions included."""
        return {} if text is None else dict(self._parameters_in(parse(text), self.scope))

    def _parameters_in(self, tree: exp.Expr, scope: Scope) -> Iterable[tuple[str, Parameter]]:
        for node in tree.walk():
            parts = path(node)
            if parts is None or parts == ("as_of",) or _is_link_argument(node):
                continue
            meaning = scope.resolve(parts)
            if isinstance(meaning, ParameterName):
                yield meaning.name, self.setting.parameters[meaning.name]
            elif isinstance(meaning, Named):
                yield from self._parameters_in(meaning.tree, meaning.scope)

    def recalled(self) -> str:
        """True where the breach rests on a number that is only remembered."""
        conditions = []
        for parameter in self.used(self.rule.breach).values():
            entries = [(entry.from_, "TRUE" if entry.recalled else "FALSE") for entry in parameter.entries]
            if any(entry.recalled for entry in parameter.entries):
                whole = len(entries) == 1 and entries[0][0] is None
                when = "TRUE" if whole else dated(self.moment or "NULL", entries, "FALSE")
                # A day that nobody knows may lie in the time of the recalled value.
                conditions.append(f"coalesce({when}, TRUE)")
        return " OR ".join(conditions) or "FALSE"

    def no_leg(self) -> str:
        """True where every leg of the rule is switched off by a null parameter.

        Between two dates on which a number changes, the same parameters are null: one look at each such stretch.
        """
        used = {**self.used(self.rule.breach), **self.used(self.rule.review)}
        stretches = []
        for start in starts(used.values()):
            in_force = {name: one.at(start or date.min) for name, one in used.items()}
            off = {name for name, entry in in_force.items() if entry is None or entry.value is None}
            dead = bool(off) and all(self._dead(text, off) for text in (self.rule.breach, self.rule.review))
            stretches.append((start, "TRUE" if dead else "FALSE"))
        if len({said for _, said in stretches}) == 1:  # then the day of the row does not matter, known or not
            return stretches[0][1]
        return f"coalesce({dated(self.moment or 'NULL', stretches)}, FALSE)"

    def _dead(self, text: str | None, off: set[str]) -> bool:
        return text is None or self._reduce(parse(text), off, self.scope) is False

    def _reduce(self, node: exp.Expr, off: set[str], scope: Scope) -> bool | None:
        """Return what a condition comes to whatever the data say, once the parameters `off` are null."""
        if isinstance(node, exp.Paren):
            return self._reduce(node.this, off, scope)
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Not):
            inner = self._reduce(node.this, off, scope)
            return None if inner is None else not inner
        if isinstance(node, exp.And | exp.Or):
            stop = isinstance(node, exp.Or)
            sides = (self._reduce(node.left, off, scope), self._reduce(node.right, off, scope))
            return stop if stop in sides else (None if None in sides else not stop)
        if (called := call(node)) is not None and called[0] in ("blank", "filled"):
            name = _parameter_name(called[1][0])
            return None if name is None else (name in off) == (called[0] == "blank")
        if (parts := path(node)) is not None and parts != ("as_of",):
            meaning = scope.resolve(parts)
            return self._reduce(meaning.tree, off, meaning.scope) if isinstance(meaning, Named) else None
        if isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Between | exp.In):
            used = {name for name, _ in self._parameters_in(node, scope)}
            return isinstance(node, exp.NEQ) if used & off else None
        return None


def starts(parameters: Iterable[Parameter]) -> list[date | None]:
    """Return the days on which any of the parameters changes, earliest first; None is the beginning of time."""
    days = {entry.from_ for one in parameters for entry in one.entries if entry.from_ is not None}
    return [None, *sorted(days)]


def _parameter_name(node: exp.Expr) -> str | None:
    parts = path(node)
    return parts[1] if parts is not None and parts[0] == "p" and len(parts) == 2 else None


def _is_link_argument(node: exp.Expr) -> bool:
    """Whether a name is the argument of found(): a link, not a value."""
    called = call(node.parent) if node.parent is not None else None
    return called is not None and called[0] == "found"
