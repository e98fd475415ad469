"""A sheet for each agency: what is handed to the unit that has to put it right. Agencies beyond the first share one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.reports.entries import Entry
from analyzer.reports.material import SEVERITY_FILLS, VERDICT_FILLS
from analyzer.reports.sheet_help import ask_for_date, offer_choices, print_on_two_pages
from analyzer.reports.sheets import Field, SheetTable
from analyzer.reports.workbook_material import WorkbookMaterial

if TYPE_CHECKING:
    from analyzer.ledger.entry import Entry as LedgerEntry

MOST = 20
"""The agencies that get a sheet of their own, those with most findings first."""

_FIELDS = [
    ("number", 6, "center"), ("problem", 22, "wrap"), ("rule", 8.5, "center"), ("verdict", 7, "center"),
    ("severity", 8.5, "center"), ("subject", 16, "wrap"), ("agency", 18, "wrap"), ("station", 14, "wrap"),
    ("started_on", 11, "date"), ("ended_on", 11, "date"), ("record_count", 8, "whole"), ("amount_yuan", 12, "money"),
    ("explanation", 42, "wrap"), ("basis", 34, "wrap"), ("remedy", 30, "wrap"), ("officer", 10, "fill"),
    ("plan", 26, "fill"), ("due", 12, "due"), ("progress", 18, "fill"),
]  # fmt: skip
_DUE, _PROGRESS = 17, 18


class AgencySheets:
    """Writes each finding on the sheet of its agency."""

    def __init__(self, made: WorkbookMaterial) -> None:
        """Open the sheets, the agency with most findings first."""
        self._made = made
        words = made.words
        ranked = sorted((one for one in made.figures.by_agency if one.key), key=lambda one: (-one.total, one.key))
        alone, shared = ranked[:MOST], sum(one.total for one in ranked[MOST:])
        shared += sum(one.total for one in made.figures.by_agency if not one.key)
        fields = [Field(words.t(f"column.{key}"), width, kind) for key, width, kind in _FIELDS]
        self._tables: list[SheetTable] = []
        for one in alone:
            name = made.agencies.get(one.key or "", one.key or "")
            self._tables.append(self._opened(name, fields, one.total))
        if shared:
            key = "sheet.other_agencies" if len(ranked) > MOST else "sheet.no_agency"
            self._tables.append(self._opened(words.t(key), fields, shared))
        self._place = self._places([one.key or "" for one in alone])

    def _opened(self, name: str, fields: list[Field], rows: int) -> SheetTable:
        table = self._made.named_table(name, fields, rows)
        table.on_finish(self._help)
        return table

    def _places(self, keys: list[str]) -> Any:
        """The sheet of every finding, by its number: a small number each, however long the list."""
        query = (
            "SELECT coalesce(nullif(list_position(?::VARCHAR[], f.agency_id), 0), ?) - 1 AS place"
            " FROM findings AS f JOIN numbered AS n ON n.finding_id = f.finding_id ORDER BY n.number"
        )
        return self._made.con.execute(query, [keys, len(keys) + 1]).fetchnumpy()["place"]

    def write(self, one: Entry, verdict: str, severity: str, entry: LedgerEntry | None) -> None:
        """Write a finding on the sheet of its agency."""
        masked = self._made.masked
        filled: tuple[object, ...] = (None,) * 4
        if entry:
            state = self._made.words.say(entry.state.label)
            filled = (entry.responsible or entry.unit or None, masked(entry.plan) or None, entry.deadline, state)
        row = (
            one.number, one.problem, one.rule, verdict, severity, one.subject, one.agency, one.station, one.started_on,
            one.ended_on, one.record_count, one.amount_yuan, one.explanation, one.basis, one.remedy, *filled,
        )  # fmt: skip
        fills = {3: VERDICT_FILLS[one.verdict]}
        if one.severity in SEVERITY_FILLS:
            fills[4] = SEVERITY_FILLS[one.severity]
        self._tables[int(self._place[one.number - 1])].write(row, fills)

    def close(self) -> None:
        """Finish the sheets."""
        for table in self._tables:
            table.close()

    def _help(self, sheet: Any, last: int) -> None:
        words = self._made.words
        print_on_two_pages(sheet, 12)
        ask_for_date(words, sheet, last, _DUE)
        offer_choices(words, sheet, last, _PROGRESS, "choices")


__all__ = ["MOST", "AgencySheets"]
