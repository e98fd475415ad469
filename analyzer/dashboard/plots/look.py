"""How every chart looks: fonts, colours that the colour-blind can tell apart, axes of time without English words."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from analyzer.dashboard.parts.marks import VERDICT_COLORS
from analyzer.model import Verdict

FONT = "Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
INK, QUIET, GRID, CALM, STEEL = "#253341", "#5d6b79", "#e4e8ed", "#4f8f87", "#3d6fa5"
BREACH, REVIEW = VERDICT_COLORS[Verdict.BREACH], VERDICT_COLORS[Verdict.REVIEW]
MARKS: dict[str, dict[str, Any]] = {
    "breach": {"color": BREACH, "symbol": "diamond", "size": 13},
    "review": {"color": REVIEW, "symbol": "triangle-up", "size": 13},
    "": {"color": "#8fa3b8", "symbol": "circle", "size": 9},
}
"""How a record is marked by the worst answer that a finding gives of it; nothing found is ''."""

DAYS_BELOW = 32
"""The pixels that the days below an axis of time take."""

TITLE_BELOW = 54
"""The pixels that the numbers below an axis and its title take."""

_DAY_MS = 86_400_000
_TICKS = [
    {"dtickrange": [None, _DAY_MS * 27], "value": "%Y-%m-%d"},
    {"dtickrange": ["M1", "M11"], "value": "%Y-%m"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]


def show(figure: Any, key: str | None = None, said: str = "", **more: Any) -> Any:
    """Show a figure over the whole width, without the tools that nobody needs here.

    `said` is a sentence on what is seen: it stands below, and is read out in place of the chart.
    """
    shown = st.plotly_chart(
        figure, width="stretch", key=key, theme=None, alt=said or None, config={"displayModeBar": False}, **more
    )
    if said:
        st.text(said)
    return shown


def room(labels: Iterable[str], size: int = 13) -> int:
    """Return the pixels that the longest of these labels takes; one of several lines is as wide as its longest line.

    A margin that is said is far cheaper than one that the chart finds by itself: for that it is drawn twice and more.
    """
    lines = (html.unescape(line) for label in labels for line in label.split("<br>"))
    widths = (
        sum(size if unicodedata.east_asian_width(sign) in "WF" else 0.6 * size for sign in line) for line in lines
    )
    return round(max(widths, default=0))


def base(height: int, left: int | None = None, bottom: int | None = None, **more: Any) -> go.Figure:
    """Return an empty figure in the look of the house.

    `left` and `bottom` are the pixels for the labels of the axes (see `room`); without them the chart finds them.
    A page hands every figure to the chart twice. The chart sees that nothing has changed, and does not draw it twice,
    only where the data have a revision and there is no template.
    """
    title = {"font": {"size": 13}, "standoff": 8}
    axis = {"gridcolor": GRID, "zeroline": False, "linecolor": GRID, "ticks": "", "title": title}
    layout = go.Layout(  # whole and at once: each change of a figure is checked and copied again
        height=height,
        datarevision=1,
        margin={"l": 8 if left is None else left, "r": 16, "t": 34, "b": 8 if bottom is None else bottom},
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor="white",
        plot_bgcolor="white",
        hoverlabel={"align": "left", "font": {"family": FONT, "size": 13}, "bgcolor": "white"},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        xaxis=axis | {"automargin": bottom is None},
        yaxis=axis | {"automargin": left is None},
        **more,
    )
    figure = go.Figure(layout=layout)
    figure.layout.template = None
    return figure


def time_axis(figure: Any, first: date | datetime, last: date | datetime, **more: Any) -> None:
    """Make the x axis one of time from a little before `first` to a little after `last`, days written as digits."""
    begin, end = _moment(first), _moment(last)
    pad = max(timedelta(days=7), (end - begin) / 25)
    figure.update_xaxes(
        type="date", range=[begin - pad, end + pad], tickformatstops=_TICKS, hoverformat="%Y-%m-%d", **more
    )


def literal(text: object) -> str:
    """Return a text for a label or a hover, in which nothing is markup."""
    return html.escape(str(text), quote=False)


def _moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)


__all__ = [
    "BREACH", "CALM", "DAYS_BELOW", "FONT", "GRID", "INK", "MARKS", "QUIET", "REVIEW", "STEEL", "TITLE_BELOW", "base", "literal",
    "room", "show", "time_axis",
]  # fmt: skip
