"""Every item of the two source documents is answered by a rule, an indicator, a clue category or the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.model import AnalyzerError
from analyzer.rulebook.coverage import load_coverage
from analyzer.rulebook.library import load_library, rules_folder

CLUES = "categories: [{id: other, zh: 其他, en: Other}]"
DOCUMENT = """
document: S2
sections:
  - zh: 甲
    en: A
    items:
      - {zh: 一, en: one, answered_by: [OWN-01]}
      - {zh: 二, en: two, clues: [other]}
      - {zh: 三, en: three, ledger: true}
"""
ITEMS = {"S2": [14, 16, 10, 8, 10, 1, 9, 8], "S1": [15]}
"""How many items each section of the documents has."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A rules folder with one small document."""
    write(tmp_path, DOCUMENT)
    return tmp_path


def write(home: Path, document: str) -> None:
    home.joinpath("coverage").mkdir(exist_ok=True)
    home.joinpath("coverage", "s2.yaml").write_text(document, encoding="utf-8")
    home.joinpath("clues.yaml").write_text(CLUES, encoding="utf-8")


def said(home: Path) -> str:
    with pytest.raises(AnalyzerError) as caught:
        load_coverage(home, ["S2"], ["OWN-01"])
    return caught.value.say("en")


def test_every_item_of_both_documents_is_answered() -> None:
    library = load_library()
    coverage = load_coverage(rules_folder(), library.laws, library.rules)
    assert {name: [len(one.items) for one in sections] for name, sections in coverage.documents.items()} == ITEMS
    assert all(item.is_answered for item in coverage.items)


def test_every_clue_category_answers_an_item() -> None:
    library = load_library()
    coverage = load_coverage(rules_folder(), library.laws, library.rules)
    assert set(coverage.clues) == {name for item in coverage.items for name in item.clues}


def test_a_rule_a_category_or_the_ledger_is_an_answer(home: Path) -> None:
    assert all(item.is_answered for item in load_coverage(home, ["S2"], ["OWN-01"]).items)


def test_an_item_without_an_answer_is_named_with_its_line(home: Path) -> None:
    write(home, DOCUMENT.replace(", ledger: true", ""))
    assert "line 9" in said(home)
    assert "nothing answers “three”" in said(home)


def test_a_rule_that_does_not_exist_is_no_answer(home: Path) -> None:
    write(home, DOCUMENT.replace("OWN-01", "OWN-02"))
    assert "Did you mean `OWN-01`?" in said(home)


def test_a_category_that_does_not_exist_is_no_answer(home: Path) -> None:
    write(home, DOCUMENT.replace("[other]", "[others]"))
    assert "Did you mean `other`?" in said(home)
