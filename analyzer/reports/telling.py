"""What the sections of a written report share: numbers in words, charts with their sentence."""

from __future__ import annotations

from analyzer.reports.charts import Bar, Drawing, bars
from analyzer.reports.document import Picture
from analyzer.reports.figures import Tally
from analyzer.reports.material import Material


def kinds(made: Material) -> list[tuple[str, str]]:
    """Breach and review as the parts of a bar."""
    return [(made.words.t(f"verdict.{one}"), one) for one in ("breach", "review")]


def tally_bars(made: Material, named: list[tuple[str, Tally]]) -> Drawing | None:
    """Draw findings by some key."""
    rows = [Bar(name, (one.breach, one.review)) for name, one in named]
    return bars(rows, kinds(made), made.words.t("column.findings"))


def picture(made: Material, drawing: Drawing | None, caption: str, says: str) -> Picture:
    """A chart with its caption, or only what it would show where no font can write it."""
    said = made.words.t
    return Picture(drawing, said(caption), says if drawing else says + said("document.no_font"))


def grouped(number: int) -> str:
    """A number with its thousands marked."""
    return f"{number:,}"


def sentence(text: str) -> str:
    """A text that begins a sentence or stands in the head of a table: its first letter large."""
    return text[:1].upper() + text[1:]


def percent(part: int, whole: int) -> str:
    """A share with one decimal."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


__all__ = ["grouped", "kinds", "percent", "picture", "sentence", "tally_bars"]
