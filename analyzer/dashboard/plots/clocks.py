"""The steps of a case against their time limits: how much of each limit was used, and the numbers in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzer.dashboard.plots.look import BREACH, CALM, INK, STEEL, base, literal, room
from analyzer.reports.lawbook import Citations
from analyzer.reports.wording import Words
from analyzer.store.case_clock import Timing

STATES = ("late", "running", "kept")
"""The states that can be drawn, the gravest first."""

_LOOKS = {"late": (BREACH, "/"), "running": (STEEL, "."), "kept": (CALM, "")}
_WIDEST = 2.4
_ROW = 46


def drawn(timings: Sequence[Timing]) -> list[Timing]:
    """Return the steps that have a length and a limit."""
    return [one for one in timings if one.state in _LOOKS and share(one) is not None]


def share(one: Timing) -> float | None:
    """Return how much of the limit was used; 1 is all of it."""
    if one.used is None or not one.limit:
        return None
    if one.unit == "year":
        whole = (one.last_day - one.start).days if one.last_day else 0
        return one.used / whole if whole else None
    return one.used / one.limit


def clocks(timings: Sequence[Timing], words: Words, citations: Citations) -> Any:
    """Draw the steps from the first to the last as bars of the limit used; the line is the limit."""
    shown = drawn(timings)
    width = 34 if words.language == "en" else 18
    names = [_wrapped(words.say(one.clock.title), width) for one in shown]
    figure = base(96 + _ROW * len(shown), room(names) + 16, 76, barmode="overlay", bargap=0.42)
    places = list(range(len(shown) - 1, -1, -1))
    for state in STATES:
        color, pattern = _LOOKS[state]
        chosen = [(one, place) for one, place in zip(shown, places, strict=True) if one.state == state]
        if chosen:
            figure.add_bar(
                y=[place for _, place in chosen], x=[min(share(one) or 0.0, _WIDEST) for one, _ in chosen], orientation="h",
                name=words.t(f"cases.state.{state}"),
                marker={"color": color, "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "white", "solidity": 0.25}},
                customdata=[_hover(one, words, citations) for one, _ in chosen], hovertemplate="%{customdata}<extra></extra>",
            )  # fmt: skip
    figure.add_vline(1, line={"color": INK, "width": 2})
    figure.add_annotation(
        x=1,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=literal(words.t("cases.limit")),
        showarrow=False,
        font={"size": 12},
    )
    figure.update_yaxes(
        tickvals=places, ticktext=names, showgrid=False,
        range=[-0.6, len(shown) - 0.4], ticksuffix="  ", fixedrange=True,
    )  # fmt: skip
    longest = max((min(share(one) or 0.0, _WIDEST) for one in shown), default=1.0)
    end = max(1.15, longest * 1.05)
    figure.add_scatter(  # beside the chart: over the bars they would cross the limit
        x=[end] * len(shown), y=places, text=[f"\u2002{literal(said(one, words, citations))}" for one in shown], mode="text",
        textposition="middle right", textfont={"color": INK, "size": 13}, cliponaxis=False, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.update_xaxes(tickformat=".0%", range=[0, end], title_text=words.t("cases.axis"), fixedrange=True)
    figure.update_layout(
        legend={"y": -0.02 - 60 / (96 + _ROW * max(len(shown), 1)), "yanchor": "top"},
        margin={"t": 30, "r": 300 if words.language == "en" else 200},
    )
    return figure


def said(one: Timing, words: Words, citations: Citations) -> str:
    """Return the days used and the limit in words: `用 95 天，限 90 天`."""
    unit = "wd" if one.unit == "wd" else "cd"
    used = citations.value(unit, one.used)
    key = "cases.used_least" if one.clock.at_least else "cases.used_most"
    return words.t(key, used=used, limit=citations.value(one.unit, one.limit))


def _hover(one: Timing, words: Words, citations: Citations) -> str:
    to = one.end.isoformat() if one.end else words.t("cases.not_done")
    lines = [
        f"<b>{literal(words.say(one.clock.title))}</b>",
        literal(f"{one.start.isoformat()} → {to}"),
        literal(said(one, words, citations)),
        literal(words.t(f"cases.state.{one.state}")),
    ]
    if one.last_day is not None and not one.clock.at_least:
        lines.append(literal(words.t("cases.last_day", day=one.last_day.isoformat())))
    return "<br>".join(lines)


def _wrapped(text: str, width: int) -> str:
    """A label in at most two lines; words stay whole where there are spaces."""
    if len(text) <= width:
        return literal(text)
    cut = text.rfind(" ", 0, width) if " " in text[:width] else text.find("（") if "（" in text else width
    cut = cut if cut > 0 else width
    return f"{literal(text[:cut].rstrip())}<br>{literal(text[cut:].lstrip())}"


__all__ = ["STATES", "clocks", "drawn", "said", "share"]
