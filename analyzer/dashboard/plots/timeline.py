"""The timeline of a vehicle or a case: a lane for each kind of event, those that a finding names marked by shape too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import log2
from typing import Any

import plotly.graph_objects as go

from analyzer.dashboard.plots.events import ALWAYS, KINDS, Event
from analyzer.dashboard.plots.look import DAYS_BELOW, GRID, MARKS, base, literal, room, time_axis
from analyzer.reports.wording import Words

_LANE = 54
_SPREAD = 0.22
_KEYS = 50


@dataclass(frozen=True)
class Spot:
    """What is drawn as one mark: the events of one kind and one answer on one day, and where in its lane it stands."""

    events: tuple[Event, ...]
    height: float

    @property
    def first(self) -> Event:
        """The event that stands for the spot."""
        return self.events[0]


def timeline(events: Sequence[Event], words: Words, as_of: date) -> Any:
    """Draw events by lane and time, those of one day and answer as one mark with their number.

    A bar leads from the begin of a case or a detention to its end.
    """
    lanes = [table for table in KINDS if table in ALWAYS or any(one.table == table for one in events)]
    places = {table: len(lanes) - 1 - number for number, table in enumerate(lanes)}
    spots = _spots(events, places)
    names = [literal(words.t(f"timeline.lane.{table}")) for table in places]
    figure = base(96 + _LANE * len(lanes), room(names) + 16, DAYS_BELOW, hovermode="closest", clickmode="event+select")
    _bars(figure, events, places, as_of)
    for verdict in ("", "review", "breach"):  # the gravest last, so that it lies on top
        chosen = [one for one in spots if one.first.verdict == verdict]
        if chosen:
            figure.add_trace(_marks(chosen, verdict, words))
    figure.update_yaxes(
        tickvals=list(places.values()),
        ticktext=names,
        range=[-0.6, len(lanes) - 0.4],
        showgrid=False,
        ticksuffix="  ",
        fixedrange=True,
    )
    between = {
        "type": "line",
        "x0": 0,
        "x1": 1,
        "xref": "x domain",
        "layer": "below",
        "line": {"color": GRID, "width": 1},
    }
    figure.update_layout(shapes=[between | {"y0": place + 0.5, "y1": place + 0.5} for place in range(len(lanes) - 1)])
    if events:
        ends = [one.until or one.at for one in events]
        time_axis(figure, min(one.at for one in events), max(*ends, *(one.at for one in events), events[0].at))
    return figure


def _spots(events: Sequence[Event], places: dict[str, int]) -> list[Spot]:
    """Put together what falls on one day with one answer; different answers of a day stand above each other."""
    together: dict[tuple[str, date, str], list[Event]] = defaultdict(list)
    for one in events:
        together[one.table, one.at.date(), one.verdict].append(one)
    rows = Counter((table, day) for table, day, _ in together)
    seen: Counter[tuple[str, date]] = Counter()
    spots = []
    for (table, day, _), some in together.items():
        count, place = rows[table, day], seen[table, day]
        seen[table, day] += 1
        offset = 0.0 if count == 1 else _SPREAD * (2 * place / (count - 1) - 1)
        spots.append(Spot(tuple(some), places[table] + offset))
    return spots


def _marks(chosen: Sequence[Spot], verdict: str, words: Words) -> Any:
    look = MARKS[verdict]
    return go.Scatter(
        x=[one.first.at for one in chosen],
        y=[one.height for one in chosen],
        mode="markers+text",
        name=words.name("verdict", verdict) if verdict else words.t("timeline.unmarked"),
        marker={
            "color": look["color"],
            "symbol": look["symbol"],
            "size": [look["size"] + min(9, 2.5 * log2(len(one.events))) for one in chosen],
            "line": {"color": "white", "width": 1},
            "opacity": 1,
        },
        text=[f"×{len(one.events)}" if len(one.events) > 1 else "" for one in chosen],
        textposition="middle right",
        textfont={"size": 12},
        customdata=[[one.first.table, *(event.key for event in one.events[:_KEYS])] for one in chosen],
        hovertext=[_hover(one, words) for one in chosen],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _hover(spot: Spot, words: Words) -> str:
    if len(spot.events) == 1:
        return spot.first.hover
    return f"{literal(words.t('timeline.together', n=len(spot.events)))}<br>{spot.first.hover}"


def _bars(figure: Any, events: Sequence[Event], places: dict[str, int], as_of: date) -> None:
    """Lines from begin to end; what has not ended runs on, dotted, to the last event or the day of the audit."""
    whole: list[tuple[datetime, datetime, float]] = []
    running: list[tuple[datetime, datetime, float]] = []
    today = datetime(as_of.year, as_of.month, as_of.day)
    for one in events:
        if one.until is not None and one.until > one.at:
            whole.append((one.at, one.until, places[one.table]))
        elif one.until is None and KINDS[one.table].ends and today > one.at:
            running.append((one.at, min(today, max(e.at for e in events)), places[one.table]))
    for lines, dash in ((whole, "solid"), (running, "dot")):
        xs: list[Any] = []
        ys: list[Any] = []
        for begin, end, height in lines:
            xs += [begin, end, None]
            ys += [height, height, None]
        if xs:
            line = {"color": "#b7c4d2", "width": 5 if dash == "solid" else 2, "dash": dash}
            figure.add_scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", showlegend=False)


__all__ = ["Spot", "timeline"]
