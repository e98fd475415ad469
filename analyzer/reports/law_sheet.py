"""The sheet of the law: every instrument that a rule of this audit cites, and every value in force."""

from __future__ import annotations

from analyzer.model.law import BASE, SET, ParameterEntry
from analyzer.reports.instruments import instruments
from analyzer.reports.lawbook import Citations
from analyzer.reports.sheets import SheetTable
from analyzer.reports.workbook_material import WorkbookMaterial


def write_law(made: WorkbookMaterial) -> None:
    """Write instruments first, values below them."""
    table = made.table(
        "law",
        [
            ("kind", 16, "wrap"), ("name", 44, "wrap"), ("articles", 44, "wrap"), ("value", 16, "wrap"),
            ("issuer", 26, "wrap"), ("document_no", 22, "wrap"), ("in_force", 12, "center"), ("status", 24, "wrap"),
        ],
    )  # fmt: skip
    for one in instruments(made):
        table.write((one.kind, one.name, one.places, None, one.issuer, one.number, one.in_force, one.status))
    _values(made, table)
    table.close()


def _values(made: WorkbookMaterial, table: SheetTable) -> None:
    words, law = made.words, made.law
    citations = Citations(law, words)
    for name in made.figures.summary["parameters"]:
        known = law.rulings.parameters.get(name)
        for entry in known.entries if known else ():
            title = f"{words.say(known.title)} ({name})" if known else name
            table.write((
                words.t("column.parameters"), title, citations.places(entry.basis),
                citations.value(known.unit if known else "", entry.value), _source(made, entry), None,
                entry.from_.isoformat() if entry.from_ else None, words.t(f"status.{entry.status}"),
            ))  # fmt: skip


def _source(made: WorkbookMaterial, entry: ParameterEntry) -> str | None:
    if entry.origin == BASE:
        return None
    profile = made.law.library.profiles.get(entry.origin)
    if entry.origin == SET or profile is None:
        return entry.origin
    return made.words.say(profile.title)
