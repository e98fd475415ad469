"""Headers: how a column title is compared, which column it names, and which unit it carries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rapidfuzz import fuzz, process

from analyzer.model import Column, Kind, Table, Text
from analyzer.records.units import unit_in, units_of

_BRACKETS = re.compile(r"[(\[【{<《](.*?)[)\]】}>》]")
_LONGEST_UNIT = 6
_ORDINARY = {
    "序号",
    "备注",
    "说明",
    "附注",
    "no.",
    "no",
    "remark",
    "remarks",
    "note",
    "notes",
    "操作",
    "行号",
    "#",
}


@dataclass(frozen=True, slots=True)
class Match:
    """What a header names: a column, how sure (0 is its own name), and its unit's worth in the column's unit."""

    column: Column
    rank: int
    worth: Decimal = Decimal(1)
    loose: bool = False


@lru_cache(maxsize=20_000)
def compared(header: str) -> str:
    """Return the header as it is compared: half-width, lower case, without spaces, `_`, `*` and closing colon."""
    return re.sub(r"[\s_*]+", "", unicodedata.normalize("NFKC", header)).casefold().rstrip(":")


def shown(header: str) -> str:
    """Return the header as a person knows it: on one line, without `*` and outer spaces."""
    return re.sub(r"\s+", " " if header.isascii() else "", header).strip(" *")


@lru_cache(maxsize=20_000)
def words_in(header: str) -> tuple[str, ...]:
    """Return every word under which `Headers.match` would look for a header."""
    full = compared(header)
    ends = (full[:-cut].rstrip("/-") for cut in range(1, min(_LONGEST_UNIT, len(full))))
    return (full, _BRACKETS.sub("", full).rstrip(":"), *_BRACKETS.findall(full), *ends)


def is_ordinary(header: str) -> bool:
    """Whether the header is one that exports always have and nobody needs: a running number, remarks."""
    return (
        not compared(header) or _BRACKETS.sub("", compared(header)).startswith("备注") or compared(header) in _ORDINARY
    )


class Headers:
    """The headers that one table knows."""

    def __init__(self, table: Table) -> None:
        """Gather every spelling of every column of `table`, the canonical ones first."""
        self._known: dict[str, tuple[Column, int]] = {}
        self._answers: dict[str, Match | None] = {}
        columns = table.columns.values()
        for rank, spellings in enumerate((_own, _also, _english, _varied)):
            for column in columns:
                for step, word in enumerate(spellings(column)):
                    self._known.setdefault(compared(word), (column, rank * 100 + step))

    def match(self, header: str) -> Match | None:
        """Return what `header` names, or None. A bracket that is no unit of a measure makes it unknown."""
        if header not in self._answers:
            self._answers[header] = self._match(compared(header))
        return self._answers[header]

    def _match(self, full: str) -> Match | None:
        if full in self._known:
            return Match(*self._known[full])
        core, notes = _BRACKETS.sub("", full).rstrip(":"), _BRACKETS.findall(full)
        if notes and core in self._known:
            return _with_notes(*self._known[core], notes)
        for note in notes:
            if note in self._known:
                return Match(*self._known[note], loose=True)
        return self._ends_in_unit(full)

    def _ends_in_unit(self, full: str) -> Match | None:
        for cut in range(1, min(_LONGEST_UNIT, len(full))):
            found = self._known.get(full[:-cut].rstrip("/-"))
            if found and (worth := units_of(found[0]).get(full[-cut:])) is not None:
                return Match(*found, worth=worth)
        return None

    @property
    def spellings(self) -> Mapping[str, tuple[Column, int]]:
        """Every spelling, as it is compared, with its column and rank."""
        return self._known


def _with_notes(column: Column, rank: int, notes: Iterable[str]) -> Match | None:
    units = units_of(column)
    if not units:
        return Match(column, rank, loose=True)
    found = [unit_in(note, units) for note in notes]
    for unit in found:
        if unit:
            return Match(column, rank, units[unit])
    return Match(column, rank) if all(unit == "" for unit in found) else None


def _own(column: Column) -> Iterable[str]:
    return (column.title.zh, column.name)


def _also(column: Column) -> Iterable[str]:
    return column.also


def _english(column: Column) -> Iterable[str]:
    return (column.title.en,)


def _varied(column: Column) -> Iterable[str]:
    """Spellings that mean the same in every export: 日期 and 时间, 编号 and 编码, with and without 是否."""
    for word in (column.title.zh, *column.also):
        if column.kind is Kind.DATE and word.endswith("日期"):
            yield word[:-2] + "时间"
        if column.kind is Kind.TIMESTAMP and word.endswith("时间"):
            yield word[:-2] + "日期"
        if column.kind is Kind.BOOLEAN:
            yield word.removeprefix("是否") if word.startswith("是否") else "是否" + word
        if word.endswith("编号"):
            yield from (word[:-2] + ending for ending in ("编码", "代码", "号"))


def nearest(header: str, tables: Iterable[Headers]) -> Text:
    """Return the known headers nearest to one that is not known, as a sentence, or an empty text."""
    known = {word: column.title for headers in tables for word, (column, _) in headers.spellings.items()}
    core = _BRACKETS.sub("", compared(header)) or compared(header)
    found = process.extract(core, list(known), scorer=fuzz.ratio, limit=6, score_cutoff=50)
    titles = list(dict.fromkeys(known[word] for word, _, _ in found))[:3]
    if not titles:
        return Text("", "")
    zh, en = "、".join(title.zh for title in titles), ", ".join(title.zh for title in titles)
    return Text(f"；最接近的已知表头：{zh}", f"; nearest known headers: {en}")


def close(header: str, tables: Iterable[Headers]) -> str | None:
    """Return the title of the one known header that is close to `header`, or None."""
    known = {word: column.title.zh for headers in tables for word, (column, _) in headers.spellings.items()}
    core = _BRACKETS.sub("", compared(header)) or compared(header)
    found = process.extractOne(core, list(known), scorer=fuzz.ratio, score_cutoff=65) if len(core) <= 30 else None
    return known[found[0]] if found else None
