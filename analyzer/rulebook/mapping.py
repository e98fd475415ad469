"""Mapping files (`--mapping`): how exports that are not ours come to the canonical tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Kind, Problem, Table, Text, Vocabulary
from analyzer.model.mapping import FileMapping
from analyzer.rulebook.document import Document, Step, nearest, read_document

_ENTRY_KEYS = ("match", "sheet", "table", "columns", "values", "constants", "formats", "ignore")
_NOTHING = Text("", "")
_DIRECTIVE = re.compile(r"%[-]?(.?)")
_DIRECTIVES = set("aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%")


def load_mappings(paths: Sequence[Path], vocabulary: Vocabulary) -> list[FileMapping]:
    """Read mapping files in order; the entries of all of them are tried in turn.

    Raises `AnalyzerError` with file and line of every mistake: an unknown key, table, column or value.
    """
    problems: list[Problem] = []
    mappings: list[FileMapping] = []
    for path in paths:
        document = read_document(path)
        mappings += _Entries(document, vocabulary, problems).read()
    if problems:
        raise AnalyzerError(problems)
    return mappings


class _Entries:
    """The entries of one mapping file."""

    def __init__(self, document: Document, vocabulary: Vocabulary, problems: list[Problem]) -> None:
        self._document, self._vocabulary, self._problems = document, vocabulary, problems

    def read(self) -> list[FileMapping]:
        self._check_keys(self._document.data, ("files",), [])
        entries = self._document.data.get("files")
        if not isinstance(entries, list):
            self._wrong(["files"], Text("`files` 应是一个列表", "`files` must be a list"))
            return []
        read = (self._entry(entry, ["files", number]) for number, entry in enumerate(entries))
        return [mapping for mapping in read if mapping]

    def _entry(self, entry: Any, at: list[Step]) -> FileMapping | None:
        if not isinstance(entry, dict) or not isinstance(entry.get("match"), str):
            self._wrong(
                at,
                Text("每一项都要有 `match`（文件名）", "each entry needs `match`, a pattern of file names"),
            )
            return None
        self._check_keys(entry, _ENTRY_KEYS, at)
        table = self._table(entry, at)
        columns = self._words(entry, "columns", at)
        self._check_columns(columns.values(), table, at, "columns", list(columns))
        values = self._values(entry, table, at)
        constants = self._words(entry, "constants", at)
        self._check_columns(constants, table, at, "constants", list(constants))
        formats = self._words(entry, "formats", at)
        self._check_columns(formats, table, at, "formats", list(formats))
        self._check_formats(formats, at)
        return FileMapping(
            match=entry["match"],
            sheet=None if entry.get("sheet") is None else str(entry["sheet"]),
            table=table.name if table else None,
            columns=columns,
            values=values,
            constants=constants,
            formats=formats,
            ignore=self._ignored(entry, at),
        )

    def _table(self, entry: dict[str, Any], at: list[Step]) -> Table | None:
        name = entry.get("table")
        if name is None:
            return None
        if name not in self._vocabulary.tables:
            cause = Text(f"没有名为 `{name}` 的表", f"there is no table `{name}`")
            self._wrong([*at, "table"], cause, nearest(str(name), self._vocabulary.tables))
            return None
        return self._vocabulary[name]

    def _words(self, entry: dict[str, Any], key: str, at: list[Step]) -> dict[str, str]:
        given = entry.get(key)
        if given is None:
            return {}
        if not isinstance(given, dict) or any(isinstance(value, dict | list) for value in given.values()):
            self._wrong([*at, key], Text(f"`{key}` 应是“名称: 名称”", f"`{key}` must be `name: name` pairs"))
            return {}
        return {str(name): _word(value) for name, value in given.items()}

    def _values(self, entry: dict[str, Any], table: Table | None, at: list[Step]) -> dict[str, dict[str, str]]:
        given = entry.get("values")
        if given is None:
            return {}
        if not isinstance(given, dict):
            self._wrong([*at, "values"], Text("`values` 应按列分组", "`values` must be grouped by column"))
            return {}
        self._check_columns(given, table, at, "values", list(given))
        read = {str(column): self._words(given, column, [*at, "values"]) for column in given}
        for name, words in read.items():
            column = table.columns.get(name) if table else None
            if column is None or column.kind is not Kind.ENUM or column.values is None:
                continue
            for old, new in words.items():
                known = {word for value, also in column.values.items() for word in (value, *also)}
                if new not in known:
                    cause = Text(f"列 `{name}` 没有值 `{new}`", f"column `{name}` has no value `{new}`")
                    self._wrong([*at, "values", name, old], cause, nearest(new, column.values))
        return read

    def _ignored(self, entry: dict[str, Any], at: list[Step]) -> tuple[str, ...]:
        given = entry.get("ignore") or []
        if not isinstance(given, list):
            self._wrong([*at, "ignore"], Text("`ignore` 应是一个列表", "`ignore` must be a list"))
            return ()
        return tuple(str(header) for header in given)

    def _check_keys(self, data: dict[str, Any], known: Sequence[str], at: list[Step]) -> None:
        for key in data:
            if key not in known:
                cause = Text(f"不认识的键 `{key}`", f"`{key}` is not a key of a mapping file")
                self._wrong([*at, str(key)], cause, nearest(str(key), known))

    def _check_columns(self, names: Any, table: Table | None, at: list[Step], part: str, keys: Sequence[Step]) -> None:
        tables = [table] if table else list(self._vocabulary.tables.values())
        known = {name for each in tables for name in each.columns}
        for name, key in zip(names, keys, strict=True):
            if name not in known:
                where = f"`{table.name}` " if table else ""
                cause = Text(f"表 {where}没有列 `{name}`", f"the table {where}has no column `{name}`")
                self._wrong([*at, part, key], cause, nearest(str(name), known))

    def _check_formats(self, formats: dict[str, str], at: list[Step]) -> None:
        for column, pattern in formats.items():
            directives = _DIRECTIVE.findall(pattern)
            if not directives or any(letter not in _DIRECTIVES for letter in directives):
                cause = Text(f"`{pattern}` 不是日期格式", f"`{pattern}` is not a date format")
                remedy = Text("写法如 %d/%m/%Y %H:%M", "Write it like %d/%m/%Y %H:%M")
                self._wrong([*at, "formats", column], cause, remedy)

    def _wrong(self, at: Sequence[Step], cause: Text, remedy: Text = _NOTHING) -> None:
        self._problems.append(self._document.problem(cause, remedy, at))


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
