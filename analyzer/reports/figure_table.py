"""A table of figures with its words, made once: a sheet and a document lay the same one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analyzer.reports.document import Grid

Cell = str | int | float | date | None
"""A cell: a text, a number, a share between 0 and 1 (as float), a day, or None where it is not known."""

_GRID_KINDS = {"whole": "number", "share": "number", "change": "number", "date": "center", "text": "text"}


@dataclass(frozen=True)
class FigureTable:
    """One table. `kinds` are those of its columns: text, whole, share, change (+3) or date. `total` sets off the last row."""

    key: str
    title: str
    head: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    total: bool = False

    def grid(self, caption: str, joint: str, widths: Sequence[float] | None = None, most: int | None = None) -> Grid:
        """Return the table as one of a document; `joint` stands between notes, `most` limits its rows."""
        return Grid(
            caption,
            self.head,
            tuple(tuple(shown(cell) for cell in row) for row in self.rows[:most]),
            tuple(widths or self.widths()),
            tuple(_GRID_KINDS[kind] for kind in self.kinds),
            joint.join(self.notes),
            self.total,
        )

    def widths(self) -> tuple[float, ...]:
        """Return shares of the line for its columns: the first text is widest."""
        first = 24.0 if len(self.head) > 8 else 30.0
        weights = {"text": 0.0, "share": 1.25}
        each = (86 - first) / (sum(weights.get(kind, 1.0) for kind in self.kinds) or 1.0)
        return (first, *(14.0 if kind == "text" else each * weights.get(kind, 1.0) for kind in self.kinds[1:]))


def shown(cell: Cell) -> str:
    """A cell in words; what is not known is a dash, never nought."""
    if cell is None:
        return "—"
    if isinstance(cell, float):
        return f"{100 * cell:.1f}%"
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:,}" if isinstance(cell, int) else cell


__all__ = ["Cell", "FigureTable", "shown"]
