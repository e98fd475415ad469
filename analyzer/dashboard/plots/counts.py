"""Findings and answers as lying and standing bars: by severity, by month, as shares of records, by rule.

Plotly reads a few HTML tags in labels, so every name that comes from data is escaped on its way in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from analyzer.dashboard.parts.marks import VERDICT_COLORS
from analyzer.dashboard.plots.look import INK, TITLE_BELOW, base, literal, room
from analyzer.model import Verdict
from analyzer.reports.figures import Answers, Tally
from analyzer.reports.wording import Words

_WIDEST_NAME = 44
_FLAT_MONTHS = 14
_HALF, _WHOLE = 250, 580
"""The pixels that the longest bar has at 1280x800 in half of the page and over all of it."""

_SIGN = 8
"""The pixels that a digit takes."""


_WRITTEN = {
    "textposition": "auto", "textangle": 0, "insidetextanchor": "middle", "constraintext": "none", "cliponaxis": False,
}  # fmt: skip
"""How a number is written on a bar: in it where there is room, beside it elsewhere, never turned or shrunk."""


def tallies(rows: Sequence[Tally], words: Words, group: str, axis: str) -> Any:
    """Draw findings by severity or family: breach and review side by side in one bar, never as one number."""
    shown = [one for one in rows if one.total]
    names = [words.name(group, one.key) for one in shown]
    figure = _lying(110 + 32 * len(shown), names)
    numbers = [tuple(f"{count:,}" if count else "" for count in (one.breach, one.review)) for one in shown]
    texts = _labels([(one.breach, one.review) for one in shown], numbers, words, _HALF)
    for verdict, text in zip((Verdict.BREACH, Verdict.REVIEW), texts, strict=True):
        figure.add_bar(
            y=names,
            x=[getattr(one, verdict.value) for one in shown],
            orientation="h",
            name=words.name("verdict", verdict.value),
            marker_color=VERDICT_COLORS[verdict],
            text=text,
            **_WRITTEN,
            hovertemplate="%{y} %{x:,}",
        )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(title_text=axis, rangemode="tozero", tickformat=",d")
    return figure


def months(rows: Sequence[Tally], words: Words, axis: str) -> Any:
    """Draw findings by the month in which they begin, breach below and review above; `rows` are months in order."""
    many = len(rows) > _FLAT_MONTHS
    most = f"{max((one.total for one in rows), default=0):,}"
    figure = base(300, room([most]) + 40, 62 if many else 32, barmode="stack", bargap=0.3)
    for verdict in (Verdict.BREACH, Verdict.REVIEW):
        figure.add_bar(
            x=[one.key for one in rows],
            y=[getattr(one, verdict.value) for one in rows],
            name=words.name("verdict", verdict.value),
            marker_color=VERDICT_COLORS[verdict],
            hovertemplate="%{x} %{y:,}",
        )
    figure.update_xaxes(type="category", tickangle=-45 if many else 0, showgrid=False)
    figure.update_yaxes(title_text=axis, rangemode="tozero", tickformat=",d")
    return figure


def rates(rows: Sequence[tuple[str, int, int, int]], words: Words, axis: str) -> Any:
    """Draw shares of records with findings; a row is a name, the records, those with a breach, those for review only."""
    names = [literal(short(name)) for name, *_ in rows]
    figure = _lying(110 + 30 * len(rows), names)
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
            **_WRITTEN,
            orientation="h",
            name=words.name("verdict", verdict.value),
            marker_color=VERDICT_COLORS[verdict],
            hovertemplate="%{y} %{x:.1%}（%{customdata}）"
            if words.language == "zh"
            else "%{y} %{x:.1%} (%{customdata})",
        )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    figure.update_xaxes(title_text=axis, rangemode="tozero", tickformat=".0%")
    return figure


def answers(rows: Sequence[Answers], words: Words, name: Callable[[str], str], hover: str) -> Any:
    """Draw the five answers of each rule as shares of the rows that it looked at; the counts stand in the hover."""
    names = [literal(short(name(one.rule))) for one in rows]
    figure = _lying(110 + 25 * len(rows), names)
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


def _lying(height: int, names: Sequence[str]) -> Any:
    """An empty figure for lying bars with these names, the first one on top."""
    figure = base(height, room(names) + 16, TITLE_BELOW, barmode="stack", bargap=0.3)
    figure.update_layout(xaxis={"zeroline": True, "zerolinecolor": "#b8c2cd"}, yaxis={"showgrid": False})
    return figure


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


__all__ = ["answers", "months", "rates", "short", "tallies"]
