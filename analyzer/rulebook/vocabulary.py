"""The canonical tables as `rules/tables/*.yaml` describes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Column, Kind, Problem, Table, Text, Vocabulary
from analyzer.rulebook.document import Document, nearest, read_document

_COLUMN_KEYS = {"zh", "en", "type", "also", "values", "blank", "blank_is", "further", "absent", "personal"}
_TABLE_ORDER = ("detections", "notices", "cases")  # the heart; other tables follow by name
_MASK_BITS = 64


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read every table of `folder` (`rules/tables`); raise `AnalyzerError` naming every mistake at once."""
    problems: list[Problem] = []
    tables: dict[str, Table] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read_document(path)
        table = _table(document, problems)
        tables[table.name] = table
    if problems:
        raise AnalyzerError(problems)
    order = [*_TABLE_ORDER, *(name for name in tables if name not in _TABLE_ORDER)]
    return Vocabulary({name: tables[name] for name in order if name in tables})


def _table(document: Document, problems: list[Problem]) -> Table:
    data = document.data
    columns = {name: _column(document, name, entry, problems) for name, entry in data.get("columns", {}).items()}
    problems.extend(
        document.problem(Text(f"主键列 `{key}` 不在列表中", f"the key `{key}` is not among the columns"), at=["key"])
        for key in data["key"]
        if key not in columns
    )
    if len(columns) > _MASK_BITS:
        cause = Text("一张表最多 64 列", "a table holds at most 64 columns")
        problems.append(document.problem(cause, at=["columns"]))
    return Table(
        name=data["table"],
        title=Text(data["title"]["zh"], data["title"]["en"]),
        key=tuple(data["key"]),
        names=tuple(data.get("names", ())),
        columns=columns,
        further=bool(data.get("further", False)),
    )


def _column(document: Document, name: str, entry: dict[str, Any], problems: list[Problem]) -> Column:
    at = ["columns", name]
    for key in entry:
        if key not in _COLUMN_KEYS:
            cause = Text(f"列 `{name}` 里有不认识的键 `{key}`", f"column `{name}` has an unknown key `{key}`")
            problems.append(document.problem(cause, nearest(key, _COLUMN_KEYS), [*at, key]))
    kinds = [kind.value for kind in Kind]
    kind = entry.get("type", "text")
    if kind not in kinds:
        cause = Text(f"不认识的类型 `{kind}`", f"`{kind}` is not a column type")
        problems.append(document.problem(cause, nearest(str(kind), kinds), [*at, "type"]))
        kind = "text"
    values = entry.get("values")
    return Column(
        name=name,
        title=Text(entry["zh"], entry["en"]),
        kind=Kind(kind),
        also=tuple(str(word) for word in entry.get("also", ())),
        values={str(k): tuple(str(w) for w in v) for k, v in values.items()} if values else None,
        blank_is_fact=entry.get("blank") == "fact",
        blank_is=str(entry["blank_is"]) if "blank_is" in entry else None,
        further=bool(entry.get("further", False)),
        absent=None if "absent" not in entry else str(entry["absent"]).lower(),
        personal=entry.get("personal"),
    )
