"""The facts of a finding for a person: what each is called, and its value in words, masked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analyzer.engine.language import LanguageError
from analyzer.engine.names import ColumnName, Scope
from analyzer.model import Column
from analyzer.model.rule import Rule
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.masking import mask_by_meanings, mask_sentence
from analyzer.reports.personal import PersonalNames
from analyzer.reports.wording import Words


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: the name in the rule file, what it is called, its value as it may be shown."""

    name: str
    title: str
    value: str


class Facts:
    """Puts facts and cells into words of one language; what it learns of a rule is kept."""

    def __init__(self, law: Lawbook, words: Words) -> None:
        """Take the law of the package and the language."""
        self._law, self._words = law, words
        self._personal: dict[str, PersonalNames] = {}
        self._columns: dict[tuple[str, str], Column | None] = {}

    def of(self, code: str, facts: str, show_personal: bool = False) -> list[Fact]:
        """Return the facts (JSON, as in `findings`) of a finding of a rule, in the order of the rule."""
        rule = self._law.rule(code)
        if code not in self._personal:
            self._personal[code] = PersonalNames(self._law.setting, rule)
        return [
            Fact(name, self.title(rule, name), self._shown(rule, code, name, value, show_personal))
            for name, value in json.loads(facts).items()
        ]

    def title(self, rule: Rule | None, name: str) -> str:
        """Return what a fact is called: its column, what a message says, or its name in the rule."""
        if name.startswith("p."):
            known = self._law.rulings.parameters.get(name[2:])
            return self._words.say(known.title) if known else name
        column = self._column(rule, name)
        if column is None:
            return self._words.name("fact", name)
        head, dot, _ = name.rpartition(".")
        said = self._words.say(column.title)
        return f"{self._words.name('link', head)} · {said}" if dot else said

    def cell(self, table: str, column: str, value: object, show_personal: bool = False) -> str:
        """Return a cell of a canonical table in words, masked."""
        found = self._law.library.vocabulary.tables.get(table)
        known = found.columns.get(column) if found else None
        if value is None:
            return ""
        if isinstance(value, str) and not show_personal and not (known and known.values):
            return mask_by_meanings(value, frozenset({known.personal})) if known else mask_sentence(value)
        return self._word(known, value)

    def _shown(self, rule: Rule | None, code: str, name: str, value: object, show_personal: bool) -> str:
        if isinstance(value, dict):
            ends = [self._shown(rule, code, name, value.get(end), show_personal) for end in ("from", "to")]
            return self._words.t("fact_value.range", first=ends[0], last=ends[1])
        if isinstance(value, list):
            return self._words.t("list.comma").join(self._shown(rule, code, name, one, show_personal) for one in value)
        column = self._column(rule, name)
        if isinstance(value, str) and not show_personal and not (column and column.values):
            return mask_by_meanings(value, self._personal[code].fact(name))
        return self._word(column, value)

    def _word(self, column: Column | None, value: object) -> str:
        """A value in words: the first spelling of an enumeration in Chinese, yes and no, numbers without noise."""
        if value is None:
            return self._words.t("fact_value.blank")
        if isinstance(value, bool):
            return self._words.t("fact_value.yes" if value else "fact_value.no")
        if isinstance(value, float | Decimal):
            return number(float(value))
        if isinstance(value, int):
            return str(value)
        text = str(value)
        if column and column.values and text in column.values:
            spellings = column.values[text]
            return spellings[0] if self._words.language == "zh" and spellings else text.replace("_", " ")
        return text

    def _column(self, rule: Rule | None, name: str) -> Column | None:
        if rule is None:
            return None
        key = (rule.code, name)
        if key not in self._columns:
            self._columns[key] = self._resolved(rule, name)
        return self._columns[key]

    def _resolved(self, rule: Rule, name: str) -> Column | None:
        try:
            meaning = Scope(self._law.setting, rule.reads, "t", define=rule.define).resolve(tuple(name.split(".")))
        except LanguageError:
            return None
        return meaning.column if isinstance(meaning, ColumnName) else None


def number(value: float) -> str:
    """Return a number as people write it: no noise of binary fractions, four significant digits below one."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"


def parameter_rows(parameters: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the parameters of a finding (JSON, as in `findings`) as pairs of name and dated value, each once."""
    versions = json.loads(parameters)
    rows: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for values in versions if isinstance(versions, list) else [versions]:
        for name, entry in values.items():
            rows.setdefault(json.dumps([name, entry], sort_keys=True), (name, entry))
    return list(rows.values())


__all__ = ["Fact", "Facts", "number", "parameter_rows"]
