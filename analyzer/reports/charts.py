"""The charts of the written reports, drawn by matplotlib without a screen, with a Chinese font.

Colours keep apart for readers who do not tell red from green, and in print: what is for review is hatched besides.
matplotlib is imported when the first chart is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO, StringIO
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONTS = (
    "Microsoft YaHei", "SimHei", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP", "SimSun", "Noto Serif CJK SC",
)  # fmt: skip
"""Fonts that hold Chinese characters, the best first."""

COLORS = {"breach": "#b8322a", "review": "#e3a22f", "plain": "#3b6ea5", "late": "#7a4b94"}
_INK, _FAINT = "#222222", "#d0d0d0"
_WIDTH = 6.1
"""Inches: the text of an A4 page."""


@dataclass(frozen=True)
class Drawing:
    """A finished chart."""

    figure: Figure

    def png(self) -> bytes:
        """Return the chart as PNG, sharp enough for print."""
        out = BytesIO()
        self.figure.savefig(out, format="png", dpi=200, metadata={"Software": None})
        return out.getvalue()

    def svg(self) -> str:
        """Return the chart as SVG; characters are drawn as shapes, so that it looks the same everywhere."""
        import matplotlib

        out = StringIO()
        with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "chart"}):
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


@dataclass(frozen=True)
class Bar:
    """One bar: its name and the sizes of its parts."""

    name: str
    parts: tuple[int, ...]


@cache
def chinese_font() -> str | None:
    """Return a font of this machine that holds Chinese characters, or None."""
    from matplotlib import font_manager

    found = {one.name for one in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in found), None)


def bars(rows: Sequence[Bar], kinds: Sequence[tuple[str, str]], axis: str) -> Drawing | None:
    """Draw bars side by side from top to bottom. `kinds` names each part and its colour; None without a font."""
    if (font := chinese_font()) is None or not rows:
        return None
    figure, axes = _sheet(font, 0.85 + 0.27 * sum(max(1, _lines(one.name)) for one in rows))
    names = [_broken(one.name) for one in rows]
    left = [0] * len(rows)
    for place, (kind, color) in enumerate(kinds):
        sizes = [one.parts[place] for one in rows]
        axes.barh(names, sizes, left=left, height=0.62, label=kind, **_fill(color, place))
        left = [sum(pair) for pair in zip(left, sizes, strict=True)]
    for place, one in enumerate(rows):
        axes.annotate(
            _said(one.parts, kinds), (left[place], place), xytext=(4, 0), textcoords="offset points",
            va="center", color=_INK, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    axes.set_xlim(0, _reach(rows, left, kinds))
    axes.invert_yaxis()
    axes.set_xlabel(axis)
    axes.xaxis.set_major_locator(_whole_steps())
    axes.grid(axis="x", color=_FAINT, linewidth=0.6)
    _finish(axes, kinds, font)
    return Drawing(figure)


def _reach(rows: Sequence[Bar], ends: Sequence[int], kinds: Sequence[tuple[str, str]]) -> float:
    """How far the axis reaches, so that what is said at the end of each bar has room."""
    names = max(_inches(line) for one in rows for line in _broken(one.name).split("\n"))
    room = max(_WIDTH - names - 0.5, 1.5)
    shares = (1 - min((_inches(_said(one.parts, kinds)) + 0.15) / room, 0.75) for one in rows)
    return max(max(end, 1) / share for end, share in zip(ends, shares, strict=True))


def _inches(text: str) -> float:
    return sum(0.125 if ord(sign) > 0x2E7F else 0.07 for sign in text)


def columns(
    rows: Sequence[Bar], kinds: Sequence[tuple[str, str]], axis: str, *, beside: bool = False
) -> Drawing | None:
    """Draw columns from left to right: months. Names are thinned out where they would touch.

    Parts stand on top of each other, or `beside` each other where they are no parts of one whole.
    """
    if (font := chinese_font()) is None or not rows:
        return None
    figure, axes = _sheet(font, 2.5)
    bottom, places, tallest = [0] * len(rows), range(len(rows)), 1
    width = 0.7 / len(kinds) if beside else 0.7
    for place, (kind, color) in enumerate(kinds):
        sizes = [one.parts[place] for one in rows]
        shift = width * (place - (len(kinds) - 1) / 2) if beside else 0
        axes.bar([at + shift for at in places], sizes, bottom=bottom, width=width, label=kind, **_fill(color, place))
        tallest = max(tallest, *(sum(pair) for pair in zip(bottom, sizes, strict=True)))
        if not beside:
            bottom = [sum(pair) for pair in zip(bottom, sizes, strict=True)]
    step = ceil(len(rows) / 9)
    axes.set_xticks(list(places)[::step], [one.name for one in rows][::step])
    axes.set_ylim(0, tallest * 1.12)
    axes.set_ylabel(axis)
    axes.yaxis.set_major_locator(_whole_steps())
    axes.grid(axis="y", color=_FAINT, linewidth=0.6)
    _finish(axes, kinds, font)
    return Drawing(figure)


def _sheet(font: str, height: float) -> tuple[Figure, Any]:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    settings: Any = {"font.family": [font], "font.size": 9, "axes.unicode_minus": False, "hatch.linewidth": 0.7}
    with matplotlib.rc_context(settings):  # texts keep the font they were made with
        figure = Figure(figsize=(_WIDTH, min(height, 8.5)), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.set_xlabel(" ")
        axes.set_ylabel(" ")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    return figure, axes


def _finish(axes: Any, kinds: Sequence[tuple[str, str]], name: str) -> None:
    """Give every text the Chinese font; a legend only where there is more than one kind."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=[name], size=9)
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label, *axes.texts):
        text.set_fontproperties(font)
    axes.tick_params(length=0)
    if len(kinds) > 1:
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(kinds), frameon=False, prop=font, borderaxespad=0.2
        )
    axes.figure.draw_without_rendering()  # laid out once, whatever it is saved as
    axes.figure.set_layout_engine("none")


def _fill(color: str, place: int) -> dict[str, Any]:
    """The first kind is plain, the second hatched, so that print in black and white tells them apart."""
    return {"color": COLORS[color], "edgecolor": "white", "linewidth": 0.6, "hatch": "////" if place == 1 else None}


def _said(parts: Sequence[int], kinds: Sequence[tuple[str, str]]) -> str:
    if len(kinds) == 1:
        return f"{parts[0]:,}"
    return "  ".join(f"{kind} {size:,}" for (kind, _), size in zip(kinds, parts, strict=True) if size)


def _whole_steps() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=6, integer=True)


_LINE = 36


def _broken(name: str) -> str:
    """A long name in lines; a Chinese character is as wide as two letters."""
    lines, width = [""], 0
    words = name.split(" ") if name.isascii() else list(name)
    joint = " " if name.isascii() else ""
    for word in words:
        size = sum(2 if ord(sign) > 0x2E7F else 1 for sign in word) + len(joint)
        if width + size > _LINE and lines[-1]:
            lines.append("")
            width = 0
        lines[-1] += (joint if lines[-1] else "") + word
        width += size
    return "\n".join(lines[:3])


def _lines(name: str) -> float:
    return 0.75 * (_broken(name).count("\n") + 1)


__all__ = ["COLORS", "FONTS", "Bar", "Drawing", "bars", "chinese_font", "columns"]
