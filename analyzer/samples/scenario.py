"""What a scenario says: the types of `rules/samples/*.yaml`, read and checked.

A scenario plants rows on subjects of its own and names the answers that the audit must give for them. Which rule
that is, is data: no code of a rule stands in this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analyzer.model import AnalyzerError, Problem, Text, Vocabulary
from analyzer.rulebook.document import Document, nearest, read_document

_NOT_SCENARIOS = {"bureau.yaml", "rows.yaml", "exports.yaml"}
_SCENARIO_KEYS = {"id", "title", "begin", "plants", "raises", "near"}
_PLANT_KEYS = {
    "name",
    "chain",
    "use",
    "own",
    "each",
    "set",
    "add",
    "drop",
    "repeat",
    "step",
    "after",
    "agency",
}


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of row: its table (none for a vehicle or a party) and the values or expressions of its columns."""

    table: str | None
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Changes that several scenarios share."""

    set: Mapping[str, Any]
    drop: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """The chains, rows and bundles of `rows.yaml`."""

    chains: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, Template]
    bundles: Mapping[str, Bundle]


@dataclass(frozen=True, slots=True)
class Addition:
    """One more row of a kind that there is already."""

    row: str
    like: str
    set: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plant:
    """One chain of rows, once or `repeat` times, `step` apart, starting `after` the scenario's beginning."""

    name: str
    chain: str
    use: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    set: Mapping[str, Any] = field(default_factory=dict)
    add: tuple[Addition, ...] = ()
    drop: tuple[str, ...] = ()
    repeat: int = 1
    step: str = "1d"
    after: str = "0d"
    agency: str = "transport"


@dataclass(frozen=True, slots=True)
class Raise:
    """An answer that the audit must give: for all rows of a label, or the `first` or `last` so many."""

    rule: str
    verdict: str
    rows: tuple[str, ...]
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Rows to plant and what they must raise; `near` names rules that they come near without raising them."""

    id: str
    title: Text
    plants: tuple[Plant, ...]
    raises: tuple[Raise, ...]
    near: tuple[str, ...] = ()
    begin: date | datetime | None = None


def read_stock(folder: Path) -> Stock:
    """Read `rows.yaml` of `folder` (`rules/samples`)."""
    data = read_document(folder / "rows.yaml").data
    rows = {}
    for label, entry in data["rows"].items():
        source = data["rows"][entry["like"]] if "like" in entry else entry
        rows[label] = Template(source.get("table"), source["columns"])
    return Stock(
        chains={name: tuple(labels) for name, labels in data["chains"].items()},
        rows=rows,
        bundles={
            name: Bundle(entry.get("set", {}), tuple(entry.get("drop", ()))) for name, entry in data["bundles"].items()
        },
    )


def read_scenarios(folder: Path, stock: Stock, vocabulary: Vocabulary) -> list[Scenario]:
    """Read every scenario of `folder`, in order of file and place; raise `AnalyzerError` with every mistake."""
    problems: list[Problem] = []
    scenarios: list[Scenario] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in _NOT_SCENARIOS:
            continue
        document = read_document(path)
        for place, entry in enumerate(document.data["scenarios"]):
            found = _check(document, place, entry, stock, vocabulary)
            problems.extend(found)
            if not found:
                scenarios.append(_scenario(entry))
    ids = [scenario.id for scenario in scenarios]
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        cause = Text(f"场景 `{repeated}` 写了两次", f"the scenario `{repeated}` is written twice")
        problems.append(Problem(folder.as_posix(), cause))
    if problems:
        raise AnalyzerError(problems)
    return scenarios


def _scenario(entry: dict[str, Any]) -> Scenario:
    return Scenario(
        id=entry["id"],
        title=Text(entry["title"]["zh"], entry["title"]["en"]),
        plants=tuple(_plant(place, plant) for place, plant in enumerate(entry["plants"])),
        raises=tuple(_raise(item) for item in entry.get("raises", ())),
        near=tuple(entry.get("near", ())),
        begin=entry.get("begin"),
    )


def _plant(place: int, entry: dict[str, Any]) -> Plant:
    """Build one plant; what it does not say keeps the default of `Plant`."""
    said: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    said["add"] = tuple(Addition(one["row"], one["like"], one.get("set", {})) for one in said.get("add", ()))
    said.setdefault("name", f"plant{place}")
    return Plant(**said)


def _raise(item: dict[str, Any]) -> Raise:
    rows = item["rows"] if isinstance(item["rows"], list) else [item["rows"]]
    return Raise(item["rule"], item["verdict"], tuple(rows), item.get("first"), item.get("last"))


def _check(
    document: Document, place: int, entry: dict[str, Any], stock: Stock, vocabulary: Vocabulary
) -> list[Problem]:
    """Every word of a scenario that is not known, with its line."""
    found = _unknown(document, ["scenarios", place], entry, _SCENARIO_KEYS)
    for number, plant in enumerate(entry["plants"]):
        at = ["scenarios", place, "plants", number]
        found += _unknown(document, at, plant, _PLANT_KEYS)
        found += _unknown(document, at, [plant["chain"]], stock.chains)
        found += _unknown(document, [*at, "use"], plant.get("use", ()), stock.bundles)
        labels = {*stock.rows, *(one["row"] for one in plant.get("add", ()))}
        found += _unknown(document, [*at, "own"], plant.get("own", ()), labels)
        found += _unknown(document, [*at, "drop"], plant.get("drop", ()), labels)
        like = {label: label for label in stock.rows} | {a["row"]: a["like"] for a in plant.get("add", ())}
        for target in plant.get("set", {}):
            label, _, column = target.partition(".")
            found += _unknown(document, [*at, "set", target], [label], labels)
            if label in like:
                found += _unknown(document, [*at, "set", target], [column], _columns(like[label], stock, vocabulary))
        for one in plant.get("add", ()):
            known = _columns(one["like"], stock, vocabulary)
            found += _unknown(document, [*at, "add"], one.get("set", ()), known)
    return found


def _columns(label: str, stock: Stock, vocabulary: Vocabulary) -> set[str]:
    template = stock.rows[label]
    return set(vocabulary[template.table].columns) if template.table else set(template.columns)


def _unknown(document: Document, at: list[Any], words: Any, known: Any) -> list[Problem]:
    return [
        document.problem(Text(f"不认识 `{word}`", f"`{word}` is not known here"), nearest(str(word), known), at)
        for word in words
        if word not in known
    ]
