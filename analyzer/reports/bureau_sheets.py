"""The five statistical tables as sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analyzer.reports.figure_table import FigureTable
from analyzer.reports.sheets import Field, SheetTable
from analyzer.reports.workbook_material import WorkbookMaterial

_TEXT, _FIRST, _FIGURE = 14.0, 26.0, 11.0


def write_bureau_tables(made: WorkbookMaterial) -> None:
    """One sheet a table, with what it counts and what is missing below it."""
    intro = made.words.t("bureau.intro")
    for number, one in enumerate(made.bureau_tables, 1):
        write_figure_table(one, made.words.t("sheet.bureau", n=number, title=one.title), made.named_table, (intro,))


def write_figure_table(
    one: FigureTable,
    name: str,
    table: Callable[[str, list[Field]], SheetTable],
    lead: tuple[str, ...] = (),
    widths: Sequence[float] = (),
) -> None:
    """Write a table of figures on a sheet of its own, `lead` and its notes below; `table` opens the sheet."""
    fields = []
    for place, (title, kind) in enumerate(zip(one.head, one.kinds, strict=True)):
        usual = (_TEXT if place else _FIRST) if kind == "text" else _FIGURE
        fields.append(Field(title, widths[place] if widths else usual, "wrap" if kind == "text" else kind))
    sheet = table(name, fields)
    for number, row in enumerate(one.rows, 1):
        fills = dict.fromkeys(range(len(row)), "#F3F3F3") if one.total and number == len(one.rows) else None
        sheet.write(["—" if cell is None else cell for cell in row], fills)
    for note in (*lead, *one.notes):
        sheet.note(note)
    sheet.close()


__all__ = ["write_bureau_tables", "write_figure_table"]
