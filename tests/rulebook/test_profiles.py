"""The places: what each changes from which day, how they extend one another, and mistakes in their files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.model.law import Status, Value

from .small_law import CITY, Book, Write

CHAINS = {
    "national": ("national",),
    "henan": ("henan", "national"),
    "sanmenxia": ("sanmenxia", "henan", "national"),
    "zhejiang": ("zhejiang", "national"),
    "police": ("police", "national"),
}


def test_the_shipped_profiles_extend_one_another(book: Book) -> None:
    assert {name: book.resolve(name).chain for name in book.profiles} == CHAINS


@pytest.mark.parametrize(
    ("profile", "name", "day", "expected"),
    [
        ("national", "hearing_individual_yuan", "2024-01-01", None),
        ("henan", "hearing_individual_yuan", "2021-11-30", 5000),  # hearing_from says from when it counts
        ("henan", "hearing_individual_yuan", "2021-12-01", 5000),
        ("sanmenxia", "hearing_organization_yuan", "2021-12-01", 50000),
        ("sanmenxia", "hearing_from", "2000-01-01", date(2021, 12, 1)),
        ("henan", "bulk_breach_from", "2024-01-01", None),
        ("sanmenxia", "bulk_breach_from", "2000-01-01", date(2023, 5, 11)),
        ("sanmenxia", "notify_deadline", "2024-01-01", None),
        ("zhejiang", "publish_lead_days", "2021-07-15", 15),
        ("national", "publish_lead_days", "2021-07-15", None),
        ("police", "notify_deadline", "2020-04-30", None),
        ("police", "notify_deadline", "2020-05-01", 5),
        ("police", "notify_deadline_unit", "2024-01-01", "wd"),
        ("police", "notify_from", "2024-01-01", "entered_at"),
        ("police", "review_deadline", "2024-01-01", 5),
        ("zhejiang", "notify_deadline_unit", "2024-01-01", "cd"),
    ],
)
def test_value_in_a_place(book: Book, profile: str, name: str, day: str, expected: Value) -> None:
    entry = book.resolve(profile).parameters[name].at(date.fromisoformat(day))
    assert entry is not None
    assert entry.value == expected
    assert entry.origin in (*CHAINS[profile], "base")


def test_every_shipped_override_cites_a_known_instrument(book: Book) -> None:
    for profile in book.profiles.values():
        for name, entries in profile.overrides.items():
            for entry in entries:
                assert entry.basis, (profile.id, name)
                assert all(citation.law in book.laws for citation in entry.basis)


def test_a_child_wins_from_its_first_date_on(small: Write) -> None:
    rules = small(city=CITY.replace("value: 5}", "value: 5}, {from: 2023-01-01, value: 3}"))
    parameter = Book.load(rules).resolve("city").parameters["service_days"]
    assert [(str(e.from_), e.value, e.origin) for e in parameter.entries] == [
        ("2023-01-01", 3, "city"),
        ("2022-01-01", 5, "city"),
        ("2021-07-15", 7, "base"),
    ]


def test_a_plain_value_holds_from_the_beginning(small: Write) -> None:
    rules = small(city="id: city\nextends: national\nparameters: {service_days: 5, cycle_months: 24}\n")
    parameters = Book.load(rules).resolve("city").parameters
    (entry,) = parameters["service_days"].entries
    assert (entry.from_, entry.value, entry.status) == (None, 5, Status.SET)
    assert parameters["cycle_months"].entries[0].recalled  # the number is only remembered, and no basis was given


def test_a_basis_makes_a_recalled_number_firm(small: Write) -> None:
    rules = small(city="id: city\nparameters:\n  cycle_months: [{value: 24, basis: {law: 本市检定规程}}]\n")
    (entry,) = Book.load(rules).resolve("city").parameters["cycle_months"].entries
    assert entry.status is Status.SET
    assert entry.basis[0].law == "本市检定规程"


def test_null_switches_off_from_its_date(small: Write) -> None:
    rules = small(city=CITY.replace("value: 5", "value: null"))
    parameter = Book.load(rules).resolve("city").parameters["service_days"]
    assert [entry.value for entry in parameter.entries] == [None, 7]


def test_a_bureau_writes_its_own_file(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        """\
id: chicago
extends: national
title: {zh: 芝加哥, en: Chicago}
instruments:
  MUN-CODE: {title: {zh: 市政法典, en: Municipal Code}, status: verified}
