"""What a rule of the oracle is: how it says what it found, and how that becomes one of the five answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.oracle.bureau import Bureau, Row, live
from tests.oracle.three_values import Test, both, negated

Found = tuple[Test, Test, Test]
"""Does the rule apply, is it a breach, is it a case for review."""

BREACH, REVIEW, COMPLIANT = "breach", "review", "compliant"
NOT_APPLICABLE, NOT_ASSESSABLE = "not_applicable", "not_assessable"
ANSWERS = (BREACH, REVIEW, COMPLIANT, NOT_APPLICABLE, NOT_ASSESSABLE)

IS_BREACH: Found = (True, True, False)
IS_REVIEW: Found = (True, False, True)
IS_COMPLIANT: Found = (True, False, False)
IS_OUTSIDE: Found = (False, False, False)
IS_DOUBTFUL: Found = (None, None, None)

KEYS = {
    "detections": "record_id",
    "devices": "device_id",
    "notices": "notice_id",
    "cases": "case_id",
    "appeals": "appeal_id",
    "inspections": "inspection_id",
    "officers": "officer_id",
    "payments": "payment_id",
    "detentions": "detention_id",
    "fees": "fee_id",
    "targets": "target_id",
    "budgets": "budget_id",
}


@dataclass(frozen=True)
class Oracle:
    """One rule: its base table, and a loop over one row or over the whole table."""

    table: str
    one: Callable[[Bureau, Row], Found] | None = None
    whole: Callable[[Bureau], dict[str, Found]] | None = None


ORACLES: dict[str, Oracle] = {}


def row_rule(code: str, table: str) -> Callable[..., Any]:
    """Marks a function that judges one row of the base table."""

    def keep(function: Callable[[Bureau, Row], Found]) -> Callable[[Bureau, Row], Found]:
        ORACLES[code] = Oracle(table, one=function)
        return function

    return keep


def table_rule(code: str, table: str) -> Callable[..., Any]:
    """Marks a function that judges the whole base table at once: group rules."""

    def keep(function: Callable[[Bureau], dict[str, Found]]) -> Callable[[Bureau], dict[str, Found]]:
        ORACLES[code] = Oracle(table, whole=function)
        return function

    return keep


def unless(applies: Test, bad: Test, excepted: Test) -> Found:
    """A breach without the exception that a review cell names as "the same ...", review with it."""
    return applies, both(bad, negated(excepted)), both(bad, excepted)


def answer_of(found: Found) -> str:
    """The order of answers of the contract."""
    applies, breach, review = found
    if applies is False:
        return NOT_APPLICABLE
    if applies is None:
        return NOT_ASSESSABLE
    if breach is True:
        return BREACH
    if review is True:
        return REVIEW
    return NOT_ASSESSABLE if breach is None or review is None else COMPLIANT


def answers_of(bureau: Bureau, code: str) -> dict[str, str]:
    """The answer of one rule for every row of its base table, by key; nothing where the table was not supplied."""
    oracle = ORACLES[code]
    if not bureau.has(oracle.table):
        return {}
    key = KEYS[oracle.table]
    rows = bureau.rows(oracle.table)
    if oracle.whole is not None:
        found = oracle.whole(bureau)
    else:
        assert oracle.one is not None
        found = {row[key]: oracle.one(bureau, row) for row in rows}
    if oracle.table == "cases":  # withdrawn cases are not applicable in rules on cases
        found = {row[key]: (both(live(row), found[row[key]][0]), *found[row[key]][1:]) for row in rows}
    return {name: answer_of(one) for name, one in found.items()}
