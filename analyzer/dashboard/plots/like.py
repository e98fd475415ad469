"""Like cases and their fines: how much over the limit against how much was fined, larger where more cases are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.dashboard.plots.look import INK, REVIEW, STEEL, TITLE_BELOW, base, literal, room
from analyzer.dashboard.queries.agencies import LikeCell
from analyzer.reports.wording import Words

_LARGEST = 46


def like_cases(cells: Sequence[LikeCell], width_kg: int, words: Words) -> Any:
    """Draw the fines by band of excess; a dash is the median of a band, a triangle is marked for review."""
    highest = f"{max((one.fine_yuan for one in cells), default=0):,.0f}"
    figure = base(430, room([highest]) + 40, TITLE_BELOW, hovermode="closest")
    most = max((one.cases for one in cells), default=1)
    for key, chosen, color, symbol in (
        ("alike", [one for one in cells if not one.marked], STEEL, "circle"),
        ("marked", [one for one in cells if one.marked], REVIEW, "triangle-up"),
    ):
        if chosen:
            figure.add_scatter(
                x=[(one.band_kg + width_kg / 2) / 1000 for one in chosen], y=[one.fine_yuan for one in chosen], mode="markers",
                name=words.t(f"agencies.like.{key}"),
                marker={
                    "color": color, "symbol": symbol, "opacity": 0.75, "line": {"color": "white", "width": 1},
                    "size": [max(10 if key == "alike" else 14, _LARGEST * (one.cases / most) ** 0.5) for one in chosen],
                },
                text=[_hover(one, width_kg, words) for one in chosen], hovertemplate="%{text}<extra></extra>",
            )  # fmt: skip
    middles = medians(cells)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for band, fine in middles.items():
        xs += [band / 1000 + width_kg / 8000, (band + width_kg) / 1000 - width_kg / 8000, None]
        ys += [fine, fine, None]
    figure.add_scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"color": INK, "width": 2},
        name=words.t("agencies.like.median"),
        hoverinfo="skip",
    )
    figure.update_xaxes(title_text=words.t("agencies.like.x"), rangemode="tozero")
    figure.update_yaxes(title_text=words.t("agencies.like.y"), rangemode="tozero", tickformat=",d")
    return figure


def medians(cells: Sequence[LikeCell]) -> Mapping[int, float]:
    """Return the median fine of each band of excess, every case counted."""
    bands: dict[int, list[float]] = {}
    for one in cells:
        bands.setdefault(one.band_kg, []).extend([one.fine_yuan] * one.cases)
    return {band: _median(sorted(fines)) for band, fines in sorted(bands.items())}


def _median(values: Sequence[float]) -> float:
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _hover(one: LikeCell, width_kg: int, words: Words) -> str:
    low, high = one.band_kg / 1000, (one.band_kg + width_kg) / 1000
    return literal(
        words.t(
            "agencies.like.hover",
            low=f"{low:g}",
            high=f"{high:g}",
            fine=f"{one.fine_yuan:,.0f}",
            n=f"{one.cases:,}",
            marked=one.marked,
        )
    )


__all__ = ["like_cases", "medians"]
