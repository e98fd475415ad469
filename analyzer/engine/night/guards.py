"""When two texts of one expression can differ at all: which way a row must go to meet what is written differently.

`CASE WHEN served_on IS NOT NULL THEN served_on ELSE <today> END` says the same on two days wherever `served_on` is filled.
To ask that first costs little, and where no row of a block is blank, the block is not even read.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

ANYWHERE = exp.true()
"""Nothing can be said: every row may meet the difference."""


def where_they_differ(now: exp.Expr, then: exp.Expr) -> exp.Expr | None:
    """Return a condition that is true of every row for which the two can differ; None when they are the same."""
    if now == then:
        return None
    if type(now) is not type(then) or _atoms(now) != _atoms(then):
        return ANYWHERE
    if isinstance(now, exp.Case) and now.this is None and then.this is None:
        return _of_case(now, then)
    ours, theirs = list(now.iter_expressions()), list(then.iter_expressions())
    if not ours or len(ours) != len(theirs):
        return ANYWHERE
    if isinstance(now, exp.Coalesce):
        return _of_first_filled(ours, theirs)
    return _either(map(where_they_differ, ours, theirs))


def _of_case(now: exp.Expr, then: exp.Expr) -> exp.Expr | None:
    """A branch is met where its condition holds, the last one where none does."""
    ours, theirs = now.args["ifs"], then.args["ifs"]
    if len(ours) != len(theirs) or any(one.this != other.this for one, other in zip(ours, theirs, strict=True)):
        return ANYWHERE
    ways = [
        _all([one.this, where_they_differ(one.args["true"], other.args["true"])])
        for one, other in zip(ours, theirs, strict=True)
    ]
    last = (now.args.get("default") or exp.null(), then.args.get("default") or exp.null())
    ways.append(_all([*(_fails(one.this) for one in ours), where_they_differ(*last)]))
    return _either(ways)


def _of_first_filled(ours: list[exp.Expr], theirs: list[exp.Expr]) -> exp.Expr | None:
    """A value is met where those before it, as far as they are the same, are blank."""
    ways: list[exp.Expr | None] = []
    blank: list[exp.Expr | None] = []
    for one, other in zip(ours, theirs, strict=True):
        ways.append(_all([*blank, where_they_differ(one, other)]))
        if one == other:
            blank.append(_is_blank(one))
    return _either(ways)


def _fails(condition: exp.Expr) -> exp.Expr:
    """That a condition does not hold, unknown included; for a blank it is said plainly, so that blocks can be skipped."""
    is_filled = isinstance(condition, exp.Not) and isinstance(condition.this, exp.Is)
    if is_filled and isinstance(condition.this.expression, exp.Null):
        return _is_blank(condition.this.this)
    return exp.NullSafeNEQ(this=exp.paren(condition.copy()), expression=exp.true())


def _is_blank(value: exp.Expr) -> exp.Expr:
    return exp.Is(
        this=exp.paren(value.copy()) if not isinstance(value, exp.Column) else value.copy(), expression=exp.null()
    )


def _all(parts: list[exp.Expr | None]) -> exp.Expr | None:
    """All of the conditions; None when one can never hold."""
    held = [part for part in parts if part is not None]
    return exp.and_(*held) if len(held) == len(parts) else None


def _either(ways: Iterable[exp.Expr | None]) -> exp.Expr | None:
    """One of the conditions; where none is left, the difference is one that was not understood."""
    held = list(dict.fromkeys(way for way in ways if way is not None))
    return exp.or_(*held) if held else ANYWHERE


def _atoms(node: exp.Expr) -> list[object]:
    """What a node says itself, apart from the expressions in it."""
    values = [
        (name, part) for name, value in node.args.items() for part in (value if isinstance(value, list) else [value])
    ]
    return [(name, part) for name, part in values if part is not None and not isinstance(part, exp.Expr)]


__all__ = ["where_they_differ"]
