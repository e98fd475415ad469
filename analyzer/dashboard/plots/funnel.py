"""The funnel: the rate of each unit over how much of it there is, and the limits within which chance leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.dashboard.plots.look import QUIET, REVIEW, STEEL, TITLE_BELOW, base, literal, room
from analyzer.reports.funnels import Compared, Funnel
from analyzer.reports.wording import Words

_LABELLED = 8


def funnel(found: Funnel, names: Mapping[str, str], words: Words, axis: str, sample: str, per: int = 100) -> Any:
    """Draw units by size and rate (`per` so many), with the limits at 2 and 3 standard deviations; who stands out is named."""
    figure = base(470, room(["100.0%"]) + 40, TITLE_BELOW, hovermode="closest")
    xs = [one.trials for one in found.limits]
    unit = "%" if per == 100 else ""
    for side in ("lower", "upper"):
        for width, dash in (("inner", "dot"), ("outer", "dash")):
            figure.add_scatter(
                x=xs, y=[getattr(one, f"{side}_{width}") * per for one in found.limits], mode="lines", hoverinfo="skip",
                line={"color": QUIET, "width": 1.3, "dash": dash, "shape": "spline"}, showlegend=side == "upper",
                name=words.t(f"agencies.funnel.{width}"),
            )  # fmt: skip
    if found.centre is not None:
        figure.add_scatter(
            x=[xs[0], xs[-1]], y=[found.centre * per] * 2, mode="lines", hoverinfo="skip",
            line={"color": QUIET, "width": 1.5}, name=words.t("agencies.funnel.centre"),
        )  # fmt: skip
    groups = (
        ("small", [one for one in found.units if one.stands_out is None], "circle-open", "#9aa7b4", 9),
        ("inside", [one for one in found.units if one.stands_out is False], "circle", STEEL, 10),
        ("outside", list(found.outside), "triangle-up", REVIEW, 15),
    )
    for key, units, symbol, color, size in groups:
        if units:
            figure.add_scatter(
                x=[one.trials for one in units], y=[one.rate * per for one in units], mode="markers",
                marker={"symbol": symbol, "color": color, "size": size, "line": {"width": 1.2, "color": color if "open" in symbol else "white"}},
                name=words.t(f"agencies.funnel.{key}"), customdata=[[one.key] for one in units],
                text=[_hover(one, names, words, per, unit) for one in units], hovertemplate="%{text}<extra></extra>",
            )  # fmt: skip
    for one in found.outside[:_LABELLED]:
        figure.add_annotation(
            x=one.trials, y=one.rate * per, text=literal(names.get(one.key, one.key)), showarrow=False, xanchor="right",
            xshift=-11, font={"size": 12},
        )  # fmt: skip
    rates = [one.rate * per for one in found.units] or [0.0]
    highest = max([*rates, *(one.upper_outer * per for one in found.limits[len(found.limits) // 4 :])])
    figure.update_yaxes(title_text=axis, range=[-0.03 * highest, min(highest * 1.12, per * 1.04) or 1], ticksuffix=unit)
    largest = max((one.trials for one in found.units), default=0)
    step = {"dtick": 1} if largest <= 5 else {}
    figure.update_xaxes(title_text=sample, rangemode="tozero", tickformat=",d", **step)
    return figure


def _hover(one: Compared, names: Mapping[str, str], words: Words, per: int, unit: str) -> str:
    counted = words.t(
        "agencies.funnel.hover", events=f"{one.events:,}", trials=f"{one.trials:,}", rate=f"{one.rate * per:.1f}{unit}"
    )
    return f"<b>{literal(names.get(one.key, one.key))}</b><br>{literal(counted)}"


__all__ = ["funnel"]
