"""The law that a package was judged by, in words: titles of rules and tables, articles cited, values relied on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from analyzer.engine.setting import Setting, Supply
from analyzer.model import Text
from analyzer.model.law import Citation, Instrument, Rulings, Status
from analyzer.model.rule import Gather, Rule, Wording
from analyzer.reports.wording import Words
from analyzer.rulebook.articles import cite, render
from analyzer.rulebook.library import Library, load_library
from analyzer.rulebook.rulings import resolve
from analyzer.store.package import Package


@dataclass(frozen=True)
class Lawbook:
    """Rules, vocabulary and parameters of a package. A rule whose file is gone keeps its code and loses its title."""

    library: Library
    rulings: Rulings
    setting: Setting

    @classmethod
    def of(cls, package: Package) -> Lawbook:
        """Read the library and what the package brings of its own (`law/`)."""
        said = package.summary
        own_rules, own_profile = package.folder / "law" / "rules", package.folder / "law" / "profile.yaml"
        library = load_library([own_rules] if own_rules.is_dir() else [])
        profile = own_profile if own_profile.is_file() else said["profile"]["id"]
        rulings = resolve(library.parameters, library.profiles, library.laws, profile, said["set"])
        supply = Supply({name: frozenset(columns) for name, columns in said["columns"].items()})
        as_of = date.fromisoformat(said["as_of"])
        setting = Setting(library.vocabulary, library.bases, rulings.parameters, rulings.chain, as_of, supply)
        return cls(library, rulings, setting)

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """Every instrument that may be cited, by its id."""
        return self.rulings.instruments

    def rule(self, code: str) -> Rule | None:
        """Return the rule of a code, or None when its file is gone."""
        found = self.library.rules.get(code)
        return found.rule if found else None

    def title(self, code: str) -> Text:
        """Return what a rule is called, or its code."""
        rule = self.rule(code)
        return rule.title.text if rule else Text(code, code)

    def profile_title(self) -> Text:
        """Return what the profile in force is called."""
        profile = self.library.profiles.get(self.rulings.profile)
        return profile.title if profile else Text(self.rulings.profile, self.rulings.profile)

    def table_title(self, table: str) -> Text:
        """Return what a canonical table is called."""
        found = self.library.vocabulary.tables.get(table)
        return found.title if found else Text(table, table)

    def column_title(self, table: str, column: str) -> Text:
        """Return what a column is called."""
        found = self.library.vocabulary.tables.get(table)
        known = found.columns.get(column) if found else None
        return known.title if known else Text(column, column)

    def personal(self, table: str | None, column: str | None) -> str | None:
        """Return the mask of a column: plate, name, phone, certificate, text; None when it is not personal."""
        found = self.library.vocabulary.tables.get(table or "")
        known = found.columns.get(column or "") if found else None
        return known.personal if known else None

    def gather(self, code: str, name: str) -> Gather | None:
        """Return what a rule, or the facts file of its table, gathers under a name."""
        rule = self.rule(code)
        base = self.library.bases.get(rule.reads) if rule else None
        return (rule.gather.get(name) if rule else None) or (base.gather.get(name) if base else None)

    @cached_property
    def plate_colors(self) -> Mapping[str, str]:
        """The Chinese word of each plate colour."""
        columns = self.library.vocabulary["detections"].columns
        values = columns["plate_color"].values or {}
        return {value: spellings[0] for value, spellings in values.items() if spellings}


class Citations:
    """Articles and values of the law in the words of one language; equal ones are put together once."""

    def __init__(self, law: Lawbook, words: Words) -> None:
        """Take the law and the language in which to speak of it."""
        self._law, self._words = law, words
        self.parameters = cache(self._parameters)
        self._read = cache(json.loads)
        self._said = cache(self._say)

    def basis(self, basis: str, verdict: str, force: str, started_on: date | None, ended_on: date | None) -> str:
        """Return what a finding breaks, or is to be checked against; the force of the rule decides the wording.

        Articles that were not in force on any day of the finding are left out.
        """
        every = self._read(basis)
        cited = tuple(place for place, one in enumerate(every) if _in_force(one, started_on, ended_on))
        return self._said(basis, verdict, force, cited or tuple(range(len(every))))

    def _say(self, basis: str, verdict: str, force: str, cited: tuple[int, ...]) -> str:
        lead = "basis.indicator" if force == "indicator" else f"basis.{verdict}.{force}"
        read = [_citation(one) for place, one in enumerate(self._read(basis)) if place in cited]
        return self._words.t(lead, articles=self.places(read, marked=True))

    def places(self, basis: Iterable[Citation], marked: bool = False) -> str:
        """Return places of the law, those of one instrument together; `marked` says which text nobody has checked."""
        by_law: dict[str, list[Citation]] = {}
        for one in basis:
            by_law.setdefault(one.law, []).append(one)
        return self._words.t("list.joint").join(self._of_one_law(law, found, marked) for law, found in by_law.items())

    def _of_one_law(self, law: str, found: list[Citation], marked: bool) -> str:
        known = self._law.instruments
        articles = [self._words.say(render(one.article)) for one in found[1:]]
        text = self._words.say(cite(law, found[0].article, known))
        text = self._words.t("list.articles").join(dict.fromkeys([text, *filter(None, articles)]))
        recalled = law in known and known[law].status is Status.RECALLED
        return text + self._words.t("basis.recalled") if marked and recalled else text

    def _parameters(self, code: str, parameters: str) -> str:
        """Return the values that a finding relies on. Which article states them is said once, on the sheet of the law."""
        versions = json.loads(parameters)
        said: dict[str, None] = {}
        for values in versions if isinstance(versions, list) else [versions]:
            for name, entry in values.items():
                said[self._parameter(code, name, entry)] = None
        return self._words.t("list.joint").join(said)

    def _parameter(self, code: str, name: str, entry: Mapping[str, Any]) -> str:
        known, rule = self._law.rulings.parameters.get(name), self._law.rule(code)
        title = self._words.say(known.title) if known else name
        value = self.value(entry["unit"], entry["value"], rule.reads if rule else "detections")
        text = self._words.t("parameter.line", title=title, value=value)
        remark = f"parameter.{entry['status']}"
        return text + self._words.t(remark) if entry["value"] is not None and remark in self._words else text

    def cited(self, rules: Iterable[Rule]) -> dict[str, str]:
        """Return the places that rules cite of each instrument, by its id."""
        found: dict[str, dict[str, Citation]] = {}
        for one in (one for rule in rules for one in rule.basis):
            where = one.article.text if isinstance(one.article, Wording) else one.article
            found.setdefault(one.law, {})[str(where)] = Citation(one.law, where)
        return {law: self.places(sorted(found[law].values(), key=_place)) for law in sorted(found)}

    def value(self, unit: str, value: object, table: str = "detections") -> str:
        """Return a value of the law with its unit; `table` is where a choice of columns looks for their titles."""
        if value is None:
            return self._words.t("parameter.unset")
        if unit == "choice":
            words = self._words.name("choice", str(value))
            return words if words != value else self._words.say(self._law.column_title(table, str(value)))
        if unit == "share":
            value = f"{(Decimal(str(value)) * 100).normalize():f}"
        return self._words.t(f"unit.{unit}", n=value) if unit else str(value)


def _citation(one: Mapping[str, Any]) -> Citation:
    article = one.get("article")
    return Citation(one["law"], Text(**article) if isinstance(article, dict) else article)


def _place(one: Citation) -> tuple[int, str]:
    """Articles by their number, words before them."""
    number = re.match(r"\d+", one.article) if isinstance(one.article, str) else None
    return int(number[0]) if number else 0, str(one.article)


def _in_force(one: Mapping[str, Any], started_on: date | None, ended_on: date | None) -> bool:
    begins, ends = one.get("from"), one.get("until")
    if begins and ended_on and ended_on < date.fromisoformat(begins):
        return False
    return not (ends and started_on and started_on > date.fromisoformat(ends))
