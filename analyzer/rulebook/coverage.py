"""What answers each item of the two source documents: rules and indicators, clue categories, the rectification ledger.

`rules/coverage` holds the documents item by item, `rules/clues.yaml` the categories of what no record can show.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text
from analyzer.rulebook.checks import Checker, Steps, read_folder
from analyzer.rulebook.document import nearest, read_document

_ITEM_KEYS = ("zh", "en", "answered_by", "clues", "ledger")


@dataclass(frozen=True)
class ClueCategory:
    """A kind of clue: its id, its name, and how else people write it."""

    id: str
    title: Text
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """One item of a source document and what answers it. `ledger` says that people keep it in the ledger."""

    title: Text
    answered_by: tuple[str, ...]
    clues: tuple[str, ...]
    ledger: bool

    @property
    def is_answered(self) -> bool:
        """Whether anything answers the item."""
        return bool(self.answered_by or self.clues or self.ledger)


@dataclass(frozen=True)
class Section:
    """One section of a source document with its items, in the order of the document."""

    title: Text
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Coverage:
    """Every item of every source document, by the document's id in `rules/law`; and the clue categories by id."""

    documents: Mapping[str, tuple[Section, ...]]
    clues: Mapping[str, ClueCategory]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of all documents."""
        return tuple(item for sections in self.documents.values() for one in sections for item in one.items)


def load_coverage(home: Path, laws: Collection[str], codes: Collection[str]) -> Coverage:
    """Read `coverage/` and `clues.yaml` of the rules folder `home`.

    Raises `AnalyzerError` naming every item without an answer and every rule or category that does not exist.
    """
    problems: list[Problem] = []
    clues = _clues(home / "clues.yaml", problems)
    documents: dict[str, tuple[Section, ...]] = {}
    for document in reversed(read_folder(home / "coverage", problems)):
        check = Checker(document, problems)
        check.keys(document.data, ("document", "sections"), ("document", "sections"))
        name = check.word(document.data, "document", laws) or document.path.stem
        sections = enumerate(document.data.get("sections", ()))
        documents[name] = tuple(_section(check, ("sections", n), one, clues, codes) for n, one in sections)
    if problems:
        raise AnalyzerError(problems)
    return Coverage(documents, clues)


def _clues(path: Path, problems: list[Problem]) -> dict[str, ClueCategory]:
    try:
        document = read_document(path)
    except AnalyzerError as error:
        problems.extend(error.problems)
        return {}
    check, found = Checker(document, problems), {}
    for number, entry in enumerate(document.data.get("categories", ())):
        at: Steps = ("categories", number)
        check.keys(entry, ("id", "zh", "en", "also"), ("id", "zh", "en"), at)
        if entry.get("id") in found:
            check.report(at, f"类别 {entry['id']} 写了两次", f"the category {entry['id']} stands here twice")
        also = tuple(str(word) for word in entry.get("also", ()))
        title = Text(str(entry.get("zh", "")), str(entry.get("en", "")))
        found[str(entry.get("id"))] = ClueCategory(str(entry.get("id")), title, also)
    return found


def _section(
    check: Checker, at: Steps, entry: dict[str, Any], clues: Collection[str], codes: Collection[str]
) -> Section:
    check.keys(entry, ("zh", "en", "items"), ("zh", "en", "items"), at)
    items = enumerate(entry.get("items", ()))
    title = Text(str(entry.get("zh", "")), str(entry.get("en", "")))
    return Section(title, tuple(_item(check, (*at, "items", n), one, clues, codes) for n, one in items))


def _item(check: Checker, at: Steps, entry: dict[str, Any], clues: Collection[str], codes: Collection[str]) -> Item:
    check.keys(entry, _ITEM_KEYS, ("zh", "en"), at)
    title = Text(str(entry.get("zh", "")), str(entry.get("en", "")))
    item = Item(
        title, tuple(entry.get("answered_by", ())), tuple(entry.get("clues", ())), bool(entry.get("ledger", False))
    )
    for words, known, zh, en in (
        (item.answered_by, codes, "规则", "rule"),
        (item.clues, clues, "线索类别", "clue category"),
    ):
        for word in words:
            if word not in known:
                check.report(at, f"没有{zh} `{word}`", f"there is no {en} `{word}`", nearest(word, known))
    if not item.is_answered:
        check.report(at, f"“{title.zh}”没有任何回应", f"nothing answers “{title.en}”")
    return item


__all__ = ["ClueCategory", "Coverage", "Item", "Section", "load_coverage"]
