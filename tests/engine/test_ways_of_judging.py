"""Ways of judging that change how long it takes and no answer: rules for few rows, cut-down joins, the packed calendar."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from analyzer.engine.audit import look_at
from analyzer.engine.connect import connect, create_missing_tables, teach
from analyzer.engine.examples import ExampleRunner, insert_rows
from analyzer.engine.judge import answers_of, judge, make_gather, plan_rules
from analyzer.engine.plan import BasePlan
from analyzer.engine.setting import Setting, Supply
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve

CODES = ("DEV-01", "DEV-11", "EVD-03", "EVD-09", "NTC-05", "NTC-10", "FAI-04")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def con(library: Library) -> duckdb.DuckDBPyConnection:
    """The rows of the examples of several rules in one database, and detections that nothing rests on."""
    con = connect()
    teach(con, library.calendar)
    create_missing_tables(con, library.vocabulary)
    runner = ExampleRunner(library)
    for code in CODES:
        rule_file = library.rules[code]
        for number, case in enumerate(rule_file.rule.examples.cases):
            for table, rows in runner.tables(rule_file, case).items():
                keys = library.vocabulary[table].key
                named = {
                    column for column in library.vocabulary[table].columns if column.endswith("_id") or column in keys
                }
                own = [
                    {
                        name: f"{code}{number}{value}" if name in named and value else value
                        for name, value in row.items()
                    }
                    for row in rows
                ]
                insert_rows(con, library.vocabulary[table], own)
    plain = [{"record_id": f"P{number}", "violation_type": None, "device_id": "D"} for number in range(500)]
    insert_rows(con, library.vocabulary["detections"], plain)
    return con


def plan(library: Library, con: duckdb.DuckDBPyConnection, is_counted: bool) -> BasePlan:
    rulings = resolve(library.parameters, library.profiles, library.laws)
    columns = {name: frozenset(table.columns) for name, table in library.vocabulary.tables.items()}
    supply = look_at(con, columns, library.vocabulary) if is_counted else Supply(columns)
    setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, date(2025, 12, 31), supply)
    return plan_rules(setting, library, [library.rules[code] for code in CODES])[0]


def test_rules_for_few_rows_answer_as_all_rules_together(library: Library, con: duckdb.DuckDBPyConnection) -> None:
    whole = plan(library, con, is_counted=True)
    few = next(part for part in whole.parts() if part.only_few)
    assert {rule.rule.code for rule in few.rules} == set(CODES) - {"DEV-11"}
    one_by_one = {str(key): answers for key, answers in answers_of(con, whole.setting, whole)}
    tallies = {
        rule.rule.code: [answers[place] for answers in one_by_one.values()] for place, rule in enumerate(whole.rules)
    }
    for one in judge(con, whole.setting, [whole]):
        assert {verdict: rows for verdict, rows in one.counts.items() if rows} == {
            verdict: tallies[one.code].count(verdict) for verdict in set(tallies[one.code])
        }
        assert one.total == len(one_by_one)


def test_few_rows_are_picked_out_before_the_rest_is_asked(library: Library, con: duckdb.DuckDBPyConnection) -> None:
    whole = plan(library, con, is_counted=True)
    few = next(part for part in whole.parts() if part.only_few)
    made = whole.needed_gathers(few.rules)
    for shape, gathering in made:
        make_gather(con, whole.setting, shape, gathering)
    rows = con.execute(f"SELECT count(*), count(DISTINCT row_id) FROM ({few.few_query()})").fetchone()
    total = con.execute("SELECT count(*) FROM detections").fetchone()
    for shape, _ in made:
        con.execute(f'DROP TABLE "{shape.table}"')
    assert rows is not None and total is not None
    assert rows[0] == rows[1] <= total[0] - 500


def test_a_table_that_is_far_larger_is_cut_down_before_it_is_joined(
    library: Library, con: duckdb.DuckDBPyConnection
) -> None:
    rulings = resolve(library.parameters, library.profiles, library.laws)
    columns = {name: frozenset(table.columns) for name, table in library.vocabulary.tables.items()}
    answers = []
    for rows in (None, {"detections": 9, "cases": 1}):
        setting = Setting(
            library.vocabulary,
            library.bases,
            rulings.parameters,
            rulings.chain,
            date(2025, 12, 31),
            Supply(columns, None, rows),
        )
        of_cases = plan_rules(setting, library, [library.rules["DEC-03"], library.rules["PRC-12"]])[0]
        assert ('FROM "detections" WHERE' in of_cases.verdicts_query()) is (rows is not None)
        answers.append(sorted((str(key), verdicts) for key, verdicts in answers_of(con, setting, of_cases)))
    assert answers[0] == answers[1] != []


def test_working_days_in_sql_are_those_of_the_calendar(library: Library) -> None:
    con = connect()
    teach(con, library.calendar)
    calendar = library.calendar
    inside = calendar.first + timedelta(days=4000)
    days = [calendar.first + timedelta(days=n) for n in (-1, 0, 1, 31, 32, 33, 63, 64, 5000)]
    days += [inside + timedelta(days=n) for n in range(400)]
    days += [calendar.last + timedelta(days=n) for n in range(-40, 2)]
    con.execute("CREATE TABLE days AS SELECT unnest(?) AS day", [days])
    for day, rolled in con.execute("SELECT day, roll(day) FROM days").fetchall():
        within = calendar.first <= day <= calendar.last
        assert rolled == (calendar.roll(day) if within else None), day
    pairs = con.execute("SELECT a.day, b.day, wd(a.day, b.day) FROM days a, days b").fetchall()
    assert [pair for pair in pairs if pair[2] != calendar.working_days(pair[0], pair[1])] == []
