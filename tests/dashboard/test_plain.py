"""Data is never read as Markdown, and what is exported opens as what it is."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.dashboard.page import plain
from analyzer.dashboard.parts.export import csv_bytes


@pytest.mark.parametrize(
    "text",
    [
        "**bold**",
        "[a](http://evil.example)",
        ":red[x]",
        ":material/home:",
        "$x^2$",
        "<b>x</b>",
        "~~x~~",
        "`x`",
        "![a](b)",
        "a_b_c",
    ],
)
def test_signs_of_markdown_are_taken_literally(text: str) -> None:
    shown = plain(text)
    for sign in "*[]$<>~`_":
        assert shown.count(sign) == shown.count(f"\\{sign}"), shown
    assert ":r" not in shown.replace("\\:", "") and ":m" not in shown.replace("\\:", "")


@pytest.mark.parametrize("text", ["Reason (optional)", "2026-0001", "10:30", "豫M***45".replace("*", "x"), "a - b"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize("text", ["# title", "- item", "1. item", "+ item", "=== "])
def test_no_line_begins_a_block(text: str) -> None:
    assert plain(text)[0] == "\u200b"


def test_no_cell_of_an_export_is_a_formula() -> None:
    data = csv_bytes(["a"], [["=1+1"], ["＝cmd"], ["@x"], ["-5"], ["豫M12345"], [None], ['say "x",y']])
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").splitlines()
    assert lines == ["a", "'=1+1", "'＝cmd", "'@x", "-5", "豫M12345", '""', '"say ""x"",y"']


def test_a_chart_reads_no_markup_from_data() -> None:
    from analyzer.dashboard.plots import counts
    from analyzer.reports.wording import Words

    figure = counts.rates([("<a href='x'>站</a>", 10, 1, 0)], Words("zh"), "x")
    assert "<a" not in figure.data[0].y[0]


def test_an_error_in_a_page_shows_no_details() -> None:
    def script() -> None:
        from types import SimpleNamespace

        from analyzer.dashboard.page import ScreenWords
        from analyzer.dashboard.parts.states import guarded

        def fail(page: object) -> None:
            raise ValueError("豫M12345")

        guarded(SimpleNamespace(words=ScreenWords("zh"), lang="zh", has_data=False), fail)  # type: ignore[arg-type]

    page = AppTest.from_function(script).run()
    assert not page.exception
    assert "ValueError" in page.error[0].value
    assert "豫M12345" not in page.error[0].value
