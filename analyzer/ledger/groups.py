"""The groups of the rectification plan, from the coverage that `rules/coverage` declares."""

from __future__ import annotations

from pathlib import Path

from analyzer.ledger.progress import PlanGroups
from analyzer.model import Text
from analyzer.rulebook.coverage import Coverage, load_coverage


def plan_groups(coverage: Coverage, document: str = "S2") -> PlanGroups:
    """Return the groups: the sections of the plan's document. A rule that answers items of several stands in the first."""
    titles: dict[str, Text] = {}
    of_rule: dict[str, str] = {}
    of_category: dict[str, str] = {}
    for number, section in enumerate(coverage.documents.get(document, ()), 1):
        key = f"{document}-{number}"
        titles[key] = section.title
        for item in section.items:
            for code in item.answered_by:
                of_rule.setdefault(code, key)
            for category in item.clues:
                of_category.setdefault(category, key)
    return PlanGroups(titles, of_rule, of_category)


class _Anything(frozenset[str]):
    """Has every word: whether the coverage names rules that exist is checked where the rules are loaded."""

    def __contains__(self, word: object) -> bool:
        return True


def load_plan(home: Path) -> Coverage:
    """Return the coverage and the clue categories of the rules folder `home`, without loading its rules."""
    return load_coverage(home, _Anything(), _Anything())


def load_groups(home: Path) -> PlanGroups:
    """Return the groups of the rules folder `home`."""
    return plan_groups(load_plan(home))


__all__ = ["load_groups", "load_plan", "plan_groups"]
