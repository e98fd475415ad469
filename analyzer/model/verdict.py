"""The five answers, the force of a rule and how grave a finding is."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What one rule says of one record or group. Silence is never a pass."""

    BREACH = "breach"
    REVIEW = "review"  # looks broken, but a person has to say
    COMPLIANT = "compliant"
    NOT_ASSESSABLE = "not_assessable"  # the law applies, the data cannot say
    NOT_APPLICABLE = "not_applicable"  # the law does not reach this record


class Force(StrEnum):
    """What a rule rests on; it decides the wording of a finding."""

    STATUTE = "statute"  # law, regulation, rule
    POLICY = "policy"  # a notice that binds inside the administration
    INDICATOR = "indicator"  # a pattern that no article forbids by number


class Severity(StrEnum):
    """How grave a breach is, gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)
