"""The dated numbers: values on the days around a change of law, their basis, and mistakes in their files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from analyzer.model import AnalyzerError
from analyzer.model.law import BASE, SET, Status, Value

from .small_law import SERVICE, UNIT, Book, Write

OF_THE_CATALOGUE = """
notify_deadline notify_deadline_unit notify_from notify_reference_days review_deadline min_photos
publish_lead_days plea_days major_decision_yuan publish_deadline bulk_documents bulk_breach_from
hearing_individual_yuan hearing_organization_yuan hearing_from
"""


def value(book: Book, name: str, day: str, profile: str = "national") -> Value:
    entry = book.resolve(profile).parameters[name].at(date.fromisoformat(day))
    return None if entry is None else entry.value


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("service_days", "2021-07-14", None),
        ("service_days", "2021-07-15", 7),
        ("summary_individual_yuan", "2021-07-14", 50),
        ("summary_individual_yuan", "2021-07-15", 200),
        ("summary_organization_yuan", "2021-07-14", 1000),
        ("summary_organization_yuan", "2021-07-15", 3000),
        ("cash_limit_yuan", "2021-07-14", 20),
        ("cash_limit_yuan", "2021-07-15", 100),
        ("hearing_request_days", "2021-07-14", 3),
        ("hearing_request_days", "2021-07-15", 5),
        ("decision_days", "2021-07-14", None),
        ("decision_days", "2021-07-15", 90),
        ("overload_step_yuan", "2016-09-20", None),
        ("overload_step_yuan", "2016-09-21", 500),
        ("reconsideration_forward_days", "2023-12-31", None),
        ("reconsideration_forward_days", "2024-01-01", 5),
        ("overload_cap_yuan", "2010-01-01", 30000),
        ("limitation_years", "2010-01-01", 2),
        ("payment_days", "2010-01-01", 15),
        ("surcharge_day_share", "2024-01-01", Decimal("0.03")),
        ("enterprise_share", "2024-01-01", Decimal("0.10")),
        ("bulk_documents", "2020-01-01", 10),
        ("verification_months", "2024-01-01", 12),
        ("notify_deadline", "2024-01-01", None),
        ("device_review_from", "2000-01-01", date(2021, 7, 15)),
        ("station_signs_from", "2000-01-01", date(2023, 5, 11)),
        ("onsite_fine_from", "2000-01-01", date(2021, 1, 11)),
    ],
)
def test_value_on_a_day(book: Book, name: str, day: str, expected: Value) -> None:
    assert value(book, name, day) == expected


def test_the_names_of_the_catalogue_are_there(book: Book) -> None:
    assert set(OF_THE_CATALOGUE.split()) <= set(book.parameters)


def test_every_legal_number_cites_a_known_instrument(book: Book) -> None:
    legal = (Status.VERIFIED, Status.VERIFIED_X, Status.RECALLED)
    for parameter in book.parameters.values():
        for entry in parameter.entries:
            assert bool(entry.basis) == (entry.status in legal), parameter.name
            assert all(citation.law in book.laws for citation in entry.basis), parameter.name


def test_no_value_is_better_known_than_its_law(book: Book) -> None:
    rank = [Status.VERIFIED, Status.VERIFIED_X, Status.RECALLED]
    for parameter in book.parameters.values():
        for entry in parameter.entries:
            known = [rank.index(book.laws[citation.law].status) for citation in entry.basis]
            assert not known or rank.index(entry.status) >= max(known), parameter.name


def test_what_ends_in_review_is_exactly_what_is_recalled(book: Book) -> None:
    recalled = {
        (name, entry.from_, entry.value)
        for name, parameter in book.parameters.items()
        for entry in parameter.entries
        if entry.recalled
    }
    assert recalled == {
        ("verification_months", None, 12),
        ("hearing_request_days", None, 3),
        ("hearing_notice_days", None, 7),
        ("summary_individual_yuan", None, 50),
        ("summary_organization_yuan", None, 1000),
        ("cash_limit_yuan", None, 20),
        ("single_tyre_deduction_kg", date(2016, 9, 21), 3000),
    }


def test_entries_stand_latest_first_and_titles_in_both_languages(book: Book) -> None:
    for parameter in book.parameters.values():
        starts = [entry.start for entry in parameter.entries]
        assert starts == sorted(starts, reverse=True)
        assert parameter.title.zh and parameter.title.en
        assert all(entry.origin == BASE for entry in parameter.entries)


def test_money_and_shares_are_exact(book: Book) -> None:
    for parameter in book.parameters.values():
        values = [entry.value for entry in parameter.entries if entry.value is not None]
        if parameter.type == "decimal":
            assert all(isinstance(value, Decimal) for value in values)
        if parameter.unit in ("yuan", "share"):
            assert parameter.type == "decimal"


BAD_FILES = [
    ("value: 7", "value: seven", 6, ["`seven` is not a whole number", "Write 7"]),
    ("value: 7", "value: 7.5", 6, ["`7.5` is not a whole number"]),
    ("value: 7", 'value: "7"', 6, ["`7` is not a whole number", "without quotes"]),
    ("value: 7", "value: true", 6, ["`True` is not a whole number"]),
    ("value: 7", "value: -7", 6, ["`-7` must be a number of zero or more"]),
    ("law: LAW-1", "law: LAW-11", 6, ["no instrument `LAW-11`", "Did you mean `LAW-1`?"]),
    (", article", ", artcle", 6, ["unknown key `artcle`", "Did you mean `article`?"]),
    ("from: 2021-07-15", "from: 2021-07", 6, ["`2021-07` is not a date"]),
    ("from: 2021-07-15", "from: 2021-13-15", 6, ["there is no day 2021-13-15"]),
    ("from: 2021-07-15", "from: 2021-07-14", 6, ["`LAW-1` was not in force on 2021-07-14"]),
    ("status: verified", "status: sure", 6, ["`status` cannot be `sure`"]),
    (", status: verified", "", 6, ["the key `status` is missing"]),
    ('basis: {law: LAW-1, article: "61(1)"}, ', "", 6, ["a value that is verified must name its basis"]),
    (
        "type: integer",
        "type: whole",
        4,
        ["`type` cannot be `whole`", "Allowed: choice, date, decimal, integer"],
    ),
    ("unit: wd", "unit: workdays", 3, ["`unit` cannot be `workdays`"]),
    ("unit: wd", "unt: wd", 3, ["unknown key `unt`", "Did you mean `unit`?"]),
    (
        "parameter: service_days",
        "parameter: service",
        1,
        ["the name must be that of the file, `service_days`"],
    ),
    ("type: integer", "type: integer\nchoices: [a]", 5, ["`choices` lists the words"]),
    ("type: integer", "type: integer\nstatus: verified", 5, ["`status` cannot be `verified`"]),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD_FILES)
def test_a_mistake_is_shown_with_its_line(small: Write, old: str, new: str, line: int, words: list[str]) -> None:
    assert old in SERVICE
    with pytest.raises(AnalyzerError) as caught:
        Book.load(small(service_days=SERVICE.replace(old, new)))
    problems = [p for p in caught.value.problems if p.place.endswith(f"service_days.yaml, line {line}")]
    said = "\n".join(problem.say("en") for problem in problems)
    assert all(word in said for word in words), caught.value.say("en")
    assert all(problem.cause.zh for problem in problems)


def test_the_same_date_twice(small: Write) -> None:
    twice = SERVICE + "  - {from: 2021-07-15, value: 8, basis: {law: LAW-1}, status: verified}\n"
    with pytest.raises(AnalyzerError, match="line 7\n  a second value from 2021-07-15"):
        Book.load(small(service_days=twice))


def test_a_choice_outside_its_words(small: Write) -> None:
    with pytest.raises(AnalyzerError, match="`days` is not one of the allowed words\n  Allowed: cd, wd"):
        Book.load(small(notify_unit=UNIT.replace("value: cd", "value: days")))


def test_several_mistakes_come_at_once(small: Write) -> None:
    bad = SERVICE.replace("value: 7", "value: x").replace("unit: wd", "unit: w")
    with pytest.raises(AnalyzerError) as caught:
        Book.load(small(service_days=bad, notify_unit=UNIT.replace("type: choice", "type: word")))
    assert len({problem.place for problem in caught.value.problems}) >= 3


def test_set_overrides_every_date(book: Book) -> None:
    ruled = book.resolve("national", ["service_days=10", "cash_limit_yuan = 50.5"])
    (entry,) = ruled.parameters["service_days"].entries
    assert (entry.from_, entry.value, entry.status, entry.origin) == (None, 10, Status.SET, SET)
    assert ruled.parameters["cash_limit_yuan"].entries[0].value == Decimal("50.5")


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("notify_deadline=5", 5),
        ("notify_deadline=null", None),
        ("notify_deadline_unit=wd", "wd"),
        ("bulk_breach_from=2024-01-01", date(2024, 1, 1)),
        ("grave_excess_share=0.3", Decimal("0.3")),
        ("major_decision_yuan=1e4", Decimal("10000")),
    ],
)
def test_set_is_read_by_the_type(book: Book, setting: str, expected: Value) -> None:
    entry = book.resolve("national", [setting]).parameters[setting.split("=", maxsplit=1)[0]].entries[0]
    assert entry.value == expected
    assert str(entry.value) == str(expected)  # 1E+4 would not be exact in SQL


def test_set_leaves_a_recalled_number_recalled(book: Book) -> None:
    ruled = book.resolve("national", ["publish_deadline=7", "verification_months=24"])
    assert ruled.parameters["publish_deadline"].entries[0].recalled
    assert ruled.parameters["verification_months"].entries[0].recalled


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("service_day=7", ["there is no parameter `service_day`", "Did you mean `service_days`?"]),
        ("service_days", ["`service_days` must be written as NAME=VALUE"]),
        ("service_days=seven", ["service_days: `seven` is not a whole number", "Write 7"]),
        ("service_days=", ["`` is not a whole number"]),
        ("grave_excess_share=50", ["must be a share between 0 and 1"]),
        ("grave_excess_share=nan", ["must be a number of zero or more"]),
        ("service_days=-1", ["must be a number of zero or more"]),
        ("notify_deadline_unit=days", ["is not one of the allowed words", "Allowed: cd, wd"]),
        ("hearing_from=soon", ["`soon` is not a date"]),
    ],
)
def test_a_bad_set(book: Book, setting: str, words: list[str]) -> None:
    with pytest.raises(AnalyzerError) as caught:
        book.resolve("national", [setting])
    (problem,) = caught.value.problems
    assert problem.place == "--set"
    assert all(word in problem.say("en") for word in words), problem.say("en")


def test_bad_profile_and_bad_sets_come_together(book: Book) -> None:
    with pytest.raises(AnalyzerError) as caught:
        book.resolve("hennan", ["a", "service_days=1", "service_days=2"])
    assert [problem.place for problem in caught.value.problems] == ["--profile", "--set", "--set"]
    assert "Did you mean `henan`?" in caught.value.say("en")
