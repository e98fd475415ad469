"""The clocks of a case file as `rules/review/case_clocks.yaml` describes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text, Vocabulary
from analyzer.model.law import Citation
from analyzer.rulebook.checks import Checker, Steps
from analyzer.rulebook.document import nearest, read_document

_KEYS = ("zh", "en", "from", "to", "only", "earliest", "parameter", "unit_from", "limit", "roll", "law", "article")


@dataclass(frozen=True)
class CaseClock:
    """One time limit: from one column to another, limited by a parameter.

    `at_least` says that the time must be left to the party; otherwise it is the time within which something is done.
    `run_out` says that its last day must be over too.
    `only` keeps the rows whose columns hold one of some values, `earliest` the first of them.
    """

    title: Text
    start: tuple[str, str]
    end: tuple[str, str]
    parameter: str
    at_least: bool
    law: Citation
    unit_from: str | None = None
    run_out: bool = False
    rolls: bool = False
    earliest: bool = False
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseClocks:
    """All clocks, and what is left for a person to judge."""

    clocks: tuple[CaseClock, ...]
    for_the_reviewer: tuple[Text, ...]


def load_clocks(home: Path, vocabulary: Vocabulary, parameters: Collection[str], laws: Collection[str]) -> CaseClocks:
    """Read the clocks of the rules folder `home`; raise `AnalyzerError` naming every mistake."""
    document = read_document(home / "review" / "case_clocks.yaml")
    problems: list[Problem] = []
    check = Checker(document, problems)
    clocks = []
    for number, entry in enumerate(document.data.get("clocks", ())):
        at: Steps = ("clocks", number)
        check.keys(entry, _KEYS, ("zh", "en", "from", "to", "parameter", "limit", "law"), at)
        check.word(entry, "parameter", parameters, at)
        check.word(entry, "unit_from", parameters, at)
        check.word(entry, "limit", ("most", "least", "more"), at)
        check.word(entry, "law", laws, at)
        for side in ("from", "to"):
            _check_column(check, (*at, side), str(entry.get(side)), vocabulary)
        if not problems:
            clocks.append(_clock(entry))
    if problems:
        raise AnalyzerError(problems)
    left = tuple(Text(one["zh"], one["en"]) for one in document.data.get("for_the_reviewer", ()))
    return CaseClocks(tuple(clocks), left)


def _check_column(check: Checker, at: Steps, name: str, vocabulary: Vocabulary) -> None:
    known = [f"{table}.{column}" for table, one in vocabulary.tables.items() for column in one.columns]
    if name not in known:
        check.report(at, f"没有列 `{name}`", f"there is no column `{name}`", nearest(name, known))


def _clock(entry: Mapping[str, Any]) -> CaseClock:
    start, end = (tuple(str(entry[side]).split(".")) for side in ("from", "to"))
    return CaseClock(
        title=Text(entry["zh"], entry["en"]),
        start=(start[0], start[1]),
        end=(end[0], end[1]),
        parameter=entry["parameter"],
        at_least=entry["limit"] in ("least", "more"),
        run_out=entry["limit"] == "more",
        law=Citation(entry["law"], entry.get("article")),
        unit_from=entry.get("unit_from"),
        rolls=bool(entry.get("roll", False)),
        earliest=bool(entry.get("earliest", False)),
        only={column: tuple(values) for column, values in entry.get("only", {}).items()},
    )
