"""The product's answers beside the oracle's: breach and review row by row, all five answers by their number."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import analyzer

# every module that holds rules: they are known as soon as it is imported
from tests.oracle import (  # noqa: F401
    collection,
    devices,
    evidence,
    hearings,
    notices,
    penalties,
    people,
    procedure,
    public_duties,
    waiting,
)
from tests.oracle.answers import ANSWERS, BREACH, NOT_ASSESSABLE, ORACLES, REVIEW, answers_of
from tests.oracle.bureau import Bureau
from tests.oracle.made_bureau import Made

RULES = sorted(ORACLES)


class Difference(NamedTuple):
    """One answer that is not the same."""

    rule: str
    key: str
    ours: str
    oracle: str


class Said(NamedTuple):
    """What the package of an audit says: answers by rule and key, their numbers, and what was missing."""

    records: dict[str, dict[str, str]]
    counts: dict[str, dict[str, int]]
    missing: dict[str, set[str]]
    tables: set[str]


def audited(made: Made, rules: Iterable[str] = RULES) -> Said:
    """Judges the files of a made bureau as a user would."""
    settings = {
        name: value.isoformat() if isinstance(value, dt.date) else value for name, value in made.settings.items()
    }
    result = analyzer.audit(
        made.folder,
        profile=made.profile,
        as_of=made.bureau.as_of,
        set=settings,
        select=rules,
        threads=1,
    )
    records: dict[str, dict[str, str]] = defaultdict(dict)
    for row in result.arrow("finding_records").to_pylist():
        records[row["rule"]][row["record_key"]] = row["verdict"]
    counts = {row["rule"]: row for row in result.arrow("verdict_counts").to_pylist()}
    missing: dict[str, set[str]] = defaultdict(set)
    for row in result.arrow("not_assessable").to_pylist():
        missing[row["rule"]].add(row["missing"])
    return Said(records, counts, missing, set(result.summary["keys"]))


def differences_of_rule(
    rule: str, said: Said, answers: Mapping[str, str], table_is_there: bool
) -> Iterable[Difference]:
    """Where the answers to one rule differ."""
    found = {key: answer for key, answer in answers.items() if answer in (BREACH, REVIEW)}
    ours: Mapping[str, Any] = said.records.get(rule, {})
    for key in sorted(found.keys() | ours.keys()):
        if ours.get(key) != found.get(key):
            yield Difference(rule, key, str(ours.get(key, "no finding")), str(answers.get(key, "no row")))
    numbers = Counter(answers.values())
    for answer in ANSWERS:
        if said.counts[rule][answer] != numbers[answer]:
            yield Difference(rule, f"number of {answer}", str(said.counts[rule][answer]), str(numbers[answer]))
    named = said.missing.get(rule, set())
    if not table_is_there and f"table:{ORACLES[rule].table}" not in named:
        yield Difference(rule, "missing table", str(sorted(named)), ORACLES[rule].table)
    if numbers[NOT_ASSESSABLE] and not named:
        yield Difference(rule, "what is missing", "nothing", "something")


def differences(said: Said, bureau: Bureau, rules: Iterable[str] = RULES) -> list[Difference]:
    """Every answer that differs, rule by rule."""
    found: list[Difference] = []
    if said.tables != set(bureau.tables):
        found.append(Difference("intake", "tables", str(sorted(said.tables)), str(sorted(bureau.tables))))
    for rule in rules:
        answers = answers_of(bureau, rule)
        found += differences_of_rule(rule, said, answers, bureau.has(ORACLES[rule].table))
    return found
