"""Months of agencies: each month against the agency's own usual one, or the bars of one agency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from statistics import median
from typing import Any

import plotly.graph_objects as go

from analyzer.dashboard.plots.look import DAYS_BELOW, INK, MARKS, REVIEW, STEEL, base, literal, room, time_axis
from analyzer.dashboard.queries.agencies import AgencyMonth
from analyzer.reports.wording import Words

MEASURES = ("paid", "filed", "decided")
"""What a month can be measured by."""

LEAST_MONTHS = 6
"""An agency with fewer months of data has no usual month."""

_CAP = 3.0
_SCALE = [[0, "#f2f5f9"], [1 / 3, "#c3d3e6"], [2 / 3, "#6f97c4"], [1, "#1d3f6b"]]


def value_of(one: AgencyMonth, measure: str) -> float:
    """Return what a month amounts to: yuan, or a number of cases."""
    return one.paid_yuan if measure == "paid" else float(getattr(one, measure))


def usual(months: Sequence[AgencyMonth], measure: str) -> dict[str, float]:
    """Return the median month of each agency with `LEAST_MONTHS` of them, months without anything left out."""
    found: dict[str, list[float]] = {}
    for one in months:
        if value := value_of(one, measure):
            found.setdefault(one.agency_id, []).append(value)
    return {agency: median(values) for agency, values in found.items() if len(values) >= LEAST_MONTHS}


def heat(
    months: Sequence[AgencyMonth], measure: str, names: Mapping[str, str], marked: Collection[tuple[str, date]], words: Words
) -> Any:  # fmt: skip
    """Draw every agency's months as multiples of its usual month; months that a rule marks carry a triangle."""
    middle = usual(months, measure)
    agencies = sorted(middle, key=lambda key: (names.get(key, key), key), reverse=True)
    days = sorted({one.month for one in months})
    every = [date(number // 12, number % 12 + 1, 1) for number in range(_number(days[0]), _number(days[-1]) + 1)]
    values = {(one.agency_id, one.month): value_of(one, measure) for one in months}
    labels = [one.strftime("%Y-%m") for one in every]
    titles = [literal(names.get(key, key)) for key in agencies]
    figure = base(120 + 30 * len(agencies), room(titles) + 16, DAYS_BELOW)
    figure.add_trace(
        go.Heatmap(
            x=labels, y=titles,
            z=[[min(_CAP, values.get((key, day), 0.0) / middle[key]) for day in every] for key in agencies],
            zmin=0, zmax=_CAP, colorscale=_SCALE, xgap=1, ygap=2,
            text=[[literal(said(values.get((key, day), 0.0), middle[key], measure, words)) for day in every] for key in agencies],
            hovertemplate="<b>%{y}</b><br>%{x}<br>%{text}<extra></extra>",
            colorbar={
                "title": {"text": words.t("agencies.months.scale"), "side": "right", "font": {"size": 13}}, "tickvals": [0, 1, 2, 3],
                "ticktext": ["0", "1", "2", "≥3"], "thickness": 12, "len": 1.0, "outlinewidth": 0, "ticks": "",
            },
        )
    )  # fmt: skip
    spots = [(day, key) for key, day in marked if key in middle and day in every]
    if spots:
        figure.add_scatter(
            x=[day.strftime("%Y-%m") for day, _ in spots], y=[literal(names.get(key, key)) for _, key in spots], mode="markers",
            marker={**MARKS["review"], "line": {"color": INK, "width": 1}}, name=words.t("agencies.months.marked"),
            showlegend=True, hoverinfo="skip",
        )  # fmt: skip
    figure.update_xaxes(type="category", nticks=14, tickangle=0, showgrid=False)
    figure.update_yaxes(showgrid=False, ticksuffix="  ")
    return figure


def bars(months: Sequence[AgencyMonth], measure: str, marked: Collection[date], words: Words) -> Any:
    """Draw the months of one agency with its usual month as a line; marked ones in another colour and hatched."""
    most = f"{max((value_of(one, measure) for one in months), default=0):,.0f}"
    figure = base(320, room([most]) + 40, DAYS_BELOW)
    for key, chosen, color, pattern in (
        ("plain", [one for one in months if one.month not in marked], STEEL, ""),
        ("marked", [one for one in months if one.month in marked], REVIEW, "/"),
    ):
        if chosen:
            figure.add_bar(
                x=[datetime(one.month.year, one.month.month, 15) for one in chosen], y=[value_of(one, measure) for one in chosen],
                name=words.t(f"agencies.months.{key}"), width=86_400_000 * 24,
                customdata=[one.month.strftime("%Y-%m") for one in chosen],
                marker={"color": color, "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "white", "solidity": 0.25}},
                hovertemplate="%{customdata} %{y:,}<extra></extra>",
            )  # fmt: skip
    for middle in usual(months, measure).values():
        figure.add_hline(middle, line={"color": INK, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=1, xref="paper", y=middle, xanchor="right", yanchor="bottom", showarrow=False, font={"size": 12},
            text=literal(words.t("agencies.months.usual")),
        )  # fmt: skip
    time_axis(figure, months[0].month, months[-1].month, showgrid=False)
    figure.update_yaxes(title_text=words.t(f"agencies.months.axis_{measure}"), tickformat=",d", rangemode="tozero")
    return figure


def said(value: float, middle: float, measure: str, words: Words) -> str:
    """Return a month in words: how much, and how many times the usual month."""
    key = "agencies.months.hover_paid" if measure == "paid" else "agencies.months.hover_cases"
    return words.t(key, n=f"{value:,.0f}", times=f"{value / middle:.1f}")


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


__all__ = ["LEAST_MONTHS", "MEASURES", "bars", "heat", "said", "usual", "value_of"]
