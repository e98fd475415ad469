"""The instruments that `rules/law/*.yaml` lists: title, number, dates, and whether the text was read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem
from analyzer.model.law import Instrument, Status
from analyzer.rulebook.checks import NOTHING, Checker, Steps, read_folder

_KEYS = ("title", "short", "issuer", "number", "from", "until", "status", "note")
_STATUSES = (Status.VERIFIED, Status.VERIFIED_X, Status.RECALLED)


def load_law(folder: Path) -> dict[str, Instrument]:
    """Read every instrument of `folder` (`rules/law`) by id; the name of its file is its rank.

    Raises `AnalyzerError` naming every mistake at once.
    """
    problems: list[Problem] = []
    instruments: dict[str, Instrument] = {}
    for document in read_folder(folder, problems):
        checker = Checker(document, problems)
        found = read_instruments(checker, document.data, document.path.stem)
        for name in found.keys() & instruments.keys():
            checker.report((name,), f"文书 `{name}` 已在另一个文件中", f"`{name}` is in another file already")
        instruments |= found
    if problems:
        raise AnalyzerError(problems)
    return instruments


def read_instruments(checker: Checker, data: Mapping[Any, Any], rank: str, at: Steps = ()) -> dict[str, Instrument]:
    """Read instruments by id from part of a document; a profile may bring its own."""
    found = {}
    for name, entry in data.items():
        place = (*at, str(name))
        if (fields := checker.mapping(entry, place)) is not None:
            found[str(name)] = _instrument(checker, str(name), fields, rank, place)
    return found


def _instrument(checker: Checker, name: str, data: dict[Any, Any], rank: str, place: Steps) -> Instrument:
    checker.keys(data, _KEYS, ("title", "status"), place)
    from_, until = checker.day(data, "from", place), checker.day(data, "until", place)
    if from_ and until and until < from_:
        checker.report((*place, "until"), "`until` 早于 `from`", "`until` is before `from`")
    return Instrument(
        id=name,
        rank=rank,
        title=checker.text(data, "title", place) or NOTHING,
        status=Status(checker.word(data, "status", _STATUSES, place) or Status.RECALLED),
        short=checker.text(data, "short", place, chinese_only=True),
        issuer=checker.text(data, "issuer", place),
        number=str(data["number"]) if "number" in data else None,
        from_=from_,
        until=until,
        note=checker.text(data, "note", place),
    )
