"""The dated numbers of the law: `rules/parameters/*.yaml`, one file a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from analyzer.model import AnalyzerError, Problem
from analyzer.model.law import Instrument, Parameter
from analyzer.rulebook.checks import NOTHING, Checker, read_folder
from analyzer.rulebook.document import Document
from analyzer.rulebook.entries import EntryReader

TYPES = ("integer", "decimal", "date", "choice")
UNITS = {
    "wd": "working days",
    "cd": "calendar days",
    "day": "days; another parameter says of which kind",
    "month": "months",
    "year": "years",
    "hour": "hours",
    "minute": "minutes",
    "second": "seconds",
    "yuan": "yuan",
    "kg": "kilograms",
    "mm": "millimetres",
    "kmh": "kilometres an hour",
    "count": "number of things",
    "share": "part of one, 0 to 1",
    "sigma": "standard deviations",
    "date": "a date",
    "choice": "one of `choices`",
}
_KEYS = ("parameter", "title", "unit", "type", "choices", "status", "note", "values")
_REQUIRED = ("parameter", "title", "unit", "type", "values")


def load_parameters(folder: Path, laws: Mapping[str, Instrument]) -> dict[str, Parameter]:
    """Read every parameter of `folder` (`rules/parameters`) by name, with the values of its own file.

    Raises `AnalyzerError` naming every mistake at once.
    """
    problems: list[Problem] = []
    parameters = {}
    for document in read_folder(folder, problems):
        parameter = _parameter(Checker(document, problems), document, laws)
        parameters[parameter.name] = parameter
    if problems:
        raise AnalyzerError(problems)
    return parameters


def _parameter(checker: Checker, document: Document, laws: Mapping[str, Instrument]) -> Parameter:
    data = document.data
    checker.keys(data, _KEYS, _REQUIRED)
    name = document.path.stem
    if data.get("parameter", name) != name:
        checker.report(
            ("parameter",), f"参数名应与文件名 `{name}` 相同", f"the name must be that of the file, `{name}`"
        )
    parameter = Parameter(
        name=name,
        title=checker.text(data, "title") or NOTHING,
        unit=checker.word(data, "unit", UNITS) or "count",
        type=checker.word(data, "type", TYPES) or "integer",
        entries=(),
        choices=_choices(checker, document),
        recalled=checker.word(data, "status", ("recalled",)) is not None,
        note=checker.text(data, "note"),
    )
    if data.get("type") not in TYPES or "values" not in data:
        return parameter  # the values cannot be read without their type
    entries = EntryReader(checker, laws).entries(parameter, data["values"], ("values",))
    return replace(parameter, entries=entries)


def _choices(checker: Checker, document: Document) -> tuple[str, ...]:
    choices = document.data.get("choices", [])
    if bool(choices) != (document.data.get("type") == "choice") or not isinstance(choices, list):
        checker.report(
            ("choices",),
            "`choices` 只用于 `type: choice`，并列出可选的词",
            "`choices` lists the words of a `type: choice`, and of no other type",
        )
        return ()
    return tuple(str(word) for word in choices)
