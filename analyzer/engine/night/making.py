"""What a rule was made of when it last judged: one hash of everything that decides its answers, and hashes of the parts.

The day of the audit is left out of the hash: what the clock does to kept answers is asked apart.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from analyzer.engine.compile import CompiledRule
from analyzer.engine.functions import duckdb_definitions
from analyzer.engine.night.report import Why
from analyzer.engine.plan import BasePlan
from analyzer.engine.statistics import resolved
from analyzer.rulebook.library import Library

FORM = 2
"""The form in which answers are kept; another one makes every rule judge anew."""

_DAY = "'the day of the audit'"

_CUT_DOWN = re.compile(r'\(SELECT \* FROM "(\w+)" WHERE "\w+" IN \(SELECT "\w+" FROM "\w+"\)\)')
"""A table that is cut down before it is joined: this hangs on how large the tables are, and changes no answer."""


@dataclass(frozen=True)
class Making:
    """The hashes of one rule. `sense` covers everything; the others say which part it was that changed."""

    sense: str
    program: str
    rule: str
    calendar: str
    facts: str
    parameters: str

    def why_not(self, other: Making | None) -> Why | None:
        """Why answers that were made by `other` cannot be kept; None when they can."""
        if other is None:
            return Why.FIRST
        if self.program != other.program:
            return Why.PROGRAM
        if self.sense == other.sense:
            return None
        if self.rule != other.rule:
            return Why.RULE
        if self.calendar != other.calendar:
            return Why.CALENDAR
        if self.facts != other.facts:
            return Why.FACTS
        return Why.PARAMETERS if self.parameters != other.parameters else Why.SUPPLY


class Makings:
    """Says what the rules of a library are made of."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.calendar = _hash(duckdb_definitions(library.calendar))
        self.facts = _hash(one.path.read_text(encoding="utf-8") for one in library.base_files.values())
        self.program = _program()

    def of(self, plan: BasePlan, rule: CompiledRule) -> Making:
        """Return what a compiled rule is made of."""
        day = f"'{plan.setting.as_of.isoformat()}'"
        text = _CUT_DOWN.sub(r'"\1"', "\n".join(_texts(plan, rule)).replace(day, _DAY))
        if rule.as_of is not None:
            text = text.replace(rule.as_of[0], "as_of of the row")
        counts_days = "wd(" in text or "roll(" in text
        sense = _hash([text, self.calendar if counts_days else "", self.program])
        values = {
            name: [(str(entry.from_), str(entry.value), str(entry.status), entry.origin) for entry in one.entries]
            for name, one in plan.setting.parameters.items()
        }
        return Making(
            sense=sense,
            program=self.program,
            rule=self.library.rules[rule.rule.code].sha256,
            calendar=self.calendar if counts_days else "",
            facts=self.facts,
            parameters=_hash([json.dumps([values, plan.setting.chain], sort_keys=True), *_settings(plan, rule)]),
        )


def gather_texts(plan: BasePlan, rules: Sequence[CompiledRule]) -> list[str]:
    """Return the SQL and the methods of every gather that the rules rest on."""
    texts = []
    for shape, gathering in plan.needed_gathers(rules):
        texts += [shape.table, gathering.sql, str(shape.gather.none), str(shape.gather.parts)]
        texts += [shape.gather.method.name] if shape.gather.method else []
    return texts


def _settings(plan: BasePlan, rule: CompiledRule) -> list[str]:
    """The settings of the methods that a rule rests on, as in force on the day of the audit."""
    methods = [shape.gather.method for shape, _ in plan.needed_gathers([rule])]
    return [str(sorted(resolved(plan.setting, one).items())) for one in methods if one is not None]


def _texts(plan: BasePlan, rule: CompiledRule) -> list[str]:
    """Everything that was compiled of a rule, and every word that its findings carry."""
    own = [str(getattr(rule, one.name)) for one in fields(rule) if one.name not in _NOT_COMPILED]
    own += [fact.name + fact.sql for fact in rule.facts]
    said = rule.rule.model_dump(mode="json", by_alias=True, include=_SAID)
    row = plan.prepared_row([(rule, rule.verdict_usage), (rule, rule.finding_usage)])
    supplied = str(plan.setting.supply.has(plan.table))
    return [
        *own,
        json.dumps(said, ensure_ascii=False, sort_keys=True),
        supplied,
        row,
        *gather_texts(plan, [rule]),
        *_settings(plan, rule),
    ]


@lru_cache(maxsize=1)
def _program() -> str:
    """The version of the program and a hash of the engine's own files: a method that counts otherwise judges anew."""
    files = sorted(Path(__file__).parent.parent.rglob("*.py"))
    return (
        f"{version('offsite-enforcement-analyzer')} {FORM} {_hash(file.read_text(encoding='utf-8') for file in files)}"
    )


_NOT_COMPILED = {"rule", "scope", "facts", "few", "verdict_usage", "finding_usage", "few_usage"}
_SAID = {"code", "version", "force", "severity", "subject", "explain", "remedy", "basis", "reads"}


def _hash(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode())
        digest.update(b"\x00")
    return digest.hexdigest()


def sql_day(day: date) -> str:
    """The text by which compiled SQL can be known to ask for the day of the audit."""
    return f"'{day.isoformat()}'"


__all__ = ["Making", "Makings", "gather_texts", "sql_day"]
