"""What a night is told and what it says: changes of the canonical tables in, what was judged and why out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analyzer.engine.judge import RuleCounts
from analyzer.engine.plan import BasePlan


@dataclass(frozen=True)
class Change:
    """What happened to one canonical table since its rows were last judged, as names of two temporary tables or views.

    `keys` holds the key columns (by their names) of every row that was added, replaced or removed, each key once.
    `before` holds the versions that were judged last of the rows that were replaced or removed, with every canonical
    column and `_unknown`. A key of `keys` without a row in `before` is new; one without a row in the canonical table
    is gone. A row that is named although nothing in it changed costs time and does no harm; one that changed and is
    not named makes the answers wrong.
    """

    keys: str
    before: str


class Why(StrEnum):
    """Why a rule judged all of its rows and not only those that the changes reach."""

    ASKED = "asked"
    """The caller asked for it (`--full`)."""
    FIRST = "first"
    """There is no kept answer: the first night, or a new rule."""
    PROGRAM = "program"
    """Another version of the program."""
    RULE = "rule"
    """The rule's file says something else."""
    FACTS = "facts"
    """A facts file that the rule rests on says something else."""
    PARAMETERS = "parameters"
    """A value of the law that the rule uses has changed, or the profile."""
    CALENDAR = "calendar"
    """The calendar of working days has changed and the rule counts them."""
    SUPPLY = "supply"
    """A table or a column that the rule asks for was supplied for the first time, or is no longer."""
    CLOCK = "clock"
    """The day of the audit moved and what it does to the rule could not be narrowed down."""
    REACH = "reach"
    """Rows changed of which it could not be said whom they concern."""
    MANY = "many"
    """So many rows changed that it costs less to judge all of them."""


@dataclass(frozen=True)
class RuleReport:
    """One rule's night: how many rows of its base table were judged, of how many, and why all of them if so."""

    code: str
    table: str
    evaluated: int
    total: int
    why: Why | None


@dataclass(frozen=True)
class NightReport:
    """What a night did.

    `counts` are the counts of every rule as `judge` returns them. The temporary table `changed_findings` holds
    (finding_id, rule) of every finding that was made, made anew or taken away; all others are as they were.
    `seconds` says how long each part took, by its name; `plans` are the compiled rules.
    """

    rules: tuple[RuleReport, ...]
    counts: tuple[RuleCounts, ...]
    seconds: dict[str, float]
    plans: tuple[BasePlan, ...] = ()

    @property
    def evaluated(self) -> int:
        """Rows judged, summed over the rules."""
        return sum(rule.evaluated for rule in self.rules)
