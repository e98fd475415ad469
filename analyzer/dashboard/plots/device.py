"""The charts of a device: its certificates over what it recorded and what was fined, and how steadily it weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go

from analyzer.dashboard.plots.look import (
    BREACH,
    CALM,
    DAYS_BELOW,
    FONT,
    GRID,
    INK,
    QUIET,
    STEEL,
    base,
    literal,
    room,
    time_axis,
)  # fmt: skip
from analyzer.dashboard.queries.devices import Gap, Month
from analyzer.dashboard.queries.weights import Steadiness
from analyzer.reports.wording import Words

_NEAR = timedelta(days=900)
_THIN = timedelta(days=3)
_ANSWERS = 12
_LANES = ("service", "verified", "marks")


@dataclass(frozen=True)
class Stretch:
    """A bar on a lane: from the first to the last day, with the words of its hover (escaped)."""

    first: date
    last: date
    hover: str


@dataclass(frozen=True)
class Mark:
    """A day that matters: an approval, a sign, a repair, a failed verification."""

    day: date
    kind: str
    hover: str


def coverage(
    service: Sequence[Stretch], certificates: Sequence[Stretch], marks: Sequence[Mark], gaps: Sequence[Gap],
    counted: Sequence[Month], words: Words, as_of: date,
) -> Any:  # fmt: skip
    """Draw certificates above the monthly records and fined records; what lies outside a verification is hatched."""
    lanes = [literal(words.t(f"devices.lane.{name}")) for name in _LANES]
    most = f"{max((one.records for one in counted), default=0):,}"
    figure = base(500, room([*lanes, most]) + 16, DAYS_BELOW, barmode="stack", bargap=0.15)
    counts = [_count_axis([getattr(one, name) for one in counted]) for name in ("records", "fined")]
    figure.update_layout(
        yaxis={"domain": [0.66, 1.0], "anchor": "x"},
        yaxis2={"domain": [0.36, 0.6], "anchor": "x", **counts[0]},
        yaxis3={"domain": [0.0, 0.28], "anchor": "x", **counts[1]},
        xaxis={"anchor": "y3"},
    )
    _lane(figure, service, 2, "#c3ccd6", words.t("devices.lane.service"))
    _lane(figure, certificates, 1, CALM, words.t("devices.lane.verified"))
    _marks(figure, marks, words)
    gap_look = {
        "type": "rect", "y0": 0, "y1": 1, "xref": "x", "yref": "paper", "fillcolor": BREACH, "opacity": 0.14,
        "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    figure.update_layout(shapes=[gap_look | {"x0": gap.first, "x1": _end_of(gap)} for gap in gaps])
    _bars(figure, counted, "y2", words, ("records", "outside"), True)
    _bars(figure, counted, "y3", words, ("fined", "fined_outside"), False)
    figure.update_layout(
        yaxis={
            "tickvals": [2, 1, 0], "range": [-0.6, 2.6], "showgrid": False, "fixedrange": True, "ticksuffix": "  ",
            "ticktext": lanes,
        }
    )  # fmt: skip
    for place, key in ((0.6, "devices.axis.records"), (0.28, "devices.axis.fined")):
        figure.add_annotation(
            x=0, y=place, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False,
            text=literal(words.t(key)), font={"size": 12, "color": QUIET, "family": FONT},
        )  # fmt: skip
    first, last = _span(service, certificates, marks, counted, as_of)
    time_axis(figure, first, last)
    return figure


def _end_of(gap: Gap) -> date:
    return max(gap.last + timedelta(days=1), gap.first + _THIN)


def _count_axis(counts: Sequence[int]) -> dict[str, Any]:
    """An axis of whole numbers from 0, without a tick between two of them."""
    highest = max(counts, default=0)
    axis: dict[str, Any] = {
        "gridcolor": GRID,
        "zeroline": False,
        "range": [0, max(highest, 1) * 1.15],
        "tickformat": ",d",
        "nticks": 4,
    }
    return axis | ({"dtick": 1} if highest <= 3 else {})


def _lane(figure: Any, stretches: Sequence[Stretch], place: int, color: str, name: str) -> None:
    xs: list[date | None] = []
    hovers: list[str] = []
    for one in stretches:  # a line has a hover at its points only: invisible marks along it answer everywhere
        days = (one.last + timedelta(days=1) - one.first).days
        xs += [*(one.first + timedelta(days=days * part // _ANSWERS) for part in range(_ANSWERS + 1)), None]
        hovers += [one.hover] * (_ANSWERS + 1) + [""]
    figure.add_scatter(
        x=xs, y=[place] * len(xs), mode="lines+markers", line={"color": color, "width": 14}, marker={"size": 14, "opacity": 0},
        name=name, showlegend=False, text=hovers, hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


_HATCHED = {"shape": "/", "fillmode": "overlay", "fgcolor": "white", "size": 7, "solidity": 0.25}
_LOOKS: Mapping[str, tuple[str, str, int, int]] = {
    "review": ("square", STEEL, 11, 0),
    "repair": ("star-diamond", "#8a6d1f", 13, 0),
    "failed": ("x", BREACH, 13, 1),
}


def _marks(figure: Any, marks: Sequence[Mark], words: Words) -> None:
    for kind, (symbol, color, size, place) in _LOOKS.items():
        chosen = [one for one in marks if one.kind == kind]
        if chosen:
            figure.add_scatter(
                x=[one.day for one in chosen], y=[place] * len(chosen), mode="markers",
                marker={"symbol": symbol, "color": color, "size": size, "line": {"color": "white", "width": 1}},
                name=words.t(f"devices.mark.{kind}"), text=[one.hover for one in chosen],
                hovertemplate="%{text}<extra></extra>",
            )  # fmt: skip


def _bars(figure: Any, counted: Sequence[Month], axis: str, words: Words, names: tuple[str, str], legend: bool) -> None:
    whole, outside = ([getattr(one, name) for one in counted] for name in names)
    inside = [every - out for every, out in zip(whole, outside, strict=True)]
    months = [datetime(one.month.year, one.month.month, 15) for one in counted]
    hovers = [one.month.strftime("%Y-%m") for one in counted]
    for values, name, color, pattern in (
        (inside, "inside", STEEL, {}),
        (outside, "outside", BREACH, {"pattern": _HATCHED}),
    ):
        figure.add_bar(
            x=months, y=values, yaxis=axis, name=words.t(f"devices.bar.{name}"), showlegend=legend, width=86_400_000 * 24,
            marker={"color": color, **pattern}, customdata=hovers,
            hovertemplate=f"%{{customdata}} {literal(words.t(f'devices.bar.{name}'))} %{{y:,}}<extra></extra>",
        )  # fmt: skip


def _span(
    service: Sequence[Stretch], certificates: Sequence[Stretch], marks: Sequence[Mark], counted: Sequence[Month], as_of: date
) -> tuple[date, date]:  # fmt: skip
    """From the first to the last thing that is drawn; a device long in service does not squeeze what it recorded."""
    if counted:
        first = counted[0].month - timedelta(days=60)
        last = counted[-1].month + timedelta(days=90)
        near = [
            day for day in (*(one.day for one in marks), *(one.first for one in certificates)) if first - _NEAR <= day
        ]
        first = min([first, *near])
        shown = [one.last for one in certificates if one.first <= last] or [last]
        return first, min(max(last, *shown), last + timedelta(days=300))
    days = (
        [one.first for one in (*service, *certificates)]
        + [one.last for one in certificates]
        + [one.day for one in marks]
    )
    return (min(days), max(days)) if days else (as_of - timedelta(days=365), as_of)


def steady(found: Steadiness, verified: Sequence[date], flagged: Sequence[date], least: int, words: Words) -> Any:
    """Draw monthly medians with their quartiles; months of few passes hollow, flagged ones marked, verifications as lines."""
    figure = base(330, 76, DAYS_BELOW)
    months = [datetime(one.month.year, one.month.month, 15) for one in found.months]
    tonnes = [[value / 1000 for value in row] for row in (
        [one.low for one in found.months], [one.high for one in found.months], [one.middle for one in found.months]
    )]  # fmt: skip
    line = {"color": "#9fb6d1", "width": 0.5}
    figure.add_scatter(x=months, y=tonnes[1], mode="lines", line=line, showlegend=False, hoverinfo="skip")
    figure.add_scatter(
        x=months, y=tonnes[0], mode="lines", line=line, fill="tonexty", fillcolor="rgba(61,111,165,0.15)",
        name=words.t("devices.drift.quartiles"), hoverinfo="skip",
    )  # fmt: skip
    enough = [one.passes >= least for one in found.months]
    marked = {day.replace(day=1) for day in flagged}
    symbols = ["triangle-up" if one.month in marked else "circle" for one in found.months]
    figure.add_trace(
        go.Scatter(
            x=months, y=tonnes[2], mode="lines+markers", name=words.t("devices.drift.median"),
            line={"color": STEEL, "width": 2},
            marker={
                "symbol": symbols, "size": [13 if one.month in marked else 8 for one in found.months],
                "color": ["#d99a1c" if one.month in marked else STEEL if many else "white"
                          for one, many in zip(found.months, enough, strict=True)],
                "line": {"color": STEEL, "width": 1.5},
            },
            customdata=[
                literal(words.t("devices.drift.hover", month=one.month.strftime("%Y-%m"), n=f"{one.passes:,}",
                                middle=f"{one.middle / 1000:,.2f}", low=f"{one.low / 1000:,.2f}", high=f"{one.high / 1000:,.2f}"))
                for one in found.months
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    first, last = found.months[0].month, found.months[-1].month + timedelta(days=30)
    days = [day for day in verified if first - timedelta(days=60) <= day <= last + timedelta(days=60)]
    line = {"color": CALM, "width": 1.5, "dash": "dash"}
    upright = {"type": "line", "y0": 0, "y1": 1, "yref": "y domain", "line": line}
    label = {
        "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left", "text": literal(words.t("devices.drift.verified")),
        "showarrow": False, "font": {"size": 12, "color": INK, "family": FONT},
    }  # fmt: skip
    figure.update_layout(
        shapes=[upright | {"x0": day, "x1": day} for day in days],
        annotations=[label | {"x": day} for day in days],
        yaxis={"title": {"text": words.t("devices.drift.axis")}},
    )
    time_axis(figure, first, last)
    return figure


__all__ = ["Mark", "Stretch", "coverage", "steady"]
