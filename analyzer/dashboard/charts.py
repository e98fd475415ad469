"""The charts of the pages. They draw offline: no map tiles, no font and no script from outside.

Plotly reads a few HTML tags in labels, so every name that comes from data is escaped on its way in.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from analyzer.dashboard.parts.marks import VERDICT_COLORS
from analyzer.dashboard.plots.look import room
from analyzer.model import Verdict
from analyzer.reports.figures import Answers, Tally
from analyzer.reports.wording import Words

FONT = "Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
GRID, INK = "#e4e9ef", "#1d2733"
_WIDEST_NAME = 44
_HALF, _WHOLE = 250, 580
"""The pixels that the longest bar has at 1280x800 in half of the page and over all of it."""

_SIGN = 8
"""The pixels that a digit takes."""


def show(figure: Any, said: str) -> None:
    """Draw a chart and say below it, in a sentence, what is seen; the sentence is read out in place of the chart too."""
    st.plotly_chart(figure, width="stretch", config={"displayModeBar": False}, theme=None, alt=said)
    st.text(said)


def tallies(rows: Sequence[Tally], words: Words, group: str, axis: str) -> Any:
    """Draw findings by severity or family: breach and review side by side in one bar, never as one number."""
    shown = [one for one in rows if one.total]
    figure = go.Figure()
    numbers = [tuple(f"{count:,}" if count else "" for count in (one.breach, one.review)) for one in shown]
    texts = _labels([(one.breach, one.review) for one in shown], numbers, words, _HALF)
    for verdict, text in zip((Verdict.BREACH, Verdict.REVIEW), texts, strict=True):
        figure.add_bar(
            y=[words.name(group, one.key) for one in shown],
            x=[getattr(one, verdict.value) for one in shown],
            orientation="h",
            name=words.name("verdict", verdict.value),
            marker_color=VERDICT_COLORS[verdict],
            text=text,
            textposition="auto",
            textangle=0,
            insidetextanchor="middle",
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y} %{x:,}",
        )
    lay_out(figure, 110 + 32 * len(shown), [words.name(group, one.key) for one in shown])
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(title_text=axis, rangemode="tozero", tickformat=",d")
    return figure


def months(rows: Sequence[Tally], words: Words, axis: str) -> Any:
    """Draw findings by the month in which they begin, breach below and review above; `rows` are months in order."""
    figure = go.Figure()
    for verdict in (Verdict.BREACH, Verdict.REVIEW):
        figure.add_bar(
            x=[one.key for one in rows],
            y=[getattr(one, verdict.value) for one in rows],
            name=words.name("verdict", verdict.value),
            marker_color=VERDICT_COLORS[verdict],
            hovertemplate="%{x} %{y:,}",
        )
    lay_out(figure, 300)
    figure.update_xaxes(type="category", tickangle=-45 if len(rows) > 14 else 0, showgrid=False)
    figure.update_yaxes(title_text=axis, rangemode="tozero", tickformat=",d", gridcolor=GRID)
    return figure


def rates(rows: Sequence[tuple[str, int, int, int]], words: Words, axis: str) -> Any:
    """Draw shares of records with findings; a row is a name, the records, those with a breach, those for review only."""
    names = [html.escape(short(name), quote=False) for name, *_ in rows]
    figure = go.Figure()
    records = [row[1] for row in rows]
    numbers = [
        tuple(f"{count:,}/{of:,}" if count else "" for count in (first, second)) for _, of, first, second in rows
    ]
    texts = _labels([(first / of, second / of) for _, of, first, second in rows], numbers, words, _WHOLE)
    parts = (Verdict.BREACH, [row[2] for row in rows], texts[0]), (Verdict.REVIEW, [row[3] for row in rows], texts[1])
    for verdict, counts, text in parts:
        figure.add_bar(
            y=names,
            x=[count / of for count, of in zip(counts, records, strict=True)],
            customdata=[f"{count:,} / {of:,}" for count, of in zip(counts, records, strict=True)],
            text=text,
            textposition="auto",
            textangle=0,
            insidetextanchor="middle",
            constraintext="none",
            cliponaxis=False,
            orientation="h",
            name=words.name("verdict", verdict.value),
            marker_color=VERDICT_COLORS[verdict],
            hovertemplate="%{y} %{x:.1%}（%{customdata}）"
            if words.language == "zh"
            else "%{y} %{x:.1%} (%{customdata})",
        )
    lay_out(figure, 110 + 30 * len(rows), names)
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(title_text=axis, rangemode="tozero", tickformat=".0%")
    return figure


def answers(rows: Sequence[Answers], words: Words, name: Callable[[str], str], hover: str) -> Any:
    """Draw the five answers of each rule as shares of the rows that it looked at; the counts stand in the hover."""
    names = [html.escape(short(name(one.rule)), quote=False) for one in rows]
    figure = go.Figure()
    for verdict, color in VERDICT_COLORS.items():
        figure.add_bar(
            y=names,
            x=[one.counts[verdict] / one.total for one in rows],
            customdata=[f"{one.counts[verdict]:,}" for one in rows],
            orientation="h",
            name=words.name("verdict", verdict.value),
            marker_color=color,
            hovertemplate="%{y}<br>" + hover,
        )
    figure.add_scatter(  # as a text of the chart, not as annotations: a hundred of those take a browser longer than the bars
        x=[1] * len(rows),
        y=names,
        text=[f"\u2002{_marked(one, words)}" for one in rows],
        mode="text",
        textposition="middle right",
        textfont={"size": 12, "color": INK},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    lay_out(figure, 110 + 25 * len(rows), names)
    figure.update_layout(margin={"r": 150, "b": 36})
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], ticksuffix="  ")  # said: by itself it leaves room for the texts
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    return figure


def _labels(
    sizes: Sequence[tuple[float, float]], numbers: Sequence[tuple[str, ...]], words: Words, width: int
) -> tuple[list[str], list[str]]:
    """What is written on the two parts of each bar; where the first is too narrow for its number, the second says both."""
    most = max((first + second for first, second in sizes), default=0) or 1
    names = [words.name("verdict", one.value) for one in (Verdict.BREACH, Verdict.REVIEW)]
    texts: tuple[list[str], list[str]] = ([], [])
    for (size, _), (first, second) in zip(sizes, numbers, strict=True):
        narrow = bool(first and second) and size / most * width < _SIGN * len(first) + 4
        texts[0].append("" if narrow else first)
        texts[1].append(f"{names[0]} {first} · {names[1]} {second}" if narrow else second)
    return texts


def lay_out(figure: Any, height: int, names: Sequence[str] | None = None) -> None:
    """Give a chart the look of all of them: stacked bars, our font, the legend on top, quiet lines.

    `names` are the labels of bars that lie: room is made for them, else the chart finds it by itself, which takes longer.
    """
    figure.update_layout(
        barmode="stack",
        bargap=0.3,
        height=height,
        margin={"l": 8 if names is None else room(names) + 16, "r": 16, "t": 36, "b": 44 if names is None else 54},
        font={"family": FONT, "size": 13, "color": INK},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"family": FONT}},
        separators=".,",
        xaxis={
            "gridcolor": GRID,
            "zerolinecolor": "#b8c2cd",
            "automargin": names is None,
            "title": {"font": {"size": 13}, "standoff": 8},
        },
        yaxis={"automargin": names is None, "title_font_size": 13},
    )


def short(name: str) -> str:
    """Return a name that fits beside a chart; a Chinese character is twice as wide as a letter."""
    width = 0
    for place, sign in enumerate(name):
        width += 2 if ord(sign) > 0x2E7F else 1
        if width > _WIDEST_NAME:
            return name[:place] + "…"
    return name


def _marked(one: Answers, words: Words) -> str:
    """The counts of breach and review in words: three rows in a thousand are no bar that one can see."""
    marked = [(verdict, one.counts[verdict]) for verdict in (Verdict.BREACH, Verdict.REVIEW)]
    return "  ".join(f"{words.name('verdict', verdict.value)} {count:,}" for verdict, count in marked if count)


__all__ = ["FONT", "GRID", "INK", "answers", "lay_out", "months", "rates", "short", "show", "tallies"]
