"""The legs of a rule and the numbers they stand on: which are only recalled, and which are switched off by null."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from analyzer.engine.language import call, parse, path
from analyzer.engine.names import Named, ParameterName, Scope, parameters_in
from analyzer.engine.predicates import PREDICATES
from analyzer.engine.setting import Setting
from analyzer.engine.term import dated, starts
from analyzer.model.law import Parameter
from analyzer.model.rule import Rule

_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)


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
        names = () if text is None else parameters_in(parse(text), self.scope)
        return {name: self.setting.parameters[name] for name in names}

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
        """True where every leg of the rule is switched off by a null parameter, or may be on a day that nobody knows.

        Between two dates on which a number changes, the same parameters are null: one look at each such stretch.
        """
        used = {**self.used(self.rule.breach), **self.used(self.rule.review)}
        never = {name for name, one in used.items() if all(entry.value is None for entry in one.entries)}
        stretches = []
        for start in starts(used.values()):
            in_force = {name: one.at(start or date.min) for name, one in used.items()}
            off = Off({name for name, entry in in_force.items() if entry is None or entry.value is None}, never)
            dead = bool(off.now) and all(
                text is None or off.reduce(parse(text), self.scope) is False
                for text in (self.rule.breach, self.rule.review)
            )
            stretches.append((start, "TRUE" if dead else "FALSE"))
        if len({said for _, said in stretches}) == 1:  # then the day of the row does not matter, known or not
            return stretches[0][1]
        return f"coalesce({dated(self.moment or 'NULL', stretches)}, TRUE)"


@dataclass(frozen=True)
class Off:
    """What conditions come to once some parameters are null: those on the day of the row, and those on every day."""

    now: Collection[str]
    never: Collection[str]

    def reduce(self, node: exp.Expr, scope: Scope) -> bool | None:
        """Return what a condition comes to whatever the data say; None where it hangs on them."""
        if isinstance(node, exp.Paren):
            return self.reduce(node.this, scope)
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Not):
            inner = self.reduce(node.this, scope)
            return None if inner is None else not inner
        if isinstance(node, exp.And | exp.Or):
            stop = isinstance(node, exp.Or)
            sides = (self.reduce(node.left, scope), self.reduce(node.right, scope))
            return stop if stop in sides else (None if None in sides else not stop)
        if isinstance(node, exp.Case):
            results = {None if one is None else self.reduce(one, scope) for one in _results(node)}
            return results.pop() if len(results) == 1 else None
        if isinstance(node, _COMPARED):
            return isinstance(node, exp.NEQ) if any(self.is_off(side, scope) for side in _sides(node)) else None
        if (called := call(node)) is not None:
            return self._called(*called, scope)
        meaning = _meaning(node, scope)
        return self.reduce(meaning.tree, meaning.scope) if isinstance(meaning, Named) else None

    def _called(self, name: str, arguments: list[exp.Expr], scope: Scope) -> bool | None:
        if name == "known":
            return self.reduce(arguments[0], scope)
        if name == "unknown_if":  # a doubt that is joined to a leg, and no leg itself
            return False
        if name in ("blank", "filled") and isinstance(_meaning(arguments[0], scope), ParameterName):
            return self.is_off(arguments[0], scope) == (name == "blank")
        return None

    def is_off(self, node: exp.Expr, scope: Scope) -> bool:
        """Whether a value is missing because a parameter is null."""
        if isinstance(node, exp.Case):
            return all(one is not None and self.is_off(one, scope) for one in _results(node))
        if (called := call(node)) is not None:
            name, arguments = called
            if name in PREDICATES:
                return False
            if name == "on_day":
                return (
                    isinstance(meaning := _meaning(arguments[0], scope), ParameterName) and meaning.name in self.never
                )
            parts = (self.is_off(argument, scope) for argument in arguments)
            return all(parts) if name == "or_else" else any(parts)
        if (meaning := _meaning(node, scope)) is not None:
            if isinstance(meaning, Named):
                return self.is_off(meaning.tree, meaning.scope)
            return isinstance(meaning, ParameterName) and meaning.name in self.now
        return any(self.is_off(part, scope) for part in node.iter_expressions())


def _meaning(node: exp.Expr, scope: Scope) -> object | None:
    parts = path(node)
    return None if parts is None or parts == ("as_of",) else scope.resolve(parts)


def _results(node: exp.Case) -> list[exp.Expr | None]:
    """What a CASE may come to; None is the result of a CASE that says nothing of the rest."""
    return [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]


def _sides(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    return [node.this, *node.expressions] if isinstance(node, exp.In) else [node.this, node.expression]
