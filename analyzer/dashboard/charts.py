"""The charts of the pages. They draw offline: no map tiles, no font and no script from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from analyzer.model import Verdict
from analyzer.reports.figures import Answers, Tally
from analyzer.reports.wording import Words

FONT = "Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
COLORS = {
    Verdict.BREACH: "#b8322a",
    Verdict.REVIEW: "#e3a22f",
    Verdict.COMPLIANT: "#5a9e7c",
    Verdict.NOT_ASSESSABLE: "#8a78b5",
    Verdict.NOT_APPLICABLE: "#d5dae1",
}
_WIDEST_NAME = 44


def tallies(rows: Sequence[Tally], words: Words, group: str, axis: str) -> Any:
    """Draw findings by severity or family: breach and review side by side in one bar, never as one number."""
    shown = [one for one in rows if one.total]
    names = [words.name(group, one.key) for one in shown]
    figure = go.Figure()
    for verdict, counts in (
        (Verdict.BREACH, [one.breach for one in shown]),
        (Verdict.REVIEW, [one.review for one in shown]),
    ):
        figure.add_bar(
            y=names,
            x=counts,
            orientation="h",
            name=words.name("verdict", verdict.value),
            marker_color=COLORS[verdict],
            text=[f"{count:,}" if count else "" for count in counts],
            textposition="auto",
            textangle=0,
            insidetextanchor="middle",
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y} %{x:,}",
        )
    _lay_out(figure, len(shown), row=34)
    figure.update_xaxes(title_text=axis, rangemode="tozero", tickformat=",d")
    return figure


def answers(rows: Sequence[Answers], words: Words, name: Callable[[str], str], hover: str) -> Any:
    """Draw the five answers of each rule as shares of the rows that it looked at; the counts stand in the hover."""
    names = [_short(name(one.rule)) for one in rows]
    figure = go.Figure()
    for verdict, color in COLORS.items():
        figure.add_bar(
            y=names,
            x=[one.counts[verdict] / one.total for one in rows],
            customdata=[f"{one.counts[verdict]:,}" for one in rows],
            orientation="h",
            name=words.name("verdict", verdict.value),
            marker_color=color,
            hovertemplate="%{y}<br>" + hover,
        )
    for place, one in zip(names, rows, strict=True):
        figure.add_annotation(
            x=1.01, y=place, text=_marked(one, words), showarrow=False, xanchor="left", font={"size": 12}, xref="paper"
        )
    _lay_out(figure, len(rows), row=26)
    figure.update_layout(margin_r=150)
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    return figure


def _lay_out(figure: Any, bars: int, row: int) -> None:
    figure.update_layout(
        barmode="stack",
        bargap=0.3,
        height=110 + row * bars,
        margin={"l": 0, "r": 12, "t": 36, "b": 0},
        font={"family": FONT, "size": 14},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )
    figure.update_yaxes(autorange="reversed", automargin=True, ticksuffix="  ")


def _marked(one: Answers, words: Words) -> str:
    """The counts of breach and review in words: three rows in a thousand are no bar that one can see."""
    marked = [(verdict, one.counts[verdict]) for verdict in (Verdict.BREACH, Verdict.REVIEW)]
    return "  ".join(f"{words.name('verdict', verdict.value)} {count:,}" for verdict, count in marked if count)


def _short(name: str) -> str:
    """Return a name that fits beside the chart; a Chinese character is twice as wide as a letter."""
    width = 0
    for place, sign in enumerate(name):
        width += 2 if ord(sign) > 0x2E7F else 1
        if width > _WIDEST_NAME:
            return name[:place] + "…"
    return name
