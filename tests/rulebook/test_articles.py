"""Article references in the words of each language."""

from __future__ import annotations

import pytest

from analyzer.model import Text
from analyzer.model.rule import Wording
from analyzer.rulebook.articles import chinese_number, cite, render

from .small_law import Book


@pytest.mark.parametrize(
    ("article", "zh", "en"),
    [
        ("33", "第三十三条", "Art. 33"),
        ("41(1)", "第四十一条第一款", "Art. 41(1)"),
        ("61(1)", "第六十一条第一款", "Art. 61(1)"),
        ("26(3)", "第二十六条第三款", "Art. 26(3)"),
        ("64(i)", "第六十四条第一项", "Art. 64(i)"),
        ("76(1)(v)", "第七十六条第一款第五项", "Art. 76(1)(v)"),
        ("72(1)(i)", "第七十二条第一款第一项", "Art. 72(1)(i)"),
        ("20(vi)", "第二十条第六项", "Art. 20(vi)"),
        ("28(2)(3)", "第二十八条第二款、第三款", "Art. 28(2)(3)"),
        ("44, 62", "第四十四条、第六十二条", "Arts 44, 62"),
        ("10", "第十条", "Art. 10"),
        ("105(xii)", "第一百零五条第十二项", "Art. 105(xii)"),
        ("section 3", "section 3", "section 3"),
        ("41(a)", "41(a)", "41(a)"),
        ("41(iiii)", "41(iiii)", "41(iiii)"),
        ("11-208.3", "11-208.3", "11-208.3"),
        (None, "", ""),
    ],
)
def test_render(article: str | None, zh: str, en: str) -> None:
    assert render(article) == Text(zh, en)


@pytest.mark.parametrize("words", [Text("第三部分第13项", "item 13"), Wording(zh="第三部分第13项", en="item 13")])
def test_words_stay_as_they_are(words: Text | Wording) -> None:
    assert render(words) == Text("第三部分第13项", "item 13")


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (100, "一百"), (105, "一百零五"),
     (110, "一百一十"), (112, "一百一十二"), (200, "二百"), (1005, "一千零五"), (1259, "一千二百五十九")],
)  # fmt: skip
def test_chinese_number(number: int, words: str) -> None:
    assert chinese_number(number) == words


def test_cite(book: Book) -> None:
    assert cite("APL-2021", "41(1)", book.laws) == Text(
        "《行政处罚法》第四十一条第一款", "Administrative Penalty Law, Art. 41(1)"
    )
    assert cite("JJG907", None, book.laws).zh == "《JJG 907》"
    assert cite("某市规定", "8", {}) == Text("某市规定第八条", "某市规定, Art. 8")


def test_every_shipped_article_can_be_said(book: Book) -> None:
    places = [book.resolve(name) for name in book.profiles]
    entries = [e for ruled in places for parameter in ruled.parameters.values() for e in parameter.entries]
    for citation in (citation for entry in entries for citation in entry.basis):
        said = render(citation.article)
        assert citation.article is None or said.zh.startswith(("第", "八不准")), citation
        assert citation.article is None or said.en != said.zh, citation
