"""The findings by the groups of the rectification plan (S2), and every item of the plan with what became of it.

`rules/coverage` says which rules answer which item. A rule that answers items of several groups is counted in the first of
them, so that the groups add up to all findings; an item counts all findings of its rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from analyzer.model import Text, Verdict
from analyzer.reports.figures import Answers, Figures, Tally
from analyzer.reports.lawbook import Lawbook
from analyzer.reports.wording import Words
from analyzer.rulebook.coverage import Coverage, Item, Section, load_coverage

_NUMBER = re.compile(r"^(?:二（[一二三四五六]）|2 \(\d\) )")

PLAN = "S2"
"""The id of the rectification plan in `rules/law`."""


@dataclass(frozen=True)
class ItemFigures:
    """One item of the plan: its findings, and how many rows its rules could not judge.

    `state` is `found`, `clear` (every row judged, nothing found), `partly` (nothing found, some rows could not be judged),
    `undecided` (no row could be judged), `idle` (no row to which its rules apply), or `people` (no rule answers it: clues
    and the ledger do).
    """

    item: Item
    rules: tuple[str, ...]
    tally: Tally
    undecided: int
    state: str


@dataclass(frozen=True)
class GroupFigures:
    """One group of the plan; `rules` are those counted here. None as title: rules that the plan does not name."""

    title: Text | None
    rules: tuple[str, ...]
    tally: Tally
    records: int
    agencies: int
    items: tuple[ItemFigures, ...]

    def said(self, words: Words) -> str:
        """Return what the group is called, without its number in the plan: a report numbers its sections alike."""
        return without_number(words.say(self.title)) if self.title else words.t("plan.unnamed")


@dataclass(frozen=True)
class PlanFigures:
    """All groups, in the order of the plan, and its clue categories by id."""

    groups: tuple[GroupFigures, ...]
    coverage: Coverage

    def group_of(self, rule: str) -> GroupFigures | None:
        """Return the group in which a rule is counted."""
        return next((one for one in self.groups if rule in one.rules), None)

    def said_of(self, rule: str, words: Words) -> str:
        """Return what the group is called in which a rule is counted."""
        group = self.group_of(rule)
        return group.said(words) if group else words.t("plan.unnamed")


def without_number(title: str) -> str:
    """Return the title of a section of the plan without its number there: 二（一）逐利执法 is 逐利执法."""
    return _NUMBER.sub("", title)


def make_plan_figures(figures: Figures, law: Lawbook, con: duckdb.DuckDBPyConnection) -> PlanFigures:
    """Count the findings of an open package by the groups of the plan."""
    library = law.library
    coverage = load_coverage(library.folders[0], library.laws, library.rules)
    answers = {one.rule: one for one in figures.answers}
    tallies = {one.key or "": one for one in figures.by_rule}
    lacks = {one.rule for one in figures.lacks}
    sections, seen, counted = coverage.documents.get(PLAN, ()), set[str](), []
    for section in sections:
        rules = [code for code in dict.fromkeys(_codes(section)) if code in answers and code not in seen]
        seen.update(rules)
        counted.append((section, tuple(rules)))
    left = tuple(code for code in answers if code not in seen)
    everyone: list[tuple[Text | None, tuple[str, ...], tuple[Item, ...]]] = [
        (section.title, rules, section.items) for section, rules in counted
    ]
    if left:
        everyone.append((None, left, ()))
    groups = []
    for title, codes, items in everyone:
        records, agencies = _reach(con, codes)
        made = tuple(_item(one, answers, tallies, lacks) for one in items)
        groups.append(GroupFigures(title, codes, _sum(tallies, codes), records, agencies, made))
    return PlanFigures(tuple(groups), coverage)


def _codes(section: Section) -> list[str]:
    return [code for item in section.items for code in item.answered_by]


def _item(
    item: Item, answers: Mapping[str, Answers], tallies: Mapping[str, Tally], lacks: Collection[str]
) -> ItemFigures:
    rules = tuple(code for code in item.answered_by if code in answers)
    tally = _sum(tallies, rules)
    undecided = sum(answers[code].undecided for code in rules)
    lacking = any(code in lacks for code in rules)
    kept = sum(answers[code].counts[Verdict.COMPLIANT] for code in rules)
    if tally.total:
        state = "found"
    elif not item.answered_by:
        state = "people"
    elif kept:
        state = "partly" if undecided else "clear"
    else:
        state = "undecided" if undecided or lacking or not rules else "idle"
    return ItemFigures(item, rules, tally, undecided, state)


def _sum(tallies: Mapping[str, Tally], rules: Iterable[str]) -> Tally:
    found = [tallies[code] for code in rules if code in tallies]
    return Tally(None, sum(one.breach for one in found), sum(one.review for one in found))


def _reach(con: duckdb.DuckDBPyConnection, rules: tuple[str, ...]) -> tuple[int, int]:
    """How many records and agencies the findings of some rules name, each once."""
    of_these = "WHERE rule IN (SELECT unnest(?::VARCHAR[]))"
    records = con.execute(
        f"SELECT count(DISTINCT (table_name, record_key)) FROM finding_records {of_these}", [list(rules)]
    ).fetchone()
    agencies = con.execute(f"SELECT count(DISTINCT agency_id) FROM findings {of_these}", [list(rules)]).fetchone()
    return (records[0] if records else 0), (agencies[0] if agencies else 0)


__all__ = ["PLAN", "GroupFigures", "ItemFigures", "PlanFigures", "make_plan_figures", "without_number"]
