"""The room that a chart says it needs for its labels: too little would cut them off."""

from __future__ import annotations

import pytest

from analyzer.dashboard.plots.look import base, room


@pytest.mark.parametrize(
    ("labels", "pixels"),
    [([], 0), (["告知"], 26), (["告知", "ab"], 26), (["一二三四<br>ab"], 52), (["0123456789"], 78), (["A&amp;B"], 23)],
)
def test_the_longest_line_of_a_label_decides(labels: list[str], pixels: int) -> None:
    assert room(labels) == pixels


def test_a_chart_finds_its_margins_only_where_none_are_said() -> None:
    assert base(100).layout.yaxis.automargin and base(100).layout.xaxis.automargin
    said = base(100, 80, 32).layout
    assert not said.yaxis.automargin and not said.xaxis.automargin
    assert (said.margin.l, said.margin.b) == (80, 32)


def test_a_figure_handed_over_twice_is_the_same_to_the_chart() -> None:
    layout = base(300).to_dict()["layout"]
    assert layout["datarevision"] == 1, "else arrays of another identity count as other data"
    assert "template" not in layout, "a template of another identity counts as another one"
