"""Which rules a night judges together, and what a rule may say of the rows that are near it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import duckdb
import pytest

from analyzer.engine.night.groups import Asked, BaseNight, Reach
from analyzer.engine.night.ties import RuleTies, Tie, near_mistake
from analyzer.engine.setting import Setting, Supply
from analyzer.model.rule import Near
from analyzer.rulebook.library import load_library
from analyzer.rulebook.rulings import resolve

LINK = Tie("devices", (('"s"."device_id"', '"b"."device_id"'),))
IN_ORDER = Tie("detections", (('"s"."plate_no"', '"b"."plate_no"'),), beside=(('"s"."d"', '"b"."d"'),), one_way=True)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def places(con: duckdb.DuckDBPyConnection, name: str, first: int, number: int) -> Reach:
    con.execute(f'CREATE TEMP TABLE "{name}" AS SELECT {first} + i AS r FROM range({number}) AS t(i)')
    return name, number


def asked(tie: Tie = LINK, reached: tuple[Reach, ...] = (), apart: tuple[Reach, ...] = ()) -> Asked:
    return Asked(SimpleNamespace(), RuleTies({tie: set()}), None, list(reached), list(apart))  # type: ignore[arg-type]


def formed(con: duckdb.DuckDBPyConnection, own: Reach, rules: list[Asked]) -> list[tuple[list[int], int]]:
    base = BaseNight(SimpleNamespace(table="detections"), rules)  # type: ignore[arg-type]
    base.form_groups(con, own, 1000)
    place = {id(one): number for number, one in enumerate(rules)}
    return sorted((sorted(place[id(one)] for one in group.asked), group.size) for group in base.groups)


def test_rules_that_are_asked_of_the_same_rows_are_judged_together(con: duckdb.DuckDBPyConnection) -> None:
    own = places(con, "own", 0, 100_000)
    same, more = places(con, "same", 0, 100_000), places(con, "more", 100_000, 2_000)
    rules = [asked(), asked(reached=(same,)), asked(reached=(more,))]
    assert formed(con, own, rules) == [([0, 1, 2], 102_000)]


def test_rows_that_lie_anywhere_are_asked_of_the_rule_that_needs_them_alone(con: duckdb.DuckDBPyConnection) -> None:
    own, waited = places(con, "own", 0, 100_000), places(con, "waited", 10**9, 90_000)
    rules = [asked(Tie(f"table_{number}", LINK.pairs)) for number in range(30)]
    assert formed(con, own, [*rules, asked(apart=(waited,))]) == [([*range(30)], 100_000), ([30], 190_000)]
    assert formed(con, own, [asked(), asked(apart=(waited,))]) == [([0, 1], 190_000)], "two rules cost no second look"


def test_dear_look_ups_are_made_for_the_rows_of_their_rule_alone(con: duckdb.DuckDBPyConnection) -> None:
    own, of_documents = places(con, "own", 0, 100_000), places(con, "of_documents", 10**6, 40_000)
    rules = [asked(reached=(of_documents,)), asked(IN_ORDER)]
    assert formed(con, own, rules) == [([0], 140_000), ([1], 100_000)]


def test_every_rule_is_asked_of_every_row_that_was_reached_for_it(con: duckdb.DuckDBPyConnection) -> None:
    own = places(con, "own", 0, 3_000)
    reaches = [places(con, f"reach{number}", number * 1_500, 800 * number) for number in range(1, 7)]
    rules = [asked(IN_ORDER if number % 2 else LINK, (one,), (reaches[0],)) for number, one in enumerate(reaches)]
    base = BaseNight(SimpleNamespace(table="detections"), rules)  # type: ignore[arg-type]
    base.form_groups(con, own, 1000)
    assert sum(len(group.asked) for group in base.groups) == 6
    for group in base.groups:
        for name in {name for one in group.asked for name, _ in (own, *one.reached, *one.apart)}:
            left = f'SELECT count(*) FROM "{name}" WHERE r NOT IN (SELECT r FROM "{group.rows}")'
            assert con.execute(left).fetchone() == (0,)


@pytest.mark.parametrize(
    ("near", "mistake"),
    [
        ({"detections": {"same": ["plate_no"], "before": ["detected_at", "record_id"]}}, None),
        ({"detections": {"same": ["plate_no"], "before": ["detected_at"]}}, ("detections", "before")),
        (
            {"detections": {"same": ["plate_no"], "before": ["record_id"], "beside": ["record_id"]}},
            ("detections", "before"),
        ),
        ({"notices": {"same": ["record_id"], "before": ["notice_id"]}}, ("notices", "before")),
        ({"detections": {"same": ["plate_no"], "beside": ["detected_at"]}}, ("detections", "beside")),
    ],
)
def test_an_order_of_near_rows_names_the_key_and_one_way(near: dict, mistake: tuple[str, str] | None) -> None:
    library = load_library()
    rulings = resolve(library.parameters, library.profiles, library.laws)
    setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, date(2025, 1, 1), Supply())
    said = {table: Near.model_validate(one) for table, one in near.items()}
    assert near_mistake(setting, "detections", said) == mistake
