"""What is true of every rule, present and future, drawn over the rows of its own examples.

A blank or an unreadable cell takes an answer away; it never makes a breach, except where the rule says that a blank is
proof, where the vocabulary says that it is a fact, where the rule itself asks whether the cell is there, and where a row
of another table loses its link. The order of rows, columns that a rule does not read and tables that it does not know
change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.store.contents import RESULTS
from tests.rules.proof import CODES, Place, Proof, library, proof, runner

FEW, MANY = 2, 20
"""Draws for each rule and property: in the suite that everybody runs, and in the slow one."""

COSTLY = {"what_is_not_read_is_nothing": 10, "again_is_the_same": 3}
"""Properties that compile or roll up anew for each draw get fewer, and wait for the slow suite."""

OTHER_VALUES: dict[str, Any] = {
    "text": "x", "timestamp": "2024-05-06 07:08:09", "date": "2024-05-06", "integer": 7, "number": 7.5, "ratio": "0.5",
    "money": "12.34", "boolean": True,
}  # fmt: skip


def drawn(code: str, draws: int, check: Callable[[Proof, st.DataObject], None]) -> None:
    """Check a property of one rule on some draws; the same ones in every run."""

    @settings(
        max_examples=draws, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        check(proof(code), data)

    run()


def draw_cell(one: Proof, data: st.DataObject, lets: Callable[[Place], bool]) -> Place | None:
    """Draw a cell that the rule reads and that must not speak against anybody."""
    places = [place for place in one.places() if (place.table, place.column) in one.reach.columns and not lets(place)]
    return data.draw(st.sampled_from(places)) if places else None


def blank_accuses_nobody(one: Proof, data: st.DataObject) -> None:
    place = draw_cell(one, data, one.blank_may_speak)
    if place is not None:
        assert one.accused_by(place, None) == [], f"blank at {place}"


def unknown_accuses_nobody(one: Proof, data: st.DataObject) -> None:
    place = draw_cell(one, data, one.unknown_may_speak)
    if place is not None:
        assert one.accused_by(place, "unknown") == [], f"unknown at {place}"


def order_is_nothing(one: Proof, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(range(len(one.cases))))
    rows = one.rows(number)
    shuffled = {table: data.draw(st.permutations(of_table)) for table, of_table in rows.items()}
    if all(has_own_keys(table, of_table) for table, of_table in rows.items()):
        assert one.judged(number, shuffled) == one.before(number)


def has_own_keys(table: str, rows: list[dict[str, Any]]) -> bool:
    """Whether no two rows of a table have one key."""
    keys = [tuple(row.get(key) for key in library().vocabulary[table].key) for row in rows]
    return len(set(keys)) == len(keys)


def what_is_not_read_is_nothing(one: Proof, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(range(len(one.cases))))
    rows = one.rows(number)
    for table, of_table in rows.items():
        columns = library().vocabulary[table].columns.values()
        strange = [column for column in columns if (table, column.name) not in one.reach.columns]
        strange = [column for column in strange if column.name not in library().vocabulary[table].key]
        for column in data.draw(st.lists(st.sampled_from(strange), max_size=3)) if strange else ():
            for row in of_table:
                row[column.name] = next(iter(column.values), "x") if column.values else OTHER_VALUES[column.kind]
    unread = [name for name in library().vocabulary.tables if name not in one.reach.tables and name not in rows]
    if unread:
        name = data.draw(st.sampled_from(unread))
        rows[name] = [dict.fromkeys(library().vocabulary[name].key, "X1")]
    assert one.judged(number, rows) == one.before(number)


def again_is_the_same(one: Proof, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(range(len(one.cases))))
    first, second = (everything_written(one, number) for _ in range(2))
    assert first == second


def everything_written(one: Proof, number: int) -> str:
    """All rows that judging one example writes, in the order in which a package holds them."""
    runner().run_case(one.file, number)
    queries = [f'SELECT * FROM "{name}" ORDER BY {order}' for name, order in RESULTS.items()]
    return json.dumps([runner().con.execute(query).fetchall() for query in queries], default=str)


PROPERTIES = [
    blank_accuses_nobody, unknown_accuses_nobody, order_is_nothing, what_is_not_read_is_nothing, again_is_the_same,
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("check", [one for one in PROPERTIES if one.__name__ not in COSTLY])
def test_a_few_draws(code: str, check: Callable[[Proof, st.DataObject], None]) -> None:
    drawn(code, FEW, check)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("check", PROPERTIES)
def test_many_draws(check: Callable[[Proof, st.DataObject], None]) -> None:
    wrong = []
    for code in CODES:
        try:
            drawn(code, COSTLY.get(check.__name__, MANY), check)
        except AssertionError as error:
            wrong.append(f"{code}: {str(error).splitlines()[0]}")
    assert wrong == []