parameters:
  notify_deadline:
    - {from: 2010-08-13, value: 90, basis: {law: MUN-CODE, article: "9-100-045"}}
    - {from: 2000-01-01, value: 150, basis: {law: "Some Vehicle Code", article: 11-208.3}}
  bulk_documents: 5
""",
        encoding="utf-8",
    )
    for given in (path, str(path)):
        ruled = book.resolve(given)
        assert ruled.chain == ("chicago", "national")
        assert ruled.profile == "chicago"
        entries = ruled.parameters["notify_deadline"].entries
        assert [(str(e.from_), e.value) for e in entries] == [
            ("2010-08-13", 90),
            ("2000-01-01", 150),
            ("None", None),
        ]
        assert ruled.instruments["MUN-CODE"].title.en == "Municipal Code"
        assert [e.value for e in ruled.parameters["bulk_documents"].entries] == [5]


def test_a_profile_may_stand_alone(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "alone.yaml"
    path.write_text("id: alone\ntitle: Alone\n", encoding="utf-8")
    assert book.resolve(path).chain == ("alone",)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (CITY.replace("service_days", "servce_days"), 4, ["no parameter `servce_days`", "`service_days`?"]),
        (CITY.replace("extends: national", "extends: natonal"), 2, ["no profile `natonal`", "`national`?"]),
        (CITY.replace("extends: national", "extends: city"), 2, ["in a circle: city -> city"]),
        (CITY.replace("extends", "extend"), 2, ["unknown key `extend`", "Did you mean `extends`?"]),
        (CITY.replace("id: city\n", ""), 1, ["the key `id` is missing"]),
        (CITY.replace("value: 5", "value: five"), 4, ["`five` is not a whole number"]),
        (CITY.replace("[{from: 2022-01-01, value: 5}]", "five"), 4, ["`five` is not a whole number"]),
        (CITY.replace("from: 2022-01-01", "from: 2022"), 4, ["`2022` is not a date"]),
        (CITY.replace("from: 2022-01-01, ", "since: 2022-01-01, "), 4, ["unknown key `since`"]),
        (CITY.replace("value: 5", "value: 5, basis: {law: LAW-2}"), 4, ["no instrument `LAW-2`", "`LAW-1`?"]),
        (
            CITY.replace("value: 5", "value: 5, basis: {laws: x}"),
            4,
            ["unknown key `laws`", "`law` is missing"],
        ),
        (
            CITY.replace("value: 5}", "value: 5}, {from: 2022-01-01, value: 6}"),
            4,
            ["a second value from 2022"],
        ),
    ],
)
def test_a_mistake_is_shown_with_its_line(small: Write, text: str, line: int, words: list[str]) -> None:
    with pytest.raises(AnalyzerError) as caught:
        Book.load(small(city=text))
    said = caught.value.say("en")
    assert f"city.yaml, line {line}" in said
    assert all(word in said for word in words), said
    assert all(problem.cause.zh for problem in caught.value.problems)


def test_all_mistakes_of_one_entry_come_at_once(small: Write) -> None:
    text = CITY.replace("value: 5", "value: five, basis: {law: LAW-2}, status: sure, checked_on: today")
    with pytest.raises(AnalyzerError) as caught:
        Book.load(small(city=text))
    assert len(caught.value.problems) == 4


def test_profiles_in_a_circle(small: Write) -> None:
    with pytest.raises(AnalyzerError, match="in a circle: city -> national -> city"):
        Book.load(small(national="id: national\nextends: city\n"))


def test_one_profile_twice(small: Write) -> None:
    with pytest.raises(AnalyzerError, match="a second profile `city`"):
        Book.load(small(national="id: city\n", city="id: city\n"))


def test_a_file_that_is_not_there(book: Book, tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="cannot be read"):
        book.resolve(tmp_path / "missing.yaml")
