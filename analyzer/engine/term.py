"""A value in SQL with what its NULL may mean, and the values of the law by date."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analyzer.engine.language import LanguageError
from analyzer.model import Text
from analyzer.model.law import Parameter


@dataclass(frozen=True)
class Term:
    """A value in SQL with what its NULL may mean. `constant` is set when the value is known before any row is."""

    value: str
    unknown: str | None = None
    absent: str | None = None
    constant: object = None
    is_constant: bool = False


def parameter_term(parameter: Parameter, moment: str | None) -> Term:
    """Return a parameter's value at `moment`; a null value is a fact, so that it switches its comparison off."""
    entries = parameter.entries
    if entries[-1].from_ is None and len({entry.value for entry in entries}) == 1:
        return constant(entries[0].value)
    if moment is None:
        raise LanguageError(
            Text(
                f"参数 {parameter.name} 随日期变化，不能用来确定日期",
                f"the parameter {parameter.name} changes by date and cannot decide the date",
            )
        )
    value = dated(moment, [(entry.from_, constant_sql(entry.value)) for entry in entries])
    unknown = f"({moment} IS NULL)"
    if all(entry.value is not None for entry in entries):
        first = entries[-1].from_
        return Term(value, unknown, None if first is None else f"({moment} < DATE '{first.isoformat()}')")
    absent = dated(moment, [(entry.from_, "TRUE" if entry.value is None else "FALSE") for entry in entries], "TRUE")
    return Term(value, unknown, absent)


def dated(moment: str, entries: list[tuple[date | None, str]], before: str = "NULL") -> str:
    """Return a CASE that picks the latest entry on or before `moment`; `before` holds ahead of the first."""
    starts = sorted(((start, value) for start, value in entries if start is not None), reverse=True)
    last = next((value for start, value in entries if start is None), before)
    pieces = [f"WHEN {moment} >= DATE '{start.isoformat()}' THEN {value}" for start, value in starts]
    if last == "NULL":
        return f"CASE {' '.join(pieces)} END" if pieces else "NULL"
    # An unknown day is on neither side of a date: nothing holds then.
    return f"CASE WHEN {moment} IS NULL THEN NULL {' '.join(pieces)} ELSE {last} END"


def starts(parameters: Iterable[Parameter]) -> list[date | None]:
    """Return the days on which any of the parameters changes, earliest first; None is the beginning of time."""
    days = {entry.from_ for one in parameters for entry in one.entries if entry.from_ is not None}
    return [None, *sorted(days)]


def constant_sql(value: object) -> str:
    """Return the SQL of a plain value."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = str(value).replace("'", "''")
    return f"'{text}'"


def constant(value: object) -> Term:
    """Return the term of a value that is known before any row is."""
    return Term(constant_sql(value), None, "TRUE" if value is None else None, value, True)


def combine(value: str, terms: Collection[Term]) -> Term:
    """Return a value worked out from others: unknown or absent where one of them is."""
    return Term(value, any_of(term.unknown for term in terms), any_of(term.absent for term in terms))


def with_absent(plain: str, terms: Collection[Term], blank_means: str) -> str:
    """Return a comparison that is `blank_means` where a blank counts as a fact."""
    absent = any_of(term.absent for term in terms)
    if absent == "TRUE":
        return blank_means
    return plain if absent is None else f"CASE WHEN {absent} THEN {blank_means} ELSE {plain} END"


def any_of(conditions: Iterable[str | None]) -> str | None:
    """Join conditions with OR; None is a condition that never holds."""
    present = [condition for condition in conditions if condition]
    if not present:
        return None
    return present[0] if len(present) == 1 else "(" + " OR ".join(dict.fromkeys(present)) + ")"


def both_of(first: str, second: str | None) -> str | None:
    """Join two conditions with AND; None is a condition that never holds."""
    return None if second is None else f"({first} AND {second})"
