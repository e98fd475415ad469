"""The instruments: all of the legal basis are there; a mistake in their files is shown where it stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.model.law import Status
from analyzer.rulebook.law import load_law

from .small_law import LAW, Book

LEGAL_BASIS = """
APL-2021 APL-2017 ACL ALL ALL-INT ARL-2023 CPL HWL RTSL ML ML-IR ML-FV ML-CAT JJG907 HSPR RTR FS-1997
RE-2000 OWR-2016 TEP-2019 OWS-2011 PTP-2020 HN-OL HN-AE HN-HEAR HN-ML HN-RT HN-NS HN-DISC ZJ-RD SH-RT SD-RR
PD-NS GD-RT PIPL OGI PET SCL LEG CRT HOL ASR-2025 SC-FINE-2024 SC-3SYS SC-APL SC-DISC SC-INSP JE-173 CCRL
S2 S1
"""


def test_every_instrument_of_the_legal_basis_is_there(book: Book) -> None:
    assert sorted(book.laws) == sorted(LEGAL_BASIS.split())


def test_each_has_title_and_status_in_both_languages(book: Book) -> None:
    for law in book.laws.values():
        assert law.title.zh and law.title.en, law.id
        assert law.status in (Status.VERIFIED, Status.VERIFIED_X, Status.RECALLED)


def test_the_penalty_law_changes_over_on_one_day(book: Book) -> None:
    assert book.laws["APL-2017"].until == date(2021, 7, 14)
    assert book.laws["APL-2021"].from_ == date(2021, 7, 15)


def test_what_is_only_remembered_says_so(book: Book) -> None:
    recalled = {name for name, law in book.laws.items() if law.status is Status.RECALLED}
    assert recalled == {"APL-2017", "ML-CAT", "SC-3SYS", "SC-APL", "SC-DISC", "SC-INSP", "CCRL"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "status: verified",
            "status: verifed",
            4,
            ["`status` cannot be `verifed`", "Did you mean `verified`?"],
        ),
        ("from: 2021-07-15", "form: 2021-07-15", 3, ["unknown key `form`", "Did you mean `from`?"]),
        ("from: 2021-07-15", "from: 15 July 2021", 3, ["`15 July 2021` is not a date"]),
        ("from: 2021-07-15", "from: 2021-07-15 08:00:00", 3, ["is not a date"]),
        ("from: 2021-07-15", "from: 2021-07-15\n  until: 2020-01-01", 4, ["`until` is before `from`"]),
        ("  title: {zh: 某法, en: Some Law}\n", "", 1, ["the key `title` is missing"]),
        ("zh: 某法, en: Some Law", "zh: 某法", 2, ["the key `en` is missing"]),
        ("status: verified", "status: [verified]", 4, ["`status` cannot be"]),
    ],
)
def test_a_mistake_is_shown_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: list[str]) -> None:
    (tmp_path / "laws.yaml").write_text(LAW, encoding="utf-8")
    assert load_law(tmp_path)["LAW-1"].title.en == "Some Law"
    assert old in LAW
    (tmp_path / "laws.yaml").write_text(LAW.replace(old, new), encoding="utf-8")
    with pytest.raises(AnalyzerError) as caught:
        load_law(tmp_path)
    problem = caught.value.problems[0]
    assert problem.place.endswith(f"laws.yaml, line {line}")
    for word in words:
        assert word in problem.say("en")
    assert problem.cause.zh


def test_one_id_in_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(LAW, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(LAW, encoding="utf-8")
    with pytest.raises(AnalyzerError, match="`LAW-1` is in another file already"):
        load_law(tmp_path)


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(LAW.replace("verified", "read"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text("LAW-2: {title: [", encoding="utf-8")
    with pytest.raises(AnalyzerError) as caught:
        load_law(tmp_path)
    assert len(caught.value.problems) == 2


def test_an_empty_folder_is_no_law(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match=r"no \.yaml file"):
        load_law(tmp_path)
